package io.steelyard.linux.netlink;

import java.util.Objects;

/**
 * A network interface, as ip-link(8) shows it.
 *
 * @param index its number in its network namespace
 * @param name such as {@code eth0}
 * @param hardwareAddress six bytes for Ethernet; empty for an interface without one
 * @param mtuBytes the greatest packet it carries
 * @param flags IFF_ flags: {@link #UP}, {@link #RUNNING} and others
 * @param operationalState RFC 2863's state as the kernel numbers it: 0 unknown, 2 down, 5 dormant, 6 up
 * @param kind the driver's name for a virtual interface, such as {@code macvlan}; empty for others
 * @param parentIndex the interface it is built on, such as a macvlan's; 0 for none
 */
public record Link(
        int index,
        String name,
        MacAddress hardwareAddress,
        int mtuBytes,
        int flags,
        int operationalState,
        String kind,
        int parentIndex) {
    /** Switched on by the administrator. */
    public static final int UP = 0x1;

    /** The loopback interface. */
    public static final int LOOPBACK = 0x8;

    /** Does without ARP and neighbour discovery. */
    public static final int NO_ARP = 0x80;

    /** Has resources and a carrier. */
    public static final int RUNNING = 0x40;

    /** Can multicast. */
    public static final int MULTICAST = 0x1000;

    /** {@link #operationalState}: nothing is known; many virtual interfaces never say more. */
    public static final int STATE_UNKNOWN = 0;

    /** {@link #operationalState}: it carries packets. */
    public static final int STATE_UP = 6;

    public Link {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(hardwareAddress, "hardwareAddress");
        Objects.requireNonNull(kind, "kind");
    }

    /** Whether packets can pass: it is switched on, and has a carrier as far as is known. */
    public boolean isUsable() {
        return (flags & (UP | RUNNING)) == (UP | RUNNING)
                && (operationalState == STATE_UP || operationalState == STATE_UNKNOWN);
    }

    /** Whether all of these flags are set. */
    public boolean has(int wanted) {
        return (flags & wanted) == wanted;
    }
}
