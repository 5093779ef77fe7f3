package io.steelyard.api.tls;

import java.util.Objects;
import java.util.Optional;

/**
 * Whose certificates are believed. Immutable.
 *
 * @param authoritiesFile PEM: the authorities that may have signed a certificate; absent for the system's
 * @param depth how many certificates of other authorities may stand between a certificate and its authority, 0 to 100
 * @param revokedFile PEM: lists of revoked certificates, one for each authority in a chain; absent where revocation is not looked at
 */
public record TlsTrust(Optional<String> authoritiesFile, int depth, Optional<String> revokedFile) {
    /** The system's authorities. */
    public static final TlsTrust SYSTEM = new TlsTrust(Optional.empty(), 1, Optional.empty());

    public TlsTrust {
        Objects.requireNonNull(authoritiesFile, "authoritiesFile");
        if (depth < 0 || depth > 100) {
            throw new IllegalArgumentException("depth is " + depth + ", expected 0 to 100");
        }
        Objects.requireNonNull(revokedFile, "revokedFile");
    }

    /** The authorities of a file, and one other between them and a certificate. */
    public static TlsTrust of(String authoritiesFile) {
        return new TlsTrust(Optional.of(authoritiesFile), 1, Optional.empty());
    }
}
