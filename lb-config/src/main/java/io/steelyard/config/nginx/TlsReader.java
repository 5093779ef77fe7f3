package io.steelyard.config.nginx;

import io.steelyard.api.text.Template;
import io.steelyard.api.tls.ClientCertificates;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.api.tls.TlsRules;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.api.tls.TlsSessions;
import io.steelyard.api.tls.TlsStapling;
import io.steelyard.api.tls.TlsTrust;
import io.steelyard.api.tls.TlsVersion;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads {@code ssl_…} and {@code proxy_ssl_…}, in http and in stream. */
final class TlsReader {
    /** About how many sessions nginx keeps in a megabyte. */
    private static final long SESSIONS_A_MEGABYTE = 4_000;

    private final Findings findings;
    private final VariableScope variables;

    TlsReader(Findings findings, VariableScope variables) {
        this.findings = findings;
        this.variables = variables;
    }

    /** The directives that hold in a block. */
    interface Scope {
        /** The nearest of a name. */
        Optional<Directive> nearest(String name);

        /** All of a name of the nearest block that has one. */
        List<Directive> nearestAll(String name);
    }

    static Scope of(HttpScope scope) {
        return new Scope() {
            @Override
            public Optional<Directive> nearest(String name) {
                return scope.nearest(name);
            }

            @Override
            public List<Directive> nearestAll(String name) {
                return scope.nearestAll(name);
            }
        };
    }

    /** Of a server in stream. */
    static Scope of(Level server, Level stream) {
        return new Scope() {
            @Override
            public Optional<Directive> nearest(String name) {
                return server.first(name).or(() -> stream.first(name));
            }

            @Override
            public List<Directive> nearestAll(String name) {
                return server.has(name) ? server.all(name) : stream.all(name);
            }
        };
    }

    /**
     * How TLS is spoken with a server's clients.
     *
     * @param handshakeTimeout where nothing says how long the handshake may take
     * @param refusesInHandshake whether clients without a good certificate are
     * @return empty where there is no certificate, and clients are not refused either; or, told, where something is wrong
     */
    Optional<TlsServer> server(Scope scope, Duration handshakeTimeout, boolean refusesInHandshake) {
        boolean rejects = value(scope, "ssl_reject_handshake", Values::flag).orElse(false);
        var certificates = certificates(scope, "ssl_");
        var clients = clients(scope, refusesInHandshake);
        refuseUnlessOff(
                scope,
                "ssl_ocsp",
                "no responder is asked while a client waits",
                "list revoked certificates in 'ssl_crl'");
        refuseUnlessOff(
                scope,
                "ssl_early_data",
                "the TLS library takes no early data, which anybody may send again",
                "remove it: clients send it again after the handshake");
        if (certificates.isEmpty() && !rejects) {
            return Optional.empty();
        }
        var builder = TlsServer.builder()
                .rules(rules(scope, "ssl_"))
                .prefersOwnCiphers(
                        value(scope, "ssl_prefer_server_ciphers", Values::flag).orElse(false))
                .clientCertificates(clients)
                .sessions(sessions(scope))
                .rejects(rejects)
                .handshakeTimeout(handshakeTimeout);
        certificates.forEach(builder::certificate);
        return Optional.of(builder.build());
    }

    private List<TlsCertificate> certificates(Scope scope, String prefix) {
        var chains = scope.nearestAll(prefix + "certificate");
        var keys = scope.nearestAll(prefix + "certificate_key");
        if (chains.isEmpty()) {
            return List.of();
        }
        if (chains.size() != keys.size()) {
            findings.error(
                    chains.getFirst().position(),
                    "'" + prefix + "certificate' stands " + chains.size() + " times and '" + prefix
                            + "certificate_key' " + keys.size() + " times",
                    "one key for each certificate",
                    "add '" + prefix + "certificate_key FILE'");
            return List.of();
        }
        boolean isStapled = prefix.equals("ssl_")
                && value(scope, "ssl_stapling", Values::flag).orElse(false);
        Optional<String> status = isStapled ? file(scope, "ssl_stapling_file") : Optional.empty();
        var stapling = isStapled && status.isEmpty() ? stapling(scope) : Optional.<TlsStapling>empty();
        var passwords = file(scope, prefix + "password_file");
        var pairs = new ArrayList<TlsCertificate>();
        for (int i = 0; i < chains.size(); i++) {
            var chain = plainFile(chains.get(i));
            var key = plainFile(keys.get(i));
            if (chain.isPresent() && key.isPresent()) {
                pairs.add(new TlsCertificate(chain.get(), key.get(), passwords, status, stapling, List.of()));
            }
        }
        return pairs;
    }

