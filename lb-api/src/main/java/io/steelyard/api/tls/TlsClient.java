package io.steelyard.api.tls;

import io.steelyard.api.text.Template;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * TLS with servers. Immutable.
 *
 * @param trust whose certificates are believed; absent where a server's certificate is not looked at
 * @param verifiedName the name or address a server's certificate must be for, without port; absent where any will do
 * @param serverName the name that the server is told at the beginning (SNI, RFC 6066 section 3); absent, or empty, or an address, for none
 * @param certificate what a server is shown that asks for one
 * @param rules what may be agreed on
 * @param protocols what may be spoken over TLS, by preference, for ALPN (RFC 7301); none where the server is not asked
 * @param reusesSessions whether sessions with a server are taken up again
 * @param handshakeTimeout how long the handshake may take
 */
public record TlsClient(
        Optional<TlsTrust> trust,
        Optional<Template> verifiedName,
        Optional<Template> serverName,
        Optional<TlsCertificate> certificate,
        TlsRules rules,
        List<String> protocols,
        boolean reusesSessions,
        Duration handshakeTimeout) {
    public TlsClient {
        Objects.requireNonNull(trust, "trust");
        Objects.requireNonNull(verifiedName, "verifiedName");
        Objects.requireNonNull(serverName, "serverName");
        Objects.requireNonNull(certificate, "certificate");
        Objects.requireNonNull(rules, "rules");
        protocols = List.copyOf(protocols);
        if (handshakeTimeout.isNegative() || handshakeTimeout.isZero()) {
            throw new IllegalArgumentException("handshakeTimeout must be greater than zero");
        }
        if (trust.isEmpty() && verifiedName.isPresent()) {
            throw new IllegalArgumentException(
                    "a server's certificate must be for a name, but nobody's certificates are believed; say whose are, or leave out the name");
        }
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private Optional<TlsTrust> trust = Optional.empty();
        private Optional<Template> verifiedName = Optional.empty();
        private Optional<Template> serverName = Optional.empty();
        private Optional<TlsCertificate> certificate = Optional.empty();
        private TlsRules rules = TlsRules.DEFAULT;
        private List<String> protocols = List.of();
        private boolean reusesSessions = true;
        private Duration handshakeTimeout = Duration.ofSeconds(60);

        private Builder() {}

        public Builder trust(TlsTrust value) {
            trust = Optional.of(value);
            return this;
        }

        public Builder verifiedName(Template value) {
            verifiedName = Optional.of(value);
            return this;
        }

        public Builder serverName(Template value) {
            serverName = Optional.of(value);
            return this;
        }

        public Builder certificate(TlsCertificate value) {
            certificate = Optional.of(value);
            return this;
        }

        public Builder rules(TlsRules value) {
            rules = value;
            return this;
        }

        public Builder protocols(List<String> value) {
            protocols = List.copyOf(value);
            return this;
        }

        public Builder reusesSessions(boolean value) {
            reusesSessions = value;
            return this;
        }

        public Builder handshakeTimeout(Duration value) {
            handshakeTimeout = value;
            return this;
        }

        public TlsClient build() {
            return new TlsClient(
                    trust, verifiedName, serverName, certificate, rules, protocols, reusesSessions, handshakeTimeout);
        }
    }
}
