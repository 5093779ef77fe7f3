package io.steelyard.realip.proxyprotocol;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What a PROXY protocol header says. Addresses are held here; type-length-value fields are views of the decoded bytes, valid as long as
 * those. Reusable; one thread at a time.
 */
public final class ProxyHeader {
    /** Whose connection it is. */
    public enum Command {
        /** The sender's own, a health check for instance: the real addresses count. */
        LOCAL,
        /** Another's, whose addresses the header tells. */
        PROXY
    }

    /** What kind of addresses a header tells. */
    public enum Family {
        /** None: the real addresses count. */
        UNSPECIFIED,
        IPV4,
        IPV6,
        UNIX
    }

    /** What the client's connection is carried by. */
    public enum Transport {
        UNSPECIFIED,
        STREAM,
        DATAGRAM
    }

    static final int UNIX_PATH_BYTES = 108;

    private ByteBuffer bytes = ByteBuffer.allocate(0);
    private int start;
    private int tlvStart;
    private int end;
    private int version;
    private Command command = Command.LOCAL;
    private Family family = Family.UNSPECIFIED;
    private Transport transport = Transport.UNSPECIFIED;
    private long sourceHigh;
    private long sourceLow;
    private int sourcePort;
    private long destinationHigh;
    private long destinationLow;
    private int destinationPort;

    void begin(ByteBuffer buffer, int from, int headerVersion) {
        bytes = buffer;
        start = from;
        version = headerVersion;
        command = Command.LOCAL;
        family = Family.UNSPECIFIED;
        transport = Transport.UNSPECIFIED;
        sourceHigh = sourceLow = destinationHigh = destinationLow = 0;
        sourcePort = destinationPort = 0;
        endsAt(from, from);
    }

    void kind(Command newCommand, Family newFamily, Transport newTransport) {
        command = newCommand;
        family = newFamily;
        transport = newTransport;
    }

    void endsAt(int firstTlv, int headerEnd) {
        tlvStart = firstTlv;
        end = headerEnd;
    }

    void source(long high, long low) {
        sourceHigh = high;
        sourceLow = low;
    }

    void destination(long high, long low) {
        destinationHigh = high;
        destinationLow = low;
    }

    void ports(int source, int destination) {
        sourcePort = source;
        destinationPort = destination;
    }

    /** 1 or 2. */
    public int version() {
        return version;
    }

    /** Bytes from its first to its last. */
    public int lengthBytes() {
        return end - start;
    }

    public Command command() {
        return command;
    }

    /** {@link Family#UNSPECIFIED} too where the transport is, for the addresses then do not count. */
    public Family family() {
        return family;
    }

    public Transport transport() {
        return transport;
    }

    /** Whether it tells the IP addresses and ports of the client and of what it spoke to; otherwise the real ones count. */
    public boolean hasIpAddresses() {
        return family == Family.IPV4 || family == Family.IPV6;
    }

    /** The client's address: the upper 64 bits, 0 for IPv4. */
    public long sourceHigh() {
        return sourceHigh;
    }

    /** The client's address: the lower 64 bits, {@code 0000ffff} and the address for IPv4. */
    public long sourceLow() {
        return sourceLow;
    }

    /** The client's port, 0 to 65535. */
    public int sourcePort() {
        return sourcePort;
    }

    public long destinationHigh() {
        return destinationHigh;
    }

    public long destinationLow() {
        return destinationLow;
    }

    public int destinationPort() {
        return destinationPort;
    }

    /** The client's path with {@link Family#UNIX}; empty where it has none. Allocates. */
    public String sourceUnixPath() {
        return unixPath(0);
    }

    /** The path the client connected to with {@link Family#UNIX}. Allocates. */
    public String destinationUnixPath() {
        return unixPath(UNIX_PATH_BYTES);
    }

    /** Puts a cursor before the first type-length-value field; there are none in version 1 and in a header without a client. */
    public TlvCursor tlvs(TlvCursor into) {
        return into.wrap(bytes, tlvStart, end);
    }

    /** The type-length-value fields as they came. Allocates. */
    byte[] tlvBytes() {
        var copy = new byte[end - tlvStart];
        bytes.get(tlvStart, copy);
        return copy;
    }

    private String unixPath(int offset) {
        if (family != Family.UNIX) {
            return "";
        }
        var path = new byte[UNIX_PATH_BYTES];
        bytes.get(start + ProxyHeaderDecoder.FIXED_BYTES + offset, path);
        boolean isAbstract = path[0] == 0;
        int length = isAbstract ? 1 : 0;
        while (length < path.length && path[length] != 0) {
            length++;
        }
        if (isAbstract) {
            path[0] = '@';
        }
        return isAbstract && length == 1 ? "" : new String(path, 0, length, StandardCharsets.UTF_8);
    }
}