    /** Empty, and told, where the responder is in no form that is asked; nginx, too, goes on without it. */
    private Optional<TlsStapling> stapling(Scope scope) {
        var responder = scope.nearest("ssl_stapling_responder").map(directive -> directive.argument(0));
        try {
            return Optional.of(new TlsStapling(
                    responder.map(Word::text),
                    file(scope, "ssl_trusted_certificate"),
                    value(scope, "ssl_stapling_verify", Values::flag).orElse(false)));
        } catch (IllegalArgumentException wrong) {
            findings.warning(
                    responder.orElseThrow().position(),
                    "'ssl_stapling' does nothing: " + wrong.getMessage(),
                    "name a responder with http://");
            return Optional.empty();
        }
    }

    private ClientCertificates clients(Scope scope, boolean refusesInHandshake) {
        var directive = scope.nearest("ssl_verify_client");
        if (directive.isEmpty()) {
            return ClientCertificates.NONE;
        }
        var word = directive.get().argument(0);
        var mode = switch (word.text()) {
            case "off" -> ClientCertificates.Mode.NONE;
            case "on" -> ClientCertificates.Mode.REQUIRED;
            case "optional" -> ClientCertificates.Mode.OPTIONAL;
            case "optional_no_ca" -> ClientCertificates.Mode.OPTIONAL_ANY;
            default -> {
                findings.badArgument(directive.get(), word, "on, off, optional or optional_no_ca");
                yield ClientCertificates.Mode.NONE;
            }
        };
        if (mode == ClientCertificates.Mode.NONE) {
            return ClientCertificates.NONE;
        }
        var announced = file(scope, "ssl_client_certificate");
        var authorities = announced.isPresent() ? announced : file(scope, "ssl_trusted_certificate");
        if (authorities.isEmpty() && mode != ClientCertificates.Mode.OPTIONAL_ANY) {
            findings.error(
                    word.position(),
                    "'ssl_verify_client " + word + "' has no 'ssl_client_certificate' or 'ssl_trusted_certificate'",
                    "",
                    "name the authorities whose certificates are believed");
        }
        return new ClientCertificates(
                mode,
                new TlsTrust(
                        authorities,
                        value(scope, "ssl_verify_depth", Values::number).orElse(1),
                        file(scope, "ssl_crl")),
                announced.isPresent(),
                refusesInHandshake);
    }

    private TlsSessions sessions(Scope scope) {
        boolean tickets = value(scope, "ssl_session_tickets", Values::flag).orElse(true);
        var timeout = value(scope, "ssl_session_timeout", Values::positiveTime)
                .filter(time -> time.toSeconds() > 0)
                .orElse(TlsSessions.DEFAULT.timeout());
        return new TlsSessions(tickets, ticketKeys(scope), cached(scope), timeout);
    }

    /** Files of keys that seal tickets; nginx takes 48 bytes, or 80 for a longer cipher that the library has not. */
    private List<String> ticketKeys(Scope scope) {
        return scope.nearestAll("ssl_session_ticket_key").stream()
                .map(this::plainFile)
                .flatMap(Optional::stream)
                .toList();
    }

    private int cached(Scope scope) {
        var directive = scope.nearest("ssl_session_cache");
        long sessions = 0;
        for (var word : directive.map(Directive::arguments).orElse(List.of())) {
            var text = word.text();
            try {
                if (text.startsWith("shared:") && text.indexOf(':', 7) > 0) {
                    sessions += Math.max(
                            Values.size(text.substring(text.indexOf(':', 7) + 1)) * SESSIONS_A_MEGABYTE >> 20, 1);
                } else if (text.startsWith("builtin:")) {
                    sessions += Values.number(text.substring("builtin:".length()));
                } else if (text.equals("builtin")) {
                    sessions += 20_480;
                } else if (!text.equals("off") && !text.equals("none")) {
                    throw new IllegalArgumentException("off, none, builtin, builtin:NUMBER or shared:NAME:SIZE");
                }
            } catch (IllegalArgumentException wrong) {
                findings.badArgument(directive.orElseThrow(), word, wrong);
            }
        }
        return (int) Math.min(sessions, Integer.MAX_VALUE);
    }

    private TlsRules rules(Scope scope, String prefix) {
        var groups = prefix.equals("ssl_")
                ? scope.nearest("ssl_ecdh_curve")
                        .map(directive -> directive.argument(0).text())
                        .filter(text -> !text.equals("auto"))
                        .map(text -> List.of(text.split(":", -1)))
                        .orElse(List.of())
                : List.<String>of();
        var ciphers = scope.nearest(prefix + "ciphers")
                .map(directive -> directive.argument(0).text())
                .filter(text -> !text.equals("DEFAULT") && !text.equals("HIGH:!aNULL:!MD5"))
                .orElse("");
        return new TlsRules(versions(scope, prefix + "protocols"), ciphers, groups);
    }

