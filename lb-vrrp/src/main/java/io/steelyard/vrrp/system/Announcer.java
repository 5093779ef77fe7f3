package io.steelyard.vrrp.system;

import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.netlink.MacAddress;
import io.steelyard.linux.packet.ArpFrame;
import io.steelyard.linux.packet.FrameSocket;
import io.steelyard.linux.packet.NeighborFrame;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells neighbours who has an address: gratuitous ARP requests and unsolicited neighbour advertisements, and asks them. Paced per interface
 * where the configuration wants it; without pacing all leave at once, as keepalived sends them. Used by the control thread.
 */
final class Announcer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    /** More than 255 addresses five times: what is beyond it is of no use any more. */
    private static final int MOST_WAITING = 4_096;

    private final ControlThread control;
    private final MemorySegment memory = Arena.ofAuto().allocate(128, 8);
    private final ArpFrame arp = new ArpFrame().wrap(memory, 0);
    private final NeighborFrame neighbor = new NeighborFrame().wrap(memory, 0);
    private final Map<Integer, Port> ports = new HashMap<>();

    Announcer(ControlThread control) {
        this.control = control;
    }

    private record Entry(InetAddress address, long hardwareAddress, long pacingNs) {}

    /** One interface: its socket, and what waits for its turn. */
    private final class Port {
        private final FrameSocket socket;
        private final ArrayDeque<Entry> waiting = new ArrayDeque<>();
        private final Timers.Timer timer = control.timer(this::sendNext);
        private long notBeforeNs;

        private Port(FrameSocket socket) {
            this.socket = socket;
            notBeforeNs = control.nowNs();
        }

        private void add(Entry entry) {
            if (waiting.isEmpty() && (entry.pacingNs() == 0 || notBeforeNs - control.nowNs() <= 0)) {
                send(entry);
            } else if (waiting.size() < MOST_WAITING) {
                waiting.add(entry);
                timer.set(notBeforeNs);
            }
        }

        private void sendNext() {
            var entry = waiting.poll();
            if (entry == null) {
                return;
            }
            send(entry);
            if (!waiting.isEmpty()) {
                timer.set(notBeforeNs);
            }
        }

        private void send(Entry entry) {
            notBeforeNs = control.nowNs() + entry.pacingNs();
            long result = socket.send(memory, 0, encode(entry));
            // While the interface is down nobody hears it, and -ENOBUFS is a full queue: the next round repeats it.
            if (result < 0 && result != -Errno.ENETDOWN && result != -Errno.ENOBUFS && result != -Errno.ENXIO) {
                LOG.warn("announcing {} failed: {}", entry.address().getHostAddress(), Errno.text((int) result));
            }
        }
    }

    private int encode(Entry entry) {
        var bytes = ByteBuffer.wrap(entry.address().getAddress());
        return entry.address() instanceof Inet4Address
                ? arp.encodeAnnouncement(entry.hardwareAddress(), bytes.getInt())
                : neighbor.encodeAnnouncement(entry.hardwareAddress(), bytes.getLong(), bytes.getLong(), true);
    }

    /**
     * Announces an address once.
     *
     * @param hardwareAddress who has it: the interface's or the virtual router's
     * @param pacing how long until the next announcement on the interface
     * @throws ErrnoException where the interface has no socket and can have none
     */
    void announce(int interfaceIndex, MacAddress hardwareAddress, InetAddress address, Duration pacing)
            throws ErrnoException {
        port(interfaceIndex).add(new Entry(address, hardwareAddress.bits(), pacing.toNanos()));
    }

    /** Asks whether anybody has an address, without saying who asks (RFC 5227 section 2.1.1, RFC 4862 section 5.4.2). */
    void probe(int interfaceIndex, MacAddress hardwareAddress, InetAddress address) throws ErrnoException {
        var bytes = ByteBuffer.wrap(address.getAddress());
        int length = address instanceof Inet4Address
                ? arp.encodeProbe(hardwareAddress.bits(), bytes.getInt())
                : neighbor.encodeProbe(hardwareAddress.bits(), bytes.getLong(), bytes.getLong());
        port(interfaceIndex).socket.send(memory, 0, length);
    }

    private Port port(int interfaceIndex) throws ErrnoException {
        var known = ports.get(interfaceIndex);
        if (known != null) {
            return known;
        }
        var made = new Port(FrameSocket.forSending(interfaceIndex));
        ports.put(interfaceIndex, made);
        return made;
    }

    /** Forgets what waits to be said on an interface of these addresses: they are ours no more. */
    void forget(int interfaceIndex, java.util.Collection<InetAddress> addresses) {
        var port = ports.get(interfaceIndex);
        if (port != null) {
            port.waiting.removeIf(entry -> addresses.contains(entry.address()));
        }
    }

    /** Closes what belongs to an interface that is gone. */
    void remove(int interfaceIndex) {
        var port = ports.remove(interfaceIndex);
        if (port != null) {
            port.timer.stop();
            port.socket.close();
        }
    }

    @Override
    public void close() {
        for (var port : ports.values()) {
            port.timer.stop();
            port.socket.close();
        }
        ports.clear();
    }
}
