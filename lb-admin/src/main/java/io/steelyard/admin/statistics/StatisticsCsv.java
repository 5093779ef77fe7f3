package io.steelyard.admin.statistics;

import io.steelyard.api.Configuration;
import io.steelyard.api.Status;
import io.steelyard.api.Status.ListenerStatus;
import io.steelyard.api.Status.PoolStatus;
import io.steelyard.api.Status.ServerStatus;
import io.steelyard.api.Traffic;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Statistics as HAProxy's statistics page and {@code show stat} write them: comma-separated values with the columns of HAProxy 2.6
 * (management guide 2.6, section 9.1), in its order, so that programs that read them by position or by name read these. A virtual server is
 * a FRONTEND, a pool a BACKEND, and one of each with the same name stand together, as a section {@code listen} does. A column of which
 * nothing is known is empty, and never 0. Pure; safe for all threads.
 */
public final class StatisticsCsv {
    /** The columns, in order. */
    public static final List<String> COLUMNS = List.of(
            ("pxname,svname,qcur,qmax,scur,smax,slim,stot,bin,bout,dreq,dresp,ereq,econ,eresp,wretr,wredis,status,weight,act,bck,chkfail,"
                            + "chkdown,lastchg,downtime,qlimit,pid,iid,sid,throttle,lbtot,tracked,type,rate,rate_lim,rate_max,check_status,"
                            + "check_code,check_duration,hrsp_1xx,hrsp_2xx,hrsp_3xx,hrsp_4xx,hrsp_5xx,hrsp_other,hanafail,req_rate,"
                            + "req_rate_max,req_tot,cli_abrt,srv_abrt,comp_in,comp_out,comp_byp,comp_rsp,lastsess,last_chk,last_agt,qtime,"
                            + "ctime,rtime,ttime,agent_status,agent_code,agent_duration,check_desc,agent_desc,check_rise,check_fall,"
                            + "check_health,agent_rise,agent_fall,agent_health,addr,cookie,mode,algo,conn_rate,conn_rate_max,conn_tot,"
                            + "intercepted,dcon,dses,wrew,connect,reuse,cache_lookups,cache_hits,srv_icur,src_ilim,qtime_max,ctime_max,"
                            + "rtime_max,ttime_max,eint,idle_conn_cur,safe_conn_cur,used_conn_cur,need_conn_est,uweight,"
                            + "agg_server_status,agg_server_check_status,agg_check_status,-,ssl_sess,ssl_reused_sess,ssl_failed_handshake,"
                            + "h2_headers_rcvd,h2_data_rcvd,h2_settings_rcvd,h2_rst_stream_rcvd,h2_goaway_rcvd,"
                            + "h2_detected_conn_protocol_errors,h2_detected_strm_protocol_errors,h2_rst_stream_resp,h2_goaway_resp,"
                            + "h2_open_connections,h2_backend_open_streams,h2_total_connections,h2_backend_total_streams,"
                            + "h1_open_connections,h1_open_streams,h1_total_connections,h1_total_streams,h1_bytes_in,h1_bytes_out,"
                            + "h1_spliced_bytes_in,h1_spliced_bytes_out")
                    .split(","));

    /** The first line. */
    public static final String HEADER = "# " + String.join(",", COLUMNS) + ",\n";

    /** HAProxy numbers the proxies of a file from 2; 1 is its own. */
    private static final int FIRST_PROXY = 2;

    private StatisticsCsv() {}

    /** What a row is about; the column {@code type}. */
    public enum Kind {
        FRONTEND,
        BACKEND,
        SERVER
    }

    /**
     * A row: values by column; columns that are not named are empty.
     *
     * @param proxyNumber the column {@code iid}
     * @param serverNumber the column {@code sid}; 0 for what is no server
     */
    public record Row(Kind kind, int proxyNumber, int serverNumber, Map<String, String> values) {
        public Row {
            values = Map.copyOf(values);
        }

        /** A column's value; empty where nothing is known. */
        public String value(String column) {
            return values.getOrDefault(column, "");
        }

        /** The same with another value in a column. */
        public Row with(String column, String value) {
            var changed = new LinkedHashMap<>(values);
            changed.put(column, value);
            return new Row(kind, proxyNumber, serverNumber, changed);
        }
    }

    /** The whole table, with its first line. */
    public static String csv(Configuration configuration, Status status) {
        return csv(rows(configuration, status), row -> true);
    }

    /** The rows that are wanted, with the first line. */
    public static String csv(List<Row> rows, Predicate<Row> wanted) {
        var text = new StringBuilder(HEADER);
        for (var row : rows) {
            if (wanted.test(row)) {
                for (var column : COLUMNS) {
                    text.append(column.equals("-") ? "-" : quoted(row.value(column)))
                            .append(',');
                }
                text.append('\n');
            }
        }
        return text.toString();
    }

