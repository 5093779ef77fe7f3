package io.steelyard.linux.netlink;

import io.steelyard.linux.Errno;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
    private static final int RTA_TABLE = 15;
    private static final int RTNH_F_ONLINK = 4;
    private static final int RTM_F_CLONED = 0x200;
    private static final int UNSPECIFIED_TABLE = 0;
    private static final int SCOPE_NOWHERE = 255;

    private final NetlinkSocket socket;
    private final NetlinkMessage message = new NetlinkMessage(512);

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

    /** Removes a route. @return whether it was there */
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
        var found = new ArrayList<Route>();
        message.begin(GET_ROUTE, NetlinkMessage.DUMP).put8(isIpv6 ? INET6 : INET);
        for (int i = 1; i < STRUCTURE_BYTES; i++) {
            message.put8(0);
        }
        socket.dump(message, "list routes", found::clear, reader -> read(reader).ifPresent(found::add));
        return List.copyOf(found);
    }

    /** Writes a request about a route. */
    static NetlinkMessage write(NetlinkMessage message, int type, int flags, Route route) {
        boolean isRemoval = type == DELETE_ROUTE;
        message.begin(type, flags | NetlinkMessage.ACK)
                .put8(route.isIpv6() ? INET6 : INET)
                .put8(route.prefixLength())
                .put8(0)
                .put8(0)
                .put8(route.table() < 256 ? route.table() : UNSPECIFIED_TABLE)
                .put8(isRemoval ? 0 : route.protocol())
                .put8(isRemoval ? SCOPE_NOWHERE : route.scope())
                .put8(route.type().number())
                .put32(route.isOnLink() ? RTNH_F_ONLINK : 0);
        if (route.prefixLength() > 0) {
            message.attribute(RTA_DST, route.destination().getAddress());
        }
        route.gateway().ifPresent(gateway -> message.attribute(RTA_GATEWAY, gateway.getAddress()));
        if (route.interfaceIndex() != 0) {
            message.attribute32(RTA_OIF, route.interfaceIndex());
        }
        route.source().ifPresent(source -> message.attribute(RTA_PREFSRC, source.getAddress()));
        if (route.metric() != 0) {
            message.attribute32(RTA_PRIORITY, route.metric());
        }
        return message.attribute32(RTA_TABLE, route.table());
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
                default -> {}
            }
        }
        if (table < 1 || reader.int8(1) > length * 8) {
            return Optional.empty();
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
                (reader.int32(8) & RTNH_F_ONLINK) != 0));
    }
}
