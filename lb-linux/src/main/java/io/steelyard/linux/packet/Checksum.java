package io.steelyard.linux.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** The checksum of the internet protocols: the one's complement of the one's complement sum of 16-bit words (RFC 1071). Pure. */
public final class Checksum {
    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Checksum() {}

    /** Adds bytes to a sum; a last odd byte counts as if a zero followed. @param sum 0, or what another call gave */
    public static long add(long sum, MemorySegment memory, long offset, long length) {
        long result = sum;
        long at = 0;
        for (; at + 1 < length; at += 2) {
            result += Short.toUnsignedInt(memory.get(NETWORK_SHORT, offset + at));
        }
        if (at < length) {
            result += Byte.toUnsignedInt(memory.get(ValueLayout.JAVA_BYTE, offset + at)) << 8;
        }
        return result;
    }

    /** Adds the pseudo-header of IPv6 (RFC 8200 section 8.1) whose addresses lie one behind the other at {@code offset}. */
    public static long addIpv6PseudoHeader(long sum, MemorySegment memory, long offset, int length, int nextHeader) {
        return add(sum, memory, offset, 32) + (length >>> 16) + (length & 0xFFFF) + nextHeader;
    }

    /** The checksum of a sum: 0 to 0xFFFF. Over bytes that contain their right checksum it is 0. */
    public static int of(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        return (int) ~folded & 0xFFFF;
    }
}
