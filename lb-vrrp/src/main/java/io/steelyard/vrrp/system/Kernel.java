package io.steelyard.vrrp.system;

import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.netlink.AddressTable;
import io.steelyard.linux.netlink.LinkTable;
import io.steelyard.linux.netlink.NetlinkSocket;
import io.steelyard.linux.netlink.NetworkMonitor;
import io.steelyard.linux.netlink.RouteTable;
import io.steelyard.linux.netlink.RuleTable;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The kernel's tables, and what is known of its interfaces. Of the network namespace of the thread that opened it; used by the control thread. */
final class Kernel implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Kernel.class);
    private static final int EVENT_BUFFER_BYTES = 1 << 20;

    private final NetlinkSocket socket;
    private final NetworkMonitor monitor;
    private final AddressTable addresses;
    private final LinkTable links;
    private final RouteTable routes;
    private final RuleTable rules;
    private final InterfaceState interfaces = new InterfaceState();
    private final PacketRestriction restriction = new PacketRestriction();
    private boolean isWatchingRoutes;

    private Kernel(NetlinkSocket socket, NetworkMonitor monitor) {
        this.socket = socket;
        this.monitor = monitor;
        addresses = new AddressTable(socket);
        links = new LinkTable(socket);
        routes = new RouteTable(socket);
        rules = new RuleTable(socket);
    }

    /** Opens the tables and begins to watch them. */
    static Kernel open() throws IOException {
        var socket = NetlinkSocket.open();
        try {
            var kernel = new Kernel(socket, NetworkMonitor.open(EVENT_BUFFER_BYTES));
            try {
                kernel.readAll();
                return kernel;
            } catch (IOException failed) {
                kernel.monitor.close();
                throw failed;
            }
        } catch (IOException failed) {
            socket.close();
            throw failed;
        }
    }

    /** Reads anew what is known of interfaces. */
    void readAll() throws IOException {
        interfaces.reset(links.list(), addresses.list());
    }

    /** Learns what has changed. @return false where more is left for the next time */
    boolean drain(NetworkMonitor.Listener listener) throws ErrnoException {
        return monitor.drain(listener);
    }

    /** Routes and rules that go are told from now on. */
    void watchRoutes() {
        if (isWatchingRoutes) {
            return;
        }
        try {
            monitor.watchRoutes();
            isWatchingRoutes = true;
        } catch (ErrnoException refused) {
            LOG.warn("routes and rules that others remove go unnoticed: {}", refused.getMessage());
        }
    }

    int monitorFd() {
        return monitor.fd();
    }

    AddressTable addresses() {
        return addresses;
    }

    LinkTable links() {
        return links;
    }

    RouteTable routes() {
        return routes;
    }

    RuleTable rules() {
        return rules;
    }

    InterfaceState interfaces() {
        return interfaces;
    }

    PacketRestriction restriction() {
        return restriction;
    }

    @Override
    public void close() {
        monitor.close();
        socket.close();
        restriction.close();
    }
}
