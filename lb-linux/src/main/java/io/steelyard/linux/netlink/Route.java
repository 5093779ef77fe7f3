package io.steelyard.linux.netlink;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Objects;
import java.util.Optional;

/**
 * An entry of a routing table, as ip-route(8) sets it.
 *
 * @param destination the network it is for; the unspecified address with length 0 for the default route
 * @param prefixLength the network's: 0 to 32, or to 128
 * @param gateway the next router; empty for a network that is on the link
 * @param interfaceIndex where it leads; 0 where the gateway tells
 * @param source the address that new connections leave from; empty for the kernel's choice
 * @param table as unsigned, not 0; {@link #MAIN}
 * @param metric the lower goes first; 0 for the family's default
 * @param scope 0 global, 253 link, 254 host
 * @param protocol who made it, 0 to 255; {@link #PROTOCOL_VRRP} for ours
 * @param type what becomes of a packet
 * @param isOnLink whether the gateway is taken to be on the link though no network says so
 * @param details what else there is; several next hops stand there, and then neither gateway nor interface here
 */
public record Route(
        InetAddress destination,
        int prefixLength,
        Optional<InetAddress> gateway,
        int interfaceIndex,
        Optional<InetAddress> source,
        int table,
        int metric,
        int scope,
        int protocol,
        Type type,
        boolean isOnLink,
        RouteDetails details) {
    /** The table every packet is looked up in. */
    public static final int MAIN = 254;

    /** {@link #protocol}: a program that speaks VRRP; the number is the kernel's RTPROT_KEEPALIVED. */
    public static final int PROTOCOL_VRRP = 18;

    /** {@link #scope}: anywhere. */
    public static final int SCOPE_GLOBAL = 0;

    /** {@link #scope}: what is on the link. */
    public static final int SCOPE_LINK = 253;

    /** {@link #scope}: this host. */
    public static final int SCOPE_HOST = 254;

    /** What becomes of a packet that takes the route. The numbers are the kernel's. */
    public enum Type {
        UNICAST(1),
        LOCAL(2),
        BROADCAST(3),
        ANYCAST(4),
        MULTICAST(5),
        BLACKHOLE(6),
        UNREACHABLE(7),
        PROHIBIT(8),
        THROW(9);

        private final int number;

        Type(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }

        static Optional<Type> of(int number) {
            for (var type : values()) {
                if (type.number == number) {
                    return Optional.of(type);
                }
            }
            return Optional.empty();
        }
    }

    public Route {
        Objects.requireNonNull(destination, "destination");
        int bits = destination.getAddress().length * 8;
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException("the prefix length of route " + destination.getHostAddress() + " is "
                    + prefixLength + ", expected 0 to " + bits);
        }
        if (table == 0) {
            throw new IllegalArgumentException("table is 0, expected at least 1");
        }
        Objects.requireNonNull(details, "details");
        if (!details.hops().isEmpty() && (gateway.isPresent() || interfaceIndex != 0)) {
            throw new IllegalArgumentException("a route with several next hops has none of its own");
        }
    }

    /** A route through a gateway in the main table. @param interfaceIndex 0 where the gateway tells */
    public static Route through(InetAddress gateway, InetAddress destination, int prefixLength, int interfaceIndex) {
        return new Route(
                destination,
                prefixLength,
                Optional.of(gateway),
                interfaceIndex,
                Optional.empty(),
                MAIN,
                0,
                SCOPE_GLOBAL,
                PROTOCOL_VRRP,
                Type.UNICAST,
                false,
                RouteDetails.NONE);
    }

    /** A route to a network on an interface's link, in the main table. */
    public static Route onLink(InetAddress destination, int prefixLength, int interfaceIndex) {
        return new Route(
                destination,
                prefixLength,
                Optional.empty(),
                interfaceIndex,
                Optional.empty(),
                MAIN,
                0,
                destination instanceof Inet6Address ? SCOPE_GLOBAL : SCOPE_LINK,
                PROTOCOL_VRRP,
                Type.UNICAST,
                false,
                RouteDetails.NONE);
    }

    /** The same in another table. */
    public Route withTable(int value) {
        return new Route(
                destination,
                prefixLength,
                gateway,
                interfaceIndex,
                source,
                value,
                metric,
                scope,
                protocol,
                type,
                isOnLink,
                details);
    }

    /** The same with a metric. */
    public Route withMetric(int value) {
        return new Route(
                destination,
                prefixLength,
                gateway,
                interfaceIndex,
                source,
                table,
                value,
                scope,
                protocol,
                type,
                isOnLink,
                details);
    }

    /** The same with a source address for new connections. */
    public Route withSource(InetAddress value) {
        return new Route(
                destination,
                prefixLength,
                gateway,
                interfaceIndex,
                Optional.of(value),
                table,
                metric,
                scope,
                protocol,
                type,
                isOnLink,
                details);
    }

    /** The same with other details. */
    public Route withDetails(RouteDetails value) {
        return new Route(
                destination,
                prefixLength,
                gateway,
                interfaceIndex,
                source,
                table,
                metric,
                scope,
                protocol,
                type,
                isOnLink,
                value);
    }

    public boolean isIpv6() {
        return destination instanceof Inet6Address;
    }

    /** Such as {@code 10.1.0.0/16 via 10.0.0.1 on interface 3, table 254}. */
    @Override
    public String toString() {
        return destination.getHostAddress() + "/" + prefixLength
                + gateway.map(router -> " via " + router.getHostAddress()).orElse("")
                + (interfaceIndex == 0 ? "" : " on interface " + interfaceIndex)
                + (details.hops().isEmpty() ? "" : " by " + details.hops().size() + " hops")
                + ", table " + Integer.toUnsignedString(table);
    }
}
