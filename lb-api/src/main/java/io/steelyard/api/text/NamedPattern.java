package io.steelyard.api.text;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * A regular expression whose named groups are called as PCRE allows: {@code (?<name>…)}, {@code (?P<name>…)} or {@code (?'name'…)}, with
 * underscores too, which Java's own syntax does not take. Immutable.
 *
 * @param pattern with groups named anew
 * @param names the lower-case names of the named groups, from left to right
 * @param groups the number of each of them
 */
public record NamedPattern(Pattern pattern, List<String> names, List<Integer> groups) {
    public NamedPattern {
        names = List.copyOf(names);
        groups = List.copyOf(groups);
    }

    /**
     * Compiles an expression.
     *
     * @throws IllegalArgumentException with what is wrong and where
     */
    public static NamedPattern compile(String text, boolean ignoresCase) {
        var names = new ArrayList<String>();
        try {
            var pattern = Pattern.compile(rename(text, names), ignoresCase ? Pattern.CASE_INSENSITIVE : 0);
            var groups = new ArrayList<Integer>();
            for (int i = 0; i < names.size(); i++) {
                groups.add(pattern.namedGroups().get("g" + i));
            }
            return new NamedPattern(pattern, names, groups);
        } catch (PatternSyntaxException wrong) {
            throw new IllegalArgumentException(wrong.getDescription(), wrong);
        }
    }

    /** Calls the named groups g0, g1… and collects what they were called. */
    private static String rename(String text, List<String> names) {
        var renamed = new StringBuilder();
        boolean isInClass = false;
        for (int at = 0; at < text.length(); at++) {
            char c = text.charAt(at);
            if (c == '\\' && at + 1 < text.length()) {
                renamed.append(c).append(text.charAt(++at));
                continue;
            }
            isInClass = isInClass ? c != ']' : c == '[';
            int start = isInClass ? -1 : nameStart(text, at);
            int end = start < 0 ? -1 : text.indexOf(text.charAt(start - 1) == '\'' ? '\'' : '>', start);
            if (end <= start) {
                renamed.append(c);
                continue;
            }
            renamed.append("(?<g").append(names.size()).append('>');
            names.add(text.substring(start, end).toLowerCase(Locale.ROOT));
            at = end;
        }
        return renamed.toString();
    }

    /** Where the name of a named group begins that opens at {@code at}; -1 where none does. */
    private static int nameStart(String text, int at) {
        int start = text.startsWith("(?<", at) || text.startsWith("(?'", at)
                ? at + 3
                : text.startsWith("(?P<", at) ? at + 4 : -1;
        boolean isLookBehind =
                start >= 0 && (start == text.length() || text.charAt(start) == '=' || text.charAt(start) == '!');
        return isLookBehind ? -1 : start;
    }
}
