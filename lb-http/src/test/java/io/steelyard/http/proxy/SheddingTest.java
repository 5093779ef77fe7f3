package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Settings;
import io.steelyard.api.http.HttpProxy;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What becomes of clients that take more memory together than the budget of buffers has. */
@Timeout(120)
class SheddingTest {
    private static final int BUDGET = 2 << 20;
    private static final int SLOW_CLIENTS = 20;
    private static final int ANSWER_BYTES = 16 << 20;

    @Test
    void idleClientsAreClosedFirstAndThenSlowOnesAndAnotherIsServed() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    if (!request.line().contains("large")) {
                        return connection.reply(200, "one");
                    }
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + ANSWER_BYTES + "\r\n\r\n");
                    for (int sent = 0; sent < ANSWER_BYTES; sent += 1 << 16) {
                        connection.send("x".repeat(1 << 16));
                    }
                    return true;
                });
                var proxy = Fixture.start(
                        configuration -> configuration
                                .settings(Settings.defaults().withLoops(1).withBufferBudget(BUDGET))
                                .pool(Fixture.pool("web", server)),
                        root -> root.content(HttpProxy.toPool("web")
                                .mostBufferBytes(256 << 10)
                                .mostFileBytes(0)
                                .build()));
                var idle = proxy.client()) {
            assertThat(idle.get("/").text()).isEqualTo("one");
            var slow = new ArrayList<Socket>();
            try {
                for (int i = 0; i < SLOW_CLIENTS; i++) {
                    slow.add(slowClient(proxy.port()));
                }
                await().atMost(Duration.ofSeconds(60)).until(() -> proxy.drops().getOrDefault("shed", 0L) > 1);

                assertThat(hasEnded(idle)).isTrue();
                assertThat(proxy.balancer().status().bufferBytes()).isLessThan(BUDGET + (1 << 20));
                // It may be shed itself, as long as slow ones still come and it is idle.
                await().atMost(Duration.ofSeconds(60))
                        .ignoreExceptionsInstanceOf(IOException.class)
                        .until(() -> isServed(proxy));
                assertThat(proxy.openConnections()).isPositive();
            } finally {
                for (var each : slow) {
                    each.close();
                }
            }
        }
    }

    private static boolean isServed(Fixture proxy) throws IOException {
        try (var client = proxy.client()) {
            return client.get("/").text().equals("one");
        }
    }

    /** Asks for much and reads nothing. */
    private static Socket slowClient(int port) throws IOException {
        var socket = new Socket();
        socket.setReceiveBufferSize(4 << 10);
        socket.connect(new InetSocketAddress("127.0.0.1", port));
        socket.getOutputStream().write("GET /large HTTP/1.1\r\nHost: s\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    private static boolean hasEnded(RawClient client) throws IOException {
        try {
            return client.in().read() < 0;
        } catch (SocketException reset) {
            return true;
        }
    }
}
