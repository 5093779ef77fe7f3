package io.steelyard.config.nginx;

import io.steelyard.api.Personality;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.pool.ConnectionReuse;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
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
    private final StickyReader stickies;

    UpstreamReader(Findings findings, BlockReader blocks, VariableScope variables) {
        this(findings, blocks, variables, false);
    }

    /** @param isHttp whether it reads upstreams of http, where port 80 is meant without a port */
    UpstreamReader(Findings findings, BlockReader blocks, VariableScope variables, boolean isHttp) {
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

    /** A pool of the block; what is wrong with it is told. */
    ServerPool.Builder read(Directive upstream) {
        var name = upstream.argument(0).text();
        var path = "pools." + name;
        findings.place(path, upstream.argument(0).position());
        var pool = ServerPool.builder(name).personality(Personality.NGINX);
        var level = blocks.read(upstream.children(), isHttp ? Context.HTTP_UPSTREAM : Context.UPSTREAM);
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
                var server = readServer(directive, refusesBackup && method != null ? method.keyword() : "");
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

    /** The server; one that cannot be used where its line is wrong, which was told. */
    private RealServer readServer(Directive directive, String methodWithoutBackup) {
        var address = directive.argument(0);
        var server = RealServer.builder(address.text(), address(address));
        for (var word : directive.arguments().subList(1, directive.arguments().size())) {
            try {
                readParameter(directive, word, server, methodWithoutBackup);
            } catch (IllegalArgumentException wrong) {
                findings.badArgument(directive, word, wrong);
            }
        }
        return server.build();
    }

    private ServerAddress address(Word word) {
        try {
            return isHttp ? Pools.httpAddress(word.text()) : ServerAddress.parse(word.text());
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    word.position(),
                    "a server cannot be at '" + word + "': " + wrong.getMessage(),
                    "",
                    isHttp
                            ? "write address, address:port, [address]:port, name, name:port or unix:path"
                            : "write address:port, [address]:port, name:port or unix:path");
            return new ServerAddress.Unix("/unreadable");
        }
    }

    private void readParameter(Directive directive, Word word, RealServer.Builder server, String methodWithoutBackup) {
        int equals = word.text().indexOf('=');
        var name = equals < 0 ? word.text() : word.text().substring(0, equals + 1);
        var value = equals < 0 ? "" : word.text().substring(equals + 1);
        switch (name) {
            case "weight=" -> {
                int weight = digits(name, value, 1);
                if (weight > RealServer.MAX_WEIGHT) {
                    throw new IllegalArgumentException("weight=1 to " + RealServer.MAX_WEIGHT);
                }
                server.weight(weight);
            }
            case "max_conns=" -> server.maxConnections(digits(name, value, 0));
            case "max_fails=" -> server.maxFails(digits(name, value, 0));
            case "fail_timeout=" -> server.failTimeout(Values.seconds(value));
            case "slow_start=" -> server.slowStart(Values.time(value));
            case "down" -> server.adminState(AdminState.DISABLED);
            case "drain" -> server.adminState(AdminState.DRAINING);
            case "backup" -> {
                if (!methodWithoutBackup.isEmpty()) {
                    findings.error(
                            word.position(),
                            "the load-balancing method '" + methodWithoutBackup + "' has no 'backup' servers",
                            "",
                            "remove 'backup', or choose another method");
                }
                server.backup();
            }
            case "resolve" -> {
                // Every name is looked up again.
            }
            case "route=" -> readRoute(word, value, server);
            case "service=" ->
                findings.error(
                        word.position(),
                        "'service=' cannot be honoured: SRV records are not looked up",
                        "",
                        "remove it");
            default ->
                findings.error(
                        word.position(),
                        "'server' has no parameter '" + word + "'",
                        "weight=, max_conns=, max_fails=, fail_timeout=, slow_start=, backup, down, drain, route= or resolve",
                        "");
        }
    }

    private void readRoute(Word word, String route, RealServer.Builder server) {
        if (!isHttp) {
            findings.error(
                    word.position(), "'route=' means nothing in a stream: it has no sticky sessions", "", "remove it");
            return;
        }
        RealServer.of("127.0.0.1:80").toBuilder().stickyName(route).build();
        server.stickyName(route);
    }

    private static int digits(String name, String value, int least) {
        try {
            return least == 0 ? Values.number(value) : Values.positiveNumber(value);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(name + "N, N " + wrong.getMessage(), wrong);
        }
    }
}
