package io.steelyard.vrrp.system;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.steelyard.api.vrrp.SplitBrainDefence.HeartbeatPath;
import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import io.steelyard.linux.SocketOption;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One path's UDP socket. It opens when its interface is there, and anew when that is another; its address need not be there yet. Used by the control
 * thread.
 */
final class HeartbeatSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatSocket.class);
    private static final int CLOSED = -1;
    private static final int MOST_READS = 16;
    private static final int ON = 1;

    private final HeartbeatPath path;
    private final ControlThread control;
    private final InterfaceState interfaces;
    private final Consumer<byte[]> onDatagram;
    private final DatagramBatch incoming = DatagramBatch.allocate(1, DatagramBatch.MAX_DATAGRAM_BYTES);
    private final DatagramBatch outgoing = DatagramBatch.allocate(1, DatagramBatch.MAX_DATAGRAM_BYTES);
    private int fd = CLOSED;
    private int tag;
    private int interfaceIndex;
    private String problem = "";
    private int lastError;

    HeartbeatSocket(HeartbeatPath path, ControlThread control, InterfaceState interfaces, Consumer<byte[]> onDatagram) {
        this.path = path;
        this.control = control;
        this.interfaces = interfaces;
        this.onDatagram = onDatagram;
    }

    String name() {
        return path.name();
    }

    /** Opens it where it can be, and closes it where its interface is gone. */
    void look() {
        int wanted = path.interfaceName()
                .map(name -> interfaces.link(name).map(link -> link.index()).orElse(CLOSED))
                .orElse(0);
        if (fd != CLOSED && wanted == interfaceIndex) {
            return;
        }
        close();
        if (wanted == CLOSED) {
            tell("there is no interface " + path.interfaceName().orElse(""));
            return;
        }
        try {
            open(wanted);
            problem = "";
        } catch (ErrnoException failed) {
            close();
            tell(String.valueOf(failed.getMessage()));
        }
    }

    private void tell(String text) {
        if (!text.equals(problem)) {
            problem = text;
            LOG.warn("heartbeat path '{}': {}", path.name(), text);
        }
    }

    private void open(int wanted) throws ErrnoException {
        boolean isIpv6 = path.local().getAddress() instanceof Inet6Address;
        fd = Errno.check(Linux.udpSocket(isIpv6), "socket");
        // The address may come later than this process.
        Errno.check(
                Linux.set(fd, isIpv6 ? SocketOption.IPV6_FREEBIND : SocketOption.IP_FREEBIND, ON),
                "setsockopt(IP_FREEBIND)");
        if (wanted != 0) {
            Errno.check(Linux.set(fd, SocketOption.SO_BINDTOIFINDEX, wanted), "setsockopt(SO_BINDTOIFINDEX)");
        }
        var local = SocketAddressBuffer.allocate();
        local.set(path.local().getAddress(), path.local().getPort());
        Errno.check(Linux.bind(fd, local), "bind to " + path.local());
        interfaceIndex = wanted;
        tag = control.watch(fd, this::read);
        isWatched = true;
    }

    private boolean isWatched;

    private void read() {
        for (int reads = 0; reads < MOST_READS && fd != CLOSED; reads++) {
            int length = incoming.receiveOne(fd, 0);
            if (length < 0) {
                // Nothing left, or what an earlier datagram was answered with, such as that nobody listens: reading has
                // cleared it.
                return;
            }
            if (!incoming.isTruncated(0)) {
                onDatagram.accept(incoming.buffer(0).asSlice(0, length).toArray(JAVA_BYTE));
            }
        }
    }

    /** Sends it to all peers. What cannot be sent is told once for each kind of error. */
    void send(byte[] datagram) {
        if (fd == CLOSED) {
            return;
        }
        MemorySegment.copy(datagram, 0, outgoing.buffer(0), JAVA_BYTE, 0, datagram.length);
        for (var peer : path.peers()) {
            outgoing.peer(0).set(peer.getAddress(), peer.getPort());
            outgoing.clearLocal(0);
            outgoing.lengthBytes(0, datagram.length);
            int sent = outgoing.sendOne(fd, 0);
            boolean isRefused = sent == -Errno.ECONNREFUSED || sent == -Errno.EAGAIN;
            if (sent < 0 && !isRefused && sent != lastError) {
                LOG.warn("heartbeat path '{}' to {}: {}", path.name(), peer, Errno.text(sent));
            }
            lastError = Math.min(sent, 0);
        }
    }

    @Override
    public void close() {
        if (fd == CLOSED) {
            return;
        }
        if (isWatched) {
            control.unwatch(tag, fd);
            isWatched = false;
        }
        Linux.close(fd);
        fd = CLOSED;
    }
}
