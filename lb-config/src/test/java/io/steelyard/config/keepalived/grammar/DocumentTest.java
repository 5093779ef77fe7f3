package io.steelyard.config.keepalived.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.config.ConfigurationSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentTest {
    private static Document parse(String text) {
        return Document.parse(ConfigurationSource.of("k", text));
    }

    private static List<String> words(Entry entry) {
        return entry.words().stream().map(Word::text).toList();
    }

    private static List<String> problems(String text) {
        return parse(text).problems().stream().map(Object::toString).toList();
    }

    @Test
    void aCommentBeginsAnywhereOutsideDoubleQuotes() {
        var entries = parse("a 5!x\nb 6#y\nc \"1 # 2 ! 3\" ! d\ne \\#7\n! f\n").entries();

        assertThat(entries.stream().map(DocumentTest::words))
                .containsExactly(List.of("a", "5"), List.of("b", "6"), List.of("c", "1 # 2 ! 3"), List.of("e", "#7"));
    }

    @Test
    void bracesMayStandAnywhere() {
        var entries = parse("a{\nb 1 }\nc\n{\nd { e } }\n").entries();

        assertThat(entries).hasSize(2);
        assertThat(entries.get(0).hasBlock()).isTrue();
        assertThat(words(entries.get(0).entries().getFirst())).containsExactly("b", "1");
        assertThat(entries.get(1).entries().getFirst().keyword()).isEqualTo("d");
        assertThat(entries.get(1).entries().getFirst().entries().getFirst().keyword())
                .isEqualTo("e");
    }

    @Test
    void definitionsStandForTheirText() {
        var entries =
                parse("$P=77\n$LINE=a \\\n b\nx ${P}5 $P\ny $LINE\nz a$b\n").entries();

        assertThat(words(entries.get(0))).containsExactly("x", "775", "77");
        assertThat(words(entries.get(1))).containsExactly("y", "a", "b");
        assertThat(words(entries.get(2))).containsExactly("z", "a$b");
    }

    @Test
    void faultsHaveTheirPlace() {
        assertThat(problems("a {\n b {\n }\n"))
                .containsExactly("k:1:3: error: the brace of 'a' is never closed, expected a line '}'");
        assertThat(problems("a\n  }\n"))
                .containsExactly(
                        "k:2:3: error: there is no block that this brace closes; remove it, or look for a closing brace too"
                                + " many before it");
        assertThat(problems("a \"b\n"))
                .containsExactly(
                        "k:1:3: error: the quote that begins here is never closed, expected a second \" in the same line");
        assertThat(problems("a ${NO}\n"))
                .containsExactly("k:1:3: error: 'NO' is not defined, expected a line '$NO=…' before");
        assertThat(problems("@main a 1\n")).singleElement().asString().contains("lines that depend on '@main'");
    }

    @Test
    void oddSpacesByteOrderMarksAndReturnsAreSpaces() {
        var document = parse("\uFEFFa\u00A0{\r\n\u00A0\u00A0b 1\r\n}\r\n");

        assertThat(words(document.entries().getFirst().entries().getFirst())).containsExactly("b", "1");
        assertThat(document.problems().stream().map(Object::toString))
                .containsExactly(
                        "k:1:1: notice: the file begins with a byte order mark, which is ignored",
                        "k:1:2: notice: no-break or wide spaces (U+00A0) are read as spaces");
    }

    @Test
    void includedFilesStandWhereTheyAreNamed(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("one.conf"), "b 1\n");
        Files.writeString(folder.resolve("two.conf"), "c {\n d\n");
        var main = folder.resolve("k.conf");

        var document =
                Document.parse(new ConfigurationSource("k.conf", "a {\ninclude *.conf\n}\n}\n", Optional.of(main)));

        assertThat(document.problems()).isEmpty();
        assertThat(document.entries().getFirst().entries().stream().map(Entry::keyword))
                .containsExactly("b", "c");
    }

    @Test
    void aFileThatIncludesItselfIsToldAndEnds(@TempDir Path folder) throws IOException {
        var main = Files.writeString(folder.resolve("k.conf"), "include k.conf\n");

        var document = Document.parse(ConfigurationSource.read(main));

        assertThat(document.problems()).singleElement().asString().contains("include each other too deeply");
    }

    @Test
    void aFileThatIsMissingIsTold() {
        assertThat(problems("include /nowhere/at-all.conf\n"))
                .singleElement()
                .asString()
                .contains("k:1:9: error: no file matches '/nowhere/at-all.conf'");
    }
}
