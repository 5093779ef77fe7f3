package io.steelyard.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A socket address in native memory: {@code sockaddr_in}, {@code sockaddr_in6} or {@code sockaddr_un}, with the length the kernel reads and
 * writes. Reusable; used by one thread at a time. Nothing allocates but what says so.
 *
 * <pre>
 *  sockaddr_in                    sockaddr_in6                       sockaddr_un
 *  0  family  2  port (network)   0  family   2  port (network)      0  family
 *  4  address (network)           4  flowinfo                        2  path, ended by a zero byte
 *                                 8  address  24 scope
 * </pre>
 *
 * <p>Addresses are given and taken as 128 bits, IPv4 ones mapped (RFC 4291 section 2.5.5.2).
 */
public final class SocketAddressBuffer {
    /** The greatest length of a UNIX socket's path, in bytes. */
    public static final int MAX_UNIX_PATH = 107;

    /** Room for the largest, sockaddr_un, rounded up to a multiple of 8. */
    static final int SIZE = 112;

    private static final int IPV4_LENGTH = 16;
    private static final int IPV6_LENGTH = 28;
    private static final int PORT = 2;
    private static final int IPV4_ADDRESS = 4;
    private static final int IPV6_ADDRESS = 8;
    private static final int IPV6_SCOPE = 24;
    private static final int UNIX_PATH = 2;
    private static final int NETLINK_LENGTH = 12;
    private static final int NETLINK_GROUPS = 8;
    private static final int PACKET_LENGTH = 20;
    private static final int PACKET_TYPE = 2;
    private static final int PACKET_INTERFACE = 4;
    private static final long MAPPED_PREFIX = 0x0000_FFFF_0000_0000L;

    private static final ValueLayout.OfShort NATIVE_SHORT = ValueLayout.JAVA_SHORT;
    private static final ValueLayout.OfInt NATIVE_INT = ValueLayout.JAVA_INT;
    private static final ValueLayout.OfShort NETWORK_SHORT = NATIVE_SHORT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_INT = NATIVE_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NETWORK_LONG = ValueLayout.JAVA_LONG.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment memory;
    private final long offset;
    private final long lengthOffset;

    /** The address at {@code offset} and its 32-bit length at {@code lengthOffset} of {@code memory}, aligned to 8 and 4 bytes. */
    SocketAddressBuffer(MemorySegment memory, long offset, long lengthOffset) {
        this.memory = memory;
        this.offset = offset;
        this.lengthOffset = lengthOffset;
    }

    /** An empty address that lives as long as {@code arena}. */
    public static SocketAddressBuffer allocate(Arena arena) {
        return new SocketAddressBuffer(arena.allocate(SIZE + 8, 8), 0, SIZE);
    }

    /** An empty address that is freed with this object. */
    public static SocketAddressBuffer allocate() {
        return allocate(Arena.ofAuto());
    }

    // ---- for the kernel

    long address() {
        return Libc.address(memory, offset, SIZE);
    }

    long lengthAddress() {
        return memory.address() + lengthOffset;
    }

    /** The length of what is there; 0 where it is empty. */
    int lengthBytes() {
        return memory.get(NATIVE_INT, lengthOffset);
    }

    /** Before the kernel writes an address: all the room there is. */
    void makeRoom() {
        memory.set(NATIVE_INT, lengthOffset, SIZE);
    }

    // ---- writing

    /** Makes it empty. */
    public void clear() {
        begin(AddressFamily.UNSPECIFIED, 0);
    }

