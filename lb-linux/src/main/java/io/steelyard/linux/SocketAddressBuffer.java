package io.steelyard.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A socket address in native memory: {@code sockaddr_in}, {@code sockaddr_in6} or {@code sockaddr_un}, with the length the kernel reads and
 * writes beside it. Reusable; used by one thread at a time.
 *
 * <pre>
 *  sockaddr_in                    sockaddr_in6                       sockaddr_un
 *  0  family  2  port (network)   0  family   2  port (network)      0  family
 *  4  address (network)           4  flowinfo                        2  path, ended by a zero byte
 *                                 8  address  24 scope
 * </pre>
 */
public final class SocketAddressBuffer {
    static final int AF_UNIX = 1;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;

    /** Room for the largest, sockaddr_un, rounded up. */
    private static final int SIZE = 112;

    private static final int LENGTH_IPV4 = 16;
    private static final int LENGTH_IPV6 = 28;
    private static final int PORT = 2;
    private static final int IPV4_ADDRESS = 4;
    private static final int IPV6_ADDRESS = 8;
    private static final int IPV6_SCOPE = 24;
    private static final int UNIX_PATH = 2;
    private static final long MAPPED_PREFIX = 0x0000_FFFF_0000_0000L;

    private static final ValueLayout.OfShort NETWORK_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NETWORK_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NETWORK_LONG =
            ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final MemorySegment address;
    private final MemorySegment length;

    private SocketAddressBuffer(MemorySegment address, MemorySegment length) {
        this.address = address;
        this.length = length;
    }

    public static SocketAddressBuffer allocate(Arena arena) {
        return new SocketAddressBuffer(arena.allocate(SIZE, 8), arena.allocate(4, 4));
    }

    MemorySegment address() {
        return address;
    }

    MemorySegment length() {
        return length;
    }

    int lengthBytes() {
        return length.get(ValueLayout.JAVA_INT, 0);
    }

    /** Before the kernel writes an address: all the room there is. */
    void makeRoom() {
        length.set(ValueLayout.JAVA_INT, 0, SIZE);
    }

    private int family() {
        return address.get(ValueLayout.JAVA_SHORT, 0);
    }

    /** @param port 0 to 65535 */
    public void set(InetAddress value, int port) {
        boolean isIpv4 = value instanceof Inet4Address;
        address.fill((byte) 0);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) (isIpv4 ? AF_INET : AF_INET6));
        address.set(NETWORK_SHORT, PORT, (short) port);
        MemorySegment.copy(
                MemorySegment.ofArray(value.getAddress()),
                0,
                address,
                isIpv4 ? IPV4_ADDRESS : IPV6_ADDRESS,
                isIpv4 ? 4 : 16);
        if (value instanceof java.net.Inet6Address ipv6) {
            address.set(ValueLayout.JAVA_INT, IPV6_SCOPE, ipv6.getScopeId());
        }
        length.set(ValueLayout.JAVA_INT, 0, isIpv4 ? LENGTH_IPV4 : LENGTH_IPV6);
    }

    /** @param path at most 107 bytes long */
    public void setUnix(String path) {
        var bytes = path.getBytes(StandardCharsets.UTF_8);
        address.fill((byte) 0);
        address.set(ValueLayout.JAVA_SHORT, 0, (short) AF_UNIX);
        MemorySegment.copy(MemorySegment.ofArray(bytes), 0, address, UNIX_PATH, bytes.length);
        length.set(ValueLayout.JAVA_INT, 0, UNIX_PATH + bytes.length + 1);
    }

    /** The upper 64 bits of the address; 0 for IPv4. */
    public long addressHigh() {
        return family() == AF_INET6 ? address.get(NETWORK_LONG, IPV6_ADDRESS) : 0;
    }

    /** The lower 64 bits of the address; IPv4 is mapped (RFC 4291 section 2.5.5.2). */
    public long addressLow() {
        return switch (family()) {
            case AF_INET -> MAPPED_PREFIX | Integer.toUnsignedLong(address.get(NETWORK_INT, IPV4_ADDRESS));
            case AF_INET6 -> address.get(NETWORK_LONG, IPV6_ADDRESS + 8);
            default -> 0;
        };
    }

    /** 0 for a UNIX socket. */
    public int port() {
        return family() == AF_UNIX ? 0 : Short.toUnsignedInt(address.get(NETWORK_SHORT, PORT));
    }

    /** The IP address; a mapped one comes out as IPv4. Allocates. */
    public InetAddress inetAddress() {
        boolean isIpv4 = family() == AF_INET;
        var bytes = new byte[isIpv4 ? 4 : 16];
        MemorySegment.copy(
                address, isIpv4 ? IPV4_ADDRESS : IPV6_ADDRESS, MemorySegment.ofArray(bytes), 0, bytes.length);
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
