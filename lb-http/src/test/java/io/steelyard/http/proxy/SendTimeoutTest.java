package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.RetryRule;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A server that takes nothing: nginx {@code proxy_send_timeout}. */
@Timeout(120)
class SendTimeoutTest {
    @Test
    void serverThatTakesNothingOfALongRequestTimesOut() throws IOException {
        try (var deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var proxy = Fixture.start(
                        configuration -> inFrontOf(configuration, deaf),
                        root -> root.content(HttpProxy.toPool("web")
                                .sendTimeout(Duration.ofMillis(200))
                                .readTimeout(Duration.ofHours(1))
                                .retry(RetryRule.NEVER)
                                .build()));
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: site\r\nContent-Length: 100000000\r\n\r\n");
            Thread.ofVirtual().start(() -> sendUntilRefused(client));

            assertThat(client.answer().status()).isEqualTo(504);
        }
    }

    @Test
    void serverThatTookTheWholeRequestMayThinkForLonger() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    LockSupport.parkNanos(20_000_000);
                    return connection.reply(200, "done");
                });
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.content(HttpProxy.toPool("web")
                                .sendTimeout(Duration.ofMillis(1))
                                .build()));
                var client = proxy.client()) {
            for (int i = 0; i < 5; i++) {
                assertThat(client.get("/").text()).isEqualTo("done");
            }
        }
    }

    private static Configuration.Builder inFrontOf(Configuration.Builder configuration, ServerSocket server) {
        return configuration.pool(
                ServerPool.builder("web").server(RealServer.of("127.0.0.1:" + server.getLocalPort())));
    }

    private static void sendUntilRefused(RawClient client) {
        try {
            var piece = new byte[64 << 10];
            while (true) {
                client.send(piece);
            }
        } catch (IOException refused) {
            // The proxy has answered and closed.
        }
    }
}
