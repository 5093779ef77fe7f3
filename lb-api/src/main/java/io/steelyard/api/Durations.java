package io.steelyard.api;

import java.time.Duration;
import java.util.regex.Pattern;

/** Durations as people write them: {@code 500ms}, {@code 2s}, {@code 1m30s}, {@code 1h}, {@code 1d}, {@code 250us}. */
public final class Durations {
    private static final Pattern PART = Pattern.compile("(\\d{1,12})(us|ms|s|m|h|d)");
    private static final Duration LONGEST = Duration.ofDays(36_500);
    private static final String[] UNITS = {"d", "h", "m", "s", "ms", "us"};

    private Durations() {}

    /**
     * Reads a duration.
     *
     * @throws IllegalArgumentException for anything but a series of numbers, each with one of the units us, ms, s, m, h, d, of at most
     *     36500 days in all
     */
    public static Duration parse(String text) {
        var parts = PART.matcher(text);
        var sum = Duration.ZERO;
        int end = 0;
        while (parts.lookingAt()) {
            long count = Long.parseLong(parts.group(1));
            sum = sum.plus(Duration.ofNanos(unitNs(parts.group(2))).multipliedBy(count));
            end = parts.end();
            parts.region(end, text.length());
        }
        if (end == 0 || end != text.length()) {
            throw new IllegalArgumentException("'" + text + "' is not a time; expected one such as 500ms, 2s or 1m30s");
        }
        if (sum.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException("'" + text + "' is too long; expected at most 36500d");
        }
        return sum;
    }

    /** The shortest form {@link #parse} reads back. */
    public static String format(Duration duration) {
        long restUs = duration.toNanos() / 1_000;
        if (restUs == 0) {
            return "0s";
        }
        var text = new StringBuilder();
        for (var unit : UNITS) {
            long unitUs = unitNs(unit) / 1_000;
            if (restUs >= unitUs) {
                text.append(restUs / unitUs).append(unit);
                restUs %= unitUs;
            }
        }
        return text.toString();
    }

    private static long unitNs(String unit) {
        return switch (unit) {
            case "us" -> 1_000L;
            case "ms" -> 1_000_000L;
            case "s" -> 1_000_000_000L;
            case "m" -> 60_000_000_000L;
            case "h" -> 3_600_000_000_000L;
            case "d" -> 86_400_000_000_000L;
            default -> throw new IllegalArgumentException("'" + unit + "' is not a unit of time");
        };
    }
}
