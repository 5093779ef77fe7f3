package io.steelyard.config.haproxy.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Works out the condition of {@code .if} and {@code .elif}: numbers, predicates, {@code !}, {@code &&}, {@code ||} and parentheses, where
 * {@code &&} binds tighter (configuration manual 2.6, section 2.4). The whole is read even where its beginning decides. One use.
 */
final class Condition {
    /** The version whose files we read. */
    static final String VERSION = "2.6.12";

    /** What {@code feature()} finds: what this build of ours can do, by HAProxy's names. */
    static final Set<String> FEATURES =
            Set.of("EPOLL", "POLL", "THREAD", "LINUX_SPLICE", "GETADDRINFO", "ACCEPT4", "TFO", "NS", "OPENSSL");

    private static final int DEEPEST = 100;

    private final String text;
    private final Environment environment;
    private int at;
    private int depth;

    private Condition(String text, Environment environment) {
        this.text = text;
        this.environment = environment;
    }

    /**
     * Whether the condition holds; an empty one does not.
     *
     * @throws IllegalArgumentException with what is wrong with it
     */
    static boolean holds(String text, Environment environment) {
        if (text.isEmpty()) {
            return false;
        }
        var condition = new Condition(text, environment);
        boolean value = condition.alternatives();
        condition.skipSpace();
        if (condition.at < text.length()) {
            throw new IllegalArgumentException("unexpected '" + text.substring(condition.at) + "' at the end of '"
                    + text + "', expected '&&', '||' or nothing");
        }
        return value;
    }

    private boolean alternatives() {
        boolean value = conjunction();
        while (skip("||")) {
            value |= conjunction();
        }
        return value;
    }

    private boolean conjunction() {
        boolean value = term();
        while (skip("&&")) {
            value &= term();
        }
        return value;
    }

    private boolean term() {
        boolean isNegated = false;
        while (skip("!")) {
            isNegated = !isNegated;
        }
        return isNegated != operand();
    }

    private boolean operand() {
        int start = at;
        if (skip("(")) {
            if (++depth > DEEPEST) {
                throw new IllegalArgumentException("more than " + DEEPEST + " parentheses are open");
            }
            boolean value = alternatives();
            depth--;
            if (!skip(")")) {
                throw new IllegalArgumentException("'" + text.substring(start) + "' has no closing ')'");
            }
            return value;
        }
        skipSpace();
        start = at;
        if (at < text.length() && (isDigit(text.charAt(at)) || text.charAt(at) == '-' || text.charAt(at) == '+')) {
            return number();
        }
        while (at < text.length() && (Character.isLetterOrDigit(text.charAt(at)) || text.charAt(at) == '_')) {
            at++;
        }
        var name = text.substring(start, at);
        return switch (name) {
            case "defined" -> environment.value(arguments(name, 1).getFirst()).isPresent();
            case "feature" -> FEATURES.contains(arguments(name, 1).getFirst());
            case "streq" -> areEqual(arguments(name, 2));
            case "strneq" -> !areEqual(arguments(name, 2));
            case "version_atleast" -> compareVersion(arguments(name, 1).getFirst()) >= 0;
            case "version_before" -> compareVersion(arguments(name, 1).getFirst()) < 0;
            default ->
                throw new IllegalArgumentException(
                        "'" + text.substring(start)
                                + "' is no condition, expected a number, '(', '!', defined, feature, streq, strneq, version_atleast or version_before");
        };
    }

    private boolean number() {
        int start = at;
        at++;
        while (at < text.length() && isDigit(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at).chars().anyMatch(c -> c >= '1' && c <= '9');
    }

    private static boolean areEqual(List<String> two) {
        return two.get(0).equals(two.get(1));
    }

    /** The arguments in parentheses; missing parentheses stand for one empty argument. */
    private List<String> arguments(String name, int count) {
        var arguments = new ArrayList<String>();
        if (at < text.length() && text.charAt(at) == '(') {
            int close = text.indexOf(')', at);
            if (close < 0) {
                throw new IllegalArgumentException("'" + name + "(' has no closing ')'");
            }
            arguments.addAll(List.of(text.substring(at + 1, close).split(",", -1)));
            at = close + 1;
        } else {
            arguments.add("");
        }
        if (arguments.size() != count) {
            throw new IllegalArgumentException(
                    "'" + name + "' has " + arguments.size() + " arguments, expected " + count);
        }
        return arguments;
    }

    private boolean skip(String symbol) {
        skipSpace();
        if (text.startsWith(symbol, at)) {
            at += symbol.length();
            return true;
        }
        return false;
    }

    private void skipSpace() {
        while (at < text.length() && LineSplitter.isSpace(text.charAt(at))) {
            at++;
        }
    }

    private static boolean isDigit(char c) {
        return c >= '0' && c <= '9';
    }

    /** Our version compared with another: negative where ours is older. Missing numbers count as 0, {@code -dev} as older than none. */
    private static int compareVersion(String other) {
        var ours = numbers(VERSION);
        var theirs = numbers(other);
        for (int i = 0; i < ours.length; i++) {
            if (ours[i] != theirs[i]) {
                return Long.compare(ours[i], theirs[i]);
            }
        }
        return 0;
    }

    /** Major, minor, development level (the highest for a release), patch. */
    private static long[] numbers(String version) {
        int dash = version.indexOf('-');
        var release = (dash < 0 ? version : version.substring(0, dash)).split("\\.", -1);
        var pre = dash < 0 ? "" : version.substring(dash + 1);
        long level = pre.startsWith("dev") ? digits(pre.substring(3)) : Long.MAX_VALUE;
        return new long[] {part(release, 0), part(release, 1), level, part(release, 2)};
    }

    private static long part(String[] parts, int index) {
        return index < parts.length ? digits(parts[index]) : 0;
    }

    private static long digits(String text) {
        long value = 0;
        for (int i = 0; i < text.length() && i < 9 && isDigit(text.charAt(i)); i++) {
            value = value * 10 + text.charAt(i) - '0';
        }
        return value;
    }
}
