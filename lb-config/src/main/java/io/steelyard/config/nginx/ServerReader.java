package io.steelyard.config.nginx;

import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Assignment;
import io.steelyard.api.text.Template;
import io.steelyard.config.nginx.ListenReader.Listen;
import io.steelyard.config.nginx.grammar.Directive;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code server} of a stream: one virtual server for each protocol it listens on. */
final class ServerReader {
    private static final Duration HANDSHAKE_TIMEOUT = Duration.ofSeconds(60);

    private final Findings findings;
    private final BlockReader blocks;
    private final VariableScope variables;
    private final LogReader logs;
    private final LimitReader limits;
    private final HealthCheckReader healthChecks;
    private final Pools pools;
    private final TrustedNetworks networks;
    private final ResolverReader resolvers;
    private final ListenReader listens;
    private final TlsReader tls;
    private final Map<String, Listen> listeners = new HashMap<>();

    ServerReader(
            Findings findings,
            BlockReader blocks,
            VariableScope variables,
            LogReader logs,
            LimitReader limits,
            HealthCheckReader healthChecks,
            Pools pools,
            TrustedNetworks networks,
            ResolverReader resolvers,
            ListenReader listens) {
        this.findings = findings;
        this.blocks = blocks;
        this.variables = variables;
        this.logs = logs;
        this.limits = limits;
        this.healthChecks = healthChecks;
        this.pools = pools;
        this.networks = networks;
        this.resolvers = resolvers;
        this.listens = listens;
        tls = new TlsReader(findings, variables);
    }

    /** The virtual servers of a block; none, and told, where it is wrong. */
    List<VirtualServer> read(Directive block, ServerSettings stream) {
        var level = blocks.read(block.children(), Context.SERVER);
        var settings = ServerSettings.read(level, variables, logs, limits, networks, findings);
        var assignments = assignments(level);
        var target = target(block, level);
        var byProtocol = listeners(block, level);
        var timeout = settings.healthCheckTimeout(stream);
        for (var check : level.all("health_check")) {
            var protocol = byProtocol.containsKey(Protocol.TCP) || byProtocol.isEmpty() ? Protocol.TCP : Protocol.UDP;
            healthChecks.read(check, protocol, timeout).ifPresent(spec -> {
                if (target.isPresent() && !pools.addCheck(target.get(), spec)) {
                    findings.error(check.position(), "'health_check' needs a proxy_pass that names an upstream");
                }
            });
        }
        if (target.isEmpty()) {
            return List.of();
        }
        var scope = TlsReader.of(level, stream.level());
        var proxied = options(settings.options(stream), level, scope);
        var options = resolvers
                .read(level, stream.level())
                .map(lookup -> proxied.toBuilder().nameLookup(lookup).build())
                .orElse(proxied);
        var clients = tls.server(scope, handshakeTimeout(scope), false);
        if (byProtocol.containsKey(Protocol.UDP) && options.sendProxyProtocol() != ProxyProtocol.NONE) {
            findings.error(
                    block.position(),
                    "'proxy_protocol' cannot be honoured over UDP: no header is sent in datagrams",
                    "",
                    "leave it out where the server listens with 'udp'");
            return List.of();
        }
        var servers = new ArrayList<VirtualServer>();
        byProtocol.forEach((protocol, group) -> {
            var name = group.getFirst().address().text() + (protocol == Protocol.TCP ? "/tcp" : "/udp");
            var server = protocol == Protocol.TCP ? VirtualServer.tcp(name) : VirtualServer.udp(name);
            group.forEach(listen -> server.listen(listen.address()));
            var secured =
                    group.stream().filter(listen -> listen.address().tls()).findFirst();
            if (secured.isPresent() && clients.isEmpty()) {
                findings.error(
                        secured.get().directive().position(),
                        "'listen … ssl' at " + secured.get().address().text() + " has no certificate",
                        "",
                        "add 'ssl_certificate FILE' and 'ssl_certificate_key FILE'");
                return;
            }
            secured.flatMap(listen -> clients).ifPresent(server::tls);
            settings.access(stream).forEach(server::access);
            assignments.forEach(server::assignment);
            limits.read(level, stream.level()).forEach(server::limit);
            settings.logs(stream).forEach(server::accessLog);
            findings.place("virtualServers." + name, block.position());
            findings.place(
                    "virtualServers." + name + ".listen",
                    group.getFirst().directive().position());
            level.first("proxy_bind")
                    .ifPresent(bind -> findings.place("virtualServers." + name + ".options", bind.position()));
            level.first("proxy_pass")
                    .ifPresent(pass -> findings.place("virtualServers." + name + ".pool", pass.position()));
            servers.add(server.target(target.get()).options(options).build());
        });
        return servers;
    }

