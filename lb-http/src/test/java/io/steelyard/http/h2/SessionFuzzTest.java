package io.steelyard.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Conversations at random, whole and damaged: nothing is thrown, memory is bounded, and pieces make no difference. */
class SessionFuzzTest {
    private static byte[] conversation(Random random) {
        var out = new ByteArrayOutputStream();
        for (int i = random.nextInt(12); i >= 0; i--) {
            int stream = random.nextInt(8);
            var frame = switch (random.nextInt(11)) {
                case 0, 1 -> Frame.get(stream | 1, "/a" + random.nextInt(9));
                case 2 -> Frame.post(stream | 1, "/", "content-length", "" + random.nextInt(9));
                case 3 -> Frame.data(stream, random.nextBoolean(), "x".repeat(random.nextInt(9)));
                case 4 -> Frame.reset(stream, random.nextInt(14));
                case 5 -> Frame.settings(random.nextInt(8), random.nextInt());
                case 6 -> Frame.windowUpdate(stream, random.nextInt());
                case 7 -> Frame.ping(random.nextInt(2));
                case 8 -> Frame.post(stream | 1, "/").without(4);
                case 9 -> Frame.of(9, random.nextInt(2) * 4, stream, Frame.block("x", "y"));
                default -> Frame.of(random.nextInt(256), random.nextInt(256), stream, octets(random, 40));
            };
            out.writeBytes(frame.bytes());
        }
        var bytes = out.toByteArray();
        for (int i = random.nextInt(4); i > 1; i--) {
            bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
        }
        return bytes;
    }

    private static byte[] octets(Random random, int most) {
        var octets = new byte[random.nextInt(most)];
        random.nextBytes(octets);
        return octets;
    }

    private static String told(Conversation conversation) {
        var all = new StringBuilder();
        conversation.sent().forEach(frame -> all.append(frame).append('\n'));
        conversation.requests.forEach((stream, request) -> all.append(stream)
                .append(' ')
                .append(request.head)
                .append(request.violation)
                .append(request.body)
                .append(request.hasEnded)
                .append(request.isReset)
                .append('\n'));
        return all.append(conversation.session.hasFailed()).toString();
    }

    @Test
    void anyFramesInAnyPiecesAreToldTheSame() {
        for (int seed = 0; seed < 20_000; seed++) {
            var bytes = conversation(new Random(seed));
            var whole = Conversation.open().receive(bytes);
            var cut = Conversation.open();
            var random = new Random(-seed);
            for (int at = 0; at < bytes.length; ) {
                int end = Math.min(bytes.length, at + 1 + random.nextInt(20));
                cut.receive(Arrays.copyOfRange(bytes, at, end));
                at = end;
            }
            assertThat(told(cut)).as("seed %d", seed).isEqualTo(told(whole));
        }
    }

    @Test
    void anyHeaderBlockIsDecodedOrRefused() {
        var random = new Random(3);
        for (int i = 0; i < 50_000; i++) {
            var decoder = new HpackDecoder(4_096);
            assertThat(Frame.fields(decoder, octets(random, 60))).isNotNull();
            assertThat(decoder.table().size()).isLessThanOrEqualTo(4_096);
        }
    }
}
