package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.netlink.Link;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The interfaces that single addresses of a router have for themselves, with a link-layer address of their own: one for all that want the same above
 * the same interface. They are there as long as the router is, whether it is active or not. Used by the control thread.
 */
final class AddressInterfaces implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(AddressInterfaces.class);

    private final VirtualRouter router;
    private final Kernel kernel;
    private final VirtualInterfaces interfaces;
    private final Map<InterfacePlan.Use, InterfacePlan.Wanted> wanted;
    private final Map<InterfacePlan.Use, Link> made = new LinkedHashMap<>();

    AddressInterfaces(VirtualRouter router, RouterHost host) {
        this.router = router;
        kernel = host.kernel();
        interfaces = host.virtualInterfaces();
        wanted = host.routers().interfaces().ofAddresses(router);
    }

    /** Has what another made for the same router; what is not wanted any more goes. */
    void succeed(AddressInterfaces before) {
        before.made.forEach((use, link) -> {
            if (wanted.containsKey(use) && wanted.get(use).equals(before.wanted.get(use))) {
                made.put(use, link);
            }
        });
        before.made.keySet().removeAll(made.keySet());
        before.close();
    }

    /** Makes those that are missing and can be made. */
    void look() {
        wanted.forEach((use, each) -> {
            var parent = kernel.interfaces().link(use.parent());
            var link = made.get(use);
            if (parent.isEmpty()
                    || link != null && VirtualInterfaces.isAbove(link, parent.get(), kernel.interfaces())) {
                return;
            }
            try {
                var created = interfaces.create(each, parent.get());
                made.put(use, created);
                kernel.interfaces().put(created);
            } catch (IOException | IllegalArgumentException failed) {
                made.remove(use);
                LOG.error("virtual router '{}': {}", router.name(), failed.getMessage());
            }
        });
    }

    /** The number of the interface of an address that has one. @throws IOException where it could not be made */
    int index(VirtualAddress address) throws IOException {
        var link = made.get(InterfacePlan.use(router, address));
        if (link == null) {
            throw new IOException("there is no interface with a link-layer address of its own for " + address.text());
        }
        return link.index();
    }

    @Override
    public void close() {
        made.values().forEach(link -> interfaces.discard(link, router));
        made.clear();
    }
}
