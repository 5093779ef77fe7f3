package io.steelyard.config.nginx;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.Settings;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.config.nginx.grammar.Directive;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
            settings = new Settings(settings.loops(), Values.time(timeout.text()), settings.maxConnections());
        });
        level.first("events").ifPresent(events -> blocks.read(events.children(), Context.EVENTS));
        level.first("http").ifPresent(this::readHttp);
        level.first("stream").ifPresent(this::readStream);
        if (isWhole
                && directives.stream()
                        .noneMatch(directive -> directive.keyword().equals("stream"))
                && findings.problems().isEmpty()) {
            findings.add(Problem.warning("", "the file has no stream block: nothing is balanced"));
        }
        return new Configuration(settings, pools, virtualServers, definitions, limitZones, List.of());
    }

    private void readHttp(Directive http) {
        var server = http.children().stream()
                .filter(child -> child.keyword().equals("server"))
                .findFirst();
        if (server.isPresent()) {
            findings.error(
                    server.get().position(),
                    "servers of http are not supported yet",
                    "servers in stream only",
                    "move what needs no HTTP to stream, or run this block with nginx");
        } else {
            findings.accepted(http.position(), "http", "it has no server");
        }
    }

    private void readStream(Directive stream) {
        var level = blocks.read(stream.children(), Context.STREAM);
        var upstreamPools = new Pools(findings, variables, isWhole);
        var upstreams = new UpstreamReader(findings, blocks, variables);
        var maps = new MapReader(findings, variables);
        var geos = new GeoReader(findings, variables);
        var logs = new LogReader(findings, variables);
        var limits = new LimitReader(findings, variables);
        var checks = new HealthCheckReader(findings, blocks);
        for (var directive : level.directives()) {
            switch (directive.keyword()) {
                case "upstream" -> upstreamPools.add(directive.argument(0), upstreams.read(directive));
                case "map" -> define(directive, maps.readMap(directive));
                case "split_clients" -> define(directive, maps.readSplit(directive));
                case "geo" -> define(directive, geos.read(directive));
                case "log_format" -> logs.readFormat(directive);
                case "limit_conn_zone" -> limits.readZone(directive);
                case "match" -> checks.readMatch(directive);
                default -> {}
            }
        }
        var shared = ServerSettings.read(level, variables, logs, limits, findings);
        var servers = new ServerReader(
                findings, blocks, variables, logs, limits, checks, upstreamPools, new ListenReader(findings, hosts));
        for (var server : level.all("server")) {
            virtualServers.addAll(servers.read(server, shared));
        }
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
