package io.steelyard.http.octet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Bytes eight at a time, and the character classes of HTTP's grammar. A word is the eight bytes at an index, the first of them lowest, so
 * an array that is read in words needs {@link #PADDING} readable bytes behind its last meaningful one.
 */
public final class Octets {
    /** How many bytes behind the last meaningful one a word may read. */
    public static final int PADDING = 8;

    private static final VarHandle WORD = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGHS = 0x8080_8080_8080_8080L;
    private static final byte TOKEN = 1;
    private static final byte HEX = 2;
    private static final byte HOST = 4;
    private static final byte[] CLASS = new byte[256];

    static {
        for (int b = 0; b < 256; b++) {
            boolean letterOrDigit = (b >= 'a' && b <= 'z') || (b >= 'A' && b <= 'Z') || isDigit(b);
            if (letterOrDigit || (b != 0 && "!#$%&'*+-.^_`|~".indexOf(b) >= 0)) {
                CLASS[b] |= TOKEN;
            }
            if (isDigit(b) || (b >= 'a' && b <= 'f') || (b >= 'A' && b <= 'F')) {
                CLASS[b] |= HEX;
            }
            if (letterOrDigit || b == '-' || b == '.' || b == '_' || b == '~') {
                CLASS[b] |= HOST;
            }
        }
    }

    private Octets() {}

    /** The eight bytes at {@code index}, the first lowest. */
    public static long word(byte[] bytes, int index) {
        return (long) WORD.get(bytes, index);
    }

    /** The first {@code length} (0 to 8) bytes of a word; the others 0. */
    public static long firstBytes(long word, int length) {
        return length == 0 ? 0 : word & (-1L >>> (64 - (length << 3)));
    }

    /** Eight times the same byte. */
    public static long repeated(int octet) {
        return ONES * octet;
    }

    /** A word whose lowest set bit is in the first byte equal to that of {@code repeated}; 0 if none is. */
    public static long matches(long word, long repeated) {
        long difference = word ^ repeated;
        return (difference - ONES) & ~difference & HIGHS;
    }

    /** A word whose lowest set bit is in the first control character (0 to 31, 127); 0 if there is none. */
    public static long controls(long word) {
        long below = (word - ONES * 0x20) & ~word & HIGHS;
        return below | matches(word, ONES * 0x7f);
    }

    /** Which byte of a word the lowest set bit of {@code flags} is in. */
    public static int firstByteOf(long flags) {
        return Long.numberOfTrailingZeros(flags) >>> 3;
    }

    /** The first index in [from, to) of a line feed, or -1. */
    public static int indexOfLineFeed(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i += 8) {
            long found = matches(word(bytes, i), ONES * '\n');
            if (found != 0) {
                int at = i + firstByteOf(found);
                return at < to ? at : -1;
            }
        }
        return -1;
    }

    /** Whether a byte may stand in a token (RFC 9110 section 5.6.2). */
    public static boolean isToken(int octet) {
        return (CLASS[octet & 0xff] & TOKEN) != 0;
    }

    /** Whether all bytes of [from, to) are token characters; an empty range is no token. */
    public static boolean isToken(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            if (!isToken(bytes[i])) {
                return false;
            }
        }
        return from < to;
    }

    /** Whether a byte is an unreserved character of RFC 3986, of which host names are made. */
    public static boolean isUnreserved(int octet) {
        return (CLASS[octet & 0xff] & HOST) != 0;
    }

    /** Whether a byte is a hexadecimal digit. */
    public static boolean isHex(int octet) {
        return (CLASS[octet & 0xff] & HEX) != 0;
    }

    /** The value of a hexadecimal digit. */
    public static int hexValue(int octet) {
        return octet <= '9' ? octet - '0' : (octet | 0x20) - 'a' + 10;
    }

    /** Whether a byte is a decimal digit. */
    public static boolean isDigit(int octet) {
        return octet >= '0' && octet <= '9';
    }

    /** An ASCII letter in lower case; any other byte as it is. */
    public static int lower(int octet) {
        return octet >= 'A' && octet <= 'Z' ? octet | 0x20 : octet;
    }

    /** Whether [from, to) is {@code lowerCase} but for the case of ASCII letters. */
    public static boolean equalsLower(byte[] bytes, int from, int to, byte[] lowerCase) {
        if (to - from != lowerCase.length) {
            return false;
        }
        for (int i = 0; i < lowerCase.length; i++) {
            if (lower(bytes[from + i]) != lowerCase[i]) {
                return false;
            }
        }
        return true;
    }

    /** Whether [from, to) is {@code lowerCase}, a text of ASCII characters without capitals, but for the case of letters. */
    public static boolean equalsLower(byte[] bytes, int from, int to, String lowerCase) {
        if (to - from != lowerCase.length()) {
            return false;
        }
        for (int i = from; i < to; i++) {
            if (lower(bytes[i]) != lowerCase.charAt(i - from)) {
                return false;
            }
        }
        return true;
    }

    /** Whether two ranges hold the same but for the case of ASCII letters. */
    public static boolean equalsIgnoringCase(byte[] one, int from, int to, byte[] other, int otherFrom, int otherTo) {
        if (to - from != otherTo - otherFrom) {
            return false;
        }
        for (int i = from, k = otherFrom; i < to; i++, k++) {
            if (lower(one[i]) != lower(other[k])) {
                return false;
            }
        }
        return true;
    }

    /** Whether a byte is a space or a tab. */
    public static boolean isBlank(int octet) {
        return octet == ' ' || octet == '\t';
    }

    /** The first index in [from, to) that is no space or tab, or {@code to}. */
    public static int skipBlanks(byte[] bytes, int from, int to) {
        int i = from;
        while (i < to && isBlank(bytes[i])) {
            i++;
        }
        return i;
    }

    /** The end of [from, to) without the spaces and tabs it ends with. */
    public static int trimBlanks(byte[] bytes, int from, int to) {
        int i = to;
        while (i > from && isBlank(bytes[i - 1])) {
            i--;
        }
        return i;
    }

    /** The text of a range, each byte one character. */
    public static String text(byte[] bytes, int from, int to) {
        return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
    }

    /** The bytes of a text, each character (0 to 255) one byte. */
    public static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.ISO_8859_1);
    }
}
