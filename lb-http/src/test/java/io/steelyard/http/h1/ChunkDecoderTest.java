package io.steelyard.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.steelyard.http.h1.ChunkDecoder.Step;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Relaxation;
import io.steelyard.http.message.Violation;
import io.steelyard.tck.Allocation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChunkDecoderTest {
    /** What a decoder makes of a body. */
    record Decoded(Step step, Violation violation, String data, String trailers, int rest) {
        static Decoded of(String body) {
            return of(body, Leniency.strict(), HttpLimits.DEFAULT, Integer.MAX_VALUE);
        }

        static Decoded of(String body, Leniency leniency, HttpLimits limits, int piece) {
            var decoder = new ChunkDecoder(limits, leniency);
            var trailers = new FieldBlock();
            decoder.begin(trailers);
            var data = new StringBuilder();
            var bytes = Parsed.bytes(body);
            for (int at = 0; ; ) {
                int length = Math.min(piece, bytes.length - at);
                var buffer = ByteBuffer.allocateDirect(length + 2).position(1);
                buffer.put(bytes, at, length).flip().position(1);
                at += length;
                while (true) {
                    var step = decoder.next(buffer);
                    if (step == Step.DATA) {
                        for (int i = decoder.dataStart(); i < decoder.dataEnd(); i++) {
                            data.append((char) (buffer.get(i) & 0xff));
                        }
                        assertThat(buffer.position()).isEqualTo(decoder.dataEnd());
                        continue;
                    }
                    if (step != Step.NEED_MORE || at == bytes.length) {
                        int rest = step == Step.COMPLETE ? buffer.remaining() + bytes.length - at : 0;
                        assertThat(decoder.isComplete()).isEqualTo(step == Step.COMPLETE);
                        return new Decoded(step, decoder.violation(), data.toString(), trailers.toString(), rest);
                    }
                    break;
                }
            }
        }
    }

    private static void refused(String body, Violation violation) {
        var decoded = Decoded.of(body);
        assertThat(decoded.violation()).isEqualTo(violation);
        assertThat(decoded.step()).isEqualTo(Step.REJECTED);
    }

    @Test
    void chunksAreDataAndTrailersAreFields() {
        var decoded = Decoded.of("5\r\nhello\r\n00A\r\n0123456789\r\n0\r\nX-Sum: 1\r\nETag: \"a\"\r\n\r\nGET");
        assertThat(decoded)
                .isEqualTo(new Decoded(Step.COMPLETE, Violation.NONE, "hello0123456789", "X-Sum: 1\nETag: \"a\"\n", 3));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "5;a=b\r\nhello\r\n0\r\n\r\n",
                "5;\r\nhello\r\n0;x=\"y;\"\r\n\r\n",
                "5 \t;a\r\nhello\r\n0\r\n\r\n"
            })
    void chunkExtensionsAreForgotten(String body) {
        assertThat(Decoded.of(body)).isEqualTo(new Decoded(Step.COMPLETE, Violation.NONE, "hello", "", 0));
    }

    @Test
    void chunkExtensionMayHave256BytesAndNoMore() {
        assertThat(Decoded.of("1;" + "a".repeat(255) + "\r\nx\r\n0\r\n\r\n").step())
                .isEqualTo(Step.COMPLETE);
        refused("1;" + "a".repeat(256) + "\r\nx\r\n0\r\n\r\n", Violation.CHUNK_EXTENSION_TOO_LARGE);
    }

    @Test
    void manyChunkExtensionsTogetherAreTooLarge() {
        var chunk = "1;" + "a".repeat(255) + "\r\nx\r\n";
        assertThat(Decoded.of(chunk.repeat(64) + "0\r\n\r\n").step()).isEqualTo(Step.COMPLETE);
        refused(chunk.repeat(64) + "0;\r\n\r\n", Violation.CHUNK_EXTENSION_TOO_LARGE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0x1\r\nx\r\n0\r\n\r\n",
                "-1\r\n",
                "+1\r\n",
                " 1\r\n",
                "\r\n",
                ";a\r\n",
                "g\r\n",
                "1 1\r\n",
                "1 \r\n",
                "1.\r\n",
                "\0"
            })
    void sizeThatIsNoHexadecimalNumberIsRefused(String body) {
        refused(body, Violation.CHUNK_SIZE_INVALID);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"8000000000000000\r\n", "ffffffffffffffff\r\n", "10000000000000000\r\n", "00000000000000001\r\n"
            })
    void sizeThatOverflowsIsRefused(String body) {
        refused(body, Violation.CHUNK_SIZE_TOO_LARGE);
    }

    @Test
    void greatestSizeIsTaken() {
        assertThat(Decoded.of("7fffffffffffffff\r\nabc").data()).isEqualTo("abc");
    }

    @ParameterizedTest
    @CsvSource({
        "'5\nhello\r\n0\r\n\r\n', BARE_LINE_FEED",
        "'5;a\nhello\r\n0\r\n\r\n', BARE_LINE_FEED",
        "'5\r\nhello\n0\r\n\r\n', CHUNK_DATA_END_INVALID",
        "'5\r\nhello\r\n0\n\r\n', BARE_LINE_FEED",
        "'5\r\nhello\r\n0\r\n\n', BARE_LINE_FEED",
        "'5\r\nhello\r\n0\r\nX: a\n\r\n', BARE_LINE_FEED",
    })
    void chunkLinesEndedByBareLineFeedAreRefused(String body, Violation violation) {
        refused(body, violation);
        var lenient = Leniency.of(Relaxation.BARE_LINE_FEED_IN_CHUNKS);
        assertThat(Decoded.of(body, lenient, HttpLimits.DEFAULT, Integer.MAX_VALUE)
                        .data())
                .isEqualTo("hello");
        assertThat(Decoded.of(body, lenient, HttpLimits.DEFAULT, Integer.MAX_VALUE)
                        .step())
                .isEqualTo(Step.COMPLETE);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5\r\nhelloworld\r\n", "5\r\nhello0\r\n\r\n", "5\r\nhello\rX", "5\r\nhello\r\r\n"})
    void dataWithoutItsLineEndIsRefused(String body) {
        refused(body, Violation.CHUNK_DATA_END_INVALID);
    }

    @ParameterizedTest
    @ValueSource(strings = {"5\rhello", "5\r\rhello", "5;a\rb\r\nhello"})
    void carriageReturnInSizeLineIsRefused(String body) {
        refused(body, Violation.CHUNK_LINE_END_INVALID);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 8, 11, 27, 127})
    void controlCharacterInExtensionIsRefused(int octet) {
        refused("5;a" + (char) octet + "\r\nhello\r\n", Violation.CHUNK_EXTENSION_INVALID);
    }

    @Test
    void trailersNeverSetFramingRoutingOrRights() {
        var forbidden = new String[] {
            "Content-Length: 5", "Transfer-Encoding: chunked", "Host: b", "Authorization: x", "Cookie: a=b",
                    "Set-Cookie: a=b",
            "Trailer: x", "Connection: close", "TE: x", "Upgrade: x", "X-Forwarded-For: 1.1.1.1", "x-forwarded-any: 1",
            "X-Real-IP: 1.1.1.1", "Forwarded: for=a", "Content-Type: a", "Content-Encoding: gzip", "Range: x",
                    "Expect: x",
            "Cache-Control: x", "Location: /", "Proxy-Authorization: x", "Keep-Alive: x", "HTTP2-Settings: x",
                    "X_Under: dropped"
        };
        var body = "0\r\n" + String.join("\r\n", forbidden) + "\r\nX-Fine: 1\r\n\r\n";
        var decoded = Decoded.of(body);
        assertThat(decoded.step()).isEqualTo(Step.COMPLETE);
        assertThat(decoded.trailers()).isEqualTo("X-Fine: 1\n");
    }

    @Test
    void trailersLargerThanTheLimitAreRefused() {
        refused("0\r\nX: " + "a".repeat(8192) + "\r\n\r\n", Violation.TRAILERS_TOO_LARGE);
        refused("0\r\n" + "X: a\r\n".repeat(101) + "\r\n", Violation.TOO_MANY_FIELDS);
        refused("0\r\n" + ("X: " + "a".repeat(200) + "\r\n").repeat(50) + "\r\n", Violation.TRAILERS_TOO_LARGE);
    }

    @Test
    void trailersObeyTheRulesOfFields() {
        refused("0\r\nX : a\r\n\r\n", Violation.SPACE_BEFORE_COLON);
        refused("0\r\n x\r\n\r\n", Violation.FOLDED_FIELD);
        refused("0\r\nGET / HTTP/1.1\r\n\r\n", Violation.FIELD_WITHOUT_COLON);
    }

    @Test
    void finishedDecoderMustBeginAgain() {
        var decoder = new ChunkDecoder();
        assertThatIllegalStateException().isThrownBy(() -> decoder.next(ByteBuffer.wrap(new byte[1])));
    }

    @Test
    void anyPiecesGiveTheSameResult() {
        var random = new Random(11);
        var alphabet = new String[] {
            "5\r\nhello\r\n", "1;a=b\r\nx\r\n", "0\r\n", "\r\n", "X: a\r\n", "a", "\n", "F", ";", " ", "\0"
        };
        int complete = 0;
        for (int i = 0; i < 3000; i++) {
            var body = new StringBuilder(i % 2 == 0 ? "3\r\nabc\r\n" : "");
            for (int n = random.nextInt(6); n > 0; n--) {
                body.append(alphabet[random.nextInt(alphabet.length)]);
            }
            body.append(i % 3 == 0 ? "0\r\nX-A: 1\r\n\r\n" : "0\r\n\r\n");
            var whole = Decoded.of(body.toString());
            complete += whole.step() == Step.COMPLETE ? 1 : 0;
            for (int piece : new int[] {1, 2, 3, 7}) {
                assertThat(Decoded.of(body.toString(), Leniency.strict(), HttpLimits.DEFAULT, piece))
                        .as(body.toString())
                        .isEqualTo(whole);
            }
        }
        assertThat(complete).isBetween(500, 2500);
    }

    @Test
    void whatTheEncoderWritesIsDecoded() {
        var out = ByteBuffer.allocate(200);
        var trailers = new FieldBlock();
        trailers.add(FieldName.of("X-Sum"), "1");
        trailers.add(FieldName.ETAG, "\"2\"");
        for (var data : new String[] {"a", "0123456789abcdef", "x".repeat(100)}) {
            int before = out.position();
            ChunkEncoder.begin(out, data.length());
            assertThat(out.position() - before).isEqualTo(ChunkEncoder.beginBytes(data.length()));
            out.put(Parsed.bytes(data));
            ChunkEncoder.end(out);
        }
        int before = out.position();
        ChunkEncoder.last(out, trailers);
        assertThat(out.position() - before).isEqualTo(ChunkEncoder.lastBytes(trailers));
        var body = new String(out.array(), 0, out.position(), StandardCharsets.ISO_8859_1);
        assertThat(body).startsWith("1\r\na\r\n10\r\n0123");
        assertThat(Decoded.of(body))
                .isEqualTo(new Decoded(
                        Step.COMPLETE,
                        Violation.NONE,
                        "a0123456789abcdef" + "x".repeat(100),
                        "X-Sum: 1\nETag: \"2\"\n",
                        0));
    }

    @Test
    void encoderWritesEverySize() {
        for (long length : new long[] {1, 15, 16, 255, 4096, Integer.MAX_VALUE, 1L << 40, Long.MAX_VALUE}) {
            var out = ByteBuffer.allocate(ChunkEncoder.MOST_BEGIN_BYTES);
            ChunkEncoder.begin(out, length);
            assertThat(new String(out.array(), 0, out.position(), StandardCharsets.US_ASCII))
                    .isEqualTo(Long.toHexString(length) + "\r\n");
            assertThat(out.position()).isEqualTo(ChunkEncoder.beginBytes(length));
        }
        var out = ByteBuffer.allocate(5);
        ChunkEncoder.last(out);
        assertThat(out.array()).isEqualTo(Parsed.bytes("0\r\n\r\n"));
        assertThatIllegalArgumentException().isThrownBy(() -> ChunkEncoder.begin(ByteBuffer.allocate(9), 0));
    }

    @Test
    void decodingAllocatesNothing() {
        var decoder = new ChunkDecoder();
        var trailers = new FieldBlock();
        var buffer = ByteBuffer.allocateDirect(200);
        buffer.put(Parsed.bytes("5;a=b\r\nhello\r\n10\r\n0123456789abcdef\r\n0\r\nX-Sum: 1\r\n\r\n"))
                .flip();
        long allocated = Allocation.bytes(2000, () -> {
            trailers.clear();
            decoder.begin(trailers);
            buffer.rewind();
            Step step;
            do {
                step = decoder.next(buffer);
            } while (step == Step.DATA);
            if (step != Step.COMPLETE) {
                throw new AssertionError(decoder.violation());
            }
        });
        assertThat(allocated).isZero();
    }
}
