package io.steelyard.health;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * What a field of an answer's header has to be: nginx's {@code match} with {@code header}. A field that came several times has its values
 * joined by a comma and a space; one that did not come has no value, which is what {@code !=} and {@code !~} want too.
 *
 * @param name in whatever case
 * @param test what is compared
 * @param value the text, or the regular expression, which may match anywhere; empty for {@link Test#PRESENT} and {@link Test#ABSENT}
 */
record HeaderExpectation(String name, Test test, Pattern value) {
    /** What is compared, and the sign that stands for it. */
    enum Test {
        PRESENT(""),
        ABSENT("!"),
        EQUAL("="),
        UNEQUAL("!="),
        MATCHES("~"),
        DOES_NOT_MATCH("!~");

        private final String sign;

        Test(String sign) {
            this.sign = sign;
        }
    }

    private static final Pattern LINE =
            Pattern.compile("(?<not>! *)?(?<name>[!#$%&'*+.^_`|~0-9A-Za-z-]+?)(?: +(?<sign>=|!=|~|!~) +(?<value>.+))?");

    /**
     * Reads lines: {@code NAME}, {@code ! NAME}, {@code NAME = TEXT}, {@code NAME != TEXT}, {@code NAME ~ REGEX}, {@code NAME !~ REGEX}.
     *
     * @throws IllegalArgumentException where one is none of these
     */
    static List<HeaderExpectation> parse(String lines) {
        var read = new ArrayList<HeaderExpectation>();
        for (var line : lines.split("\n", -1)) {
            if (!line.isBlank()) {
                read.add(parseLine(line.strip()));
            }
        }
        return List.copyOf(read);
    }

    private static HeaderExpectation parseLine(String line) {
        var matcher = LINE.matcher(line);
        boolean isRead = matcher.matches();
        var sign = isRead ? matcher.group("sign") : null;
        if (!isRead || (sign != null && matcher.group("not") != null)) {
            throw new IllegalArgumentException("answer-header is '" + line
                    + "', expected NAME, ! NAME, NAME = TEXT, NAME != TEXT, NAME ~ REGEX or NAME !~ REGEX");
        }
        if (sign == null) {
            return new HeaderExpectation(
                    matcher.group("name"),
                    matcher.group("not") == null ? Test.PRESENT : Test.ABSENT,
                    Pattern.compile(""));
        }
        return new HeaderExpectation(matcher.group("name"), test(sign), pattern(matcher, sign));
    }

    private static Test test(String sign) {
        for (var test : Test.values()) {
            if (test.sign.equals(sign)) {
                return test;
            }
        }
        throw new IllegalArgumentException(sign);
    }

    private static Pattern pattern(Matcher matcher, String sign) {
        var text = matcher.group("value");
        try {
            return Pattern.compile(text, sign.endsWith("=") ? Pattern.LITERAL : 0);
        } catch (PatternSyntaxException wrong) {
            throw new IllegalArgumentException(
                    "answer-header has '" + text + "', which is no regular expression: " + wrong.getDescription(),
                    wrong);
        }
    }

    /**
     * Whether the head is so.
     *
     * @throws InterruptedException where the thread is interrupted during a long search
     */
    boolean holds(HttpHead head) throws InterruptedException {
        var found = head.field(name);
        try {
            return switch (test) {
                case PRESENT -> found.isPresent();
                case ABSENT -> found.isEmpty();
                case EQUAL -> found.filter(value.pattern()::equals).isPresent();
                case UNEQUAL -> found.filter(value.pattern()::equals).isEmpty();
                case MATCHES -> found.filter(this::matches).isPresent();
                case DOES_NOT_MATCH -> found.filter(this::matches).isEmpty();
            };
        } catch (Expectation.Interruptible.Interrupted interrupted) {
            throw new InterruptedException("the search took too long");
        }
    }

    private boolean matches(String text) {
        try {
            return value.matcher(new Expectation.Interruptible(text)).find();
        } catch (StackOverflowError tooDeep) {
            return false;
        }
    }

    /** As it is written. */
    String text() {
        return switch (test) {
            case PRESENT -> name;
            case ABSENT -> "! " + name;
            default -> name + " " + test.sign + " " + value.pattern();
        };
    }
}
