package io.steelyard.config.yaml;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.AccessLog.Destination;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** {@link Destination.Syslog}. */
final class SyslogSection extends Section<Destination.Syslog> {
    private static final int DEFAULT_PORT = 514;
    private static final int LOCAL7 = 23;
    private static final int INFO = 6;

    private final Key<Destination.Syslog, ServerAddress> server = required(
            "server",
            Forms.parsed("address", text -> ServerAddress.parse(text, DEFAULT_PORT), ServerAddress::text),
            Destination.Syslog::server,
            "An address or host name, with port 514 where there is none, or a UNIX datagram socket: `unix:/dev/log`.");
    private final Key<Destination.Syslog, Integer> facility = optional(
            "facility",
            Forms.word(numbers(
                    "kern",
                    "user",
                    "mail",
                    "daemon",
                    "auth",
                    "syslog",
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
                    "local7")),
            Destination.Syslog::facility,
            LOCAL7,
            "What kind of program speaks.");
    private final Key<Destination.Syslog, Integer> severity = optional(
            "severity",
            Forms.word(numbers("emergency", "alert", "critical", "error", "warning", "notice", "info", "debug")),
            Destination.Syslog::severity,
            INFO,
            "How much the lines matter.");
    private final Key<Destination.Syslog, String> tag = optional(
            "tag",
            Forms.text(),
            Destination.Syslog::tag,
            "lb",
            "What names the program: 1 to 32 letters, digits and underscores.");
    private final Key<Destination.Syslog, Boolean> hasHostName = optional(
            "hostName",
            Forms.flag(),
            Destination.Syslog::hasHostName,
            true,
            "Whether the host's name stands before the tag.");
    private final Key<Destination.Syslog, Boolean> hasProcessId = optional(
            "processId",
            Forms.flag(),
            Destination.Syslog::hasProcessId,
            false,
            "Whether the number of the process stands behind the tag, in brackets.");

    SyslogSection() {
        super("syslog server");
    }

    /** Words by number, from 0. */
    private static SequencedMap<String, Integer> numbers(String... words) {
        var numbers = new LinkedHashMap<String, Integer>();
        List.of(words).forEach(word -> numbers.put(word, numbers.size()));
        return numbers;
    }

    @Override
    Destination.Syslog make(Values values) {
        return new Destination.Syslog(
                values.get(server),
                values.or(facility, LOCAL7),
                values.or(severity, INFO),
                values.or(tag, "lb"),
                values.or(hasHostName, true),
                values.or(hasProcessId, false));
    }
}
