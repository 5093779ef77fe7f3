package io.steelyard.admin.runtime;

import io.steelyard.admin.statistics.StatisticsCsv;
import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.http.BrokenMessage;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * {@code show errors}: the last broken request and answer of each virtual server, as HAProxy shows them but for the states of its parser, in
 * place of which stands what is wrong in plain words.
 */
final class ErrorList {
    private static final int LINE_LENGTH = 70;

    private final LoadBalancer balancer;
    private final LongSupplier nowMs;

    ErrorList(LoadBalancer balancer, LongSupplier nowMs) {
        this.balancer = balancer;
        this.nowMs = nowMs;
    }

    /** @param words a proxy by name or number, or -1 for all; and perhaps {@code request} or {@code response} */
    String show(List<String> words) {
        var configuration = balancer.configuration();
        var wanted = words.stream()
                .filter(word -> !word.equals("request") && !word.equals("response"))
                .findFirst()
                .orElse("-1");
        var messages = balancer.brokenMessages().stream()
                .sorted(Comparator.comparing(BrokenMessage::at))
                .toList();
        var text = new StringBuilder("Total events captured on [" + Shown.time(Instant.ofEpochMilli(nowMs.getAsLong()))
                + "] : "
                + messages.stream()
                        .collect(Collectors.toMap(
                                BrokenMessage::virtualServer, message -> message.number() + 1, Math::max))
                        .values()
                        .stream()
                        .mapToLong(Long::longValue)
                        .sum()
                + "\n");
        for (var message : messages) {
            boolean isKind = words.isEmpty() || !words.getLast().equals(message.isAnswer() ? "request" : "response");
            if (isKind
                    && (wanted.equals("-1")
                            || is(configuration, message.virtualServer(), wanted)
                            || is(configuration, message.pool(), wanted))) {
                describe(configuration, message, text);
            }
        }
        return text.toString();
    }

    private static boolean is(Configuration configuration, String proxy, String wanted) {
        return proxy.equals(wanted)
                || !proxy.isEmpty() && wanted.equals(Integer.toString(StatisticsCsv.number(configuration, proxy)));
    }

    private static void describe(Configuration configuration, BrokenMessage message, StringBuilder text) {
        var frontend =
                message.virtualServer() + " (#" + StatisticsCsv.number(configuration, message.virtualServer()) + ")";
        text.append(" \n[").append(Shown.time(message.at())).append("] ");
        if (message.isAnswer()) {
            text.append("backend ")
                    .append(message.pool())
                    .append(" (#")
                    .append(StatisticsCsv.number(configuration, message.pool()))
                    .append("): invalid response\n  frontend ")
                    .append(frontend)
                    .append(", server ")
                    .append(message.server())
                    .append(" (#")
                    .append(StatisticsCsv.place(configuration, message.pool(), message.server()))
                    .append(')');
        } else {
            text.append("frontend ")
                    .append(frontend)
                    .append(": invalid request\n  backend <NONE> (#-1), server <NONE> (#-1)");
        }
        text.append(", event #")
                .append(message.number())
                .append(", src ")
                .append(message.client().replace("[", "").replace("]", ""))
                .append("\n  len ")
                .append(message.octets().length)
                .append(", error in the line at position ")
                .append(message.position())
                .append(": ")
                .append(message.reason())
                .append("\n  \n");
        dump(message.octets(), text);
    }

    /** A line for each of the message's, and {@code +} behind the position where one goes on. */
    static void dump(byte[] octets, StringBuilder text) {
        boolean isNewLine = true;
        for (int at = 0; at < octets.length; ) {
            text.append("  %05d%s ".formatted(at, isNewLine ? " " : "+"));
            int end = text.length() + LINE_LENGTH;
            isNewLine = false;
            while (at < octets.length
                    && !isNewLine
                    && text.length() + escaped(octets[at]).length() <= end) {
                isNewLine = octets[at] == '\n';
                text.append(escaped(octets[at]));
                at++;
            }
            text.append('\n');
        }
    }

    private static String escaped(byte octet) {
        return switch (octet) {
            case '\t' -> "\\t";
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case 27 -> "\\e";
            case '\\' -> "\\\\";
            default -> octet >= ' ' && octet < 127 ? "" + (char) octet : "\\x%02X".formatted(octet & 0xff);
        };
    }
}
