package io.steelyard.config.nginx.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Position;
import io.steelyard.api.Problem;
import io.steelyard.api.config.ConfigurationSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyntaxTreeTest {
    @TempDir
    Path directory;

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "a;|a",
                "a b c;|a b c",
                "a b{c d;}e;|a b{c d}e",
                "a 'b c' \"d e\";|a <b c> <d e>",
                "a 'it\\'s' \"a\\\\b\" x\\\"y;|a <it's> <a\\b> x\"y",
                "a b\\;c;|a b\\;c",
                "a ${b}c{d;}|a ${b}c{d}",
                "a b}c;|a b}c",
                "a @ not b;!c;|a c",
                "a b@c;|a b@c",
                "a \"\";|a <>",
                "a ('b') c;|a ('b') c",
                "if (a = 'b') c;|if (a = <b> ) c",
                "a ~^(x|a ~^(x"
            })
    void cutsWordsAsNginxDoes(String text, String expected) {
        assertThat(shape(parse(text.replace('@', '#').replace('!', '\n')).directives()))
                .isEqualTo(expected.replace('@', '#'));
    }

    @Test
    void keepsThePositionOfEveryWord() {
        var directive = parse("\n  listen\t'a b'\r\n    c;").directives().getFirst();
        assertThat(directive.position()).isEqualTo(new Position("f", 2, 3));
        assertThat(directive.argument(0).position()).isEqualTo(new Position("f", 2, 10));
        assertThat(directive.argument(0).end()).isEqualTo(new Position("f", 2, 15));
        assertThat(directive.argument(1).position()).isEqualTo(new Position("f", 3, 5));
    }

    @Test
    void countsCharactersNotUtf16Units() {
        var directive = parse("a \"\uD83D\uDE00é\" b;").directives().getFirst();
        assertThat(directive.argument(1).position()).isEqualTo(new Position("f", 1, 8));
    }

    @Test
    void oddSpacesAreWhiteSpaceWithOneNotice() {
        var tree = parse("\uFEFFlisten\u00A080;\nserver\u3000x;\n");
        assertThat(shape(tree.directives())).isEqualTo("listen 80;server x");
        assertThat(tree.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.severity()).isEqualTo(Problem.Severity.NOTICE);
            assertThat(problem.position()).contains(new Position("f", 1, 1));
        });
    }

    @Test
    void oddSpacesInQuotesStay() {
        assertThat(parse("a 'b\u00A0c';").directives().getFirst().argument(0).text())
                .isEqualTo("b\u00A0c");
    }

    @Test
    void goesOnAfterEachFault() {
        var tree = parse("a;; b }\n} c { d 1 }\ne { f;");
        assertThat(tree.problems())
                .extracting(problem -> problem.position().orElseThrow().line() + ":"
                        + problem.position().orElseThrow().column())
                .containsExactly("1:3", "1:6", "1:7", "2:1", "2:10", "3:7");
        assertThat(shape(tree.directives())).isEqualTo("a;b;c{d 1}e{f}");
    }

    @Test
    void tellsTheFullWidthSemicolon() {
        assertThat(parse("a b；\n}").problems().getFirst().text()).contains("full-width");
    }

    @Test
    void unclosedQuoteEndsAtItsLineSoThatTheRestIsRead() {
        var tree = parse("a \"b c;\nd;\ne;");
        assertThat(shape(tree.directives())).isEqualTo("a <b c>;d;e");
        assertThat(tree.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.position()).contains(new Position("f", 1, 3)));
    }

    @Test
    void quotesMaySpanLines() {
        var tree = parse("a 'b\nc' d;");
        assertThat(tree.problems()).isEmpty();
        assertThat(tree.directives().getFirst().argument(1).position()).isEqualTo(new Position("f", 2, 4));
    }

    @Test
    void deepNestingIsAnErrorNotACrash() {
        assertThat(parse("a{".repeat(50_000)).problems())
                .anyMatch(problem -> problem.text().contains("nested more than"));
    }

    @Test
    void includesFilesBesideTheMainOneInOrder() throws IOException {
        write("conf.d/b.conf", "b;");
        write("conf.d/a.conf", "a { include more/c.inc; }");
        write("conf.d/.hidden.conf", "hidden;");
        write("conf.d/x.txt", "x;");
        write("more/c.inc", "c;");
        var tree = parseFile("include conf.d/*.conf; include [m]ore/?.inc; include none/*.conf;");
        assertThat(shape(tree.directives())).isEqualTo("a{c}b;c");
        assertThat(tree.problems()).singleElement().satisfies(problem -> {
            assertThat(problem.severity()).isEqualTo(Problem.Severity.NOTICE);
            assertThat(problem.text()).contains("none/*.conf");
        });
        assertThat(tree.directives().getFirst().position())
                .isEqualTo(new Position(directory.resolve("conf.d/a.conf").toString(), 1, 1));
    }

    @Test
    void missingIncludeIsAnErrorButForMimeTypes() throws IOException {
        var tree = parseFile("include mime.types;\ninclude /etc/nowhere/mime.types;\ninclude missing.conf;");
        assertThat(tree.problems())
                .extracting(problem -> problem.severity() + " "
                        + problem.position().orElseThrow().line())
                .containsExactly("NOTICE 1", "NOTICE 2", "ERROR 3");
    }

    @Test
    void includingItselfIsAnError() throws IOException {
        write("a.conf", "include b.conf;");
        write("b.conf", "include a.conf; b;");
        var tree = parseFile("include a.conf;");
        assertThat(shape(tree.directives())).isEqualTo("b");
        assertThat(tree.problems())
                .singleElement()
                .satisfies(problem -> assertThat(problem.text()).contains("includes itself"));
    }

    @Test
    void includedFileClosesItsOwnBlocks() throws IOException {
        write("a.conf", "x { y;");
        var tree = parseFile("s { include a.conf; z; }");
        assertThat(shape(tree.directives())).isEqualTo("s{x{y}z}");
        assertThat(tree.problems())
                .singleElement()
                .satisfies(problem ->
                        assertThat(problem.position().orElseThrow().file()).endsWith("a.conf"));
    }

    private void write(String name, String text) throws IOException {
        var file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private SyntaxTree parseFile(String text) throws IOException {
        write("nginx.conf", text);
        return SyntaxTree.parse(ConfigurationSource.read(directory.resolve("nginx.conf")));
    }

    private static SyntaxTree parse(String text) {
        return SyntaxTree.parse(ConfigurationSource.of("f", text));
    }

    private static String shape(List<Directive> directives) {
        var shape = new StringBuilder();
        for (var directive : directives) {
            if (!shape.isEmpty() && shape.charAt(shape.length() - 1) != '}') {
                shape.append(';');
            }
            shape.append(directive.keyword());
            shape.append(directive.arguments().stream()
                    .map(word -> word.isQuoted() ? " <" + word + ">" : " " + word)
                    .collect(Collectors.joining()));
            directive
                    .block()
                    .ifPresent(block -> shape.append('{').append(shape(block)).append('}'));
        }
        return shape.toString();
    }
}
