package io.steelyard.linux;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.ref.Reference;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * Many datagrams received or sent by one call (recvmmsg(2), sendmmsg(2)): slots with a buffer, the peer's address, and the local address a
 * datagram came to or leaves from (IP_PKTINFO, IPV6_PKTINFO). What was received can be sent as it lies. Reusable; used by one thread at a
 * time; no call allocates.
 *
 * <pre>{@code
 *   int count = batch.receive(fd);                    // slots 0 to count - 1
 *   for (int slot = 0; slot < count; slot++) {
 *       … batch.buffer(slot), batch.lengthBytes(slot), batch.peer(slot)
 *   }
 *   batch.send(otherFd, 0, count);
 * }</pre>
 *
 * <p>The memory is one mapping. Its pages are taken from the system when first used, so that buffers of 65,535 bytes cost little where
 * datagrams are small.
 *
 * <pre>
 *  for each slot:  mmsghdr 64:  0 name  8 name length  16 iovec  24 iovec count  32 control  40 control length  48 flags  56 length
 *                  iovec 16:    0 buffer  8 length
 *                  address 112, control 64, buffer
 * </pre>
 */
public final class DatagramBatch {
    /** The greatest payload of a UDP datagram, IPv6 jumbograms aside. */
    public static final int MAX_DATAGRAM_BYTES = 65_535;

    private static final int HEADER_SIZE = 64;
    private static final int NAME = 0;
    private static final int NAME_LENGTH = 8;
    private static final int VECTOR = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int FLAGS = 48;
    private static final int MESSAGE_LENGTH = 56;
    private static final int VECTOR_SIZE = 16;
    private static final int CONTROL_SIZE = 64;

    // struct cmsghdr
    private static final int CMSG_LEVEL = 8;
    private static final int CMSG_TYPE = 12;
    private static final int CMSG_DATA = 16;
    private static final int IPPROTO_IP = 0;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IP_TTL = 2;
    private static final int IP_PKTINFO = 8;
    private static final int IPV6_PKTINFO = 50;
    private static final int IPV6_HOPLIMIT = 52;
    private static final int IPV4_INFO_SIZE = 12;
    private static final int IPV6_INFO_SIZE = 20;

    private static final int MSG_NOSIGNAL = 0x4000;
    private static final int MSG_DONTWAIT = 0x40;
    private static final int MSG_TRUNC = 0x20;
    private static final long MAPPED_PREFIX = 0x0000_FFFF_0000_0000L;
    private static final ValueLayout.OfInt NETWORK_INT = JAVA_INT.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfLong NETWORK_LONG = Libc.NATIVE_LONG.withOrder(ByteOrder.BIG_ENDIAN);

    private final int slots;
    private final int bytesPerSlot;
    private final MemorySegment memory;
    private final long vectors;
    private final long controls;
    private final SocketAddressBuffer[] peers;
    private final MemorySegment[] buffers;

    /** Slots whose header is not as receiving wants it. */
    private final boolean[] isUsed;

    private DatagramBatch(int slots, int bytesPerSlot) {
        this.slots = slots;
        this.bytesPerSlot = bytesPerSlot;
        vectors = (long) slots * HEADER_SIZE;
        long addresses = vectors + (long) slots * VECTOR_SIZE;
        controls = addresses + (long) slots * SocketAddressBuffer.SIZE;
        long data = controls + (long) slots * CONTROL_SIZE;
        long stride = bytesPerSlot + 63L & -64L;
        memory = Libc.mapAnonymous(data + slots * stride);
        peers = new SocketAddressBuffer[slots];
        buffers = new MemorySegment[slots];
        isUsed = new boolean[slots];
        for (int slot = 0; slot < slots; slot++) {
            long header = header(slot);
            long address = addresses + (long) slot * SocketAddressBuffer.SIZE;
            peers[slot] = new SocketAddressBuffer(memory, address, header + NAME_LENGTH);
            buffers[slot] = memory.asSlice(data + slot * stride, bytesPerSlot);
            memory.set(Libc.NATIVE_LONG, header + NAME, memory.address() + address);
            memory.set(Libc.NATIVE_LONG, header + VECTOR, memory.address() + vector(slot));
            memory.set(Libc.NATIVE_LONG, header + VECTOR_COUNT, 1);
            memory.set(Libc.NATIVE_LONG, header + CONTROL, memory.address() + control(slot));
            memory.set(Libc.NATIVE_LONG, vector(slot), buffers[slot].address());
        }
    }

    /**
     * A batch with empty slots.
     *
     * @param slots 1 to 1024: the kernel takes no more at once
     * @param bytesPerSlot 1 to {@value #MAX_DATAGRAM_BYTES}; what a longer datagram has beyond it is lost
     */
    public static DatagramBatch allocate(int slots, int bytesPerSlot) {
        if (slots < 1 || slots > 1_024) {
            throw new IllegalArgumentException("slots is " + slots + ", expected 1 to 1024");
        }
        if (bytesPerSlot < 1 || bytesPerSlot > MAX_DATAGRAM_BYTES) {
            throw new IllegalArgumentException(
                    "bytesPerSlot is " + bytesPerSlot + ", expected 1 to " + MAX_DATAGRAM_BYTES);
        }
        return new DatagramBatch(slots, bytesPerSlot);
    }

