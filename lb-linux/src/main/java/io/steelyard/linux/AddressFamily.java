package io.steelyard.linux;

/** What kind of address a socket has. */
public enum AddressFamily {
    /** None known: an empty address. */
    UNSPECIFIED(0),
    /** A path in the file system, or a name in the abstract space (unix(7)). */
    UNIX(1),
    /** ip(7). */
    IPV4(2),
    /** ipv6(7). */
    IPV6(10),
    /** The kernel's tables (netlink(7)). */
    NETLINK(16),
    /** Frames of an interface (packet(7)). */
    PACKET(17);

    private final int number;

    AddressFamily(int number) {
        this.number = number;
    }

    int number() {
        return number;
    }

    static AddressFamily of(int number) {
        return switch (number) {
            case 1 -> UNIX;
            case 2 -> IPV4;
            case 10 -> IPV6;
            case 16 -> NETLINK;
            case 17 -> PACKET;
            default -> UNSPECIFIED;
        };
    }
}
