package io.steelyard.linux.netlink;

import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import io.steelyard.linux.SocketOption;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Tells of changes to links and addresses, and of routes and rules that go, whoever makes them (rtnetlink(7)'s multicast groups). Its descriptor is readable when there is
 * something to tell; {@link #drain} then tells it. Used by one thread.
 *
 * <p>A link that flaps cannot hold the thread: one call of {@link #drain} reads at most {@value #MOST_DATAGRAMS} datagrams, and a descriptor
 * in a level-triggered set comes again for the rest. When changes come faster than they are read, the kernel drops some and says so once;
 * the listener is told to read the tables anew.
 */
public final class NetworkMonitor implements AutoCloseable {
    /** How many datagrams one call of {@link #drain} reads. */
    static final int MOST_DATAGRAMS = 64;

    private static final int GROUP_LINK = 0x1;
    private static final int GROUP_IPV4_ADDRESS = 0x10;
    private static final int GROUP_IPV6_ADDRESS = 0x100;

    /** RTNLGRP_IPV4_ROUTE, IPV4_RULE, IPV6_ROUTE and IPV6_RULE. */
    private static final int[] ROUTE_GROUPS = {7, 8, 11, 19};

    private static final int BUFFER_BYTES = 32_768;

    private final int fd;
    private final MemorySegment buffer = Arena.ofAuto().allocate(BUFFER_BYTES, 8);
    private final NetlinkReader reader = new NetlinkReader();

    /** What has changed. Called on the thread that drains. */
    public interface Listener {
        /** An interface is new, or something of it has changed. */
        void linkChanged(Link link);

        /** An interface is gone. */
        void linkRemoved(Link link);

        /** An address is new, or has new lifetimes or flags: duplicate address detection ends so. */
        void addressChanged(AssignedAddress address);

        /** An address is gone, by whomever or by its lifetime. */
        void addressRemoved(AssignedAddress address);

        /** A route is gone, by whomever; {@link NetworkMonitor#watchRoutes}. One that another takes the place of may be told too. */
        default void routeRemoved(Route route) {}

        /** A rule is gone, by whomever; {@link NetworkMonitor#watchRoutes}. */
        default void ruleRemoved(RoutingRule rule) {}

        /** Changes were lost: the tables are to be read anew. */
        void overrun();
    }

    private NetworkMonitor(int fd) {
        this.fd = fd;
    }

    /**
     * Begins to watch the network namespace of the calling thread. What happens from now on is told; the tables are read afterwards.
     *
     * @param receiveBufferBytes how much may wait to be told; 0 for the system's default
     */
    public static NetworkMonitor open(int receiveBufferBytes) throws ErrnoException {
        int fd = Errno.check(Linux.netlinkRouteSocket(), "netlink socket");
        var local = SocketAddressBuffer.allocate();
        local.setNetlink(GROUP_LINK | GROUP_IPV4_ADDRESS | GROUP_IPV6_ADDRESS);
        if (receiveBufferBytes > 0) {
            Linux.set(fd, SocketOption.SO_RCVBUF, receiveBufferBytes);
        }
        int bound = Linux.bind(fd, local);
        if (bound < 0) {
            Linux.close(fd);
            throw new ErrnoException("bind netlink socket to the groups of links and addresses", bound);
        }
        return new NetworkMonitor(fd);
    }

    /**
     * From now on routes and rules that go are told too. On a machine whose routes others change by the thousand each of those changes is read; who
     * has no need of them does not ask.
     */
    public void watchRoutes() throws ErrnoException {
        for (int group : ROUTE_GROUPS) {
            Errno.check(
                    Linux.set(fd, SocketOption.NETLINK_ADD_MEMBERSHIP, group), "watch routing changes, group " + group);
        }
    }

    /** The descriptor to wait for. */
    public int fd() {
        return fd;
    }

    /**
     * Tells what has happened, up to a bound.
     *
     * @return whether all was told; otherwise the descriptor is still readable
     * @throws ErrnoException where the socket fails
     */
    public boolean drain(Listener listener) throws ErrnoException {
        for (int count = 0; count < MOST_DATAGRAMS; count++) {
            long received = Linux.recv(fd, buffer, 0, BUFFER_BYTES);
            if (received == -Errno.EAGAIN) {
                return true;
            }
            if (received == -Errno.ENOBUFS) {
                listener.overrun();
            } else if (received >= 0) {
                tell(listener, received);
            } else if (received != -Errno.EINTR) {
                throw new ErrnoException("read changes of links and addresses", (int) received);
            }
        }
        return false;
    }

    private void tell(Listener listener, long received) {
        reader.wrap(buffer, received);
        while (reader.next()) {
            switch (reader.type()) {
                case LinkTable.NEW_LINK -> LinkTable.read(reader).ifPresent(listener::linkChanged);
                case LinkTable.DELETE_LINK -> LinkTable.read(reader).ifPresent(listener::linkRemoved);
                case AddressTable.NEW_ADDRESS -> AddressTable.read(reader).ifPresent(listener::addressChanged);
                case AddressTable.DELETE_ADDRESS -> AddressTable.read(reader).ifPresent(listener::addressRemoved);
                case RouteTable.DELETE_ROUTE -> RouteTable.read(reader).ifPresent(listener::routeRemoved);
                case RuleTable.DELETE_RULE -> RuleTable.read(reader).ifPresent(listener::ruleRemoved);
                default -> {}
            }
        }
    }

    @Override
    public void close() {
        Linux.close(fd);
    }
}
