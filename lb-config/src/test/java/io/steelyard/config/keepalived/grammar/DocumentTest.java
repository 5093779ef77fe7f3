package io.steelyard.config.keepalived.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.config.ConfigurationSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DocumentTest {
    private static Document parse(String text) {
        return Document.parse(ConfigurationSource.of("k", text), "main", new Random(1));
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

    private static List<List<String>> lines(String text) {
        var document = parse(text);
        assertThat(document.problems().stream().map(Object::toString).filter(each -> each.contains("error")))
                .isEmpty();
        return document.entries().stream().map(DocumentTest::words).toList();
    }

    @Test
    void linesForOtherMachinesAreLeftOut() {
        var text = "@main a 1\n@backup b 2\n@^main c 3\n@^backup d 4\n@main $P=5\n@backup $P=6\ne $P\n"
                + "$IF=@backup\n$IF f 1\n@backup $L=x \\\n y\ng 1\n";

        assertThat(lines(text))
                .containsExactly(List.of("a", "1"), List.of("d", "4"), List.of("e", "5"), List.of("g", "1"));
        assertThat(problems(text))
                .containsExactly("k:2:1: notice: this machine is 'main'; lines that are for others are left out");
        assertThat(parse("a {\n  @main b ${NO}\n}\n")
                        .problems()
                        .getFirst()
                        .position()
                        .orElseThrow()
                        .column())
                .isEqualTo(11);
    }

    @Test
    void definitionsOfSeveralLinesStandForLines() {
        var text = "$V= \\\n a ${N} { \\\n b ${N}x \\\n c \\\n }\n$N=1\n$V\n$N=2\n$V\n$A=10.${B}\n$B=7\nx ${A}.1\n";
        var entries = parse(text).entries();

        assertThat(entries.stream().map(DocumentTest::words))
                .containsExactly(List.of("a", "1"), List.of("a", "2"), List.of("x", "10.7.1"));
        assertThat(entries.get(1).entries().stream().map(DocumentTest::words))
                .containsExactly(List.of("b", "2x"), List.of("c"));
    }

    @Test
    void sequencesStandForSeveralLines() {
        assertThat(lines("~SEQ(S, 0, 3) ip 10.0.${S}.1\n"))
                .extracting(words -> words.get(1))
                .containsExactly("10.0.0.1", "10.0.1.1", "10.0.2.1", "10.0.3.1");
        assertThat(lines("~SEQx(S, 0x90, 0x10, 0xc0) ip fe80::${S}\n"))
                .extracting(words -> words.get(1))
                .containsExactly("fe80::90", "fe80::a0", "fe80::b0", "fe80::c0");
        assertThat(lines("~SEQ(A,2) ~SEQ(B, 3, -1, 2) x${A}${B}\n"))
                .containsExactly(List.of("x13"), List.of("x12"), List.of("x23"), List.of("x22"));
        assertThat(lines("~SEQ(A,-2) x${A}\n")).containsExactly(List.of("x-1"), List.of("x-2"));
        assertThat(lines("$V= \\\n a ${N} { \\\n b \\\n }\n~SEQ(N,2) $V\n"))
                .containsExactly(List.of("a", "1"), List.of("a", "2"));
    }

    @Test
    void listsStandForSeveralLines() {
        assertThat(lines("~LST({IP,   IP1},  {10,1},{20,4})  ~SEQ(IP2,168,2,170) 192.${IP2}.${IP}.${IP1}\n"))
                .containsExactly(
                        List.of("192.168.10.1"),
                        List.of("192.170.10.1"),
                        List.of("192.168.20.4"),
                        List.of("192.170.20.4"));
        assertThat(lines("~LST(IP, 1, 7) x$IP\n")).containsExactly(List.of("x1"), List.of("x7"));
    }

    @Test
    void sequencesThatCannotBeAreTold() {
        assertThat(problems("~SEQ(A, 1, 0, 9) x\n")).singleElement().asString().contains("k:1:1", "never at its end");
        assertThat(problems("~SEQ(A, many) x\n")).singleElement().asString().contains("'many' is no number");
        assertThat(problems("~LST({A,B},{1}) x\n")).singleElement().asString().contains("2 names and 1 values");
        assertThat(problems("~LST x\n")).singleElement().asString().contains("expected ~LST");
        assertThat(problems("$A=$B\n$B=$A\n$A\n")).singleElement().asString().contains("stand for each other");
        assertThat(problems("~SEQ(A,60000) ~SEQ(B,60000) x\n"))
                .singleElement()
                .asString()
                .contains("too many lines");
    }

    @Test
    void someNamesAreKeepaliveds() {
        assertThat(lines("x ${_INSTANCE} a${_HASH}b${_BANG}\n")).containsExactly(List.of("x", "main", "a#b!"));
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
    void randomNumbersKeepTheirBounds() {
        var text = "a ${_RANDOM} x${_RANDOM 5}y \"${_RANDOM 7 8} z\" ${_RANDOM 3 3}\n".repeat(200);

        var document = parse(text);

        assertThat(document.problems()).isEmpty();
        assertThat(document.entries()).hasSize(200).allSatisfy(entry -> {
            assertThat(Integer.parseInt(words(entry).get(1))).isBetween(0, 32_767);
            assertThat(words(entry).get(2)).matches("x[0-9]+y");
            assertThat(words(entry).get(3)).matches("[78] z");
            assertThat(words(entry).get(4)).isEqualTo("3");
        });
        assertThat(document.entries().stream().map(entry -> words(entry).get(1)).distinct())
                .hasSizeGreaterThan(100);
    }

    @Test
    void aSeedMakesRandomNumbersTheSameEachTime() {
        var text = "global_defs {\nrandom_seed 7\n}\n$N=${_RANDOM 1 1000000}\na $N ${_RANDOM}\n";

        var one = Document.parse(ConfigurationSource.of("k", text), "main", new Random(1));
        var other = Document.parse(ConfigurationSource.of("k", text), "main", new Random(2));

        assertThat(one.entries()).isEqualTo(other.entries());
        assertThat(parse(text.replace("seed 7", "seed 8")).entries().getLast())
                .isNotEqualTo(one.entries().getLast());
    }

    @Test
    void randomNumbersThatCannotBeAreTold() {
        assertThat(parse("a ${_RANDOM 9 3}\n").problems())
                .singleElement()
                .asString()
                .startsWith("k:1:3: error: '${_RANDOM 9 3}' goes from 9 to 3");
        assertThat(parse("random_seed x\n").problems())
                .singleElement()
                .asString()
                .contains("random_seed is 'x'");
        assertThat(parse("a ${_RANDOM x}\n").problems()).hasSizeLessThan(2);
    }

    @Test
    void includedFilesStandWhereTheyAreNamed(@TempDir Path folder) throws IOException {
        Files.writeString(folder.resolve("one.conf"), "b 1\n");
        Files.writeString(folder.resolve("two.conf"), "c {\n d\n");
        var main = folder.resolve("k.conf");

        var document = Document.parse(
                new ConfigurationSource("k.conf", "a {\ninclude *.conf\n}\n}\n", Optional.of(main)),
                "main",
                new Random(1));

        assertThat(document.problems()).isEmpty();
        assertThat(document.entries().getFirst().entries().stream().map(Entry::keyword))
                .containsExactly("b", "c");
    }

    @Test
    void aFileThatIncludesItselfIsToldAndEnds(@TempDir Path folder) throws IOException {
        var main = Files.writeString(folder.resolve("k.conf"), "include k.conf\n");

        var document = Document.parse(ConfigurationSource.read(main), "main", new Random(1));

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
