package io.steelyard.api.vrrp;

import java.net.InetAddress;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/** How adverts reach the other routers. */
public sealed interface AdvertTransport {
    /**
     * One packet to all, with a TTL or hop limit of 255; what arrives with less is dropped (RFC 9568 section 5.1.1.3).
     *
     * @param group absent for 224.0.0.18 and ff02::12
     */
    record Multicast(Optional<InetAddress> group) implements AdvertTransport {
        public Multicast {
            Objects.requireNonNull(group, "group");
            group.filter(address -> !address.isMulticastAddress()).ifPresent(address -> {
                throw new IllegalArgumentException(address.getHostAddress() + " is no multicast address");
            });
        }

        /** To the group of the RFC. */
        public static Multicast standard() {
            return new Multicast(Optional.empty());
        }
    }

    /**
     * A packet to each peer, for networks without multicast (keepalived {@code unicast_peer}). Whether the TTL is looked at is each peer's own
     * rule.
     *
     * @param peers the other routers; none only where {@code faultWithoutPeers} says what then holds
     * @param ttl of what is sent, 1 to 255
     * @param checksSource whether adverts of others than the peers are dropped (keepalived {@code check_unicast_src})
     * @param faultWithoutPeers a router with no peers is in FAULT (keepalived {@code unicast_fault_no_peer}); else it is alone
     */
    record Unicast(List<UnicastPeer> peers, int ttl, boolean checksSource, boolean faultWithoutPeers)
            implements AdvertTransport {
        public Unicast {
            peers = List.copyOf(peers);
            if (ttl < 1 || ttl > 255) {
                throw new IllegalArgumentException("unicast TTL is " + ttl + ", expected 1 to 255");
            }
        }

        /** TTL 255, anybody is listened to. */
        public static Unicast to(InetAddress... peers) {
            return new Unicast(List.of(peers).stream().map(UnicastPeer::of).toList(), 255, false, false);
        }
    }

    /**
     * One of the other routers.
     *
     * @param address where it is
     * @param leastTtl what arrives from it with less is dropped, 0 to 255
     * @param mostTtl what arrives from it with more is dropped, 0 to 255
     */
    record UnicastPeer(InetAddress address, int leastTtl, int mostTtl) {
        public UnicastPeer {
            Objects.requireNonNull(address, "address");
            if (leastTtl < 0 || leastTtl > mostTtl || mostTtl > 255) {
                throw new IllegalArgumentException(
                        "TTL " + leastTtl + " to " + mostTtl + " is out of range; expected 0 to 255 in order");
            }
        }

        /** Any TTL. */
        public static UnicastPeer of(InetAddress address) {
            return new UnicastPeer(address, 0, 255);
        }
    }
}
