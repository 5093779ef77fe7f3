package io.steelyard.schedulers.haproxy;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Flow;
import io.steelyard.schedulers.hash.Crc32;
import java.util.List;

/**
 * HAProxy's hash functions, which give 32 bits, and the full avalanche that may follow.
 *
 * @param function what hashes a key
 * @param isAvalanche whether the result is mixed once more
 */
record KeyHash(Function function, boolean isAvalanche) {
    enum Function {
        /** From the sdbm database: {@code h = byte + (h << 6) + (h << 16) - h}. */
        SDBM,
        /** By Bernstein: {@code h = 33 * h + byte}, from 5381. */
        DJB2,
        /** HAProxy's own, of two halves that rotate each other. */
        WT6,
        /** The CRC-32 of IEEE 802.3. */
        CRC32,
        /** The key's digits as a number. */
        NONE
    }

    static final OptionSpec FUNCTION = new OptionSpec(
            "function",
            OptionSpec.Type.WORD,
            "",
            List.of("sdbm", "djb2", "wt6", "crc32", "none"),
            "what hashes the key; sdbm by default, with avalanche where the hash is consistent");

    static final OptionSpec AVALANCHE =
            OptionSpec.flag("avalanche", "mix the hash once more, for keys that differ little");

    /** The function and modifier of {@code hash-type}. */
    static KeyHash of(Options options) {
        var name = options.text("function");
        boolean isDefault = name.isEmpty();
        boolean isConsistent = options.text("hash-type").equals("consistent");
        var function = switch (name) {
            case "djb2" -> Function.DJB2;
            case "wt6" -> Function.WT6;
            case "crc32" -> Function.CRC32;
            case "none" -> Function.NONE;
            default -> Function.SDBM;
        };
        return new KeyHash(function, options.flag("avalanche") || (isDefault && isConsistent));
    }

    /** The hash of the flow's key. */
    int ofKey(Flow flow) {
        var key = flow.key();
        int length = flow.keyLength();
        return finish(
                switch (function) {
                    case SDBM -> sdbm(key, length);
                    case DJB2 -> djb2(key, length);
                    case WT6 -> wt6(key, length);
                    case CRC32 -> Crc32.of(key, length);
                    case NONE -> number(key, length);
                });
    }

    /** The hash of the client's address: its 32-bit words, exclusive-or. */
    int ofClient(Flow flow) {
        if (flow.isClientIpv4()) {
            return finish((int) flow.clientLow());
        }
        long words = flow.clientHigh() ^ flow.clientLow();
        return finish((int) (words >>> 32) ^ (int) words);
    }

    private int finish(int hash) {
        return isAvalanche ? avalanche(hash) : hash;
    }

    /** Bob Jenkins' full avalanche in six steps, then a product with a prime of about three quarters of 2^32. */
    static int avalanche(int hash) {
        int a = hash;
        a = (a + 0x7ED55D16) + (a << 12);
        a = (a ^ 0xC761C23C) ^ (a >>> 19);
        a = (a + 0x165667B1) + (a << 5);
        a = (a + 0xD3A2646C) ^ (a << 9);
        a = (a + 0xFD7046C5) + (a << 3);
        a = (a ^ 0xB55A4F09) ^ (a >>> 16);
        return a * 0xC0000001;
    }

    private static int sdbm(byte[] key, int length) {
        int hash = 0;
        for (int i = 0; i < length; i++) {
            hash = (key[i] & 0xFF) + (hash << 6) + (hash << 16) - hash;
        }
        return hash;
    }

    private static int djb2(byte[] key, int length) {
        int hash = 5381;
        for (int i = 0; i < length; i++) {
            hash = hash * 33 + (key[i] & 0xFF);
        }
        return hash;
    }

    private static int wt6(byte[] key, int length) {
        int one = 0xA53C965A;
        int two = 0x5CA6953A;
        int turnOne = 6;
        int turnTwo = 18;
        for (int i = 0; i < length; i++) {
            int value = key[i] & 0xFF;
            int turned = Integer.rotateLeft(~(two + value), turnOne);
            two = Integer.rotateLeft(~(one ^ value), turnTwo);
            one = turned;
            int mixed = (one >>> 16 ^ two) & 0xFFFF;
            turnOne = mixed & 0x1F;
            turnTwo = mixed >>> 11;
        }
        return one ^ two;
    }

    /** The lower 32 bits of the decimal number, with a sign or without, at the key's start; 0 where there is none. */
    private static int number(byte[] key, int length) {
        int at = length > 0 && (key[0] == '-' || key[0] == '+') ? 1 : 0;
        long sign = at == 1 && key[0] == '-' ? -1 : 1;
        long value = 0;
        for (; at < length && key[at] >= '0' && key[at] <= '9'; at++) {
            int digit = key[at] - '0';
            if (value > (Long.MAX_VALUE - digit) / 10) {
                return (int) (sign > 0 ? Long.MAX_VALUE : Long.MIN_VALUE);
            }
            value = value * 10 + digit;
        }
        return (int) (sign * value);
    }
}
