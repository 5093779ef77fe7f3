package io.steelyard.config.keepalived.grammar;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * The head of a line that stands for several: {@code ~SEQ(NAME, START, STEP, END)}, {@code ~SEQx(…)} with hexadecimal numbers, {@code ~LST(NAME, ONE,
 * OTHER)} and {@code ~LST({A, B}, {1, 2}, {3, 4})}. Immutable.
 *
 * @param rounds what names stand for, each time
 * @param length of the head
 */
record Repetition(List<Map<String, String>> rounds, int length) {
    private static final Pattern SEQUENCE = Pattern.compile("~SEQ(x?)\\(\\s*(\\w+)\\s*((?:,\\s*-?\\w+\\s*){1,3})\\)");
    private static final Pattern LIST = Pattern.compile("~LST\\(\\s*(\\w+|\\{[^{}]*\\})\\s*,(.*)");
    private static final Pattern GROUP = Pattern.compile("\\{([^{}]*)\\}");
    private static final int MOST_ROUNDS = 65_536;

    static boolean isAt(String line) {
        return line.startsWith("~SEQ") || line.startsWith("~LST");
    }

    /** Reads the head of a line. @throws IllegalArgumentException where it is none */
    static Repetition of(String line) {
        return line.startsWith("~SEQ") ? sequence(line) : list(line);
    }

    private static Repetition sequence(String line) {
        var matcher = SEQUENCE.matcher(line);
        if (!matcher.lookingAt()) {
            throw new IllegalArgumentException("expected ~SEQ(NAME, START, STEP, END)");
        }
        var numbers = new ArrayList<Long>();
        for (var text : matcher.group(3).substring(1).split(",")) {
            numbers.add(number(text.strip()));
        }
        long end = numbers.getLast();
        long start = numbers.size() > 1 ? numbers.getFirst() : end > 0 ? 1 : -1;
        long step = numbers.size() > 2 ? numbers.get(1) : end < start ? -1 : 1;
        if (step == 0 || (end - start) / step >= MOST_ROUNDS) {
            throw new IllegalArgumentException("it is never at its end, or has more than " + MOST_ROUNDS + " rounds");
        }
        var rounds = new ArrayList<Map<String, String>>();
        for (long value = start; step > 0 ? value <= end : value >= end; value += step) {
            var text = matcher.group(1).isEmpty() ? Long.toString(value) : String.format(Locale.ROOT, "%x", value);
            rounds.add(Map.of(matcher.group(2), text));
        }
        return new Repetition(rounds, matcher.end());
    }

    private static long number(String text) {
        try {
            return Integer.decode(text);
        } catch (NumberFormatException none) {
            throw new IllegalArgumentException("'" + text + "' is no number", none);
        }
    }

    private static Repetition list(String line) {
        int end = line.indexOf(')');
        var matcher = LIST.matcher(end < 0 ? "" : line.substring(0, end));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("expected ~LST(NAME, VALUE, …)");
        }
        boolean isGrouped = matcher.group(1).startsWith("{");
        var names =
                words(isGrouped ? matcher.group(1).substring(1, matcher.group(1).length() - 1) : matcher.group(1));
        var rounds = new ArrayList<Map<String, String>>();
        if (isGrouped) {
            var groups = GROUP.matcher(matcher.group(2));
            while (groups.find()) {
                rounds.add(round(names, words(groups.group(1))));
            }
        } else {
            words(matcher.group(2)).forEach(value -> rounds.add(round(names, List.of(value))));
        }
        if (rounds.isEmpty()) {
            throw new IllegalArgumentException("it has no values");
        }
        return new Repetition(rounds, end + 1);
    }

    private static List<String> words(String text) {
        return List.of(text.strip().split("\\s*,\\s*"));
    }

    private static Map<String, String> round(List<String> names, List<String> values) {
        if (names.size() != values.size()) {
            throw new IllegalArgumentException(names.size() + " names and " + values.size() + " values");
        }
        var round = new TreeMap<String, String>();
        for (int i = 0; i < names.size(); i++) {
            round.put(names.get(i), values.get(i));
        }
        return round;
    }
}
