package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.text.Template;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The local address of connections to servers, worked out for each request; and what clients are told of idle connections. */
@Timeout(120)
class LocalAddressTest {
    @Test
    void requestsComeFromTheAddressThatWasWorkedOutAndShareNoConnectionWithOthers() throws IOException {
        try (var server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            Thread.ofVirtual().start(() -> serve(server));
            var pool = ServerPool.builder("web").server(RealServer.of("127.0.0.1:" + server.getLocalPort()));
            var transport = ProxyOptions.builder()
                    .sourceText(Template.parse("127.0.0.$arg_n"))
                    .build();
            try (var proxy = Fixture.start(
                            pools -> pools.pool(pool),
                            root -> root.content(
                                    HttpProxy.toPool("web").transport(transport).build()),
                            HttpClientOptions.builder()
                                    .toldIdleTimeout(Duration.ofSeconds(20))
                                    .build());
                    var client = proxy.client()) {
                for (int round = 0; round < 3; round++) {
                    for (int i = 2; i < 5; i++) {
                        assertThat(client.get("/?n=" + i).text()).isEqualTo("127.0.0." + i);
                    }
                }
                assertThat(client.get("/?n=none").text())
                        .as("no address is the system's choice")
                        .isEqualTo("127.0.0.1");
                assertThat(client.get("/?n=2").head()).contains("Keep-Alive: timeout=20\r\n");
            }
        }
    }

    /** Tells each request where it came from, on kept connections. */
    private static void serve(ServerSocket server) {
        while (!server.isClosed()) {
            try {
                var client = server.accept();
                Thread.ofVirtual().start(() -> answer(client));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void answer(Socket client) {
        try (client) {
            var body = client.getInetAddress().getHostAddress();
            var answer = "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            int ends = 0;
            for (int next = client.getInputStream().read();
                    next >= 0;
                    next = client.getInputStream().read()) {
                ends = next == '\r' || next == '\n' ? ends + 1 : 0;
                if (ends == 4) {
                    client.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                }
            }
        } catch (IOException gone) {
            // The balancer closed it.
        }
    }
}
