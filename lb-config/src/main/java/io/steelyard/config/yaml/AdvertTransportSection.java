package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.AdvertTransport;
import io.steelyard.api.vrrp.AdvertTransport.Unicast;
import io.steelyard.api.vrrp.AdvertTransport.UnicastPeer;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** {@link AdvertTransport}. */
final class AdvertTransportSection extends Section<AdvertTransport> {
    private final Key<AdvertTransport, InetAddress> group = absent(
            "group",
            Endpoints.address(),
            transport ->
                    transport instanceof AdvertTransport.Multicast multicast ? multicast.group() : Optional.empty(),
            "224.0.0.18 or ff02::12",
            "The multicast group.");
    private final Key<AdvertTransport, List<UnicastPeer>> peers = absent(
            "peers",
            Forms.list(Forms.shortened(new PeerSection(), "address")),
            transport -> unicast(transport).map(Unicast::peers),
            "multicast",
            "The other routers, each of which gets a packet of its own.");
    private final Key<AdvertTransport, Integer> ttl =
            unicastKey("ttl", Forms.whole(1, 255), Unicast::ttl, 255, "Of what is sent to peers.");
    private final Key<AdvertTransport, Boolean> checksSource = unicastKey(
            "checksSource",
            Forms.flag(),
            Unicast::checksSource,
            false,
            "Adverts of others than the peers are dropped.");
    private final Key<AdvertTransport, Boolean> faultWithoutPeers = unicastKey(
            "faultWithoutPeers",
            Forms.flag(),
            Unicast::faultWithoutPeers,
            false,
            "With no peers the router is in FAULT, else it is alone.");

    AdvertTransportSection() {
        super("advert transport");
    }

    private static Optional<Unicast> unicast(AdvertTransport transport) {
        return transport instanceof Unicast unicast ? Optional.of(unicast) : Optional.empty();
    }

    private <V> Key<AdvertTransport, V> unicastKey(
            String name, Form<V> form, Function<Unicast, V> getter, V fallback, String description) {
        return absent(
                name,
                form,
                transport -> unicast(transport).map(getter).filter(value -> !value.equals(fallback)),
                "`" + fallback + "`",
                description);
    }

    @Override
    AdvertTransport make(Values values) {
        if (values.find(peers).isEmpty()) {
            return new AdvertTransport.Multicast(values.find(group));
        }
        if (values.find(group).isPresent()) {
            throw new IllegalArgumentException("adverts go to a group or to peers, not to both");
        }
        return new Unicast(
                values.get(peers),
                values.or(ttl, 255),
                values.or(checksSource, false),
                values.or(faultWithoutPeers, false));
    }

    /** {@link UnicastPeer}. */
    static final class PeerSection extends Section<UnicastPeer> {
        private final Key<UnicastPeer, InetAddress> address =
                required("address", Endpoints.address(), UnicastPeer::address, "Where it is.");
        private final Key<UnicastPeer, Integer> leastTtl = optional(
                "leastTtl",
                Forms.whole(0, 255),
                UnicastPeer::leastTtl,
                0,
                "What arrives from it with less is dropped.");
        private final Key<UnicastPeer, Integer> mostTtl = optional(
                "mostTtl",
                Forms.whole(0, 255),
                UnicastPeer::mostTtl,
                255,
                "What arrives from it with more is dropped.");

        PeerSection() {
            super("unicast peer");
        }

        @Override
        UnicastPeer make(Values values) {
            return new UnicastPeer(values.get(address), values.or(leastTtl, 0), values.or(mostTtl, 255));
        }
    }
}
