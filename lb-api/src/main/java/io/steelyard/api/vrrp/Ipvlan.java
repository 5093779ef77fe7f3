package io.steelyard.api.vrrp;

import java.util.Objects;
import java.util.Optional;

/**
 * An interface above the router's (ipvlan, mode L2) that adverts are sent and heard by, with an address of its own and the link-layer address of the
 * interface below, where the virtual addresses stay (keepalived {@code use_ipvlan}). For hosts whose switch allows one link-layer address alone.
 *
 * @param interfaceName of the interface that is made; absent for one as {@link VrrpSettings#interfacePrefix} says
 * @param mode what interfaces above the same one hear of each other; the same for all of them
 * @param address what adverts come from, with a prefix length, or without for the address alone; absent for the link-local address of IPv6. IPv4
 *     needs one
 */
public record Ipvlan(Optional<String> interfaceName, Mode mode, Optional<String> address) {
    /** What interfaces above the same one hear of each other. */
    public enum Mode {
        /** All. */
        BRIDGE,
        /** Nothing. */
        PRIVATE,
        /** What a switch sends back. */
        VEPA
    }

    public Ipvlan {
        Objects.requireNonNull(interfaceName, "interfaceName");
        Objects.requireNonNull(mode, "mode");
        interfaceName.ifPresent(InterfaceNames::check);
        address.ifPresent(text -> VirtualAddress.builder(text).build());
    }

    /** {@link #address()} read. */
    public Optional<VirtualAddress> source() {
        return address.map(text -> VirtualAddress.builder(text).build());
    }
}
