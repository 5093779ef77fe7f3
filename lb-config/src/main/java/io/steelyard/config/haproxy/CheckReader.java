package io.steelyard.config.haproxy;

import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.config.haproxy.grammar.Word;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
        "option ssl-hello-chk"
    };
    private static final Set<String> VERSIONS = Set.of("HTTP/1.0", "HTTP/1.1");

    private final Findings findings;
    private final double jitter;

    /** @param jitter the share of {@code spread-checks} */
    CheckReader(Findings findings, double jitter) {
        this.findings = findings;
        this.jitter = jitter;
    }

    /**
     * What every check of a backend has in common.
     *
     * @param timeout of one probe; zero for the server's interval
     */
    record Kind(String type, Map<String, String> options, Duration timeout) {}

    Kind read(Proxy backend) {
        var timeout =
                backend.last("timeout check").map(statement -> time(statement)).orElse(Duration.ZERO);
        var option = backend.last(KINDS);
        if (option.isEmpty()) {
            return new Kind("tcp", Map.of(), timeout);
        }
        var statement = option.get();
        return switch (statement.keyword().name()) {
            case "option tcp-check" -> new Kind("tcp", sequence(backend), timeout);
            case "option httpchk" -> new Kind("http", request(statement, backend), timeout);
            case "option redis-check" ->
                new Kind("tcp", Map.of("send", "*1\\r\\n$4\\r\\nPING\\r\\n", "expect", "+PONG\\r\\n"), timeout);
            default -> {
                findings.differs(
                        statement.position(),
                        statement.keyword().name(),
                        "the check connects, and does not speak the protocol yet");
                yield new Kind("tcp", Map.of(), timeout);
            }
        };
    }

    /** The check of one server. */
    HealthCheckSpec spec(Kind kind, ServerDraft server) {
        var spec = HealthCheckSpec.builder(kind.type())
                .interval(server.interval)
                .transitionInterval(server.fastInterval.isZero() ? server.interval : server.fastInterval)
                .downInterval(server.downInterval)
                .timeout(kind.timeout().isZero() ? server.interval : kind.timeout())
                .rise(server.rise)
                .fall(server.fall)
                .jitter(jitter)
                .port(server.checkPort);
        kind.options().forEach(spec::option);
        server.tls
                .checkOptions(server.checkPort != 0 || server.checkAddress != null, findings)
                .forEach(spec::option);
        if (server.checkAddress != null) {
            spec.address(server.checkAddress);
        }
        return spec.build();
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
            spec.option("send", escaped(server.agentSend));
        }
        if (server.agentAddress != null) {
            spec.address(server.agentAddress);
        }
        return spec.build();
    }

    private Duration time(Statement statement) {
        try {
            return Values.time(statement.argument(0).text());
        } catch (IllegalArgumentException told) {
            return Duration.ZERO;
        }
    }

    // ---- tcp-check

    private Map<String, String> sequence(Proxy backend) {
        var options = new HashMap<String, String>();
        for (var rule : backend.statements()) {
            switch (rule.keyword().name()) {
                case "tcp-check connect" -> {
                    if (!rule.arguments().isEmpty() || !options.isEmpty()) {
                        tooMuch(rule, "connections of their own");
                    }
                }
                case "tcp-check send" ->
                    put(rule, options, "send", escaped(rule.argument(0).text()));
                case "tcp-check send-binary" -> put(rule, options, "send", binary(rule.argument(0)));
                case "tcp-check expect" ->
                    readExpect(
                            rule, options, Map.of("string", "expect", "rstring", "expect-regex", "binary", "expect"));
                default -> {}
            }
        }
        return options;
    }

    private void put(Statement rule, Map<String, String> options, String option, String value) {
        boolean isAfterAnswer =
                option.equals("send") && options.keySet().stream().anyMatch(name -> name.startsWith("expect"));
        if (isAfterAnswer
                || options.keySet().stream()
                        .anyMatch(name -> name.startsWith("expect") && option.startsWith("expect"))) {
            tooMuch(rule, "more than one answer");
        } else {
            options.merge(option, value, String::concat);
        }
    }

    private void tooMuch(Statement rule, String what) {
        findings.error(
                rule.position(),
                "'" + rule.keyword().name() + "' cannot be honoured: a check has no " + what + " yet",
                "",
                "keep one send and one expect");
    }

    private void readExpect(Statement rule, Map<String, String> options, Map<String, String> kinds) {
        var words = rule.arguments();
        int at = 0;
        while (at + 1 < words.size()
                && Set.of("min-recv", "comment", "on-success", "on-error", "ok-status", "error-status", "tout-status")
                        .contains(words.get(at).text())) {
            at += 2;
        }
        if (at + 1 >= words.size()) {
            findings.error(
                    rule.position(),
                    "'" + rule.keyword().name() + "' has nothing to match",
                    "string, rstring or the like",
                    "");
            return;
        }
        var kind = words.get(at);
        var value = words.get(at + 1);
        var option = kinds.get(kind.text());
        if (kind.text().equals("!") || option == null) {
            findings.error(
                    kind.position(),
                    "'" + rule.keyword().name() + "' cannot match by '" + kind + "' yet",
                    String.join(", ", kinds.keySet().stream().sorted().toList()),
                    "");
            return;
        }
        put(
                rule,
                options,
                option,
                switch (kind.text()) {
                    case "binary" -> binary(value);
                    case "string" -> escaped(value.text());
                    default -> value.text();
                });
    }

    private String binary(Word word) {
        try {
            var text = new StringBuilder();
            for (byte b : HexFormat.of().parseHex(word.text())) {
                text.append("\\x").append(HexFormat.of().toHexDigits(b));
            }
            return text.toString();
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    word.position(), "'" + word + "' is not binary", "hexadecimal digits, two for each byte", "");
            return "";
        }
    }

    /** Text as the check's options write it. */
    private static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\r", "\\r")
                .replace("\n", "\\n")
                .replace("\t", "\\t");
    }

    // ---- httpchk

    private Map<String, String> request(Statement option, Proxy backend) {
        var words = option.texts();
        var options = new HashMap<>(Map.of("method", "OPTIONS", "path", "/", "version", "1.0"));
        if (words.size() == 1) {
            options.put("path", words.getFirst());
        } else if (words.size() > 1) {
            options.put("method", words.getFirst());
            options.put("path", words.get(1));
        }
        if (words.size() > 2) {
            readVersion(option, List.of(words.get(2).split("\r?\n")), options);
        }
        for (var rule : backend.statements()) {
            switch (rule.keyword().name()) {
                case "http-check send" -> readSend(rule, options);
                case "http-check expect" -> readHttpExpect(rule, options);
                default -> {}
            }
        }
        return options;
    }

    /** The version, behind which old files have header lines. */
    private void readVersion(Statement option, List<String> lines, Map<String, String> options) {
        if (!VERSIONS.contains(lines.getFirst())) {
            findings.error(
                    option.argument(2).position(),
                    "'option httpchk' has the version '" + lines.getFirst() + "'",
                    "HTTP/1.0 or HTTP/1.1",
                    "");
            return;
        }
        options.put("version", lines.getFirst().substring("HTTP/".length()));
        for (var line : lines.subList(1, lines.size())) {
            header(line, options);
        }
    }

    private static void header(String line, Map<String, String> options) {
        int colon = line.indexOf(':');
        if (colon > 0 && line.substring(0, colon).equalsIgnoreCase("host")) {
            options.put("host", line.substring(colon + 1).strip());
        } else if (!line.isBlank()) {
            options.merge("header", line.strip(), (before, more) -> before + "\n" + more);
        }
    }

    private void readSend(Statement rule, Map<String, String> options) {
        var words = rule.arguments();
        for (int i = 0; i < words.size(); i++) {
            var name = words.get(i).text();
            int values = name.equals("hdr") ? 2 : 1;
            if (i + values >= words.size()) {
                findings.error(words.get(i).position(), "'" + name + "' of 'http-check send' has no value");
                return;
            }
            var value = words.get(i + 1).text();
            switch (name) {
                case "meth" -> options.put("method", value);
                case "uri" -> options.put("path", value);
                case "ver" -> {
                    if (VERSIONS.contains(value)) {
                        options.put("version", value.substring("HTTP/".length()));
                    } else {
                        findings.error(
                                words.get(i + 1).position(), "'ver' is '" + value + "'", "HTTP/1.0 or HTTP/1.1", "");
                    }
                }
                case "hdr" -> header(value + ": " + words.get(i + 2).text(), options);
                default ->
                    findings.error(
                            words.get(i).position(),
                            "'http-check send' cannot honour '" + name + "' yet",
                            "meth, uri, ver or hdr",
                            "");
            }
            i += values;
        }
    }

    private void readHttpExpect(Statement rule, Map<String, String> options) {
        var words = rule.arguments();
        int at = words.getFirst().text().equals("!") ? 1 : 0;
        boolean isStatus = at + 1 < words.size() && words.get(at).text().equals("status");
        if (isStatus) {
            options.put("status", (at == 1 ? "!" : "") + words.get(at + 1).text());
            return;
        }
        var body = new HashMap<String, String>();
        readExpect(rule, body, Map.of("string", "body", "rstring", "body-regex"));
        options.putAll(body);
    }
}
