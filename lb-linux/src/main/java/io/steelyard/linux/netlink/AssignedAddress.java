package io.steelyard.linux.netlink;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Objects;
import java.util.Optional;

/**
 * An address of an interface, as ip-address(8) shows and sets it.
 *
 * @param address the address; IPv4 or IPv6
 * @param prefixLength of its network: 0 to 32, or to 128
 * @param peer the address at the other end of a point-to-point link
 * @param broadcast IPv4's broadcast address
 * @param interfaceIndex the interface's number
 * @param label IPv4's name for {@code ifconfig}: the interface's name, or that and {@code :suffix}; at most 15 bytes; empty for none
 * @param scope 0 global, 253 link, 254 host, or another of 0 to 255
 * @param flags IFA_F_ flags such as {@link #NO_DAD}
 * @param preferredSeconds for how long it is chosen as the source of new connections; {@link #FOREVER}, or 0 for never
 * @param validSeconds for how long it exists before the kernel removes it; {@link #FOREVER}, or at least 1
 */
public record AssignedAddress(
        InetAddress address,
        int prefixLength,
        Optional<InetAddress> peer,
        Optional<InetAddress> broadcast,
        int interfaceIndex,
        String label,
        int scope,
        int flags,
        long preferredSeconds,
        long validSeconds) {
    /** A lifetime without end. */
    public static final long FOREVER = 0xFFFF_FFFFL;

    /** No duplicate address detection before the address is used (IPv6). */
    public static final int NO_DAD = 0x02;

    /** Duplicate address detection found another holder (IPv6). */
    public static final int DAD_FAILED = 0x08;

    /** The home address of RFC 6275. */
    public static final int HOME_ADDRESS = 0x10;

    /** Not chosen as the source of new connections. */
    public static final int DEPRECATED = 0x20;

    /** Duplicate address detection is under way (IPv6): the address cannot be used yet. */
    public static final int TENTATIVE = 0x40;

    /** The address has no end. */
    public static final int PERMANENT = 0x80;

    /** The kernel makes temporary addresses from it (IPv6). */
    public static final int MANAGE_TEMPORARY = 0x100;

    /** No route to its network is made. */
    public static final int NO_PREFIX_ROUTE = 0x200;

    /** Joins the multicast group the address is. */
    public static final int JOIN_GROUP = 0x400;

    private static final int MAX_LABEL = 15;

    public AssignedAddress {
        Objects.requireNonNull(address, "address");
        int bits = address.getAddress().length * 8;
        if (prefixLength < 0 || prefixLength > bits) {
            throw new IllegalArgumentException("the prefix length of " + address.getHostAddress() + " is "
                    + prefixLength + ", expected 0 to " + bits);
        }
        if (interfaceIndex < 1) {
            throw new IllegalArgumentException("interfaceIndex is " + interfaceIndex + ", expected at least 1");
        }
        if (label.length() > MAX_LABEL) {
            throw new IllegalArgumentException(
                    "the label '" + label + "' is longer than the " + MAX_LABEL + " characters the kernel allows");
        }
        if (validSeconds < 1 || validSeconds > FOREVER || preferredSeconds < 0 || preferredSeconds > validSeconds) {
            throw new IllegalArgumentException("the lifetimes are " + preferredSeconds + " s preferred and "
                    + validSeconds + " s valid; expected 0 <= preferred <= valid, valid at least 1");
        }
    }

    /** A permanent address of global scope. @param prefixLength of its network */
    public static AssignedAddress of(InetAddress address, int prefixLength, int interfaceIndex) {
        return new AssignedAddress(
                address, prefixLength, Optional.empty(), Optional.empty(), interfaceIndex, "", 0, 0, FOREVER, FOREVER);
    }

    /** The same with lifetimes in seconds. */
    public AssignedAddress withLifetime(long preferred, long valid) {
        return new AssignedAddress(
                address, prefixLength, peer, broadcast, interfaceIndex, label, scope, flags, preferred, valid);
    }

    /** The same with flags added. */
    public AssignedAddress withFlags(int added) {
        return new AssignedAddress(
                address,
                prefixLength,
                peer,
                broadcast,
                interfaceIndex,
                label,
                scope,
                flags | added,
                preferredSeconds,
                validSeconds);
    }

    /** The same with a scope. */
    public AssignedAddress withScope(int value) {
        return new AssignedAddress(
                address,
                prefixLength,
                peer,
                broadcast,
                interfaceIndex,
                label,
                value,
                flags,
                preferredSeconds,
                validSeconds);
    }

    /** The same with a label. */
    public AssignedAddress withLabel(String value) {
        return new AssignedAddress(
                address,
                prefixLength,
                peer,
                broadcast,
                interfaceIndex,
                value,
                scope,
                flags,
                preferredSeconds,
                validSeconds);
    }

    /** The same on a point-to-point link. */
    public AssignedAddress withPeer(InetAddress value) {
        return new AssignedAddress(
                address,
                prefixLength,
                Optional.of(value),
                broadcast,
                interfaceIndex,
                label,
                scope,
                flags,
                preferredSeconds,
                validSeconds);
    }

    /** The same with a broadcast address. */
    public AssignedAddress withBroadcast(InetAddress value) {
        return new AssignedAddress(
                address,
                prefixLength,
                peer,
                Optional.of(value),
                interfaceIndex,
                label,
                scope,
                flags,
                preferredSeconds,
                validSeconds);
    }

    public boolean isIpv6() {
        return address instanceof Inet6Address;
    }

    /** Whether all of these flags are set. */
    public boolean has(int wanted) {
        return (flags & wanted) == wanted;
    }

    /** Such as {@code 10.0.0.1/24 of interface 3}. */
    @Override
    public String toString() {
        return address.getHostAddress() + "/" + prefixLength + " of interface " + interfaceIndex;
    }

    static InetAddress inet(byte[] bytes) {
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException wrongLength) {
            throw new IllegalArgumentException("an address of " + bytes.length + " bytes", wrongLength);
        }
    }
}
