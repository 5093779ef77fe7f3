package io.steelyard.config.nginx;

import static io.steelyard.config.nginx.Context.EVENTS;
import static io.steelyard.config.nginx.Context.MAIN;
import static io.steelyard.config.nginx.Context.MATCH;
import static io.steelyard.config.nginx.Context.SERVER;
import static io.steelyard.config.nginx.Context.STREAM;
import static io.steelyard.config.nginx.Context.UPSTREAM;
import static io.steelyard.config.nginx.DirectiveList.accepting;
import static io.steelyard.config.nginx.DirectiveList.honouring;
import static io.steelyard.config.nginx.DirectiveList.refusing;
import static io.steelyard.config.nginx.DirectiveSpec.ANY;

import io.steelyard.config.nginx.DirectiveSpec.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Every directive that has a meaning to us: honoured, accepted without effect, or refused by name. Those of {@code http} are
 * {@link HttpDirectives}.
 */
final class DirectiveTable {
    private static final String PROCESS = "the launcher has no such processes or files";
    private static final String SOCKETS = "event loops are sized by themselves";
    private static final String LIBRARY = "the TLS library has its own rules for it";
    private static final String TABLES = "tables are sized by themselves";
    private static final Set<Context> BOTH = Set.of(STREAM, SERVER);

    private static final DirectiveTable TABLE = new DirectiveTable();

    private final Map<String, List<DirectiveSpec>> specs = new HashMap<>();

    private DirectiveTable() {
        var list = new DirectiveList();
        core(list);
        events(list);
        blocks(list);
        upstream(list);
        server(list);
        proxy(list);
        variablesLimitsLogs(list);
        tls(list);
        accepted(list);
        refused(list);
        for (var known : List.of(list.all(), HttpDirectives.all())) {
            for (var spec : known) {
                specs.computeIfAbsent(spec.name(), name -> new ArrayList<>(1)).add(spec);
            }
        }
    }

    static DirectiveTable nginx() {
        return TABLE;
    }

    /** All meanings of a name; empty for an unknown one. */
    List<DirectiveSpec> named(String name) {
        return specs.getOrDefault(name, List.of());
    }

    /** The meaning of a name at a place. */
    Optional<DirectiveSpec> find(String name, Context context) {
        return named(name).stream()
                .filter(spec -> spec.contexts().contains(context))
                .findFirst();
    }

    /** The names allowed at a place, sorted. */
    List<String> names(Context context) {
        return specs.values().stream()
                .flatMap(List::stream)
                .filter(spec -> spec.contexts().contains(context))
                .map(DirectiveSpec::name)
                .sorted()
                .toList();
    }

    private static void core(DirectiveList list) {
        list.honoured("worker_shutdown_timeout", Set.of(MAIN), Value.POSITIVE_TIME);
        list.honoured("worker_processes", Set.of(MAIN), Value.PROCESSES);
        for (var name : List.of("daemon", "master_process", "pcre_jit")) {
            list.accept(PROCESS, name, Set.of(MAIN), 1, 1, Value.FLAG);
        }
        for (var name : List.of("pid", "lock_file", "debug_points", "worker_rlimit_core", "working_directory")) {
            list.accept(PROCESS, name, Set.of(MAIN), 1, 1, Value.TEXT);
        }
        list.accept(PROCESS, "user", Set.of(MAIN), 1, 2, Value.TEXT);
        list.accept(PROCESS, "timer_resolution", Set.of(MAIN), 1, 1, Value.TIME);
        list.accept(PROCESS, "worker_priority", Set.of(MAIN), 1, 1, Value.TEXT);
        list.accept(PROCESS, "worker_cpu_affinity", Set.of(MAIN), 1, ANY, Value.TEXT);
        list.accept(PROCESS, "ssl_engine", Set.of(MAIN), 1, 1, Value.TEXT);
        list.add(accepting(SOCKETS, "worker_rlimit_nofile", Set.of(MAIN), 1, 1, Value.NUMBER));
        list.add(accepting(SOCKETS, "thread_pool", Set.of(MAIN), 2, 3, Value.TEXT)
                .repeating());
        list.add(accepting("modules are compiled in", "load_module", Set.of(MAIN), 1, 1, Value.TEXT)
                .repeating());
        list.add(accepting(PROCESS, "env", Set.of(MAIN), 1, 1, Value.TEXT).repeating());
        list.add(accepting(
                        "the launcher logs to standard output",
                        "error_log",
                        Set.of(MAIN, STREAM, SERVER),
                        1,
                        ANY,
                        Value.TEXT)
                .repeating());
    }

