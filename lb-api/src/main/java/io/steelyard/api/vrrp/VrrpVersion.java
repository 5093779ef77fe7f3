package io.steelyard.api.vrrp;

/** Which protocol is spoken. A router hears its own version only. */
public enum VrrpVersion {
    /** RFC 3768: IPv4, intervals in whole seconds that all routers must share. */
    V2,
    /** RFC 9568: IPv4 and IPv6, intervals in centiseconds that are learned from the active router. */
    V3
}
