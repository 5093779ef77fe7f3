package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.VirtualMac;

/** {@link VirtualMac}. */
final class VirtualMacSection extends Section<VirtualMac> {
    private final Key<VirtualMac, String> interfaceName = absent(
            "interfaceName",
            Forms.text(),
            VirtualMac::interfaceName,
            "`vrrp.VRID` and the like",
            "Of the interface that is made.");
    private final Key<VirtualMac, String> address = absent(
            "address",
            Forms.text(),
            VirtualMac::address,
            "the RFC's",
            "Six octets, or five that the virtual router id follows: `02:00:5e:00:01`.");
    private final Key<VirtualMac, Boolean> sendsFromParent = optional(
            "sendsFromParent",
            Forms.flag(),
            VirtualMac::sendsFromParent,
            false,
            "Adverts leave from the parent interface.");

    VirtualMacSection() {
        super("virtual MAC");
    }

    @Override
    VirtualMac make(Values values) {
        return new VirtualMac(values.find(interfaceName), values.find(address), values.or(sendsFromParent, false));
    }
}
