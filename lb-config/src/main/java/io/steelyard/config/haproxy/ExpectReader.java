package io.steelyard.config.haproxy;

import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.CheckStep;
import io.steelyard.api.health.CheckStep.Comparison;
import io.steelyard.api.health.CheckStep.Expect;
import io.steelyard.api.health.CheckStep.Subject;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/** Reads {@code tcp-check expect} and {@code http-check expect} (HAProxy 2.6, configuration manual 4.2). One thread. */
final class ExpectReader {
    private static final Map<String, Subject> OF_TCP = Map.of(
            "string", Subject.BYTES,
            "rstring", Subject.BYTES_MATCH,
            "binary", Subject.BYTES,
            "rbinary", Subject.HEX_MATCH);
    private static final Map<String, Subject> OF_HTTP = Map.of(
            "string", Subject.BODY,
            "rstring", Subject.BODY_MATCH,
            "status", Subject.STATUS,
            "rstatus", Subject.STATUS_MATCH,
            "hdr", Subject.FIELD,
            "fhdr", Subject.FIELD);
    private static final Map<String, Set<String>> STATUSES = Map.of(
            "ok-status", Set.of("L4OK", "L6OK", "L7OK", "L7OKC"),
            "error-status", Set.of("L4CON", "L6RSP", "L7RSP", "L7STS", "L7OKC"),
            "tout-status", Set.of("L4TOUT", "L6TOUT", "L7TOUT"));
    private static final Map<String, Comparison> COMPARISONS = Map.of(
            "str", Comparison.EQUAL,
            "beg", Comparison.BEGINS,
            "end", Comparison.ENDS,
            "sub", Comparison.CONTAINS,
            "reg", Comparison.MATCHES);
    private static final Pattern CODES = Pattern.compile("[1-9]\\d{2}(-[1-9]\\d{2})?(,[1-9]\\d{2}(-[1-9]\\d{2})?)*");

    private final Findings findings;

    ExpectReader(Findings findings) {
        this.findings = findings;
    }

    /** What is wrong with a rule, and where. */
    private static final class Wrong extends Exception {
        private static final long serialVersionUID = 1L;

        private final transient Word at;
        private final String expected;

        Wrong(Word at, String what, String expected) {
            super(what);
            this.at = at;
            this.expected = expected;
        }
    }

    /** A rule as far as it was read. */
    private static final class Draft {
        @Nullable
        Subject subject;

        String pattern = "";
        Optional<CheckStep.FieldTest> field = Optional.empty();
        boolean isNegated;
        int leastBytes = -1;
        Optional<CheckStatus> okStatus = Optional.empty();
        Optional<CheckStatus> errorStatus = Optional.empty();
        Optional<CheckStatus> timeoutStatus = Optional.empty();
        String okText = "";
        String errorText = "";
        String comment = "";
    }

    /**
     * The step; empty where something is wrong, which is told.
     *
     * @param number what messages call it
     */
    Optional<CheckStep> read(Statement rule, boolean isOfHttp, int number, StepComments comments) {
        var draft = new Draft();
        try {
            readWords(rule, isOfHttp, draft);
        } catch (Wrong wrong) {
            findings.error(
                    wrong.at.position(), "'" + rule.keyword().name() + "' " + wrong.getMessage(), wrong.expected, "");
            return Optional.empty();
        }
        var subject = draft.subject;
        if (subject == null) {
            findings.error(
                    rule.position(), "'" + rule.keyword().name() + "' has nothing to match", kinds(isOfHttp), "");
            return Optional.empty();
        }
        return Optional.of(new Expect(
                subject,
                draft.pattern,
                draft.field,
                draft.isNegated,
                draft.leastBytes,
                draft.okStatus,
                draft.errorStatus,
                draft.timeoutStatus,
                draft.okText,
                draft.errorText,
                number,
                comments.of(StepComments.Kind.EXPECT, draft.comment)));
    }

    private static String kinds(boolean isOfHttp) {
        return isOfHttp
                ? "[!] string, rstring, status, rstatus, hdr or fhdr"
                : "[!] string, rstring, binary or rbinary";
    }

    private void readWords(Statement rule, boolean isOfHttp, Draft draft) throws Wrong {
        var words = rule.arguments();
        for (int i = 0; i < words.size(); ) {
            var word = words.get(i);
            var name = word.text();
            boolean isMarked = false;
            while (name.startsWith("!")) {
                draft.isNegated = !draft.isNegated;
                isMarked = true;
                name = name.substring(1);
            }
            if (isMarked && name.isEmpty()) {
                i++;
                if (i == words.size()) {
                    throw new Wrong(word, "has '!' and nothing behind it", kinds(isOfHttp));
                }
                word = words.get(i);
                name = word.text();
            }
            var subject = (isOfHttp ? OF_HTTP : OF_TCP).get(name);
            if (isMarked && subject == null) {
                throw new Wrong(word, "has '!' before '" + name + "'", kinds(isOfHttp));
            }
            if (i + 1 == words.size()) {
                throw new Wrong(word, "has '" + name + "' without a value", "one");
            }
            if (subject != null && draft.subject != null) {
                throw new Wrong(word, "has two things to match", "one for each step");
            }
            draft.subject = subject == null ? draft.subject : subject;
            if (subject == Subject.FIELD) {
                i = readField(words, i, draft);
            } else if (subject != null) {
                draft.pattern = pattern(subject, name, words.get(i + 1));
                i += 2;
            } else {
                readParameter(word, name, words.get(i + 1), isOfHttp, draft);
                i += 2;
            }
        }
    }