    /** All rows: of each proxy its FRONTEND, its servers and its BACKEND. */
    public static List<Row> rows(Configuration configuration, Status status) {
        var rows = new ArrayList<Row>();
        int number = FIRST_PROXY;
        for (var name : proxies(configuration)) {
            int proxy = number++;
            virtualServer(configuration, name)
                    .ifPresent(server -> status.listeners().stream()
                            .filter(one -> one.name().equals(name))
                            .forEach(one -> rows.add(frontend(configuration, server, one, proxy))));
            configuration
                    .pool(name)
                    .ifPresent(pool -> status.pools().stream()
                            .filter(one -> one.name().equals(name))
                            .forEach(one -> rows.addAll(backend(pool, one, mode(configuration, name), proxy))));
        }
        return rows;
    }

    /** The names of proxies, in the order of their numbers: virtual servers, then the pools that share no virtual server's name. */
    public static List<String> proxies(Configuration configuration) {
        var names = new LinkedHashMap<String, Boolean>();
        configuration.virtualServers().forEach(server -> names.put(server.name(), true));
        configuration.pools().forEach(pool -> names.put(pool.name(), true));
        return List.copyOf(names.keySet());
    }

    /** The number that a proxy has in the column {@code iid}. */
    public static int number(Configuration configuration, String proxy) {
        return FIRST_PROXY + proxies(configuration).indexOf(proxy);
    }

    /** The number that a server has in the column {@code sid}; -1 where there is none such. */
    public static int place(Configuration configuration, String pool, String server) {
        var ids = configuration
                .pool(pool)
                .map(one -> one.servers().stream().map(RealServer::id).toList())
                .orElse(List.of());
        return ids.contains(server) ? ids.indexOf(server) + 1 : -1;
    }

    private static Optional<VirtualServer> virtualServer(Configuration configuration, String name) {
        return configuration.virtualServers().stream()
                .filter(server -> server.name().equals(name))
                .findFirst();
    }

    private static String mode(Configuration configuration, String pool) {
        boolean isHttp = configuration.virtualServers().stream()
                .map(VirtualServer::target)
                .anyMatch(target -> target instanceof Target.Http http
                        && http.service().pools().contains(pool));
        return isHttp ? "http" : "tcp";
    }

    private static Row frontend(Configuration configuration, VirtualServer server, ListenerStatus one, int proxy) {
        var values = common(one.name(), "FRONTEND", proxy);
        int own = server.options().maxConnections();
        int most = own == 0 ? configuration.settings().maxConnections() : own;
        values.put("scur", Integer.toString(one.open()));
        values.put("slim", most == 0 ? "" : Integer.toString(most));
        values.put("stot", Long.toString(one.accepted()));
        values.put("conn_tot", Long.toString(one.accepted()));
        boolean isHttp = server.target() instanceof Target.Http;
        var traffic = one.traffic();
        flows(values, traffic);
        values.put("smax", Long.toString(traffic.mostOpen()));
        values.put("conn_rate", Long.toString(traffic.flowRate()));
        values.put("conn_rate_max", Long.toString(traffic.mostFlowRate()));
        if (isHttp) {
            answers(values, traffic);
            values.put("req_rate", Long.toString(traffic.requestRate()));
            values.put("req_rate_max", Long.toString(traffic.mostRequestRate()));
            values.put("req_tot", Long.toString(traffic.requests()));
        }
        values.put("status", one.isPaused() ? "PAUSED" : "OPEN");
        values.put("sid", "0");
        values.put("type", "0");
        values.put("mode", isHttp ? "http" : "tcp");
        values.put("addr", String.join(" ", one.addresses()));
        return new Row(Kind.FRONTEND, proxy, 0, values);
    }

    private static List<Row> backend(ServerPool pool, PoolStatus one, String mode, int proxy) {
        var rows = new ArrayList<Row>();
        for (int i = 0; i < one.servers().size(); i++) {
            var server = one.servers().get(i);
            var configured = pool.servers().stream()
                    .filter(each -> each.id().equals(server.id()))
                    .findFirst();
            rows.add(server(pool, configured, server, mode, proxy, i + 1));
        }
        var serving = one.servers().stream().filter(StatisticsCsv::isServing).toList();
        var values = common(one.name(), "BACKEND", proxy);
        values.put("qcur", Integer.toString(one.queued()));
        values.put("qmax", Integer.toString(one.mostQueued()));
        var together = together(one);
        flows(values, together);
        values.put("lastsess", Long.toString(one.traffic().idleSeconds()));
        values.put("rate", Long.toString(one.traffic().flowRate()));
        values.put("rate_max", Long.toString(one.traffic().mostFlowRate()));
        if (mode.equals("http")) {
            answers(values, together);
            values.put("req_tot", Long.toString(together.requests()));
        }
        values.put("scur", sum(one, ServerStatus::active));
        values.put("stot", sum(one, ServerStatus::served));
        values.put("lbtot", sum(one, ServerStatus::served));
        values.put("econ", sum(one, ServerStatus::failures));
        values.put("wretr", Long.toString(one.retries()));
        values.put("status", serving.isEmpty() ? "DOWN" : "UP");
        // Backups weigh nothing while another server can serve.
        boolean hasPrimary = serving.stream().anyMatch(each -> each.tier() == 0);
        int weight = serving.stream()
                .filter(each -> each.tier() == 0 == hasPrimary)
                .mapToInt(ServerStatus::weight)
                .sum();
        values.put("weight", Integer.toString(weight));
        values.put("uweight", Integer.toString(weight));
        values.put(
                "act",
                Long.toString(serving.stream().filter(each -> each.tier() == 0).count()));
        values.put(
                "bck",
                Long.toString(serving.stream().filter(each -> each.tier() > 0).count()));
        values.put("sid", "0");
        values.put("type", "1");
        values.put("mode", mode);
        values.put("algo", one.scheduler().substring(one.scheduler().lastIndexOf('.') + 1));
        rows.add(new Row(Kind.BACKEND, proxy, 0, values));
        return rows;
    }

