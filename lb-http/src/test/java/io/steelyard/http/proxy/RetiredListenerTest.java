package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Configuration;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.http.h2.ErrorCode;
import io.steelyard.http.h2.Frame;
import java.io.IOException;
import java.net.ConnectException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A listener that a changed configuration no longer has: who is connected is told, and finishes what was begun. */
@Timeout(240)
class RetiredListenerTest {
    private static final int PING = 6;
    private static final int GOAWAY = 7;
    private static final Duration LONG = Duration.ofSeconds(30);

    private final CountDownLatch mayAnswer = new CountDownLatch(1);

    private Fixture inFrontOf(ScriptedServer server) throws IOException {
        return Fixture.start(
                configuration -> configuration.pool(Fixture.pool("web", server)),
                root -> root.content(HttpProxy.toPool("web").build()),
                HttpClientOptions.builder().http2(true).build());
    }

    /** One that answers when it may. */
    private ScriptedServer waiting() throws IOException {
        return new ScriptedServer((request, connection) -> {
            try {
                assertThat(mayAnswer.await(60, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
            return connection.reply(200, "finished");
        });
    }

    private static void assertGoodbye(FrameClient client, int last) throws IOException {
        var first = client.until(frame -> frame.type() == GOAWAY);
        assertThat(first.code()).isEqualTo(ErrorCode.NO_ERROR);
        assertThat(first.int32At(0)).as("still takes every request").isEqualTo(Integer.MAX_VALUE);
        echoPing(client);
        var second = client.until(frame -> frame.type() == GOAWAY);
        assertThat(second.code()).isEqualTo(ErrorCode.NO_ERROR);
        assertThat(second.int32At(0)).isEqualTo(last);
    }

    private static void echoPing(FrameClient client) throws IOException {
        var ping = client.until(frame -> frame.type() == PING);
        client.send(Frame.of(PING, 1, 0, ping.payload()));
    }

    private static void assertRefused(Fixture proxy) {
        assertThatThrownBy(proxy::client).isInstanceOf(ConnectException.class);
    }

    @Test
    void removedVirtualServerLetsStreamsFinishAndSaysGoodbye() throws IOException {
        try (var server = waiting();
                var proxy = inFrontOf(server);
                var client = new FrameClient(proxy, Frame.get(1, "/"))) {
            await().atMost(LONG).until(() -> server.requests().size() == 1);
            proxy.balancer().apply(Configuration.builder().build());
            assertRefused(proxy);
            assertGoodbye(client, 1);
            mayAnswer.countDown();
            assertThat(client.answer(1).text()).isEqualTo("finished");
            assertThat(client.raw().isAtEnd()).isTrue();
        }
    }

    @Test
    void removedAddressOfAVirtualServerThatStaysSaysGoodbyeToo() throws IOException {
        try (var server = waiting();
                var proxy = inFrontOf(server);
                var kept = proxy.client();
                var client = new FrameClient(proxy, Frame.get(1, "/"))) {
            await().atMost(LONG).until(() -> server.requests().size() == 1);
            proxy.moveTo(Fixture.freePort());
            assertRefused(proxy);
            assertThat(kept.isAtEnd())
                    .as("a connection that waits for a request is closed")
                    .isTrue();
            assertGoodbye(client, 1);
            mayAnswer.countDown();
            assertThat(client.answer(1).text()).isEqualTo("finished");
            assertThat(client.raw().isAtEnd()).isTrue();
        }
    }

    @Test
    void idleConnectionIsSaidGoodbyeAndClosed() throws IOException {
        mayAnswer.countDown();
        try (var server = waiting();
                var proxy = inFrontOf(server);
                var client = new FrameClient(proxy, Frame.get(1, "/"))) {
            assertThat(client.answer(1).text()).isEqualTo("finished");
            proxy.balancer().apply(Configuration.builder().build());
            assertGoodbye(client, 1);
            assertThat(client.raw().isAtEnd()).isTrue();
        }
    }

    @Test
    void requestThatWasOnItsWayWhenTheListenerWentIsStillServed() throws IOException {
        mayAnswer.countDown();
        try (var server = waiting();
                var proxy = inFrontOf(server);
                var client = new FrameClient(proxy, Frame.get(1, "/"))) {
            assertThat(client.answer(1).text()).isEqualTo("finished");
            var more = Configuration.builder();
            proxy.balancer().configuration().pools().forEach(more::pool);
            proxy.balancer().apply(more.build());
            var ping = client.until(frame -> frame.type() == PING);
            assertThat(client.send(Frame.get(3, "/")).answer(3).text()).isEqualTo("finished");
            client.send(Frame.of(PING, 1, 0, ping.payload()));
            assertThat(client.until(frame -> frame.type() == GOAWAY).int32At(0)).isEqualTo(3);
        }
    }
}
