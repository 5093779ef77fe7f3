package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.http.h2.ErrorCode;
import io.steelyard.http.h2.Frame;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.time.Duration;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** HTTP/2's floods through a socket: each ends its connection, is counted by its name in the status, and harms nobody else. */
@Timeout(240)
class FloodedListenerTest {
    private static final int GOAWAY = 7;
    private static final int MOST_PIECES = 5_000;
    private static final Duration LONG = Duration.ofSeconds(30);

    /** What the attacker sends next, by how often it has sent. */
    enum Attack {
        HTTP2_RAPID_RESET(i -> new Frame[] {Frame.get(2 * i + 1, "/"), Frame.reset(2 * i + 1, 8)}),
        HTTP2_MADE_YOU_RESET(i -> new Frame[] {Frame.post(2 * i + 1, "/"), Frame.windowUpdate(2 * i + 1, 0)}),
        HTTP2_CONTINUATION(i -> new Frame[] {i == 0 ? Frame.get(1, "/").without(4) : Frame.of(9, 0, 1)}),
        HTTP2_HEADER_BOMB(i -> new Frame[] {Frame.of(1, 5, 2 * i + 1, bomb())}),
        HTTP2_SETTINGS(i -> new Frame[] {Frame.settings(4, i)}),
        HTTP2_PING(i -> new Frame[] {Frame.ping(0)}),
        HTTP2_EMPTY_DATA(i -> new Frame[] {i == 0 ? Frame.post(1, "/") : Frame.data(1, false, "")}),
        HTTP2_IDLE_FRAMES(i -> new Frame[] {Frame.windowUpdate(0, 1)});

        private final IntFunction<Frame[]> frames;

        Attack(IntFunction<Frame[]> frames) {
            this.frames = frames;
        }

        /** A name and a value of 3,000 octets that are remembered, and then said again 13,000 times. */
        private static byte[] bomb() {
            var block = new ByteArrayOutputStream();
            block.write(0x40);
            block.writeBytes(new byte[] {1, 'a'});
            Frame.integer(block, 0, 7, 3_000);
            block.writeBytes("b".repeat(3_000).getBytes(java.nio.charset.StandardCharsets.US_ASCII));
            for (int i = 0; i < 13_000; i++) {
                block.write(0xbe);
            }
            return block.toByteArray();
        }
    }

    @ParameterizedTest
    @EnumSource
    void floodEndsItsConnectionIsCountedAndHarmsNobodyElse(Attack attack) throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.content(HttpProxy.toPool("web").build()),
                        HttpClientOptions.builder().http2(true).build());
                var other = new FrameClient(proxy, Frame.get(1, "/"));
                var attacker = new FrameClient(proxy)) {
            assertThat(other.answer(1).text()).isEqualTo("one");
            assertThat(proxy.drops()).containsEntry(attack.name().toLowerCase(java.util.Locale.ROOT), 0L);

            send(attacker, attack);

            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(proxy.drops())
                            .allSatisfy((name, count) -> assertThat(count)
                                    .as(name)
                                    .isEqualTo(name.equals(attack.name().toLowerCase(java.util.Locale.ROOT)) ? 1 : 0)));
            assertThat(endOf(attacker)).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
            assertThat(other.send(Frame.get(3, "/")).answer(3).text()).isEqualTo("one");
            await().atMost(LONG).until(() -> proxy.activeFlows() == 0);
        }
    }

    private static void send(FrameClient attacker, Attack attack) {
        try {
            for (int i = 0; i < MOST_PIECES; i++) {
                attacker.send(attack.frames.apply(i));
            }
        } catch (IOException ended) {
            // That is what is wanted; the count says why.
        }
    }

    /** What the last GOAWAY says; CALM as well where the kernel dropped it because the attacker went on sending. */
    private static ErrorCode endOf(FrameClient attacker) throws IOException {
        try {
            return attacker.until(frame -> frame.type() == GOAWAY).code();
        } catch (EOFException | SocketException reset) {
            return ErrorCode.ENHANCE_YOUR_CALM;
        }
    }
}
