package io.steelyard.config.haproxy.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Position;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Lines whose words HAProxy itself told us. */
class LineSplitterGoldenTest {
    private static final Map<String, String> ENVIRONMENT = Map.of("A", "1 2  3", "EMPTY", "", "ONE", "uno", "T", " x ");

    record Golden(String text, String result) {}

    static List<Golden> recorded() throws IOException {
        try (var stream = LineSplitterGoldenTest.class.getResourceAsStream("lexer-golden.txt")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.startsWith("# "))
                    .map(line -> line.replace('\u21E5', '\t').split("\u241E", 2))
                    .map(parts -> new Golden(parts[0], parts[1]))
                    .toList();
        }
    }

    @Test
    void thereAreMany() throws IOException {
        assertThat(recorded()).hasSizeGreaterThan(600);
    }

    @ParameterizedTest
    @MethodSource("recorded")
    void splitsAsHaproxyDoes(Golden golden) {
        var splitter = new LineSplitter(
                new Position("f", 2, 1), golden.text(), new Environment(ENVIRONMENT), "global", odd -> {});
        var words = splitter.split().stream().map(Word::text).toList();
        var result = golden.result();
        if (result.startsWith("!")) {
            assertThat(splitter.problem()).isPresent();
            assertThat(splitter.problem().orElseThrow().text()).contains(fault(result.substring(1)));
        } else {
            assertThat(splitter.problem()).isEmpty();
            if (result.startsWith("1")) {
                assertThat(words).hasSizeLessThan(2);
                assertThat(words.isEmpty() ? "" : words.getFirst()).isEqualTo(result.substring(2));
            } else {
                assertThat(words).hasSizeGreaterThan(1);
                assertThat(words.get(1)).isEqualTo(result.substring(2));
            }
        }
    }

    private static String fault(String haproxys) {
        return switch (haproxys) {
            case "unmatched quote" -> "never closed";
            case "truncated or invalid hexadecimal sequence" -> "hexadecimal";
            case "forbidden first char in environment variable name" -> "variable";
            case "unmatched brace in environment variable name" -> "closing brace";
            case "truncated or invalid word expansion sequence" -> "[*]";
            default -> haproxys;
        };
    }
}
