package io.steelyard.vrrp.system;

import io.steelyard.linux.netlink.AssignedAddress;
import io.steelyard.linux.netlink.Link;
import io.steelyard.linux.netlink.NetworkMonitor;
import io.steelyard.linux.netlink.Route;
import io.steelyard.linux.netlink.RoutingRule;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what is known of interfaces true by the kernel's messages, and says when something has changed. Used by the control thread. */
final class KernelChanges implements NetworkMonitor.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(KernelChanges.class);

    private final Kernel kernel;
    private final Announcer announcer;
    private final Listener listener;
    private final List<InetAddress> removed = new ArrayList<>();
    private final List<Route> removedRoutes = new ArrayList<>();
    private final List<RoutingRule> removedRules = new ArrayList<>();
    private boolean isAny;
    private boolean isAllUnknown;

    /** Hears what has changed. Called on the control thread. */
    interface Listener {
        /** Interfaces or their addresses. @param removed the addresses that were taken from an interface */
        void interfacesChanged(List<InetAddress> removed);

        /** Routes and rules were removed. */
        void routesRemoved(List<Route> routes, List<RoutingRule> rules);

        /** Any routes and rules may have been removed. */
        void routesUnknown();
    }

    KernelChanges(Kernel kernel, Announcer announcer, Listener listener) {
        this.kernel = kernel;
        this.announcer = announcer;
        this.listener = listener;
    }

    /** There are messages. */
    void read() {
        isAny = false;
        isAllUnknown = false;
        removed.clear();
        removedRoutes.clear();
        removedRules.clear();
        try {
            kernel.drain(this);
        } catch (IOException failed) {
            LOG.error("changes of interfaces cannot be read", failed);
        }
        if (isAny) {
            listener.interfacesChanged(List.copyOf(removed));
        }
        if (isAllUnknown) {
            listener.routesUnknown();
        } else if (!removedRoutes.isEmpty() || !removedRules.isEmpty()) {
            listener.routesRemoved(List.copyOf(removedRoutes), List.copyOf(removedRules));
        }
    }

    @Override
    public void linkChanged(Link link) {
        isAny = true;
        kernel.interfaces().put(link);
    }

    @Override
    public void linkRemoved(Link link) {
        isAny = true;
        kernel.interfaces().remove(link);
        announcer.remove(link.index());
    }

    @Override
    public void addressChanged(AssignedAddress address) {
        // Our own refreshing comes by here too; it changes nothing that routers look at.
        isAny |= kernel.interfaces().put(address);
    }

    @Override
    public void addressRemoved(AssignedAddress address) {
        isAny = true;
        kernel.interfaces().remove(address);
        removed.add(address.address());
    }

    @Override
    public void routeRemoved(Route route) {
        removedRoutes.add(route);
    }

    @Override
    public void ruleRemoved(RoutingRule rule) {
        removedRules.add(rule);
    }

    /** Messages were lost: all is read anew, and whatever was there and is not any more was removed. */
    @Override
    public void overrun() {
        isAny = true;
        isAllUnknown = true;
        try {
            var before = kernel.interfaces().addresses();
            kernel.readAll();
            removed.addAll(before);
            removed.removeAll(kernel.interfaces().addresses());
        } catch (IOException failed) {
            LOG.error("interfaces cannot be read anew", failed);
        }
    }
}
