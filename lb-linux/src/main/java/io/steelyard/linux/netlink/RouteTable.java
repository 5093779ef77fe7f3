package io.steelyard.linux.netlink;

import io.steelyard.linux.Errno;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The routing tables of one network namespace. Used by one thread at a time. */
public final class RouteTable {
    static final int NEW_ROUTE = 24;
    static final int DELETE_ROUTE = 25;
    static final int GET_ROUTE = 26;

    /** struct rtmsg: family, destination length, source length, tos, table, protocol, scope, type, each 8; flags 32. */
    static final int STRUCTURE_BYTES = 12;

    private static final int INET = 2;
    private static final int INET6 = 10;
    private static final int RTA_DST = 1;
    private static final int RTA_OIF = 4;
    private static final int RTA_GATEWAY = 5;
    private static final int RTA_PRIORITY = 6;
    private static final int RTA_PREFSRC = 7;
    private static final int RTA_METRICS = 8;
    private static final int RTA_MULTIPATH = 9;
    private static final int RTA_FLOW = 11;
    private static final int RTA_TABLE = 15;
    private static final int RTA_VIA = 18;
    private static final int RTA_PREF = 20;
    private static final int RTA_EXPIRES = 23;
    private static final int RTA_TTL_PROPAGATE = 26;

    /** struct rtnexthop: length 16, flags 8, weight less one 8, interface 32. */
    private static final int HOP_BYTES = 8;

    private static final int RTNH_F_ONLINK = 4;
    private static final int RTM_F_CLONED = 0x200;
    private static final int RTM_F_LOOKUP_TABLE = 0x1000;
    private static final int RTM_F_FIB_MATCH = 0x2000;
    private static final int UNSPECIFIED_TABLE = 0;
    private static final int SCOPE_NOWHERE = 255;

    private final NetlinkSocket socket;
    private final NetlinkMessage message = new NetlinkMessage(8_192);

    public RouteTable(NetlinkSocket socket) {
        this.socket = socket;
    }

    /** Adds a route. @throws NetlinkException EEXIST where there is the same one, ENETUNREACH for an unreachable gateway, and others */
    public void add(Route route) throws IOException {
        socket.request(
                write(message, NEW_ROUTE, NetlinkMessage.CREATE | NetlinkMessage.EXCLUSIVE, route),
                "add route " + route);
    }

    /** Adds a route in place of the one to the same network with the same metric. */
    public void replace(Route route) throws IOException {
        socket.request(
                write(message, NEW_ROUTE, NetlinkMessage.CREATE | NetlinkMessage.REPLACE, route), "set route " + route);
    }

    /** Adds a route before those to the same network with the same metric, which stay. One that is there already is left as it is. */
    public void prepend(Route route) throws IOException {
        try {
            socket.request(write(message, NEW_ROUTE, NetlinkMessage.CREATE, route), "add route " + route);
        } catch (NetlinkException refused) {
            if (refused.errno() != Errno.EEXIST) {
                throw refused;
            }
        }
    }

    /** Removes a route of its protocol. @return whether it was there */
    public boolean remove(Route route) throws IOException {
        try {
            socket.request(write(message, DELETE_ROUTE, 0, route), "remove route " + route);
            return true;
        } catch (NetlinkException refused) {
            if (refused.errno() == Errno.ESRCH || refused.errno() == Errno.ENODEV) {
                return false;
            }
            throw refused;
        }
    }

    /** All routes of one family in all tables. */
    public List<Route> list(boolean isIpv6) throws IOException {
        return list(isIpv6, UNSPECIFIED_TABLE, 0);
    }

    /**
     * The routes of one family that a table has from a protocol. The kernel itself looks for them, so that a large table costs no more than its
     * entries of this kind.
     *
     * @param table 0 for all
     * @param protocol 0 for all
     */
    public List<Route> list(boolean isIpv6, int table, int protocol) throws IOException {
        var found = new ArrayList<Route>();
        message.begin(GET_ROUTE, NetlinkMessage.DUMP)
                .put8(isIpv6 ? INET6 : INET)
                .put8(0)
                .put8(0)
                .put8(0)
                .put8(UNSPECIFIED_TABLE)
                .put8(protocol)
                .put8(0)
                .put8(0)
                .put32(0);
        if (table != UNSPECIFIED_TABLE) {
            message.attribute32(RTA_TABLE, table);
        }
        try {
            socket.dump(
                    message, "list routes", found::clear, reader -> read(reader).ifPresent(found::add));
        } catch (NetlinkException refused) {
            // There is no such table, and so nothing in it.
            if (table == UNSPECIFIED_TABLE || refused.errno() != Errno.ENOENT) {
                throw refused;
            }
        }
        return found.stream()
                .filter(route -> table == UNSPECIFIED_TABLE || route.table() == table)
                .filter(route -> protocol == 0 || route.protocol() == protocol)
                .toList();
    }

