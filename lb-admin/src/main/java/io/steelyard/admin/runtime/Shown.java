package io.steelyard.admin.runtime;

import io.steelyard.admin.runtime.TypedFields.Field;
import io.steelyard.admin.statistics.StatisticsCsv;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Status;
import io.steelyard.api.Status.ServerStatus;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** The replies to {@code show …}. */
final class Shown {
    private static final DateTimeFormatter LOG_TIME =
            DateTimeFormatter.ofPattern("dd/MMM/yyyy:HH:mm:ss.SSS", Locale.ROOT).withZone(ZoneId.systemDefault());
    private static final String STATES =
            "# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_iweight"
                    + " srv_time_since_last_change srv_check_status srv_check_result srv_check_health srv_check_state srv_agent_state"
                    + " bk_f_forced_id srv_f_forced_id srv_fqdn srv_port srvrecord srv_use_ssl srv_check_port srv_check_addr srv_agent_addr"
                    + " srv_agent_port\n";

    private final LoadBalancer balancer;
    private final Identity identity;
    private final LongSupplier nowMs;
    private final Baseline baseline;
    private final FrontendChanges frontends;
    private final long startMs;

    Shown(LoadBalancer balancer, Identity identity, LongSupplier nowMs, Baseline baseline, FrontendChanges frontends) {
        this.balancer = balancer;
        this.identity = identity;
        this.nowMs = nowMs;
        this.baseline = baseline;
        this.frontends = frontends;
        startMs = nowMs.getAsLong();
    }

    String version() {
        return identity.version() + "\n";
    }

    /** @param words {@code typed} or {@code json}; others, such as {@code float} and {@code desc}, change nothing */
    String information(List<String> words) {
        var status = balancer.status();
        var settings = balancer.configuration().settings();
        long seconds = (nowMs.getAsLong() - startMs) / 1_000;
        int loops = settings.loops() == 0 ? Runtime.getRuntime().availableProcessors() : settings.loops();
        int open = status.listeners().stream()
                .mapToInt(Status.ListenerStatus::open)
                .sum();
        long accepted = baseline.since(status).listeners().stream()
                .mapToLong(Status.ListenerStatus::accepted)
                .sum();
        int addresses = status.listeners().stream()
                .mapToInt(listener -> listener.addresses().size())
                .sum();
        var fields = List.of(
                new Field(0, "Name", "POS", "str", identity.name()),
                new Field(1, "Version", "POS", "str", identity.version()),
                new Field(3, "Nbthread", "CGS", "u32", loops),
                new Field(4, "Nbproc", "CGS", "u32", 1),
                new Field(5, "Process_num", "KGP", "u32", 1),
                new Field(6, "Pid", "SGP", "u32", identity.pid()),
                new Field(7, "Uptime", "MDP", "str", upTime(seconds)),
                new Field(8, "Uptime_sec", "MDP", "u32", seconds),
                new Field(9, "Memmax_MB", "CLP", "u32", Runtime.getRuntime().maxMemory() >> 20),
                new Field(15, "Maxconn", "CLP", "u32", settings.maxConnections()),
                new Field(16, "Hard_maxconn", "CLP", "u32", settings.maxConnections()),
                new Field(17, "CurrConns", "MGP", "u32", open),
                new Field(18, "CumConns", "MCP", "u32", accepted),
                new Field(50, "node", "COS", "str", identity.node()),
                new Field(52, "Stopping", "MGP", "u32", 0),
                new Field(55, "Listeners", "MGP", "u32", addresses));
        if (words.contains("json")) {
            return TypedFields.json(fields);
        }
        return words.contains("typed") ? TypedFields.typed(fields) : TypedFields.plain(fields);
    }

    private static String upTime(long seconds) {
        return "%dd %dh%02dm%02ds".formatted(seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60, seconds % 60);
    }

    /** @param selection none, or the proxy's number or name, kinds as a sum of 1, 2 and 4, and the server's number; -1 for all */
    String statistics(List<String> selection) {
        var configuration = balancer.configuration();
        var rows = StatisticsCsv.rows(configuration, baseline.since(balancer.status())).stream()
                .map(row -> row.kind() == StatisticsCsv.Kind.FRONTEND && frontends.isShutDown(row.value("pxname"))
                        ? row.with("status", "STOP")
                        : row)
                .toList();
        var words = selection.stream()
                .filter(word ->
                        !List.of("up", "no-maint", "desc", "typed", "json").contains(word))
                .toList();
        int proxy = words.isEmpty() ? -1 : proxy(words.getFirst());
        int kinds = words.size() < 2 ? -1 : number(words.get(1));
        int server = words.size() < 3 ? -1 : number(words.get(2));
        var wanted = rows.stream()
                .filter(row -> (proxy == -1 || row.proxyNumber() == proxy)
                        && (kinds & 1 << row.kind().ordinal()) != 0
                        && (server == -1 || row.serverNumber() == server)
                        && isWanted(row, selection))
                .toList();
        if (selection.contains("json")) {
            return TypedFields.jsonRows(wanted);
        }
        return selection.contains("typed") ? TypedFields.typedRows(wanted) : StatisticsCsv.csv(wanted, row -> true);
    }

