package io.steelyard.http.proxy;

import io.steelyard.api.pool.RealServer;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.core.tcp.Transport;
import io.steelyard.core.tls.TlsConnector;
import io.steelyard.core.tls.TlsTransport;
import io.steelyard.realip.address.Endpoint;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * How a connection to a server begins: a PROXY protocol header, then TLS, or neither. A connection that began in one way, or from a
 * local address that was worked out, serves no request that wants another: its server took it for that client, or was verified under that name.
 * Immutable.
 *
 * @param bond text that tells ways apart; empty for the plain one
 */
record Approach(
        String bond,
        ProxyProtocol header,
        @Nullable Endpoint client,
        @Nullable Endpoint destination,
        @Nullable TlsConnector tls,
        String serverName,
        String verifiedName,
        long handshakeTimeoutNs) {
    private static final Approach PLAIN = new Approach("", ProxyProtocol.NONE, null, null, null, "", "", 0);

    /**
     * The way to a server for one request.
     *
     * @param source the local address that was worked out for it; null for a fixed one, and for the system's choice
     * @return null where its TLS is none of the request's configuration
     */
    static @Nullable Approach of(
            RealServer server, ProxyOptions transport, @Nullable InetSocketAddress source, Exchange exchange) {
        var header = server.sendProxyProtocol() == ProxyProtocol.NONE
                ? transport.sendProxyProtocol()
                : server.sendProxyProtocol();
        var wanted = server.tls().isPresent() ? server.tls() : transport.tls();
        if (header == ProxyProtocol.NONE && wanted.isEmpty() && source == null) {
            return PLAIN;
        }
        var bond = new StringBuilder();
        if (source != null) {
            bond.append("from ").append(source).append(' ');
        }
        Endpoint client = null;
        Endpoint destination = null;
        if (header != ProxyProtocol.NONE) {
            client = RequestFlow.client(exchange);
            destination = RequestFlow.destination(exchange);
            bond.append(header).append(' ').append(client).append(' ').append(destination);
        }
        return wanted.isEmpty()
                ? new Approach(bond.toString(), header, client, destination, null, "", "", 0)
                : withTls(wanted.get(), exchange, bond, header, client, destination);
    }

    private static @Nullable Approach withTls(
            TlsClient wanted,
            Exchange exchange,
            StringBuilder bond,
            ProxyProtocol header,
            @Nullable Endpoint client,
            @Nullable Endpoint destination) {
        var connector = exchange.plan().tls().connector(wanted);
        var names = exchange.plan().names(wanted);
        if (connector == null || names == null) {
            return null;
        }
        var told = names.told(exchange.evaluation());
        var verified = names.verified(exchange.evaluation());
        // A changed configuration has read its files anew, and so has another connector.
        bond.append(" tls ")
                .append(System.identityHashCode(connector))
                .append(' ')
                .append(told)
                .append(' ')
                .append(verified);
        return new Approach(
                bond.toString(),
                header,
                client,
                destination,
                connector,
                told,
                verified,
                wanted.handshakeTimeout().toNanos());
    }

    /** Bytes to and from the server, behind the header. */
    Transport transport(int fd, HttpWorker worker, RealServer server) {
        return tls == null
                ? Transport.plain(fd)
                : TlsTransport.connected(fd, worker.tls(), tls, server.address().text(), serverName, verifiedName);
    }

    /** Sends the header, where there is one. @return whether the server took it */
    boolean sendHeader(int fd, HttpWorker worker) {
        return client == null || destination == null || worker.headerSender().send(fd, header, client, destination) > 0;
    }
}
