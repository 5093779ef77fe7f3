package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.netlink.AssignedAddress;
import io.steelyard.vrrp.election.Effect;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a virtual router has while it is active: puts it to the kernel and takes it away. A refusal of one does not keep the others from being
 * done; it is logged with the kernel's reason, and counted. Used by the control thread.
 */
final class Holdings {
    private static final Logger LOG = LoggerFactory.getLogger(Holdings.class);

    private final VirtualRouter router;
    private final Kernel kernel;
    private final long lifetimeSeconds;
    private int interfaceIndex;
    private boolean holdsAddresses;
    private boolean holdsExcluded;
    private long refusals;

    Holdings(VirtualRouter router, Kernel kernel) {
        this.router = router;
        this.kernel = kernel;
        lifetimeSeconds = KernelAddress.lifetimeSeconds(router.defence().lifetimeAdverts(), router.advertInterval());
    }

    /** Where addresses go that do not say so themselves. */
    void interfaceIndex(int index) {
        interfaceIndex = index;
    }

    /** How many changes the kernel refused. */
    long refusals() {
        return refusals;
    }

    /** How often a lifetime must be renewed, in nanoseconds; 0 for never. */
    long refreshEveryNs() {
        return lifetimeSeconds == AssignedAddress.FOREVER ? 0 : lifetimeSeconds * 1_000_000_000L / 4;
    }

    void apply(Effect.Step step) {
        switch (step) {
            case ADD_ADDRESSES -> {
                holdsAddresses = true;
                add(router.addresses());
            }
            case ADD_EXCLUDED_ADDRESSES -> {
                holdsExcluded = true;
                add(router.excludedAddresses());
            }
            case REMOVE_ADDRESSES -> {
                holdsAddresses = false;
                remove(router.addresses());
            }
            case REMOVE_EXCLUDED_ADDRESSES -> {
                holdsExcluded = false;
                remove(router.excludedAddresses());
            }
            case ADD_ROUTES ->
                router.routes()
                        .forEach(route -> attempt(() ->
                                kernel.routes().replace(KernelRoute.of(route, interfaceIndex, kernel.interfaces()))));
            case REMOVE_ROUTES ->
                router.routes()
                        .reversed()
                        .forEach(route -> attempt(() ->
                                kernel.routes().remove(KernelRoute.of(route, interfaceIndex, kernel.interfaces()))));
            case ADD_RULES -> router.rules().forEach(rule -> attempt(() -> addRule(KernelRoute.of(rule))));
            case REMOVE_RULES ->
                router.rules()
                        .reversed()
                        .forEach(rule -> attempt(() -> kernel.rules().remove(KernelRoute.of(rule))));
            case REMOVE_LEFTOVERS -> removeLeftovers();
            case RESTRICT_PACKETS -> kernel.restriction().restrict(router, true);
            case ALLOW_PACKETS -> kernel.restriction().restrict(router, false);
        }
    }

    private void addRule(io.steelyard.linux.netlink.RoutingRule rule) throws IOException {
        kernel.rules().remove(rule);
        kernel.rules().add(rule);
    }

    /** Renews the lifetimes of what is held. */
    void refresh() {
        if (lifetimeSeconds == AssignedAddress.FOREVER) {
            return;
        }
        if (holdsAddresses) {
            add(router.addresses());
        }
        if (holdsExcluded) {
            add(router.excludedAddresses());
        }
    }

    private void removeLeftovers() {
        apply(Effect.Step.REMOVE_RULES);
        apply(Effect.Step.REMOVE_ROUTES);
        remove(router.excludedAddresses());
        remove(router.addresses());
    }

    private void add(List<VirtualAddress> addresses) {
        for (var address : addresses) {
            attempt(() -> kernel.addresses().replace(KernelAddress.of(address, indexOf(address), lifetimeSeconds)));
        }
    }

    private void remove(List<VirtualAddress> addresses) {
        for (int i = addresses.size() - 1; i >= 0; i--) {
            var address = addresses.get(i);
            attempt(() -> kernel.addresses().remove(KernelAddress.of(address, indexOf(address), lifetimeSeconds)));
        }
    }

    /** The number of the interface an address belongs to. @throws IOException where there is no such interface */
    int indexOf(VirtualAddress address) throws IOException {
        if (address.interfaceName().isEmpty()) {
            return interfaceIndex;
        }
        var name = address.interfaceName().get();
        return kernel.interfaces()
                .link(name)
                .orElseThrow(() -> new IOException("there is no interface " + name + " for " + address.text()))
                .index();
    }

    /** All addresses, advertised or not. */
    List<VirtualAddress> all() {
        var all = new ArrayList<>(router.addresses());
        all.addAll(router.excludedAddresses());
        return all;
    }

    /** All addresses as such. */
    List<InetAddress> inetAddresses() {
        return all().stream().map(VirtualAddress::address).toList();
    }

    /** Whether an address of ours that is tracked is missing, as the kernel says now. */
    boolean isMissing(InetAddress lost) {
        try {
            for (var address : all()) {
                if (address.isTracked() && address.address().equals(lost)) {
                    int index = indexOf(address);
                    return kernel.addresses().list(index).stream()
                            .noneMatch(found -> found.address().equals(lost));
                }
            }
            return false;
        } catch (IOException unreadable) {
            LOG.warn("virtual router '{}': {}", router.name(), unreadable.getMessage());
            return false;
        }
    }

    private interface Change {
        void make() throws IOException;
    }

    private void attempt(Change change) {
        try {
            change.make();
        } catch (IOException | IllegalArgumentException refused) {
            refusals++;
            LOG.error("virtual router '{}': {}", router.name(), refused.getMessage());
        }
    }
}
