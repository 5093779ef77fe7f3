package io.steelyard.http.h1;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Relaxation;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** However the network cuts a request, it is the same request. */
class AnyPiecesTest {
    private static final Leniency LENIENT = Leniency.of(Relaxation.values());

    static List<StrictnessCase> cases() {
        return StrictnessCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void cutAtEveryByteItIsTheSameRequest(StrictnessCase one) {
        var bytes = one.request();
        int step = bytes.length > 1000 ? 97 : 1;
        for (var leniency : List.of(Leniency.strict(), LENIENT)) {
            var whole = parse(bytes, leniency, bytes.length, 1);
            for (int first = 1; first < bytes.length; first += step) {
                assertThat(parse(bytes, leniency, first, bytes.length))
                        .as("cut at " + first)
                        .isEqualTo(whole);
            }
            assertThat(parse(bytes, leniency, 1, 1)).as("byte by byte").isEqualTo(whole);
        }
    }

    private static String parse(byte[] bytes, Leniency leniency, int first, int size) {
        return Parsed.inPieces(bytes, leniency, HttpLimits.DEFAULT, first, size).summary();
    }

    @Test
    void limitsAreMetInTheSamePlace() {
        var random = new Random(5);
        var cases = StrictnessCase.all();
        var limits = HttpLimits.DEFAULT.withHead(40, 30, 70, 4);
        for (int i = 0; i < 20_000; i++) {
            var bytes = damaged(cases.get(random.nextInt(cases.size())).request(), random);
            var leniency = random.nextBoolean() ? Leniency.strict() : LENIENT;
            var whole =
                    Parsed.inPieces(bytes, leniency, limits, bytes.length, 1).summary();
            int size = 1 + random.nextInt(20);
            assertThat(Parsed.inPieces(bytes, leniency, limits, 1 + random.nextInt(bytes.length), size)
                            .summary())
                    .as(() -> Parsed.text(bytes))
                    .isEqualTo(whole);
        }
    }

    /** With some bytes changed, and enough behind them that nothing is left undecided. */
    private static byte[] damaged(byte[] request, Random random) {
        int length = Math.min(request.length, 200);
        var bytes = Arrays.copyOf(request, length + 200);
        Arrays.fill(bytes, length, bytes.length, (byte) '\n');
        for (int n = random.nextInt(4); n > 0; n--) {
            bytes[random.nextInt(length)] = (byte) "\r\n :\tA/%\0\u00ff".charAt(random.nextInt(10));
        }
        return bytes;
    }
}
