package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.VirtualMac;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.netlink.AddressTable;
import io.steelyard.linux.netlink.AssignedAddress;
import io.steelyard.linux.netlink.Link;
import io.steelyard.linux.netlink.LinkTable;
import io.steelyard.linux.netlink.MacAddress;
import io.steelyard.linux.netlink.Sysctl;
import java.io.IOException;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Makes the interfaces on which virtual routers have a hardware address of their own (RFC 9568 section 7.3), with the settings that keep the
 * kernel from answering for them on the parent, which are keepalived's. Used by the control thread.
 */
final class VirtualInterfaces {
    private static final String ALIAS = "steelyard virtual router ";
    private static final int SCOPE_LINK = 253;
    private static final int MOST_NAME = 15;
    private static final List<String> PARENT_SETTINGS = List.of("arp_ignore", "arp_filter");

    private final LinkTable links;
    private final AddressTable addresses;
    private final BorrowedSettings borrowed;

    /** By the number of an interface of ours, its parent's name. */
    private final Map<Integer, String> parents = new HashMap<>();

    VirtualInterfaces(LinkTable links, AddressTable addresses, BorrowedSettings borrowed) {
        this.borrowed = borrowed;
        this.links = links;
        this.addresses = addresses;
    }

    /**
     * The hardware address of a virtual router: 00:00:5e:00:01:VRID or 00:00:5e:00:02:VRID unless it says otherwise.
     *
     * @throws IllegalArgumentException where what it says is no address
     */
    static MacAddress hardwareAddress(VirtualRouter router) {
        var given = router.virtualMac().flatMap(VirtualMac::address);
        var prefix = router.family() == AddressFamily.IPV6 ? "00:00:5e:00:02" : "00:00:5e:00:01";
        var text = given.orElse(prefix);
        int octets = text.split(":").length;
        return MacAddress.parse(octets == 5 ? text + ":" + String.format("%02x", router.virtualRouterId()) : text);
    }

    /**
     * Makes the router's interface, up and ready. One that a former process left is made anew.
     *
     * @param source the link-local address adverts of IPv6 come from; it must be on the interface that sends them
     * @throws IOException where the kernel refuses, or an interface of the name exists that is not ours
     */
    Link create(VirtualRouter router, Link parent, Optional<InetAddress> source) throws IOException {
        var settings = router.virtualMac().orElseThrow();
        if (settings.kind() != VirtualMac.Kind.MACVLAN) {
            throw new IOException("virtual router '" + router.name() + "': interfaces of kind " + settings.kind()
                    + " cannot be made here; use MACVLAN");
        }
        boolean isIpv6 = router.family() == AddressFamily.IPV6;
        var name = name(router).orElseThrow();
        removeLeftover(name, router);
        var link = links.createMacvlan(name, parent.index(), hardwareAddress(router), ALIAS + router.name(), false);
        for (var setting : PARENT_SETTINGS) {
            borrowed.take(parent.name(), setting, 1);
        }
        parents.put(link.index(), parent.name());
        try {
            configure(link.name());
            links.setUp(link.index(), true);
            if (isIpv6 && source.isPresent()) {
                addresses.replace(AssignedAddress.of(source.get(), 64, link.index())
                        .withScope(SCOPE_LINK)
                        .withFlags(AssignedAddress.NO_DAD));
            }
            return links.find(link.index()).orElse(link);
        } catch (IOException failed) {
            remove(link);
            throw failed;
        }
    }

    private void removeLeftover(String name, VirtualRouter router) throws IOException {
        var existing = links.find(name);
        if (existing.isEmpty()) {
            return;
        }
        if (!existing.get().kind().equals("macvlan")
                || !existing.get().hardwareAddress().equals(hardwareAddress(router))) {
            throw new IOException("virtual router '" + router.name() + "' cannot make its interface " + name
                    + ": there is one of that name that is no left-over of ours; choose another name (at most "
                    + MOST_NAME + " characters)");
        }
        links.remove(existing.get().index());
    }

    private static void configure(String name) throws IOException {
        Sysctl.setIpv4(name, "arp_ignore", 1);
        Sysctl.setIpv4(name, "accept_local", 1);
        Sysctl.setIpv4(name, "rp_filter", 0);
        Sysctl.setIpv4(name, "promote_secondaries", 1);
    }

    /** Removes an interface; the parent's settings become what they were with the last. */
    void remove(Link link) throws IOException {
        var parent = parents.remove(link.index());
        if (parent != null) {
            PARENT_SETTINGS.forEach(setting -> borrowed.giveBack(parent, setting));
        }
        links.remove(link.index());
    }

    /** The name of the interface that a router has for itself; empty where it has none. */
    static Optional<String> name(VirtualRouter router) {
        var prefix = router.family() == AddressFamily.IPV6 ? "vrrp6." : "vrrp.";
        return router.virtualMac().map(mac -> mac.interfaceName().orElse(prefix + router.virtualRouterId()));
    }
}
