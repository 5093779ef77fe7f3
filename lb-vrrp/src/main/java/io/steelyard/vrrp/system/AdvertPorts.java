package io.steelyard.vrrp.system;

import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.packet.RawSocket;
import io.steelyard.vrrp.wire.ReceivedPacket;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The sockets adverts leave and arrive by: one for each interface, family, protocol and group, shared by the virtual routers that need the same.
 * What arrives goes to the router of its number. Used by the control thread; sending and receiving allocates nothing.
 */
final class AdvertPorts implements AutoCloseable {
    static final int PROTOCOL_VRRP = 112;
    static final int PROTOCOL_AUTHENTICATION = 51;

    private static final Logger LOG = LoggerFactory.getLogger(AdvertPorts.class);

    /** How often one wake-up reads a socket, {@link RawSocket#MOST_PACKETS} packets each time. */
    private static final int MOST_READS = 8;

    static final int HOP_LIMIT = 255;
    private static final int CS6 = 0xC0;

    private final ControlThread control;
    private final Map<Key, Port> ports = new HashMap<>();

    AdvertPorts(ControlThread control) {
        this.control = control;
    }

    /** What a socket is for. @param group absent for unicast @param hopLimit of what is sent over IPv6 */
    record Key(int interfaceIndex, boolean isIpv6, int protocol, Optional<InetAddress> group, int hopLimit) {}

    /** Gets what arrives for its virtual router. */
    interface Hearer {
        int virtualRouterId();

        /** Whether the sender is a peer. Where routers share a number, a packet is for those whose peer sent it, or for all if it is nobody's. */
        boolean isFromPeer(ReceivedPacket packet);

        void heard(ReceivedPacket packet);

        /** It is for a virtual router that is not here. */
        void overheard(ReceivedPacket packet);
    }

    /** One socket and who listens at it. */
    final class Port {
        private final Key key;
        private final RawSocket socket;
        private final int tag;
        private final List<Hearer> hearers = new ArrayList<>();
        private final ReceivedPacket packet = new ReceivedPacket();

        private Port(Key key, RawSocket socket) throws ErrnoException {
            this.key = key;
            this.socket = socket;
            tag = control.watch(socket.fd(), this::read);
        }

        RawSocket socket() {
            return socket;
        }

        private void read() {
            for (int reads = 0; reads < MOST_READS; reads++) {
                int count = socket.receive();
                if (count <= 0) {
                    // -EAGAIN, or the interface's going down, which reading has cleared.
                    if (count != -Errno.EAGAIN && count != -Errno.ENETDOWN && count != -Errno.EINTR) {
                        LOG.warn("receiving adverts: {}", Errno.text(count));
                    }
                    return;
                }
                for (int slot = 0; slot < count; slot++) {
                    take(slot);
                }
                if (count < RawSocket.MOST_PACKETS) {
                    return;
                }
            }
        }

        private void take(int slot) {
            if (key.isIpv6()) {
                packet.ipv6(
                        socket.payload(slot),
                        0,
                        socket.receivedLength(slot),
                        socket.sourceHigh(slot),
                        socket.sourceLow(slot),
                        socket.destinationHigh(slot),
                        socket.destinationLow(slot),
                        socket.hopLimit(slot));
            } else {
                packet.ipv4(socket.payload(slot), 0, socket.receivedLength(slot));
            }
            int virtualRouterId = packet.virtualRouterId();
            boolean isKnown = false;
            boolean isFromPeer = false;
            for (int i = 0; i < hearers.size(); i++) {
                if (hearers.get(i).virtualRouterId() == virtualRouterId) {
                    isKnown = true;
                    isFromPeer |= hearers.get(i).isFromPeer(packet);
                }
            }
            for (int i = 0; i < hearers.size(); i++) {
                var hearer = hearers.get(i);
                if (hearer.virtualRouterId() == virtualRouterId && hearer.isFromPeer(packet) == isFromPeer) {
                    hearer.heard(packet);
                }
            }
            if (!isKnown) {
                for (int i = 0; i < hearers.size(); i++) {
                    hearers.get(i).overheard(packet);
                }
            }
        }
    }

    /**
     * Opens a port, or shares the one there is.
     *
     * @throws ErrnoException with what failed, such as the missing privilege
     */
    Port open(Key key, Hearer hearer) throws ErrnoException {
        var port = ports.get(key);
        if (port == null) {
            var socket = RawSocket.open(new RawSocket.Options(
                    key.isIpv6(), key.protocol(), key.interfaceIndex(), key.group(), key.hopLimit(), CS6, -1));
            try {
                port = new Port(key, socket);
            } catch (ErrnoException failed) {
                socket.close();
                throw failed;
            }
            ports.put(key, port);
        }
        port.hearers.add(hearer);
        return port;
    }

    /** Ends a hearer's use of a port, and closes it with its last. */
    void release(Port port, Hearer hearer) {
        port.hearers.remove(hearer);
        if (port.hearers.isEmpty() && ports.remove(port.key, port)) {
            close(port);
        }
    }

    private void close(Port port) {
        control.unwatch(port.tag, port.socket.fd());
        port.socket.close();
    }

    @Override
    public void close() {
        ports.values().forEach(this::close);
        ports.clear();
    }
}
