package io.steelyard.config.haproxy.expression;

import io.steelyard.api.http.HttpFacts;
import io.steelyard.api.http.HttpFacts.Measure;
import io.steelyard.api.schedule.Balancer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/** The fields of a log format (HAProxy 2.6, configuration manual, section 8.2.4). */
public final class LogFields {
    public static final String HOST_NAME = hostName();

    private static final String NO_SERVER = "<NOSRV>";
    private static final DateTimeFormatter WITH_MS =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss.SSS", Locale.ROOT);
    private static final DateTimeFormatter WITH_ZONE =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss Z", Locale.ROOT);

    private LogFields() {}

    /** Clients on UNIX sockets have none, and are told as such. */
    private static String address(@Nullable InetAddress address) {
        return address == null ? "unix" : new Sample.Addr(address).text();
    }

    private static String hostName() {
        try {
            return InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException unknown) {
            return "localhost";
        }
    }

    /** The value of a field by its name without the {@code %}; absent for none. */
    static Optional<String> value(HttpFacts facts, String name) {
        return Optional.ofNullable(
                switch (name) {
                    case "ci" -> address(facts.clientAddress());
                    case "cp" -> Integer.toString(facts.clientPort());
                    case "fi" -> address(facts.serverAddress());
                    case "fp" -> Integer.toString(facts.serverPort());
                    case "ID" -> facts.note("txn.unique-id");
                    case "H" -> HOST_NAME;
                    case "pid" -> Long.toString(ProcessHandle.current().pid());
                    case "f" -> facts.listener();
                    case "ft" -> facts.listener() + (facts.tls("protocol") == null ? "" : "~");
                    case "b" -> facts.pool().isEmpty() ? facts.listener() : facts.pool();
                    case "s" -> facts.server().isEmpty() ? NO_SERVER : facts.server();
                    case "si" -> part(address(facts), true);
                    case "sp" -> part(address(facts), false);
                    case "ST" -> Integer.toString(facts.status() == 0 ? -1 : facts.status());
                    case "B" -> measured(facts, Measure.BYTES_SENT);
                    case "U" -> measured(facts, Measure.BYTES_RECEIVED);
                    case "ts" -> facts.termination();
                    case "tsc" -> facts.termination() + facts.persistence();
                    case "CC" -> facts.note("capture.cookie.request");
                    case "CS" -> facts.note("capture.cookie.response");
                    case "hr", "hrl" -> captures(facts, "capture.req.");
                    case "hs", "hsl" -> captures(facts, "capture.res.");
                    case "ac", "fc" -> measured(facts, Measure.LISTENER_CONNECTIONS);
                    case "bc" -> Integer.toString(count(facts, Balancer::activeFlows));
                    case "sc" -> Integer.toString(count(facts, pool -> pool.activeFlows(facts.server())));
                    case "bq" -> measured(facts, Measure.POOL_QUEUE_POSITION);
                    case "sq" -> measured(facts, Measure.SERVER_QUEUE_POSITION);
                    case "rc" -> (facts.measure(Measure.REDISPATCHED) > 0 ? "+" : "") + facts.measure(Measure.RETRIES);
                    case "rt" -> measured(facts, Measure.REQUEST_NUMBER);
                    case "lc" -> "0";
                    case "sslc" -> facts.tls("cipher");
                    case "sslv" -> facts.tls("protocol");
                    case "r", "HM", "HP", "HPO", "HQ", "HU", "HV" -> line(facts, name);
                    default -> time(facts, name);
                });
    }

    private static String measured(HttpFacts facts, Measure measure) {
        return Long.toString(facts.measure(measure));
    }

    private static int count(HttpFacts facts, ToIntFunction<Balancer> of) {
        var pool = facts.balancer(facts.pool());
        return pool == null ? 0 : of.applyAsInt(pool);
    }

