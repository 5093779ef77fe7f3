package io.steelyard.admin.runtime;

import io.steelyard.admin.statistics.StatisticsCsv;
import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.proxy.OpenFlow;
import io.steelyard.api.proxy.Target;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.Collectors;

/**
 * {@code show sess} and {@code shutdown session}. A line begins as HAProxy's does, and has none of its counts of calls and flags of buffers,
 * which nothing here has.
 */
final class SessionList {
    private static final int DAY_SECONDS = 86_400;
    private static final int HOUR_SECONDS = 3_600;
    private static final int MINUTE_SECONDS = 60;

    private final LoadBalancer balancer;
    private final LongSupplier nowMs;

    SessionList(LoadBalancer balancer, LongSupplier nowMs) {
        this.balancer = balancer;
        this.nowMs = nowMs;
    }

    /** @param words none for a line each; {@code all}, or the number of one, for what is known of it */
    String show(List<String> words) {
        var flows = balancer.flows();
        if (words.isEmpty()) {
            return flows.stream().map(SessionList::line).collect(Collectors.joining());
        }
        boolean isAll = words.getFirst().equals("all");
        long id = isAll ? 0 : number(words.getFirst());
        var told = flows.stream()
                .filter(flow -> isAll || flow.id() == id)
                .map(this::details)
                .collect(Collectors.joining());
        return told.isEmpty() && !isAll ? "Session not found.\n" : told;
    }

    private static String line(OpenFlow flow) {
        return "0x%x: proto=%s src=%s fe=%s be=%s srv=%s ts=00 epoch=0 age=%s\n"
                .formatted(
                        flow.id(),
                        protocol(flow),
                        source(flow),
                        flow.virtualServer(),
                        flow.pool().isEmpty() ? "<NONE>" : flow.pool(),
                        flow.server().isEmpty() ? "<none>" : flow.server(),
                        age(flow.age()));
    }

    private String details(OpenFlow flow) {
        var configuration = balancer.configuration();
        var began = Shown.time(Instant.ofEpochMilli(nowMs.getAsLong()).minus(flow.age()));
        return "0x%x: [%s] id=0 proto=%s source=%s\n  age=%s\n  frontend=%s (id=%d mode=%s)\n  backend=%s\n  server=%s\n"
                .formatted(
                        flow.id(),
                        began,
                        protocol(flow),
                        source(flow),
                        age(flow.age()),
                        flow.virtualServer(),
                        StatisticsCsv.number(configuration, flow.virtualServer()),
                        mode(configuration, flow),
                        flow.pool().isEmpty()
                                ? "<NONE> (id=-1 mode=-)"
                                : "%s (id=%d mode=%s)"
                                        .formatted(
                                                flow.pool(),
                                                StatisticsCsv.number(configuration, flow.pool()),
                                                mode(configuration, flow)),
                        flow.server().isEmpty()
                                ? "<none> (id=-1)"
                                : flow.server() + " (id="
                                        + StatisticsCsv.place(configuration, flow.pool(), flow.server()) + ")");
    }

    private static String mode(Configuration configuration, OpenFlow flow) {
        return configuration.virtualServers().stream()
                        .anyMatch(server ->
                                server.name().equals(flow.virtualServer()) && server.target() instanceof Target.Http)
                ? "http"
                : "tcp";
    }

    private static String protocol(OpenFlow flow) {
        var client = flow.client();
        return client.startsWith("unix:") ? "unix_stream" : client.startsWith("[") ? "tcpv6" : "tcpv4";
    }

    private static String source(OpenFlow flow) {
        return flow.client().replace("[", "").replace("]", "");
    }

    /** In the two largest units that it has, as HAProxy writes it: {@code 59s}, {@code 1m1s}, {@code 2h0m}, {@code 3d4h}. */
    static String age(Duration age) {
        long seconds = age.toSeconds();
        if (seconds >= DAY_SECONDS) {
            return seconds / DAY_SECONDS + "d" + seconds % DAY_SECONDS / HOUR_SECONDS + "h";
        }
        if (seconds >= HOUR_SECONDS) {
            return seconds / HOUR_SECONDS + "h" + seconds % HOUR_SECONDS / MINUTE_SECONDS + "m";
        }
        return seconds >= MINUTE_SECONDS
                ? seconds / MINUTE_SECONDS + "m" + seconds % MINUTE_SECONDS + "s"
                : seconds + "s";
    }

    // ---- shutdown

    String end(String number) {
        if (!number.startsWith("0x")) {
            throw new RefusedCommandException("Session pointer expected (use 'show sess').");
        }
        if (!balancer.endFlow(number(number))) {
            throw new RefusedCommandException("No such session (use 'show sess').");
        }
        return "";
    }

    private static long number(String text) {
        try {
            return text.startsWith("0x") ? Long.parseLong(text.substring(2), 16) : -1;
        } catch (NumberFormatException none) {
            return -1;
        }
    }
}
