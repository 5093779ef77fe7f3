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
import java.util.HashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells neighbours who has an address: gratuitous ARP requests and unsolicited neighbour advertisements, and asks them. When is
 * not its business. Used by the control thread.
 */
final class Announcer implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Announcer.class);

    private final MemorySegment memory = Arena.ofAuto().allocate(128, 8);
    private final ArpFrame arp = new ArpFrame().wrap(memory, 0);
    private final NeighborFrame neighbor = new NeighborFrame().wrap(memory, 0);
    private final Map<Integer, FrameSocket> sockets = new HashMap<>();

    /**
     * Announces an address once.
     *
     * @param hardwareAddress who has it: the interface's or the virtual router's
     * @throws ErrnoException where the interface has no socket and can have none
     */
    void announce(int interfaceIndex, MacAddress hardwareAddress, InetAddress address) throws ErrnoException {
        var bytes = ByteBuffer.wrap(address.getAddress());
        int length = address instanceof Inet4Address
                ? arp.encodeAnnouncement(hardwareAddress.bits(), bytes.getInt())
                : neighbor.encodeAnnouncement(hardwareAddress.bits(), bytes.getLong(), bytes.getLong(), true);
        send(interfaceIndex, address, length);
    }

    /** Asks whether anybody has an address, without saying who asks (RFC 5227 section 2.1.1, RFC 4862 section 5.4.2). */
    void probe(int interfaceIndex, MacAddress hardwareAddress, InetAddress address) throws ErrnoException {
        var bytes = ByteBuffer.wrap(address.getAddress());
        int length = address instanceof Inet4Address
                ? arp.encodeProbe(hardwareAddress.bits(), bytes.getInt())
                : neighbor.encodeProbe(hardwareAddress.bits(), bytes.getLong(), bytes.getLong());
        send(interfaceIndex, address, length);
    }

    private void send(int interfaceIndex, InetAddress address, int length) throws ErrnoException {
        long result = socket(interfaceIndex).send(memory, 0, length);
        // While the interface is down nobody hears it, and -ENOBUFS is a full queue: the next round repeats it.
        if (result < 0 && result != -Errno.ENETDOWN && result != -Errno.ENOBUFS && result != -Errno.ENXIO) {
            LOG.warn("announcing {} failed: {}", address.getHostAddress(), Errno.text((int) result));
        }
    }

    private FrameSocket socket(int interfaceIndex) throws ErrnoException {
        var known = sockets.get(interfaceIndex);
        if (known != null) {
            return known;
        }
        var made = FrameSocket.forSending(interfaceIndex);
        sockets.put(interfaceIndex, made);
        return made;
    }

    /** Closes what belongs to an interface that is gone. */
    void remove(int interfaceIndex) {
        var socket = sockets.remove(interfaceIndex);
        if (socket != null) {
            socket.close();
        }
    }

    @Override
    public void close() {
        sockets.values().forEach(FrameSocket::close);
        sockets.clear();
    }
}
