package io.steelyard.config.haproxy;

import io.steelyard.api.Durations;
import io.steelyard.api.health.CheckStep;
import io.steelyard.api.pool.HealthCheckSpec;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads what kind of check a backend's servers get: {@code option httpchk}, {@code option tcp-check} and their like. */
final class CheckReader {
    private static final String[] KINDS = {
        "option tcp-check",
        "option httpchk",
        "option redis-check",
        "option smtpchk",
        "option mysql-check",
        "option pgsql-check",
        "option ldap-check",
        "option ssl-hello-chk",
        "option external-check"
    };

    /** The checks that speak a protocol of their own. */
    private static final Map<String, String> TYPES = Map.of(
            "option redis-check", "redis",
            "option smtpchk", "smtp",
            "option mysql-check", "mysql",
            "option pgsql-check", "pgsql",
            "option ldap-check", "ldap",
            "option ssl-hello-chk", "ssl-hello");

    private final Findings findings;
    private final double jitter;
    private final String node;
    private final ExternalCheckReader external;
    private final StepReader steps;
    private final HttpStepReader httpSteps;

    /** @param proxies all of the file, in its order */
    CheckReader(Findings findings, GlobalReader global, List<Proxy> proxies) {
        this.findings = findings;
        jitter = global.jitter();
        node = global.node();
        external = new ExternalCheckReader(findings, global, proxies);
        steps = new StepReader(findings);
        httpSteps = new HttpStepReader(findings, steps);
    }

    /**
     * What every check of a backend has in common.
     *
     * @param timeout of one probe; zero for the server's interval
     * @param connectTimeout how long a connection may take; zero where nothing is said
     */
    record Kind(
            String type,
            Map<String, String> options,
            List<CheckStep> steps,
            Duration timeout,
            Duration connectTimeout) {
        private boolean connectsSecurely() {
            return steps.stream()
                    .anyMatch(step ->
                            step instanceof CheckStep.Connect connect && connect.security() != CheckStep.Security.NONE);
        }
    }

    Kind read(Proxy backend) {
        var timeout = Times.of(backend, "timeout check").orElse(Duration.ZERO);
        var connect = Times.of(backend, "timeout connect", "contimeout").orElse(Duration.ZERO);
        var option = backend.last(KINDS);
        if (option.isEmpty()) {
            return new Kind("tcp", Map.of(), List.of(), timeout, connect);
        }
        var statement = option.get();
        return switch (statement.keyword().name()) {
            case "option tcp-check" -> new Kind("tcp", Map.of(), steps.steps(backend), timeout, connect);
            case "option httpchk" ->
                new Kind("http", httpOptions(backend), httpSteps.steps(statement, backend), timeout, connect);
            case "option external-check" ->
                new Kind("external", external.read(statement, backend), List.of(), timeout, connect);
            default -> {
                var type = TYPES.get(statement.keyword().name());
                yield new Kind(type == null ? "tcp" : type, protocol(statement), List.of(), timeout, connect);
            }
        };
    }

    /** The options of a check that speaks a protocol of its own. */
    private Map<String, String> protocol(Statement statement) {
        var words = statement.texts();
        return switch (statement.keyword().name()) {
            case "option smtpchk" ->
                words.size() == 2
                                && (words.getFirst().equals("EHLO")
                                        || words.getFirst().equals("HELO"))
                        ? Map.of("greeting", String.join(" ", words))
                        : Map.of();
            case "option mysql-check" -> {
                if (words.isEmpty()) {
                    yield Map.of();
                }
                if (!words.getFirst().equals("user") || words.size() == 1) {
                    wrong(statement, "'user NAME [post-41|pre-41]' or nothing");
                    yield Map.of();
                }
                var options = new HashMap<>(Map.of("user", words.get(1)));
                var kind = words.size() == 2 ? "post-41" : words.get(2);
                switch (kind) {
                    case "post-41" -> {}
                    case "pre-41" -> options.put("before-41", "true");
                    default -> wrong(statement, "'user NAME [post-41|pre-41]' or nothing");
                }
                yield options;
            }
            case "option pgsql-check" -> {
                if (words.size() != 2 || !words.getFirst().equals("user")) {
                    wrong(statement, "'user NAME'");
                    yield Map.of();
                }
                yield Map.of("user", words.get(1));
            }
            default -> Map.of();
        };
    }

