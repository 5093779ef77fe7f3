package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.route.ClientTrust;
import io.steelyard.pool.variable.ConnectionFacts;
import io.steelyard.realip.address.Endpoint;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Who the client of a request is: the peer, or whom a trusted peer's field names (nginx's realip module). Immutable.
 *
 * @param address null for a client on a UNIX socket, and so is {@code peer}
 * @param isTold whether a peer named it
 */
record ClientIdentity(
        @Nullable InetAddress address, int port, @Nullable InetAddress peer, int peerPort, boolean isTold) {
    static ClientIdentity ofPeer(@Nullable InetAddress address, int port) {
        return new ClientIdentity(address, port, address, port, false);
    }

    /**
     * The same, unless the rule trusts the peer and its field names another, or the PROXY protocol did.
     *
     * @param proxied whom that named; null for nobody
     * @return null where the request is to be refused
     */
    @Nullable
    ClientIdentity believing(@Nullable ClientTrust trust, FieldBlock fields, @Nullable Endpoint proxied) {
        if (trust == null) {
            return this;
        }
        if (trust.isByProxyHeader()) {
            return proxied != null && proxied.isIp() && trust.trusts(peerEndpoint()) ? told(proxied) : this;
        }
        var word = trust.ask(peerEndpoint(), fields);
        return word.isRejected() ? null : word.client().map(this::told).orElse(this);
    }

    Endpoint peerEndpoint() {
        return peer == null ? Endpoint.UNIX : Endpoint.of(peer, peerPort);
    }

    Endpoint clientEndpoint() {
        return address == null ? Endpoint.UNIX : Endpoint.of(address, port);
    }

    private ClientIdentity told(Endpoint client) {
        return new ClientIdentity(address(client), client.port(), peer, peerPort, true);
    }

    /** Makes it what variables tell. */
    void tell(ConnectionFacts facts) {
        facts.client(address, port).peer(peer, peerPort);
    }

    private static InetAddress address(Endpoint told) {
        var bytes = told.isIpv4()
                ? ByteBuffer.allocate(4).putInt((int) told.low()).array()
                : ByteBuffer.allocate(16)
                        .putLong(told.high())
                        .putLong(told.low())
                        .array();
        try {
            return InetAddress.getByAddress(bytes);
        } catch (UnknownHostException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
