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
    IPV6(10);

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
            default -> UNSPECIFIED;
        };
    }
}
