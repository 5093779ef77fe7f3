package io.steelyard.realip.address;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Addresses as 128 bits and as Java has them. Stateless. */
public final class Addresses {
    private static final long MAPPED_PREFIX = 0x0000_FFFF_0000_0000L;

    private Addresses() {}

    /** Whether the 128 bits are an IPv4 address. */
    public static boolean isIpv4(long high, long low) {
        return high == 0 && low >>> 32 == 0xFFFF;
    }

    /** The lower 64 bits of an IPv4 address; the upper ones are 0. */
    public static long ofIpv4(int address) {
        return MAPPED_PREFIX | Integer.toUnsignedLong(address);
    }

    /** The upper 64 bits of 4 or 16 bytes in network order. */
    public static long high(byte[] address) {
        return address.length == 4 ? 0 : bigEndian(address, 0, 8);
    }

    /** The lower 64 bits of 4 or 16 bytes in network order. */
    public static long low(byte[] address) {
        return address.length == 4 ? MAPPED_PREFIX | bigEndian(address, 0, 4) : bigEndian(address, 8, 8);
    }

    /** The address; a mapped one is an IPv4 one. Allocates. */
    public static InetAddress inetAddress(long high, long low) {
        boolean isIpv4 = isIpv4(high, low);
        var bytes = new byte[isIpv4 ? 4 : 16];
        for (int i = bytes.length - 1, shift = 0; i >= 0; i--, shift += 8) {
            bytes[i] = (byte) (shift < 64 ? low >>> shift : high >>> shift - 64);
        }
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** A mask of that many ones from the left; none for less than 1, all for more than 63. */
    static long leadingOnes(int count) {
        return count <= 0 ? 0 : count >= 64 ? -1L : -1L << (64 - count);
    }

    private static long bigEndian(byte[] bytes, int offset, int length) {
        long value = 0;
        for (int i = 0; i < length; i++) {
            value = value << 8 | bytes[offset + i] & 0xFF;
        }
        return value;
    }
}
