package io.steelyard.vrrp.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The authentication header of RFC 2338 section 5.3.6.3 as keepalived has it: HMAC-MD5-96 over the IP header, whose type of service, fragment
 * and checksum count as zero and with unicast its TTL too, this header with its code as zero, and the message. The security parameters index is the source
 * address. One counter serves for sending and receiving: a backup takes it over from the active router, so that it goes on counting where that
 * one stopped. Used by one thread at a time.
 */
final class AuthenticationHeader {
    private final KeyedDigest digest;
    private final boolean isUnicast;
    private int counter;

    AuthenticationHeader(byte[] key, boolean isUnicast) {
        digest = new KeyedDigest("MD5", key);
        this.isUnicast = isUnicast;
    }

    /** Fills the header between an IP header of 20 octets, which is complete but for its checksum, and the message. */
    void write(MemorySegment memory, long offset, int totalLength) {
        long header = offset + Ipv4Flyweight.HEADER_LENGTH;
        counter++;
        // The code covers the identification, and the kernel would replace a zero.
        Bytes.putShort(memory, offset + Ipv4Flyweight.IDENTIFICATION, (counter & 0x7FFF) + 1);
        Bytes.putByte(memory, header, Ipv4Flyweight.PROTOCOL_VRRP);
        Bytes.putByte(memory, header + 1, Ipv4Flyweight.AUTHENTICATION_HEADER_LENGTH / 4 - 2);
        Bytes.putShort(memory, header + 2, 0);
        Bytes.putInt(memory, header + Ipv4Flyweight.AH_INDEX, Bytes.intAt(memory, offset + Ipv4Flyweight.SOURCE));
        Bytes.putInt(memory, header + Ipv4Flyweight.AH_SEQUENCE, counter);
        var code = code(memory, offset, Ipv4Flyweight.HEADER_LENGTH, totalLength);
        MemorySegment.copy(
                code, 0, memory, ValueLayout.JAVA_BYTE, header + Ipv4Flyweight.AH_CODE, Ipv4Flyweight.AH_CODE_LENGTH);
    }

    /** Whether the packet is genuine and its counter grew; then the counter is taken over. */
    boolean check(MemorySegment memory, long offset, int headerLength, int totalLength) {
        long header = offset + headerLength;
        int sequence = Bytes.intAt(memory, header + Ipv4Flyweight.AH_SEQUENCE);
        boolean isGenuine = Bytes.intAt(memory, header + Ipv4Flyweight.AH_INDEX)
                        == Bytes.intAt(memory, offset + Ipv4Flyweight.SOURCE)
                && KeyedDigest.isEqual(
                        code(memory, offset, headerLength, totalLength),
                        memory,
                        header + Ipv4Flyweight.AH_CODE,
                        Ipv4Flyweight.AH_CODE_LENGTH);
        if (!isGenuine || sequence - counter <= 0) {
            return false;
        }
        counter = sequence;
        return true;
    }

    private byte[] code(MemorySegment memory, long offset, int headerLength, int totalLength) {
        digest.begin().add(memory, offset, 1).addZeros(1).add(memory, offset + Ipv4Flyweight.TOTAL_LENGTH, 4);
        digest.addZeros(2);
        if (isUnicast) {
            digest.addZeros(1);
        } else {
            digest.add(memory, offset + Ipv4Flyweight.TIME_TO_LIVE, 1);
        }
        int message = headerLength + Ipv4Flyweight.AUTHENTICATION_HEADER_LENGTH;
        return digest.add(memory, offset + Ipv4Flyweight.PROTOCOL, 1)
                .addZeros(2)
                .add(memory, offset + Ipv4Flyweight.SOURCE, headerLength - Ipv4Flyweight.SOURCE)
                .add(memory, offset + headerLength, Ipv4Flyweight.AH_CODE)
                .addZeros(Ipv4Flyweight.AH_CODE_LENGTH)
                .add(memory, offset + message, totalLength - message)
                .finish();
    }
}
