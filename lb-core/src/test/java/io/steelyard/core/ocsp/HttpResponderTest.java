package io.steelyard.core.ocsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What responders do, by scripted servers. */
@Timeout(60)
class HttpResponderTest {
    private final HttpResponder responder = new HttpResponder(Duration.ofSeconds(30));

    @AfterEach
    void close() {
        responder.close();
    }

    /** Answers one request with this text, and leaves the connection open. @return what is fetched, and the request */
    private static String[] fetch(HttpResponder responder, String answer) throws Exception {
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var fetched = responder.ask(URI.create("http://127.0.0.1:" + server.getLocalPort() + "/a%2Fb%3D"));
            try (var client = server.accept()) {
                var request = new StringBuilder();
                while (request.indexOf("\r\n\r\n") < 0) {
                    request.append((char) client.getInputStream().read());
                }
                client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                client.getOutputStream().flush();
                return new String[] {
                    new String(fetched.get(40, TimeUnit.SECONDS), StandardCharsets.ISO_8859_1), request.toString()
                };
            }
        }
    }

    @Test
    void bodyIsFetchedByGet() throws Exception {
        var fetched = fetch(responder, "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n\r\nabc");
        assertThat(fetched[0]).isEqualTo("abc");
        assertThat(fetched[1]).startsWith("GET /a%2Fb%3D HTTP/1.1\r\n").contains("Host: 127.0.0.1:");
    }

    @Test
    void otherStatusesAndLongBodiesFail() {
        assertThatThrownBy(() -> fetch(responder, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"))
                .hasMessageContaining("it answered with status 404");
        assertThatThrownBy(() -> fetch(
                        responder, "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"))
                .hasMessageContaining("it answered with status 302");
        int most = 64 << 10;
        assertThatThrownBy(() -> fetch(
                        responder,
                        "HTTP/1.1 200 OK\r\nContent-Length: " + (most + 1) + "\r\n\r\n" + "x".repeat(most + 1)))
                .hasRootCauseInstanceOf(IOException.class);
        assertThatThrownBy(() -> fetch(responder, "no HTTP\r\n\r\n")).hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void oneThatIsNotThereFails() throws IOException {
        int port;
        try (var server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = server.getLocalPort();
        }
        assertThatThrownBy(() -> responder
                        .ask(URI.create("http://127.0.0.1:" + port + "/"))
                        .get(40, TimeUnit.SECONDS))
                .hasRootCauseInstanceOf(IOException.class);
    }

    @Test
    void bodyThatNeverEndsFailsInTime() {
        try (var impatient = new HttpResponder(Duration.ofMillis(300))) {
            CompletableFuture<Void> checked = CompletableFuture.runAsync(
                    () -> assertThatThrownBy(() -> fetch(impatient, "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc"))
                            .hasRootCauseInstanceOf(TimeoutException.class));
            assertThat(checked).succeedsWithin(Duration.ofSeconds(30));
        }
    }
}