    /** @param port 0 to 65535; 0 lets the kernel choose */
    public void set(InetAddress value, int port) {
        var bytes = value.getAddress();
        if (value instanceof Inet4Address) {
            begin(AddressFamily.IPV4, IPV4_LENGTH);
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, offset + IPV4_ADDRESS, 4);
        } else {
            begin(AddressFamily.IPV6, IPV6_LENGTH);
            MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, offset + IPV6_ADDRESS, 16);
            memory.set(NATIVE_INT, offset + IPV6_SCOPE, ((Inet6Address) value).getScopeId());
        }
        setPort(port);
    }

    /**
     * As an IPv6 socket that also carries IPv4 wants it: IPv4 addresses mapped.
     *
     * @param port 0 to 65535
     */
    public void setIpv6(long high, long low, int port) {
        begin(AddressFamily.IPV6, IPV6_LENGTH);
        memory.set(NETWORK_LONG, offset + IPV6_ADDRESS, high);
        memory.set(NETWORK_LONG, offset + IPV6_ADDRESS + 8, low);
        setPort(port);
    }

    /**
     * An IPv4 address where the 128 bits are a mapped one, otherwise an IPv6 address.
     *
     * @param port 0 to 65535
     */
    public void set(long high, long low, int port) {
        if (!isMapped(high, low)) {
            setIpv6(high, low, port);
            return;
        }
        begin(AddressFamily.IPV4, IPV4_LENGTH);
        memory.set(NETWORK_INT, offset + IPV4_ADDRESS, (int) low);
        setPort(port);
    }

    /** The scope of a link-local IPv6 address: the number of its interface. */
    public void setScope(int interfaceIndex) {
        memory.set(NATIVE_INT, offset + IPV6_SCOPE, interfaceIndex);
    }

    /**
     * The address of a UNIX socket. Allocates.
     *
     * @param path 1 to {@value #MAX_UNIX_PATH} bytes of UTF-8
     * @throws IllegalArgumentException where it is longer or empty
     */
    public void setUnix(String path) {
        var bytes = path.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length > MAX_UNIX_PATH) {
            throw new IllegalArgumentException("the socket path '" + path + "' is " + bytes.length
                    + " bytes long; expected 1 to " + MAX_UNIX_PATH);
        }
        begin(AddressFamily.UNIX, UNIX_PATH + bytes.length + 1);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, offset + UNIX_PATH, bytes.length);
    }

    /**
     * A name in the abstract namespace of UNIX sockets (unix(7)), padded with zero bytes to the greatest length, as HAProxy has it. Allocates.
     *
     * @param name 1 to 106 bytes of UTF-8
     * @throws IllegalArgumentException where it is longer or empty
     */
    public void setAbstract(String name) {
        var bytes = name.getBytes(StandardCharsets.UTF_8);
        if (bytes.length == 0 || bytes.length >= MAX_UNIX_PATH) {
            throw new IllegalArgumentException("the socket name '" + name + "' is " + bytes.length
                    + " bytes long; expected 1 to " + (MAX_UNIX_PATH - 1));
        }
        begin(AddressFamily.UNIX, UNIX_PATH + MAX_UNIX_PATH + 1);
        MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, offset + UNIX_PATH + 1, bytes.length);
    }

    /** The kernel's groups a netlink socket takes part in (netlink(7)). @param groups a bit each; 0 for none */
    public void setNetlink(int groups) {
        begin(AddressFamily.NETLINK, NETLINK_LENGTH);
        memory.set(NATIVE_INT, offset + NETLINK_GROUPS, groups);
    }

    /**
     * Frames of one kind by one interface (packet(7)).
     *
     * @param etherType the frames' type, such as 0x0806 for ARP; 3 for all
     */
    public void setPacket(int etherType, int interfaceIndex) {
        begin(AddressFamily.PACKET, PACKET_LENGTH);
        memory.set(NETWORK_SHORT, offset + PACKET_TYPE, (short) etherType);
        memory.set(NATIVE_INT, offset + PACKET_INTERFACE, interfaceIndex);
    }

    /** Copies the address, and not its length, for a structure of the kernel's that holds one. */
    void copyTo(MemorySegment target, long at) {
        MemorySegment.copy(memory, offset, target, at, lengthBytes());
    }

    /** Takes over another's content. */
    public void set(SocketAddressBuffer other) {
        MemorySegment.copy(other.memory, other.offset, memory, offset, SIZE);
        memory.set(NATIVE_INT, lengthOffset, other.lengthBytes());
    }

    private void begin(AddressFamily family, int lengthBytes) {
        for (int at = 0; at < SIZE; at += 8) {
            memory.set(NETWORK_LONG, offset + at, 0);
        }
        memory.set(NATIVE_SHORT, offset, (short) family.number());
        memory.set(NATIVE_INT, lengthOffset, lengthBytes);
    }

    private void setPort(int port) {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is out of range; expected 0 to 65535");
        }
        memory.set(NETWORK_SHORT, offset + PORT, (short) port);
    }

    // ---- reading

    /** The kind of address; {@link AddressFamily#UNSPECIFIED} where it is empty. */
    public AddressFamily family() {
        return lengthBytes() < 2 ? AddressFamily.UNSPECIFIED : AddressFamily.of(memory.get(NATIVE_SHORT, offset));
    }

    /** The upper 64 bits of the address; 0 for IPv4, and where there is no IP address. */
    public long addressHigh() {
        return family() == AddressFamily.IPV6 ? memory.get(NETWORK_LONG, offset + IPV6_ADDRESS) : 0;
    }

    /** The lower 64 bits of the address, IPv4 mapped; 0 where there is no IP address. */
    public long addressLow() {
        return switch (family()) {
            case IPV4 -> MAPPED_PREFIX | Integer.toUnsignedLong(memory.get(NETWORK_INT, offset + IPV4_ADDRESS));
            case IPV6 -> memory.get(NETWORK_LONG, offset + IPV6_ADDRESS + 8);
            case UNIX, NETLINK, PACKET, UNSPECIFIED -> 0;
        };
    }

    /** The port; 0 where there is no IP address. */
    public int port() {
        return switch (family()) {
            case IPV4, IPV6 -> Short.toUnsignedInt(memory.get(NETWORK_SHORT, offset + PORT));
            case UNIX, NETLINK, PACKET, UNSPECIFIED -> 0;
        };
    }

    /** The scope of an IPv6 address, an interface's number; otherwise 0. */
    public int scope() {
        return family() == AddressFamily.IPV6 ? memory.get(NATIVE_INT, offset + IPV6_SCOPE) : 0;
    }

    /** Whether the address is an IPv4 one, as itself or mapped. */
    public boolean isIpv4() {
        return isMapped(addressHigh(), addressLow());
    }

    /**
     * The IP address; a mapped one comes out as IPv4. Allocates.
     *
     * @throws IllegalStateException where there is none
     */
    public InetAddress inetAddress() {
        boolean isIpv4 = family() == AddressFamily.IPV4;
        if (!isIpv4 && family() != AddressFamily.IPV6) {
            throw new IllegalStateException("the socket address is " + this + ", not an IP address");
        }
        var bytes = new byte[isIpv4 ? 4 : 16];
        MemorySegment.copy(
                memory, ValueLayout.JAVA_BYTE, offset + (isIpv4 ? IPV4_ADDRESS : IPV6_ADDRESS), bytes, 0, bytes.length);
        try {
            return isIpv4 || scope() == 0
                    ? InetAddress.getByAddress(bytes)
                    : Inet6Address.getByAddress(null, bytes, scope());
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    /**
     * The IP address and port. Allocates.
     *
     * @throws IllegalStateException where there is none
     */
    public InetSocketAddress inetSocketAddress() {
        return new InetSocketAddress(inetAddress(), port());
    }

    /** The path of a UNIX socket's address, a {@code @} in place of the zero byte of an abstract one; empty where it has none. Allocates. */
    public String unixPath() {
        int length = lengthBytes() - UNIX_PATH;
        if (family() != AddressFamily.UNIX || length <= 0) {
            return "";
        }
        var bytes = new byte[length];
        MemorySegment.copy(memory, ValueLayout.JAVA_BYTE, offset + UNIX_PATH, bytes, 0, length);
        if (bytes[0] == 0) {
            bytes[0] = '@';
        }
        int end = bytes[length - 1] == 0 ? length - 1 : length;
        return new String(bytes, 0, end, StandardCharsets.UTF_8);
    }

    /** Such as {@code 127.0.0.1:80}, {@code [::1]:80} or {@code unix:/run/app.sock}. Allocates. */
    @Override
    public String toString() {
        return switch (family()) {
            case UNSPECIFIED -> "none";
            case NETLINK -> "netlink";
            case PACKET -> "interface " + memory.get(NATIVE_INT, offset + PACKET_INTERFACE);
            case UNIX -> "unix:" + unixPath();
            case IPV4, IPV6 -> {
                var host = inetAddress();
                yield (host instanceof Inet6Address ? "[" + host.getHostAddress() + "]" : host.getHostAddress()) + ":"
                        + port();
            }
        };
    }

    private static boolean isMapped(long high, long low) {
        return high == 0 && (low & 0xFFFF_FFFF_0000_0000L) == MAPPED_PREFIX;
    }
}
