package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.http.h2.Frame;
import java.io.IOException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Bodies that come an octet now and then. */
@Timeout(120)
class BodyPaceTest {
    private static final long SECOND_NS = 1_000_000_000L;
    private static final HttpClientOptions.Builder OPTIONS =
            HttpClientOptions.builder().leastBodyRate(100).http2(true);

    private final BodyPace pace = new BodyPace(100);

    @Test
    void anOctetASecondIsTooSlowOnceTheGraceIsOver() {
        pace.begin(0);
        for (int second = 1; second <= 10; second++) {
            assertThat(pace.arrived(1, second * SECOND_NS)).isTrue();
        }
        assertThat(pace.arrived(1, 10 * SECOND_NS + 1)).isFalse();
    }

    @Test
    void theLeastRateIsFastEnough() {
        pace.begin(0);
        for (int second = 1; second <= 60; second++) {
            assertThat(pace.arrived(100, second * SECOND_NS)).isTrue();
        }
        assertThat(pace.arrived(99, 61 * SECOND_NS)).isFalse();
    }

    @Test
    void theTimeInWhichTheClientWasNotToSendDoesNotCount() {
        pace.begin(0);
        assertThat(pace.arrived(1, SECOND_NS)).isTrue();
        pace.resume(100 * SECOND_NS);
        assertThat(pace.arrived(1, 101 * SECOND_NS)).isTrue();
        assertThat(pace.arrived(1, 110 * SECOND_NS)).isFalse();
    }

    @Test
    void anyRateDoesWhereNoneIsAskedFor() {
        var any = new BodyPace(0);
        any.begin(0);
        assertThat(any.arrived(1, 10_000 * SECOND_NS)).isTrue();
    }

    @Test
    void aSlowBodyOfHttp1IsAnswered408() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = start(server);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 1000\r\n\r\n");
            untilSlow(proxy, () -> client.send("x"));
            assertThat(client.answer().status()).isEqualTo(408);
        }
    }

    @Test
    void aSlowBodyOfHttp2IsAnswered408() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = start(server);
                var client = new FrameClient(proxy, Frame.post(1, "/", "content-length", "1000"))) {
            untilSlow(proxy, () -> client.send(Frame.data(1, false, "x")));
            assertThat(client.answer(1).status()).isEqualTo(408);
        }
    }

    private static Fixture start(ScriptedServer server) throws IOException {
        return Fixture.start(
                configuration -> configuration.pool(Fixture.pool("web", server)),
                root -> root.content(
                        HttpProxy.toPool("web").buffersRequest(false).build()),
                OPTIONS.build());
    }

    private interface Sending {
        void send() throws IOException;
    }

    private static void untilSlow(Fixture proxy, Sending sending) {
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofSeconds(1))
                .until(() -> {
                    boolean isSlow = proxy.drops().get("slow_body") == 1;
                    if (!isSlow) {
                        sending.send();
                    }
                    return isSlow;
                });
    }
}
