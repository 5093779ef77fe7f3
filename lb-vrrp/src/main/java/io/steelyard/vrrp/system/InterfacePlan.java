package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.Ipvlan;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualMac;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.linux.netlink.MacAddress;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The interfaces above others that routers of one process want, with link-layer addresses of their own or for adverts alone, each with a name that no other has: the one that is given,
 * or the one it has already, or else keepalived's: a prefix, {@code 6} for IPv6, a dot and the router's id, with a number before the dot that counts
 * up from 1 while the name is taken ({@code vrrp.51}, {@code vrrp6.51}, {@code vrrp1.51}). Immutable.
 */
final class InterfacePlan {
    /** Of no router. */
    static final InterfacePlan NONE = new InterfacePlan(Map.of());

    private final Map<Use, Wanted> wanted;

    /**
     * An interface to be made.
     *
     * @param name of it
     * @param mac its hardware address; empty for that of the interface below
     * @param owner the name of the router that has it
     */
    record Wanted(String name, Optional<MacAddress> mac, String owner) {}

    /**
     * What an interface is for; single addresses of a router that agree in all of this share one.
     *
     * @param isForAddresses whether it is for single addresses, and not the router's own
     * @param parent the name of the interface below
     * @param mac empty for an ipvlan
     */
    record Use(
            String router,
            boolean isForAddresses,
            String parent,
            boolean isIpv6,
            int virtualRouterId,
            Optional<VirtualMac> mac,
            Optional<Ipvlan> ipvlan) {
        private static Optional<Use> own(VirtualRouter router) {
            if (router.virtualMac().isEmpty() && router.ipvlan().isEmpty()) {
                return Optional.empty();
            }
            return Optional.of(new Use(
                    router.name(),
                    false,
                    router.interfaceName(),
                    router.family() == AddressFamily.IPV6,
                    router.virtualRouterId(),
                    router.virtualMac(),
                    router.ipvlan()));
        }

        /** @param address one that has a link-layer address of its own */
        private static Use of(VirtualRouter router, VirtualAddress address) {
            return new Use(
                    router.name(),
                    true,
                    address.interfaceName().orElse(router.interfaceName()),
                    address.family() == AddressFamily.IPV6,
                    router.virtualRouterId(),
                    address.virtualMac(),
                    Optional.empty());
        }

        /** What the configuration calls it. */
        private Optional<String> givenName() {
            return mac.flatMap(VirtualMac::interfaceName).or(() -> ipvlan.flatMap(Ipvlan::interfaceName));
        }

        private Optional<MacAddress> hardwareAddress() {
            return mac.map(each -> VirtualInterfaces.hardwareAddress(each, isIpv6, virtualRouterId));
        }

        private static Stream<Use> all(VirtualRouter router) {
            return Stream.concat(
                    own(router).stream(),
                    Stream.concat(router.addresses().stream(), router.excludedAddresses().stream())
                            .filter(address -> address.virtualMac().isPresent())
                            .map(address -> of(router, address)));
        }
    }

    private InterfacePlan(Map<Use, Wanted> wanted) {
        this.wanted = wanted;
    }

    /** What other routers want; who wanted the same before keeps its name. @throws IllegalArgumentException where a hardware address is none */
    InterfacePlan with(List<VirtualRouter> routers, VrrpSettings settings) {
        var uses = routers.stream().flatMap(Use::all).distinct().toList();
        var taken = new HashSet<String>();
        var names = new LinkedHashMap<Use, String>();
        for (var use : uses) {
            use.givenName().or(() -> name(use)).ifPresent(name -> {
                taken.add(name);
                names.put(use, name);
            });
        }
        var next = new LinkedHashMap<Use, Wanted>();
        for (var use : uses) {
            var name = names.computeIfAbsent(use, each -> free(taken, each, settings));
            next.put(use, new Wanted(name, use.hardwareAddress(), use.router()));
        }
        return new InterfacePlan(next);
    }

    private Optional<String> name(Use use) {
        return Optional.ofNullable(wanted.get(use)).map(Wanted::name);
    }

    private static String free(Set<String> taken, Use use, VrrpSettings settings) {
        var prefix = use.isForAddresses()
                ? settings.addressInterfacePrefix().orElse(settings.interfacePrefix())
                : settings.interfacePrefix();
        var name = prefix + (use.isIpv6() ? "6." : ".") + use.virtualRouterId();
        for (int number = 1; !taken.add(name); number++) {
            name = prefix + number + "." + use.virtualRouterId();
        }
        return name;
    }

    /** The interface that a router has for itself; empty where it has none. */
    Optional<Wanted> own(VirtualRouter router) {
        return Use.own(router).map(wanted::get);
    }

    /** The interfaces that single addresses of a router have. */
    Map<Use, Wanted> ofAddresses(VirtualRouter router) {
        return wanted.entrySet().stream()
                .filter(each ->
                        each.getKey().isForAddresses() && each.getKey().router().equals(router.name()))
                .collect(Collectors.toMap(
                        Map.Entry::getKey, Map.Entry::getValue, (one, other) -> one, LinkedHashMap::new));
    }

    /** What an address that has a link-layer address of its own uses an interface for. */
    static Use use(VirtualRouter router, VirtualAddress address) {
        return Use.of(router, address);
    }

    /** The names of those with link-layer addresses of their own, which must not be seen by anything but what routers send. */
    Set<String> quiet() {
        return wanted.values().stream()
                .filter(each -> each.mac().isPresent())
                .map(Wanted::name)
                .collect(Collectors.toSet());
    }
}
