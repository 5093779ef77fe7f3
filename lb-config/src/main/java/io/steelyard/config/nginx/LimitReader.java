package io.steelyard.config.nginx;

import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads {@code limit_conn_zone} and {@code limit_conn}. */
final class LimitReader {
    /** What a key takes in nginx's zones on 64-bit machines (documentation of {@code limit_conn_zone}). */
    private static final int BYTES_A_KEY = 64;

    private static final long LEAST_ZONE_BYTES = 32_768;

    private final Findings findings;
    private final VariableScope variables;
    private final Map<String, ConnectionLimit.Zone> zones = new LinkedHashMap<>();

    LimitReader(Findings findings, VariableScope variables) {
        this.findings = findings;
        this.variables = variables;
    }

    List<ConnectionLimit.Zone> zones() {
        return List.copyOf(zones.values());
    }

    /** Takes in a zone, for limits to name. */
    void readZone(Directive directive) {
        var key = variables.template(directive.argument(0));
        var zone = directive.argument(1);
        var parts = zone.text().split(":", -1);
        if (!zone.text().startsWith("zone=") || parts.length != 2 || parts[0].length() == 5) {
            findings.badArgument(directive, zone, "zone=NAME:SIZE");
            return;
        }
        var name = parts[0].substring(5);
        try {
            long bytes = Values.size(parts[1]);
            if (bytes < LEAST_ZONE_BYTES) {
                findings.badArgument(directive, zone, "a size of at least 32k");
                return;
            }
            if (zones.containsKey(name)) {
                findings.error(zone.position(), "limit zone '" + name + "' is duplicate", "", "remove one of them");
                return;
            }
            findings.place("limitZones." + name, directive.position());
            key.ifPresent(template -> zones.put(name, new ConnectionLimit.Zone(name, template, (int)
                    Math.min(bytes / BYTES_A_KEY, Integer.MAX_VALUE))));
        } catch (IllegalArgumentException wrong) {
            findings.badArgument(directive, zone, "zone=NAME:SIZE with " + wrong.getMessage());
        }
    }

    /** The limits of a server; those of {@code outer} where {@code own} has none. */
    List<ConnectionLimit> read(Level own, Level outer) {
        return limits(
                own.has("limit_conn") ? own.all("limit_conn") : outer.all("limit_conn"),
                own.value("limit_conn_dry_run").or(() -> outer.value("limit_conn_dry_run")),
                own.value("limit_conn_log_level").or(() -> outer.value("limit_conn_log_level")));
    }

    /** The limits of a part of http. */
    List<ConnectionLimit> read(HttpScope scope) {
        return limits(
                scope.nearestAll("limit_conn"),
                scope.nearestWord("limit_conn_dry_run"),
                scope.nearestWord("limit_conn_log_level"));
    }

    private List<ConnectionLimit> limits(List<Directive> directives, Optional<Word> dryRun, Optional<Word> logLevel) {
        boolean isDryRun = dryRun.map(word -> Values.flag(word.text())).orElse(false);
        var level = logLevel.map(word -> level(word.text())).orElse(ConnectionLimit.Level.ERROR);
        var limits = new ArrayList<ConnectionLimit>();
        for (var directive : directives) {
            var zone = zones.get(directive.argument(0).text());
            int most;
            try {
                most = Values.number(directive.argument(1).text());
            } catch (IllegalArgumentException wrong) {
                most = 0;
            }
            if (zone != null && most >= 1 && most <= 65_535) {
                limits.add(new ConnectionLimit(zone.name(), most, isDryRun, level));
            }
        }
        return limits;
    }

    /** Tells what is wrong with the limits written in a block. */
    void check(Level level) {
        var seen = new ArrayList<String>();
        for (var directive : level.all("limit_conn")) {
            var zone = directive.argument(0);
            if (!zones.containsKey(zone.text())) {
                findings.error(
                        zone.position(),
                        "unknown limit zone '" + zone + "'",
                        zones.isEmpty() ? "a limit_conn_zone" : "one of " + String.join(", ", zones.keySet()),
                        "");
            }
            if (seen.contains(zone.text())) {
                findings.error(
                        directive.position(),
                        "the limit of zone '" + zone + "' is duplicate",
                        "",
                        "remove one of them");
            }
            seen.add(zone.text());
            if (!directive.argument(1).text().matches("0*[1-9]\\d{0,4}")
                    || Values.number(directive.argument(1).text()) > 65_535) {
                findings.badArgument(directive, directive.argument(1), "1 to 65535");
            }
        }
        level.value("limit_conn_log_level").ifPresent(word -> {
            if (!List.of("info", "notice", "warn", "error").contains(word.text())) {
                findings.error(
                        word.position(), "'limit_conn_log_level' is '" + word + "'", "info, notice, warn or error", "");
            }
        });
    }

    static ConnectionLimit.Level level(String text) {
        return switch (text.toLowerCase(Locale.ROOT)) {
            case "info" -> ConnectionLimit.Level.INFO;
            case "notice" -> ConnectionLimit.Level.NOTICE;
            case "warn" -> ConnectionLimit.Level.WARN;
            default -> ConnectionLimit.Level.ERROR;
        };
    }
}
