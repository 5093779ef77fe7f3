package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.Ipvlan;
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
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the interfaces on which virtual routers have a hardware address of their own (RFC 9568 section 7.3), with the settings that keep the
 * kernel from answering for them on the parent, which are keepalived's. Used by the control thread.
 */
final class VirtualInterfaces {
    private static final Logger LOG = LoggerFactory.getLogger(VirtualInterfaces.class);
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

    /** The hardware address that a router has, or would have. */
    static MacAddress hardwareAddress(VirtualRouter router) {
        return hardwareAddress(
                router.virtualMac().orElseGet(VirtualMac::standard),
                router.family() == AddressFamily.IPV6,
                router.virtualRouterId());
    }

    /**
     * 00:00:5e:00:01:VRID or 00:00:5e:00:02:VRID unless it says otherwise.
     *
     * @throws IllegalArgumentException where what it says is no address
     */
    static MacAddress hardwareAddress(VirtualMac mac, boolean isIpv6, int virtualRouterId) {
        var text = mac.address().orElse(isIpv6 ? "00:00:5e:00:02" : "00:00:5e:00:01");
        int octets = text.split(":").length;
        return MacAddress.parse(octets == 5 ? text + ":" + String.format("%02x", virtualRouterId) : text);
    }

    /**
     * Makes the router's interface, up and ready. One that a former process left is made anew.
     *
     * @param source the link-local address adverts of IPv6 come from; it must be on the interface that sends them
     * @throws IOException where the kernel refuses, or an interface of the name exists that is not ours
     */
    Link create(VirtualRouter router, InterfacePlan.Wanted wanted, Link parent, InetAddress source) throws IOException {
        var link = create(wanted, parent);
        if (router.family() == AddressFamily.IPV6) {
            try {
                addresses.replace(AssignedAddress.of(source, 64, link.index())
                        .withScope(SCOPE_LINK)
                        .withFlags(AssignedAddress.NO_DAD));
            } catch (IOException failed) {
                remove(link);
                throw failed;
            }
        }
        return link;
    }

    /** Makes an interface as the other does, without an address. */
    Link create(InterfacePlan.Wanted wanted, Link parent) throws IOException {
        removeLeftover(wanted, parent);
        var link = links.createMacvlan(
                wanted.name(), parent.index(), wanted.mac().orElseThrow(), ALIAS + wanted.owner(), false);
        for (var setting : PARENT_SETTINGS) {
            borrowed.take(parent.name(), setting, 1);
        }
        parents.put(link.index(), parent.name());
        try {
            configure(link.name());
            links.setUp(link.index(), true);
            return links.find(link.index()).orElse(link);
        } catch (IOException failed) {
            remove(link);
            throw failed;
        }
    }

    /** Makes an interface that adverts go by, with the link-layer address of the one below. */
    Link create(Ipvlan ipvlan, InterfacePlan.Wanted wanted, Link parent) throws IOException {
        removeLeftover(wanted, parent);
        int flags = switch (ipvlan.mode()) {
            case BRIDGE -> LinkTable.IPVLAN_BRIDGE;
            case PRIVATE -> LinkTable.IPVLAN_PRIVATE;
            case VEPA -> LinkTable.IPVLAN_VEPA;
        };
        var link = links.createIpvlan(wanted.name(), parent.index(), flags, ALIAS + wanted.owner());
        try {
            if (ipvlan.source().isPresent()) {
                var source = ipvlan.source().get();
                addresses.replace(AssignedAddress.of(source.address(), source.prefix(), link.index())
                        .withFlags(AssignedAddress.NO_DAD));
            }
            links.setUp(link.index(), true);
            return links.find(link.index()).orElse(link);
        } catch (IOException failed) {
            remove(link);
            throw failed;
        }
    }

    private void removeLeftover(InterfacePlan.Wanted wanted, Link parent) throws IOException {
        var existing = links.find(wanted.name());
        if (existing.isEmpty()) {
            return;
        }
        var mac = wanted.mac().orElse(parent.hardwareAddress());
        if (!existing.get().kind().equals(wanted.mac().isPresent() ? "macvlan" : "ipvlan")
                || !existing.get().hardwareAddress().equals(mac)) {
            throw new IOException("virtual router '" + wanted.owner() + "' cannot make its interface " + wanted.name()
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

    /** Whether an interface that was made above another is still there. */
    static boolean isAbove(Link made, Link parent, InterfaceState known) {
        return made.parentIndex() == parent.index() && known.link(made.index()).isPresent();
    }

    /** As {@link #remove}, at a router's end: what the kernel refuses is told, and no matter any more. */
    void discard(Link link, VirtualRouter router) {
        try {
            remove(link);
        } catch (IOException failed) {
            LOG.warn("virtual router '{}': {}", router.name(), failed.getMessage());
        }
    }

    /** Removes an interface; the parent's settings become what they were with the last. */
    void remove(Link link) throws IOException {
        var parent = parents.remove(link.index());
        if (parent != null) {
            PARENT_SETTINGS.forEach(setting -> borrowed.giveBack(parent, setting));
        }
        links.remove(link.index());
    }
}
