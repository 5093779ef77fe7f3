package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualMac;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.netlink.Link;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
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
    private final Map<Place, VirtualInterfaces.Wanted> wanted;
    private final Map<Place, Link> made = new LinkedHashMap<>();

    /** What addresses share an interface by. */
    private record Place(String parent, boolean isIpv6, VirtualMac mac) {}

    AddressInterfaces(VirtualRouter router, Kernel kernel, VirtualInterfaces interfaces) {
        this.router = router;
        this.kernel = kernel;
        this.interfaces = interfaces;
        wanted = wanted(router);
    }

    /** The names of all that a router wants. */
    static List<String> names(VirtualRouter router) {
        return wanted(router).values().stream()
                .map(VirtualInterfaces.Wanted::name)
                .toList();
    }

    private static Map<Place, VirtualInterfaces.Wanted> wanted(VirtualRouter router) {
        var wanted = new LinkedHashMap<Place, VirtualInterfaces.Wanted>();
        Stream.concat(router.addresses().stream(), router.excludedAddresses().stream())
                .filter(address -> address.virtualMac().isPresent())
                .map(address -> place(router, address))
                .distinct()
                .forEach(place -> wanted.put(
                        place,
                        new VirtualInterfaces.Wanted(
                                place.mac()
                                        .interfaceName()
                                        .orElse(VirtualInterfaces.prefix(place.isIpv6()) + router.virtualRouterId()
                                                + "." + (wanted.size() + 1)),
                                VirtualInterfaces.hardwareAddress(
                                        place.mac(), place.isIpv6(), router.virtualRouterId()),
                                router.name())));
        return wanted;
    }

    private static Place place(VirtualRouter router, VirtualAddress address) {
        return new Place(
                address.interfaceName().orElse(router.interfaceName()),
                address.family() == AddressFamily.IPV6,
                address.virtualMac().orElseThrow());
    }

    /** Has what another made for the same router; what is not wanted any more goes. */
    void succeed(AddressInterfaces before) {
        before.made.forEach((place, link) -> {
            if (wanted.containsKey(place) && wanted.get(place).equals(before.wanted.get(place))) {
                made.put(place, link);
            }
        });
        before.made.keySet().removeAll(made.keySet());
        before.close();
    }

    /** Makes those that are missing and can be made. */
    void look() {
        wanted.forEach((place, each) -> {
            var parent = kernel.interfaces().link(place.parent());
            var link = made.get(place);
            if (parent.isEmpty()
                    || link != null && VirtualInterfaces.isAbove(link, parent.get(), kernel.interfaces())) {
                return;
            }
            try {
                var created = interfaces.create(each, parent.get());
                made.put(place, created);
                kernel.interfaces().put(created);
            } catch (IOException | IllegalArgumentException failed) {
                made.remove(place);
                LOG.error("virtual router '{}': {}", router.name(), failed.getMessage());
            }
        });
    }

    /** The number of the interface of an address that has one. @throws IOException where it could not be made */
    int index(VirtualAddress address) throws IOException {
        var link = made.get(place(router, address));
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
