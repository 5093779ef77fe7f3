package io.steelyard.config.haproxy;

import io.steelyard.api.config.ConfigurationSource;
import io.steelyard.config.haproxy.grammar.Document;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What an haproxy.cfg says about the process that runs it and not about traffic; for a program that stands in for HAProxy.
 *
 * @param pidFile {@code pidfile}
 * @param isMaster whether {@code master-worker} stands there
 * @param statsSockets {@code stats socket}, in order
 * @param logs {@code log} of the section global, in order
 * @param tag {@code log-tag}, or {@code haproxy}
 * @param hostName the name of {@code log-send-hostname}; empty text for the machine's own; absent where it does not stand there
 * @param loggedChecks the proxies of {@code option log-health-checks}
 */
public record ProcessStatements(
        Optional<String> pidFile,
        boolean isMaster,
        List<StatsSocket> statsSockets,
        List<LogTarget> logs,
        String tag,
        Optional<String> hostName,
        Set<String> loggedChecks) {
    private static final List<String> FACILITIES = List.of(
            "kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "auth2", "ftp", "ntp",
            "audit", "alert", "cron2", "local0", "local1", "local2", "local3", "local4", "local5", "local6", "local7");
    private static final List<String> LEVELS =
            List.of("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug");

    /**
     * A socket for commands.
     *
     * @param address a path, {@code fd@N}, or an address and port, perhaps with {@code unix@}, {@code ipv4@} or {@code ipv6@}
     * @param level {@code user}, {@code operator} or {@code admin}
     * @param mode the permissions of a path, such as {@code 660}; absent for the usual ones
     */
    public record StatsSocket(String address, String level, Optional<String> mode) {}

    /**
     * Where log lines go.
     *
     * @param address an address and port, a path, {@code stdout} or {@code stderr}
     * @param facility 0 to 23
     * @param level the least grave severity that is sent, 0 to 7
     */
    public record LogTarget(String address, int facility, int level) {}

    public ProcessStatements {
        statsSockets = List.copyOf(statsSockets);
        logs = List.copyOf(logs);
        loggedChecks = Set.copyOf(loggedChecks);
    }

    /** Reads a file; what is wrong in it, {@link HaproxyConfigurationReader} tells. */
    public static ProcessStatements read(ConfigurationSource source, Map<String, String> environment) {
        var pidFile = Optional.<String>empty();
        var hostName = Optional.<String>empty();
        var tag = "haproxy";
        boolean isMaster = false;
        var sockets = new ArrayList<StatsSocket>();
        var logs = new ArrayList<LogTarget>();
        var document = Document.parse(source, environment);
        for (var section : document.sections()) {
            if (!section.kind().equals("global")) {
                continue;
            }
            for (var line : section.lines()) {
                var words = line.arguments().stream().map(Word::text).toList();
                var first = words.isEmpty() ? "" : words.getFirst();
                switch (line.keyword()) {
                    case "pidfile" -> pidFile = Optional.of(first);
                    case "master-worker" -> isMaster = true;
                    case "log-tag" -> tag = first;
                    case "log-send-hostname" -> hostName = Optional.of(first);
                    case "log" -> target(words).ifPresent(logs::add);
                    case "stats" -> {
                        if (first.equals("socket") && words.size() > 1) {
                            sockets.add(socket(words));
                        }
                    }
                    default -> {}
                }
            }
        }
        return new ProcessStatements(pidFile, isMaster, sockets, logs, tag, hostName, loggedChecks(document));
    }

    private static Set<String> loggedChecks(Document document) {
        var findings = new Findings();
        var sections = new ProxySections(findings, new StatementReader(findings));
        for (var section : document.sections()) {
            switch (section.kind()) {
                case "defaults" -> sections.addDefaults(section);
                case "backend" -> sections.addProxy(section, Place.BACKEND);
                case "listen" -> sections.addProxy(section, Place.LISTEN);
                default -> {}
            }
        }
        return sections.proxies().stream()
                .filter(proxy -> proxy.has("option log-health-checks"))
                .map(proxy -> proxy.name().text())
                .collect(Collectors.toSet());
    }

    private static StatsSocket socket(List<String> words) {
        var level = "operator";
        var mode = Optional.<String>empty();
        for (int i = 2; i + 1 < words.size(); i++) {
            if (words.get(i).equals("level")) {
                level = words.get(i + 1);
            } else if (words.get(i).equals("mode")) {
                mode = Optional.of(words.get(i + 1));
            }
        }
        return new StatsSocket(words.get(1), level, mode);
    }

    private static Optional<LogTarget> target(List<String> words) {
        var rest = new ArrayList<String>();
        for (int i = 1; i < words.size(); i++) {
            if (List.of("len", "format", "sample").contains(words.get(i))) {
                i++;
            } else {
                rest.add(words.get(i));
            }
        }
        if (words.isEmpty() || rest.isEmpty() || !FACILITIES.contains(rest.getFirst())) {
            return Optional.empty();
        }
        int level = rest.size() < 2 ? LEVELS.size() - 1 : LEVELS.indexOf(rest.get(1));
        return level < 0
                ? Optional.empty()
                : Optional.of(new LogTarget(words.getFirst(), FACILITIES.indexOf(rest.getFirst()), level));
    }

    /** The version of HAProxy whose files are read. */
    public static String version() {
        return Document.version();
    }

    /** What {@code feature()} finds, by HAProxy's names. */
    public static Set<String> features() {
        return Document.features();
    }

    /**
     * Whether a condition of {@code .if} and {@code haproxy -cc} holds.
     *
     * @throws IllegalArgumentException with what is wrong with it
     */
    public static boolean holds(String condition, Map<String, String> environment) {
        return Document.holds(condition, environment);
    }
}
