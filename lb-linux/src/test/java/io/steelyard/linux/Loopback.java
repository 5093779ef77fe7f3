package io.steelyard.linux;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Sockets of one test on the loopback interface, closed with it. */
final class Loopback implements AutoCloseable {
    static final InetAddress IPV4 = address("127.0.0.1");
    static final InetAddress IPV6 = address("::1");

    private final List<Integer> open = new ArrayList<>();
    private final MemorySegment buffer = Arena.ofAuto().allocate(65_536, 8);

    static InetAddress address(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (java.net.UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    static SocketAddressBuffer at(InetAddress address, int port) {
        var buffer = SocketAddressBuffer.allocate();
        buffer.set(address, port);
        return buffer;
    }

    int own(int fd) {
        ok(fd);
        open.add(fd);
        return fd;
    }

    void close(int fd) {
        open.remove((Integer) fd);
        ok(Linux.close(fd));
    }

    static long ok(long result) {
        if (result < 0) {
            throw new AssertionError(Errno.text((int) result));
        }
        return result;
    }

    int listener(InetAddress address) {
        int fd = own(Linux.tcpSocket(address instanceof java.net.Inet6Address));
        ok(Linux.bind(fd, at(address, 0)));
        ok(Linux.listen(fd, 16));
        return fd;
    }

    int udp(InetAddress address) {
        int fd = own(Linux.udpSocket(address instanceof java.net.Inet6Address));
        ok(Linux.bind(fd, at(address, 0)));
        return fd;
    }

    static SocketAddressBuffer local(int fd) {
        var buffer = SocketAddressBuffer.allocate();
        ok(Linux.localAddress(fd, buffer));
        return buffer;
    }

    /** A connected pair: the client's end, the server's end. */
    int[] pair() {
        int listener = listener(IPV4);
        int client = own(Linux.tcpSocket(false));
        int result = Linux.connect(client, local(listener));
        if (result != 0 && result != -Errno.EINPROGRESS) {
            ok(result);
        }
        await(listener, Linux.POLLIN);
        int server = own(Linux.accept(listener, SocketAddressBuffer.allocate()));
        await(client, Linux.POLLOUT);
        close(listener);
        return new int[] {client, server};
    }

    static int await(int fd, int events) {
        int ready = Linux.poll(fd, events, 5_000);
        if (ready <= 0) {
            throw new AssertionError("descriptor was not ready within 5 s: " + ready);
        }
        return ready;
    }

    void send(int fd, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, 0, bytes.length);
        if (ok(Linux.send(fd, buffer, 0, bytes.length)) != bytes.length) {
            throw new AssertionError("not all was sent");
        }
    }

    /** What comes next; empty at the end. */
    String receive(int fd) {
        await(fd, Linux.POLLIN);
        return text(buffer, (int) ok(Linux.recv(fd, buffer, 0, buffer.byteSize())));
    }

    static String text(MemorySegment memory, int length) {
        return new String(memory.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    static void put(DatagramBatch batch, int slot, String text) {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        MemorySegment.copy(bytes, 0, batch.buffer(slot), ValueLayout.JAVA_BYTE, 0, bytes.length);
        batch.lengthBytes(slot, bytes.length);
    }

    static String text(DatagramBatch batch, int slot) {
        return text(batch.buffer(slot), batch.lengthBytes(slot));
    }

    @Override
    public void close() {
        open.forEach(Linux::close);
    }
}
