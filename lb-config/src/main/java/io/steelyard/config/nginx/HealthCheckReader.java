package io.steelyard.config.nginx;

import io.steelyard.api.Durations;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code health_check} and {@code match}, of a stream or of http. */
final class HealthCheckReader {
    /** How long nginx waits for an answer by default. */
    private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(5);

    private final Findings findings;
    private final BlockReader blocks;
    private final Map<String, Map<String, String>> matches = new HashMap<>();

    private final boolean isHttp;

    HealthCheckReader(Findings findings, BlockReader blocks) {
        this(findings, blocks, false);
    }

    /** @param isHttp whether it reads checks of http */
    HealthCheckReader(Findings findings, BlockReader blocks, boolean isHttp) {
        this.isHttp = isHttp;
        this.findings = findings;
        this.blocks = blocks;
    }

    /** Takes in a {@code match} block, for checks to name. */
    void readMatch(Directive block) {
        var options = isHttp
                ? new HttpMatchReader(findings).read(blocks.read(block.children(), Context.HTTP_MATCH))
                : streamOptions(block);
        if (matches.put(block.argument(0).text(), options) != null) {
            findings.error(
                    block.argument(0).position(),
                    "match '" + block.argument(0) + "' is duplicate",
                    "",
                    "remove one of them");
        }
    }

    private Map<String, String> streamOptions(Directive block) {
        var options = new HashMap<String, String>();
        var level = blocks.read(block.children(), Context.MATCH);
        level.value("send").ifPresent(send -> options.put("send", escaped(send.text())));
        level.first("expect").ifPresent(expect -> {
            if (expect.arguments().size() == 1) {
                options.put("expect", escaped(expect.argument(0).text()));
            } else if (expect.argument(0).text().equals("~")
                    || expect.argument(0).text().equals("~*")) {
                var flags = expect.argument(0).text().equals("~*") ? "(?i)" : "";
                Patterns.check(findings, expect.argument(1), expect.argument(1).text())
                        .ifPresent(regex -> options.put(
                                "expect-regex", flags + regex.pattern().pattern()));
            } else {
                findings.badArgument(expect, expect.argument(0), "~ or ~* before a regular expression");
            }
        });
        return options;
    }

    /** The check of a location of http, which asks for {@code host}; empty, and told, where it is wrong. */
    Optional<HealthCheckSpec> readHttp(Directive directive, String host) {
        var spec = HealthCheckSpec.builder("http").timeout(HTTP_TIMEOUT).option("host", host);
        return read(directive, spec, false);
    }

    /** The check of a server; empty, and told, where it is wrong. */
    Optional<HealthCheckSpec> read(Directive directive, Protocol listenProtocol, Duration timeout) {
        boolean isUdp = listenProtocol == Protocol.UDP
                || directive.arguments().stream().anyMatch(word -> word.text().equals("udp"));
        return read(directive, HealthCheckSpec.builder(isUdp ? "udp" : "tcp").timeout(timeout), isUdp);
    }

    private Optional<HealthCheckSpec> read(Directive directive, HealthCheckSpec.Builder spec, boolean isUdp) {
        var interval = Duration.ofSeconds(5);
        var jitter = Duration.ZERO;
        int passes = 1;
        int fails = 1;
        boolean isGood = true;
        Map<String, String> options = Map.of();
        for (var word : directive.arguments()) {
            int equals = word.text().indexOf('=');
            var name = equals < 0 ? word.text() : word.text().substring(0, equals + 1);
            var value = word.text().substring(equals + 1);
            try {
                switch (name) {
                    case "interval=" -> interval = Values.positiveTime(value);
                    case "jitter=" -> jitter = Values.time(value);
                    case "fails=" -> fails = Values.positiveNumber(value);
                    case "passes=" -> passes = Values.positiveNumber(value);
                    case "port=" -> spec.port(Values.positiveNumber(value));
                    case "mandatory" -> spec.mandatory(true);
                    case "uri=" -> {
                        require(isHttp);
                        spec.option("path", value);
                    }
                    case "udp" -> require(!isHttp);
                    case "keepalive_time=" -> {
                        require(isHttp);
                        Values.time(value);
                        findings.acceptedParameter(directive, word, name, "each probe has a connection of its own");
                    }
                    case "type=", "grpc_service=", "grpc_status=" -> {
                        require(isHttp);
                        findings.error(
                                word.position(),
                                "'" + word
                                        + "' cannot be honoured: gRPC is not proxied yet, and no server is spoken to in HTTP/2",
                                "",
                                "remove it, or check an URI of the server that answers HTTP/1.1");
                        isGood = false;
                    }
                    case "persistent" ->
                        findings.acceptedParameter(
                                directive, word, name, "a server that stays keeps its state over a reload");
                    case "match=" -> {
                        options = match(word, value);
                        isGood &= options != null;
                    }
                    default -> require(false);
                }
            } catch (IllegalArgumentException wrong) {
                findings.badArgument(directive, word, wrong);
                isGood = false;
            }
        }
        if (!isGood || options == null) {
            return Optional.empty();
        }
        options.forEach(spec::option);
        if (isUdp && !options.containsKey("send")) {
            spec.option("send", "nginx health check");
        }
        if (jitter.compareTo(interval) > 0) {
            findings.warning(
                    directive.position(),
                    "the jitter is cut to the interval of " + Durations.format(interval),
                    "write a smaller jitter=");
            jitter = interval;
        }
        try {
            return Optional.of(spec.interval(interval)
                    .jitter((double) jitter.toMillis() / interval.toMillis())
                    .rise(passes)
                    .fall(fails)
                    .build());
        } catch (IllegalArgumentException wrong) {
            findings.error(directive.position(), "'health_check' cannot be used: " + wrong.getMessage());
            return Optional.empty();
        }
    }

    private void require(boolean isKnown) {
        if (!isKnown) {
            throw new IllegalArgumentException(
                    "interval=, jitter=, fails=, passes=, match=, port=, mandatory, persistent or "
                            + (isHttp ? "uri=" : "udp"));
        }
    }

    /** {@code \xNN} stands for a byte; any other backslash, which the file had as two, for itself. */
    private static String escaped(String text) {
        return text.replaceAll("\\\\(?!x[0-9A-Fa-f]{2})", "\\\\\\\\");
    }

    /** The options of a match; null, and told, where there is none. */
    private @Nullable Map<String, String> match(Word word, String name) {
        var options = matches.get(name);
        if (options == null) {
            var known = matches.keySet().stream().sorted().toList();
            findings.error(
                    word.position(),
                    "unknown match '" + name + "'",
                    known.isEmpty() ? "a match block" : "one of " + String.join(", ", known),
                    "");
        }
        return options;
    }
}
