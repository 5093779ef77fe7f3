package io.steelyard.http.affinity;

import io.steelyard.api.affinity.CookieAffinity;

/**
 * The dates that HAProxy writes behind a cookie's value for {@code maxidle} and {@code maxlife}: {@code value|last|first}, each five digits to
 * the base of 64, of units of four seconds since 1970. Pure.
 */
final class CookieDates {
    /** Between the parts. */
    static final char BAR = '|';

    /** There is no such date. */
    static final long NONE = 0;

    private static final String DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final int LENGTH = 5;
    private static final long ONE_DAY = 86_400;

    private CookieDates() {}

    /** The five digits of a time that is coming up to {@code seconds}: rounded up to four. */
    static String format(long seconds) {
        return formatUnits(seconds + 3 >> 2);
    }

    /** The five digits of a time as it was read. */
    static String again(long seconds) {
        return formatUnits(seconds >> 2);
    }

    private static String formatUnits(long units) {
        var text = new char[LENGTH];
        for (int i = 0; i < LENGTH; i++) {
            text[i] = DIGITS.charAt((int) (units >> 6 * (LENGTH - 1 - i)) & 0x3F);
        }
        return new String(text);
    }

    /** The seconds that the five digits from {@code from} on tell; NONE where there are fewer, or others. */
    static long parse(byte[] text, int from, int to) {
        if (to - from < LENGTH) {
            return NONE;
        }
        long units = 0;
        for (int i = from; i < from + LENGTH; i++) {
            int digit = DIGITS.indexOf(text[i]);
            if (digit < 0) {
                return NONE;
            }
            units = units << 6 | digit;
        }
        return units << 2;
    }

    /** Whether a cookie with these dates holds no longer. Dates more than a day ahead are of another clock and count as too old. */
    static boolean isOver(CookieAffinity rule, long last, long first, long nowSeconds) {
        return isTooFar(first, rule.maxLife().toSeconds(), nowSeconds)
                || isTooFar(last, rule.maxIdle().toSeconds(), nowSeconds);
    }

    /** Whether it was used last too long ago. */
    static boolean isIdle(CookieAffinity rule, long last, long nowSeconds) {
        return isTooFar(last, rule.maxIdle().toSeconds(), nowSeconds);
    }

    private static boolean isTooFar(long date, long mostSeconds, long nowSeconds) {
        return date != NONE && mostSeconds != 0 && (nowSeconds - date > mostSeconds || date - nowSeconds > ONE_DAY);
    }
}
