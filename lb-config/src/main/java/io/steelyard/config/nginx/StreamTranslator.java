package io.steelyard.config.nginx;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.Settings;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.http.RateLimit;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.config.nginx.grammar.Directive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** Makes the model of a file's directives, telling all that is wrong with them. One use, one thread. */
final class StreamTranslator {
    private final Findings findings;
    private final HostAddresses hosts;
    private final BlockReader blocks;
    private final VariableScope variables;
    private final boolean isWhole;
    private final List<VirtualServer> virtualServers = new ArrayList<>();
    private final List<VariableDefinition> definitions = new ArrayList<>();
    private List<ServerPool> pools = List.of();
    private List<ConnectionLimit.Zone> limitZones = List.of();
    private List<RateLimit.Zone> rateZones = List.of();
    private List<StickTable> stickTables = List.of();
    private Settings settings = Settings.defaults();

    /** @param isWhole whether no other file may add to this one */
    StreamTranslator(Findings findings, HostAddresses hosts, boolean isWhole) {
        this.findings = findings;
        this.hosts = hosts;
        this.isWhole = isWhole;
        blocks = new BlockReader(findings);
        variables = new VariableScope(findings);
    }

    /** The model, of use only where no error was found. */
    Configuration translate(List<Directive> directives) {
        var level = blocks.read(directives, Context.MAIN);
        level.value("worker_shutdown_timeout").ifPresent(timeout -> {
            settings = settings.withDrainTimeout(Values.time(timeout.text()));
        });
        // What nginx does in so many processes is done by so many event loops.
        level.value("worker_processes").ifPresent(count -> {
            settings = new Settings(Values.processes(count.text()), settings.drainTimeout(), settings.maxConnections());
        });
        level.first("events").ifPresent(events -> blocks.read(events.children(), Context.EVENTS));
        level.first("stream").ifPresent(this::readStream);
        level.first("http").ifPresent(this::readHttp);
        if (isWhole
                && virtualServers.isEmpty()
                && directives.stream()
                        .noneMatch(directive -> directive.keyword().equals("stream"))
                && findings.problems().stream().noneMatch(Problem::isError)) {
            findings.add(Problem.warning("", "the file has no server in stream or http: nothing is balanced"));
        }
        return new Configuration(settings, pools, virtualServers, definitions, limitZones, rateZones, stickTables);
    }

    /** Joins what http says to what stream said: names are shared by both here. */
    private void readHttp(Directive http) {
        var reader = new HttpReader(findings, hosts, blocks, isWhole);
        reader.read(http);
        virtualServers.addAll(reader.virtualServers());
        pools = joined("pools", "upstream", pools, reader.pools(), ServerPool::name);
        var variables = joined("variables", "variable", definitions, reader.definitions(), VariableDefinition::name);
        definitions.clear();
        definitions.addAll(variables);
        limitZones = joined("limitZones", "limit zone", limitZones, reader.limitZones(), ConnectionLimit.Zone::name);
        rateZones = reader.rateZones();
        stickTables = reader.stickTables();
        if (reader.virtualServers().isEmpty() && findings.problems().stream().noneMatch(Problem::isError)) {
            findings.accepted(http.position(), "http", "it has no server");
        }
    }

    private <T> List<T> joined(String path, String kind, List<T> ofStream, List<T> ofHttp, Function<T, String> nameOf) {
        var all = new ArrayList<>(ofStream);
        for (var one : ofHttp) {
            var name = nameOf.apply(one);
            var same = ofStream.stream()
                    .filter(other -> nameOf.apply(other).equals(name))
                    .findFirst();
            if (same.isEmpty()) {
                all.add(one);
            } else if (!same.get().equals(one)) {
                var problem = Problem.error(
                                path + "." + name,
                                kind + " '" + name + "' is in stream and, differently, in http; names are shared here")
                        .remedy("rename one of them");
                var at = findings.positions().get(path + "." + name);
                findings.add(at == null ? problem : problem.at(at));
            }
        }
        return all;
    }

    private void readStream(Directive stream) {
        var level = blocks.read(stream.children(), Context.STREAM);
        var upstreamPools = new Pools(findings, variables, isWhole);
        var resolvers = new ResolverReader(findings, hosts);
        var upstreams = new UpstreamReader(findings, blocks, variables, resolvers);
        var maps = new MapReader(findings, variables);
        var geos = new GeoReader(findings, variables);
        var logs = new LogReader(findings, variables);
        var limits = new LimitReader(findings, variables);
        var checks = new HealthCheckReader(findings, blocks);
        for (var directive : level.directives()) {
            switch (directive.keyword()) {
                case "upstream" -> upstreamPools.add(directive.argument(0), upstreams.read(directive, level));
                case "map" -> define(directive, maps.readMap(directive));
                case "split_clients" -> define(directive, maps.readSplit(directive));
                case "geo" -> define(directive, geos.read(directive));
                case "log_format" -> logs.readFormat(directive);
                case "limit_conn_zone" -> limits.readZone(directive);
                case "match" -> checks.readMatch(directive);
                default -> {}
            }
        }
        var networks = new TrustedNetworks(findings, hosts);
        var shared = ServerSettings.read(level, variables, logs, limits, networks, findings);
        var servers = new ServerReader(
                findings,
                blocks,
                variables,
                logs,
                limits,
                checks,
                upstreamPools,
                networks,
                resolvers,
                new ListenReader(findings, hosts));
        var byAddress = new StreamServers(findings);
        for (var server : level.all("server")) {
            servers.read(server, shared, byAddress);
        }
        virtualServers.addAll(byAddress.all());
        definitions.addAll(byAddress.maps());
        pools = upstreamPools.all();
        limitZones = limits.zones();
        variables.tellUnknown();
    }

    private void define(Directive directive, Optional<VariableDefinition> definition) {
        definition.ifPresent(variable -> {
            findings.place("variables." + variable.name(), directive.position());
            definitions.add(variable);
        });
    }
}