    private static void events(DirectiveList list) {
        var here = Set.of(EVENTS);
        list.accept(SOCKETS, "worker_connections", here, 1, 1, Value.NUMBER);
        list.accept(SOCKETS, "worker_aio_requests", here, 1, 1, Value.NUMBER);
        list.accept(SOCKETS, "use", here, 1, 1, Value.TEXT);
        list.accept(SOCKETS, "multi_accept", here, 1, 1, Value.FLAG);
        list.accept(SOCKETS, "accept_mutex", here, 1, 1, Value.FLAG);
        list.accept(SOCKETS, "accept_mutex_delay", here, 1, 1, Value.TIME);
        list.add(accepting(SOCKETS, "debug_connection", here, 1, 1, Value.TEXT).repeating());
    }

    private static void blocks(DirectiveList list) {
        list.add(honouring("events", Set.of(MAIN), 0, 0).block());
        list.add(honouring("stream", Set.of(MAIN), 0, 0).block());
        list.add(honouring("http", Set.of(MAIN), 0, 0).block());
        list.add(refusing("mail is not proxied", "mail", Set.of(MAIN), 0, 0).block());
        list.add(honouring("upstream", Set.of(STREAM), 1, 1).block().repeating());
        list.add(honouring("server", Set.of(STREAM), 0, 0).block().repeating());
        list.add(honouring("match", Set.of(STREAM), 1, 1).block().repeating());
        list.add(honouring("map", Set.of(STREAM), 2, 2).block().repeating());
        list.add(honouring("geo", Set.of(STREAM), 1, 2).block().repeating());
        list.add(honouring("split_clients", Set.of(STREAM), 2, 2).block().repeating());
    }

    private static void upstream(DirectiveList list) {
        var here = Set.of(UPSTREAM);
        list.add(honouring("server", here, 1, ANY).repeating());
        list.add(honouring("hash", here, 1, 2));
        list.add(honouring("least_conn", here, 0, 0));
        list.add(honouring("random", here, 0, 2).words("least_conn", "least_time"));
        list.add(honouring("least_time", here, 1, 2));
        list.accept("a pool's state is always shared", "zone", here, 1, 2, Value.TEXT);
        list.add(honouring("resolver", here, 1, ANY));
        list.honoured("resolver_timeout", here, Value.POSITIVE_TIME);
        list.refuse("members are not kept in a file", "state", here, 1, 1);
        list.refuse("stream has none: write 'hash $remote_addr consistent;' for the like", "ip_hash", here, 0, 0);
        list.refuse("a stream has no requests to keep connections for", "keepalive", here, 1, 2);
        list.refuse(
                "a stream has no cookies: write 'hash $remote_addr consistent;' for the like", "sticky", here, 1, ANY);
        list.refuse("queues come with the http block", "queue", here, 1, 2);
    }

    private static void server(DirectiveList list) {
        list.add(honouring("listen", Set.of(SERVER), 1, ANY).repeating());
        list.add(honouring("server_name", Set.of(SERVER), 1, ANY).repeating());
        list.add(honouring("proxy_pass", Set.of(SERVER), 1, 1));
        list.add(honouring("pass", Set.of(SERVER), 1, 1));
        list.add(honouring("return", Set.of(SERVER), 1, 1));
        list.add(honouring("set", Set.of(SERVER), 2, 2).repeating());
        list.add(honouring("allow", BOTH, 1, 1).repeating());
        list.add(honouring("deny", BOTH, 1, 1).repeating());
        list.add(honouring("health_check", Set.of(SERVER), 0, ANY).repeating().words("match"));
        list.honoured("health_check_timeout", BOTH, Value.POSITIVE_TIME);
        list.add(honouring("send", Set.of(MATCH), 1, 1));
        list.add(honouring("expect", Set.of(MATCH), 1, 2));
    }

    private static void proxy(DirectiveList list) {
        list.honoured("proxy_connect_timeout", BOTH, Value.POSITIVE_TIME);
        list.honoured("proxy_timeout", BOTH, Value.POSITIVE_TIME);
        list.honoured("proxy_buffer_size", BOTH, Value.SIZE);
        list.honoured("proxy_download_rate", BOTH, Value.TEXT);
        list.honoured("proxy_upload_rate", BOTH, Value.TEXT);
        list.honoured("proxy_requests", BOTH, Value.NUMBER);
        list.honoured("proxy_responses", BOTH, Value.NUMBER);
        list.honoured("proxy_next_upstream", BOTH, Value.FLAG);
        list.honoured("proxy_next_upstream_tries", BOTH, Value.NUMBER);
        list.honoured("proxy_next_upstream_timeout", BOTH, Value.TIME);
        list.honoured("proxy_half_close", BOTH, Value.FLAG);
        list.honoured("proxy_socket_keepalive", BOTH, Value.FLAG);
        list.add(honouring("proxy_bind", BOTH, 1, 2));
        list.add(honouring("proxy_protocol", BOTH, 1, 1));
        list.honoured("proxy_ssl", BOTH, Value.FLAG);
        list.honoured("proxy_protocol_timeout", BOTH, Value.POSITIVE_TIME);
        list.add(honouring("set_real_ip_from", BOTH, 1, 1).repeating());
        list.honoured("ssl_preread", BOTH, Value.FLAG);
        list.honoured("preread_buffer_size", BOTH, Value.SIZE);
        list.honoured("preread_timeout", BOTH, Value.POSITIVE_TIME);
    }

