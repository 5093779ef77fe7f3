package io.steelyard.config.yaml;

import io.steelyard.api.text.Template;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.api.tls.TlsRules;
import io.steelyard.api.tls.TlsTrust;
import java.time.Duration;
import java.util.List;

/** {@link TlsClient}. */
final class TlsClientSection extends Section<TlsClient> {
    private static final TlsClient DEFAULTS = TlsClient.builder().build();

    private final Key<TlsClient, TlsTrust> trust = absent(
            "trust",
            new TlsTrustSection(),
            TlsClient::trust,
            "nobody's: a server's certificate is not looked at",
            "Whose certificates are believed; `{}` for those the system believes.");
    private final Key<TlsClient, Template> verifiedName = absent(
            "verifiedName",
            TemplateForm.template(),
            TlsClient::verifiedName,
            "any",
            "The name or address a server's certificate must be for.");
    private final Key<TlsClient, Template> serverName = absent(
            "serverName",
            TemplateForm.template(),
            TlsClient::serverName,
            "none",
            "The name that the server is told at the beginning (SNI).");
    private final Key<TlsClient, TlsCertificate> certificate = absent(
            "certificate",
            Forms.shortened(new TlsCertificateSection(), "chainFile"),
            TlsClient::certificate,
            "none",
            "What a server is shown that asks for one.");
    private final Key<TlsClient, TlsRules> rules =
            optional("rules", new TlsRulesSection(), TlsClient::rules, TlsRules.DEFAULT, "What may be agreed on.");
    private final Key<TlsClient, List<String>> protocols = optional(
            "protocols",
            Forms.list(Forms.text()),
            TlsClient::protocols,
            List.of(),
            "What may be spoken over TLS, by preference, for ALPN; none where the server is not asked.");
    private final Key<TlsClient, Boolean> reusesSessions = optional(
            "reusesSessions",
            Forms.flag(),
            TlsClient::reusesSessions,
            DEFAULTS.reusesSessions(),
            "Whether sessions with a server are taken up again.");
    private final Key<TlsClient, Duration> handshakeTimeout = optional(
            "handshakeTimeout",
            Forms.positiveTime(),
            TlsClient::handshakeTimeout,
            DEFAULTS.handshakeTimeout(),
            "How long the handshake may take.");

    TlsClientSection() {
        super("TLS with servers");
    }

    @Override
    TlsClient make(Values values) {
        return new TlsClient(
                values.find(trust),
                values.find(verifiedName),
                values.find(serverName),
                values.find(certificate),
                values.or(rules, TlsRules.DEFAULT),
                values.or(protocols, List.of()),
                values.or(reusesSessions, DEFAULTS.reusesSessions()),
                values.or(handshakeTimeout, DEFAULTS.handshakeTimeout()));
    }
}
