package io.steelyard.http.route;

import java.util.function.IntPredicate;

/** Percent-encoding of paths. */
public final class UriText {
    private static final String HEXADECIMAL = "0123456789ABCDEF";

    /** Those that nginx 1.21.1 and later encodes in parameters. */
    private static final String ARGUMENT_SIGNS = "\"#%&+;<>?\\^`{|}";

    private UriText() {}

    /**
     * Encodes what cannot stand in a path as it is: control characters, space, {@code "}, {@code #}, {@code %}, {@code ?}, bytes above 0x7E.
     * nginx encodes the same when it makes a path out of a decoded one.
     *
     * @param raw each character one byte
     */
    public static String escape(String raw) {
        return escape(raw, true);
    }

    /** The same, but for {@code %} and {@code ?}: a place that a rule made, which may be encoded in parts. */
    public static String escapePath(String raw) {
        return escape(raw, false);
    }

    /** Encodes what cannot stand in a parameter of a query as it is, as nginx does with what an expression matched. */
    static String escapeArgument(String raw) {
        return escape(raw, c -> ARGUMENT_SIGNS.indexOf(c) < 0);
    }

    private static String escape(String raw, boolean all) {
        return escape(raw, c -> c != '"' && c != '#' && (!all || c != '%' && c != '?'));
    }

    private static String escape(String raw, IntPredicate isPlainSign) {
        StringBuilder escaped = null;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            boolean isPlain = c > ' ' && c < 0x7F && isPlainSign.test(c);
            if (!isPlain && escaped == null) {
                escaped = new StringBuilder(raw.length() + 16).append(raw, 0, i);
            }
            if (escaped != null) {
                if (isPlain) {
                    escaped.append(c);
                } else {
                    escaped.append('%').append(HEXADECIMAL.charAt(c >> 4 & 0xF)).append(HEXADECIMAL.charAt(c & 0xF));
                }
            }
        }
        return escaped == null ? raw : escaped.toString();
    }
}