    private static void variablesLimitsLogs(DirectiveList list) {
        list.add(honouring("limit_conn_zone", Set.of(STREAM), 2, 2).repeating());
        list.add(honouring("limit_conn", BOTH, 2, 2).repeating());
        list.honoured("limit_conn_dry_run", BOTH, Value.FLAG);
        list.add(honouring("limit_conn_log_level", BOTH, 1, 1));
        list.add(honouring("log_format", Set.of(STREAM), 2, ANY).repeating());
        list.add(honouring("access_log", BOTH, 1, ANY).repeating());
    }

    private static void accepted(DirectiveList list) {
        var here = Set.of(STREAM);
        for (var name : List.of(
                "map_hash_max_size", "map_hash_bucket_size", "variables_hash_max_size", "variables_hash_bucket_size")) {
            list.accept(TABLES, name, here, 1, 1, Value.SIZE);
        }
        list.add(honouring("resolver", BOTH, 1, ANY));
        list.honoured("resolver_timeout", BOTH, Value.POSITIVE_TIME);
        list.accept("small packets are never held back", "tcp_nodelay", BOTH, 1, 1, Value.FLAG);
        list.accept("log files are kept open", "open_log_file_cache", BOTH, 1, ANY, Value.TEXT);
        list.accept("statistics come from the runtime API", "status_zone", Set.of(SERVER), 1, 1, Value.TEXT);
    }

    private static void tls(DirectiveList list) {
        for (var name : List.of("ssl_certificate", "ssl_certificate_key", "ssl_session_ticket_key")) {
            list.add(honouring(name, BOTH, 1, 1).repeating());
        }
        for (var name : List.of(
                "ssl_prefer_server_ciphers",
                "ssl_session_tickets",
                "ssl_stapling",
                "ssl_stapling_verify",
                "ssl_reject_handshake",
                "proxy_ssl_server_name",
                "proxy_ssl_verify",
                "proxy_ssl_session_reuse")) {
            list.honoured(name, BOTH, Value.FLAG);
        }
        for (var name : List.of(
                "ssl_ciphers",
                "ssl_ecdh_curve",
                "ssl_stapling_file",
                "ssl_stapling_responder",
                "ssl_trusted_certificate",
                "ssl_password_file",
                "ssl_client_certificate",
                "ssl_verify_client",
                "ssl_crl",
                "proxy_ssl_name",
                "proxy_ssl_trusted_certificate",
                "proxy_ssl_certificate",
                "proxy_ssl_certificate_key",
                "proxy_ssl_crl",
                "proxy_ssl_password_file",
                "proxy_ssl_ciphers")) {
            list.honoured(name, BOTH, Value.TEXT);
        }
        list.add(honouring("ssl_protocols", BOTH, 1, ANY));
        list.add(honouring("proxy_ssl_protocols", BOTH, 1, ANY));
        list.add(honouring("ssl_session_cache", BOTH, 1, 2));
        list.honoured("ssl_session_timeout", BOTH, Value.POSITIVE_TIME);
        list.honoured("ssl_handshake_timeout", BOTH, Value.POSITIVE_TIME);
        list.honoured("ssl_verify_depth", BOTH, Value.NUMBER);
        list.honoured("proxy_ssl_verify_depth", BOTH, Value.NUMBER);
        for (var name : List.of("ssl_dhparam", "ssl_conf_command", "proxy_ssl_conf_command")) {
            list.add(accepting(LIBRARY, name, BOTH, 1, ANY, Value.TEXT).repeating());
        }
    }

    private static void refused(DirectiveList list) {
        for (var name : List.of(
                "js_access",
                "js_filter",
                "js_import",
                "js_include",
                "js_path",
                "js_periodic",
                "js_preload_object",
                "js_preread",
                "js_set",
                "js_shared_dict_zone",
                "js_var")) {
            list.refuse("scripts are not supported", name, BOTH, 1, ANY);
        }
        for (var name : List.of("geoip_country", "geoip_city", "geoip_org", "geoip2")) {
            list.refuse("binary databases are not supported: use geo", name, Set.of(STREAM), 1, ANY);
        }
        for (var name : List.of(
                "keyval",
                "keyval_zone",
                "zone_sync",
                "zone_sync_server",
                "mqtt",
                "mqtt_preread",
                "mqtt_set_connect",
                "rdp_preread")) {
            list.refuse("it is not supported", name, Set.of(STREAM, SERVER), 0, ANY);
        }
    }
}
