package io.steelyard.linux.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import io.steelyard.linux.SocketOption;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * Sends and receives packets of one IP protocol on one interface (raw(7)). Used by one thread; sending and receiving allocates nothing.
 *
 * <p>What was received reads the same for both families: {@link #payload} without the IP header, who sent it to whom, and with what hop
 * limit. What is sent over IPv4 begins with its IP header, of which the kernel fills in the checksum and the length; what is sent over IPv6
 * is the payload alone.
 *
 * <p>An interface that goes down makes the descriptor ready with an error until {@link #receive} has read it.
 */
public final class RawSocket implements AutoCloseable {
    /** How many packets one {@link #receive} gives at most. */
    public static final int MOST_PACKETS = 16;

    /**
     * The longest packet: a VRRP message with 255 IPv6 addresses has 4116 octets with a trailer, and an IPv4 header may stand before it. What a longer
     * packet has beyond it is lost, and {@link #isTruncated} says so.
     */
    public static final int MOST_BYTES = 4_352;

    private static final int IPV4_SOURCE = 12;
    private static final int IPV4_DESTINATION = 16;
    private static final int IPV4_TTL = 8;
    private static final int IPV4_TOTAL_LENGTH = 2;
    private static final int IPV4_HEADER = 20;
    private static final long MAPPED_PREFIX = 0x0000_FFFF_0000_0000L;
    private static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfShort SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private final int fd;
    private final boolean isIpv6;
    private final int interfaceIndex;
    private final DatagramBatch incoming = DatagramBatch.allocate(MOST_PACKETS, MOST_BYTES);
    private final DatagramBatch outgoing = DatagramBatch.allocate(1, MOST_BYTES);

    private RawSocket(int fd, boolean isIpv6, int interfaceIndex) {
        this.fd = fd;
        this.isIpv6 = isIpv6;
        this.interfaceIndex = interfaceIndex;
    }

    /**
     * What a socket is for.
     *
     * @param isIpv6 which family
     * @param protocol the IP protocol's number, 1 to 255: 112 for VRRP, 51 for the authentication header
     * @param interfaceIndex the interface, of which alone is received and by which is sent
     * @param group the multicast group that is received
     * @param hopLimit of what is sent over IPv6, 1 to 255; over IPv4 the header says it
     * @param trafficClass of what is sent over IPv6, 0 to 255: 0xC0 is CS6, internetwork control
     * @param checksumOffset where the kernel puts an IPv6 payload's checksum, and checks the one received; -1 for not at all
     */
    public record Options(
            boolean isIpv6,
            int protocol,
            int interfaceIndex,
            Optional<InetAddress> group,
            int hopLimit,
            int trafficClass,
            int checksumOffset) {}

    /**
     * Opens a socket. Needs CAP_NET_RAW.
     *
     * @throws ErrnoException with what failed: EPERM without the privilege, EADDRNOTAVAIL or ENODEV without the interface
     */
    public static RawSocket open(Options options) throws ErrnoException {
        int fd = Linux.rawSocket(options.isIpv6(), options.protocol());
        if (fd == -Errno.EPERM || fd == -Errno.EACCES) {
            throw new ErrnoException(
                    "raw socket of IP protocol " + options.protocol()
                            + " (the process needs CAP_NET_RAW, which root has)",
                    fd);
        }
        Errno.check(fd, "raw socket of IP protocol " + options.protocol());
        var socket = new RawSocket(fd, options.isIpv6(), options.interfaceIndex());
        try {
            socket.configure(options);
            return socket;
        } catch (ErrnoException failed) {
            socket.close();
            throw failed;
        }
    }

    private void configure(Options options) throws ErrnoException {
        set(SocketOption.SO_BINDTOIFINDEX, options.interfaceIndex());
        Linux.set(fd, SocketOption.SO_PRIORITY, 6);
        if (isIpv6) {
            set(SocketOption.IPV6_RECVHOPLIMIT, 1);
            set(SocketOption.IPV6_RECVPKTINFO, 1);
            set(SocketOption.IPV6_MULTICAST_LOOP, 0);
            set(SocketOption.IPV6_MULTICAST_IF, options.interfaceIndex());
            set(SocketOption.IPV6_MULTICAST_HOPS, options.hopLimit());
            set(SocketOption.IPV6_UNICAST_HOPS, options.hopLimit());
            set(SocketOption.IPV6_TCLASS, options.trafficClass());
            if (options.checksumOffset() >= 0) {
                set(SocketOption.IPV6_CHECKSUM, options.checksumOffset());
            }
            // Kernels before 4.20 have no such option and receive other sockets' groups too.
            Linux.set(fd, SocketOption.IPV6_MULTICAST_ALL, 0);
        } else {
            set(SocketOption.IP_HDRINCL, 1);
            set(SocketOption.IP_MULTICAST_LOOP, 0);
            set(SocketOption.IP_MULTICAST_ALL, 0);
            Errno.check(
                    Linux.multicastInterface(fd, options.interfaceIndex()),
                    "send to groups by interface " + options.interfaceIndex());
        }
        if (options.group().isPresent()) {
            var group = SocketAddressBuffer.allocate();
            group.set(options.group().get(), 0);
            Errno.check(
                    Linux.joinGroup(fd, group, options.interfaceIndex()),
                    "join group " + options.group().get().getHostAddress() + " on interface "
                            + options.interfaceIndex());
        }
        discardEarlier();
    }

    private void set(SocketOption option, int value) throws ErrnoException {
        Errno.check(Linux.set(fd, option, value), option + " " + value);
    }

    /** Throws away what came by other interfaces before the socket was bound to its own. */
    private void discardEarlier() {
        for (int count = 0; count < MOST_PACKETS && incoming.receive(fd) > 0; count++) {
            incoming.clearLocal(0);
        }
    }

    /** The descriptor to wait for. */
    public int fd() {
        return fd;
    }

    // ---- receiving

    /**
     * Receives packets into the slots 0 to the result less one.
     *
     * @return how many, at least 1; -EAGAIN where there is none, or another error number, such as -ENETDOWN once when the interface went down
     */
    public int receive() {
        return incoming.receive(fd);
    }

    /** The memory a received packet lies in; its payload begins at {@link #payloadOffset}. */
    public MemorySegment payload(int slot) {
        return incoming.buffer(slot);
    }

    /** Where the payload begins in {@link #payload}: behind the IPv4 header, or at 0. */
    public int payloadOffset(int slot) {
        return isIpv6 ? 0 : Math.min(headerLength(slot), incoming.lengthBytes(slot));
    }

    /** How long the payload is; 0 where the packet has not even its header. */
    public int payloadLength(int slot) {
        return incoming.lengthBytes(slot) - payloadOffset(slot);
    }

    /** What the IPv4 header says of the packet's length, with the header; the received length over IPv6. */
    public int totalLength(int slot) {
        return isIpv6 || incoming.lengthBytes(slot) < IPV4_HEADER
                ? incoming.lengthBytes(slot)
                : Short.toUnsignedInt(incoming.buffer(slot).get(SHORT, IPV4_TOTAL_LENGTH));
    }

    /** How long the whole is that was received: with the header over IPv4. */
    public int receivedLength(int slot) {
        return incoming.lengthBytes(slot);
    }

    public boolean isTruncated(int slot) {
        return incoming.isTruncated(slot);
    }

    /** TTL or hop limit; -1 where it is not known. */
    public int hopLimit(int slot) {
        if (isIpv6) {
            return incoming.hopLimit(slot);
        }
        return incoming.lengthBytes(slot) < IPV4_HEADER
                ? -1
                : Byte.toUnsignedInt(incoming.buffer(slot).get(JAVA_BYTE, IPV4_TTL));
    }

    /** The upper 64 bits of the sender's address; 0 for IPv4. */
    public long sourceHigh(int slot) {
        return isIpv6 ? incoming.peer(slot).addressHigh() : 0;
    }

    /** The lower 64 bits of the sender's address; IPv4 mapped. */
    public long sourceLow(int slot) {
        return isIpv6 ? incoming.peer(slot).addressLow() : ipv4(slot, IPV4_SOURCE);
    }

    /** The upper 64 bits of the address the packet was sent to; 0 for IPv4. */
    public long destinationHigh(int slot) {
        return isIpv6 ? incoming.localHigh(slot) : 0;
    }

    /** The lower 64 bits of the address the packet was sent to; IPv4 mapped. */
    public long destinationLow(int slot) {
        return isIpv6 ? incoming.localLow(slot) : ipv4(slot, IPV4_DESTINATION);
    }

    private long ipv4(int slot, int offset) {
        return incoming.lengthBytes(slot) < IPV4_HEADER
                ? 0
                : MAPPED_PREFIX | Integer.toUnsignedLong(incoming.buffer(slot).get(INT, offset));
    }

    private int headerLength(int slot) {
        return incoming.lengthBytes(slot) < IPV4_HEADER
                ? incoming.lengthBytes(slot)
                : (incoming.buffer(slot).get(JAVA_BYTE, 0) & 0xF) * 4;
    }

    // ---- sending

    /** Where what is to be sent is written: {@value #MOST_BYTES} bytes. */
    public MemorySegment outgoing() {
        return outgoing.buffer(0);
    }

    /**
     * Sends what is in {@link #outgoing}.
     *
     * @param length over IPv4 with the header
     * @param sourceHigh with {@code sourceLow} the address it leaves from over IPv6; both 0 for the kernel's choice. Over IPv4 the header says it
     * @param targetHigh with {@code targetLow} the group or host; IPv4 mapped
     * @return the length, or the negative error number
     */
    public int send(int length, long sourceHigh, long sourceLow, long targetHigh, long targetLow) {
        outgoing.peer(0).set(targetHigh, targetLow, 0);
        if (isIpv6) {
            outgoing.peer(0).setScope(interfaceIndex);
        }
        if (isIpv6 && (sourceHigh != 0 || sourceLow != 0)) {
            outgoing.local(0, sourceHigh, sourceLow, interfaceIndex);
        } else {
            outgoing.clearLocal(0);
        }
        outgoing.lengthBytes(0, length);
        return outgoing.sendOne(fd, 0);
    }

    /** As {@link #send(int, long, long, long, long)} with what lies at the start of the caller's memory. */
    public int send(
            MemorySegment memory, int length, long sourceHigh, long sourceLow, long targetHigh, long targetLow) {
        MemorySegment.copy(memory, 0, outgoing(), 0, length);
        return send(length, sourceHigh, sourceLow, targetHigh, targetLow);
    }

    @Override
    public void close() {
        Linux.close(fd);
    }
}
