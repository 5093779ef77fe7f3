package io.steelyard.core.stream;

import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.proxyprotocol.ProxyHeader;
import io.steelyard.realip.proxyprotocol.ToldFields;

/**
 * What a connection's PROXY protocol header told.
 *
 * @param client whose connection it is
 * @param destination what the client connected to
 * @param fields what else it told
 * @param isTrusted whether the one who told it is trusted, so that it counts
 */
record Told(Endpoint client, Endpoint destination, ToldFields fields, boolean isTrusted) {
    /** @param header one that tells IP addresses */
    static Told of(ProxyHeader header, boolean isTrusted) {
        return new Told(
                Endpoint.of(header.sourceHigh(), header.sourceLow(), header.sourcePort()),
                Endpoint.of(header.destinationHigh(), header.destinationLow(), header.destinationPort()),
                ToldFields.of(header),
                isTrusted);
    }
}
