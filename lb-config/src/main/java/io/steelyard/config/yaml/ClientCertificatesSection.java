package io.steelyard.config.yaml;

import io.steelyard.api.tls.ClientCertificates;
import io.steelyard.api.tls.TlsTrust;

/** {@link ClientCertificates}. */
final class ClientCertificatesSection extends Section<ClientCertificates> {
    private static final ClientCertificates DEFAULTS = ClientCertificates.NONE;

    private final Key<ClientCertificates, ClientCertificates.Mode> mode = required(
            "mode",
            Forms.word(ClientCertificates.Mode.class),
            ClientCertificates::mode,
            "`none`; `optional`: one that is believed, where the client has one; `optionalAny`: one, whoever signed it, where the client has one; "
                    + "`required`: one that is believed.");
    private final Key<ClientCertificates, TlsTrust> trust = optional(
            "trust",
            new TlsTrustSection(),
            ClientCertificates::trust,
            DEFAULTS.trust(),
            "Whose certificates are believed.");
    private final Key<ClientCertificates, Boolean> sendsNames = optional(
            "sendsNames",
            Forms.flag(),
            ClientCertificates::sendsNames,
            DEFAULTS.sendsNames(),
            "Whether clients are told the authorities' names, by which they choose a certificate.");
    private final Key<ClientCertificates, Boolean> refusesInHandshake = optional(
            "refusesInHandshake",
            Forms.flag(),
            ClientCertificates::refusesInHandshake,
            DEFAULTS.refusesInHandshake(),
            "Whether a client without such a certificate is refused by an alert of TLS, and not by an answer of HTTP.");

    ClientCertificatesSection() {
        super("client certificates");
    }

    @Override
    ClientCertificates make(Values values) {
        return new ClientCertificates(
                values.get(mode),
                values.or(trust, DEFAULTS.trust()),
                values.or(sendsNames, DEFAULTS.sendsNames()),
                values.or(refusesInHandshake, DEFAULTS.refusesInHandshake()));
    }
}
