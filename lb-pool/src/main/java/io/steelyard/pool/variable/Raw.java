package io.steelyard.pool.variable;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

/**
 * Bytes as text: each character is one byte, U+0000 to U+00FF. All values are kept so, for a value may hold the bytes of an address, and
 * hashes, comparisons and escapes are those of bytes.
 */
final class Raw {
    private Raw() {}

    /** The UTF-8 bytes of a text. */
    static String ofText(String text) {
        return isAscii(text) ? text : new String(text.getBytes(UTF_8), ISO_8859_1);
    }

    static String toText(String raw) {
        return isAscii(raw) ? raw : new String(raw.getBytes(ISO_8859_1), UTF_8);
    }

    static byte[] toBytes(String raw) {
        return raw.getBytes(ISO_8859_1);
    }

    /** The ASCII letters in lower case, other bytes as they are. */
    static String lowerCase(String raw) {
        for (int i = 0; i < raw.length(); i++) {
            if (isUpperCase(raw.charAt(i))) {
                var lower = raw.toCharArray();
                for (int j = i; j < lower.length; j++) {
                    lower[j] = isUpperCase(lower[j]) ? (char) (lower[j] + 32) : lower[j];
                }
                return new String(lower);
            }
        }
        return raw;
    }

    private static boolean isUpperCase(char c) {
        return c >= 'A' && c <= 'Z';
    }

    private static boolean isAscii(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0x7F) {
                return false;
            }
        }
        return true;
    }
}
