package io.steelyard.vrrp.wire;

import java.lang.foreign.MemorySegment;

/**
 * An IPv4 header, and the authentication header that may follow it (RFC 791 section 3.1, RFC 2402 section 2). Holds no data. Used by one thread at
 * a time.
 *
 * <pre>
 *   0 version, length   1 type of service   2 total length        4 identification   6 flags, fragment
 *   8 time to live      9 protocol         10 header checksum    12 source          16 destination
 *  20 next header      21 length in words less 2                 22 0               24 security parameters index
 *  28 sequence         32 code, 12 octets
 * </pre>
 */
final class Ipv4Flyweight {
    static final int HEADER_LENGTH = 20;
    static final int AUTHENTICATION_HEADER_LENGTH = 24;
    static final int PROTOCOL_VRRP = 112;
    static final int PROTOCOL_AUTHENTICATION = 51;
    static final int TYPE_OF_SERVICE = 0xC0;

    static final int TOTAL_LENGTH = 2;
    static final int IDENTIFICATION = 4;
    static final int FRAGMENT = 6;
    static final int TIME_TO_LIVE = 8;
    static final int PROTOCOL = 9;
    static final int CHECKSUM = 10;
    static final int SOURCE = 12;
    static final int DESTINATION = 16;

    /** From the start of the authentication header. */
    static final int AH_INDEX = 4;

    static final int AH_SEQUENCE = 8;
    static final int AH_CODE = 12;
    static final int AH_CODE_LENGTH = 12;

    private Ipv4Flyweight() {}

    static int headerLength(MemorySegment memory, long offset) {
        return (Bytes.byteAt(memory, offset) & 0xF) * 4;
    }

    /** A header without options, without its checksum. */
    static void write(MemorySegment memory, long offset, int totalLength, int ttl, int protocol, int source) {
        Bytes.putByte(memory, offset, 0x45);
        Bytes.putByte(memory, offset + 1, TYPE_OF_SERVICE);
        Bytes.putShort(memory, offset + TOTAL_LENGTH, totalLength);
        Bytes.putInt(memory, offset + IDENTIFICATION, 0);
        Bytes.putByte(memory, offset + TIME_TO_LIVE, ttl);
        Bytes.putByte(memory, offset + PROTOCOL, protocol);
        Bytes.putShort(memory, offset + CHECKSUM, 0);
        Bytes.putInt(memory, offset + SOURCE, source);
        Bytes.putInt(memory, offset + DESTINATION, 0);
    }
}
