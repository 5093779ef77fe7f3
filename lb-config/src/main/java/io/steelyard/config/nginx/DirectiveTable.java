package io.steelyard.config.nginx;

import static io.steelyard.config.nginx.Context.EVENTS;
import static io.steelyard.config.nginx.Context.MAIN;
import static io.steelyard.config.nginx.Context.MATCH;
import static io.steelyard.config.nginx.Context.SERVER;
import static io.steelyard.config.nginx.Context.STREAM;
import static io.steelyard.config.nginx.Context.UPSTREAM;
import static io.steelyard.config.nginx.DirectiveSpec.ANY;

import io.steelyard.config.nginx.DirectiveSpec.Treatment;
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
        core();
        events();
        blocks();
        upstream();
        server();
        proxy();
        variablesLimitsLogs();
        tls();
        accepted();
        refused();
        HttpDirectives.all().forEach(this::add);
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

    private void core() {
        honoured("worker_shutdown_timeout", Set.of(MAIN), Value.POSITIVE_TIME);
        honoured("worker_processes", Set.of(MAIN), Value.PROCESSES);
        for (var name : List.of("daemon", "master_process", "pcre_jit")) {
            accept(PROCESS, name, Set.of(MAIN), 1, 1, Value.FLAG);
        }
        for (var name : List.of("pid", "lock_file", "debug_points", "worker_rlimit_core", "working_directory")) {
            accept(PROCESS, name, Set.of(MAIN), 1, 1, Value.TEXT);
        }
        accept(PROCESS, "user", Set.of(MAIN), 1, 2, Value.TEXT);
        accept(PROCESS, "timer_resolution", Set.of(MAIN), 1, 1, Value.TIME);
        accept(PROCESS, "worker_priority", Set.of(MAIN), 1, 1, Value.TEXT);
        accept(PROCESS, "worker_cpu_affinity", Set.of(MAIN), 1, ANY, Value.TEXT);
        accept(PROCESS, "ssl_engine", Set.of(MAIN), 1, 1, Value.TEXT);
        add(accepting(SOCKETS, "worker_rlimit_nofile", Set.of(MAIN), 1, 1, Value.NUMBER));
        add(accepting(SOCKETS, "thread_pool", Set.of(MAIN), 2, 3, Value.TEXT).repeating());
        add(accepting("modules are compiled in", "load_module", Set.of(MAIN), 1, 1, Value.TEXT)
                .repeating());
        add(accepting(PROCESS, "env", Set.of(MAIN), 1, 1, Value.TEXT).repeating());
        add(accepting(
                        "the launcher logs to standard output",
                        "error_log",
                        Set.of(MAIN, STREAM, SERVER),
                        1,
                        ANY,
                        Value.TEXT)
                .repeating());
    }

    private void events() {
        var here = Set.of(EVENTS);
        accept(SOCKETS, "worker_connections", here, 1, 1, Value.NUMBER);
        accept(SOCKETS, "worker_aio_requests", here, 1, 1, Value.NUMBER);
        accept(SOCKETS, "use", here, 1, 1, Value.TEXT);
        accept(SOCKETS, "multi_accept", here, 1, 1, Value.FLAG);
        accept(SOCKETS, "accept_mutex", here, 1, 1, Value.FLAG);
        accept(SOCKETS, "accept_mutex_delay", here, 1, 1, Value.TIME);
        add(accepting(SOCKETS, "debug_connection", here, 1, 1, Value.TEXT).repeating());
    }

    private void blocks() {
        add(honouring("events", Set.of(MAIN), 0, 0).block());
        add(honouring("stream", Set.of(MAIN), 0, 0).block());
        add(honouring("http", Set.of(MAIN), 0, 0).block());
        add(refusing("mail is not proxied", "mail", Set.of(MAIN), 0, 0).block());
        add(honouring("upstream", Set.of(STREAM), 1, 1).block().repeating());
        add(honouring("server", Set.of(STREAM), 0, 0).block().repeating());
        add(honouring("match", Set.of(STREAM), 1, 1).block().repeating());
        add(honouring("map", Set.of(STREAM), 2, 2).block().repeating());
        add(honouring("geo", Set.of(STREAM), 1, 2).block().repeating());
        add(honouring("split_clients", Set.of(STREAM), 2, 2).block().repeating());
    }

    private void upstream() {
        var here = Set.of(UPSTREAM);
        add(honouring("server", here, 1, ANY).repeating());
        add(honouring("hash", here, 1, 2));
        add(honouring("least_conn", here, 0, 0));
        add(honouring("random", here, 0, 2).words("least_conn", "least_time"));
        add(honouring("least_time", here, 1, 2));
        accept("a pool's state is always shared", "zone", here, 1, 2, Value.TEXT);
        add(honouring("resolver", here, 1, ANY));
        honoured("resolver_timeout", here, Value.POSITIVE_TIME);
        refuse("members are not kept in a file", "state", here, 1, 1);
        refuse("stream has none: write 'hash $remote_addr consistent;' for the like", "ip_hash", here, 0, 0);
        refuse("a stream has no requests to keep connections for", "keepalive", here, 1, 2);
        refuse("a stream has no cookies: write 'hash $remote_addr consistent;' for the like", "sticky", here, 1, ANY);
        refuse("queues come with the http block", "queue", here, 1, 2);
    }

    private void server() {
        add(honouring("listen", Set.of(SERVER), 1, ANY).repeating());
        add(honouring("proxy_pass", Set.of(SERVER), 1, 1));
        add(honouring("return", Set.of(SERVER), 1, 1));
        add(honouring("set", Set.of(SERVER), 2, 2).repeating());
        add(honouring("allow", BOTH, 1, 1).repeating());
        add(honouring("deny", BOTH, 1, 1).repeating());
        add(honouring("health_check", Set.of(SERVER), 0, ANY).repeating().words("match"));
        honoured("health_check_timeout", BOTH, Value.POSITIVE_TIME);
        add(honouring("send", Set.of(MATCH), 1, 1));
        add(honouring("expect", Set.of(MATCH), 1, 2));
    }

    private void proxy() {
        honoured("proxy_connect_timeout", BOTH, Value.POSITIVE_TIME);
        honoured("proxy_timeout", BOTH, Value.POSITIVE_TIME);
        honoured("proxy_buffer_size", BOTH, Value.SIZE);
        honoured("proxy_download_rate", BOTH, Value.TEXT);
        honoured("proxy_upload_rate", BOTH, Value.TEXT);
        honoured("proxy_requests", BOTH, Value.NUMBER);
        honoured("proxy_responses", BOTH, Value.NUMBER);
        honoured("proxy_next_upstream", BOTH, Value.FLAG);
        honoured("proxy_next_upstream_tries", BOTH, Value.NUMBER);
        honoured("proxy_next_upstream_timeout", BOTH, Value.TIME);
        honoured("proxy_half_close", BOTH, Value.FLAG);
        honoured("proxy_socket_keepalive", BOTH, Value.FLAG);
        add(honouring("proxy_bind", BOTH, 1, 2));
        add(honouring("proxy_protocol", BOTH, 1, 1));
        honoured("proxy_ssl", BOTH, Value.FLAG);
        honoured("proxy_protocol_timeout", BOTH, Value.POSITIVE_TIME);
        add(honouring("set_real_ip_from", BOTH, 1, 1).repeating());
        honoured("ssl_preread", BOTH, Value.FLAG);
        honoured("preread_buffer_size", BOTH, Value.SIZE);
        honoured("preread_timeout", BOTH, Value.POSITIVE_TIME);
    }

    private void variablesLimitsLogs() {
        add(honouring("limit_conn_zone", Set.of(STREAM), 2, 2).repeating());
        add(honouring("limit_conn", BOTH, 2, 2).repeating());
        honoured("limit_conn_dry_run", BOTH, Value.FLAG);
        add(honouring("limit_conn_log_level", BOTH, 1, 1));
        add(honouring("log_format", Set.of(STREAM), 2, ANY).repeating());
        add(honouring("access_log", BOTH, 1, ANY).repeating());
    }

    private void accepted() {
        var here = Set.of(STREAM);
        for (var name : List.of(
                "map_hash_max_size", "map_hash_bucket_size", "variables_hash_max_size", "variables_hash_bucket_size")) {
            accept(TABLES, name, here, 1, 1, Value.SIZE);
        }
        add(honouring("resolver", BOTH, 1, ANY));
        honoured("resolver_timeout", BOTH, Value.POSITIVE_TIME);
        accept("small packets are never held back", "tcp_nodelay", BOTH, 1, 1, Value.FLAG);
        accept("log files are kept open", "open_log_file_cache", BOTH, 1, ANY, Value.TEXT);
        accept("statistics come from the runtime API", "status_zone", Set.of(SERVER), 1, 1, Value.TEXT);
    }

    private void tls() {
        for (var name : List.of("ssl_certificate", "ssl_certificate_key", "ssl_session_ticket_key")) {
            add(honouring(name, BOTH, 1, 1).repeating());
        }
        for (var name : List.of(
                "ssl_prefer_server_ciphers",
                "ssl_session_tickets",
                "ssl_reject_handshake",
                "proxy_ssl_server_name",
                "proxy_ssl_verify",
                "proxy_ssl_session_reuse")) {
            honoured(name, BOTH, Value.FLAG);
        }
        for (var name : List.of(
                "ssl_ciphers",
                "ssl_ecdh_curve",
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
            honoured(name, BOTH, Value.TEXT);
        }
        add(honouring("ssl_protocols", BOTH, 1, ANY));
        add(honouring("proxy_ssl_protocols", BOTH, 1, ANY));
        add(honouring("ssl_session_cache", BOTH, 1, 2));
        honoured("ssl_session_timeout", BOTH, Value.POSITIVE_TIME);
        honoured("ssl_handshake_timeout", BOTH, Value.POSITIVE_TIME);
        honoured("ssl_verify_depth", BOTH, Value.NUMBER);
        honoured("proxy_ssl_verify_depth", BOTH, Value.NUMBER);
        for (var name : List.of("ssl_dhparam", "ssl_conf_command", "proxy_ssl_conf_command")) {
            add(accepting(LIBRARY, name, BOTH, 1, ANY, Value.TEXT).repeating());
        }
    }

    private void refused() {
        refuse("servers are told apart by address and port only", "server_name", Set.of(SERVER), 1, ANY);
        refuse("it is not supported yet: use proxy_pass to the other listener's address", "pass", Set.of(SERVER), 1, 1);
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
            refuse("scripts are not supported", name, BOTH, 1, ANY);
        }
        for (var name : List.of("geoip_country", "geoip_city", "geoip_org", "geoip2")) {
            refuse("binary databases are not supported: use geo", name, Set.of(STREAM), 1, ANY);
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
            refuse("it is not supported", name, Set.of(STREAM, SERVER), 0, ANY);
        }
    }

    private void honoured(String name, Set<Context> contexts, Value value) {
        add(new DirectiveSpec(name, contexts, 1, 1, false, false, value, Treatment.HONOURED, "", Set.of()));
    }

    private static DirectiveSpec honouring(String name, Set<Context> contexts, int least, int most) {
        return new DirectiveSpec(
                name, contexts, least, most, false, false, Value.TEXT, Treatment.HONOURED, "", Set.of());
    }

    private void accept(String why, String name, Set<Context> contexts, int least, int most, Value value) {
        add(accepting(why, name, contexts, least, most, value));
    }

    private static DirectiveSpec accepting(
            String why, String name, Set<Context> contexts, int least, int most, Value value) {
        return new DirectiveSpec(name, contexts, least, most, false, false, value, Treatment.ACCEPTED, why, Set.of());
    }

    private void refuse(String why, String name, Set<Context> contexts, int least, int most) {
        add(refusing(why, name, contexts, least, most).repeating());
    }

    private static DirectiveSpec refusing(String why, String name, Set<Context> contexts, int least, int most) {
        return new DirectiveSpec(
                name, contexts, least, most, false, false, Value.TEXT, Treatment.REFUSED, why, Set.of());
    }

    private void add(DirectiveSpec spec) {
        specs.computeIfAbsent(spec.name(), name -> new ArrayList<>(1)).add(spec);
    }
}
