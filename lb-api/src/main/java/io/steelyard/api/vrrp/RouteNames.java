package io.steelyard.api.vrrp;

import java.util.Map;

/** The names that scopes and protocols of routes have on every machine, as iproute2 and the kernel's rtnetlink.h have them. */
public final class RouteNames {
    private static final Map<String, Integer> SCOPES =
            Map.of("global", 0, "site", 200, "link", 253, "host", 254, "nowhere", 255);

    private static final Map<String, Integer> PROTOCOLS = Map.ofEntries(
            Map.entry("redirect", 1),
            Map.entry("kernel", 2),
            Map.entry("boot", 3),
            Map.entry("static", 4),
            Map.entry("gated", 8),
            Map.entry("ra", 9),
            Map.entry("mrt", 10),
            Map.entry("zebra", 11),
            Map.entry("bird", 12),
            Map.entry("dnrouted", 13),
            Map.entry("xorp", 14),
            Map.entry("ntk", 15),
            Map.entry("dhcp", 16),
            Map.entry("mrouted", 17),
            Map.entry("keepalived", 18),
            Map.entry("babel", 42),
            Map.entry("openr", 99),
            Map.entry("bgp", 186),
            Map.entry("isis", 187),
            Map.entry("ospf", 188),
            Map.entry("rip", 189),
            Map.entry("eigrp", 192));

    private static final long MOST = 255;

    private RouteNames() {}

    /** A scope by its name or number, 0 to 255. @throws IllegalArgumentException where there is none */
    public static int scope(String text) {
        return Numbers.named("scope", text, SCOPES, MOST);
    }

    /** A protocol by its name or number, 0 to 255. @throws IllegalArgumentException where there is none */
    public static int protocol(String text) {
        return Numbers.named("protocol", text, PROTOCOLS, MOST);
    }
}
