package io.steelyard.config.nginx;

import io.steelyard.api.Personality;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.SchedulerSpec;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads {@code upstream} of a stream. */
final class UpstreamReader {
    private static final List<String> METHODS = List.of("hash", "least_conn", "random", "least_time");

    private final Findings findings;
    private final BlockReader blocks;
    private final VariableScope variables;

    UpstreamReader(Findings findings, BlockReader blocks, VariableScope variables) {
        this.findings = findings;
        this.blocks = blocks;
        this.variables = variables;
    }

    /** A pool of the block; what is wrong with it is told. */
    ServerPool.Builder read(Directive upstream) {
        var name = upstream.argument(0).text();
        var path = "pools." + name;
        findings.place(path, upstream.argument(0).position());
        var pool = ServerPool.builder(name).personality(Personality.NGINX);
        var level = blocks.read(upstream.children(), Context.UPSTREAM);
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
                        || directive.keyword().equals("random");
                readMethod(directive, pool);
                findings.place(path + ".scheduler", directive.position());
            } else {
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
                case "least_time=connect", "least_time=first_byte", "least_time=last_byte" -> {
                    options.put("method", "least_time");
                    options.put("what", method.substring("least_time=".length()));
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
        if (!List.of("connect", "first_byte", "last_byte").contains(metric)) {
            findings.badArgument(directive, directive.argument(0), "connect, first_byte or last_byte");
        }
        options.put("what", metric);
        if (directive.arguments().size() == 2) {
            if (!directive.argument(1).text().equals("inflight")) {
                findings.badArgument(directive, directive.argument(1), "inflight");
            }
            options.put("inflight", "true");
        }
        pool.scheduler(new SchedulerSpec("nginx.least_time", options));
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
            return ServerAddress.parse(word.text());
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    word.position(),
                    "a server cannot be at '" + word + "': " + wrong.getMessage(),
                    "",
                    "write address:port, [address]:port, name:port or unix:path");
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
            case "resolve" ->
                findings.warning(
                        word.position(),
                        "'resolve' is not honoured: '" + directive.argument(0)
                                + "' is resolved when the configuration is applied, not again",
                        "reload when its addresses change");
            case "service=", "route=" ->
                findings.error(
                        word.position(),
                        "'" + name + "' cannot be honoured: "
                                + (name.equals("route=")
                                        ? "a stream has no sticky sessions"
                                        : "SRV records are not looked up"),
                        "",
                        "remove it");
            default ->
                findings.error(
                        word.position(),
                        "'server' has no parameter '" + word + "'",
                        "weight=, max_conns=, max_fails=, fail_timeout=, slow_start=, backup, down, drain or resolve",
                        "");
        }
    }

    private static int digits(String name, String value, int least) {
        try {
            return least == 0 ? Values.number(value) : Values.positiveNumber(value);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException(name + "N, N " + wrong.getMessage(), wrong);
        }
    }
}
