package io.steelyard.vrrp.system;

import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.function.IntConsumer;

/** A bound UDP socket that the control thread reads whenever something is there, from the time it is opened. Used by that thread. */
final class WatchedSocket implements AutoCloseable {
    private static final int MOST_READS = 64;

    private final ControlThread control;
    private final DatagramBatch incoming;
    private final IntConsumer onDatagram;
    private final int fd;
    private int tag;
    private boolean isOpen = true;

    /** Sets what a socket needs before it is bound. */
    interface Options {
        void set(int fd) throws ErrnoException;
    }

    private WatchedSocket(int fd, ControlThread control, DatagramBatch incoming, IntConsumer onDatagram) {
        this.fd = fd;
        this.control = control;
        this.incoming = incoming;
        this.onDatagram = onDatagram;
    }

    /**
     * Opens one.
     *
     * @param incoming where each datagram is put, in its first place
     * @param onDatagram told of its length in bytes
     * @throws ErrnoException where the system refuses; nothing is open then
     */
    static WatchedSocket open(
            InetSocketAddress local,
            Options options,
            ControlThread control,
            DatagramBatch incoming,
            IntConsumer onDatagram)
            throws ErrnoException {
        int fd = Errno.check(Linux.udpSocket(local.getAddress() instanceof Inet6Address), "socket");
        try {
            options.set(fd);
            var address = SocketAddressBuffer.allocate();
            address.set(local.getAddress(), local.getPort());
            Errno.check(Linux.bind(fd, address), "bind to " + local);
            var socket = new WatchedSocket(fd, control, incoming, onDatagram);
            socket.tag = control.watch(fd, socket::read);
            return socket;
        } catch (ErrnoException failed) {
            Linux.close(fd);
            throw failed;
        }
    }

    int fd() {
        return fd;
    }

    /** Takes a fair number, and the rest at the next turn. An error is what an earlier datagram was answered with, and reading has cleared it. */
    private void read() {
        for (int reads = 0; reads < MOST_READS && isOpen; reads++) {
            int length = incoming.receiveOne(fd, 0);
            if (length < 0) {
                return;
            }
            onDatagram.accept(length);
        }
    }

    @Override
    public void close() {
        if (isOpen) {
            isOpen = false;
            control.unwatch(tag, fd);
            Linux.close(fd);
        }
    }
}
