package io.steelyard.config.haproxy;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.config.haproxy.grammar.Word;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads the parameters of {@code server}, {@code default-server} and {@code server-template}. */
final class ServerParameters {
    private static final String HTTP = "it belongs to mode http";

    /** Parameters with a value that do nothing, each with the reason. */
    private static final Map<String, String> IDLE_WITH_VALUE = new HashMap<>();

    /** Parameters without a value that do nothing, each with the reason. */
    private static final Map<String, String> IDLE = new HashMap<>();

    /** Parameters that are errors, each with the reason. */
    private static final Map<String, String> REFUSED = new HashMap<>();

    private static void all(Map<String, String> into, String why, String... names) {
        for (var name : names) {
            into.put(name, why);
        }
    }

    static {
        all(IDLE_WITH_VALUE, HTTP, "max-reuse", "pool-low-conn", "pool-max-conn", "pool-purge-delay", "proto", "ws");
        all(IDLE_WITH_VALUE, "servers are numbered in the order they stand", "id");
        all(IDLE_WITH_VALUE, "the system's rule for unacknowledged data holds", "tcp-ut");
        all(IDLE_WITH_VALUE, "it belongs to log servers", "log-proto");
        all(IDLE, HTTP, "non-stick", "stick");
        all(IDLE, "data is not sent with the first packet", "tfo", "no-tfo");
        all(IDLE, "nothing else is done", "no-send-proxy-v2-ssl", "no-send-proxy-v2-ssl-cn");
        all(REFUSED, "servers are told nothing about TLS", "send-proxy-v2-ssl", "send-proxy-v2-ssl-cn");
        all(REFUSED, "headers tell addresses and nothing else", "proxy-v2-options", "set-proxy-v2-tlv-fmt");
        all(REFUSED, "servers are not reached through SOCKS", "socks4", "check-via-socks4");
        all(REFUSED, "other network namespaces are not entered", "namespace");
        all(REFUSED, "it is set for the whole backend", "source");
    }

    /** The parameters that are refused and have a value. */
    private static final Set<String> REFUSED_WITH_VALUE = Set.of("socks4", "namespace", "source", "proxy-v2-options");

    /** The forms of values that are checked and then not used. */
    private static final Map<String, Pattern> FORMS = Map.ofEntries(Map.entry("id", Pattern.compile("0*[1-9]\\d*")));

    private final Findings findings;

    ServerParameters(Findings findings) {
        this.findings = findings;
    }

    /** Takes the words from {@code first} on into a server. */
    void read(Statement statement, int first, ServerDraft draft) {
        var words = statement.arguments();
        int at = first;
        while (at < words.size()) {
            var word = words.get(at);
            var name = word.text();
            if (REFUSED.containsKey(name)) {
                findings.error(
                        word.position(), "'" + name + "' of a server cannot be honoured: " + REFUSED.get(name), "", "");
                at += REFUSED_WITH_VALUE.contains(name) ? skipSource(words, at) : 1;
            } else if (IDLE.containsKey(name)) {
                findings.accepted(word.position(), name + "' of '" + statement.name(), IDLE.get(name));
                at++;
            } else if (flag(name, draft)) {
                at++;
            } else if (ServerTls.knows(name) && !ServerTls.hasValue(name)) {
                draft.tls.take(word, word, findings);
                at++;
            } else if (at + 1 == words.size()) {
                unknownOrCut(statement, word);
                at++;
            } else {
                value(statement, word, words.get(at + 1), draft);
                at += 2;
            }
        }
    }

    private static int skipSource(List<Word> words, int at) {
        int next = at + 2;
        while (next + 1 < words.size()
                && (words.get(next).text().equals("usesrc")
                        || words.get(next).text().equals("interface"))) {
            next += 2;
        }
        return next - at;
    }

