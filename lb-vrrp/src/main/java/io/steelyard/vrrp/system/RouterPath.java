package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.vrrp.wire.AdvertEncoder;
import io.steelyard.vrrp.wire.PeerChecksums;
import io.steelyard.vrrp.wire.RouterSecrets;
import java.lang.foreign.Arena;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A virtual router's way to the others, from one source address by one interface: encodes adverts and sends them to the group or to each peer.
 * Sending allocates nothing. Used by the control thread.
 */
final class RouterPath implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouterPath.class);
    private static final long MAPPED_PREFIX = 0x0000_FFFF_0000_0000L;

    private final VirtualRouter router;
    private final int interfaceIndex;
    private final InetAddress source;
    private final AdvertPorts ports;
    private final AdvertPorts.Hearer hearer;
    private final AdvertPorts.Port port;
    private final int advertised;
    private final AdvertEncoder encoder;
    private final long sourceHigh;
    private final long sourceLow;

    /** The group, or each peer: upper and lower halves in turn. */
    private final long[] targets;

    private int lastError;

    RouterPath(
            VirtualRouter router,
            RouterSecrets secrets,
            int interfaceIndex,
            int mtu,
            InetAddress source,
            AdvertPorts ports,
            AdvertPorts.Hearer hearer)
            throws ErrnoException {
        this.router = router;
        this.interfaceIndex = interfaceIndex;
        this.source = source;
        this.ports = ports;
        this.hearer = hearer;
        boolean isIpv6 = router.family() == AddressFamily.IPV6;
        int protocol = router.authentication() instanceof Authentication.Header
                ? AdvertPorts.PROTOCOL_AUTHENTICATION
                : AdvertPorts.PROTOCOL_VRRP;
        var group = group(router);
        advertised = AdvertEncoder.advertised(router, mtu);
        if (advertised < router.addresses().size()) {
            LOG.warn(
                    "virtual router '{}': {} of {} addresses fit into adverts where the MTU is {}; the rest is not advertised",
                    router.name(),
                    advertised,
                    router.addresses().size(),
                    mtu);
        }
        encoder = new AdvertEncoder(router, advertised, secrets, source, Arena.ofAuto());
        sourceHigh = high(source);
        sourceLow = low(source);
        List<InetAddress> all = router.transport() instanceof AdvertTransport.Unicast unicast
                ? unicast.peers().stream()
                        .map(AdvertTransport.UnicastPeer::address)
                        .toList()
                : List.of(group.orElseThrow());
        targets = new long[all.size() * 2];
        for (int i = 0; i < all.size(); i++) {
            targets[2 * i] = high(all.get(i));
            targets[2 * i + 1] = low(all.get(i));
        }
        // Over IPv4 the limit stands in the packet.
        int hopLimit = isIpv6 && router.transport() instanceof AdvertTransport.Unicast unicast
                ? unicast.ttl()
                : AdvertPorts.HOP_LIMIT;
        port = ports.open(new AdvertPorts.Key(interfaceIndex, isIpv6, protocol, group, hopLimit), hearer);
    }

    /** Where multicast adverts go; empty for unicast. */
    private static Optional<InetAddress> group(VirtualRouter router) {
        if (!(router.transport() instanceof AdvertTransport.Multicast multicast)) {
            return Optional.empty();
        }
        byte[] standard = new byte[router.family() == AddressFamily.IPV6 ? 16 : 4];
        if (standard.length == 4) {
            standard[0] = (byte) 224;
        } else {
            standard[0] = (byte) 0xFF;
            standard[1] = 2;
        }
        standard[standard.length - 1] = 18;
        return Optional.of(multicast.group().orElseGet(() -> inet(standard)));
    }

    boolean isFor(int otherInterface, int mtu, InetAddress otherSource) {
        return interfaceIndex == otherInterface
                && source.equals(otherSource)
                && AdvertEncoder.advertised(router, mtu) == advertised;
    }

    /** How many of the router's addresses are in its adverts, from the first on. */
    int advertised() {
        return advertised;
    }

    int interfaceIndex() {
        return interfaceIndex;
    }

    InetAddress source() {
        return source;
    }

    /** Adverts to peers have checksums as those have. */
    void follow(PeerChecksums heard) {
        encoder.follow(heard);
    }

    /** Sends an advert to all. What cannot be sent is logged once for each kind of error. */
    void send(int priority) {
        encoder.prepare(priority, System.currentTimeMillis() * 1_000_000L);
        for (int at = 0; at < targets.length; at += 2) {
            int length = encoder.addressTo(targets[at], targets[at + 1]);
            int sent =
                    port.socket().send(encoder.memory(), length, sourceHigh, sourceLow, targets[at], targets[at + 1]);
            if (sent < 0 && sent != lastError) {
                LOG.warn("virtual router '{}': sending adverts: {}", router.name(), Errno.text(sent));
            }
            lastError = Math.min(sent, 0);
        }
    }

    static long high(InetAddress address) {
        var bytes = address.getAddress();
        return bytes.length == 4 ? 0 : ByteBuffer.wrap(bytes).getLong();
    }

    static long low(InetAddress address) {
        var bytes = address.getAddress();
        return bytes.length == 4
                ? MAPPED_PREFIX | Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt())
                : ByteBuffer.wrap(bytes).getLong(8);
    }

    /** The address of two halves. */
    static InetAddress inet(long high, long low) {
        boolean isIpv4 = high == 0 && low >>> 32 == 0xFFFF;
        return inet(
                isIpv4
                        ? ByteBuffer.allocate(4).putInt((int) low).array()
                        : ByteBuffer.allocate(16).putLong(high).putLong(low).array());
    }

    static InetAddress inet(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (java.net.UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    @Override
    public void close() {
        ports.release(port, hearer);
    }
}
