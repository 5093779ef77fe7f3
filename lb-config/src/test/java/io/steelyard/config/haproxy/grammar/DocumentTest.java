package io.steelyard.config.haproxy.grammar;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.config.ConfigurationSource;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DocumentTest {
    private static Document parse(String text) {
        return Document.parse(ConfigurationSource.of("f.cfg", text), Map.of("HOME", "/root"));
    }

    private static List<String> problems(String text) {
        return parse(text).problems().stream()
                .map(problem -> problem.severity().name().toLowerCase(Locale.ROOT) + " "
                        + problem.position()
                                .map(at -> at.line() + ":" + at.column())
                                .orElse("") + " " + problem.text())
                .toList();
    }

    private static List<String> words(Section section) {
        return section.lines().stream()
                .flatMap(line -> line.words().stream())
                .map(Word::text)
                .toList();
    }

    @Test
    void partsTheFileIntoSections() {
        var sections = parse("# top\nglobal\n  maxconn 5\nlisten a b:1\n\tmode tcp # x\n\nbackend z\n")
                .sections();
        assertThat(sections).extracting(Section::kind).containsExactly("global", "listen", "backend");
        assertThat(sections).extracting(Section::name).containsExactly("", "a", "z");
        assertThat(words(sections.get(1))).containsExactly("mode", "tcp");
    }

    @Test
    void everyWordKnowsItsPlace() {
        var line = parse("global\n\t log  \"a é\"x 'b'\n")
                .sections()
                .getFirst()
                .lines()
                .getFirst();
        assertThat(line.words())
                .extracting(word ->
                        word.text() + "@" + word.position() + "-" + word.end().column())
                .containsExactly("log@f.cfg:2:3-6", "a éx@f.cfg:2:8-14", "b@f.cfg:2:15-18");
    }

    @Test
    void environmentSetInGlobalIsSeenByTheLinesThatFollow() {
        var sections = parse("""
                        global
                          setenv P 80
                          presetenv P 81
                          presetenv HOME /x
                          log "$P$HOME"
                          unsetenv P
                          log "${P-none}"
                          setenv Q q
                          resetenv Q
                          log "${HOME-gone}$Q"
                        """).sections();
        assertThat(words(sections.getFirst())).contains("80/root", "none", "goneq");
    }

    @Test
    void noBreakSpacesByteOrderMarkAndCrLfAreWhiteSpaceWithANotice() {
        var text = "\uFEFFglobal\r\n\u00A0\u00A0log\u00A0/dev/log \u00A0local0\r\n";
        assertThat(words(parse(text).sections().getFirst())).containsExactly("log", "/dev/log", "local0");
        assertThat(problems(text))
                .hasSize(2)
                .allMatch(problem -> problem.startsWith("notice 1:"))
                .anyMatch(problem -> problem.contains("U+FEFF"))
                .anyMatch(problem -> problem.contains("CR LF"));
    }

    @Test
    void noBreakSpaceWithinQuotesStays() {
        assertThat(words(parse("global\n log \"a\u00A0b\"\n").sections().getFirst()))
                .contains("a\u00A0b");
    }

    @Test
    void sixtyFourWordsAreTheMost() {
        assertThat(problems("global\n" + "a ".repeat(64) + "\n")).isEmpty();
        assertThat(problems("global\n" + "a ".repeat(65) + "\n"))
                .containsExactly(
                        "error 2:129 the line has 65 words, expected at most 64; quote what belongs together, or use several lines");
    }

    @Test
    void aLineThatBeginsWithAnEmptyWordSaysNothing() {
        assertThat(parse("global\n \"\" foo\n").sections().getFirst().lines()).isEmpty();
    }

    @Test
    void linesBeforeAnySectionAreFaults() {
        assertThat(problems(" bind :80\nglobal\n"))
                .singleElement()
                .asString()
                .startsWith("error 1:2 'bind' stands before any section");
    }

    @Test
    void onlyThePartWhoseConditionHoldsIsRead() {
        var text = """
                global
                .if 0
                  a
                .elif 1
                  b
                  .if 0
                    c
                  .else
                    d
                  .endif
                .elif 1
                  e
                .else
                  f
                .endif
                  g
                .if 0
                  .if 1
                    h
                  .else
                    i
                  .endif
                .endif
                """;
        assertThat(problems(text)).isEmpty();
        assertThat(words(parse(text).sections().getFirst())).containsExactly("b", "d", "g");
    }

    @Test
    void conditionsAfterTheOneTakenAreNotRead() {
        assertThat(problems(".if 1\n.elif zz\n.endif\n.if 0\n.if zz\n.endif\n.endif\n"))
                .isEmpty();
    }

    @Test
    void quotesAreCheckedInPartsThatAreLeftOut() {
        assertThat(problems(".if 0\njunk \"\n.endif\n"))
                .singleElement()
                .asString()
                .startsWith("error 2:6");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                ".if 1|error 1:1 '.if' is never closed",
                ".else|error 1:1 '.else' has no '.if'",
                ".endif|error 1:1 '.endif' has no '.if'",
                ".elif 1|error 1:1 '.elif' has no '.if'",
                ".if 1\\n.else\\n.else\\n.endif|error 3:1 '.else' has no '.if': its '.else' came already",
                ".if 1\\n.else x\\n.endif|error 2:7 '.else' has the argument 'x', expected none",
                ".if 1\\n.endif x|error 2:8 '.endif' has the argument 'x', expected none",
                ".foo|error 1:1 unknown directive '.foo'",
                ".notice a b|error 1:11 '.notice' has 2 arguments, expected one",
                ".notice \"a b\"|notice 1:1 a b",
                ".warning a|warning 1:1 a",
                ".alert a|error 1:1 a",
                ".if foo\\n.endif|error 1:1 '.if': 'foo' is no condition",
            })
    void tellsFaultsAndMessages(String text, String told) {
        assertThat(problems(text.replace("\\n", "\n") + "\n"))
                .singleElement()
                .asString()
                .startsWith(told);
    }

    @Test
    void diagnosticsAreQuiet() {
        assertThat(problems(".diag a\n")).isEmpty();
    }
}
