package io.steelyard.config.haproxy;

import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.config.haproxy.Statement.Prefix;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads where the connections of a {@code frontend} or {@code listen} go. */
final class FrontReader {
    private final Findings findings;
    private final Map<String, Proxy> backends;

    FrontReader(Findings findings, Map<String, Proxy> backends) {
        this.findings = findings;
        this.backends = backends;
    }

    /**
     * The clients' side of a proxy.
     *
     * @param addresses where clients come to
     * @param backend what serves them where no rule says otherwise
     */
    record Front(Proxy proxy, List<ListenAddress> addresses, Optional<Proxy> backend) {
        /** Whether a backend of this name may serve its clients. */
        boolean uses(String name) {
            return backend.filter(used -> used.name().text().equals(name)).isPresent();
        }

        /** The virtual server; none where it listens nowhere, which is told. */
        List<VirtualServer> virtualServers(
                Map<String, ServerPool> pools,
                Map<String, Proxy> backends,
                OptionsReader options,
                List<VariableDefinition> variables,
                Findings findings) {
            if (addresses.isEmpty()) {
                findings.warning(proxy.name().position(), proxy + " has no bind and is left out", "");
                return List.of();
            }
            var name = proxy.name().text();
            findings.place("virtualServers." + name, proxy.name().position());
            var server = VirtualServer.tcp(name);
            addresses.forEach(server::listen);
            var pool = backend.map(used -> pools.get(used.name().text()));
            if (pool.isPresent()) {
                server.pool(pool.get().name()).options(options.read(proxy, backend.orElseThrow(), pool.get()));
            } else {
                server.target(new Target.Reply(Template.literal(""))).options(ProxyOptions.defaults());
            }
            return List.of(server.build());
        }
    }

    Front read(Proxy proxy, List<ListenAddress> addresses) {
        for (var rule : proxy.statements()) {
            switch (rule.keyword().name()) {
                case "use_backend", "tcp-request connection", "tcp-request session", "tcp-request content" ->
                    findings.error(rule.position(), "'" + rule.keyword().name() + "' is not supported yet");
                default -> {}
            }
        }
        return new Front(proxy, addresses, defaultBackend(proxy));
    }

    private Optional<Proxy> defaultBackend(Proxy proxy) {
        var named = proxy.last("default_backend").filter(statement -> statement.prefix() == Prefix.NONE);
        if (named.isPresent()) {
            return find(named.get().argument(0));
        }
        boolean hasServers = proxy.kind() == Place.LISTEN && proxy.has("server", "server-template", "dispatch");
        if (!hasServers) {
            findings.warning(
                    proxy.name().position(),
                    proxy + " has no backend: connections are closed at once",
                    "add 'default_backend NAME'");
            return Optional.empty();
        }
        return Optional.of(proxy);
    }

    private Optional<Proxy> find(Word name) {
        var found = Optional.ofNullable(backends.get(name.text()));
        if (found.isEmpty()) {
            findings.error(
                    name.position(),
                    "unknown backend '" + name + "'",
                    backends.isEmpty()
                            ? "the name of a backend"
                            : "one of "
                                    + String.join(
                                            ", ",
                                            backends.keySet().stream().sorted().toList()),
                    "");
        }
        return found;
    }
}
