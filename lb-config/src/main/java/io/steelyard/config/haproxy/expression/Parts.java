package io.steelyard.config.haproxy.expression;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/** Converters that take a part of what they get. */
final class Parts {
    private Parts() {}

    /** The n-th field between delimiters, from the end for a negative n; {@code count} fields with what is between them, 0 for all that follow. */
    static Optional<Sample> field(Sample sample, List<String> arguments) {
        return between(sample.text(), "field", arguments, false);
    }

    /** As {@link #field}, with delimiters in a row as one. */
    static Optional<Sample> word(Sample sample, List<String> arguments) {
        return between(sample.text(), "word", arguments, true);
    }

    private static Optional<Sample> between(String text, String name, List<String> arguments, boolean joinsDelimiters) {
        int index = Converters.integer(name, arguments, 0);
        int count = arguments.size() > 2 ? Converters.integer(name, arguments, 2) : 1;
        if (index == 0) {
            throw new IllegalArgumentException(
                    "the first argument of " + name + " is 0, expected a place from 1 or -1");
        }
        if (count < 0) {
            throw new IllegalArgumentException("the third argument of " + name + " is negative");
        }
        var starts = new ArrayList<int[]>();
        int start = 0;
        for (int i = 0; i <= text.length(); i++) {
            if (i == text.length() || arguments.get(1).indexOf(text.charAt(i)) >= 0) {
                if (!joinsDelimiters || i > start) {
                    starts.add(new int[] {start, i});
                }
                start = i + 1;
            }
        }
        int size = starts.size();
        int first = index > 0 ? index - 1 : size + index;
        int last;
        if (index > 0) {
            last = count == 0 ? size - 1 : Math.min(first + count - 1, size - 1);
        } else {
            // From the end, more fields are those before.
            last = first;
            first = count == 0 ? 0 : Math.max(first - count + 1, 0);
        }
        if (last < 0 || first < 0 || first >= size || last < first) {
            return joinsDelimiters ? Optional.of(new Sample.Str("")) : Optional.empty();
        }
        return Optional.of(new Sample.Str(text.substring(starts.get(first)[0], starts.get(last)[1])));
    }

    /** From an offset on, of a length or all that is left. */
    static Optional<Sample> bytes(Sample sample, List<String> arguments) {
        int offset = Converters.integer("bytes", arguments, 0);
        int length = arguments.size() > 1 ? Converters.integer("bytes", arguments, 1) : Integer.MAX_VALUE;
        if (offset < 0 || length < 0) {
            throw new IllegalArgumentException("an argument of bytes is negative");
        }
        var all = Converters.bytes(sample);
        if (offset >= all.length) {
            return Optional.of(new Sample.Binary(new byte[0]));
        }
        return Optional.of(new Sample.Binary(
                Arrays.copyOfRange(all, offset, (int) Math.min(all.length, (long) offset + length))));
    }

    /** {@code regsub(regex,replacement[,flags])}: i for any case, g for all occurrences; {@code \1} is a group. */
    static Optional<Sample> substitute(Sample sample, List<String> arguments) {
        var flags = arguments.size() > 2 ? arguments.get(2) : "";
        if (!flags.matches("[ig]*")) {
            throw new IllegalArgumentException("regsub has the flags '" + flags + "', expected i or g");
        }
        try {
            var matcher = Pattern.compile(arguments.getFirst(), flags.contains("i") ? Pattern.CASE_INSENSITIVE : 0)
                    .matcher(sample.text());
            var replacement = replacement(arguments.get(1), matcher.groupCount());
            var result = flags.contains("g") ? matcher.replaceAll(replacement) : matcher.replaceFirst(replacement);
            return Optional.of(new Sample.Str(result));
        } catch (PatternSyntaxException wrong) {
            throw new IllegalArgumentException(
                    "'" + arguments.getFirst() + "' is not a regular expression: " + wrong.getDescription(), wrong);
        }
    }

    private static String replacement(String text, int groups) {
        var java = new StringBuilder();
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            char next = i + 1 < text.length() ? text.charAt(i + 1) : 0;
            if (c == '\\' && next >= '0' && next <= '9') {
                java.append(next - '0' <= groups ? "$" + next : "");
                i++;
            } else if (c == '$' || c == '\\') {
                java.append('\\').append(c);
            } else {
                java.append(c);
            }
        }
        return java.toString();
    }
}