    private void wrong(Statement statement, String expected) {
        findings.error(
                statement.position(),
                "'" + statement.keyword().name() + "' has '" + String.join(" ", statement.texts()) + "'",
                expected,
                "");
    }

    private Map<String, String> httpOptions(Proxy backend) {
        var options = new HashMap<String, String>();
        if (backend.has("http-check disable-on-404")) {
            options.put("drain-on-404", "true");
        }
        if (backend.has("http-check send-state")) {
            options.put("send-state", "true");
            if (!node.isEmpty()) {
                options.put("node", node);
            }
        }
        return options;
    }

    /** The check of one server. */
    HealthCheckSpec spec(Kind kind, ServerDraft server) {
        var spec = HealthCheckSpec.builder(kind.type())
                .interval(server.interval)
                .transitionInterval(server.fastInterval.isZero() ? server.interval : server.fastInterval)
                .downInterval(server.downInterval)
                .timeout(timeout(kind, server))
                .rise(server.rise)
                .fall(server.fall)
                .jitter(jitter)
                .port(server.checkPort)
                .steps(kind.steps().stream()
                        .map(step -> secured(step, server.tls.verifies()))
                        .toList());
        kind.options().forEach(spec::option);
        if (kind.type().equals("external")) {
            if (server.checkAddress != null) {
                spec.address(server.checkAddress);
            }
            return spec.build();
        }
        connectTimeout(kind, server, spec);
        boolean isElsewhere = server.checkPort != 0 || server.checkAddress != null;
        var tls = new HashMap<>(kind.connectsSecurely() ? server.tls.trustOptions() : Map.<String, String>of());
        tls.putAll(server.tls.checkOptions(isElsewhere, findings));
        tls.forEach(spec::option);
        if (server.checkAddress != null) {
            spec.address(server.checkAddress);
        }
        return spec.build();
    }

    /** A program has the time of a connection. */
    private static Duration timeout(Kind kind, ServerDraft server) {
        return kind.timeout().isZero()
                ? server.interval
                : kind.type().equals("external") ? connectLimit(kind, server) : kind.timeout();
    }

    private static Duration connectLimit(Kind kind, ServerDraft server) {
        return kind.connectTimeout().isZero() || kind.connectTimeout().compareTo(server.interval) > 0
                ? server.interval
                : kind.connectTimeout();
    }

    /** A connection takes the interval at most, or less where that is said; but where no timeout of checks is said, the interval is for all of it. */
    private static void connectTimeout(Kind kind, ServerDraft server, HealthCheckSpec.Builder spec) {
        if (kind.timeout().isZero()) {
            return;
        }
        var limit = connectLimit(kind, server);
        if (limit.compareTo(kind.timeout()) < 0) {
            spec.option("connect-timeout", Durations.format(limit));
        }
    }

    /** A secured connection believes whom the server's own believe. */
    private static CheckStep secured(CheckStep step, boolean verifies) {
        return step instanceof CheckStep.Connect connect && connect.security() != CheckStep.Security.NONE
                ? new CheckStep.Connect(
                        connect.isOrdinary(),
                        connect.address(),
                        connect.port(),
                        verifies ? CheckStep.Security.VERIFIED : CheckStep.Security.UNVERIFIED,
                        connect.serverName(),
                        connect.protocols(),
                        connect.sendsProxyProtocol(),
                        connect.number(),
                        connect.comment())
                : step;
    }

    /** The question to a server's agent. It has one word each: what it says holds at once. */
    HealthCheckSpec agent(Kind kind, ServerDraft server) {
        var interval = server.agentInterval.isZero() ? server.interval : server.agentInterval;
        var spec = HealthCheckSpec.builder("agent")
                .interval(interval)
                .transitionInterval(interval)
                .timeout(kind.timeout().isZero() ? interval : kind.timeout())
                .rise(1)
                .fall(1)
                .jitter(jitter)
                .port(server.agentPort);
        if (!server.agentSend.isEmpty()) {
            spec.option("send", StepReader.escaped(server.agentSend));
        }
        if (server.agentAddress != null) {
            spec.address(server.agentAddress);
        }
        return spec.build();
    }
}