    private static boolean flag(String name, ServerDraft draft) {
        switch (name) {
            case "check" -> draft.isChecked = true;
            case "no-check" -> draft.isChecked = false;
            case "backup" -> draft.isBackup = true;
            case "no-backup" -> draft.isBackup = false;
            case "disabled" -> draft.isDisabled = true;
            case "enabled" -> draft.isDisabled = false;
            case "send-proxy" -> draft.header = ProxyProtocol.V1;
            case "send-proxy-v2" -> draft.header = ProxyProtocol.V2;
            case "no-send-proxy", "no-send-proxy-v2" -> draft.header = ProxyProtocol.NONE;
            case "agent-check" -> draft.hasAgent = true;
            case "no-agent-check" -> draft.hasAgent = false;
            case "check-send-proxy" -> draft.isHeaderChecked = true;
            case "no-check-send-proxy" -> draft.isHeaderChecked = false;
            default -> {
                return false;
            }
        }
        return true;
    }

    private void unknownOrCut(Statement statement, Word word) {
        if (isWithValue(word.text())) {
            findings.error(word.position(), "'" + word + "' of '" + statement.name() + "' has no value");
        } else {
            unknown(statement, word);
        }
    }

    private void unknown(Statement statement, Word word) {
        findings.error(
                word.position(),
                "'" + statement.name() + "' has no parameter '" + word + "'",
                "check, inter, rise, fall, port, addr, weight, backup, maxconn, slowstart, disabled or track",
                "");
    }

    private static boolean isWithValue(String name) {
        return IDLE_WITH_VALUE.containsKey(name)
                || ServerTls.hasValue(name)
                || WatchParameters.knows(name)
                || NameParameters.knows(name)
                || Set.of(
                                "weight",
                                "inter",
                                "fastinter",
                                "downinter",
                                "rise",
                                "fall",
                                "port",
                                "addr",
                                "maxconn",
                                "minconn",
                                "maxqueue",
                                "slowstart",
                                "redir",
                                "cookie",
                                "track")
                        .contains(name);
    }

    private void value(Statement statement, Word name, Word value, ServerDraft draft) {
        try {
            switch (name.text()) {
                case "weight" -> draft.weight = Values.number(value.text(), 0, 256);
                case "inter" -> draft.interval = Values.positiveTime(value.text());
                case "fastinter" -> draft.fastInterval = Values.positiveTime(value.text());
                case "downinter" -> draft.downInterval = Values.positiveTime(value.text());
                case "rise" -> draft.rise = Values.number(value.text(), 1, Integer.MAX_VALUE);
                case "fall" -> draft.fall = Values.number(value.text(), 1, Integer.MAX_VALUE);
                case "port" -> draft.checkPort = Values.number(value.text(), 1, 65_535);
                case "addr" -> draft.checkAddress = ServerAddress.numericAddress(value.text());
                case "maxconn" -> draft.maxConnections = Values.number(value.text(), 0, Integer.MAX_VALUE);
                case "minconn" -> draft.minConnections = Values.number(value.text(), 0, Integer.MAX_VALUE);
                case "maxqueue" -> draft.maxQueued = Values.number(value.text(), 0, Integer.MAX_VALUE);
                case "slowstart" -> draft.slowStart = Values.time(value.text());
                case "track" -> draft.tracked = value;
                case "redir" -> draft.redirection = value;
                case "cookie" -> draft.cookie = value;
                default -> {
                    if (WatchParameters.knows(name.text())) {
                        WatchParameters.take(name.text(), value.text(), draft);
                        return;
                    }
                    if (NameParameters.knows(name.text())) {
                        draft.names.take(name, value);
                        return;
                    }
                    if (ServerTls.knows(name.text())) {
                        draft.tls.take(name, value, findings);
                        return;
                    }
                    if (!IDLE_WITH_VALUE.containsKey(name.text())) {
                        unknown(statement, name);
                        return;
                    }
                    var form = FORMS.get(name.text());
                    if (form != null && !form.matcher(value.text()).matches()) {
                        throw new IllegalArgumentException(
                                form.pattern().contains("[")
                                        ? "a number from 1, or addresses"
                                        : form.pattern().replace("|", " or "));
                    }
                    if (name.text().equals("id")) {
                        draft.number = value;
                    }
                    findings.accepted(
                            name.position(),
                            name + "' of '" + statement.name(),
                            IDLE_WITH_VALUE.getOrDefault(name.text(), ""));
                }
            }
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    value.position(),
                    "'" + name + "' of '" + statement.name() + "' is '" + value + "'",
                    String.valueOf(wrong.getMessage()),
                    "");
        }
    }
}
