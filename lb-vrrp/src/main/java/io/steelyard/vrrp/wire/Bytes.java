package io.steelyard.vrrp.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Numbers in network byte order at any offset, addresses as 128 bits with IPv4 ones mapped (RFC 4291 section 2.5.5.2), and the internet checksum. */
public final class Bytes {
    /** The upper 32 bits of the low half of a mapped IPv4 address. */
    public static final long MAPPED = 0x0000_FFFF_0000_0000L;

    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Bytes() {}

    static int byteAt(MemorySegment memory, long offset) {
        return memory.get(BYTE, offset) & 0xFF;
    }

    static void putByte(MemorySegment memory, long offset, int value) {
        memory.set(BYTE, offset, (byte) value);
    }

    static int shortAt(MemorySegment memory, long offset) {
        return memory.get(SHORT, offset) & 0xFFFF;
    }

    static void putShort(MemorySegment memory, long offset, int value) {
        memory.set(SHORT, offset, (short) value);
    }

    static int intAt(MemorySegment memory, long offset) {
        return memory.get(INT, offset);
    }

    static void putInt(MemorySegment memory, long offset, int value) {
        memory.set(INT, offset, value);
    }

    static long longAt(MemorySegment memory, long offset) {
        return memory.get(LONG, offset);
    }

    static void putLong(MemorySegment memory, long offset, long value) {
        memory.set(LONG, offset, value);
    }

    /** The upper half of an address; 0 for IPv4. */
    public static long high(InetAddress address) {
        var octets = address.getAddress();
        return octets.length == 4 ? 0 : ByteBuffer.wrap(octets).getLong(0);
    }

    /** The lower half of an address, IPv4 mapped. */
    public static long low(InetAddress address) {
        var octets = address.getAddress();
        return octets.length == 4
                ? MAPPED | ByteBuffer.wrap(octets).getInt(0) & 0xFFFF_FFFFL
                : ByteBuffer.wrap(octets).getLong(8);
    }

    /** The address of two halves. */
    public static InetAddress address(long high, long low) {
        try {
            if (high == 0 && (low & 0xFFFF_FFFF_0000_0000L) == MAPPED) {
                return InetAddress.getByAddress(
                        ByteBuffer.allocate(4).putInt((int) low).array());
            }
            return InetAddress.getByAddress(
                    ByteBuffer.allocate(16).putLong(high).putLong(low).array());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /** Adds up 16-bit words (RFC 1071); an odd last byte counts as if a zero followed. */
    static long sum(MemorySegment memory, long offset, int length, long before) {
        long sum = before;
        int at = 0;
        for (; at + 1 < length; at += 2) {
            sum += shortAt(memory, offset + at);
        }
        if (at < length) {
            sum += (long) byteAt(memory, offset + at) << 8;
        }
        return sum;
    }

    /** The words of a number of 64 bits. */
    static long words(long value) {
        return (value >>> 48) + (value >>> 32 & 0xFFFF) + (value >>> 16 & 0xFFFF) + (value & 0xFFFF);
    }

    /** The checksum of a sum. */
    static int fold(long sum) {
        long rest = sum;
        while (rest >>> 16 != 0) {
            rest = (rest & 0xFFFF) + (rest >>> 16);
        }
        return (int) ~rest & 0xFFFF;
    }
}