    public int slots() {
        return slots;
    }

    public int bytesPerSlot() {
        return bytesPerSlot;
    }

    // ---- calls

    /** Receives as many datagrams as there are and slots for them; -EAGAIN where there is none. */
    public int receive(int fd) {
        return receive(fd, 0, slots);
    }

    /**
     * Receives into the slots from {@code from} on.
     *
     * @return how many were received, at least 1; -EAGAIN where there is none, or the socket's pending error, such as -ECONNREFUSED
     */
    public int receive(int fd, int from, int count) {
        prepare(from, count);
        int result = Libc.recvmmsg(fd, memory.address() + header(from), count, MSG_DONTWAIT, 0);
        Reference.reachabilityFence(this);
        for (int slot = from; slot < from + result; slot++) {
            isUsed[slot] = true;
            int length = memory.get(JAVA_INT, header(slot) + MESSAGE_LENGTH);
            memory.set(Libc.NATIVE_LONG, vector(slot) + 8, length);
        }
        return result;
    }

    /** Receives one datagram by recvmsg(2). @return its length, or the negative error number */
    public int receiveOne(int fd, int slot) {
        prepare(slot, 1);
        int result = Libc.recvmsg(fd, memory.address() + header(slot), MSG_DONTWAIT);
        Reference.reachabilityFence(this);
        isUsed[slot] = true;
        memory.set(Libc.NATIVE_LONG, vector(slot) + 8, Math.max(result, 0));
        return result;
    }

    /**
     * Sends the slots from {@code from} on, each to its peer, or to the socket's own where that is empty.
     *
     * @return how many were sent, at least 1; where not even the first could be, why
     */
    public int send(int fd, int from, int count) {
        check(from, count);
        int result = Libc.sendmmsg(fd, memory.address() + header(from), count, MSG_DONTWAIT | MSG_NOSIGNAL);
        Reference.reachabilityFence(this);
        return result;
    }

    /** Sends one datagram by sendmsg(2). @return its length, or the negative error number */
    public int sendOne(int fd, int slot) {
        check(slot, 1);
        int result = Libc.sendmsg(fd, memory.address() + header(slot), MSG_DONTWAIT | MSG_NOSIGNAL);
        Reference.reachabilityFence(this);
        return result;
    }

    private void prepare(int from, int count) {
        check(from, count);
        for (int slot = from; slot < from + count; slot++) {
            if (isUsed[slot] || memory.get(JAVA_INT, header(slot) + NAME_LENGTH) != SocketAddressBuffer.SIZE) {
                isUsed[slot] = false;
                long header = header(slot);
                memory.set(JAVA_INT, header + NAME_LENGTH, SocketAddressBuffer.SIZE);
                memory.set(Libc.NATIVE_LONG, header + CONTROL_LENGTH, CONTROL_SIZE);
                memory.set(JAVA_INT, header + FLAGS, 0);
                memory.set(Libc.NATIVE_LONG, vector(slot) + 8, bytesPerSlot);
            }
        }
    }

    private void check(int from, int count) {
        Objects.checkFromIndexSize(from, count, slots);
    }

    // ---- a slot's datagram

    /** A slot's bytes, of which the first {@link #lengthBytes(int)} count. */
    public MemorySegment buffer(int slot) {
        return buffers[slot];
    }

    /** How long the datagram is. */
    public int lengthBytes(int slot) {
        return (int) memory.get(Libc.NATIVE_LONG, vector(slot) + 8);
    }

    /** Sets how much of the buffer is sent. @param bytes 0 to {@link #bytesPerSlot()} */
    public void lengthBytes(int slot, int bytes) {
        Objects.checkFromToIndex(0, bytes, bytesPerSlot);
        isUsed[slot] = true;
        memory.set(Libc.NATIVE_LONG, vector(slot) + 8, bytes);
    }

    /** Whether the datagram received was longer than the buffer. */
    public boolean isTruncated(int slot) {
        return (memory.get(JAVA_INT, header(slot) + FLAGS) & MSG_TRUNC) != 0;
    }

    /** Where the datagram came from, or goes to; empty for a connected socket's own peer. Always the same object for a slot. */
    public SocketAddressBuffer peer(int slot) {
        return peers[slot];
    }

    // ---- the local address

    /** Whether the kernel said which local address the datagram came to; it does where IP_PKTINFO or IPV6_RECVPKTINFO is on. */
    public boolean hasLocal(int slot) {
        return localKind(slot) != 0;
    }

    /** The upper 64 bits of the local address; 0 for IPv4, and where there is none. */
    public long localHigh(int slot) {
        return localKind(slot) == IPV6_PKTINFO ? memory.get(NETWORK_LONG, control(slot) + CMSG_DATA) : 0;
    }

