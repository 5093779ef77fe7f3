package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.http.ClientAddressRule;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.core.Steelyard;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** PROXY protocol headers in front of HTTP, from clients and to servers. */
@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
class ProxyHeaderTest {
    private static final String V1 = "PROXY TCP4 192.0.2.7 198.51.100.1 4711 80\r\n";
    private static final String REQUEST = "GET / HTTP/1.1\r\nHost: site\r\n\r\n";

    private static LoadBalancer start(int port, HttpRoute.Builder root, ProxyOptions options) {
        return Steelyard.start(Configuration.builder()
                .virtualServer(VirtualServer.tcp("front")
                        .listen(ListenAddress.parse("127.0.0.1:" + port).proxyProtocol(true))
                        .options(options)
                        .http(new HttpService(List.of(
                                VirtualHost.builder("site").root(root.build()).build()))))
                .build());
    }

    private static HttpRoute.Builder telling() {
        return HttpRoute.builder("/")
                .content(new Content.Reply(
                        200,
                        Template.parse("$remote_addr $remote_port $proxy_protocol_addr $proxy_protocol_port "
                                + "$proxy_protocol_server_addr"),
                        "text/plain"));
    }

    private static String get(int port, String text) throws IOException {
        try (var client = new RawClient(port)) {
            // In pieces, as a slow peer would send it.
            client.send(text.substring(0, 9));
            client.send(text.substring(9));
            return client.answer().text();
        }
    }

    @Test
    void headerTellsVariablesAndTheClientOnlyOfATrustedPeer() throws IOException {
        int port = Fixture.freePort();
        try (var ignored = start(port, telling(), ProxyOptions.defaults())) {
            assertThat(get(port, V1 + REQUEST)).startsWith("127.0.0.1 ").endsWith(" 192.0.2.7 4711 198.51.100.1");
        }
        var rule = new ClientAddressRule(List.of(Network.parse("127.0.0.0/8")), "", false);
        try (var ignored = start(port, telling().clientAddress(rule), ProxyOptions.defaults())) {
            assertThat(get(port, V1 + REQUEST)).isEqualTo("192.0.2.7 4711 192.0.2.7 4711 198.51.100.1");
        }
        var trusting = ProxyOptions.builder()
                .trustedProxies(List.of(Network.parse("0.0.0.0/0")))
                .build();
        try (var ignored = start(port, telling(), trusting)) {
            assertThat(get(port, V1 + REQUEST)).isEqualTo("192.0.2.7 4711 192.0.2.7 4711 198.51.100.1");
        }
    }

    @Test
    void furtherFieldsOfTheHeaderAreVariables() throws IOException {
        int port = Fixture.freePort();
        var root = HttpRoute.builder("/")
                .content(new Content.Reply(
                        200,
                        Template.parse(
                                "$proxy_protocol_tlv_authority,$proxy_protocol_tlv_0xea,$proxy_protocol_tlv_alpn."),
                        "text/plain"));
        try (var ignored = start(port, root, ProxyOptions.defaults())) {
            var addresses = "\300\0\2\7" + "\306\63\144\1" + "\22\147" + "\0\120";
            var header = "\r\n\r\n\0\r\nQUIT\n" + "\41\21" + "\0\33" + addresses + "\2\0\4host" + "\352\0\5a-\351-b";
            assertThat(get(port, header + REQUEST)).isEqualTo("host,a-\351-b,.");
            assertThat(get(port, V1 + REQUEST)).isEqualTo(",,.");
        }
    }

    @Test
    void connectionWithoutAHeaderIsClosed() throws IOException {
        int port = Fixture.freePort();
        try (var ignored = start(port, telling(), ProxyOptions.defaults());
                var client = new RawClient(port)) {
            client.send(REQUEST);
            assertThat(isClosed(client)).isTrue();
        }
    }

    @Test
    void headerThatDoesNotComeEndsTheConnection() throws IOException {
        int port = Fixture.freePort();
        var hasty = ProxyOptions.builder()
                .proxyProtocolTimeout(Duration.ofMillis(100))
                .build();
        try (var ignored = start(port, telling(), hasty);
                var client = new RawClient(port)) {
            client.send("PROXY ");
            assertThat(isClosed(client)).isTrue();
        }
    }

    /** Whether the balancer closed; by a reset, where it has not read what was sent. */
    private static boolean isClosed(RawClient client) throws IOException {
        try {
            return client.isAtEnd();
        } catch (SocketException reset) {
            return true;
        }
    }

    /** A server that keeps connections and notes what each began with. */
    private static Thread serve(ServerSocket listener, List<String> begins) {
        return Thread.ofPlatform().daemon().start(() -> {
            while (true) {
                try {
                    var socket = listener.accept();
                    Thread.ofPlatform().daemon().start(() -> {
                        try (socket) {
                            var in = socket.getInputStream();
                            begins.add(line(in));
                            while (!Wire.head(in).isEmpty()) {
                                socket.getOutputStream()
                                        .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
                                                .getBytes(StandardCharsets.ISO_8859_1));
                            }
                        } catch (IOException over) {
                            // The balancer has closed.
                        }
                    });
                } catch (IOException closed) {
                    return;
                }
            }
        });
    }

    private static String line(InputStream in) throws IOException {
        var text = new StringBuilder();
        for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
            text.append((char) c);
        }
        return text.toString().strip();
    }

    @Test
    void serverIsToldTheClientAndItsConnectionKeptForThatClientAlone() throws IOException {
        int port = Fixture.freePort();
        var begins = new CopyOnWriteArrayList<String>();
        try (var listener = new ServerSocket(0, 16, InetAddress.getLoopbackAddress())) {
            serve(listener, begins);
            var pool = ServerPool.builder("web")
                    .server(RealServer.builder("127.0.0.1:" + listener.getLocalPort())
                            .sendProxyProtocol(ProxyProtocol.V1)
                            .build());
            try (var balancer = Steelyard.start(Configuration.builder()
                            .pool(pool)
                            .virtualServer(VirtualServer.tcp("front")
                                    .listen("127.0.0.1:" + port)
                                    .http(HttpService.toPool("web")))
                            .build());
                    var one = new RawClient(port);
                    var other = new RawClient(port)) {
                assertThat(one.get("/").status()).isEqualTo(200);
                assertThat(one.get("/").status()).isEqualTo(200);
                assertThat(other.get("/").status()).isEqualTo(200);
                assertThat(one.get("/").status()).isEqualTo(200);
                assertThat(begins).hasSize(2);
                for (var client : List.of(one, other)) {
                    assertThat(begins)
                            .contains("PROXY TCP4 127.0.0.1 127.0.0.1 "
                                    + client.socket().getLocalPort() + " " + port);
                }
            }
        }
    }
}
