package io.steelyard.api.tls;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * TLS with clients. Immutable.
 *
 * @param certificates of which a client is shown the first that is for the name it asks for, as itself before as {@code *.}, else the first of all;
 *     of several that fit alike, one with an elliptic-curve key where the client can use it
 * @param rules what may be agreed on
 * @param prefersOwnCiphers whether our order of suites decides, and not the client's
 * @param clientCertificates whether clients show a certificate
 * @param protocols what is spoken over TLS, by preference, for ALPN (RFC 7301); none for what the virtual server speaks
 * @param sessions how sessions are taken up again
 * @param refusesUnknownNames whether a client is refused that asks for no name, or for one that no certificate is for, where it would be shown the
 *     first certificate otherwise (HAProxy {@code strict-sni})
 * @param rejects whether every client is refused, so that no certificate is shown (nginx {@code ssl_reject_handshake})
 * @param handshakeTimeout how long the handshake may take
 */
public record TlsServer(
        List<TlsCertificate> certificates,
        TlsRules rules,
        boolean prefersOwnCiphers,
        ClientCertificates clientCertificates,
        List<String> protocols,
        TlsSessions sessions,
        boolean refusesUnknownNames,
        boolean rejects,
        Duration handshakeTimeout) {
    public TlsServer {
        certificates = List.copyOf(certificates);
        if (certificates.isEmpty() && !rejects) {
            throw new IllegalArgumentException("TLS has no certificate; give it at least one");
        }
        Objects.requireNonNull(rules, "rules");
        Objects.requireNonNull(clientCertificates, "clientCertificates");
        protocols = List.copyOf(protocols);
        Objects.requireNonNull(sessions, "sessions");
        if (handshakeTimeout.isNegative() || handshakeTimeout.isZero()) {
            throw new IllegalArgumentException("handshakeTimeout must be greater than zero");
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final List<TlsCertificate> certificates = new ArrayList<>();
        private TlsRules rules = TlsRules.DEFAULT;
        private boolean prefersOwnCiphers;
        private ClientCertificates clientCertificates = ClientCertificates.NONE;
        private List<String> protocols = List.of();
        private TlsSessions sessions = TlsSessions.DEFAULT;
        private boolean refusesUnknownNames;
        private boolean rejects;
        private Duration handshakeTimeout = Duration.ofSeconds(60);

        private Builder() {}

        public Builder certificate(TlsCertificate value) {
            certificates.add(value);
            return this;
        }

        public Builder rules(TlsRules value) {
            rules = value;
            return this;
        }

        public Builder prefersOwnCiphers(boolean value) {
            prefersOwnCiphers = value;
            return this;
        }

        public Builder clientCertificates(ClientCertificates value) {
            clientCertificates = value;
            return this;
        }

        public Builder protocols(List<String> value) {
            protocols = List.copyOf(value);
            return this;
        }

        public Builder sessions(TlsSessions value) {
            sessions = value;
            return this;
        }

        public Builder refusesUnknownNames(boolean value) {
            refusesUnknownNames = value;
            return this;
        }

        public Builder rejects(boolean value) {
            rejects = value;
            return this;
        }

        public Builder handshakeTimeout(Duration value) {
            handshakeTimeout = value;
            return this;
        }

        /** @throws IllegalArgumentException where there is no certificate to show */
        public TlsServer build() {
            return new TlsServer(
                    certificates,
                    rules,
                    prefersOwnCiphers,
                    clientCertificates,
                    protocols,
                    sessions,
                    refusesUnknownNames,
                    rejects,
                    handshakeTimeout);
        }
    }
}