    /**
     * The route that packets to an address take by an interface.
     *
     * @param interfaceIndex 0 for any
     * @return empty where there is none, or one that goes nowhere
     */
    public Optional<Route> find(InetAddress address, int interfaceIndex) throws IOException {
        var bytes = address.getAddress();
        message.begin(GET_ROUTE, 0)
                .put8(bytes.length == 16 ? INET6 : INET)
                .put8(bytes.length * 8)
                .put8(0)
                .put8(0)
                .put8(0)
                .put8(0)
                .put8(0)
                .put8(0)
                .put32(RTM_F_LOOKUP_TABLE | RTM_F_FIB_MATCH)
                .attribute(RTA_DST, bytes);
        if (interfaceIndex != 0) {
            message.attribute32(RTA_OIF, interfaceIndex);
        }
        var found = new ArrayList<Route>();
        try {
            socket.ask(
                    message,
                    "find a route to " + address.getHostAddress(),
                    reader -> read(reader).ifPresent(found::add));
        } catch (NetlinkException none) {
            return Optional.empty();
        }
        return found.stream().findFirst();
    }

    /** Writes a request about a route. */
    static NetlinkMessage write(NetlinkMessage message, int type, int flags, Route route) {
        boolean isRemoval = type == DELETE_ROUTE;
        message.begin(type, flags | NetlinkMessage.ACK)
                .put8(route.isIpv6() ? INET6 : INET)
                .put8(route.prefixLength())
                .put8(0)
                .put8(route.details().trafficClass())
                .put8(route.table() > 0 && route.table() < 256 ? route.table() : UNSPECIFIED_TABLE)
                .put8(route.protocol())
                .put8(isRemoval ? SCOPE_NOWHERE : route.scope())
                .put8(route.type().number())
                .put32(route.isOnLink() ? RTNH_F_ONLINK : 0);
        if (route.prefixLength() > 0) {
            message.attribute(RTA_DST, route.destination().getAddress());
        }
        route.gateway().ifPresent(gateway -> gateway(message, gateway, route.isIpv6()));
        if (route.interfaceIndex() != 0) {
            message.attribute32(RTA_OIF, route.interfaceIndex());
        }
        route.source().ifPresent(source -> message.attribute(RTA_PREFSRC, source.getAddress()));
        if (route.metric() != 0) {
            message.attribute32(RTA_PRIORITY, route.metric());
        }
        message.attribute32(RTA_TABLE, route.table());
        hops(message, route);
        if (!isRemoval) {
            details(message, route.details());
        }
        return message;
    }

    /** A gateway of the route's family, or of the other: an IPv4 route by an IPv6 router. */
    private static void gateway(NetlinkMessage message, InetAddress gateway, boolean isIpv6) {
        var bytes = gateway.getAddress();
        if (bytes.length == (isIpv6 ? 16 : 4)) {
            message.attribute(RTA_GATEWAY, bytes);
            return;
        }
        var value = new byte[2 + bytes.length];
        // struct rtvia: the family in the machine's order, which is little-endian wherever this runs, and the address.
        value[0] = (byte) (bytes.length == 16 ? INET6 : INET);
        System.arraycopy(bytes, 0, value, 2, bytes.length);
        message.attribute(RTA_VIA, value);
    }

    private static void hops(NetlinkMessage message, Route route) {
        if (route.details().hops().isEmpty()) {
            return;
        }
        int all = message.beginNested(RTA_MULTIPATH);
        for (var hop : route.details().hops()) {
            int begin = message.lengthBytes();
            message.put16(0)
                    .put8(hop.isOnLink() ? RTNH_F_ONLINK : 0)
                    .put8(hop.weight() - 1)
                    .put32(hop.interfaceIndex());
            hop.gateway().ifPresent(gateway -> gateway(message, gateway, route.isIpv6()));
            message.endNested(begin);
        }
        message.endNested(all);
    }

    private static void details(NetlinkMessage message, RouteDetails details) {
        if (details.realms() != 0) {
            message.attribute32(RTA_FLOW, details.realms());
        }
        if (details.hasMetrics()) {
            int all = message.beginNested(RTA_METRICS);
            if (details.locks() != 0) {
                message.attribute32(RouteDetails.LOCK, details.locks());
            }
            new TreeMap<>(details.metrics()).forEach(message::attribute32);
            if (!details.congestionControl().isEmpty()) {
                message.attribute(RouteDetails.CONGESTION_CONTROL, details.congestionControl());
            }
            message.endNested(all);
        }
        if (details.preference() != 0) {
            message.attribute8(RTA_PREF, details.preference());
        }
        details.expiresSeconds().ifPresent(seconds -> message.attribute32(RTA_EXPIRES, seconds));
        details.ttlPropagate().ifPresent(value -> message.attribute8(RTA_TTL_PROPAGATE, value));
    }

