package io.steelyard.api.vrrp;

import java.util.List;

/**
 * Addresses, routes and rules that this machine has while the process lives, and that virtual routers need: what somebody else takes away is put back,
 * and where it cannot be, the routers are in FAULT until it can (keepalived {@code track_group}).
 *
 * @param name for people; unique
 * @param routers names of the virtual routers; at least one
 * @param addresses each with its interface
 */
public record StaticGroup(
        String name,
        List<String> routers,
        List<VirtualAddress> addresses,
        List<VirtualRoute> routes,
        List<VirtualRule> rules) {
    public StaticGroup {
        routers = List.copyOf(routers);
        addresses = List.copyOf(addresses);
        routes = List.copyOf(routes);
        rules = List.copyOf(rules);
        if (name.isEmpty() || routers.isEmpty()) {
            throw new IllegalArgumentException("a static group needs a name, and virtual routers");
        }
    }
}
