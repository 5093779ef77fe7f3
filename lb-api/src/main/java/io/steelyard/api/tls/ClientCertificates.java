package io.steelyard.api.tls;

import java.util.Objects;

/**
 * Whether clients show a certificate. Immutable.
 *
 * @param mode what is asked
 * @param trust whose certificates are believed
 * @param sendsNames whether clients are told the authorities' names, by which they choose a certificate
 * @param refusesInHandshake whether a client that does not fulfil the mode is refused by an alert of TLS; otherwise an HTTP client gets an answer of
 *     status 400 that says so (nginx), and what is not HTTP is refused all the same
 */
public record ClientCertificates(Mode mode, TlsTrust trust, boolean sendsNames, boolean refusesInHandshake) {
    /** None is asked for. */
    public static final ClientCertificates NONE = new ClientCertificates(Mode.NONE, TlsTrust.SYSTEM, true, false);

    /** What is asked of a client. */
    public enum Mode {
        /** No certificate. */
        NONE,
        /** One where the client has one; it must then be believed. */
        OPTIONAL,
        /** One where the client has one, whoever signed it. */
        OPTIONAL_ANY,
        /** One that is believed. */
        REQUIRED
    }

    public ClientCertificates {
        Objects.requireNonNull(mode, "mode");
        Objects.requireNonNull(trust, "trust");
    }

    public static ClientCertificates of(Mode mode, TlsTrust trust) {
        return new ClientCertificates(mode, trust, true, false);
    }
}
