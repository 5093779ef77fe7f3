package io.steelyard.config.yaml;

import io.steelyard.api.tls.TlsTrust;

/** {@link TlsTrust}. */
final class TlsTrustSection extends Section<TlsTrust> {
    private final Key<TlsTrust, String> authoritiesFile = absent(
            "authoritiesFile",
            Forms.file(),
            TlsTrust::authoritiesFile,
            "the system's",
            "PEM: the authorities that may have signed a certificate.");
    private final Key<TlsTrust, Integer> depth = optional(
            "depth",
            Forms.whole(0, 100),
            TlsTrust::depth,
            TlsTrust.SYSTEM.depth(),
            "How many certificates of other authorities may stand between a certificate and its authority.");
    private final Key<TlsTrust, String> revokedFile = absent(
            "revokedFile",
            Forms.file(),
            TlsTrust::revokedFile,
            "none",
            "PEM: lists of revoked certificates, one for each authority in a chain.");

    TlsTrustSection() {
        super("trust");
    }

    @Override
    TlsTrust make(Values values) {
        return new TlsTrust(
                values.find(authoritiesFile), values.or(depth, TlsTrust.SYSTEM.depth()), values.find(revokedFile));
    }
}
