package io.steelyard.config.haproxy;

import io.steelyard.api.text.Template;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.api.tls.TlsTrust;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The parameters of a server that say how TLS is spoken with it, as far as they were read. One thread. */
final class ServerTls implements Cloneable {
    private static final Set<String> FLAGS = Set.of(
            "ssl", "no-ssl", "check-ssl", "no-check-ssl", "ssl-reuse", "no-ssl-reuse", "tls-tickets", "allow-0rtt");
    private static final Set<String> WITH_VALUE = Set.of(
            "verify",
            "verifyhost",
            "ca-file",
            "crl-file",
            "crt",
            "sni",
            "alpn",
            "npn",
            "check-sni",
            "check-alpn",
            "check-proto");
    private static final Pattern CONSTANT = Pattern.compile("str\\(([^()\\\\\"']*)\\)");

    /** Expressions that are known when a connection of mode tcp is made. */
    private static final Map<String, String> OF_TCP = Map.of(
            "ssl_fc_sni", "${ssl_server_name}",
            "req.ssl_sni", "${ssl_preread_server_name}",
            "req_ssl_sni", "${ssl_preread_server_name}");

    private final TlsDefaults defaults;
    private TlsDraft draft;
    private @Nullable Word on;
    private @Nullable Word checked;
    private @Nullable Boolean checks;
    private @Nullable Boolean verifies;
    private Optional<String> authorities = Optional.empty();
    private boolean hasAuthorities;
    private Optional<String> revoked = Optional.empty();
    private @Nullable Word certificate;
    private @Nullable Word sni;
    private @Nullable Word verifiedHost;
    private @Nullable Word checkSni;
    private List<String> protocols = List.of();
    private boolean reusesSessions = true;

    ServerTls(TlsDefaults defaults) {
        this.defaults = defaults;
        draft = defaults.servers.clone();
    }

    static boolean knows(String name) {
        return FLAGS.contains(name)
                || WITH_VALUE.contains(name)
                || TlsDraft.knows(name) && !name.equals("prefer-client-ciphers") && !isOfBind(name);
    }

    private static boolean isOfBind(String name) {
        return name.equals("curves") || name.equals("ecdhe");
    }

    static boolean hasValue(String name) {
        return WITH_VALUE.contains(name) || TlsDraft.hasValue(name) && !isOfBind(name);
    }

    /** Takes a parameter. @throws IllegalArgumentException with what was expected of its value */
    void take(Word word, Word value, Findings findings) {
        var name = word.text();
        switch (name) {
            case "ssl" -> on = word;
            case "no-ssl" -> on = null;
            case "check-ssl" -> {
                checks = true;
                checked = word;
            }
            case "no-check-ssl" -> checks = false;
            case "ssl-reuse" -> reusesSessions = true;
            case "no-ssl-reuse" -> reusesSessions = false;
            case "allow-0rtt", "npn", "check-alpn", "check-proto" ->
                findings.accepted(
                        word.position(), name + "' of 'server", "no early data is sent, and HTTP/1 is spoken");
            case "verify" -> verifies = TlsDefaults.verifies(value.text());
            case "verifyhost" -> verifiedHost = value;
            case "ca-file" -> {
                hasAuthorities = true;
                authorities = value.text().equals("@system-ca")
                        ? Optional.empty()
                        : Optional.of(findings.file(defaults.authority(value.text()), value.position()));
            }
            case "crl-file" -> revoked = Optional.of(findings.file(defaults.authority(value.text()), value.position()));
            case "crt" -> certificate = value;
            case "sni" -> sni = value;
            case "check-sni" -> checkSni = value;
            case "alpn" -> protocols = alpn(word, value, findings);
            default -> draft.take(name, value.text());
        }
    }

    private static List<String> alpn(Word word, Word value, Findings findings) {
        var all = new ArrayList<>(Arrays.asList(value.text().split(",", -1)));
        if (all.remove("h2")) {
            findings.differs(word.position(), "alpn' of 'server", "HTTP/1.1 is spoken with servers, not h2");
        }
        return all;
    }

