/**
 * Who the client really is and what it wants: networks and the longest prefix, the PROXY protocol, X-Forwarded-For, X-Real-IP and Forwarded,
 * whose word is taken, and the greeting of TLS. Pure functions: no socket is opened and no name is looked up. Start at {@link io.steelyard.realip.address.CidrTrie},
 * {@link io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder} and {@link io.steelyard.realip.header.RealIpRule}.
 */
@org.jspecify.annotations.NullMarked
module io.steelyard.realip {
    requires transitive io.steelyard.api;
    requires static org.jspecify;

    exports io.steelyard.realip.address;
    exports io.steelyard.realip.greeting;
    exports io.steelyard.realip.header;
    exports io.steelyard.realip.proxyprotocol;
}
