package io.steelyard.vrrp.system;

import io.steelyard.linux.netlink.AssignedAddress;
import io.steelyard.linux.netlink.Link;
import io.steelyard.linux.netlink.NetworkMonitor;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps what is known of interfaces true by the kernel's messages, and says when something has changed. Used by the control thread. */
final class KernelChanges implements NetworkMonitor.Listener {
    private static final Logger LOG = LoggerFactory.getLogger(KernelChanges.class);

    private final Kernel kernel;
    private final Announcer announcer;
    private final Consumer<List<InetAddress>> onChange;
    private final List<InetAddress> removed = new ArrayList<>();
    private boolean isAny;

    /** @param onChange gets the addresses that were taken from an interface */
    KernelChanges(Kernel kernel, Announcer announcer, Consumer<List<InetAddress>> onChange) {
        this.kernel = kernel;
        this.announcer = announcer;
        this.onChange = onChange;
    }

    /** There are messages. */
    void read() {
        isAny = false;
        removed.clear();
        try {
            kernel.drain(this);
        } catch (IOException failed) {
            LOG.error("changes of interfaces cannot be read", failed);
        }
        if (isAny) {
            onChange.accept(List.copyOf(removed));
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

    /** Messages were lost: all is read anew, and whatever was there and is not any more was removed. */
    @Override
    public void overrun() {
        isAny = true;
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
