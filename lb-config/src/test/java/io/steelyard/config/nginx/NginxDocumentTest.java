package io.steelyard.config.nginx;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The page about nginx.conf tells of every directive, in the right place. */
class NginxDocumentTest {
    @ParameterizedTest
    @EnumSource(DirectiveSpec.Treatment.class)
    void tellsOfEveryDirective(DirectiveSpec.Treatment treatment) throws IOException {
        var page = Files.readString(Path.of("..", "docs", "nginx.md"));
        var heading = switch (treatment) {
            case HONOURED -> "## Honoured";
            case ACCEPTED -> "## Accepted without effect";
            case WARNED -> "## Taken with a warning";
            case REFUSED -> "## Refused";
        };
        int start = page.indexOf(heading);
        assertThat(start).isPositive();
        int end = page.indexOf("\n## ", start + 1);
        var section = end < 0 ? page.substring(start) : page.substring(start, end);
        assertThat(directives(treatment))
                .isNotEmpty()
                .allSatisfy(name -> assertThat(section).contains("`" + name + "`"));
    }

    @Test
    void tellsOfEveryFamilyWeDoNotHave() throws IOException {
        var page = Files.readString(Path.of("..", "docs", "nginx.md"));
        var refused = page.substring(page.indexOf("## Refused"));
        assertThat(ModuleFamilies.names())
                .allSatisfy(name -> assertThat(refused).contains("`" + name + "…`"));
    }

    private static List<String> directives(DirectiveSpec.Treatment treatment) {
        var table = DirectiveTable.nginx();
        return Arrays.stream(Context.values())
                .flatMap(context -> table.names(context).stream()
                        .filter(name -> table.find(name, context).orElseThrow().treatment() == treatment))
                .distinct()
                .toList();
    }
}
