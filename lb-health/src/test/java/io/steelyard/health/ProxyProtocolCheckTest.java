package io.steelyard.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.tck.RealProgram;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Probes of servers that want a PROXY protocol header. */
@Timeout(120)
class ProxyProtocolCheckTest {
    private static final String LOCAL = "\r\n\r\n\0\r\nQUIT\n \0\0\0";

    @TempDir
    private Path folder;

    private ServerSocket server;

    @BeforeEach
    void listen() throws Exception {
        server = new ServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        server.setSoTimeout(30_000);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    /** What the next connection's first bytes are, with its port written CLIENT and the server's SERVER. */
    private String receive(int length) throws Exception {
        try (var connection = server.accept()) {
            connection.setSoTimeout(30_000);
            var in = connection.getInputStream();
            var text = new StringBuilder();
            int b;
            try {
                while (text.length() < length && (b = in.read()) >= 0) {
                    text.append((char) b);
                }
            } catch (SocketException reset) {
                // A check may end with a reset.
            }
            return text.toString()
                    .replace(" " + connection.getPort() + " ", " CLIENT ")
                    .replace(" " + server.getLocalPort(), " SERVER");
        }
    }

    private CompletableFuture<String> probe(HealthCheckProvider provider, ProxyProtocol version) {
        var wanting =
                RealServer.builder("127.0.0.1:1").checkProxyProtocol(version).build();
        var address = (InetSocketAddress) server.getLocalSocketAddress();
        return CompletableFuture.supplyAsync(() -> {
            try {
                return Probes.probe(provider, Map.of(), wanting, address, Duration.ofSeconds(30))
                        .toString();
            } catch (Exception failed) {
                return failed.toString();
            }
        });
    }

    @Test
    void version1TellsTheProbesOwnEnds() throws Exception {
        var result = probe(new TcpCheckProvider(), ProxyProtocol.V1);

        assertThat(receive(Integer.MAX_VALUE)).isEqualTo("PROXY TCP4 127.0.0.1 127.0.0.1 CLIENT SERVER\r\n");
        assertThat(result.get(30, TimeUnit.SECONDS)).contains("connected");
    }

    @Test
    void version2SaysThatItIsNobodysConnection() throws Exception {
        var result = probe(new HttpCheckProvider(), ProxyProtocol.V2);

        assertThat(receive(LOCAL.length() + 4)).isEqualTo(LOCAL + "GET ");
        assertThat(result.get(30, TimeUnit.SECONDS)).isNotEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"check-send-proxy", "check-send-proxy send-proxy-v2"})
    void bothAreWhatHaproxySends(String option) throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        try (var haproxy = RealProgram.haproxy(
                folder,
                1,
                ports ->
                        "defaults\n mode tcp\n timeout connect 10s\n timeout client 10s\n timeout server 10s\nlisten a\n bind 127.0.0.1:"
                                + ports.getFirst() + "\n server s 127.0.0.1:" + server.getLocalPort()
                                + " check inter 300ms " + option
                                + "\n")) {
            assertThat(haproxy.port(0)).isPositive();
            assertThat(receive(Integer.MAX_VALUE))
                    .isEqualTo(option.contains("v2") ? LOCAL : "PROXY TCP4 127.0.0.1 127.0.0.1 CLIENT SERVER\r\n");
        }
    }
}
