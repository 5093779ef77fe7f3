package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.Ipvlan;

/** {@link Ipvlan}. */
final class IpvlanSection extends Section<Ipvlan> {
    private final Key<Ipvlan, String> interfaceName = absent(
            "interfaceName",
            Forms.text(),
            Ipvlan::interfaceName,
            "`vrrp.VRID` and the like",
            "Of the interface that is made.");
    private final Key<Ipvlan, Ipvlan.Mode> mode = optional(
            "mode",
            Forms.word(Ipvlan.Mode.class),
            Ipvlan::mode,
            Ipvlan.Mode.BRIDGE,
            "What interfaces above the same one hear of each other: all, nothing, or what a switch sends back.");
    private final Key<Ipvlan, String> address = absent(
            "address",
            Forms.text(),
            Ipvlan::address,
            "the link-local one of IPv6",
            "What adverts come from, perhaps with a prefix length. IPv4 needs one.");

    IpvlanSection() {
        super("ipvlan");
    }

    @Override
    Ipvlan make(Values values) {
        return new Ipvlan(values.find(interfaceName), values.or(mode, Ipvlan.Mode.BRIDGE), values.find(address));
    }
}
