package io.steelyard.linux.packet;

import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import io.steelyard.linux.SocketFilter;
import io.steelyard.linux.SocketOption;
import java.lang.foreign.MemorySegment;

/**
 * Sends and receives frames of one interface (packet(7)). Used by one thread; sending and receiving allocates nothing.
 *
 * <p>An interface that goes down makes the descriptor ready with an error until {@link #receive} has read it, so that who waits for the
 * descriptor must read it whatever is reported.
 */
public final class FrameSocket implements AutoCloseable {
    private static final int ALL_TYPES_NONE = 0;

    private final int fd;

    private FrameSocket(int fd) {
        this.fd = fd;
    }

    /**
     * A socket that only sends. Needs CAP_NET_RAW.
     *
     * @throws ErrnoException with what failed
     */
    public static FrameSocket forSending(int interfaceIndex) throws ErrnoException {
        return open(interfaceIndex, ALL_TYPES_NONE, null);
    }

    /**
     * A socket that receives frames of one type for which the filter holds, but none that this host sends. Needs CAP_NET_RAW.
     *
     * @param etherType such as {@link ArpFrame#ETHER_TYPE}
     * @throws ErrnoException with what failed
     */
    public static FrameSocket open(
            int interfaceIndex, int etherType, @org.jspecify.annotations.Nullable SocketFilter filter)
            throws ErrnoException {
        int fd = Errno.check(Linux.packetSocket(), "packet socket for interface " + interfaceIndex);
        var socket = new FrameSocket(fd);
        try {
            if (filter != null) {
                Errno.check(Linux.attachFilter(fd, filter), "filter of a packet socket");
            }
            Errno.check(Linux.set(fd, SocketOption.PACKET_IGNORE_OUTGOING, 1), "PACKET_IGNORE_OUTGOING");
            var local = SocketAddressBuffer.allocate();
            local.setPacket(etherType, interfaceIndex);
            Errno.check(Linux.bind(fd, local), "bind packet socket to interface " + interfaceIndex);
            return socket;
        } catch (ErrnoException failed) {
            socket.close();
            throw failed;
        }
    }

    /** The descriptor to wait for. */
    public int fd() {
        return fd;
    }

    /**
     * Sends a frame.
     *
     * @return its length, or the negative error number: -ENETDOWN while the interface is down, -ENOBUFS where its queue is full
     */
    public long send(MemorySegment memory, long offset, long length) {
        return Linux.send(fd, memory, offset, length);
    }

    /**
     * Receives a frame.
     *
     * @return its length, -EAGAIN where there is none, or another error number, such as -ENETDOWN once when the interface went down
     */
    public long receive(MemorySegment memory, long offset, long length) {
        return Linux.recv(fd, memory, offset, length, Linux.MSG_DONTWAIT);
    }

    @Override
    public void close() {
        Linux.close(fd);
    }
}
