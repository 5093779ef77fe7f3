package io.steelyard.realip.proxyprotocol;

import io.steelyard.realip.address.AddressText;
import io.steelyard.realip.address.Addresses;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Transport;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Writes PROXY protocol headers of both versions. Addresses of 128 bits, IPv4 ones mapped; where only one of two is IPv4, both are written as
 * IPv6. Allocates nothing but what says so. One thread at a time.
 *
 * <p>Version 2 is written in steps: {@link #begin} or {@link #beginLocal}, any number of fields, {@link #end} or {@link #endWithChecksum}.
 */
public final class ProxyHeaderEncoder {
    /** Room that a header of version 1 needs at most. */
    public static final int TEXT_BYTES = TextHeaderParser.MOST_BYTES;

    /** Room that a header of version 2 for IP addresses needs at most without fields. */
    public static final int BINARY_BYTES = 52;

    /** Room that {@link #endWithChecksum} needs. */
    public static final int CHECKSUM_BYTES = 7;

    private static final byte[] TCP4 = {'P', 'R', 'O', 'X', 'Y', ' ', 'T', 'C', 'P', '4', ' '};
    private static final byte[] TCP6 = {'P', 'R', 'O', 'X', 'Y', ' ', 'T', 'C', 'P', '6', ' '};
    private static final byte[] UNKNOWN = {'P', 'R', 'O', 'X', 'Y', ' ', 'U', 'N', 'K', 'N', 'O', 'W', 'N', '\r', '\n'};
    private static final byte[] MAPPED = {':', ':', 'f', 'f', 'f', 'f', ':'};

    private final byte[] line = new byte[TEXT_BYTES];
    private final CRC32C checksum = new CRC32C();
    private ByteBuffer out = ByteBuffer.allocate(0);
    private int start;

    // ---- version 1

    /**
     * Writes a header of version 1.
     *
     * @param into at least {@value #TEXT_BYTES} bytes of room
     */
    public void text(
            ByteBuffer into,
            long sourceHigh,
            long sourceLow,
            int sourcePort,
            long destinationHigh,
            long destinationLow,
            int destinationPort) {
        boolean isIpv4 = Addresses.isIpv4(sourceHigh, sourceLow) && Addresses.isIpv4(destinationHigh, destinationLow);
        System.arraycopy(isIpv4 ? TCP4 : TCP6, 0, line, 0, TCP4.length);
        int at = address(sourceHigh, sourceLow, isIpv4, TCP4.length);
        line[at++] = ' ';
        at = address(destinationHigh, destinationLow, isIpv4, at);
        line[at++] = ' ';
        at = AddressText.writeDecimal(sourcePort, line, at);
        line[at++] = ' ';
        at = AddressText.writeDecimal(destinationPort, line, at);
        line[at++] = '\r';
        line[at++] = '\n';
        into.put(line, 0, at);
    }

    /** Writes the header of version 1 for a client that has no IP address. */
    public void textUnknown(ByteBuffer into) {
        into.put(UNKNOWN);
    }

    private int address(long high, long low, boolean isIpv4, int at) {
        if (!isIpv4 && Addresses.isIpv4(high, low)) {
            System.arraycopy(MAPPED, 0, line, at, MAPPED.length);
            at += MAPPED.length;
        }
        return AddressText.writeStandard(high, low, line, at);
    }

    // ---- version 2

    /** Begins a header of version 2 for a client's connection. */
    public ProxyHeaderEncoder begin(
            ByteBuffer into,
            Transport transport,
            long sourceHigh,
            long sourceLow,
            int sourcePort,
            long destinationHigh,
            long destinationLow,
            int destinationPort) {
        boolean isIpv4 = Addresses.isIpv4(sourceHigh, sourceLow) && Addresses.isIpv4(destinationHigh, destinationLow);
        fixed(into, 0x21, (isIpv4 ? 0x10 : 0x20) | transport.ordinal());
        if (isIpv4) {
            into.putInt((int) sourceLow).putInt((int) destinationLow);
        } else {
            into.putLong(sourceHigh).putLong(sourceLow).putLong(destinationHigh).putLong(destinationLow);
        }
        into.putShort((short) sourcePort).putShort((short) destinationPort);
        return this;
    }

    /** Begins a header of version 2 for a client whose addresses are not told. */
    public ProxyHeaderEncoder beginUnspecified(ByteBuffer into) {
        fixed(into, 0x21, 0);
        return this;
    }

    /** Begins a header of version 2 for a connection of our own, a health check for instance. */
    public ProxyHeaderEncoder beginLocal(ByteBuffer into) {
        fixed(into, 0x20, 0);
        return this;
    }

    private void fixed(ByteBuffer into, int versionAndCommand, int familyAndTransport) {
        if (into.order() != ByteOrder.BIG_ENDIAN) {
            throw new IllegalArgumentException("the buffer is not in network byte order");
        }
        out = into;
        start = into.position();
        ProxyHeaderDecoder.putSignature(into);
        into.put((byte) versionAndCommand).put((byte) familyAndTransport).putShort((short) 0);
    }

    /**
     * Adds a field.
     *
     * @param type see {@link TlvType}; not {@link TlvType#CRC32C}, which {@link #endWithChecksum} adds
     * @param value at most 65535 bytes
     */
    public ProxyHeaderEncoder tlv(int type, byte[] value) {
        return tlv(type, value, 0, value.length);
    }

    /** Adds a field whose value is a part of an array. */
    public ProxyHeaderEncoder tlv(int type, byte[] value, int from, int to) {
        if (to - from > 0xFFFF) {
            throw new IllegalArgumentException("a field of " + (to - from) + " bytes; expected at most 65535");
        }
        out.put((byte) type).putShort((short) (to - from)).put(value, from, to - from);
        return this;
    }

    /**
     * Begins a field of type SSL; fields of types {@link TlvType#SSL_VERSION} and so on are added by {@link #tlv}, then {@link #endSsl}.
     *
     * @param clientFlags such as {@link TlvType#CLIENT_SSL}
     * @param verifyResult 0 where the client's certificate was verified
     * @return where the field begins, for {@link #endSsl}
     */
    public int beginSsl(int clientFlags, int verifyResult) {
        int at = out.position();
        out.put((byte) TlvType.SSL).putShort((short) 0).put((byte) clientFlags).putInt(verifyResult);
        return at;
    }

    public ProxyHeaderEncoder endSsl(int fieldStart) {
        out.putShort(fieldStart + 1, (short) (out.position() - fieldStart - 3));
        return this;
    }

    /**
     * Ends the header.
     *
     * @throws IllegalStateException where more than 65535 bytes follow the first 16
     */
    public void end() {
        int length = out.position() - start - ProxyHeaderDecoder.FIXED_BYTES;
        if (length > 0xFFFF) {
            throw new IllegalStateException(
                    "a header with " + length + " bytes behind the first 16; expected at most 65535");
        }
        out.putShort(start + 14, (short) length);
    }

    /** Ends the header with a field that holds its checksum. */
    public void endWithChecksum() {
        out.put((byte) TlvType.CRC32C).putShort((short) 4);
        int fieldAt = out.position();
        out.putInt(0);
        end();
        out.putInt(fieldAt, ProxyHeaderDecoder.checksum(checksum, out, start, fieldAt, out.position()));
    }
}
