package io.steelyard.vrrp.wire;

import java.lang.foreign.MemorySegment;

/** A packet as a raw socket gives it, with what the kernel tells beside. Reusable; used by one thread at a time. */
public final class ReceivedPacket {
    private MemorySegment memory = MemorySegment.NULL;
    private long offset;
    private int length;
    private boolean isIpv6;
    private long sourceHigh;
    private long sourceLow;
    private long destinationHigh;
    private long destinationLow;
    private int ttl;

    public ReceivedPacket() {}

    /**
     * A packet that begins with its IPv4 header.
     *
     * @param length of what was received, 0 to 65535
     */
    public ReceivedPacket ipv4(MemorySegment memory, long offset, int length) {
        this.memory = memory;
        this.offset = offset;
        this.length = length;
        isIpv6 = false;
        sourceHigh = 0;
        destinationHigh = 0;
        boolean hasHeader = length >= Ipv4Flyweight.HEADER_LENGTH;
        sourceLow = Bytes.MAPPED | (hasHeader ? Bytes.intAt(memory, offset + Ipv4Flyweight.SOURCE) & 0xFFFF_FFFFL : 0);
        destinationLow =
                Bytes.MAPPED | (hasHeader ? Bytes.intAt(memory, offset + Ipv4Flyweight.DESTINATION) & 0xFFFF_FFFFL : 0);
        ttl = hasHeader ? Bytes.byteAt(memory, offset + Ipv4Flyweight.TIME_TO_LIVE) : 0;
        return this;
    }

    /**
     * What follows an IPv6 header, whose facts the kernel tells in control messages.
     *
     * @param length of what was received, 0 to 65535
     */
    public ReceivedPacket ipv6(
            MemorySegment memory,
            long offset,
            int length,
            long sourceHigh,
            long sourceLow,
            long destinationHigh,
            long destinationLow,
            int hopLimit) {
        this.memory = memory;
        this.offset = offset;
        this.length = length;
        isIpv6 = true;
        this.sourceHigh = sourceHigh;
        this.sourceLow = sourceLow;
        this.destinationHigh = destinationHigh;
        this.destinationLow = destinationLow;
        ttl = hopLimit;
        return this;
    }

    MemorySegment memory() {
        return memory;
    }

    long offset() {
        return offset;
    }

    int length() {
        return length;
    }

    public boolean isIpv6() {
        return isIpv6;
    }

    public long sourceHigh() {
        return sourceHigh;
    }

    public long sourceLow() {
        return sourceLow;
    }

    public long destinationHigh() {
        return destinationHigh;
    }

    public long destinationLow() {
        return destinationLow;
    }

    /** TTL or hop limit. */
    public int ttl() {
        return ttl;
    }

    boolean isMulticast() {
        return isIpv6 ? destinationHigh >>> 56 == 0xFF : (destinationLow >>> 28 & 0xF) == 0xE;
    }

    /** The virtual router id, by which the router is found; -1 where the packet is too short to have one. */
    public int virtualRouterId() {
        int at = isIpv6 ? 0 : messageOffset();
        return at < 0 || at + 2 > length ? -1 : Bytes.byteAt(memory, offset + at + 1);
    }

    /** Where the message begins; -1 where the packet is too short to say. */
    int messageOffset() {
        if (isIpv6) {
            return 0;
        }
        if (length < Ipv4Flyweight.HEADER_LENGTH) {
            return -1;
        }
        int header = Ipv4Flyweight.headerLength(memory, offset);
        if (header < Ipv4Flyweight.HEADER_LENGTH) {
            return -1;
        }
        return header + (isAuthenticated() ? Ipv4Flyweight.AUTHENTICATION_HEADER_LENGTH : 0);
    }

    /** Whether an authentication header stands between IP header and message. */
    boolean isAuthenticated() {
        return !isIpv6
                && length >= Ipv4Flyweight.HEADER_LENGTH
                && Bytes.byteAt(memory, offset + Ipv4Flyweight.PROTOCOL) == Ipv4Flyweight.PROTOCOL_AUTHENTICATION;
    }
}