    /** The address of the server tried last; empty where there is none. */
    private static String address(HttpFacts facts) {
        var pool = facts.balancer(facts.pool());
        return pool == null
                ? ""
                : pool.pool().servers().stream()
                        .filter(server -> server.id().equals(facts.server()))
                        .map(server -> server.address().text())
                        .findFirst()
                        .orElse("");
    }

    private static @Nullable String part(String address, boolean isHost) {
        int colon = address.lastIndexOf(':');
        if (colon < 0) {
            return address.isEmpty() ? null : address;
        }
        return isHost ? address.substring(0, colon) : address.substring(colon + 1);
    }

    /** {@code {a|b}}; null where nothing is captured. */
    private static @Nullable String captures(HttpFacts facts, String prefix) {
        var count = facts.note(prefix + "count");
        if (count == null) {
            return null;
        }
        var values = new ArrayList<String>();
        for (int i = 0; i < Integer.parseInt(count); i++) {
            var value = facts.note(prefix + i);
            values.add(value == null ? "" : value);
        }
        return "{" + String.join("|", values) + "}";
    }

    private static @Nullable String line(HttpFacts facts, String name) {
        var target = facts.originalTarget();
        if (target.isEmpty()) {
            return "<BADREQ>";
        }
        return switch (name) {
            case "HM" -> facts.originalMethod();
            case "HP" -> Targets.path(target);
            case "HPO" -> Targets.path(target);
            case "HQ" -> {
                int mark = target.indexOf('?');
                yield mark < 0 ? "" : target.substring(mark);
            }
            case "HU" -> target;
            case "HV" -> "HTTP/" + facts.version();
            default -> facts.originalMethod() + " " + target + " HTTP/" + facts.version();
        };
    }

    private static @Nullable String time(HttpFacts facts, String name) {
        return switch (name) {
            case "Th" -> "0";
            case "Ti" -> measured(facts, Measure.IDLE_MS);
            case "TR" -> measured(facts, Measure.HEADER_MS);
            case "Tq" -> Long.toString(facts.measure(Measure.IDLE_MS) + facts.measure(Measure.HEADER_MS));
            case "Tw" -> measured(facts, Measure.QUEUE_MS);
            case "Tc" -> measured(facts, Measure.CONNECT_MS);
            case "Tr" -> measured(facts, Measure.ANSWER_MS);
            case "Ta" -> measured(facts, Measure.ACTIVE_MS);
            case "Tt", "Tu" -> measured(facts, Measure.TOTAL_MS);
            case "Td" -> {
                long all = facts.measure(Measure.ACTIVE_MS);
                long before = 0;
                for (var part :
                        new Measure[] {Measure.HEADER_MS, Measure.QUEUE_MS, Measure.CONNECT_MS, Measure.ANSWER_MS}) {
                    before = before < 0 || facts.measure(part) < 0 ? -1 : before + facts.measure(part);
                }
                yield Long.toString(before < 0 ? -1 : Math.max(0, all - before));
            }
            case "ms" -> String.format(Locale.ROOT, "%03d", facts.measure(Measure.ACCEPTED_AT) % 1_000);
            case "Ts" -> Long.toString(facts.measure(Measure.ACCEPTED_AT) / 1_000);
            case "t" -> at(facts, Measure.ACCEPTED_AT, false).format(WITH_MS);
            case "tr" -> at(facts, Measure.REQUEST_AT, false).format(WITH_MS);
            case "T" -> at(facts, Measure.ACCEPTED_AT, true).format(WITH_ZONE);
            case "Tl" -> at(facts, Measure.ACCEPTED_AT, false).format(WITH_ZONE);
            case "trg" -> at(facts, Measure.REQUEST_AT, true).format(WITH_ZONE);
            case "trl" -> at(facts, Measure.REQUEST_AT, false).format(WITH_ZONE);
            default -> null;
        };
    }

    private static ZonedDateTime at(HttpFacts facts, Measure measure, boolean isUniversal) {
        return Instant.ofEpochMilli(facts.measure(measure))
                .atZone(isUniversal ? ZoneOffset.UTC : ZoneId.systemDefault());
    }
}
