package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page about haproxy.cfg tells of every keyword, in the right place. */
class HaproxyDocumentTest {
    @ParameterizedTest
    @EnumSource(Keyword.Treatment.class)
    void tellsOfEveryKeyword(Keyword.Treatment treatment) throws IOException {
        var page = Files.readString(Path.of("..", "docs", "haproxy.md"));
        var heading = switch (treatment) {
            case HONOURED -> "## Honoured";
            case HTTP -> "## Of mode http";
            case ACCEPTED -> "## Accepted without effect";
            case OLD -> "## Of old versions";
            case REFUSED -> "## Refused";
        };
        int start = page.indexOf("\n" + heading + "\n");
        assertThat(start).isPositive();
        int end = page.indexOf("\n## ", start + 1);
        var section = page.substring(start, end);
        assertThat(KeywordTable.get().all().stream().filter(keyword -> keyword.treatment() == treatment))
                .isNotEmpty()
                .allSatisfy(keyword -> assertThat(section).contains("`" + keyword.name() + "`"));
    }
}
