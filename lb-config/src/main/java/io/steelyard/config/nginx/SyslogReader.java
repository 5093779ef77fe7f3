package io.steelyard.config.nginx;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.AccessLog.Destination;
import io.steelyard.config.nginx.grammar.Word;
import java.util.List;
import java.util.Optional;

/** Reads {@code syslog:server=…} of {@code access_log}. */
final class SyslogReader {
    static final String PREFIX = "syslog:";
    private static final int DEFAULT_PORT = 514;
    private static final List<String> FACILITIES = List.of(
            "kern",
            "user",
            "mail",
            "daemon",
            "auth",
            "intern",
            "lpr",
            "news",
            "uucp",
            "clock",
            "authpriv",
            "ftp",
            "ntp",
            "audit",
            "alert",
            "cron",
            "local0",
            "local1",
            "local2",
            "local3",
            "local4",
            "local5",
            "local6",
            "local7");
    private static final List<String> SEVERITIES =
            List.of("emerg", "alert", "crit", "error", "warn", "notice", "info", "debug");

    private final Findings findings;

    SyslogReader(Findings findings) {
        this.findings = findings;
    }

    /** What is given, with nginx's defaults. */
    private static final class Parameters {
        private Optional<ServerAddress> server = Optional.empty();
        private int facility = FACILITIES.indexOf("local7");
        private int severity = SEVERITIES.indexOf("info");
        private String tag = "nginx";
        private boolean hasHostName = true;
    }

    /** The server; empty, and told, where it is wrong. */
    Optional<Destination.Syslog> read(Word word) {
        var parameters = new Parameters();
        for (var part : word.text().substring(PREFIX.length()).split(",", -1)) {
            try {
                read(part, parameters);
            } catch (IllegalArgumentException wrong) {
                findings.error(
                        word.position(),
                        "the syslog parameter '" + part + "' cannot be used",
                        String.valueOf(wrong.getMessage()),
                        "");
                return Optional.empty();
            }
        }
        if (parameters.server.isEmpty()) {
            findings.error(word.position(), "'" + word + "' names no server", "server=ADDRESS first", "");
            return Optional.empty();
        }
        return parameters.server.map(server -> new Destination.Syslog(
                server, parameters.facility, parameters.severity, parameters.tag, parameters.hasHostName));
    }

    private static void read(String part, Parameters parameters) {
        int equals = part.indexOf('=');
        var name = part.substring(0, equals + 1);
        var value = part.substring(equals + 1);
        switch (name) {
            case "server=" -> parameters.server = Optional.of(ServerAddress.parse(value, DEFAULT_PORT));
            case "facility=" -> parameters.facility = index(FACILITIES, value);
            case "severity=" -> parameters.severity = index(SEVERITIES, value);
            case "tag=" -> {
                if (!value.matches("[A-Za-z0-9_]{1,32}")) {
                    throw new IllegalArgumentException("a tag of 1 to 32 letters, digits and underscores");
                }
                parameters.tag = value;
            }
            default -> {
                if (!part.equals("nohostname")) {
                    throw new IllegalArgumentException("server=, facility=, severity=, tag= or nohostname");
                }
                parameters.hasHostName = false;
            }
        }
    }

    private static int index(List<String> names, String value) {
        int index = names.indexOf(value);
        if (index < 0) {
            throw new IllegalArgumentException("one of " + String.join(", ", names));
        }
        return index;
    }
}
