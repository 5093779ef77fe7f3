package io.steelyard.config.nginx;

import io.steelyard.api.Personality;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.pool.ConnectionReuse;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.config.nginx.grammar.Directive;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code upstream}, of a stream or of http. */
final class UpstreamReader {
    private static final List<String> METHODS = List.of("hash", "least_conn", "ip_hash", "random", "least_time");

    private final Findings findings;
    private final BlockReader blocks;
    private final VariableScope variables;
    private final boolean isHttp;
    private final ResolverReader resolvers;
    private final StickyReader stickies;

    UpstreamReader(Findings findings, BlockReader blocks, VariableScope variables, ResolverReader resolvers) {
        this(findings, blocks, variables, resolvers, false);
    }

    /** @param isHttp whether it reads upstreams of http, where port 80 is meant without a port */
    UpstreamReader(
            Findings findings, BlockReader blocks, VariableScope variables, ResolverReader resolvers, boolean isHttp) {
        this.resolvers = resolvers;
        this.isHttp = isHttp;
        this.findings = findings;
        this.blocks = blocks;
        this.variables = variables;
        stickies = new StickyReader(findings, variables);
    }

    /** The tables of sessions that upstreams named. */
    List<StickTable> stickTables() {
        return stickies.tables();
    }

    /**
     * A pool of the block; what is wrong with it is told.
     *
     * @param outer the block around it
     */
    ServerPool.Builder read(Directive upstream, Level outer) {
        var name = upstream.argument(0).text();
        var path = "pools." + name;
        findings.place(path, upstream.argument(0).position());
        var pool = ServerPool.builder(name).personality(Personality.NGINX);
        var level = blocks.read(upstream.children(), isHttp ? Context.HTTP_UPSTREAM : Context.UPSTREAM);
        var lookup = resolvers.read(level, outer);
        var servers = new UpstreamServerReader(findings, isHttp, lookup);
        int primaries = 0;
        int used = 0;
        boolean refusesBackup = false;
        Directive method = null;
        for (var directive : level.directives()) {
            if (METHODS.contains(directive.keyword())) {
                if (method != null) {
                    findings.warning(
                            directive.position(),
                            "'" + directive.keyword() + "' takes the place of '" + method.keyword() + "'",
                            "keep one load-balancing method");
                }
                method = directive;
                refusesBackup = directive.keyword().equals("hash")
                        || directive.keyword().equals("ip_hash")
                        || directive.keyword().equals("random");
                readMethod(directive, pool);
                findings.place(path + ".scheduler", directive.position());
            } else if (directive.keyword().equals("server")) {
                var server = servers.read(directive, refusesBackup && method != null ? method.keyword() : "");
                var id = serverId(directive);
                findings.place(path + ".servers." + id, directive.position());
                used++;
                if (server.tier() == 0) {
                    primaries++;
                }
                pool.server(server);
            }
        }
        if (isHttp) {
            readReuse(level, pool);
            level.first("sticky").flatMap(stickies::read).ifPresent(affinity -> {
                findings.place(
                        path + ".requestAffinity",
                        level.first("sticky").orElseThrow().position());
                pool.requestAffinity(affinity);
            });
        }
        long written = upstream.children().stream()
                .filter(child -> child.keyword().equals("server"))
                .count();
        if (primaries == 0 && used >= written) {
            findings.error(
                    upstream.argument(0).position(),
                    used == 0
                            ? "upstream '" + name + "' has no server"
                            : "upstream '" + name + "' has backup servers only",
                    "at least one server that is no backup",
                    "add 'server address:port;'");
        }
        return pool;
    }

