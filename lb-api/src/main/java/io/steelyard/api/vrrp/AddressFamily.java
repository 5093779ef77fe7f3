package io.steelyard.api.vrrp;

import java.net.Inet6Address;
import java.net.InetAddress;

/** Over which internet protocol a virtual router speaks. */
public enum AddressFamily {
    IPV4,
    IPV6;

    /** The family of an address. */
    public static AddressFamily of(InetAddress address) {
        return address instanceof Inet6Address ? IPV6 : IPV4;
    }
}
