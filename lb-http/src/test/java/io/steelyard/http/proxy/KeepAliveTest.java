package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Servers that say how long they let a connection be idle. */
@Timeout(120)
class KeepAliveTest {
    @ParameterizedTest
    @CsvSource({
        "timeout=5,5",
        "'timeout=5, max=100',5",
        "'max=100, Timeout=7',7",
        "max=1,-1",
        "timeout=,-1",
        "timeout,-1",
        "timeout=x,-1",
        "notimeout=3,-1",
        "timeout=0,0",
        "timeout=99999999999999999999,86400",
        "'',-1"
    })
    void secondsAreFoundWhereverTheyStand(String value, long seconds) {
        var fields = new FieldBlock();
        fields.add(FieldName.KEEP_ALIVE, value);
        assertThat(KeepAlive.timeoutNs(fields)).isEqualTo(seconds < 0 ? -1 : seconds * 1_000_000_000L);
    }

    @Test
    void connectionIsNotKeptWhoseServerKeepsItNoTime() throws IOException {
        try (var server = saying("timeout=0");
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/").text()).isEqualTo("said");
            }
            assertThat(server.connections()).isEqualTo(3);
        }
    }

    @Test
    void connectionIsKeptWhoseServerKeepsItLong() throws IOException {
        try (var server = saying("timeout=3600");
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/").text()).isEqualTo("said");
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void idleConnectionIsClosedBeforeItsServerWouldCloseIt() throws Exception {
        var isClosed = new CountDownLatch(1);
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("HTTP/1.1 200 OK\r\nKeep-Alive: timeout=1\r\nContent-Length: 4\r\n\r\nsaid");
                    // The proxy's idle limit is a minute; it closes for what the server said.
                    if (connection.in().read() < 0) {
                        isClosed.countDown();
                    }
                    return false;
                });
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            assertThat(client.get("/").text()).isEqualTo("said");
            assertThat(isClosed.await(30, TimeUnit.SECONDS)).isTrue();
            await().atMost(Duration.ofSeconds(30)).until(() -> proxy.activeFlows() == 0);
        }
    }

    private static ScriptedServer saying(String keepAlive) throws IOException {
        return new ScriptedServer((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nKeep-Alive: " + keepAlive + "\r\nContent-Length: 4\r\n\r\nsaid");
            return true;
        });
    }
}
