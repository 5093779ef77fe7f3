package io.steelyard.http.proxy;

import io.steelyard.api.Personality;
import io.steelyard.core.tcp.FirstBytes;
import io.steelyard.core.tcp.TcpListener;
import io.steelyard.core.tcp.Transport;
import io.steelyard.core.tls.TlsFacts;
import io.steelyard.core.tls.TlsTransport;
import io.steelyard.linux.Errno;
import io.steelyard.pool.variable.ConnectionFacts;
import io.steelyard.realip.address.Addresses;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.proxyprotocol.ProxyHeader;
import io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder;
import io.steelyard.realip.proxyprotocol.ToldFields;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What comes on a client's connection before its first request: a PROXY protocol header, then the handshake of TLS. Owned by the connection's loop.
 */
final class Opening {
    /** How far it is. */
    enum Progress {
        WAITING,
        DONE,
        /** The connection is no good. */
        FAILED
    }

    private final HttpWorker worker;
    private final TcpListener listener;
    private final HttpPlan plan;
    private final Transport transport;
    private final ConnectionFacts facts;
    private final long peerHigh;
    private final long peerLow;
    private @Nullable FirstBytes header;
    private @Nullable Endpoint believed;

    /** @param hasHeader whether a PROXY protocol header comes first */
    Opening(
            HttpWorker worker,
            TcpListener listener,
            HttpPlan plan,
            Transport transport,
            ConnectionFacts facts,
            boolean hasHeader) {
        this.worker = worker;
        this.listener = listener;
        this.plan = plan;
        this.transport = transport;
        this.facts = facts;
        peerHigh = listener.peer().addressHigh();
        peerLow = listener.peer().addressLow();
        if (hasHeader) {
            header = new FirstBytes(worker.stage(), transport.fd());
        }
    }

    /** How long the step at hand may take. */
    long timeoutNs() {
        return header != null ? plan.server().options().proxyProtocolTimeout().toNanos() : plan.handshakeTimeoutNs();
    }

    /** The client that a header named whose word is taken at once; null where the peer is the client. */
    @Nullable
    InetAddress client() {
        return believed == null ? null : Addresses.inetAddress(believed.high(), believed.low());
    }

    /** The port of {@link #client}. */
    int clientPort() {
        return believed == null ? 0 : believed.port();
    }

    /** Does what can be done now. */
    Progress advance() {
        var first = header;
        if (first != null) {
            var progress = readHeader(first);
            if (progress != Progress.DONE) {
                return progress;
            }
            header = null;
        }
        int result = transport.handshake();
        if (result == -Errno.EAGAIN) {
            return Progress.WAITING;
        }
        if (!(transport instanceof TlsTransport tls)) {
            return Progress.DONE;
        }
        if (result == 0) {
            var known = TlsFacts.of(tls);
            if (known != null) {
                facts.tls(known);
            }
            return Progress.DONE;
        }
        // What is no TLS is read as a request, and told so, but with HAProxy, which says nothing.
        boolean isSilent = plan.service().fallback().host().client().personality() == Personality.HAPROXY;
        return tls.isPlainText() && !isSilent ? Progress.DONE : Progress.FAILED;
    }

    private Progress readHeader(FirstBytes first) {
        int count = first.look(ProxyHeaderDecoder.DEFAULT_MOST_BYTES);
        if (count == FirstBytes.ENDED) {
            return Progress.FAILED;
        }
        return switch (worker.decodeHeader(count)) {
            case NEED_MORE -> {
                first.awaitMore();
                yield Progress.WAITING;
            }
            case INVALID -> {
                worker.loop()
                        .report("a client of " + listener.address().text() + " was closed: "
                                + worker.headerProblem().text());
                yield Progress.FAILED;
            }
            case COMPLETE -> {
                var told = worker.header();
                first.take(told.lengthBytes());
                facts.hadHeader();
                if (told.hasIpAddresses()) {
                    take(told);
                }
                yield Progress.DONE;
            }
        };
    }

    private void take(ProxyHeader told) {
        var source = Endpoint.of(told.sourceHigh(), told.sourceLow(), told.sourcePort());
        var destination = Endpoint.of(told.destinationHigh(), told.destinationLow(), told.destinationPort());
        facts.proxied(source, destination, ToldFields.of(told));
        if (plan.trusts(peerHigh, peerLow)) {
            believed = source;
        }
    }
}
