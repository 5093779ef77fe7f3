package io.steelyard.config.yaml;

import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualMac;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** {@link VirtualAddress}. */
final class VirtualAddressSection extends Section<VirtualAddress> {
    private final Key<VirtualAddress, VirtualAddress> address = required(
            "address",
            Forms.parsed("address or address/prefix", VirtualAddress::parse, VirtualAddress::text),
            given -> given,
            "`192.0.2.1/24`; without a prefix length the address alone.");
    private final Key<VirtualAddress, String> interfaceName = absent(
            "interfaceName",
            Forms.text(),
            VirtualAddress::interfaceName,
            "the router's",
            "Where the address is added.");
    private final Key<VirtualAddress, InetAddress> peer = absent(
            "peer", Endpoints.address(), VirtualAddress::peer, "none", "The other end of a point-to-point link.");
    private final Key<VirtualAddress, InetAddress> broadcast = absent(
            "broadcast", Endpoints.address(), VirtualAddress::broadcast, "none", "The broadcast address of IPv4.");
    private final Key<VirtualAddress, String> scope =
            absent("scope", Forms.text(), VirtualAddress::scope, "the kernel's choice", "Such as `global` or `link`.");
    private final Key<VirtualAddress, String> label = absent(
            "label",
            Forms.text(),
            VirtualAddress::label,
            "none",
            "The name under which ifconfig shows it, such as `eth0:1`.");
    private final Key<VirtualAddress, Duration> preferredLifetime = absent(
            "preferredLifetime",
            Forms.time(),
            VirtualAddress::preferredLifetime,
            "for ever",
            "How long the kernel chooses it as a source; `0s` for never.");
    private final Key<VirtualAddress, List<VirtualAddress.Flag>> flags = optional(
            "flags",
            Forms.list(Forms.word(VirtualAddress.Flag.class)),
            given -> given.flags().stream().sorted().toList(),
            List.of(),
            "How the kernel treats it, in the words of `ip address add`.");
    private final Key<VirtualAddress, Boolean> tracked = optional(
            "tracked",
            Forms.flag(),
            VirtualAddress::isTracked,
            true,
            "Whether the router steps down when somebody else removes it.");
    private final Key<VirtualAddress, VirtualMac> virtualMac = absent(
            "virtualMac",
            new VirtualMacSection(),
            VirtualAddress::virtualMac,
            "the router's, or its interface's",
            "A link-layer address of its own on `interfaceName`.");

    VirtualAddressSection() {
        super("virtual address");
    }

    /** A list, each item an address or a section. */
    static Form<List<VirtualAddress>> list() {
        return Forms.list(Forms.shortened(new VirtualAddressSection(), "address"));
    }

    @Override
    VirtualAddress make(Values values) {
        var parsed = values.get(address);
        return new VirtualAddress(
                parsed.address(),
                parsed.prefix(),
                values.find(interfaceName),
                values.find(peer),
                values.find(broadcast),
                values.find(scope),
                values.find(label),
                values.find(preferredLifetime),
                Set.copyOf(values.or(flags, List.of())),
                values.or(tracked, true),
                values.find(virtualMac));
    }
}
