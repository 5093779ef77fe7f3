package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.VirtualRoute;
import io.steelyard.api.vrrp.VirtualRule;
import io.steelyard.linux.netlink.Route;
import io.steelyard.linux.netlink.RoutingRule;
import java.util.Locale;
import java.util.Optional;

/**
 * How configured routes and rules are put to the kernel. Pure. What cannot be is refused with the reason: routes with several next hops and with
 * attributes, rules that are inverted, that go to another rule, or with selectors beyond fwmark, iif and oif.
 */
final class KernelRoute {
    private static final int DEFAULT_PRIORITY = 16_384;

    private KernelRoute() {}

    /**
     * A route.
     *
     * @param interfaceIndex where a route goes that names neither a gateway nor an interface
     * @throws IllegalArgumentException where it cannot be put to the kernel
     */
    static Route of(VirtualRoute route, int interfaceIndex, InterfaceState interfaces) {
        if (route.nextHops().size() > 1) {
            throw new IllegalArgumentException(
                    "route " + route.destination() + " has several next hops; only one can be set here");
        }
        if (!route.attributes().isEmpty()) {
            throw new IllegalArgumentException("route " + route.destination() + " has attributes "
                    + route.attributes().keySet() + ", which cannot be set here");
        }
        var hop = route.nextHops().stream().findFirst();
        var gateway = hop.flatMap(VirtualRoute.NextHop::gateway);
        var name = hop.flatMap(VirtualRoute.NextHop::interfaceName);
        int index = name.map(wanted -> interfaces
                        .link(wanted)
                        .orElseThrow(() -> new IllegalArgumentException(
                                "route " + route.destination() + ": there is no interface " + wanted))
                        .index())
                .orElse(hop.isPresent() && gateway.isEmpty() ? interfaceIndex : 0);
        boolean isIpv4 = AddressFamily.of(route.destination().address()) == AddressFamily.IPV4;
        return new Route(
                route.destination().address(),
                route.destination().prefix(),
                gateway,
                index,
                route.source(),
                route.table().orElse(Route.MAIN),
                route.metric().orElse(0),
                route.scope().isPresent()
                        ? KernelAddress.scope(route.scope())
                        : isIpv4 && hop.isPresent() && gateway.isEmpty() ? Route.SCOPE_LINK : Route.SCOPE_GLOBAL,
                protocol(route.protocol()),
                type(route.type()),
                hop.map(VirtualRoute.NextHop::isOnLink).orElse(false));
    }

    private static Route.Type type(VirtualRoute.Type type) {
        return switch (type) {
            case UNICAST -> Route.Type.UNICAST;
            case LOCAL -> Route.Type.LOCAL;
            case BLACKHOLE -> Route.Type.BLACKHOLE;
            case UNREACHABLE -> Route.Type.UNREACHABLE;
            case PROHIBIT -> Route.Type.PROHIBIT;
            case THROW -> Route.Type.THROW;
            case BROADCAST, ANYCAST, MULTICAST ->
                throw new IllegalArgumentException("routes of type " + type + " cannot be set here");
        };
    }

    private static int protocol(Optional<String> name) {
        if (name.isEmpty()) {
            return Route.PROTOCOL_VRRP;
        }
        return switch (name.get().toLowerCase(Locale.ROOT)) {
            case "kernel" -> 2;
            case "boot" -> 3;
            case "static" -> 4;
            case "keepalived" -> Route.PROTOCOL_VRRP;
            case String text -> number(text, "route protocol");
        };
    }

    /** A rule. @throws IllegalArgumentException where it cannot be put to the kernel */
    static RoutingRule of(VirtualRule rule) {
        if (rule.isInverted()) {
            throw new IllegalArgumentException("inverted rules cannot be set here");
        }
        int mark = 0;
        int mask = 0;
        Optional<String> input = Optional.empty();
        Optional<String> output = Optional.empty();
        for (var selector : rule.selectors().entrySet()) {
            switch (selector.getKey()) {
                case "fwmark" -> {
                    var parts = selector.getValue().split("/", 2);
                    mark = number(parts[0], "fwmark");
                    mask = parts.length > 1 ? number(parts[1], "fwmark mask") : 0xFFFF_FFFF;
                }
                case "iif" -> input = Optional.of(selector.getValue());
                case "oif" -> output = Optional.of(selector.getValue());
                default ->
                    throw new IllegalArgumentException(
                            "rules with the selector '" + selector.getKey() + "' cannot be set here");
            }
        }
        var action = switch (rule.action()) {
            case VirtualRule.Action.Lookup lookup -> RoutingRule.Action.LOOKUP;
            case VirtualRule.Action.Blackhole dropped -> RoutingRule.Action.BLACKHOLE;
            case VirtualRule.Action.Unreachable refused -> RoutingRule.Action.UNREACHABLE;
            case VirtualRule.Action.Prohibit prohibited -> RoutingRule.Action.PROHIBIT;
            case VirtualRule.Action.GoTo other ->
                throw new IllegalArgumentException("rules that go to another rule cannot be set here");
            case VirtualRule.Action.Nothing nothing ->
                throw new IllegalArgumentException("rules that do nothing cannot be set here");
        };
        return new RoutingRule(
                rule.family() == AddressFamily.IPV6,
                rule.priority().orElse(DEFAULT_PRIORITY),
                rule.from().map(from -> new RoutingRule.Network(from.address(), from.prefix())),
                rule.to().map(to -> new RoutingRule.Network(to.address(), to.prefix())),
                input,
                output,
                mark,
                mask,
                action,
                rule.action() instanceof VirtualRule.Action.Lookup lookup ? lookup.table() : 0);
    }

    private static int number(String text, String what) {
        try {
            return (int) Long.decode(text).longValue();
        } catch (NumberFormatException noNumber) {
            throw new IllegalArgumentException(what + " '" + text + "' is not known; expected a number", noNumber);
        }
    }
}
