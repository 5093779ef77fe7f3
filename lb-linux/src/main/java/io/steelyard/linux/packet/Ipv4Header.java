package io.steelyard.linux.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Writes the IPv4 header of a packet for a {@link RawSocket} (RFC 791), 20 bytes without options. Pure.
 *
 * <pre>
 *  0 version 4, length 5   1 type of service   2 total length 16   4 identification 16   6 flags and fragment 0
 *  8 TTL   9 protocol   10 checksum 16   12 source 32   16 destination 32
 * </pre>
 */
public final class Ipv4Header {
    /** How long the header is. */
    public static final int LENGTH_BYTES = 20;

    private static final int VERSION_AND_LENGTH = 0x45;
    private static final ValueLayout.OfByte BYTE = ValueLayout.JAVA_BYTE;
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private Ipv4Header() {}

    /**
     * Writes a header, its checksum too.
     *
     * @param trafficClass the type of service: 0xC0 is CS6
     * @param totalLength of header and payload
     * @param identification 0 lets the kernel choose
     */
    public static void encode(
            MemorySegment memory,
            long offset,
            int trafficClass,
            int totalLength,
            int identification,
            int ttl,
            int protocol,
            int source,
            int destination) {
        memory.set(BYTE, offset, (byte) VERSION_AND_LENGTH);
        memory.set(BYTE, offset + 1, (byte) trafficClass);
        memory.set(SHORT, offset + 2, (short) totalLength);
        memory.set(SHORT, offset + 4, (short) identification);
        memory.set(SHORT, offset + 6, (short) 0);
        memory.set(BYTE, offset + 8, (byte) ttl);
        memory.set(BYTE, offset + 9, (byte) protocol);
        memory.set(SHORT, offset + 10, (short) 0);
        memory.set(INT, offset + 12, source);
        memory.set(INT, offset + 16, destination);
        memory.set(SHORT, offset + 10, (short) Checksum.of(Checksum.add(0, memory, offset, LENGTH_BYTES)));
    }
}