    private static boolean isWanted(StatisticsCsv.Row row, List<String> selection) {
        var state = row.value("status");
        return !(selection.contains("up") && (state.equals("DOWN") || state.equals("MAINT")))
                && !(selection.contains("no-maint") && state.equals("MAINT"));
    }

    private int proxy(String word) {
        int index = StatisticsCsv.proxies(balancer.configuration()).indexOf(word);
        return index >= 0 ? StatisticsCsv.number(balancer.configuration(), word) : number(word);
    }

    private static int number(String word) {
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException notOne) {
            throw new RefusedCommandException("'" + word + "' is neither a number nor the name of a proxy.");
        }
    }

    String backends() {
        var text = new StringBuilder("# name\n");
        balancer.configuration()
                .pools()
                .forEach(pool -> text.append(pool.name()).append('\n'));
        return text.toString();
    }

    /** A time as HAProxy's logs have it. */
    static String time(Instant at) {
        return LOG_TIME.format(at);
    }

    /** There is one kind of memory that is lent and given back. */
    String pools() {
        long bytes = balancer.status().bufferBytes();
        return "Dumping pools usage.\n  - Pool buffer : " + bytes + " bytes used\nTotal: 1 pools, " + bytes
                + " bytes allocated, " + bytes + " used.\n";
    }

    private List<ServerPool> pools(List<String> words) {
        if (words.isEmpty()) {
            return balancer.configuration().pools();
        }
        return balancer.configuration()
                .pool(words.getFirst())
                .map(List::of)
                .orElseThrow(() -> new RefusedCommandException("Can't find backend."));
    }

    String serverStates(List<String> words) {
        var text = new StringBuilder("1\n").append(STATES);
        var status = balancer.status();
        for (var pool : pools(words)) {
            int number = StatisticsCsv.number(balancer.configuration(), pool.name());
            int place = 0;
            for (var server : pool.servers()) {
                place++;
                var now = state(status, pool, server);
                text.append("%d %s %d %s %s %d %d %d %d - %d %d %d %d 0 0 0 %s %s - %d 0 - - 0\n"
                        .formatted(
                                number,
                                pool.name(),
                                place,
                                server.id(),
                                host(server.address(), now),
                                operation(now),
                                administration(now),
                                server.weight(),
                                server.weight(),
                                pool.healthChecksOf(server).isEmpty() ? 1 : 6,
                                pool.healthChecksOf(server).isEmpty() ? 0 : now.health() == HealthState.DOWN ? 2 : 3,
                                now.health() == HealthState.DOWN ? 0 : 2,
                                pool.healthChecksOf(server).isEmpty() ? 0 : 6,
                                server.address() instanceof ServerAddress.Name name ? name.host() : "-",
                                port(server.address()),
                                server.tls().isPresent() ? 1 : 0));
            }
        }
        return text.toString();
    }

    String serverConnections(List<String> words) {
        var text = new StringBuilder("# bkname/svname bkid/svid addr port - used_cur\n");
        var status = balancer.status();
        for (var pool : pools(words)) {
            int number = StatisticsCsv.number(balancer.configuration(), pool.name());
            int place = 0;
            for (var server : pool.servers()) {
                place++;
                var now = state(status, pool, server);
                text.append("%s/%s %d/%d %s %s - %d\n"
                        .formatted(
                                pool.name(),
                                server.id(),
                                number,
                                place,
                                host(server.address(), now),
                                port(server.address()),
                                now.active()));
            }
        }
        return text.toString();
    }

    private static ServerStatus state(Status status, ServerPool pool, RealServer server) {
        return status.pools().stream()
                .filter(one -> one.name().equals(pool.name()))
                .flatMap(one -> one.servers().stream())
                .filter(one -> one.id().equals(server.id()))
                .findFirst()
                .orElseThrow(() -> new RefusedCommandException("The configuration is just being changed."));
    }

    private static String host(ServerAddress address, ServerStatus now) {
        var text = address instanceof ServerAddress.Name ? now.address() : address.text();
        int colon = text.lastIndexOf(':');
        return text.startsWith("unix:") || colon < 0
                ? text
                : text.substring(0, colon).replace("[", "").replace("]", "");
    }

    private static String port(ServerAddress address) {
        return switch (address) {
            case ServerAddress.Ip ip -> Integer.toString(ip.port());
            case ServerAddress.Name name -> Integer.toString(name.port());
            case ServerAddress.Unix unix -> "0";
        };
    }

    private static int operation(ServerStatus server) {
        return server.health() == HealthState.DOWN || server.adminState() == AdminState.DISABLED ? 0 : 2;
    }

    private static int administration(ServerStatus server) {
        return switch (server.adminState()) {
            case ENABLED -> 0;
            case DRAINING -> 8;
            case DISABLED -> 1;
        };
    }
}
