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
    private final ServerNames names;

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
        names = new ServerNames(findings, variables);
    }

    /** Takes a block in; what is wrong with it is told. */
    void read(Directive block, ServerSettings stream, StreamServers servers) {
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
            return;
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
            return;
        }
        checkPass(level, options);
        var connectionLimits = limits.read(level, stream.level());
        StreamServers.Shape shape = (name, protocol) -> {
            var server = protocol == Protocol.TCP ? VirtualServer.tcp(name) : VirtualServer.udp(name);
            settings.access(stream).forEach(server::access);
            assignments.forEach(server::assignment);
            connectionLimits.forEach(server::limit);
            settings.logs(stream).forEach(server::accessLog);
            return server.target(target.get()).options(options);
        };
        var listens = byProtocol.values().stream().flatMap(List::stream).toList();
        servers.add(new StreamServers.Server(block, level, names.read(level), shape, clients), listens);
    }

    /** A passed connection goes on as it came, where {@code proxy_pass} may add to it; nginx hands it over inside the process. */
    private void checkPass(Level level, ProxyOptions options) {
        level.first("pass").ifPresent(pass -> {
            boolean isBound =
                    options.sourceText().isPresent() || options.sourceAddress().isPresent();
            if (options.tls().isPresent() || options.sendProxyProtocol() != ProxyProtocol.NONE || isBound) {
                findings.error(
                        pass.position(),
                        "'pass' stands where 'proxy_ssl', 'proxy_protocol' or 'proxy_bind' holds, which it does not heed",
                        "",
                        "write those in the servers with 'proxy_pass' only");
            }
            findings.warning(
                    pass.position(),
                    "'pass' connects to " + pass.argument(0) + ": clients have the balancer's own address there",
                    "use 'proxy_pass' with 'proxy_protocol on', and 'listen … proxy_protocol' there, to keep theirs");
        });
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
        var pass = level.first("proxy_pass").or(() -> level.first("pass"));
        var reply = level.first("return");
        if (pass.isPresent() && reply.isPresent()) {
            findings.error(
                    reply.get().position(),
                    "'return' stands beside '" + pass.get().keyword() + "'",
                    "one of them",
                    "remove the other");
            return Optional.empty();
        }
        if (level.has("proxy_pass") && level.has("pass")) {
            findings.error(
                    level.all("pass").getFirst().position(),
                    "'pass' stands beside 'proxy_pass'",
                    "one of them",
                    "remove the other");
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
            listens.read(directive)
                    .forEach(listen -> byProtocol
                            .computeIfAbsent(listen.protocol(), protocol -> new ArrayList<>())
                            .add(listen));
        }
        if (block.children().stream().noneMatch(child -> child.keyword().equals("listen"))) {
            findings.error(block.position(), "this server listens nowhere", "'listen' in it", "");
        }
        return byProtocol;
    }
}
