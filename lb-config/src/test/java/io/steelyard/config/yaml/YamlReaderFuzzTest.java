package io.steelyard.config.yaml;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** No text makes the reader throw; whatever it takes, the writer can write so that it reads back equal. */
class YamlReaderFuzzTest {
    private static final String PIECES = "[]{}:,-#&*!|>'\"%@`\\ \t\n\r~?.$0a\u00a0\u200b\uFEFF\uD83D";

    @FuzzTest
    void anyTextIsRead(byte[] data) {
        check(new String(data, StandardCharsets.UTF_8));
    }

    @Test
    void damagedFilesAreRead() {
        var random = new Random(20_261_121);
        int sound = 0;
        for (int i = 0; i < 4_000; i++) {
            var text = new StringBuilder(YamlWriter.write(RandomConfiguration.make(new Random(i % 50))));
            for (int damage = 1 + random.nextInt(4); damage > 0; damage--) {
                int at = random.nextInt(text.length());
                switch (random.nextInt(4)) {
                    case 0 -> text.deleteCharAt(at);
                    case 1 -> text.insert(at, PIECES.charAt(random.nextInt(PIECES.length())));
                    case 2 -> text.setCharAt(at, PIECES.charAt(random.nextInt(PIECES.length())));
                    default -> {
                        int end = Math.min(text.length(), at + random.nextInt(40));
                        text.insert(random.nextInt(text.length()), text.substring(at, end));
                    }
                }
            }
            sound += check(text.toString()) ? 1 : 0;
        }
        assertThat(sound).as("damaged files that are still configurations").isGreaterThan(100);
    }

    private static boolean check(String text) {
        var source = ConfigurationSource.of("f", text);
        new YamlReader().recognizes(source);
        var result = new YamlReader().read(source);
        for (var problem : result.problems()) {
            assertThat(problem.position().isPresent() || problem.what().contains("not listed"))
                    .as(problem + " in\n" + text)
                    .isTrue();
        }
        assertThat(result.configuration().isEmpty())
                .isEqualTo(result.problems().stream().anyMatch(Problem::isError));
        result.configuration().ifPresent(configuration -> {
            var written = YamlWriter.write(configuration);
            assertThat(new YamlReader()
                            .read(ConfigurationSource.of("w", written))
                            .configuration())
                    .as(text + "\nwritten as\n" + written)
                    .contains(configuration);
        });
        return result.configuration().isPresent();
    }
}
