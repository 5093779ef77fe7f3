package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.netlink.AssignedAddress;
import io.steelyard.linux.netlink.Sysctl;
import io.steelyard.vrrp.election.Effect;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private final AddressInterfaces own;
    private final HeldRoutes routes;
    private final long lifetimeSeconds;
    private int interfaceIndex;
    private boolean hasLeftovers;
    private long refusals;

    /** What the kernel took from us and has, as far as we know. */
    private final Map<VirtualAddress, AssignedAddress> held = new LinkedHashMap<>();

    /** Interfaces whose kernel has been told to keep addresses when an older one of their network goes. */
    private final Set<Integer> promoting = new HashSet<>();

    /** @param own the interfaces that single addresses have for themselves */
    Holdings(VirtualRouter router, Kernel kernel, AddressInterfaces own) {
        this.router = router;
        this.own = own;
        this.kernel = kernel;
        routes =
                new HeldRoutes("virtual router '" + router.name() + "'", router.routes(), router.rules(), true, kernel);
        // A lease is told of right after; what is left of it then is at least a second, or nothing is claimed.
        lifetimeSeconds = router.defence().witness().isPresent()
                ? 1
                : KernelAddress.lifetimeSeconds(router.defence().lifetimeAdverts(), router.advertInterval());
    }

    /** What another held for the same router is this one's; what it does not want goes. */
    void succeed(Holdings before) {
        interfaceIndex = before.interfaceIndex;
        hasLeftovers = before.hasLeftovers;
        refusals = before.refusals;
        routes.succeed(before.routes);
        var wanted = all();
        before.remove(before.held.keySet().stream()
                .filter(address -> !wanted.contains(address))
                .toList());
        held.putAll(before.held);
        promoting.addAll(before.promoting);
    }

    /** Where addresses go that do not say so themselves. What an earlier process left there goes, if there was no such place until now. */
    void interfaceIndex(int index) {
        interfaceIndex = index;
        if (hasLeftovers && index != 0) {
            hasLeftovers = false;
            removeAddresses();
        }
    }

    /** Its routes and rules. */
    HeldRoutes routes() {
        return routes;
    }

    /** How many changes the kernel refused. */
    long refusals() {
        return refusals + routes.refusals();
    }

    void apply(Effect.Step step) {
        switch (step) {
            case ADD_ADDRESSES -> add(router.addresses());
            case ADD_EXCLUDED_ADDRESSES -> add(router.excludedAddresses());
            case REMOVE_ADDRESSES -> remove(router.addresses());
            case REMOVE_EXCLUDED_ADDRESSES -> remove(router.excludedAddresses());
            case ADD_ROUTES -> routes.addRoutes();
            case REMOVE_ROUTES -> routes.removeRoutes();
            case ADD_RULES -> routes.addRules();
            case REMOVE_RULES -> routes.removeRules();
            case REMOVE_LEFTOVERS -> removeLeftovers();
            case RESTRICT_PACKETS -> kernel.restriction().restrict(router, true);
            case ALLOW_PACKETS -> kernel.restriction().restrict(router, false);
        }
    }

    /**
     * The kernel is to keep what is held for that long from now. What is gone is not put back.
     *
     * @return whether nothing that is tracked is missing
     */
    boolean keep(int seconds) {
        boolean isComplete = true;
        for (var each : held.entrySet()) {
            var assigned = each.getValue();
            if (!kernel.interfaces().hasAny(assigned.interfaceIndex(), assigned.address())
                    && isMissing(assigned.address())) {
                isComplete = false;
            } else if (kernel.interfaces().hasAny(assigned.interfaceIndex(), assigned.address())) {
                attempt(() -> kernel.addresses()
                        .replace(KernelAddress.of(each.getKey(), assigned.interfaceIndex(), seconds)));
            }
        }
        return isComplete;
    }

    private void removeLeftovers() {
        apply(Effect.Step.REMOVE_RULES);
        apply(Effect.Step.REMOVE_ROUTES);
        removeAddresses();
    }

    private void removeAddresses() {
        remove(router.excludedAddresses());
        remove(router.addresses());
    }

    private void add(List<VirtualAddress> addresses) {
        for (var address : addresses) {
            attempt(() -> {
                var assigned = KernelAddress.of(address, indexOf(address), lifetimeSeconds);
                promoteSecondaries(assigned);
                kernel.addresses().replace(assigned);
                // The kernel's own message comes later; until then this is what is known.
                kernel.interfaces().put(assigned);
                held.put(address, assigned);
            });
        }
    }

    /** Without it an IPv4 address that goes takes all others of its network with it that came later (keepalived promote_secondaries). */
    private void promoteSecondaries(AssignedAddress address) {
        if (address.address() instanceof Inet4Address && promoting.add(address.interfaceIndex())) {
            var link = kernel.interfaces().link(address.interfaceIndex());
            if (link.isPresent()) {
                attempt(() -> Sysctl.setIpv4(link.get().name(), "promote_secondaries", 1));
            }
        }
    }

    private void remove(List<VirtualAddress> addresses) {
        for (int i = addresses.size() - 1; i >= 0; i--) {
            var address = addresses.get(i);
            if (address.interfaceName().isEmpty() && interfaceIndex == 0) {
                // There is no interface yet, or none that is known.
                hasLeftovers = true;
                continue;
            }
            attempt(() -> {
                var assigned = KernelAddress.of(address, indexOf(address), lifetimeSeconds);
                held.remove(address);
                kernel.addresses().remove(assigned);
                kernel.interfaces().remove(assigned);
            });
        }
    }

    /** Whether this machine has an address, on the interface where the router puts it. */
    boolean has(VirtualAddress address) {
        try {
            return kernel.interfaces().hasAny(indexOf(address), address.address());
        } catch (IOException noInterface) {
            return false;
        }
    }

    /** The number of the interface an address belongs to. @throws IOException where there is no such interface */
    int indexOf(VirtualAddress address) throws IOException {
        if (address.virtualMac().isPresent()) {
            return own.index(address);
        }
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
