package io.steelyard.config.haproxy;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessLog.Destination;
import io.steelyard.api.text.Template;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads {@code log}, {@code log-format} and the options about logs. */
final class AccessLogs {
    /** {@code option httplog} (configuration manual 2.6, section 8.2.3). */
    static final String HTTP =
            "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq "
                    + "%hr %hs %{+Q}r";

    /** {@code option httplog clf}. */
    private static final String COMMON =
            "%{+Q}o %{-Q}ci - - [%trg] %r %ST %B \"\" \"\" %cp %ms %ft %b %s %TR %Tw %Tc %Tr %Ta %tsc "
                    + "%ac %fc %bc %sc %rc %sq %bq %CC %CS %hrl %hsl";

    private static final String TCP = "%ci:%cp [%t] %ft %b/%s %Tw/%Tc/%Tt %B %ts %ac/%fc/%bc/%sc/%rc %sq/%bq";
    private static final String DEFAULT = "Connect from %ci:%cp to %fi:%fp (%f/HTTP)";
    private static final List<String> FACILITIES = List.of(
            "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "auth2", "ftp", "ntp",
            "audit", "alert", "cron2", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7");
    private static final List<String> LEVELS =
            List.of("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug");
    private static final int INFO = 6;

    private final Findings findings;
    private final Texts texts;
    private final List<Statement> ofGlobal;

    /** @param ofGlobal the statements {@code log} of the section global */
    AccessLogs(Findings findings, Texts texts, List<Statement> ofGlobal) {
        this.findings = findings;
        this.texts = texts;
        this.ofGlobal = ofGlobal;
    }

    List<AccessLog> read(Proxy frontend) {
        var targets = targets(frontend);
        if (targets.isEmpty()) {
            return List.of();
        }
        var format = texts.log(frontend, format(frontend));
        var condition = condition(frontend);
        return targets.stream()
                .map(target -> new AccessLog(target, format, AccessLog.Escape.NONE, condition, 0, Duration.ZERO))
                .toList();
    }

    /** A line is left out where its condition is 0 or empty: where the client sent nothing, or did not come so far that it was a session. */
    private Optional<Template> condition(Proxy frontend) {
        if (frontend.has("option dontlognull")) {
            return Optional.of(texts.log(frontend, "%U"));
        }
        return frontend.isHttp() ? Optional.empty() : Optional.of(texts.format(frontend, "%ts"));
    }

    private String format(Proxy frontend) {
        var last = frontend.last("option httplog", "option tcplog", "option httpslog", "log-format");
        if (last.isPresent()
                && !frontend.isHttp()
                && last.get().keyword().name().matches("option https?log")) {
            findings.warning(
                    last.get().position(),
                    "'" + last.get().keyword().name()
                            + "' needs mode http: lines are those of 'option tcplog', as in HAProxy",
                    "write 'option tcplog'");
            return TCP;
        }
        return last.map(statement -> switch (statement.keyword().name()) {
                    case "log-format" -> statement.argument(0).text();
                    case "option tcplog" -> TCP;
                    default -> statement.arguments().isEmpty() ? HTTP : COMMON;
                })
                .orElse(frontend.isHttp() ? DEFAULT : DEFAULT.replace("/HTTP)", "/TCP)"));
    }

    private List<Destination> targets(Proxy frontend) {
        var all = new ArrayList<Destination>();
        for (var statement : frontend.all("log")) {
            if (statement.prefix() != Statement.Prefix.NONE) {
                all.clear();
            } else if (statement.argument(0).text().equals("global")) {
                ofGlobal.forEach(each -> target(each).ifPresent(all::add));
            } else {
                target(statement).ifPresent(all::add);
            }
        }
        return all.stream().distinct().toList();
    }

    private Optional<Destination> target(Statement statement) {
        var words = statement.texts();
        var rest = new ArrayList<String>();
        for (int i = 1; i < words.size(); i++) {
            if (List.of("len", "format", "sample").contains(words.get(i))) {
                i++;
            } else {
                rest.add(words.get(i));
            }
        }
        int facility = rest.isEmpty() ? -1 : FACILITIES.indexOf(rest.getFirst());
        int level = rest.size() < 2 ? LEVELS.size() - 1 : LEVELS.indexOf(rest.get(1));
        if (facility < 0 || level < 0) {
            findings.error(
                    statement.position(),
                    "'log " + String.join(" ", words) + "' has no facility, or an unknown one or level",
                    "such as 'log /dev/log local0 info'",
                    "");
            return Optional.empty();
        }
        if (level < INFO) {
            // What this place takes is graver than a request that was served.
            return Optional.empty();
        }
        return destination(statement, words.getFirst(), facility);
    }

    private Optional<Destination> destination(Statement statement, String address, int facility) {
        try {
            return Optional.of(
                    switch (address) {
                        case "stdout", "fd@1" -> new Destination.File(Path.of("/dev/stdout"));
                        case "stderr", "fd@2" -> new Destination.File(Path.of("/dev/stderr"));
                        default -> new Destination.Syslog(server(address), facility, INFO, "haproxy", false, true);
                    });
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    statement.argument(0).position(),
                    "logs cannot be sent to '" + address + "': " + wrong.getMessage(),
                    "address:port, a path, stdout or stderr",
                    "");
            return Optional.empty();
        }
    }

    private static ServerAddress server(String address) {
        if (address.startsWith("/")) {
            return new ServerAddress.Unix(address);
        }
        var rest = address.replaceFirst("^(udp@|ipv4@|ipv6@|unix@)", "");
        if (rest.startsWith("/")) {
            return new ServerAddress.Unix(rest);
        }
        return ServerAddress.parse(rest.indexOf(':') < 0 ? rest + ":514" : rest);
    }
}
