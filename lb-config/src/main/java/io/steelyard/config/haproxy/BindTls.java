package io.steelyard.config.haproxy;

import io.steelyard.api.tls.ClientCertificates;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.api.tls.TlsSessions;
import io.steelyard.api.tls.TlsTrust;
import io.steelyard.config.haproxy.grammar.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The parameters of one {@code bind} that say how TLS is spoken with clients. One use, one thread. */
final class BindTls {
    private static final Set<String> FLAGS =
            Set.of("ssl", "no-ca-names", "strict-sni", "generate-certificates", "allow-0rtt");
    private static final Set<String> WITH_VALUE = Set.of(
            "crt",
            "crt-list",
            "ca-file",
            "ca-verify-file",
            "crl-file",
            "verify",
            "alpn",
            "npn",
            "tls-ticket-keys",
            "ca-ignore-err",
            "crt-ignore-err",
            "ca-sign-file",
            "ca-sign-pass");
    private static final Map<String, String> REFUSED = Map.of(
            "generate-certificates", "certificates are not made on the way",
            "ca-sign-file", "certificates are not made on the way",
            "ca-ignore-err", "a certificate that is not believed is refused",
            "crt-ignore-err", "a certificate that is not believed is refused");

    private final Findings findings;
    private final TlsDefaults defaults;
    private final CertificateFiles files;
    private final TlsDraft draft;
    private final List<TlsCertificate> certificates = new ArrayList<>();
    private final List<Word> certificateWords = new ArrayList<>();
    private final List<Word> refused = new ArrayList<>();
    private @Nullable Word on;
    private @Nullable Word verify;
    private Optional<String> authorities = Optional.empty();
    private Optional<String> revoked = Optional.empty();
    private List<String> protocols = List.of();
    private List<String> ticketKeys = List.of();
    private boolean sendsNames = true;
    private boolean isStrict;

    BindTls(Findings findings, TlsDefaults defaults) {
        this.findings = findings;
        this.defaults = defaults;
        files = new CertificateFiles(findings, defaults);
        draft = defaults.binds.clone();
    }

    static boolean knows(String name) {
        return FLAGS.contains(name) || WITH_VALUE.contains(name) || TlsDraft.knows(name) && !name.equals("tls-tickets");
    }

    static boolean hasValue(String name) {
        return WITH_VALUE.contains(name) || TlsDraft.hasValue(name);
    }

    /** Takes a parameter. @param value the word itself where it has none */
    void take(Word word, Word value) {
        var name = word.text();
        switch (name) {
            case "ssl" -> on = word;
            case "crt", "crt-list" -> {
                certificateWords.add(word);
                certificateWords.add(value);
            }
            case "verify" -> verify = value;
            case "ca-file", "ca-verify-file" ->
                authorities = value.text().equals("@system-ca")
                        ? Optional.empty()
                        : Optional.of(findings.file(defaults.authority(value.text()), value.position()));
            case "crl-file" -> revoked = Optional.of(findings.file(defaults.authority(value.text()), value.position()));
            case "alpn" -> protocols = List.of(value.text().split(",", -1));
            case "tls-ticket-keys" -> ticketKeys = List.of(findings.file(value.text(), value.position()));
            case "no-ca-names" -> sendsNames = false;
            case "strict-sni" -> isStrict = true;
            case "npn" -> findings.accepted(word.position(), name + "' of 'bind", "ALPN has taken its place");
            case "allow-0rtt" ->
                findings.accepted(
                        word.position(), name + "' of 'bind", "early data is not taken, and sent again later");
            case "ca-sign-pass" -> {
                // Of ca-sign-file, which is refused.
            }
            default -> {
                if (REFUSED.containsKey(name)) {
                    refused.add(word);
                } else {
                    common(word, value);
                }
            }
        }
    }

    private void common(Word word, Word value) {
        try {
            draft.take(word.text(), value.text());
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    value.position(),
                    "'" + word + "' of 'bind' is '" + value + "'",
                    String.valueOf(wrong.getMessage()),
                    "");
        }
    }

    /**
     * How TLS is spoken.
     *
     * @param handshakeTimeout how long a client may be silent
     * @param standardProtocols what is spoken where {@code alpn} does not say
     * @return empty without {@code ssl}, and where something is wrong, which is told
     */
    Optional<TlsServer> make(Duration handshakeTimeout, List<String> standardProtocols) {
        var mode = mode();
        var secured = on;
        if (secured == null) {
            for (int i = 0; i < certificateWords.size(); i += 2) {
                findings.accepted(
                        certificateWords.get(i).position(),
                        certificateWords.get(i) + "' of 'bind",
                        "nothing uses it without 'ssl'");
            }
            return Optional.empty();
        }
        for (var word : refused) {
            findings.error(
                    word.position(),
                    "'" + word + "' of 'bind' cannot be honoured: " + REFUSED.getOrDefault(word.text(), ""));
        }
        for (int i = 0; i < certificateWords.size(); i += 2) {
            boolean isList = certificateWords.get(i).text().equals("crt-list");
            var value = certificateWords.get(i + 1);
            certificates.addAll(isList ? files.list(value) : files.find(value));
        }
        if (certificateWords.isEmpty()) {
            findings.error(secured.position(), "'ssl' of 'bind' has no certificate", "'crt FILE' behind it", "");
        }
        if (certificates.isEmpty()) {
            return Optional.empty();
        }
        var builder = TlsServer.builder()
                .rules(draft.rules(secured, findings))
                .prefersOwnCiphers(!draft.prefersClients())
                .clientCertificates(
                        mode == ClientCertificates.Mode.NONE
                                ? ClientCertificates.NONE
                                : new ClientCertificates(
                                        mode, new TlsTrust(authorities, 100, revoked), sendsNames, true))
                .protocols(protocols.isEmpty() ? standardProtocols : protocols)
                .sessions(new TlsSessions(
                        draft.givesTickets(), ticketKeys, defaults.cachedSessions, defaults.sessionLifetime))
                .refusesUnknownNames(isStrict)
                .handshakeTimeout(handshakeTimeout);
        certificates.forEach(builder::certificate);
        return Optional.of(builder.build());
    }

    private ClientCertificates.Mode mode() {
        if (verify == null) {
            return ClientCertificates.Mode.NONE;
        }
        return switch (verify.text()) {
            case "none" -> ClientCertificates.Mode.NONE;
            case "optional" -> ClientCertificates.Mode.OPTIONAL;
            case "required" -> ClientCertificates.Mode.REQUIRED;
            default -> {
                findings.error(
                        verify.position(), "'verify' of 'bind' is '" + verify + "'", "none, optional or required", "");
                yield ClientCertificates.Mode.NONE;
            }
        };
    }
}