    private Set<TlsVersion> versions(Scope scope, String name) {
        var directive = scope.nearest(name);
        if (directive.isEmpty()) {
            return EnumSet.allOf(TlsVersion.class);
        }
        var versions = EnumSet.noneOf(TlsVersion.class);
        for (var word : directive.get().arguments()) {
            switch (word.text()) {
                case "TLSv1.2" -> versions.add(TlsVersion.TLS_1_2);
                case "TLSv1.3" -> versions.add(TlsVersion.TLS_1_3);
                case "SSLv2", "SSLv3", "TLSv1", "TLSv1.1" ->
                    findings.acceptedParameter(
                            directive.get(), word, word.text(), "it is not spoken any more (RFC 8996)");
                default ->
                    findings.badArgument(directive.get(), word, "SSLv2, SSLv3, TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3");
            }
        }
        if (versions.isEmpty()) {
            findings.error(
                    directive.get().position(),
                    "'" + name + "' leaves no version that is spoken",
                    "",
                    "add TLSv1.2 and TLSv1.3");
            return EnumSet.allOf(TlsVersion.class);
        }
        return versions;
    }

    /**
     * How TLS is spoken with servers.
     *
     * @param standardName {@code proxy_ssl_name} where it is not given
     */
    TlsClient client(Scope scope, Template standardName) {
        var builder = TlsClient.builder();
        var name = scope.nearest("proxy_ssl_name")
                .flatMap(directive -> variables.template(directive.argument(0)))
                .orElse(standardName);
        if (value(scope, "proxy_ssl_server_name", Values::flag).orElse(false)) {
            builder.serverName(name);
        }
        if (value(scope, "proxy_ssl_verify", Values::flag).orElse(false)) {
            var authorities = file(scope, "proxy_ssl_trusted_certificate");
            if (authorities.isEmpty()) {
                scope.nearest("proxy_ssl_verify")
                        .ifPresent(on -> findings.error(
                                on.position(),
                                "'proxy_ssl_verify' has no 'proxy_ssl_trusted_certificate'",
                                "",
                                "name the authorities whose certificates are believed"));
            }
            builder.trust(new TlsTrust(
                            authorities,
                            value(scope, "proxy_ssl_verify_depth", Values::number)
                                    .orElse(1),
                            file(scope, "proxy_ssl_crl")))
                    .verifiedName(name);
        }
        certificates(scope, "proxy_ssl_").stream().findFirst().ifPresent(builder::certificate);
        return builder.rules(rules(scope, "proxy_ssl_"))
                .reusesSessions(
                        value(scope, "proxy_ssl_session_reuse", Values::flag).orElse(true))
                .build();
    }

    private <T> Optional<T> value(Scope scope, String name, Function<String, T> read) {
        var directive = scope.nearest(name);
        if (directive.isEmpty()) {
            return Optional.empty();
        }
        var word = directive.get().argument(0);
        try {
            return Optional.of(read.apply(word.text()));
        } catch (IllegalArgumentException wrong) {
            findings.badArgument(directive.get(), word, wrong);
            return Optional.empty();
        }
    }

    private void refuseUnlessOff(Scope scope, String name, String why, String remedy) {
        scope.nearest(name)
                .filter(directive -> !directive.argument(0).text().equals("off"))
                .ifPresent(directive ->
                        findings.error(directive.position(), "'" + name + "' cannot be honoured: " + why, "", remedy));
    }

    private Optional<String> file(Scope scope, String name) {
        return scope.nearest(name).flatMap(this::plainFile);
    }

    /** A file name, which as with nginx is relative to the configuration's folder. */
    private Optional<String> plainFile(Directive directive) {
        Word word = directive.argument(0);
        if (word.text().indexOf('$') >= 0
                || word.text().startsWith("data:")
                || word.text().startsWith("engine:")) {
            findings.error(
                    word.position(),
                    "'" + directive.name() + " " + word + "' cannot be honoured: files are read once for all clients",
                    "the name of a file",
                    "");
            return Optional.empty();
        }
        try {
            var folder = Path.of(word.position().file()).getParent();
            var name =
                    folder == null ? word.text() : folder.resolve(word.text()).toString();
            findings.place("files." + name, word.position());
            return Optional.of(name);
        } catch (InvalidPathException wrong) {
            findings.badArgument(directive, word, "the name of a file");
            return Optional.empty();
        }
    }
}
