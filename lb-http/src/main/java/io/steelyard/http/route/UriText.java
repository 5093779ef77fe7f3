package io.steelyard.http.route;

/** Percent-encoding of paths. */
public final class UriText {
    private static final String HEXADECIMAL = "0123456789ABCDEF";

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

    private static String escape(String raw, boolean all) {
        StringBuilder escaped = null;
        for (int i = 0; i < raw.length(); i++) {
            char c = raw.charAt(i);
            boolean isPlain = c > ' ' && c < 0x7F && c != '"' && c != '#' && (!all || c != '%' && c != '?');
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