    /** Whether a server's certificate is looked at. */
    boolean verifies() {
        var own = verifies;
        return own == null ? defaults.verifiesServers : own;
    }

    /** How TLS is spoken; empty for not at all, and where something is wrong, which is told. */
    Optional<TlsClient> make(Proxy backend, Texts texts, Findings findings) {
        var secured = on == null ? checked : on;
        if (secured == null) {
            return Optional.empty();
        }
        if (verifies() && !hasAuthorities) {
            findings.error(
                    secured.position(),
                    "'" + secured + "' of a server has no 'ca-file'",
                    "'ca-file FILE', or 'verify none'",
                    "name the authorities whose certificates are believed, or write 'ssl-server-verify none' in global");
            return Optional.empty();
        }
        var builder = TlsClient.builder()
                .rules(draft.rules(secured, findings))
                .protocols(protocols)
                .reusesSessions(reusesSessions);
        var told = sni == null ? Optional.<Template>empty() : name(backend, texts, sni, findings);
        told.ifPresent(builder::serverName);
        if (verifies()) {
            builder.trust(new TlsTrust(authorities, 100, revoked));
            var verified = verifiedHost == null ? told : Optional.of(Template.literal(verifiedHost.text()));
            verified.ifPresent(builder::verifiedName);
        }
        if (certificate != null) {
            new CertificateFiles(findings, defaults)
                    .find(certificate).stream().findFirst().ifPresent(builder::certificate);
        }
        return on == null ? Optional.empty() : Optional.of(builder.build());
    }

    private static Optional<Template> name(Proxy backend, Texts texts, Word expression, Findings findings) {
        var constant = constant(expression);
        if (constant.matches()) {
            return Optional.of(Template.literal(constant.group(1)));
        }
        if (backend.isHttp()) {
            try {
                return Optional.of(texts.format(backend, "%[" + expression + "]"));
            } catch (IllegalArgumentException wrong) {
                findings.error(
                        expression.position(), "'sni' is '" + expression + "'", String.valueOf(wrong.getMessage()), "");
                return Optional.empty();
            }
        }
        var known = OF_TCP.get(expression.text());
        if (known == null) {
            findings.error(
                    expression.position(),
                    "'sni' cannot ask '" + expression + "' in mode tcp",
                    "str(NAME), ssl_fc_sni or req.ssl_sni",
                    "");
        }
        return Optional.ofNullable(known).map(Template::parse);
    }

    private static Matcher constant(Word expression) {
        return CONSTANT.matcher(expression.text());
    }

    /** Options by which the connections of a check verify whom they speak with. */
    Map<String, String> trustOptions() {
        var options = new HashMap<String, String>();
        if (verifies()) {
            authorities.ifPresent(file -> options.put("tls-authorities", file));
            if (verifiedHost != null) {
                options.put("tls-verified-name", verifiedHost.text());
            }
        }
        return options;
    }

    /** Options of the server's check: TLS is spoken where it is with the server, at the server's own address, and where that is said. */
    Map<String, String> checkOptions(boolean isElsewhere, Findings findings) {
        var said = checks;
        if (said == null ? on == null || isElsewhere : !said) {
            return Map.of();
        }
        var options = new HashMap<String, String>();
        options.put("tls", verifies() ? "verified" : "unverified");
        if (checkSni != null) {
            options.put("tls-server-name", checkSni.text());
        }
        if (verifies()) {
            authorities.ifPresent(file -> options.put("tls-authorities", file));
            var name = verifiedHost == null ? checkSni : verifiedHost;
            if (name != null) {
                options.put("tls-verified-name", name.text());
            }
        }
        if (certificate != null) {
            findings.differs(certificate.position(), "crt' of 'server", "checks show no certificate");
        }
        return options;
    }

    @Override
    public ServerTls clone() {
        try {
            var copy = (ServerTls) super.clone();
            copy.draft = draft.clone();
            return copy;
        } catch (CloneNotSupportedException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
