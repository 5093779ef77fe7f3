package io.steelyard.config.nginx;

import io.steelyard.api.http.RateLimit;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.config.nginx.grammar.Directive;
import io.steelyard.config.nginx.grammar.Word;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Reads {@code limit_req_zone} and {@code limit_req}. */
final class RateLimitReader {
    /** What a key takes in nginx's zones on 64-bit machines (documentation of {@code limit_req_zone}). */
    private static final int BYTES_A_KEY = 128;

    private static final long LEAST_ZONE_BYTES = 32_768;

    private final Findings findings;
    private final VariableScope variables;
    private final Map<String, RateLimit.Zone> zones = new LinkedHashMap<>();

    RateLimitReader(Findings findings, VariableScope variables) {
        this.findings = findings;
        this.variables = variables;
    }

    List<RateLimit.Zone> zones() {
        return List.copyOf(zones.values());
    }

    /** What a zone's parameters say. */
    private static final class Draft {
        private String name = "";
        private long bytes;
        private int requestsPerMinute = 60;
    }

    /** Takes in a zone, for limits to name. */
    void readZone(Directive directive) {
        var key = variables.template(directive.argument(0));
        var draft = new Draft();
        for (var word : directive.arguments().subList(1, directive.arguments().size())) {
            try {
                readParameter(word.text(), draft);
            } catch (IllegalArgumentException wrong) {
                findings.badArgument(directive, word, wrong);
                return;
            }
        }
        if (draft.name.isEmpty()) {
            findings.error(directive.position(), "'limit_req_zone' names no zone", "zone=NAME:SIZE", "");
        } else if (zones.containsKey(draft.name)) {
            findings.error(
                    directive.position(), "rate zone '" + draft.name + "' is duplicate", "", "remove one of them");
        } else {
            findings.place("rateZones." + draft.name, directive.position());
            int capacity = (int) Math.min(draft.bytes / BYTES_A_KEY, Integer.MAX_VALUE);
            key.ifPresent(template ->
                    zones.put(draft.name, new RateLimit.Zone(draft.name, template, capacity, draft.requestsPerMinute)));
        }
    }

    private static void readParameter(String text, Draft draft) {
        if (text.startsWith("zone=")) {
            int colon = text.indexOf(':');
            if (colon < 6) {
                throw new IllegalArgumentException("zone=NAME:SIZE");
            }
            draft.name = text.substring(5, colon);
            draft.bytes = Values.size(text.substring(colon + 1));
            if (draft.bytes < LEAST_ZONE_BYTES) {
                throw new IllegalArgumentException("a size of at least 32k");
            }
        } else if (text.startsWith("rate=")) {
            boolean isPerMinute = text.endsWith("r/m");
            var digits = isPerMinute || text.endsWith("r/s") ? text.substring(5, text.length() - 3) : text.substring(5);
            int rate = Values.positiveNumber(digits);
            draft.requestsPerMinute = isPerMinute ? rate : Math.clamp(60L * rate, 1, Integer.MAX_VALUE);
        } else if (!text.equals("sync")) {
            throw new IllegalArgumentException("zone=NAME:SIZE or rate=Nr/s");
        }
    }

    /** The limits of a part of http. */
    List<RateLimit> read(HttpScope scope) {
        var limits = new ArrayList<RateLimit>();
        var seen = new HashSet<String>();
        boolean isDryRun = scope.nearest("limit_req_dry_run", Values::flag).orElse(false);
        var level = scope.nearestWord("limit_req_log_level").map(this::level).orElse(ConnectionLimit.Level.ERROR);
        int status = HttpStatuses.ofLimit(findings, scope, "limit_req_status");
        for (var directive : scope.nearestAll("limit_req")) {
            limit(directive, isDryRun, level, status).ifPresent(limit -> {
                if (!seen.add(limit.zone())) {
                    findings.error(
                            directive.position(),
                            "the limit of zone '" + limit.zone() + "' is duplicate",
                            "",
                            "remove one of them");
                }
                limits.add(limit);
            });
        }
        return limits;
    }

    private Optional<RateLimit> limit(Directive directive, boolean isDryRun, ConnectionLimit.Level level, int status) {
        Optional<RateLimit.Zone> zone = Optional.empty();
        int burst = 0;
        int undelayed = 0;
        try {
            for (var word : directive.arguments()) {
                var text = word.text();
                int equals = text.indexOf('=');
                var value = text.substring(equals + 1);
                switch (equals < 0 ? text : text.substring(0, equals + 1)) {
                    case "zone=" -> {
                        zone = Optional.ofNullable(zones.get(value));
                        if (zone.isEmpty()) {
                            unknownZone(word, value);
                            return Optional.empty();
                        }
                    }
                    case "burst=" -> burst = Values.positiveNumber(value);
                    case "delay=" -> undelayed = Values.positiveNumber(value);
                    case "nodelay" -> undelayed = Integer.MAX_VALUE;
                    default -> throw new IllegalArgumentException("zone=NAME, burst=N, delay=N or nodelay");
                }
            }
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    directive.position(),
                    "'limit_req' cannot be read",
                    "zone=NAME, burst=N, delay=N or nodelay, N from 1",
                    "");
            return Optional.empty();
        }
        if (zone.isEmpty()) {
            findings.error(directive.position(), "'limit_req' names no zone", "zone=NAME", "");
            return Optional.empty();
        }
        return Optional.of(
                new RateLimit(zone.get().name(), burst, Math.min(undelayed, burst), isDryRun, level, status));
    }

    private void unknownZone(Word word, String name) {
        findings.error(
                word.position(),
                "unknown rate zone '" + name + "'",
                zones.isEmpty() ? "a limit_req_zone" : "one of " + String.join(", ", zones.keySet()),
                "");
    }

    private ConnectionLimit.Level level(Word word) {
        if (!List.of("info", "notice", "warn", "error").contains(word.text())) {
            findings.error(
                    word.position(), "'limit_req_log_level' is '" + word + "'", "info, notice, warn or error", "");
        }
        return LimitReader.level(word.text());
    }
}
