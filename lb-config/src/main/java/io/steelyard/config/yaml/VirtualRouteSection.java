package io.steelyard.config.yaml;

import io.steelyard.api.proxy.Network;
import io.steelyard.api.vrrp.VirtualRoute;
import java.net.InetAddress;
import java.util.List;
import java.util.Map;

/** {@link VirtualRoute}. */
final class VirtualRouteSection extends Section<VirtualRoute> {
    private final Key<VirtualRoute, Network> destination = required(
            "destination",
            network(),
            VirtualRoute::destination,
            "The network; `0.0.0.0/0` or `::/0` for the default route.");
    private final Key<VirtualRoute, VirtualRoute.Type> type = optional(
            "type",
            Forms.word(VirtualRoute.Type.class),
            VirtualRoute::type,
            VirtualRoute.Type.UNICAST,
            "What becomes of packets, in the words of `ip route`.");
    private final Key<VirtualRoute, List<VirtualRoute.NextHop>> nextHops = optional(
            "nextHops",
            Forms.list(new NextHopSection()),
            VirtualRoute::nextHops,
            List.of(),
            "Where packets go; several share them.");
    private final Key<VirtualRoute, InetAddress> source = absent(
            "source",
            Endpoints.address(),
            VirtualRoute::source,
            "the kernel's choice",
            "What packets of this machine bear.");
    private final Key<VirtualRoute, Long> table = absent(
            "table",
            Endpoints.unsigned(),
            route -> Endpoints.unsigned(route.table()),
            "the main one",
            "The routing table.");
    private final Key<VirtualRoute, Long> metric = absent(
            "metric",
            Endpoints.unsigned(),
            route -> Endpoints.unsigned(route.metric()),
            "the kernel's choice",
            "Smaller counts first.");
    private final Key<VirtualRoute, String> scope =
            absent("scope", Forms.text(), VirtualRoute::scope, "the kernel's choice", "Such as `link`.");
    private final Key<VirtualRoute, String> protocol = absent(
            "protocol", Forms.text(), VirtualRoute::protocol, "18, keepalived's", "Who made it: a name or number.");
    private final Key<VirtualRoute, Map<String, String>> attributes = optional(
            "attributes",
            Forms.texts(),
            VirtualRoute::attributes,
            Map.of(),
            "What else `ip route add` takes with a value, by its name: `tos`, `realms`, `mtu`, `hoplimit`, `advmss`, `rtt`, `rttvar`, `reordering`, `window`, `cwnd`, `initcwnd`, `initrwnd`, `ssthresh`, `rto_min`, `features`, `quickack`, `congctl`, `fastopen_no_cookie`, `pref`, `expires`, `ttl-propagate`; `lock` may stand before the value of a metric.");
    private final Key<VirtualRoute, Boolean> tracked = optional(
            "tracked",
            Forms.flag(),
            VirtualRoute::isTracked,
            true,
            "Whether the router steps down when somebody else removes it.");

    VirtualRouteSection() {
        super("virtual route");
    }

    static Form<Network> network() {
        return Forms.parsed(
                "network", Network::parse, given -> given.address().getHostAddress() + "/" + given.prefix());
    }

    @Override
    VirtualRoute make(Values values) {
        return new VirtualRoute(
                values.get(destination),
                values.or(type, VirtualRoute.Type.UNICAST),
                values.or(nextHops, List.of()),
                values.find(source),
                Endpoints.number(values.find(table)),
                Endpoints.number(values.find(metric)),
                values.find(scope),
                values.find(protocol),
                values.or(attributes, Map.of()),
                values.or(tracked, true));
    }

    /** {@link VirtualRoute.NextHop}. */
    static final class NextHopSection extends Section<VirtualRoute.NextHop> {
        private final Key<VirtualRoute.NextHop, InetAddress> gateway = absent(
                "gateway",
                Endpoints.address(),
                VirtualRoute.NextHop::gateway,
                "none: on the link",
                "The router to send to.");
        private final Key<VirtualRoute.NextHop, String> interfaceName = absent(
                "interfaceName",
                Forms.text(),
                VirtualRoute.NextHop::interfaceName,
                "as the gateway decides",
                "Where packets leave.");
        private final Key<VirtualRoute.NextHop, Integer> weight =
                optional("weight", Forms.whole(1, 256), VirtualRoute.NextHop::weight, 1, "Its share among several.");
        private final Key<VirtualRoute.NextHop, Boolean> onLink = optional(
                "onLink",
                Forms.flag(),
                VirtualRoute.NextHop::isOnLink,
                false,
                "The gateway is on the link though no network says so.");

        NextHopSection() {
            super("next hop");
        }

        @Override
        VirtualRoute.NextHop make(Values values) {
            return new VirtualRoute.NextHop(
                    values.find(gateway), values.find(interfaceName), values.or(weight, 1), values.or(onLink, false));
        }
    }
}
