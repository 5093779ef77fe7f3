package io.steelyard.http.message;

import io.steelyard.http.octet.Octets;
import java.util.Locale;

/**
 * The table of known names. A name is found by a hash of its first and last eight bytes and its length, and then compared eight bytes at a
 * time, letters in either case: a letter's bit 0x20 is set before the comparison, and no other character's, so that nothing but the name
 * itself can be taken for it.
 *
 * <p>Filled while {@link FieldName} is initialised and never changed after; published by class initialisation.
 */
final class KnownNames {
    private static final int CAPACITY = 128;
    private static final int SLOTS = 1024;
    private static final int LONGEST = 32;
    private static final int WORDS = LONGEST / 8;
    private static final long LETTERS = Octets.repeated(0x20);

    private static final FieldName[] NAMES = new FieldName[CAPACITY];
    private static final int[] LENGTHS = new int[CAPACITY];
    private static final long[] EXPECTED = new long[CAPACITY * WORDS];
    private static final long[] LETTER_BITS = new long[CAPACITY * WORDS];
    private static final byte[] SLOT = new byte[SLOTS];
    private static int count = 1;

    private KnownNames() {}

    static FieldName known(String text) {
        int id = count++;
        var lower = Octets.bytes(text.toLowerCase(Locale.ROOT));
        var padded = new byte[LONGEST + Octets.PADDING];
        System.arraycopy(lower, 0, padded, 0, lower.length);
        var name = new FieldName(id, text);
        NAMES[id] = name;
        LENGTHS[id] = lower.length;
        for (int i = 0; i < lower.length; i++) {
            if (lower[i] >= 'a' && lower[i] <= 'z') {
                LETTER_BITS[id * WORDS + (i >>> 3)] |= 0x20L << ((i & 7) << 3);
            }
        }
        for (int word = 0; word < WORDS; word++) {
            EXPECTED[id * WORDS + word] = Octets.word(padded, word * 8);
        }
        int slot = slotOf(padded, 0, lower.length);
        while (SLOT[slot] != 0) {
            slot = (slot + 1) & (SLOTS - 1);
        }
        SLOT[slot] = (byte) id;
        return name;
    }

    static FieldName name(int id) {
        return NAMES[id];
    }

    /** The number of the name in [from, to), which has eight readable bytes behind it; UNKNOWN for any other. */
    static int idOf(byte[] bytes, int from, int to) {
        int length = to - from;
        if (length > LONGEST || length == 0) {
            return FieldName.UNKNOWN;
        }
        int slot = slotOf(bytes, from, to);
        while (true) {
            int id = SLOT[slot];
            if (id == 0) {
                return FieldName.UNKNOWN;
            }
            if (LENGTHS[id] == length && matches(bytes, from, length, id * WORDS)) {
                return id;
            }
            slot = (slot + 1) & (SLOTS - 1);
        }
    }

    private static boolean matches(byte[] bytes, int from, int length, int index) {
        int word = index;
        int at = from;
        int left = length;
        for (; left >= 8; left -= 8, at += 8, word++) {
            if ((Octets.word(bytes, at) | LETTER_BITS[word]) != EXPECTED[word]) {
                return false;
            }
        }
        return left == 0 || (Octets.firstBytes(Octets.word(bytes, at), left) | LETTER_BITS[word]) == EXPECTED[word];
    }

    private static int slotOf(byte[] bytes, int from, int to) {
        int length = to - from;
        long first = Octets.firstBytes(Octets.word(bytes, from), Math.min(length, 8)) | LETTERS;
        long last = length > 8 ? Octets.word(bytes, to - 8) | LETTERS : 0;
        long hash = (first * 0x9E37_79B9_7F4A_7C15L) ^ (last * 0xC2B2_AE3D_27D4_EB4FL) ^ length;
        return (int) ((hash * 0x9E37_79B9_7F4A_7C15L) >>> 54);
    }
}