    /** The lower 64 bits of the local address, IPv4 mapped; 0 where there is none. */
    public long localLow(int slot) {
        return switch (localKind(slot)) {
            // struct in_pktinfo: the header's destination address is its third member.
            case IP_PKTINFO ->
                MAPPED_PREFIX | Integer.toUnsignedLong(memory.get(NETWORK_INT, control(slot) + CMSG_DATA + 8));
            case IPV6_PKTINFO -> memory.get(NETWORK_LONG, control(slot) + CMSG_DATA + 8);
            default -> 0;
        };
    }

    /** The number of the interface the datagram came in by; 0 where it is not known. */
    public int localInterface(int slot) {
        return switch (localKind(slot)) {
            case IP_PKTINFO -> memory.get(JAVA_INT, control(slot) + CMSG_DATA);
            case IPV6_PKTINFO -> memory.get(JAVA_INT, control(slot) + CMSG_DATA + 16);
            default -> 0;
        };
    }

    /**
     * The hop limit the datagram came with, TTL over IPv4; -1 where the kernel did not say. It does where IPV6_RECVHOPLIMIT or IP_RECVTTL is on; an IPv4
     * raw socket's datagram begins with the IP header, which tells.
     */
    public int hopLimit(int slot) {
        long left = isUsed[slot] ? memory.get(Libc.NATIVE_LONG, header(slot) + CONTROL_LENGTH) : 0;
        long at = control(slot);
        while (left >= CMSG_DATA) {
            long length = memory.get(Libc.NATIVE_LONG, at);
            if (length < CMSG_DATA || length > left) {
                return -1;
            }
            int level = memory.get(JAVA_INT, at + CMSG_LEVEL);
            int type = memory.get(JAVA_INT, at + CMSG_TYPE);
            boolean isLimit = level == IPPROTO_IPV6 && type == IPV6_HOPLIMIT || level == IPPROTO_IP && type == IP_TTL;
            if (length >= CMSG_DATA + 4 && isLimit) {
                return memory.get(JAVA_INT, at + CMSG_DATA);
            }
            long aligned = length + 7 & -8L;
            at += aligned;
            left -= aligned;
        }
        return -1;
    }

    /** Lets the kernel choose the local address the datagram leaves from. */
    public void clearLocal(int slot) {
        isUsed[slot] = true;
        memory.set(Libc.NATIVE_LONG, header(slot) + CONTROL_LENGTH, 0);
    }

    /**
     * Sets the local address the datagram leaves from. Its peer is set before: an IPv4 peer wants an IPv4 (mapped) local address.
     *
     * @param interfaceIndex the interface it leaves by; 0 for the route's choice
     */
    public void local(int slot, long high, long low, int interfaceIndex) {
        isUsed[slot] = true;
        long control = control(slot);
        boolean isIpv4 = peers[slot].family() == AddressFamily.IPV4;
        memory.set(Libc.NATIVE_LONG, control, CMSG_DATA + (isIpv4 ? IPV4_INFO_SIZE : IPV6_INFO_SIZE));
        memory.set(JAVA_INT, control + CMSG_LEVEL, isIpv4 ? IPPROTO_IP : IPPROTO_IPV6);
        memory.set(JAVA_INT, control + CMSG_TYPE, isIpv4 ? IP_PKTINFO : IPV6_PKTINFO);
        if (isIpv4) {
            memory.set(JAVA_INT, control + CMSG_DATA, interfaceIndex);
            memory.set(NETWORK_INT, control + CMSG_DATA + 4, (int) low);
            memory.set(NETWORK_INT, control + CMSG_DATA + 8, 0);
        } else {
            memory.set(NETWORK_LONG, control + CMSG_DATA, high);
            memory.set(NETWORK_LONG, control + CMSG_DATA + 8, low);
            memory.set(JAVA_INT, control + CMSG_DATA + 16, interfaceIndex);
        }
        memory.set(Libc.NATIVE_LONG, header(slot) + CONTROL_LENGTH, isIpv4 ? 32 : 40);
    }

    /** IP_PKTINFO or IPV6_PKTINFO where the slot's first control message is that, otherwise 0. */
    private int localKind(int slot) {
        if (memory.get(Libc.NATIVE_LONG, header(slot) + CONTROL_LENGTH) < CMSG_DATA + IPV4_INFO_SIZE || !isUsed[slot]) {
            return 0;
        }
        int level = memory.get(JAVA_INT, control(slot) + CMSG_LEVEL);
        int type = memory.get(JAVA_INT, control(slot) + CMSG_TYPE);
        boolean isLocal = level == IPPROTO_IP && type == IP_PKTINFO || level == IPPROTO_IPV6 && type == IPV6_PKTINFO;
        return isLocal ? type : 0;
    }

    private static long header(int slot) {
        return (long) slot * HEADER_SIZE;
    }

    private long vector(int slot) {
        return vectors + (long) slot * VECTOR_SIZE;
    }

    private long control(int slot) {
        return controls + (long) slot * CONTROL_SIZE;
    }
}
