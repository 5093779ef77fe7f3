package io.steelyard.bench.relay;

import io.steelyard.core.loop.DataLoop;
import io.steelyard.core.loop.FdHandler;
import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.loop.LoopGroup;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A loop that does recv(2) on one socket, send(2) on the other, and nothing else. */
final class BareCalls implements Relay.Middle {
    private static final int BUFFER_BYTES = 16 << 10;
    private static final int TIMEOUT_MS = 10_000;

    private final LoopGroup loops = LoopGroup.start(1);
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES);
    private final SocketAddressBuffer address = SocketAddressBuffer.allocate();
    private final boolean isTcp;
    private final int front;
    private final int back;

    private BareCalls(boolean isTcp, InetSocketAddress target) throws IOException {
        this.isTcp = isTcp;
        front = open();
        address.set(InetAddress.getLoopbackAddress(), 0);
        check("bind", Linux.bind(front, address));
        if (isTcp) {
            check("listen", Linux.listen(front, 1));
        }
        back = open();
        address.set(target.getAddress(), target.getPort());
        int result = Linux.connect(back, address);
        if (result != -Errno.EINPROGRESS) {
            check("connect", result);
        }
        Linux.poll(back, Linux.POLLOUT, TIMEOUT_MS);
        check("connect", -Linux.socketError(back));
    }

    /** Between two TCP connections. */
    static BareCalls tcp(InetSocketAddress target) throws IOException {
        return new BareCalls(true, target);
    }

    /** Between two connected UDP sockets. */
    static BareCalls udp(InetSocketAddress target) throws IOException {
        return new BareCalls(false, target);
    }

    private int open() throws IOException {
        return check("socket", isTcp ? Linux.tcpSocket(false) : Linux.udpSocket(false));
    }

    @Override
    public InetSocketAddress address() {
        Linux.localAddress(front, address);
        return address.inetSocketAddress();
    }

    @Override
    public void onClient(InetSocketAddress client) throws IOException {
        int from = front;
        if (isTcp) {
            Linux.poll(front, Linux.POLLIN, TIMEOUT_MS);
            from = check("accept", Linux.accept(front, address));
            Linux.close(front);
            Linux.tcpNoDelay(from);
            Linux.tcpNoDelay(back);
        } else {
            address.set(client.getAddress(), client.getPort());
            check("connect", Linux.connect(from, address));
        }
        int clientSide = from;
        var loop = loops.loops().getFirst();
        loop.call(() -> {
                    relay(loop, clientSide, back);
                    relay(loop, back, clientSide);
                    return true;
                })
                .join();
    }

    private void relay(DataLoop loop, int from, int to) {
        FdHandler handler = ready -> {
            long count = Linux.recv(from, buffer, 0, BUFFER_BYTES);
            if (count > 0) {
                Linux.send(to, buffer, 0, count);
            } else if (count != -Errno.EAGAIN) {
                throw new IllegalStateException("the connection has ended");
            }
        };
        loop.register(from, handler).interest(FdRegistration.READABLE);
    }

    private static int check(String call, int result) throws IOException {
        if (result < 0) {
            throw new IOException(call + ": errno " + -result);
        }
        return result;
    }

    @Override
    public void close() {
        loops.close();
    }
}
