package io.steelyard.config.haproxy;

import io.steelyard.api.health.CheckStep;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.config.haproxy.grammar.Word;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Reads the steps of checks that bytes are sent by, and what those of HTTP have in common with them (HAProxy 2.6, configuration manual 4.2,
 * {@code tcp-check}). One thread.
 */
final class StepReader {
    private static final String OF_CONNECT =
            "default, addr, port, ssl, sni, alpn, send-proxy, proto, linger or comment";

    private final Findings findings;
    private final ExpectReader expects;

    StepReader(Findings findings) {
        this.findings = findings;
        expects = new ExpectReader(findings);
    }

    /** The statements of these names that hold for a backend: its own where it has any, else those of its defaults. */
    static List<Statement> rules(Proxy backend, String prefix) {
        var own = named(backend.own(), prefix);
        return own.isEmpty() ? named(backend.statements(), prefix) : own;
    }

    private static List<Statement> named(List<Statement> statements, String prefix) {
        return statements.stream()
                .filter(statement -> statement.keyword().name().startsWith(prefix))
                .toList();
    }

    /** The steps of {@code option tcp-check}. */
    List<CheckStep> steps(Proxy backend) {
        var steps = new ArrayList<CheckStep>();
        var comments = new StepComments();
        int number = 0;
        for (var rule : rules(backend, "tcp-check ")) {
            number++;
            switch (rule.keyword().name()) {
                case "tcp-check comment" -> comments.note(rule.argument(0).text());
                case "tcp-check connect" ->
                    connect(rule, number, steps, comments).ifPresent(steps::add);
                case "tcp-check send" ->
                    steps.add(send(rule, escaped(rule.argument(0).text()), number, comments));
                case "tcp-check send-binary" -> steps.add(send(rule, binary(rule.argument(0)), number, comments));
                case "tcp-check expect" ->
                    expects.read(rule, false, number, comments).ifPresent(steps::add);
                default -> {}
            }
        }
        // Without rules it connects, as a check without the option does; but what it tells is that of a sequence.
        return steps.isEmpty() ? List.of(CheckStep.Connect.ORDINARY) : steps;
    }

    private CheckStep send(Statement rule, String bytes, int number, StepComments comments) {
        var own = "";
        for (int i = 1; i < rule.arguments().size(); i += 2) {
            if (!rule.argument(i).text().equals("comment")
                    || i + 1 == rule.arguments().size()) {
                findings.error(
                        rule.argument(i).position(),
                        "'" + rule.keyword().name() + "' has '" + rule.argument(i) + "'",
                        "'comment TEXT' or nothing",
                        "write a text with spaces in quotes");
                break;
            }
            own = rule.argument(i + 1).text();
        }
        return new CheckStep.Send(bytes, number, comments.of(StepComments.Kind.SEND, own));
    }

    /**
     * A connection of its own, which the first step must be where there is one.
     *
     * @param before the steps so far
     */
    Optional<CheckStep> connect(Statement rule, int number, List<? extends CheckStep> before, StepComments comments) {
        if (!before.isEmpty() && before.stream().noneMatch(CheckStep.Connect.class::isInstance)) {
            findings.error(
                    rule.position(),
                    "'" + rule.keyword().name() + "' comes after other steps, and the first of them does not connect",
                    "a connection as the first step, where there is one at all",
                    "write '" + rule.keyword().name() + "' before them, too");
            return Optional.empty();
        }
        boolean isOrdinary = false;
        boolean isSecured = false;
        boolean sendsHeader = false;
        int port = 0;
        Optional<InetAddress> address = Optional.empty();
        var serverName = "";
        List<String> protocols = List.of();
        var own = "";
        var words = rule.arguments();
        for (int i = 0; i < words.size(); i++) {
            var word = words.get(i);
            boolean hasValue = switch (word.text()) {
                case "addr", "port", "sni", "alpn", "proto", "comment" -> true;
                default -> false;
            };
            if (hasValue && i + 1 == words.size()) {
                findings.error(
                        word.position(), "'" + word + "' of '" + rule.keyword().name() + "' has no value");
                return Optional.empty();
            }
            var value = hasValue ? words.get(++i) : word;
            try {
                switch (word.text()) {
                    case "default" -> isOrdinary = true;
                    case "ssl" -> isSecured = true;
                    case "send-proxy" -> sendsHeader = true;
                    case "port" -> port = Values.number(value.text(), 1, 65_535);
                    case "addr" -> {
                        var end = endpoint(value.text());
                        address = Optional.of(end.address());
                        port = port == 0 ? end.port() : port;
                    }
                    case "sni" -> serverName = value.text();
                    case "alpn" -> protocols = Arrays.asList(value.text().split(",", -1));
                    case "comment" -> own = value.text();
                    case "linger" ->
                        findings.accepted(
                                word.position(),
                                "linger' of '" + rule.keyword().name(),
                                "checks end as the system ends them");
                    case "proto" -> {
                        if (!value.text().equals("h1") && !value.text().equals("none")) {
                            throw new IllegalArgumentException(
                                    "h1, or none in tcp-check; checks speak no other protocol");
                        }
                    }
                    default ->
                        throw new IllegalArgumentException(
                                word.text().equals("via-socks4")
                                        ? "no via-socks4: servers are not reached through SOCKS"
                                        : OF_CONNECT);
                }
            } catch (IllegalArgumentException wrong) {
                findings.error(
                        value.position(),
                        "'" + rule.keyword().name() + "' has '" + word + (hasValue ? " " + value : "") + "'",
                        String.valueOf(wrong.getMessage()),
                        "");
                return Optional.empty();
            }
        }
        return Optional.of(new CheckStep.Connect(
                isOrdinary,
                address,
                port,
                isSecured ? CheckStep.Security.VERIFIED : CheckStep.Security.NONE,
                serverName,
                protocols,
                sendsHeader,
                number,
                comments.of(StepComments.Kind.CONNECT, own)));
    }

    /** An address and a port; 0 for none. */
    private record End(InetAddress address, int port) {}

    private static End endpoint(String text) {
        int colon = text.lastIndexOf(':');
        boolean hasPort = colon >= 0 && text.indexOf(':') == colon;
        try {
            return new End(
                    ServerAddress.numericAddress(hasPort ? text.substring(0, colon) : text),
                    hasPort ? Values.number(text.substring(colon + 1), 1, 65_535) : 0);
        } catch (IllegalArgumentException wrong) {
            throw new IllegalArgumentException("an IP address, for IPv4 perhaps with a port", wrong);
        }
    }

    private String binary(Word word) {
        try {
            return bytes(word.text());
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    word.position(), "'" + word + "' is not binary", "hexadecimal digits, two for each byte", "");
            return "";
        }
    }

    /**
     * Hexadecimal digits as the model writes bytes.
     *
     * @throws IllegalArgumentException for anything else
     */
    static String bytes(String digits) {
        var text = new StringBuilder();
        for (byte b : HexFormat.of().parseHex(digits)) {
            text.append("\\x").append(HexFormat.of().toHexDigits(b));
        }
        return text.toString();
    }

    /** Text as the model writes bytes. */
    static String escaped(String text) {
        return text.replace("\\", "\\\\")
                .replace("\r", "\\r")
                .replace("\n", "\\n")
                .replace("\t", "\\t")
                .replace("\0", "\\0");
    }
}
