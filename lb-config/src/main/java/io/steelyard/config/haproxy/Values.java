package io.steelyard.config.haproxy;

import java.time.Duration;

/**
 * Numbers, times and sizes as haproxy.cfg writes them. Each method throws {@link IllegalArgumentException} with what was expected. Where
 * HAProxy takes text that is no number for zero, it is refused.
 */
final class Values {
    /** The longest time HAProxy can count. */
    static final Duration LONGEST = Duration.ofMillis(Integer.MAX_VALUE);

    private static final String TIME_FORM =
            "a number with us, ms, s, m, h or d, of at most 24 days; ms where there is none";

    private Values() {}

    /** A time; one without a unit is in milliseconds. */
    static Duration time(String text) {
        return time(text, Duration.ofMillis(1));
    }

    /** A time. */
    static Duration time(String text, Duration unitWhereNone) {
        int end = digitsEnd(text);
        if (end == 0 || end > 10) {
            throw new IllegalArgumentException(TIME_FORM);
        }
        long count = Long.parseLong(text.substring(0, end));
        var unit = switch (text.substring(end)) {
            case "" -> unitWhereNone;
            case "us" -> Duration.ofNanos(1_000);
            case "ms" -> Duration.ofMillis(1);
            case "s" -> Duration.ofSeconds(1);
            case "m" -> Duration.ofMinutes(1);
            case "h" -> Duration.ofHours(1);
            case "d" -> Duration.ofDays(1);
            default -> throw new IllegalArgumentException(TIME_FORM);
        };
        var time = unit.multipliedBy(count);
        if (time.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(TIME_FORM);
        }
        return time;
    }

    /** A time from one millisecond. */
    static Duration positiveTime(String text) {
        var time = time(text);
        if (time.toMillis() == 0) {
            throw new IllegalArgumentException("a time of at least 1 ms");
        }
        return time;
    }

    /** A size such as {@code 16384} or {@code 1m}. */
    static long size(String text) {
        int end = digitsEnd(text);
        int shift = switch (text.substring(end).toLowerCase(java.util.Locale.ROOT)) {
            case "" -> 0;
            case "k" -> 10;
            case "m" -> 20;
            case "g" -> 30;
            default -> -1;
        };
        if (end == 0 || end > 10 || shift < 0) {
            throw new IllegalArgumentException("a number with k, m or g or none");
        }
        return Long.parseLong(text.substring(0, end)) << shift;
    }

    /** A whole number between two. */
    static int number(String text, int least, int most) {
        boolean isNegative = text.startsWith("-");
        var digits = isNegative ? text.substring(1) : text;
        if (digits.isEmpty() || digits.length() > 9 || digitsEnd(digits) < digits.length()) {
            throw new IllegalArgumentException(form(least, most));
        }
        int number = Integer.parseInt(text);
        if (number < least || number > most) {
            throw new IllegalArgumentException(form(least, most));
        }
        return number;
    }

    private static String form(int least, int most) {
        return most == Integer.MAX_VALUE
                ? "a whole number from " + least
                : "a whole number from " + least + " to " + most;
    }

    private static int digitsEnd(String text) {
        int end = 0;
        while (end < text.length() && text.charAt(end) >= '0' && text.charAt(end) <= '9') {
            end++;
        }
        return end;
    }
}
