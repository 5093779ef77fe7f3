package io.steelyard.config.nginx;

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

/** Reads the {@code http} block. One use, one thread. */
final class HttpReader {
    private final Findings findings;
    private final HostAddresses hosts;
    private final BlockReader blocks;
    private final VariableScope variables;
    private final Pools pools;
    private final LimitReader limits;
    private final RateLimitReader rates;
    private final UpstreamReader upstreams;
    private final HttpServers servers;
    private final List<VariableDefinition> definitions = new ArrayList<>();

    /** @param isWhole whether no other file may define an upstream */
    HttpReader(Findings findings, HostAddresses hosts, BlockReader blocks, boolean isWhole) {
        this.findings = findings;
        this.hosts = hosts;
        this.blocks = blocks;
        variables = new VariableScope(findings, true);
        pools = new Pools(findings, variables, isWhole);
        limits = new LimitReader(findings, variables);
        rates = new RateLimitReader(findings, variables);
        upstreams = new UpstreamReader(findings, blocks, variables, new ResolverReader(findings, hosts), true);
        servers = new HttpServers(findings);
    }

    /** Takes the block in; what is wrong with it is told. */
    void read(Directive http) {
        var level = blocks.read(http.children(), Context.HTTP);
        var maps = new MapReader(findings, variables);
        var geos = new GeoReader(findings, variables);
        var logs = LogReader.ofHttp(findings, variables);
        var checks = new HealthCheckReader(findings, blocks, true);
        for (var directive : level.directives()) {
            switch (directive.keyword()) {
                case "upstream" -> pools.add(directive.argument(0), upstreams.read(directive, level));
                case "map" -> define(directive, maps.readMap(directive));
                case "split_clients" -> define(directive, maps.readSplit(directive));
                case "geo" -> define(directive, geos.read(directive));
                case "log_format" -> logs.readFormat(directive);
                case "limit_conn_zone" -> limits.readZone(directive);
                case "limit_req_zone" -> rates.readZone(directive);
                case "match" -> checks.readMatch(directive);
                default -> {}
            }
        }
        var scope = new HttpScope(Context.HTTP, level, Optional.empty());
        var routes = new RouteReader(
                findings,
                blocks,
                variables,
                logs,
                limits,
                rates,
                checks,
                pools,
                new TrustedNetworks(findings, hosts),
                new ResolverReader(findings, hosts),
                new ExpiresReader(findings, variables, definitions),
                new AuthReader(findings, variables, definitions));
        // What is written in http itself is looked at even where every server overrides it.
        routes.read(scope, LocationPath.SERVER);
        var reader = new HttpServerReader(findings, blocks, variables, routes, new HttpListenReader(findings, hosts));
        level.all("server").forEach(server -> reader.read(server, scope, servers));
        variables.tellUnknown();
    }

    private void define(Directive directive, Optional<VariableDefinition> definition) {
        definition.ifPresent(variable -> {
            findings.place("variables." + variable.name(), directive.position());
            definitions.add(variable);
        });
    }

    List<ServerPool> pools() {
        return pools.all();
    }

    List<VirtualServer> virtualServers() {
        return servers.all();
    }

    List<VariableDefinition> definitions() {
        return definitions;
    }

    List<ConnectionLimit.Zone> limitZones() {
        return limits.zones();
    }

    List<StickTable> stickTables() {
        return upstreams.stickTables();
    }

    List<RateLimit.Zone> rateZones() {
        return rates.zones();
    }
}
