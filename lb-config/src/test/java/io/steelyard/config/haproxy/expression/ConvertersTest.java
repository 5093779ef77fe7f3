package io.steelyard.config.haproxy.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConvertersTest {
    record Golden(String expression, String answer) {}

    static List<Golden> recorded() throws IOException {
        try (var stream = ConvertersTest.class.getResourceAsStream("converters-golden.txt")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("#"))
                    .map(line -> line.split("\u241E", 2))
                    .map(parts -> new Golden(parts[0], parts[1]))
                    .toList();
        }
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void givesWhatHaproxyGives(Golden golden) {
        var value = Expression.parse(golden.expression()).value(fetch -> List.of());
        assertThat(value.map(Sample::text).orElse("")).isEqualTo(golden.answer());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "nosuch",
                "str",
                "str(a",
                "str(a,b)",
                "src(a)",
                "src,nosuch",
                "src,lower(x)",
                "str(ab)cd)",
                "int(x)",
                "bool(x)",
                "ipv4(x)",
                "bin(4)",
                "str(a),sha2(1)",
                "str(a),regsub((,x)",
                "str(a),field(x,y)",
                "str(a),,lower",
                "bool(1),hex"
            })
    void refusesWhatIsNone(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Expression.parse(text));
    }
}
