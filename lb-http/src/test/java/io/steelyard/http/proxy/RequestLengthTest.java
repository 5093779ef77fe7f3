package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.text.Template;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code $request_length} and {@code $pipe}. */
@Timeout(120)
class RequestLengthTest {
    @Test
    void requestsInOnePacketAreMeasuredApart(@TempDir Path folder) throws IOException {
        var first = "GET /1 HTTP/1.1\r\nHost: site\r\n\r\n";
        var second = "POST /22 HTTP/1.1\r\nHost: site\r\nContent-Length: 5\r\n\r\nhello";
        var third = "GET /333 HTTP/1.1\r\nHost: site\r\n\r\n";
        var log = folder.resolve("log");
        var lines = new AccessLog(
                log,
                Template.parse("$request_length$pipe"),
                AccessLog.Escape.DEFAULT,
                Optional.empty(),
                0,
                Duration.ZERO);
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.accessLog(lines)
                                .content(HttpProxy.toPool("web").build()));
                var client = proxy.client()) {
            client.send(first + second + third);
            for (int i = 0; i < 3; i++) {
                assertThat(client.answer().text()).isEqualTo("one");
            }
            await().atMost(Duration.ofSeconds(30))
                    .untilAsserted(() -> assertThat(log)
                            .content()
                            .isEqualTo(first.length() + ".\n" + second.length() + "p\n" + third.length() + "p\n"));
        }
    }
}
