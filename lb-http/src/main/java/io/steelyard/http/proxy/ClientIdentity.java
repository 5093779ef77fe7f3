package io.steelyard.http.proxy;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.pool.variable.ConnectionFacts;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.header.RealIpRule;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Who the client of a request is: the peer, or whom a trusted peer's field names (nginx's realip module). Immutable.
 *
 * @param isTold whether a peer named it
 */
record ClientIdentity(InetAddress address, int port, InetAddress peer, int peerPort, boolean isTold) {
    static ClientIdentity ofPeer(InetAddress address, int port) {
        return new ClientIdentity(address, port, address, port, false);
    }

    /**
     * The same, unless the rule trusts the peer and its field names another, or the PROXY protocol did.
     *
     * @param proxied whom that named; null for nobody
     */
    ClientIdentity believing(@Nullable RealIpRule rule, FieldBlock fields, @Nullable Endpoint proxied) {
        if (rule == null) {
            return this;
        }
        if (rule.header().isEmpty()) {
            return proxied != null && proxied.isIp() && rule.trusts(Endpoint.of(peer, peerPort))
                    ? new ClientIdentity(address(proxied), proxied.port(), peer, peerPort, true)
                    : this;
        }
        var name = FieldName.of(rule.header());
        var lines = new ArrayList<String>(1);
        for (int i = 0; i < fields.count(); i++) {
            if (fields.isNamed(i, name)) {
                lines.add(fields.value(i));
            }
        }
        var told = lines.isEmpty() ? null : rule.client(Endpoint.of(peer, peerPort), lines);
        return told == null || !told.isIp()
                ? this
                : new ClientIdentity(address(told), told.port(), peer, peerPort, true);
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
