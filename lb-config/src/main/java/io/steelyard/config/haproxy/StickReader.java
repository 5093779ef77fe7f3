package io.steelyard.config.haproxy;

import io.steelyard.api.pool.Affinity;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;

/** Reads {@code stick-table} and {@code stick on}: a table of clients' addresses and the servers they had is an affinity. */
final class StickReader {
    private static final int MOST_CLIENTS = 1 << 24;
    private static final Set<String> KINDS = Set.of("ip", "ipv6");

    private final Findings findings;

    StickReader(Findings findings) {
        this.findings = findings;
    }

    Optional<Affinity> affinity(Proxy backend) {
        var stick = backend.last("stick on");
        if (stick.isEmpty()) {
            return Optional.empty();
        }
        var words = stick.get().texts();
        var table = backend.last("stick-table");
        if (words.size() != 1
                || !words.getFirst().equals("src")
                || backend.all("stick on").size() > 1) {
            findings.error(
                    stick.get().position(),
                    "'stick on " + String.join(" ", words)
                            + "' cannot be honoured: clients come back by their address alone",
                    "one 'stick on src'",
                    "");
            return Optional.empty();
        }
        if (table.isEmpty()) {
            findings.error(stick.get().position(), "'stick on' has no table", "a stick-table in the same backend", "");
            return Optional.empty();
        }
        return read(table.get());
    }

    private Optional<Affinity> read(Statement table) {
        var words = table.arguments();
        var timeout = Values.LONGEST;
        long size = 0;
        var type = "";
        for (int i = 0; i < words.size(); i++) {
            var name = words.get(i).text();
            if (name.equals("nopurge")) {
                continue;
            }
            if (i + 1 == words.size()) {
                findings.error(words.get(i).position(), "'" + name + "' of 'stick-table' has no value");
                return Optional.empty();
            }
            var value = words.get(++i);
            try {
                switch (name) {
                    case "type" -> type = value.text();
                    case "size" -> size = Values.size(value.text());
                    case "expire" -> timeout = Values.positiveTime(value.text());
                    case "store", "peers", "srvkey", "write-to" ->
                        findings.accepted(
                                words.get(i - 1).position(),
                                name + "' of 'stick-table",
                                "the table holds clients and their servers alone, for this process");
                    default ->
                        findings.error(
                                words.get(i - 1).position(),
                                "'stick-table' has no parameter '" + name + "'",
                                "type, size, expire, nopurge, store or peers",
                                "");
                }
            } catch (IllegalArgumentException wrong) {
                findings.error(
                        value.position(), "'" + name + "' is '" + value + "'", String.valueOf(wrong.getMessage()), "");
                return Optional.empty();
            }
        }
        if (!KINDS.contains(type) || size < 1) {
            findings.error(
                    table.position(), "'stick-table' cannot remember clients", "type ip or ipv6, and a size", "");
            return Optional.empty();
        }
        var rule = Affinity.bySource(Duration.ofMillis(timeout.toMillis()));
        return Optional.of(
                new Affinity(rule.ipv4Prefix(), rule.ipv6Prefix(), rule.timeout(), (int) Math.min(size, MOST_CLIENTS)));
    }
}
