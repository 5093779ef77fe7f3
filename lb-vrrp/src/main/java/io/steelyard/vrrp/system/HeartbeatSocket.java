package io.steelyard.vrrp.system;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.steelyard.api.vrrp.SplitBrainDefence.HeartbeatPath;
import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketOption;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One path's UDP socket. It opens when its interface is there, and anew when that is another; its address need not be there yet. Used by the control
 * thread.
 */
final class HeartbeatSocket implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HeartbeatSocket.class);
    private static final int ON = 1;

    /** In place of an interface's number. */
    private static final int GONE = -1;

    private final HeartbeatPath path;
    private final ControlThread control;
    private final InterfaceState interfaces;
    private final Consumer<byte[]> onDatagram;
    private final DatagramBatch incoming = DatagramBatch.allocate(1, DatagramBatch.MAX_DATAGRAM_BYTES);
    private final DatagramBatch outgoing = DatagramBatch.allocate(1, DatagramBatch.MAX_DATAGRAM_BYTES);
    private @Nullable WatchedSocket socket;
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
                .map(name -> interfaces.link(name).map(link -> link.index()).orElse(GONE))
                .orElse(0);
        if (socket != null && wanted == interfaceIndex) {
            return;
        }
        close();
        if (wanted == GONE) {
            tell("there is no interface " + path.interfaceName().orElse(""));
            return;
        }
        try {
            socket = WatchedSocket.open(path.local(), fd -> prepare(fd, wanted), control, incoming, this::received);
            interfaceIndex = wanted;
            problem = "";
        } catch (ErrnoException failed) {
            tell(String.valueOf(failed.getMessage()));
        }
    }

    private void tell(String text) {
        if (!text.equals(problem)) {
            problem = text;
            LOG.warn("heartbeat path '{}': {}", path.name(), text);
        }
    }

    private void prepare(int fd, int wanted) throws ErrnoException {
        boolean isIpv6 = path.local().getAddress() instanceof Inet6Address;
        // The address may come later than this process.
        Errno.check(
                Linux.set(fd, isIpv6 ? SocketOption.IPV6_FREEBIND : SocketOption.IP_FREEBIND, ON),
                "setsockopt(IP_FREEBIND)");
        if (wanted != 0) {
            Errno.check(Linux.set(fd, SocketOption.SO_BINDTOIFINDEX, wanted), "setsockopt(SO_BINDTOIFINDEX)");
        }
    }

    private void received(int length) {
        if (!incoming.isTruncated(0)) {
            onDatagram.accept(incoming.buffer(0).asSlice(0, length).toArray(JAVA_BYTE));
        }
    }

    /** Sends it to all peers. What cannot be sent is told once for each kind of error. */
    void send(byte[] datagram) {
        var open = socket;
        if (open == null) {
            return;
        }
        MemorySegment.copy(datagram, 0, outgoing.buffer(0), JAVA_BYTE, 0, datagram.length);
        for (var peer : path.peers()) {
            outgoing.peer(0).set(peer.getAddress(), peer.getPort());
            outgoing.clearLocal(0);
            outgoing.lengthBytes(0, datagram.length);
            int sent = outgoing.sendOne(open.fd(), 0);
            boolean isRefused = sent == -Errno.ECONNREFUSED || sent == -Errno.EAGAIN;
            if (sent < 0 && !isRefused && sent != lastError) {
                LOG.warn("heartbeat path '{}' to {}: {}", path.name(), peer, Errno.text(sent));
            }
            lastError = Math.min(sent, 0);
        }
    }

    @Override
    public void close() {
        var open = socket;
        socket = null;
        if (open != null) {
            open.close();
        }
    }
}
