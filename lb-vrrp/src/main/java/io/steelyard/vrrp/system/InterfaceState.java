package io.steelyard.vrrp.system;

import io.steelyard.linux.netlink.AssignedAddress;
import io.steelyard.linux.netlink.Link;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is known of this machine's interfaces and their addresses, kept true by the kernel's messages. Used by the control thread.
 */
final class InterfaceState {
    private static final int SCOPE_LINK = 253;

    private final List<Link> links = new ArrayList<>();
    private final List<AssignedAddress> addresses = new ArrayList<>();

    /** Replaces all that is known. */
    void reset(List<Link> allLinks, List<AssignedAddress> allAddresses) {
        links.clear();
        links.addAll(allLinks);
        addresses.clear();
        addresses.addAll(allAddresses);
    }

    void put(Link link) {
        links.removeIf(known -> known.index() == link.index());
        links.add(link);
    }

    void remove(Link link) {
        links.removeIf(known -> known.index() == link.index());
        addresses.removeIf(known -> known.interfaceIndex() == link.index());
    }

    /** @return whether that is news: more than another lifetime */
    boolean put(AssignedAddress address) {
        for (int i = 0; i < addresses.size(); i++) {
            var known = addresses.get(i);
            if (isSame(known, address)) {
                addresses.set(i, address);
                return known.flags() != address.flags();
            }
        }
        return addresses.add(address);
    }

    void remove(AssignedAddress address) {
        addresses.removeIf(known -> isSame(known, address));
    }

    private static boolean isSame(AssignedAddress one, AssignedAddress other) {
        return one.interfaceIndex() == other.interfaceIndex()
                && one.address().equals(other.address())
                && one.prefixLength() == other.prefixLength();
    }

    Optional<Link> link(String name) {
        return links.stream().filter(link -> link.name().equals(name)).findFirst();
    }

    Optional<Link> link(int index) {
        return links.stream().filter(link -> link.index() == index).findFirst();
    }

    /** Whether an interface has an address that can be used. */
    boolean has(int interfaceIndex, InetAddress address) {
        return addresses.stream()
                .anyMatch(known -> known.interfaceIndex() == interfaceIndex
                        && known.address().equals(address)
                        && !known.has(AssignedAddress.TENTATIVE));
    }

    /** All addresses. */
    List<InetAddress> addresses() {
        return addresses.stream().map(AssignedAddress::address).toList();
    }

    /** Whether an interface has an address, whether it can be used or not. */
    boolean hasAny(int interfaceIndex, InetAddress address) {
        return addresses.stream()
                .anyMatch(known -> known.interfaceIndex() == interfaceIndex
                        && known.address().equals(address));
    }

    /**
     * The address that an interface's adverts come from: the first IPv4 address, or the first link-local IPv6 address (RFC 9568 section
     * 5.1.2.1), that is not one of {@code not}.
     */
    Optional<InetAddress> primary(int interfaceIndex, boolean isIpv6, List<InetAddress> not) {
        return addresses.stream()
                .filter(known -> known.interfaceIndex() == interfaceIndex
                        && known.isIpv6() == isIpv6
                        && !known.has(AssignedAddress.TENTATIVE)
                        && !known.has(AssignedAddress.DAD_FAILED)
                        && (isIpv6 ? known.scope() == SCOPE_LINK : known.address() instanceof Inet4Address)
                        && !not.contains(withoutScope(known.address())))
                .map(known -> withoutScope(known.address()))
                .findFirst();
    }

    private static InetAddress withoutScope(InetAddress address) {
        if (!(address instanceof Inet6Address)) {
            return address;
        }
        try {
            return InetAddress.getByAddress(address.getAddress());
        } catch (java.net.UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