    /** How connections are kept (nginx 1.29.7 and later: 32 are, by default), and where requests wait. */
    private void readReuse(Level level, ServerPool.Builder pool) {
        var defaults = ConnectionReuse.DEFAULT;
        int mostIdle = defaults.mostIdle();
        var keepalive = level.first("keepalive");
        try {
            if (keepalive.isPresent()) {
                mostIdle = Values.positiveNumber(keepalive.get().argument(0).text());
            }
            var requests = level.value("keepalive_requests").map(word -> Values.positiveNumber(word.text()));
            pool.reuse(new ConnectionReuse(
                    mostIdle,
                    requests.orElse(defaults.mostRequests()),
                    level.value("keepalive_time")
                            .map(word -> Values.time(word.text()))
                            .orElse(defaults.mostAge()),
                    level.value("keepalive_timeout")
                            .map(word -> Values.time(word.text()))
                            .orElse(defaults.idleTimeout())));
        } catch (IllegalArgumentException wrong) {
            var directive = keepalive.orElseGet(() -> level.directives().getFirst());
            findings.badArgument(directive, directive.argument(0), wrong);
        }
        keepalive.filter(directive -> directive.arguments().size() == 2).ifPresent(directive -> {
            if (directive.argument(1).text().equals("local")) {
                findings.acceptedParameter(
                        directive,
                        directive.argument(1),
                        "local",
                        "the connections of a pool are shared by its locations");
            } else {
                findings.badArgument(directive, directive.argument(1), "local");
            }
        });
        level.first("queue").ifPresent(directive -> readQueue(directive, pool));
    }

    private void readQueue(Directive directive, ServerPool.Builder pool) {
        var timeout = Duration.ofSeconds(60);
        for (var word : directive.arguments()) {
            try {
                if (word == directive.argument(0)) {
                    Values.positiveNumber(word.text());
                } else {
                    timeout = Values.time(BlockReader.parameter(word, "timeout")
                            .orElseThrow(() -> new IllegalArgumentException("timeout=TIME")));
                }
            } catch (IllegalArgumentException wrong) {
                findings.badArgument(directive, word, wrong);
                return;
            }
        }
        pool.queue(new ConnectionQueue(Values.number(directive.argument(0).text()), timeout));
    }

    private static String serverId(Directive directive) {
        return directive.argument(0).text();
    }

    private void readMethod(Directive directive, ServerPool.Builder pool) {
        switch (directive.keyword()) {
            case "hash" -> {
                variables.template(directive.argument(0)).ifPresent(pool::hashKey);
                boolean isConsistent = directive.arguments().size() == 2;
                if (isConsistent && !directive.argument(1).text().equals("consistent")) {
                    findings.badArgument(directive, directive.argument(1), "consistent");
                }
                pool.scheduler("nginx.hash", isConsistent ? Map.of("consistent", "true") : Map.of());
            }
            case "least_conn" -> pool.scheduler("nginx.least_conn");
            case "ip_hash" -> pool.scheduler("nginx.ip_hash");
            case "random" -> readRandom(directive, pool);
            default -> readLeastTime(directive, pool);
        }
    }

    private void readRandom(Directive directive, ServerPool.Builder pool) {
        var options = new LinkedHashMap<String, String>();
        var words = directive.arguments();
        if (!words.isEmpty()) {
            if (!words.getFirst().text().equals("two")) {
                findings.badArgument(directive, words.getFirst(), "two");
            }
            options.put("two", "true");
        }
        if (words.size() == 2) {
            var method = words.get(1).text();
            switch (method) {
                case "least_conn" -> options.put("method", "least_conn");
                case "least_time=header", "least_time=connect", "least_time=first_byte", "least_time=last_byte" -> {
                    options.put("method", "least_time");
                    options.put("what", metric(method.substring("least_time=".length())));
                }
                default ->
                    findings.badArgument(
                            directive,
                            words.get(1),
                            "least_conn, least_time=connect, least_time=first_byte or least_time=last_byte");
            }
        }
        pool.scheduler(new SchedulerSpec("nginx.random", options));
    }

    private void readLeastTime(Directive directive, ServerPool.Builder pool) {
        var options = new LinkedHashMap<String, String>();
        var metric = directive.argument(0).text();
        var metrics = isHttp ? List.of("header", "last_byte") : List.of("connect", "first_byte", "last_byte");
        if (!metrics.contains(metric)) {
            findings.badArgument(directive, directive.argument(0), String.join(" or ", metrics));
        }
        options.put("what", metric(metric));
        if (directive.arguments().size() == 2) {
            if (!directive.argument(1).text().equals("inflight")) {
                findings.badArgument(directive, directive.argument(1), "inflight");
            }
            options.put("inflight", "true");
        }
        pool.scheduler(new SchedulerSpec("nginx.least_time", options));
    }

    /** What nginx's http calls header is the first byte. */
    private static String metric(String name) {
        return name.equals("header") ? "first_byte" : name;
    }
}
