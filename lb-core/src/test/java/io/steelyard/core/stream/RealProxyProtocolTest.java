package io.steelyard.core.stream;

import static io.steelyard.core.stream.ProxyStage.LOOPBACK;
import static io.steelyard.core.stream.ProxyStage.bytes;
import static io.steelyard.core.stream.ProxyStage.replying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.tck.RealProgram;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The PROXY protocol with the real nginx and HAProxy before and behind us. */
@Timeout(120)
class RealProxyProtocolTest {
    private static final String HAPROXY_DEFAULTS = """
            defaults
              mode tcp
              timeout connect 10s
              timeout client 30s
              timeout server 30s
            """;

    @TempDir
    private Path folder;

    private final ProxyStage stage = new ProxyStage();

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    /** What a client gets from a port, with its own port written CLIENT. */
    private static String ask(int port, String request) throws Exception {
        try (var client = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
            client.setSoTimeout(30_000);
            client.getOutputStream().write(bytes(request));
            var text = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return text.replace(":" + client.getLocalPort(), ":CLIENT");
        }
    }

    private void startReplying() {
        stage.start(
                true,
                ProxyOptions.builder().trustedProxies(LOOPBACK),
                replying("$remote_addr:$remote_port to $proxy_protocol_server_addr:$proxy_protocol_server_port"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options crc32c"})
    void haproxyTellsUsItsClient(String option) throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        startReplying();
        var haproxy = stage.keep(RealProgram.haproxy(
                folder,
                1,
                ports -> HAPROXY_DEFAULTS + "listen a\n bind 127.0.0.1:" + ports.getFirst() + "\n server s 127.0.0.1:"
                        + stage.port() + " " + option + "\n"));

        assertThat(ask(haproxy.port(0), "")).isEqualTo("127.0.0.1:CLIENT to 127.0.0.1:" + haproxy.port(0));
    }

    @Test
    void nginxTellsUsItsClient() throws Exception {
        assumeTrue(RealProgram.hasNginxStream(), "needs nginx with its stream module (libnginx-mod-stream)");
        startReplying();
        var nginx = stage.keep(RealProgram.nginx(
                folder,
                1,
                ports -> "stream { server { listen 127.0.0.1:" + ports.getFirst()
                        + "; proxy_protocol on; proxy_pass 127.0.0.1:" + stage.port() + "; } }\n"));

        assertThat(ask(nginx.port(0), "")).isEqualTo("127.0.0.1:CLIENT to 127.0.0.1:" + nginx.port(0));
    }

    private void startBefore(int serverPort, ProxyProtocol version) {
        stage.start(
                false,
                ProxyOptions.builder().sendProxyProtocol(version),
                server -> server.pool("a"),
                ServerPool.builder("a").scheduler("listed-first").server(RealServer.of("127.0.0.1:" + serverPort)));
    }

    @ParameterizedTest
    @EnumSource(
            value = ProxyProtocol.class,
            names = {"V1", "V2"})
    void weTellNginxOurClient(ProxyProtocol version) throws Exception {
        assumeTrue(RealProgram.hasNginxStream(), "needs nginx with its stream module (libnginx-mod-stream)");
        var nginx = stage.keep(RealProgram.nginx(
                folder,
                1,
                ports -> "stream { server { listen 127.0.0.1:" + ports.getFirst()
                        + " proxy_protocol; set_real_ip_from 127.0.0.1; return \"$remote_addr:$remote_port to "
                        + "$proxy_protocol_server_addr:$proxy_protocol_server_port\"; } }\n"));
        startBefore(nginx.port(0), version);

        assertThat(ask(stage.port(), "")).isEqualTo("127.0.0.1:CLIENT to 127.0.0.1:" + stage.port());
    }

    @ParameterizedTest
    @EnumSource(
            value = ProxyProtocol.class,
            names = {"V1", "V2"})
    void weTellHaproxyOurClient(ProxyProtocol version) throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        var haproxy = stage.keep(
                RealProgram.haproxy(
                        folder,
                        1,
                        ports -> HAPROXY_DEFAULTS + "frontend a\n mode http\n bind 127.0.0.1:" + ports.getFirst()
                                + " accept-proxy\n http-request return content-type text/plain lf-string \"%[src]:%[src_port] to %[dst]:%[dst_port]\"\n"));
        startBefore(haproxy.port(0), version);

        assertThat(ask(stage.port(), "GET / HTTP/1.0\r\n\r\n"))
                .endsWith("\r\n\r\n127.0.0.1:CLIENT to 127.0.0.1:" + stage.port());
    }
}
