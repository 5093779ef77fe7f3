package io.steelyard.config.nginx;

import java.time.Duration;
import java.util.Locale;
import java.util.regex.Pattern;

/** Numbers, sizes, times and switches as nginx writes them. Each reader throws with what was expected. */
final class Values {
    static final String TIME_FORM = "a time such as 30s, 500ms, 1m30s (units ms s m h d w M y)";
    static final String SECONDS_FORM = "a time in whole seconds such as 10s or 1m (units s m h d w M y)";
    static final String SIZE_FORM = "a size such as 512, 16k or 1m (units k m g)";
    static final String NUMBER_FORM = "a whole number from 0";

    private static final Pattern TIME = Pattern.compile(
            "(?:(\\d+)y ?)?(?:(\\d+)M ?)?(?:(\\d+)w ?)?(?:(\\d+)d ?)?(?:(\\d+)h ?)?(?:(\\d+)m ?)?(?:(\\d+)s? ?)?(?:(\\d+)ms)?");
    private static final long[] TIME_UNITS_MS = {
        365L * 86_400_000, 30L * 86_400_000, 7L * 86_400_000, 86_400_000, 3_600_000, 60_000, 1_000, 1
    };
    private static final long MAX_TIME_MS = 100 * TIME_UNITS_MS[0];

    private Values() {}

    /** A time; a bare number is seconds. */
    static Duration time(String text) {
        var parts = TIME.matcher(text);
        if (text.isEmpty() || !parts.matches()) {
            throw new IllegalArgumentException(TIME_FORM);
        }
        try {
            long sumMs = 0;
            for (int unit = 0; unit < TIME_UNITS_MS.length; unit++) {
                var number = parts.group(unit + 1);
                if (number != null) {
                    sumMs = Math.addExact(sumMs, Math.multiplyExact(Long.parseLong(number), TIME_UNITS_MS[unit]));
                }
            }
            if (sumMs <= MAX_TIME_MS) {
                return Duration.ofMillis(sumMs);
            }
        } catch (ArithmeticException | NumberFormatException tooLarge) {
            throw new IllegalArgumentException("a time of at most 100 years", tooLarge);
        }
        throw new IllegalArgumentException("a time of at most 100 years");
    }

    /** A time of at least 1 ms. */
    static Duration positiveTime(String text) {
        var time = time(text);
        if (time.isZero()) {
            throw new IllegalArgumentException("a time greater than zero, such as 30s");
        }
        return time;
    }

    /** A time without milliseconds. */
    static Duration seconds(String text) {
        if (text.endsWith("ms")) {
            throw new IllegalArgumentException(SECONDS_FORM);
        }
        try {
            return time(text);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(SECONDS_FORM, wrong);
        }
    }

    /** A size in bytes. */
    static long size(String text) {
        var digits = text;
        int shift = 0;
        if (!text.isEmpty()) {
            shift = switch (Character.toLowerCase(text.charAt(text.length() - 1))) {
                case 'k' -> 10;
                case 'm' -> 20;
                case 'g' -> 30;
                default -> 0;
            };
            digits = shift > 0 ? text.substring(0, text.length() - 1) : text;
        }
        long number = digits(digits, SIZE_FORM);
        if (number > Long.MAX_VALUE >> 1 >> shift) {
            throw new IllegalArgumentException(SIZE_FORM);
        }
        return number << shift;
    }

    /** A number from 0. */
    static int number(String text) {
        long number = digits(text, NUMBER_FORM);
        if (number > Integer.MAX_VALUE) {
            throw new IllegalArgumentException("a whole number from 0 to " + Integer.MAX_VALUE);
        }
        return (int) number;
    }

    /** A number from 1. */
    static int positiveNumber(String text) {
        int number = number(text);
        if (number == 0) {
            throw new IllegalArgumentException("a whole number from 1");
        }
        return number;
    }

    /** How many processes; 0 for {@code auto}. */
    static int processes(String text) {
        int most = 1_024;
        if (text.equals("auto")) {
            return 0;
        }
        long number = digits(text, "auto, or a number from 1 to " + most);
        if (number < 1 || number > most) {
            throw new IllegalArgumentException("auto, or a number from 1 to " + most);
        }
        return (int) number;
    }

    static boolean flag(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "on" -> true;
            case "off" -> false;
            default -> throw new IllegalArgumentException("on or off");
        };
    }

    private static long digits(String text, String form) {
        if (text.isEmpty() || text.length() > 18 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
            throw new IllegalArgumentException(form);
        }
        return Long.parseLong(text);
    }
}