    private static String pattern(Subject subject, String name, Word value) throws Wrong {
        switch (subject) {
            case BYTES_MATCH, HEX_MATCH, STATUS_MATCH, BODY_MATCH -> {
                return expression(value);
            }
            case STATUS -> {
                if (!CODES.matcher(value.text()).matches()) {
                    throw new Wrong(value, "has the status '" + value + "'", "codes and ranges such as 200,300-399");
                }
                return value.text();
            }
            default -> {
                return name.equals("binary") ? binary(value) : StepReader.escaped(value.text());
            }
        }
    }

    private static String expression(Word value) throws Wrong {
        try {
            return Pattern.compile(value.text()).pattern();
        } catch (PatternSyntaxException wrong) {
            throw new Wrong(
                    value, "has '" + value + "', which is no regular expression: " + wrong.getDescription(), "one");
        }
    }

    private static String binary(Word value) throws Wrong {
        try {
            return StepReader.bytes(value.text());
        } catch (IllegalArgumentException wrong) {
            throw new Wrong(value, "has '" + value + "', which is not binary", "hexadecimal digits, two for each byte");
        }
    }

    private void readParameter(Word word, String name, Word value, boolean isOfHttp, Draft draft) throws Wrong {
        switch (name) {
            case "min-recv" -> draft.leastBytes = leastBytes(value);
            case "comment" -> draft.comment = value.text();
            case "on-success" -> draft.okText = text(value);
            case "on-error" -> draft.errorText = text(value);
            case "ok-status" -> draft.okStatus = Optional.of(status(name, value));
            case "error-status" -> draft.errorStatus = Optional.of(status(name, value));
            case "tout-status" -> draft.timeoutStatus = Optional.of(status(name, value));
            case "string-lf", "binary-lf", "status-code" ->
                throw new Wrong(
                        word,
                        "has '" + name + "', which cannot be honoured: checks have no variables",
                        kinds(isOfHttp));
            default ->
                throw new Wrong(
                        word,
                        "has '" + name + "'",
                        kinds(isOfHttp)
                                + ", min-recv, comment, ok-status, error-status, tout-status, on-success or on-error");
        }
    }

    private static int leastBytes(Word value) throws Wrong {
        try {
            return value.text().equals("-1") ? -1 : Values.number(value.text(), 0, Integer.MAX_VALUE);
        } catch (IllegalArgumentException wrong) {
            throw new Wrong(value, "has min-recv '" + value + "'", "-1 or more");
        }
    }

    private static CheckStatus status(String name, Word value) throws Wrong {
        var known = STATUSES.getOrDefault(name, Set.of());
        for (var one : known) {
            if (one.equalsIgnoreCase(value.text())) {
                return CheckStatus.of(one);
            }
        }
        throw new Wrong(
                value,
                "has " + name + " '" + value + "'",
                String.join(", ", known.stream().sorted().toList()));
    }

    /** A text without variables. */
    private static String text(Word value) throws Wrong {
        var text = value.text().replace("%%", "");
        if (text.indexOf('%') >= 0) {
            throw new Wrong(
                    value, "has the text '" + value + "', whose variables cannot be honoured", "a text without %");
        }
        return value.text().replace("%%", "%");
    }

    // ---- fields

    private static int readField(List<Word> words, int from, Draft draft) throws Wrong {
        boolean isWhole = words.get(from).text().endsWith("fhdr");
        int at = from + 1;
        if (!words.get(at).text().equals("name") || at + 1 == words.size()) {
            throw new Wrong(words.get(at), "has '" + words.get(at) + "' behind hdr", "name [-m KIND] NAME");
        }
        var nameBy = Comparison.EQUAL;
        at++;
        if (words.get(at).text().equals("-m")) {
            nameBy = comparison(words, at);
            at += 2;
        }
        var name = words.get(at);
        at++;
        Optional<String> value = Optional.empty();
        var valueBy = Comparison.EQUAL;
        if (at < words.size() && words.get(at).text().equals("value")) {
            at++;
            if (at < words.size() && words.get(at).text().equals("-m")) {
                valueBy = comparison(words, at);
                at += 2;
            }
            if (at == words.size()) {
                throw new Wrong(words.getLast(), "has 'value' without one", "value [-m KIND] VALUE");
            }
            value = Optional.of(
                    valueBy == Comparison.MATCHES
                            ? expression(words.get(at))
                            : words.get(at).text());
            at++;
        }
        draft.field = Optional.of(new CheckStep.FieldTest(
                nameBy == Comparison.MATCHES ? expression(name) : name.text(), nameBy, value, valueBy, isWhole));
        return at;
    }

    private static Comparison comparison(List<Word> words, int at) throws Wrong {
        var kind = at + 1 < words.size() ? COMPARISONS.get(words.get(at + 1).text()) : null;
        if (kind == null || at + 2 == words.size()) {
            throw new Wrong(
                    words.get(at), "has '-m' without a kind and a text", "-m str, beg, end, sub or reg, and a text");
        }
        return kind;
    }
}
