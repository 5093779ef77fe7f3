package io.steelyard.api.proxy;

/** How traffic gets to a real server. */
public sealed interface ForwardingMode {
    /** The balancer ends the client's connection and opens one of its own to the server. */
    record Proxy() implements ForwardingMode {}

    /** Packets are readdressed to the server; its answers return through the balancer. */
    record Nat() implements ForwardingMode {}

    /** As {@link Nat}, with the source address replaced by one of the balancer's own too. */
    record FullNat() implements ForwardingMode {}

    /** Packets go to the server's hardware address unchanged; it answers the client itself. */
    record DirectRouting() implements ForwardingMode {}

    /** Packets go to the server in another packet; it answers the client itself. */
    record Tunnel() implements ForwardingMode {}
}
