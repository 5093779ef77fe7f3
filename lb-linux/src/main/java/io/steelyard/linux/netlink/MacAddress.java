package io.steelyard.linux.netlink;

import java.util.HexFormat;

/**
 * An interface's hardware address. Immutable.
 *
 * @param bits its 48 bits; 0 where there is none
 */
public record MacAddress(long bits) {
    /** No hardware address. */
    public static final MacAddress NONE = new MacAddress(0);

    private static final int BYTES = 6;

    public MacAddress {
        if (bits >>> 48 != 0) {
            throw new IllegalArgumentException("0x" + Long.toHexString(bits) + " has more than 48 bits");
        }
    }

    /** An address of six bytes; {@link #NONE} for another length. */
    public static MacAddress of(byte[] bytes) {
        if (bytes.length != BYTES) {
            return NONE;
        }
        long bits = 0;
        for (byte each : bytes) {
            bits = bits << 8 | Byte.toUnsignedLong(each);
        }
        return new MacAddress(bits);
    }

    /**
     * Reads {@code 00:00:5e:00:01:33}.
     *
     * @throws IllegalArgumentException where it is not six bytes in hexadecimal between colons
     */
    public static MacAddress parse(String text) {
        try {
            var bytes = HexFormat.ofDelimiter(":").parseHex(text);
            if (bytes.length == BYTES) {
                return of(bytes);
            }
        } catch (IllegalArgumentException notHexadecimal) {
            throw new IllegalArgumentException(malformed(text), notHexadecimal);
        }
        throw new IllegalArgumentException(malformed(text));
    }

    private static String malformed(String text) {
        return "the hardware address '" + text + "' is not six bytes such as 00:00:5e:00:01:33";
    }

    /** Its six bytes. */
    public byte[] bytes() {
        var bytes = new byte[BYTES];
        for (int i = 0; i < BYTES; i++) {
            bytes[i] = (byte) (bits >>> 8 * (BYTES - 1 - i));
        }
        return bytes;
    }

    /** Such as {@code 00:00:5e:00:01:33}. */
    @Override
    public String toString() {
        return HexFormat.ofDelimiter(":").formatHex(bytes());
    }
}
