package io.steelyard.api.vrrp;

import io.steelyard.api.proxy.Network;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * A route that the active router has, as {@code ip route add} would add it (keepalived {@code virtual_routes}).
 *
 * @param destination 0.0.0.0/0 or ::/0 for the default route
 * @param type what becomes of packets
 * @param nextHops where they go; more than one share the packets; none with types that go nowhere
 * @param source the address that packets of this machine bear
 * @param table routing table, 0 to 4294967295 as unsigned; absent for the main one
 * @param metric smaller counts first, as unsigned; absent for the kernel's choice
 * @param scope such as {@code link}, or a number; see {@link RouteNames#scope}; absent as ip-route(8) chooses it
 * @param protocol such as {@code static} or a number; see {@link RouteNames#protocol}; absent for keepalived's, 18
 * @param attributes the values of {@link RouteAttribute}s by their words, such as {@code mtu} or {@code initcwnd}
 * @param isTracked whether somebody else's removing it makes the router step down
 */
public record VirtualRoute(
        Network destination,
        Type type,
        List<NextHop> nextHops,
        Optional<InetAddress> source,
        OptionalInt table,
        OptionalInt metric,
        Optional<String> scope,
        Optional<String> protocol,
        Map<String, String> attributes,
        boolean isTracked) {
    /** What becomes of packets. The names are those of {@code ip route}. */
    public enum Type {
        UNICAST,
        LOCAL,
        BROADCAST,
        ANYCAST,
        MULTICAST,
        THROW,
        UNREACHABLE,
        PROHIBIT,
        BLACKHOLE
    }

    /**
     * Where packets go.
     *
     * @param gateway absent where the destination is on the link
     * @param interfaceName absent where the gateway decides
     * @param weight share among several, 1 to 256
     * @param isOnLink the gateway is on the link though no network says so
     */
    public record NextHop(Optional<InetAddress> gateway, Optional<String> interfaceName, int weight, boolean isOnLink) {
        public NextHop {
            Objects.requireNonNull(gateway, "gateway");
            interfaceName.ifPresent(InterfaceNames::check);
            if (gateway.isEmpty() && interfaceName.isEmpty()) {
                throw new IllegalArgumentException("a next hop needs a gateway or an interface");
            }
            if (weight < 1 || weight > 256) {
                throw new IllegalArgumentException("weight is " + weight + ", expected 1 to 256");
            }
        }

        /** Through a gateway. */
        public static NextHop via(InetAddress gateway) {
            return new NextHop(Optional.of(gateway), Optional.empty(), 1, false);
        }

        /** On the link of an interface. */
        public static NextHop on(String interfaceName) {
            return new NextHop(Optional.empty(), Optional.of(interfaceName), 1, false);
        }
    }

    public VirtualRoute {
        Objects.requireNonNull(destination, "destination");
        Objects.requireNonNull(type, "type");
        nextHops = List.copyOf(nextHops);
        Objects.requireNonNull(source, "source");
        Objects.requireNonNull(table, "table");
        Objects.requireNonNull(metric, "metric");
        Objects.requireNonNull(scope, "scope");
        Objects.requireNonNull(protocol, "protocol");
        scope.ifPresent(RouteNames::scope);
        protocol.ifPresent(RouteNames::protocol);
        attributes = Map.copyOf(attributes);
        attributes.forEach((name, value) -> RouteAttribute.of(name)
                .orElseThrow(() -> new IllegalArgumentException("a route has no attribute '" + name + "'"))
                .parse(value));
        if (table.isPresent() && table.getAsInt() == 0) {
            throw new IllegalArgumentException("table is 0, expected at least 1");
        }
        boolean goesNowhere = switch (type) {
            case THROW, UNREACHABLE, PROHIBIT, BLACKHOLE -> true;
            default -> false;
        };
        boolean isIpv4 = AddressFamily.of(destination.address()) == AddressFamily.IPV4;
        for (var hop : nextHops) {
            if (!isIpv4
                    && hop.gateway()
                            .map(AddressFamily::of)
                            .filter(AddressFamily.IPV4::equals)
                            .isPresent()) {
                throw new IllegalArgumentException("an IPv6 route cannot lead by an IPv4 gateway");
            }
        }
        if (source.isPresent() && (AddressFamily.of(source.get()) == AddressFamily.IPV4) != isIpv4) {
            throw new IllegalArgumentException(
                    "source " + source.get().getHostAddress() + " is not of the route's family");
        }
        if (goesNowhere && !nextHops.isEmpty()) {
            throw new IllegalArgumentException("a route of type " + type + " goes nowhere; leave the next hop out");
        }
        if (!goesNowhere && nextHops.isEmpty()) {
            throw new IllegalArgumentException("a route of type " + type + " needs a next hop");
        }
    }

    public static Builder builder(Network destination) {
        return new Builder(destination);
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final Network destination;
        private Type type = Type.UNICAST;
        private final List<NextHop> nextHops = new ArrayList<>();
        private Optional<InetAddress> source = Optional.empty();
        private OptionalInt table = OptionalInt.empty();
        private OptionalInt metric = OptionalInt.empty();
        private Optional<String> scope = Optional.empty();
        private Optional<String> protocol = Optional.empty();
        private final Map<String, String> attributes = new TreeMap<>();
        private boolean isTracked = true;

        private Builder(Network destination) {
            this.destination = destination;
        }

        public Builder type(Type given) {
            type = given;
            return this;
        }

        /** One more. */
        public Builder nextHop(NextHop given) {
            nextHops.add(given);
            return this;
        }

        public Builder source(InetAddress given) {
            source = Optional.of(given);
            return this;
        }

        public Builder table(int given) {
            table = OptionalInt.of(given);
            return this;
        }

        public Builder metric(int given) {
            metric = OptionalInt.of(given);
            return this;
        }

        public Builder scope(String given) {
            scope = Optional.of(given);
            return this;
        }

        public Builder protocol(String given) {
            protocol = Optional.of(given);
            return this;
        }

        public Builder attribute(String name, String value) {
            if (attributes.put(name, value) != null) {
                throw new IllegalStateException("attribute '" + name + "' was set twice");
            }
            return this;
        }

        public Builder tracked(boolean given) {
            isTracked = given;
            return this;
        }

        public VirtualRoute build() {
            return new VirtualRoute(
                    destination, type, nextHops, source, table, metric, scope, protocol, attributes, isTracked);
        }
    }
}
