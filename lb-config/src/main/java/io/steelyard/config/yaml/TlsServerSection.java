package io.steelyard.config.yaml;

import io.steelyard.api.tls.ClientCertificates;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsRules;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.api.tls.TlsSessions;
import java.time.Duration;
import java.util.List;

/** {@link TlsServer}. */
final class TlsServerSection extends Section<TlsServer> {
    private static final TlsServer DEFAULTS = TlsServer.builder().rejects(true).build();

    private final Key<TlsServer, List<TlsCertificate>> certificates = optional(
            "certificates",
            Forms.list(Forms.shortened(new TlsCertificateSection(), "chainFile")),
            TlsServer::certificates,
            List.of(),
            "Of these a client is shown the first that is for the name it asks for, else the first of all; of several that fit alike, one with an "
                    + "elliptic-curve key where the client can use it. A text is a file with chain and key.");
    private final Key<TlsServer, TlsRules> rules =
            optional("rules", new TlsRulesSection(), TlsServer::rules, TlsRules.DEFAULT, "What may be agreed on.");
    private final Key<TlsServer, Boolean> prefersOwnCiphers = optional(
            "prefersOwnCiphers",
            Forms.flag(),
            TlsServer::prefersOwnCiphers,
            DEFAULTS.prefersOwnCiphers(),
            "Whether our order of suites decides, and not the client's.");
    private final Key<TlsServer, ClientCertificates> clientCertificates = optional(
            "clientCertificates",
            new ClientCertificatesSection(),
            TlsServer::clientCertificates,
            DEFAULTS.clientCertificates(),
            "Whether clients show a certificate.");
    private final Key<TlsServer, List<String>> protocols = optional(
            "protocols",
            Forms.list(Forms.text()),
            TlsServer::protocols,
            DEFAULTS.protocols(),
            "What is spoken over TLS, by preference, for ALPN; none for what the virtual server speaks.");
    private final Key<TlsServer, TlsSessions> sessions = optional(
            "sessions",
            new TlsSessionsSection(),
            TlsServer::sessions,
            DEFAULTS.sessions(),
            "How clients take up a session again without a whole handshake.");
    private final Key<TlsServer, Boolean> refusesUnknownNames = optional(
            "refusesUnknownNames",
            Forms.flag(),
            TlsServer::refusesUnknownNames,
            DEFAULTS.refusesUnknownNames(),
            "Whether a client is refused that asks for no name, or for one that no certificate is for.");
    private final Key<TlsServer, Boolean> rejects = optional(
            "rejects",
            Forms.flag(),
            TlsServer::rejects,
            false,
            "Whether every client is refused, so that no certificate is shown.");
    private final Key<TlsServer, Duration> handshakeTimeout = optional(
            "handshakeTimeout",
            Forms.positiveTime(),
            TlsServer::handshakeTimeout,
            DEFAULTS.handshakeTimeout(),
            "How long the handshake may take.");

    TlsServerSection() {
        super("TLS");
    }

    @Override
    TlsServer make(Values values) {
        return new TlsServer(
                values.or(certificates, List.of()),
                values.or(rules, TlsRules.DEFAULT),
                values.or(prefersOwnCiphers, DEFAULTS.prefersOwnCiphers()),
                values.or(clientCertificates, DEFAULTS.clientCertificates()),
                values.or(protocols, DEFAULTS.protocols()),
                values.or(sessions, DEFAULTS.sessions()),
                values.or(refusesUnknownNames, DEFAULTS.refusesUnknownNames()),
                values.or(rejects, false),
                values.or(handshakeTimeout, DEFAULTS.handshakeTimeout()));
    }
}
