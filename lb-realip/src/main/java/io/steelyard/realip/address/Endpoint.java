package io.steelyard.realip.address;

import java.net.InetAddress;

/**
 * One end of a connection: an IP address with a port, or the end of a UNIX socket. Immutable.
 *
 * @param isIp false for a UNIX socket, whose address and port are 0
 * @param high the upper 64 bits of the address, 0 for IPv4
 * @param low the lower 64 bits, {@code 0000ffff} and the address for IPv4
 * @param port 0 to 65535; 0 where it is not known
 */
public record Endpoint(boolean isIp, long high, long low, int port) {
    /** The end of a UNIX socket. */
    public static final Endpoint UNIX = new Endpoint(false, 0, 0, 0);

    public Endpoint {
        if (port < 0 || port > 65_535) {
            throw new IllegalArgumentException("port " + port + " is out of range; expected 0 to 65535");
        }
    }

    public static Endpoint of(long high, long low, int port) {
        return new Endpoint(true, high, low, port);
    }

    public static Endpoint of(InetAddress address, int port) {
        var bytes = address.getAddress();
        return new Endpoint(true, Addresses.high(bytes), Addresses.low(bytes), port);
    }

    public boolean isIpv4() {
        return isIp && Addresses.isIpv4(high, low);
    }

    /** The address as inet_ntop(3) writes it; {@code unix:} where there is none. */
    public String addressText() {
        return isIp ? AddressText.standard(high, low) : "unix:";
    }
}
