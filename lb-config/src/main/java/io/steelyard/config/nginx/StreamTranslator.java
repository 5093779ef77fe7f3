package io.steelyard.config.nginx;

import io.steelyard.api.Configuration;
import io.steelyard.api.Settings;
import io.steelyard.config.nginx.grammar.Directive;
import java.util.List;

/** Makes the model of a file's directives, telling all that is wrong with them. One use, one thread. */
final class StreamTranslator {
    private final Findings findings;
    private final BlockReader blocks;
    private final VariableScope variables;
    private final Configuration.Builder configuration = Configuration.builder();

    StreamTranslator(Findings findings) {
        this.findings = findings;
        blocks = new BlockReader(findings);
        variables = new VariableScope(findings);
    }

    /** The model, to be built only where no error was found. */
    Configuration.Builder translate(List<Directive> directives) {
        var level = blocks.read(directives, Context.MAIN);
        level.value("worker_shutdown_timeout").ifPresent(timeout -> {
            var defaults = Settings.defaults();
            configuration.settings(
                    new Settings(defaults.loops(), Values.time(timeout.text()), defaults.maxConnections()));
        });
        level.first("events").ifPresent(events -> blocks.read(events.children(), Context.EVENTS));
        level.first("http").ifPresent(this::readHttp);
        level.first("stream").ifPresent(this::readStream);
        if (directives.stream().noneMatch(directive -> directive.keyword().equals("stream"))
                && findings.problems().isEmpty()) {
            findings.add(io.steelyard.api.Problem.warning("", "the file has no stream block: nothing is balanced"));
        }
        return configuration;
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
        var pools = new Pools(findings, variables);
        var upstreams = new UpstreamReader(findings, blocks, variables);
        var maps = new MapReader(findings, variables);
        var geos = new GeoReader(findings, variables);
        var logs = new LogReader(findings, variables);
        var limits = new LimitReader(findings, variables);
        var checks = new HealthCheckReader(findings, blocks);
        for (var directive : level.directives()) {
            switch (directive.keyword()) {
                case "upstream" -> pools.add(directive.argument(0), upstreams.read(directive));
                case "map" -> define(directive, maps.readMap(directive));
                case "split_clients" -> define(directive, maps.readSplit(directive));
                case "geo" -> define(directive, geos.read(directive));
                case "log_format" -> logs.readFormat(directive);
                case "limit_conn_zone" -> limits.readZone(directive);
                case "match" -> checks.readMatch(directive);
                default -> {}
            }
        }
        var settings = ServerSettings.read(level, logs, limits, findings);
        var servers = new ServerReader(findings, blocks, variables, logs, limits, checks, pools);
        for (var server : level.all("server")) {
            servers.read(server, settings).forEach(configuration::virtualServer);
        }
        pools.all().forEach(configuration::pool);
        limits.zones().forEach(configuration::limitZone);
        variables.tellUnknown();
    }

    private void define(Directive directive, java.util.Optional<io.steelyard.api.text.VariableDefinition> definition) {
        definition.ifPresent(variable -> {
            findings.place("variables." + variable.name(), directive.position());
            configuration.variable(variable);
        });
    }
}
