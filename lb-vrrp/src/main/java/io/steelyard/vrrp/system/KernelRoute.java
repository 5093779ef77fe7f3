package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.RouteAttribute;
import io.steelyard.api.vrrp.RouteNames;
import io.steelyard.api.vrrp.VirtualRoute;
import io.steelyard.api.vrrp.VirtualRoute.NextHop;
import io.steelyard.linux.netlink.Route;
import io.steelyard.linux.netlink.RouteDetails;
import java.io.IOException;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/** How configured routes are put to the kernel: with what ip-route(8) chooses where nothing is said. Pure. */
final class KernelRoute {
    private static final int TABLE_LOCAL = 255;

    private KernelRoute() {}

    /**
     * A route.
     *
     * @throws IOException where there is no such interface
     */
    static Route of(VirtualRoute route, InterfaceState interfaces) throws IOException {
        var hops = route.nextHops();
        boolean isOne = hops.size() == 1;
        Optional<InetAddress> gateway = isOne ? hops.getFirst().gateway() : Optional.empty();
        var details = details(route);
        if (hops.size() > 1) {
            details.hops(hops(route, interfaces));
        }
        return new Route(
                route.destination().address(),
                route.destination().prefix(),
                gateway,
                isOne ? index(hops.getFirst(), route, interfaces) : 0,
                route.source(),
                route.table().orElse(table(route.type())),
                route.metric().orElse(0),
                route.scope().map(RouteNames::scope).orElseGet(() -> scope(route)),
                route.protocol().map(RouteNames::protocol).orElse(Route.PROTOCOL_VRRP),
                type(route.type()),
                isOne && hops.getFirst().isOnLink(),
                details.build());
    }

    private static List<RouteDetails.Hop> hops(VirtualRoute route, InterfaceState interfaces) throws IOException {
        var hops = new java.util.ArrayList<RouteDetails.Hop>();
        for (var hop : route.nextHops()) {
            hops.add(new RouteDetails.Hop(hop.gateway(), index(hop, route, interfaces), hop.weight(), hop.isOnLink()));
        }
        return hops;
    }

    private static int index(NextHop hop, VirtualRoute route, InterfaceState interfaces) throws IOException {
        if (hop.interfaceName().isEmpty()) {
            return 0;
        }
        var name = hop.interfaceName().get();
        return interfaces
                .link(name)
                .orElseThrow(() -> new IOException("route " + route.destination() + ": there is no interface " + name))
                .index();
    }

    private static int table(VirtualRoute.Type type) {
        return switch (type) {
            case LOCAL, BROADCAST, ANYCAST -> TABLE_LOCAL;
            default -> Route.MAIN;
        };
    }

    /** IPv6 has no scopes. */
    private static int scope(VirtualRoute route) {
        if (AddressFamily.of(route.destination().address()) == AddressFamily.IPV6) {
            return Route.SCOPE_GLOBAL;
        }
        return switch (route.type()) {
            case LOCAL -> Route.SCOPE_HOST;
            case BROADCAST, ANYCAST, MULTICAST -> Route.SCOPE_LINK;
            case UNICAST ->
                route.nextHops().size() == 1
                                && route.nextHops().getFirst().gateway().isEmpty()
                        ? Route.SCOPE_LINK
                        : Route.SCOPE_GLOBAL;
            default -> Route.SCOPE_GLOBAL;
        };
    }

    private static Route.Type type(VirtualRoute.Type type) {
        return switch (type) {
            case UNICAST -> Route.Type.UNICAST;
            case LOCAL -> Route.Type.LOCAL;
            case BLACKHOLE -> Route.Type.BLACKHOLE;
            case UNREACHABLE -> Route.Type.UNREACHABLE;
            case PROHIBIT -> Route.Type.PROHIBIT;
            case THROW -> Route.Type.THROW;
            case BROADCAST -> Route.Type.BROADCAST;
            case ANYCAST -> Route.Type.ANYCAST;
            case MULTICAST -> Route.Type.MULTICAST;
        };
    }

    private static RouteDetails.Builder details(VirtualRoute route) {
        var details = new RouteDetails.Builder();
        route.attributes().forEach((word, text) -> {
            var attribute = RouteAttribute.of(word).orElseThrow();
            var value = attribute.parse(text);
            switch (attribute) {
                case TOS -> details.trafficClass(value.number());
                case REALMS -> details.realms(value.number());
                case PREF -> details.preference(value.number());
                case EXPIRES -> details.expiresSeconds(value.number());
                case TTL_PROPAGATE -> details.ttlPropagate(value.number());
                case CONGCTL -> details.congestionControl(value.text());
                default -> details.metric(metric(attribute), value.number());
            }
            if (value.isLocked()) {
                details.lock(metric(attribute));
            }
        });
        return details;
    }

    /** The kernel's RTAX numbers (linux/rtnetlink.h). */
    private static int metric(RouteAttribute attribute) {
        return switch (attribute) {
            case MTU -> 2;
            case WINDOW -> 3;
            case RTT -> 4;
            case RTTVAR -> 5;
            case SSTHRESH -> 6;
            case CWND -> 7;
            case ADVMSS -> 8;
            case REORDERING -> 9;
            case HOPLIMIT -> 10;
            case INITCWND -> 11;
            case FEATURES -> 12;
            case RTO_MIN -> 13;
            case INITRWND -> 14;
            case QUICKACK -> 15;
            case CONGCTL -> 16;
            case FASTOPEN_NO_COOKIE -> 17;
            case TOS, REALMS, PREF, EXPIRES, TTL_PROPAGATE ->
                throw new IllegalArgumentException(attribute + " is no metric");
        };
    }
}
