package io.steelyard.config.nginx;

import io.steelyard.api.Personality;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.Target;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The upstreams of a file, and the pools that a {@code proxy_pass} to a bare address makes. */
final class Pools {
    private final Findings findings;
    private final VariableScope variables;
    private final boolean isWhole;
    private final Map<String, ServerPool.Builder> byName = new LinkedHashMap<>();
    private final Map<String, String> upstreams = new LinkedHashMap<>();
    private final Map<String, Set<HealthCheckSpec>> checks = new LinkedHashMap<>();

    /** @param isWhole whether no other file may define an upstream */
    Pools(Findings findings, VariableScope variables, boolean isWhole) {
        this.findings = findings;
        this.variables = variables;
        this.isWhole = isWhole;
    }

    List<ServerPool> all() {
        return byName.values().stream().map(ServerPool.Builder::build).toList();
    }

    /** Takes in an upstream; its name is its own whatever the case. */
    void add(Word name, ServerPool.Builder pool) {
        if (upstreams.putIfAbsent(name.text().toLowerCase(Locale.ROOT), name.text()) != null) {
            findings.error(name.position(), "upstream '" + name + "' is duplicate", "", "remove or rename one of them");
            return;
        }
        byName.put(name.text(), pool);
    }

    /** An address of http, where port 80 is meant without a port. */
    static ServerAddress httpAddress(String text) {
        boolean hasPort =
                text.startsWith("unix:") || text.indexOf(':', text.startsWith("[") ? text.indexOf(']') + 1 : 0) >= 0;
        return ServerAddress.parse(hasPort ? text : text + ":80");
    }

    /**
     * The pool that {@code http://} and these words name: an upstream, or else one with the server at that address; empty, and told, where
     * they name neither. Of one of several files a word without dot or port is a pool that another file defines.
     */
    Optional<String> ofHttp(Word word, String text) {
        return ofHttp(word, text, 80);
    }

    /** The same of a server that speaks TLS, whose port is otherwise 443. */
    Optional<String> ofHttps(Word word, String text) {
        boolean hasPort = text.startsWith("unix:") || text.indexOf(':', Math.max(text.indexOf(']'), 0)) >= 0;
        boolean isKnown = upstreams.containsKey(text.toLowerCase(Locale.ROOT)) || hasPort;
        return ofHttp(word, isKnown ? text : text + ":443", 443);
    }

    private Optional<String> ofHttp(Word word, String text, int usualPort) {
        var upstream = upstreams.get(text.toLowerCase(Locale.ROOT));
        if (upstream != null) {
            return Optional.of(upstream);
        }
        if (!isWhole && usualPort == 80 && text.matches("[A-Za-z0-9_-]+") && !text.equals("localhost")) {
            return Optional.of(text);
        }
        try {
            var address = httpAddress(text);
            var plain = text.endsWith(":80") ? text.substring(0, text.length() - 3) : text;
            if (address instanceof ServerAddress.Name name && upstreams.containsKey(name.host())) {
                findings.error(
                        word.position(),
                        "upstream '" + name.host() + "' has ports of its own",
                        "no port here",
                        "remove ':" + name.port() + "'");
                return Optional.empty();
            }
            if (!byName.containsKey(plain)) {
                findings.place("pools." + plain, word.position());
                byName.put(
                        plain,
                        ServerPool.builder(plain)
                                .personality(Personality.NGINX)
                                .server(RealServer.builder(plain, address).build()));
            }
            return Optional.of(plain);
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    word.position(),
                    "'proxy_pass' cannot use " + wrong.getMessage(),
                    "an upstream, address, address:port, name, name:port or unix:path",
                    "");
            return Optional.empty();
        }
    }

    /** What a {@code proxy_pass} names, or a {@code pass}, which knows no upstreams; empty, and told, where it names nothing. */
    Optional<Target> target(Directive pass) {
        var word = pass.argument(0);
        var text = word.text();
        if (text.indexOf('$') >= 0) {
            return variables.template(word).map(Target.Named::new);
        }
        boolean isPass = pass.keyword().equals("pass");
        var upstream = upstreams.get(text.toLowerCase(Locale.ROOT));
        if (upstream != null && !isPass) {
            return Optional.of(new Target.Pool(upstream));
        }
        if (text.contains("://")) {
            findings.error(
                    word.position(),
                    "'proxy_pass " + text + "' has a scheme",
                    "an upstream, address:port, name:port or unix:path",
                    "remove '" + text.substring(0, text.indexOf("://") + 3) + "'");
            return Optional.empty();
        }
        try {
            var address = ServerAddress.parse(text);
            if (address instanceof ServerAddress.Name name && upstreams.containsKey(name.host())) {
                findings.error(
                        word.position(),
                        "upstream '" + name.host() + "' has ports of its own",
                        "no port here",
                        "remove ':" + name.port() + "'");
                return Optional.empty();
            }
            if (!byName.containsKey(text)) {
                findings.place("pools." + text, word.position());
                byName.put(
                        text,
                        ServerPool.builder(text)
                                .personality(Personality.NGINX)
                                .server(RealServer.builder(text, address).build()));
            }
            return Optional.of(new Target.Pool(text));
        } catch (IllegalArgumentException wrong) {
            boolean isName = text.indexOf(':') < 0;
            if (isName && !isWhole) {
                return Optional.of(new Target.Pool(text));
            }
            findings.error(
                    word.position(),
                    isName ? "unknown upstream '" + text + "'" : "'proxy_pass' cannot use " + wrong.getMessage(),
                    upstreams.isEmpty()
                            ? "an upstream, address:port, name:port or unix:path"
                            : "one of " + String.join(", ", upstreams.values()) + ", or name:port",
                    "");
            return Optional.empty();
        }
    }

    /** Gives the pool of a target a check, once; false where it has none. */
    boolean addCheck(Target target, HealthCheckSpec check) {
        if (!(target instanceof Target.Pool pool)) {
            return false;
        }
        addCheck(pool.name(), check);
        return true;
    }

    /** Gives the pool of this name a check, once. */
    void addCheck(String pool, HealthCheckSpec check) {
        var builder = byName.get(pool);
        if (checks.computeIfAbsent(pool, name -> new HashSet<>()).add(check) && builder != null) {
            builder.healthCheck(check);
        }
    }
}
