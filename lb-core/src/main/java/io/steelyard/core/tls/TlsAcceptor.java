package io.steelyard.core.tls;

import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.steelyard.api.tls.ClientCertificates;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.core.ocsp.Staple;
import io.steelyard.core.ocsp.Stapling;
import io.steelyard.realip.greeting.ClientHello;
import java.io.IOException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** A {@link TlsServer} with its files read: gives each client an engine with the certificate that is for it. Immutable; safe for all threads. */
public final class TlsAcceptor {
    private final TlsServer configured;
    private final List<Offer> offers;
    private final @Nullable CertificateCheck clients;

    /** What a client that names protocols must name one of; empty for anything. */
    private final List<String> demanded;

    /** A certificate, the library's context for it, and what is fetched for it; null for nothing. */
    private record Offer(
            KeyPairFile pair, SslContext context, @Nullable Staple staple) {
        /** The OCSP response of this moment; null for none. */
        byte @Nullable [] status() {
            return staple == null ? pair.status() : staple.at(System.currentTimeMillis());
        }
    }

    private TlsAcceptor(
            TlsServer configured, List<Offer> offers, @Nullable CertificateCheck clients, List<String> demanded) {
        this.configured = configured;
        this.offers = List.copyOf(offers);
        this.clients = clients;
        this.demanded = List.copyOf(demanded);
        offers.forEach(offer -> TlsLibrary.releaseWith(this, offer.context()));
    }

    /**
     * Reads the files.
     *
     * @param spoken what is spoken over TLS, where the configuration names nothing itself
     * @param refusesOthers whether clients are refused that speak none of it
     * @throws IOException where a file cannot be used, with the reason and what to do
     */
    static TlsAcceptor of(
            TlsServer server, List<String> spoken, boolean refusesOthers, TicketKeys tickets, Stapling stapling)
            throws IOException {
        var certificates = server.clientCertificates();
        var check = switch (certificates.mode()) {
            case OPTIONAL, REQUIRED -> CertificateCheck.of(certificates.trust(), false);
            case NONE, OPTIONAL_ANY -> null;
        };
        var keyFiles = server.sessions().ticketKeyFiles();
        var sealing = keyFiles.isEmpty() ? tickets : TicketKeys.read(keyFiles);
        var offers = new ArrayList<Offer>();
        for (var files : server.certificates()) {
            var pair = KeyPairFile.read(files);
            try {
                var context = context(server, spoken, pair, check, sealing);
                offers.add(new Offer(pair, context, staple(pair, stapling)));
            } catch (SSLException | IllegalArgumentException refused) {
                throw new TlsFileException(
                        "certificate file",
                        files.chainFile(),
                        "TLS cannot be set up with it: " + refused.getMessage(),
                        "correct what is named");
            }
        }
        var protocols = server.protocols().isEmpty() ? spoken : server.protocols();
        return new TlsAcceptor(server, offers, check, refusesOthers ? protocols : List.of());
    }

    private static @Nullable Staple staple(KeyPairFile pair, Stapling stapling) {
        var question = pair.question() == null ? null : pair.question().question();
        return question == null || !TlsLibrary.isNative() ? null : stapling.staple(question);
    }

    private static SslContext context(
            TlsServer server,
            List<String> spoken,
            KeyPairFile pair,
            @Nullable CertificateCheck check,
            TicketKeys tickets)
            throws SSLException {
        var builder = TlsLibrary.begin(
                SslContextBuilder.forServer(pair.key(), pair.chainArray()),
                server.rules(),
                server.protocols().isEmpty() ? spoken : server.protocols());
        var asked = server.clientCertificates();
        if (asked.mode() != ClientCertificates.Mode.NONE) {
            boolean refuses = asked.refusesInHandshake();
            builder.trustManager(new PeerTrust(
                            refuses ? check : null,
                            check != null && asked.sendsNames() ? check.authorities() : List.of()))
                    .clientAuth(
                            refuses && asked.mode() == ClientCertificates.Mode.REQUIRED
                                    ? ClientAuth.REQUIRE
                                    : ClientAuth.OPTIONAL);
        }
        var sessions = server.sessions();
        builder.sessionTimeout(sessions.timeout().toSeconds());
        if (sessions.cached() > 0) {
            builder.sessionCacheSize(sessions.cached());
        }
        if (TlsLibrary.isNative() && (pair.status() != null || pair.question() != null)) {
            builder.enableOcsp(true);
        }
        var context = builder.build();
        if (context.sessionContext() instanceof OpenSslSessionContext own) {
            own.setSessionCacheEnabled(sessions.cached() > 0);
            if (sessions.tickets()) {
                own.setTicketKeys(tickets.keys());
            }
        }
        return context;
    }

    /** What it was made of. */
    public TlsServer configured() {
        return configured;
    }

    /** Certificates that are past their time, or will be used before it, or whose status cannot be stapled, each with its reason. */
    List<String> warnings() {
        return offers.stream()
                .flatMap(offer -> Stream.of(
                        Validity.warning(offer.pair().chain().getFirst()),
                        offer.pair().staplingTrouble()))
                .filter(text -> !text.isEmpty())
                .toList();
    }

    /** Whether a client speaks nothing that is spoken here, and is to be told so. @param offered empty where it names nothing */
    boolean refusesProtocols(List<String> offered) {
        return !demanded.isEmpty() && !offered.isEmpty() && Collections.disjoint(demanded, offered);
    }

    /** An engine for a client; null where the client is refused. */
    @Nullable
    SSLEngine open(ClientHello hello) {
        if (configured.rejects()) {
            return null;
        }
        var offer = choose(hello);
        if (offer == null) {
            return null;
        }
        var engine = offer.context().newEngine(TlsLibrary.MEMORY);
        TlsLibrary.prepare(
                engine,
                configured.rules(),
                configured.prefersOwnCiphers(),
                configured.sessions().tickets());
        var status = offer.status();
        if (status != null) {
            TlsLibrary.status(engine, status);
        }
        return engine;
    }

    /** Null where none is for the client, and that matters. */
    private @Nullable Offer choose(ClientHello hello) {
        var name = hello.serverName();
        var fitting = offers.stream()
                .filter(offer -> offer.pair().names().isExactly(name))
                .toList();
        if (fitting.isEmpty()) {
            fitting = offers.stream()
                    .filter(offer -> offer.pair().names().isByWildcard(name))
                    .toList();
        }
        if (fitting.isEmpty() && configured.refusesUnknownNames()) {
            return null;
        }
        var first = offers.getFirst().pair().names();
        var candidates = fitting.isEmpty()
                ? offers.stream()
                        .filter(offer -> offer.pair().names().equals(first))
                        .toList()
                : fitting;
        return candidates.stream()
                .filter(offer -> offer.pair().isEllipticCurve() == hello.takesEcdsa())
                .findFirst()
                .orElseGet(candidates::getFirst);
    }

    /**
     * What is to be said of the certificate that a client showed, once the handshake is done.
     *
     * @param chain empty where it showed none
     */
    PeerVerdict verdict(List<X509Certificate> chain) {
        var mode = configured.clientCertificates().mode();
        if (chain.isEmpty()) {
            return mode == ClientCertificates.Mode.REQUIRED ? PeerVerdict.MISSING : PeerVerdict.NONE;
        }
        var problem = clients == null ? null : clients.problem(chain);
        return problem == null ? PeerVerdict.TRUSTED : new PeerVerdict(PeerVerdict.Kind.REFUSED, problem);
    }
}
