package io.steelyard.http.h1;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.steelyard.http.message.FieldName;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Relaxation;
import io.steelyard.http.message.Violation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What we take and refuse, beside nginx and HAProxy, and what each relaxed rule changes. */
class StrictnessTest {
    private static final Pattern ROW = Pattern.compile("\\| (`[^|]*`) \\| (\\w+) \\| (\\w+) \\| (\\w+) \\| .+ \\|");

    static List<StrictnessCase> cases() {
        return StrictnessCase.all();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void answersAsRecorded(StrictnessCase one) {
        assertThat(one.answer(Leniency.strict())).isEqualTo(one.ours());
    }

    @ParameterizedTest
    @MethodSource("cases")
    void programsHabitsAreTakenOnlyWhereTheProgramTakesThem(StrictnessCase one) {
        boolean strict = StrictnessCase.isTaken(one.ours());
        if (StrictnessCase.isTaken(one.answer(Leniency.nginx())) && !strict) {
            assertThat(one.nginx()).startsWith("2");
        }
        if (StrictnessCase.isTaken(one.answer(Leniency.haproxy())) && !strict) {
            assertThat(one.haproxy()).startsWith("2");
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void framingAndHostStayStrictHoweverLenient(StrictnessCase one) {
        if (one.name().matches("(length|coding|chunk|chunked|host)-.*") && !StrictnessCase.isTaken(one.ours())) {
            assertThat(one.answer(Leniency.nginx())).isEqualTo(one.ours());
            assertThat(one.answer(Leniency.haproxy())).isEqualTo(one.ours());
        }
    }

    @Test
    void everyDifferenceIsListedWithItsReason() throws IOException {
        var listed = new HashMap<String, String>();
        for (var line : Files.readAllLines(Path.of("../docs/http.md"))) {
            var row = ROW.matcher(line);
            if (row.matches()) {
                for (var name : row.group(1).split(" ", -1)) {
                    listed.put(name.replace("`", ""), row.group(2) + " " + row.group(3) + " " + row.group(4));
                }
            }
        }
        var differing = new HashMap<String, String>();
        for (var one : cases()) {
            boolean ours = StrictnessCase.isTaken(one.ours());
            if (ours != StrictnessCase.isTaken(one.nginx()) || ours != StrictnessCase.isTaken(one.haproxy())) {
                differing.put(one.name(), one.ours() + " " + one.nginx() + " " + one.haproxy());
            }
        }
        assertThat(listed).isEqualTo(differing).hasSizeGreaterThan(50);
    }

    @ParameterizedTest
    @EnumSource
    void everyRelaxationTakesWhatItNamesAndNothingElseDoes(Relaxation relaxation) {
        var text = example(relaxation);
        assertThat(answer(text, Leniency.of(relaxation))).as("relaxed").isEqualTo("200");
        var all = Leniency.of(Relaxation.values());
        assertThat(answer(text, all.without(relaxation)))
                .as("all others relaxed")
                .isNotEqualTo("200");
    }

    private static String answer(String text, Leniency leniency) {
        // Kept underscores cannot be told by the answer.
        if (text.contains("X_Y")) {
            return Parsed.of(text, leniency).value("X_Y") == null ? "dropped" : "200";
        }
        // Nor can slashes.
        if (text.contains("//b ")) {
            return Parsed.of(text, leniency).head().normalPath().equals("/a//b") ? "200" : "merged";
        }
        return new StrictnessCase("", "", "", "", Parsed.bytes(text)).answer(leniency);
    }

    private static String example(Relaxation relaxation) {
        var host = "Host: a.example\r\n";
        var get = "GET / HTTP/1.1\r\n" + host;
        return switch (relaxation) {
            case BARE_LINE_FEED -> "\nGET / HTTP/1.1\nHost: a.example\nX: 1\n\n";
            case BARE_LINE_FEED_IN_CHUNKS -> get + "Transfer-Encoding: chunked\r\n\r\n1;a\nx\n0\nX: 1\n\n";
            case FOLDED_FIELDS -> get + "X: 1\r\n 2\r\n\r\n";
            case EQUAL_CONTENT_LENGTHS -> get + "Content-Length: 1, 1\r\nContent-Length: 1\r\n\r\nx";
            case UNDERSCORE_IN_NAME -> get + "X_Y: 1\r\n\r\n";
            case FIELD_WITHOUT_COLON -> get + "X\r\n\r\n";
            case EXTRA_SPACES_IN_REQUEST_LINE -> "GET  /   HTTP/1.1\r\n" + host + "\r\n";
            case SPACES_BEHIND_VERSION -> "GET / HTTP/1.1  \r\n" + host + "\r\n";
            case FRAGMENT_IN_TARGET -> "GET /a?b#c HTTP/1.1\r\n" + host + "\r\n";
            case NON_ASCII_TARGET -> "GET /\u00e9?\u00e9 HTTP/1.1\r\n" + host + "\r\n";
            case BACKSLASH_IN_PATH -> "GET /a\\b HTTP/1.1\r\n" + host + "\r\n";
            case BAD_PERCENT_IN_PATH -> "GET /% HTTP/1.1\r\n" + host + "\r\n";
            case ADJACENT_SLASHES -> "GET /a//b HTTP/1.1\r\n" + host + "\r\n";
            case AUTHORITY_OTHER_THAN_HOST -> "GET http://b/ HTTP/1.1\r\n" + host + "\r\n";
            case USER_INFORMATION_IN_HOST -> "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n";
            case HIGHER_MINOR_VERSION -> "GET / HTTP/1.2\r\n" + host + "\r\n";
            case EMPTY_LINES_BEFORE_REQUEST -> "\r\n\r\n\r\n\r\n" + get + "\r\n";
            case TRACE -> "TRACE / HTTP/1.1\r\n" + host + "\r\n";
            case CONNECT -> "CONNECT a.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n";
        };
    }

    @Test
    void foldsBecomeSpaces() {
        var text = "GET / HTTP/1.1\r\nHost: a\r\nX: 1 \r\n  2\r\n\t3\r\nY:\r\n 4\r\nA_B: 5\r\n 6\r\nZ: 7\r\n \r\n\r\n";
        var parsed = Parsed.of(text, Leniency.of(Relaxation.FOLDED_FIELDS));
        assertThat(parsed.violation()).isEqualTo(Violation.NONE);
        assertThat(parsed.value("X")).matches("1 +2 +3");
        assertThat(parsed.value("Y")).isEqualTo("4");
        assertThat(parsed.value("Z")).isEqualTo("7");
        assertThat(parsed.head().fields().count()).isEqualTo(4);
    }

    @Test
    void otherAuthorityReplacesHost() {
        var parsed = Parsed.of(
                "GET http://B.Example:81/x HTTP/1.1\r\nHost: a.example\r\n\r\n",
                Leniency.of(Relaxation.AUTHORITY_OTHER_THAN_HOST));
        assertThat(parsed.head().host()).isEqualTo("b.example");
        assertThat(parsed.head().port()).isEqualTo(81);
        assertThat(parsed.value("Host")).isEqualTo("B.Example:81".toLowerCase(Locale.ROOT));
    }

    @Test
    void userInformationIsCutOffHost() {
        var parsed = Parsed.of(
                "GET / HTTP/1.1\r\nHost: u:p@a.example:81\r\n\r\n", Leniency.of(Relaxation.USER_INFORMATION_IN_HOST));
        assertThat(parsed.head().host()).isEqualTo("a.example");
        assertThat(parsed.value("Host")).isEqualTo("a.example:81");
        var absolute = Parsed.of(
                "GET http://a.example/ HTTP/1.1\r\nHost: u@a.example\r\n\r\n",
                Leniency.of(Relaxation.USER_INFORMATION_IN_HOST));
        assertThat(absolute.value("Host")).isEqualTo("a.example");
    }

    @Test
    void fragmentIsNotForwarded() {
        for (var target : List.of("/a?b#c", "/a?b", "http://a/a?b#c?d")) {
            var head = Parsed.of(
                            "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n",
                            Leniency.of(Relaxation.FRAGMENT_IN_TARGET))
                    .head();
            assertThat(head.path() + "?" + head.query()).isEqualTo("/a?b");
            assertThat(head.forwardEnd()).isEqualTo(head.queryEnd());
        }
        var head = Parsed.of("GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", Leniency.of(Relaxation.FRAGMENT_IN_TARGET))
                .head();
        assertThat(head.path()).isEqualTo("/a");
        assertThat(head.forwardEnd()).isEqualTo(head.pathEnd());
    }

    @Test
    void connectNamesAHostAndPort() {
        var leniency = Leniency.of(Relaxation.CONNECT, Relaxation.USER_INFORMATION_IN_HOST);
        var parsed = Parsed.of("CONNECT A.example:443 HTTP/1.1\r\nHost: a.example:443\r\n\r\n", leniency);
        assertThat(parsed.head().host()).isEqualTo("a.example");
        assertThat(parsed.head().port()).isEqualTo(443);
        for (var target : List.of("a.example", "/", "http://a.example/", "u@a.example:1", "*")) {
            assertThat(Parsed.of("CONNECT " + target + " HTTP/1.1\r\nHost: a.example\r\n\r\n", leniency)
                            .status())
                    .isEqualTo(400);
        }
    }

    @Test
    void leniencyIsASet() {
        var leniency = Leniency.of(Relaxation.TRACE, Relaxation.CONNECT);
        assertThat(leniency)
                .isEqualTo(Leniency.strict().with(Relaxation.CONNECT).with(Relaxation.TRACE));
        assertThat(leniency.without(Relaxation.TRACE).relaxations()).containsExactly(Relaxation.CONNECT);
        assertThat(leniency).hasToString("[TRACE, CONNECT]").hasSameHashCodeAs(leniency.with(Relaxation.TRACE));
        assertThat(Leniency.strict().relaxations()).isEmpty();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> HttpLimits.DEFAULT.withHead(1, 100, 100, 1))
                .withMessageContaining("requestLine");
        assertThat(FieldName.of("x-any")).isEqualTo(FieldName.of("X-Any")).hasSameHashCodeAs(FieldName.of("X-ANY"));
    }
}
