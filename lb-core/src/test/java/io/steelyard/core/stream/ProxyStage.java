package io.steelyard.core.stream;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.core.ListedFirst;
import io.steelyard.core.Steelyard;
import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One balancer with one TCP virtual server on a port that was free, and what the tests of its first bytes need. */
final class ProxyStage implements AutoCloseable {
    static final List<Network> LOOPBACK = List.of(Network.parse("127.0.0.0/8"));
    private static final int TRIES = 5;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private int port;

    @Override
    public void close() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    int port() {
        return port;
    }

    /** Starts it. @param acceptsHeader whether connections begin with a PROXY protocol header */
    LoadBalancer start(
            boolean acceptsHeader,
            ProxyOptions.Builder options,
            UnaryOperator<VirtualServer.Builder> server,
            ServerPool.Builder... pools) {
        for (int i = 1; ; i++) {
            port = FreePort.tcp();
            try {
                return keep(Steelyard.builder()
                        .plugins(ListedFirst.plugins())
                        .start(configuration(acceptsHeader, options, server, pools)));
            } catch (ConfigurationException refused) {
                if (i == TRIES) {
                    throw refused;
                }
            }
        }
    }

    Configuration configuration(
            boolean acceptsHeader,
            ProxyOptions.Builder options,
            UnaryOperator<VirtualServer.Builder> server,
            ServerPool.Builder... pools) {
        var address = ListenAddress.parse("127.0.0.1:" + port).proxyProtocol(acceptsHeader);
        var configuration = Configuration.builder()
                .virtualServer(
                        server.apply(VirtualServer.tcp("front").listen(address).options(options.build())));
        for (var pool : pools) {
            configuration.pool(pool);
        }
        return configuration.build();
    }

    static UnaryOperator<VirtualServer.Builder> replying(String text) {
        return server -> server.target(new Target.Reply(Template.parse(text)));
    }

    static AccessLog log(Path file, String format) {
        return new AccessLog(
                file, Template.parse(format), AccessLog.Escape.DEFAULT, Optional.empty(), 0, Duration.ZERO);
    }

    /** What a client gets that sends these bytes, each piece in a write of its own, and reads until the end. */
    String ask(byte[]... pieces) {
        try (var client = connect()) {
            for (var piece : pieces) {
                client.getOutputStream().write(piece);
                client.getOutputStream().flush();
            }
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (IOException failed) {
            return "reset";
        }
    }

    /** Whether the balancer has closed the connection without a byte; closing with bytes unread resets it. Waits for that. */
    static boolean isClosed(Socket client) throws IOException {
        try {
            return client.getInputStream().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }

    Socket connect() throws IOException {
        var client = new Socket(InetAddress.getByName("127.0.0.1"), port);
        client.setTcpNoDelay(true);
        client.setSoTimeout(30_000);
        return client;
    }

    static byte[] bytes(@Nullable String text) {
        return text == null ? new byte[0] : text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
