package io.steelyard.api.vrrp;

import java.util.Objects;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Addresses on an interface above the router's (macvlan, mode private) that has a link-layer address of its own, 00:00:5e:00:01:VRID or 00:00:5e:00:02:VRID (RFC 9568 section 7.3), so that neighbours need not
 * learn anew which machine has them.
 *
 * @param interfaceName of the interface that is made; absent for one as {@link VrrpSettings#interfacePrefix} says
 * @param address six octets, or five that VRID follows, such as {@code 02:00:5e:00:01}; absent for the RFC's
 * @param sendsFromParent adverts leave from the parent interface (keepalived {@code vmac_xmit_base})
 */
public record VirtualMac(Optional<String> interfaceName, Optional<String> address, boolean sendsFromParent) {
    private static final Pattern OCTETS = Pattern.compile("[0-9a-f]{2}(:[0-9a-f]{2}){4,5}");

    public VirtualMac {
        Objects.requireNonNull(interfaceName, "interfaceName");
        interfaceName.ifPresent(InterfaceNames::check);
        address.ifPresent(text -> {
            if (!OCTETS.matcher(text).matches()) {
                throw new IllegalArgumentException(
                        "'" + text + "' is no link-layer address; expected five or six octets, such as 00:00:5e:00:01");
            }
        });
    }

    /** The RFC's. */
    public static VirtualMac standard() {
        return new VirtualMac(Optional.empty(), Optional.empty(), false);
    }
}
