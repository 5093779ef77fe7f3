package io.steelyard.config.yaml;

import io.steelyard.api.tls.TlsStapling;

/** {@link TlsStapling}. */
final class TlsStaplingSection extends Section<TlsStapling> {
    private final Key<TlsStapling, String> responder = absent(
            "responder",
            Forms.text(),
            TlsStapling::responder,
            "the first that the certificate names",
            "Whom to ask: `http://` and a host, perhaps with a port and a path.");
    private final Key<TlsStapling, String> authoritiesFile = absent(
            "authoritiesFile",
            Forms.file(),
            TlsStapling::authoritiesFile,
            "none",
            "PEM: where the certificate's issuer is looked for that is not in its chain. Certificates of it may sign responses, too.");
    private final Key<TlsStapling, Boolean> verifies = optional(
            "verifies",
            Forms.flag(),
            TlsStapling::verifies,
            TlsStapling.DEFAULT.verifies(),
            "Whether a response must be signed by the issuer, or by somebody who has its permission.");

    TlsStaplingSection() {
        super("stapling");
    }

    @Override
    TlsStapling make(Values values) {
        return new TlsStapling(
                values.find(responder),
                values.find(authoritiesFile),
                values.or(verifies, TlsStapling.DEFAULT.verifies()));
    }
}