    private static void flows(Map<String, String> values, Traffic traffic) {
        values.put("bin", Long.toString(traffic.bytesIn()));
        values.put("bout", Long.toString(traffic.bytesOut()));
        values.put("rate", Long.toString(traffic.flowRate()));
        values.put("rate_max", Long.toString(traffic.mostFlowRate()));
    }

    private static void answers(Map<String, String> values, Traffic traffic) {
        for (int i = 1; i < traffic.answers().size(); i++) {
            values.put("hrsp_" + i + "xx", Long.toString(traffic.answers().get(i)));
        }
        values.put("hrsp_other", Long.toString(traffic.answers().getFirst()));
    }

    /** What passed through all servers of a pool; greatest values say nothing. */
    private static Traffic together(PoolStatus pool) {
        long in = 0;
        long out = 0;
        long requests = 0;
        var answers = new long[Traffic.NONE.answers().size()];
        for (var server : pool.servers()) {
            in += server.traffic().bytesIn();
            out += server.traffic().bytesOut();
            requests += server.traffic().requests();
            for (int i = 0; i < answers.length; i++) {
                answers[i] += server.traffic().answers().get(i);
            }
        }
        var byClass = Arrays.stream(answers).boxed().toList();
        return new Traffic(in, out, 0, 0, 0, -1, requests, 0, 0, byClass);
    }

    private static String sum(PoolStatus pool, ToLongFunction<ServerStatus> number) {
        return Long.toString(pool.servers().stream().mapToLong(number).sum());
    }

    private static Row server(
            ServerPool pool, Optional<RealServer> configured, ServerStatus server, String mode, int proxy, int place) {
        var values = common(pool.name(), server.id(), proxy);
        var checks = configured.map(pool::healthChecksOf).orElse(List.of());
        values.put("scur", Integer.toString(server.active()));
        values.put("stot", Long.toString(server.served()));
        values.put("lbtot", Long.toString(server.served()));
        values.put("econ", Long.toString(server.failures()));
        var traffic = server.traffic();
        flows(values, traffic);
        values.put("smax", Long.toString(traffic.mostOpen()));
        values.put("qcur", Integer.toString(server.queued()));
        values.put("lastsess", Long.toString(traffic.idleSeconds()));
        if (mode.equals("http")) {
            answers(values, traffic);
            values.put("req_tot", Long.toString(traffic.requests()));
        }
        values.put("status", ServerState.text(server, checks));
        values.put("weight", Integer.toString(server.weight()));
        values.put("act", server.tier() == 0 ? "1" : "0");
        values.put("bck", server.tier() == 0 ? "0" : "1");
        values.put("sid", Integer.toString(place));
        values.put("type", "2");
        values.put("addr", server.address());
        values.put("mode", mode);
        configured.ifPresent(one -> {
            values.put("uweight", Integer.toString(one.weight()));
            values.put("slim", server.maxConnections() == 0 ? "" : Integer.toString(server.maxConnections()));
            values.put("qlimit", one.maxQueued() == 0 ? "" : Integer.toString(one.maxQueued()));
            one.stickyName().ifPresent(name -> values.put("cookie", name));
            pool.healthChecksOf(one).stream().findFirst().ifPresent(check -> {
                values.put("check_status", ServerState.checkCode(check.type(), server));
                values.put("check_desc", ServerState.checkPhrase(check.type(), server));
                values.put("check_code", ServerState.checkNumber(server));
                values.put("last_chk", ServerState.checkText(server));
                values.put("check_rise", Integer.toString(check.rise()));
                values.put("check_fall", Integer.toString(check.fall()));
                values.put(
                        "check_health",
                        Integer.toString(server.health() == HealthState.DOWN ? 0 : check.rise() + check.fall() - 1));
            });
        });
        return new Row(Kind.SERVER, proxy, place, values);
    }

    private static Map<String, String> common(String proxy, String name, int number) {
        var values = new LinkedHashMap<String, String>();
        values.put("pxname", proxy);
        values.put("svname", name);
        values.put("pid", "1");
        values.put("iid", Integer.toString(number));
        return values;
    }

    private static boolean isServing(ServerStatus server) {
        return server.adminState() == AdminState.ENABLED && server.health() != HealthState.DOWN && !server.isStopping();
    }

    /** RFC 4180, section 2: quotes where they are needed, doubled within. */
    private static String quoted(String value) {
        boolean needsQuotes = value.chars().anyMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return needsQuotes ? '"' + value.replace("\"", "\"\"") + '"' : value;
    }
}