    /** Reads a route message; empty where it is none, one of a type not known here, or an entry of the cache. */
    static Optional<Route> read(NetlinkReader reader) {
        int messageType = reader.type();
        if (messageType != NEW_ROUTE && messageType != DELETE_ROUTE || reader.bodyLength() < STRUCTURE_BYTES) {
            return Optional.empty();
        }
        int length = reader.int8(0) == INET ? 4 : reader.int8(0) == INET6 ? 16 : -1;
        var type = Route.Type.of(reader.int8(7));
        if (length < 0 || type.isEmpty() || (reader.int32(8) & RTM_F_CLONED) != 0) {
            return Optional.empty();
        }
        var destination = AssignedAddress.inet(new byte[length]);
        Optional<InetAddress> gateway = Optional.empty();
        Optional<InetAddress> source = Optional.empty();
        int interfaceIndex = 0;
        int metric = 0;
        int table = reader.int8(4);
        var details = new RouteDetails.Builder().trafficClass(reader.int8(3));
        var attributes = reader.attributes(STRUCTURE_BYTES);
        while (attributes.next()) {
            boolean isAddress = attributes.length() == length;
            switch (attributes.type()) {
                case RTA_DST -> destination = isAddress ? AssignedAddress.inet(attributes.bytes()) : destination;
                case RTA_GATEWAY ->
                    gateway = isAddress ? Optional.of(AssignedAddress.inet(attributes.bytes())) : gateway;
                case RTA_PREFSRC -> source = isAddress ? Optional.of(AssignedAddress.inet(attributes.bytes())) : source;
                case RTA_OIF -> interfaceIndex = attributes.int32();
                case RTA_PRIORITY -> metric = attributes.int32();
                case RTA_TABLE -> table = attributes.int32();
                case RTA_VIA -> gateway = via(attributes);
                case RTA_MULTIPATH -> details.hops(hops(attributes, length));
                case RTA_METRICS -> metrics(attributes.nested(), details);
                case RTA_FLOW -> details.realms(attributes.int32());
                case RTA_PREF -> details.preference(attributes.int8());
                case RTA_EXPIRES -> details.expiresSeconds(attributes.int32());
                case RTA_TTL_PROPAGATE -> details.ttlPropagate(attributes.int8());
                default -> {}
            }
        }
        if (table == UNSPECIFIED_TABLE || reader.int8(1) > length * 8) {
            return Optional.empty();
        }
        var built = details.build();
        if (!built.hops().isEmpty()) {
            gateway = Optional.empty();
            interfaceIndex = 0;
        }
        return Optional.of(new Route(
                destination,
                reader.int8(1),
                gateway,
                interfaceIndex,
                source,
                table,
                metric,
                reader.int8(6),
                reader.int8(5),
                type.get(),
                (reader.int32(8) & RTNH_F_ONLINK) != 0,
                built));
    }

    private static Optional<InetAddress> via(NetlinkAttributes attribute) {
        boolean isWhole = attribute.length() == 2 + (attribute.int16(0) == INET6 ? 16 : 4);
        return isWhole
                ? Optional.of(AssignedAddress.inet(Arrays.copyOfRange(attribute.bytes(), 2, attribute.length())))
                : Optional.empty();
    }

    private static List<RouteDetails.Hop> hops(NetlinkAttributes attribute, int length) {
        var hops = new ArrayList<RouteDetails.Hop>();
        for (int at = 0, whole; at + HOP_BYTES <= attribute.length(); at += whole + 3 & -4) {
            whole = attribute.int16(at);
            if (whole < HOP_BYTES || at + whole > attribute.length()) {
                break;
            }
            Optional<InetAddress> gateway = Optional.empty();
            var within = attribute.nested(at + HOP_BYTES, at + whole);
            while (within.next()) {
                if (within.type() == RTA_GATEWAY && within.length() == length) {
                    gateway = Optional.of(AssignedAddress.inet(within.bytes()));
                } else if (within.type() == RTA_VIA) {
                    gateway = via(within);
                }
            }
            hops.add(new RouteDetails.Hop(
                    gateway,
                    attribute.int32(at + 4),
                    attribute.int8(at + 3) + 1,
                    (attribute.int8(at + 2) & RTNH_F_ONLINK) != 0));
        }
        return hops;
    }

    private static void metrics(NetlinkAttributes metrics, RouteDetails.Builder details) {
        while (metrics.next()) {
            int number = metrics.type();
            if (number == RouteDetails.LOCK) {
                for (int bit = 0; bit < Integer.SIZE; bit++) {
                    if ((metrics.int32() >>> bit & 1) != 0) {
                        details.lock(bit);
                    }
                }
            } else if (number == RouteDetails.CONGESTION_CONTROL) {
                details.congestionControl(metrics.text());
            } else if (number > RouteDetails.LOCK && number <= RouteDetails.HIGHEST_METRIC) {
                details.metric(number, metrics.int32());
            }
        }
    }
}