    /** The same with TLS with servers, where that is on. Its name is by default that of {@code proxy_pass}. */
    private ProxyOptions options(ProxyOptions options, Level level, TlsReader.Scope scope) {
        boolean isOn = scope.nearest("proxy_ssl")
                .map(directive -> directive.argument(0).text())
                .filter("on"::equals)
                .isPresent();
        if (!isOn) {
            return options;
        }
        var pass = level.value("proxy_pass").flatMap(variables::template);
        return options.toBuilder()
                .tls(tls.client(scope, pass.orElse(Template.literal(""))))
                .build();
    }

    private Duration handshakeTimeout(TlsReader.Scope scope) {
        try {
            return scope.nearest("ssl_handshake_timeout")
                    .map(directive -> Values.time(directive.argument(0).text()))
                    .orElse(HANDSHAKE_TIMEOUT);
        } catch (IllegalArgumentException told) {
            return HANDSHAKE_TIMEOUT;
        }
    }

    private List<Assignment> assignments(Level level) {
        var assignments = new ArrayList<Assignment>();
        for (var set : level.all("set")) {
            var name = variables.definedName(set.argument(0));
            var value = variables.template(set.argument(1));
            if (name.isPresent() && variables.define(name.get(), set.argument(0)) && value.isPresent()) {
                assignments.add(new Assignment(name.get(), value.get()));
            }
        }
        return assignments;
    }

    private Optional<Target> target(Directive block, Level level) {
        var pass = level.first("proxy_pass");
        var reply = level.first("return");
        if (pass.isPresent() && reply.isPresent()) {
            findings.error(
                    reply.get().position(), "'return' stands beside 'proxy_pass'", "one of them", "remove the other");
            return Optional.empty();
        }
        if (pass.isPresent()) {
            return pools.target(pass.get());
        }
        if (reply.isPresent()) {
            return variables.template(reply.get().argument(0)).map(Target.Reply::new);
        }
        boolean isRefused = block.children().stream()
                .map(Directive::keyword)
                .anyMatch(name -> List.of("proxy_pass", "return", "pass").contains(name)
                        || DirectiveTable.nginx().named(name).isEmpty());
        if (!isRefused) {
            findings.error(
                    block.position(),
                    "this server does nothing with its connections",
                    "proxy_pass or return in it",
                    "");
        }
        return Optional.empty();
    }

    private Map<Protocol, List<Listen>> listeners(Directive block, Level level) {
        var byProtocol = new LinkedHashMap<Protocol, List<Listen>>();
        for (var directive : level.all("listen")) {
            listens.read(directive).stream()
                    .filter(this::isFirst)
                    .forEach(listen -> byProtocol
                            .computeIfAbsent(listen.protocol(), protocol -> new ArrayList<>())
                            .add(listen));
        }
        if (block.children().stream().noneMatch(child -> child.keyword().equals("listen"))) {
            findings.error(block.position(), "this server listens nowhere", "'listen' in it", "");
        }
        return byProtocol;
    }

    /** Whether no other listener has the address; told where one has. */
    private boolean isFirst(Listen listen) {
        var address = listen.address();
        for (int port = address.firstPort(); port <= address.lastPort(); port++) {
            var other = listeners.putIfAbsent(listen.protocol() + " " + address.text(port), listen);
            if (other != null) {
                findings.error(
                        listen.directive().argument(0).position(),
                        "duplicate listener " + listen.protocol() + " " + address.text(port),
                        "",
                        "it is taken at " + other.directive().argument(0).position() + "; change one of them");
                return false;
            }
        }
        return true;
    }
}
