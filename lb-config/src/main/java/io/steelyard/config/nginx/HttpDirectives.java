package io.steelyard.config.nginx;

import static io.steelyard.config.nginx.Context.HTTP;
import static io.steelyard.config.nginx.Context.HTTP_MATCH;
import static io.steelyard.config.nginx.Context.HTTP_SERVER;
import static io.steelyard.config.nginx.Context.HTTP_UPSTREAM;
import static io.steelyard.config.nginx.Context.LOCATION;
import static io.steelyard.config.nginx.Context.LOCATION_IF;
import static io.steelyard.config.nginx.Context.SERVER_IF;
import static io.steelyard.config.nginx.DirectiveSpec.ANY;

import io.steelyard.config.nginx.DirectiveSpec.Treatment;
import io.steelyard.config.nginx.DirectiveSpec.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The directives of {@code http}, for {@link DirectiveTable}. */
final class HttpDirectives {
    private static final Set<Context> ALL = Set.of(HTTP, HTTP_SERVER, LOCATION);
    private static final Set<Context> OUTER = Set.of(HTTP, HTTP_SERVER);
    private static final Set<Context> RULES = Set.of(HTTP_SERVER, LOCATION, SERVER_IF, LOCATION_IF);

    private static final String BODIES = "bodies are streamed, or wait in memory and then in a temporary file";
    private static final String TABLES = "tables are sized by themselves";
    private static final String SOCKETS = "sockets and event loops are sized by themselves";
    private static final String LIBRARY = "the TLS library has its own rules for it";
    private static final String GZIP = "answers are forwarded as servers encode them";
    private static final String FILES = "no files are served";
    private static final String NOT_YET = "it is not supported yet";
    private static final String IF_ONLY = "if holds set, rewrite, return and break only: make a location of the rest";

    /** Families of modules that are out of scope, by what their names begin with. */
    private static final Map<String, String> FAMILIES = Map.ofEntries(
            Map.entry("fastcgi_", "requests are proxied to HTTP servers only"),
            Map.entry("uwsgi_", "requests are proxied to HTTP servers only"),
            Map.entry("scgi_", "requests are proxied to HTTP servers only"),
            Map.entry("memcached_", "requests are proxied to HTTP servers only"),
            Map.entry("grpc_", "gRPC is not proxied yet"),
            Map.entry("js_", "scripts are not supported"),
            Map.entry("perl", "scripts are not supported"),
            Map.entry("lua_", "scripts are not supported"),
            Map.entry("access_by_lua", "scripts are not supported"),
            Map.entry("content_by_lua", "scripts are not supported"),
            Map.entry("rewrite_by_lua", "scripts are not supported"),
            Map.entry("set_by_lua", "scripts are not supported"),
            Map.entry("header_filter_by_lua", "scripts are not supported"),
            Map.entry("body_filter_by_lua", "scripts are not supported"),
            Map.entry("log_by_lua", "scripts are not supported"),
            Map.entry("init_by_lua", "scripts are not supported"),
            Map.entry("balancer_by_lua", "scripts are not supported"),
            Map.entry("geoip", "binary databases are not supported: use geo"),
            Map.entry("ssi", "answers are not rewritten"),
            Map.entry("sub_filter", "answers are not rewritten"),
            Map.entry("xslt_", "answers are not rewritten"),
            Map.entry("xml_entities", "answers are not rewritten"),
            Map.entry("image_filter", "answers are not rewritten"),
            Map.entry("addition_types", "answers are not rewritten"),
            Map.entry("add_before_body", "answers are not rewritten"),
            Map.entry("add_after_body", "answers are not rewritten"),
            Map.entry("dav_", FILES),
            Map.entry("autoindex_", "folders are not listed"),
            Map.entry("random_index", FILES),
            Map.entry("mp4", FILES),
            Map.entry("flv", FILES),
            Map.entry("hls", FILES),
            Map.entry("f4f", FILES),
            Map.entry("secure_link", NOT_YET),
            Map.entry("userid", NOT_YET),
            Map.entry("session_log", NOT_YET),
            Map.entry("auth_jwt", NOT_YET),
            Map.entry("auth_oidc", NOT_YET),
            Map.entry("oidc_", NOT_YET),
            Map.entry("modsecurity", NOT_YET),
            Map.entry("zone_sync", NOT_YET),
            Map.entry("keyval", NOT_YET),
            Map.entry("otel_", NOT_YET),
            Map.entry("quic_", "HTTP/3 is not spoken"),
            Map.entry("http3", "HTTP/3 is not spoken"));

    private final List<DirectiveSpec> specs = new ArrayList<>();

    private HttpDirectives() {
        blocks();
        upstream();
        rules();
        proxy();
        clients();
        limitsAndLogs();
        files();
        accepted();
        warned();
        refused();
    }

    static List<DirectiveSpec> all() {
        return new HttpDirectives().specs;
    }

    /** Why the directives of a module we do not have cannot be honoured. */
    static Optional<String> family(String name) {
        return FAMILIES.entrySet().stream()
                .filter(family -> name.startsWith(family.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** What {@link #family} knows, for the manual. */
    static Set<String> families() {
        return FAMILIES.keySet();
    }

    private void blocks() {
        var http = Set.of(HTTP);
        add(honouring("upstream", http, 1, 1).block().repeating());
        add(honouring("server", http, 0, 0).block().repeating());
        add(honouring("match", http, 1, 1).block().repeating());
        add(honouring("map", http, 2, 2).block().repeating());
        add(honouring("geo", http, 1, 2).block().repeating());
        add(honouring("split_clients", http, 2, 2).block().repeating());
        add(honouring("location", Set.of(HTTP_SERVER, LOCATION), 1, 2).block().repeating());
        add(honouring("if", Set.of(HTTP_SERVER, LOCATION), 1, ANY).block().repeating());
        add(honouring("listen", Set.of(HTTP_SERVER), 1, ANY).repeating());
        add(honouring("server_name", Set.of(HTTP_SERVER), 1, ANY).repeating());
        add(honouring("status", Set.of(HTTP_MATCH), 1, ANY));
        add(honouring("body", Set.of(HTTP_MATCH), 2, 2));
        add(honouring("header", Set.of(HTTP_MATCH), 1, 3).repeating());
        add(honouring("require", Set.of(HTTP_MATCH), 1, ANY).repeating());
    }

    private void upstream() {
        var here = Set.of(HTTP_UPSTREAM);
        add(honouring("server", here, 1, ANY).repeating());
        add(honouring("hash", here, 1, 2));
        for (var method : List.of("least_conn", "ip_hash")) {
            add(honouring(method, here, 0, 0));
        }
        add(honouring("random", here, 0, 2).words("least_conn", "least_time"));
        add(honouring("least_time", here, 1, 2));
        add(honouring("keepalive", here, 1, 2));
        honoured("keepalive_requests", here, Value.NUMBER);
        honoured("keepalive_time", here, Value.TIME);
        honoured("keepalive_timeout", here, Value.TIME);
        add(honouring("queue", here, 1, 2));
        accept("a pool's state is always shared", "zone", here, 1, 2, Value.TEXT);
        add(honouring("resolver", here, 1, ANY));
        honoured("resolver_timeout", here, Value.POSITIVE_TIME);
        refuse("members are not kept in a file", "state", here, 1, 1);
        refuse("connections are not bound to clients", "ntlm", here, 0, 0);
        add(honouring("sticky", here, 1, ANY));
    }

    private void rules() {
        add(honouring("set", RULES, 2, 2).repeating());
        add(honouring("rewrite", RULES, 2, 3).repeating());
        add(honouring("return", RULES, 1, 2).repeating());
        add(honouring("break", RULES, 0, 0).repeating());
        for (var log : List.of("rewrite_log", "uninitialized_variable_warn")) {
            var everywhere = Set.of(HTTP, HTTP_SERVER, LOCATION, SERVER_IF, LOCATION_IF);
            accept("rewriting is not logged", log, everywhere, 1, 1, Value.FLAG);
        }
        for (var name : List.of(
                "proxy_pass",
                "add_header",
                "access_log",
                "error_page",
                "root",
                "gzip",
                "limit_rate",
                "limit_rate_after",
                "expires",
                "sendfile",
                "error_log")) {
            refuse(IF_ONLY, name, Set.of(LOCATION_IF), 0, ANY);
        }
    }

    private void proxy() {
        add(honouring("proxy_pass", Set.of(LOCATION), 1, 1));
        for (var name : List.of("proxy_connect_timeout", "proxy_send_timeout", "proxy_read_timeout")) {
            honoured(name, ALL, Value.POSITIVE_TIME);
        }
        add(honouring("proxy_set_header", ALL, 2, 2).repeating());
        add(honouring("proxy_hide_header", ALL, 1, 1).repeating());
        add(honouring("proxy_pass_header", ALL, 1, 1).repeating());
        add(honouring("proxy_redirect", ALL, 1, 2).repeating());
        add(honouring("proxy_cookie_domain", ALL, 1, 2).repeating());
        add(honouring("proxy_cookie_path", ALL, 1, 2).repeating());
        add(honouring("proxy_cookie_flags", ALL, 1, 4).repeating());
        add(honouring("proxy_http_version", ALL, 1, 1));
        add(honouring("proxy_next_upstream", ALL, 1, ANY));
        honoured("proxy_next_upstream_tries", ALL, Value.NUMBER);
        honoured("proxy_next_upstream_timeout", ALL, Value.TIME);
        honoured("proxy_buffering", ALL, Value.FLAG);
        honoured("proxy_request_buffering", ALL, Value.FLAG);
        honoured("proxy_buffer_size", ALL, Value.SIZE);
        add(honouring("proxy_buffers", ALL, 2, 2));
        honoured("proxy_max_temp_file_size", ALL, Value.SIZE);
        add(honouring("proxy_ignore_headers", ALL, 1, ANY));
        honoured("proxy_intercept_errors", ALL, Value.FLAG);
        honoured("proxy_socket_keepalive", ALL, Value.FLAG);
        add(honouring("proxy_bind", ALL, 1, 2));
        add(honouring("proxy_cache", ALL, 1, 1));
        add(honouring("proxy_store", ALL, 1, 1));
        honoured("proxy_pass_request_headers", ALL, Value.FLAG);
        honoured("proxy_pass_request_body", ALL, Value.FLAG);
        honoured("proxy_limit_rate", ALL, Value.TEXT);
        add(honouring("health_check", Set.of(LOCATION), 0, ANY).repeating().words("match"));
        accept("a client that leaves ends its request", "proxy_ignore_client_abort", ALL, 1, 1, Value.FLAG);
        accept(BODIES, "proxy_busy_buffers_size", ALL, 1, 1, Value.SIZE);
        accept(BODIES, "proxy_temp_file_write_size", ALL, 1, 1, Value.SIZE);
        accept(BODIES, "proxy_temp_path", ALL, 1, 4, Value.TEXT);
        accept(BODIES, "proxy_send_lowat", ALL, 1, 1, Value.SIZE);
        accept(BODIES, "proxy_force_ranges", ALL, 1, 1, Value.FLAG);
        accept(TABLES, "proxy_headers_hash_max_size", ALL, 1, 1, Value.NUMBER);
        accept(TABLES, "proxy_headers_hash_bucket_size", ALL, 1, 1, Value.NUMBER);
        for (var name : List.of(
                "proxy_cache_key",
                "proxy_cache_valid",
                "proxy_cache_bypass",
                "proxy_no_cache",
                "proxy_cache_use_stale",
                "proxy_cache_methods",
                "proxy_cache_min_uses",
                "proxy_cache_lock",
                "proxy_cache_lock_timeout",
                "proxy_cache_lock_age",
                "proxy_cache_revalidate",
                "proxy_cache_background_update",
                "proxy_cache_convert_head",
                "proxy_cache_max_range_offset",
                "proxy_store_access")) {
            add(accepting("nothing is cached", name, ALL, 1, ANY, Value.TEXT).repeating());
        }
        for (var name : List.of("proxy_ssl_server_name", "proxy_ssl_verify", "proxy_ssl_session_reuse")) {
            honoured(name, ALL, Value.FLAG);
        }
        for (var name : List.of(
                "proxy_ssl_name",
                "proxy_ssl_trusted_certificate",
                "proxy_ssl_certificate",
                "proxy_ssl_certificate_key",
                "proxy_ssl_crl",
                "proxy_ssl_password_file",
                "proxy_ssl_ciphers")) {
            honoured(name, ALL, Value.TEXT);
        }
        honoured("proxy_ssl_verify_depth", ALL, Value.NUMBER);
        add(honouring("proxy_ssl_protocols", ALL, 1, ANY));
        for (var name : List.of("proxy_ssl_certificate_cache", "proxy_ssl_conf_command", "proxy_ssl_key_log")) {
            add(accepting(LIBRARY, name, ALL, 1, ANY, Value.TEXT).repeating());
        }
        refuse("answers are not cached", "proxy_cache_path", Set.of(HTTP), 1, ANY);
        refuse("answers are not cached", "proxy_cache_purge", ALL, 1, ANY);
        refuse(NOT_YET, "proxy_method", ALL, 1, 1);
        refuse(NOT_YET, "proxy_set_body", ALL, 1, 1);
    }

    private void clients() {
        honoured("client_header_timeout", OUTER, Value.POSITIVE_TIME);
        honoured("client_body_timeout", ALL, Value.POSITIVE_TIME);
        honoured("send_timeout", ALL, Value.POSITIVE_TIME);
        honoured("client_max_body_size", ALL, Value.SIZE);
        add(honouring("large_client_header_buffers", OUTER, 2, 2));
        honoured("max_headers", OUTER, Value.NUMBER);
        add(honouring("keepalive_timeout", ALL, 1, 2));
        honoured("keepalive_requests", ALL, Value.NUMBER);
        honoured("keepalive_time", ALL, Value.POSITIVE_TIME);
        honoured("underscores_in_headers", OUTER, Value.FLAG);
        honoured("ignore_invalid_headers", OUTER, Value.FLAG);
        honoured("merge_slashes", OUTER, Value.FLAG);
        honoured("absolute_redirect", ALL, Value.FLAG);
        honoured("server_name_in_redirect", ALL, Value.FLAG);
        honoured("port_in_redirect", ALL, Value.FLAG);
        honoured("default_type", ALL, Value.TEXT);
        add(honouring("add_header", ALL, 2, 3).repeating());
        add(honouring("error_page", ALL, 2, ANY).repeating());
        add(honouring("allow", ALL, 1, 1).repeating());
        add(honouring("deny", ALL, 1, 1).repeating());
        add(honouring("set_real_ip_from", ALL, 1, 1).repeating());
        honoured("real_ip_header", ALL, Value.TEXT);
        honoured("real_ip_recursive", ALL, Value.FLAG);
        add(honouring("satisfy", ALL, 1, 1));
        add(honouring("auth_basic", ALL, 1, 1));
        add(honouring("auth_request", ALL, 1, 1));
        add(honouring("limit_rate", ALL, 1, 1));
        honoured("http2", OUTER, Value.FLAG);
        honoured("http2_max_concurrent_streams", OUTER, Value.NUMBER);
        add(honouring("expires", ALL, 1, 2));
        honoured("recursive_error_pages", ALL, Value.FLAG);
        add(honouring("internal", Set.of(LOCATION), 0, 0));
        add(honouring("try_files", Set.of(HTTP_SERVER, LOCATION), 2, ANY));
        add(honouring("stub_status", Set.of(HTTP_SERVER, LOCATION), 0, 1));
        add(honouring("lb_health", Set.of(LOCATION), 0, 0));
    }

    private void limitsAndLogs() {
        add(honouring("limit_conn_zone", Set.of(HTTP), 2, 2).repeating());
        add(honouring("limit_conn", ALL, 2, 2).repeating());
        honoured("limit_conn_dry_run", ALL, Value.FLAG);
        add(honouring("limit_conn_log_level", ALL, 1, 1));
        honoured("limit_conn_status", ALL, Value.NUMBER);
        add(honouring("limit_req_zone", Set.of(HTTP), 3, 4).repeating());
        add(honouring("limit_req", ALL, 1, 3).repeating());
        honoured("limit_req_dry_run", ALL, Value.FLAG);
        add(honouring("limit_req_log_level", ALL, 1, 1));
        honoured("limit_req_status", ALL, Value.NUMBER);
        add(honouring("log_format", Set.of(HTTP), 2, ANY).repeating());
        add(honouring("access_log", ALL, 1, ANY).repeating());
    }

    private void files() {
        honoured("root", ALL, Value.TEXT);
        honoured("alias", Set.of(LOCATION), Value.TEXT);
        add(honouring("index", ALL, 1, ANY).repeating());
        add(honouring("types", ALL, 0, 0).block().repeating());
        honoured("autoindex", ALL, Value.FLAG);
        add(honouring("disable_symlinks", ALL, 1, 2));
        for (var name : List.of("log_not_found", "log_subrequest")) {
            accept("a file that is not there is seen in the access log", name, ALL, 1, ANY, Value.TEXT);
        }
        accept("files have tags, and those of servers are passed on", "etag", ALL, 1, 1, Value.FLAG);
        accept("a file is as it was where the time is the very same", "if_modified_since", ALL, 1, 1, Value.TEXT);
        accept("one range is served, several are the whole file", "max_ranges", ALL, 1, 1, Value.NUMBER);
        for (var name : List.of(
                "open_file_cache", "open_file_cache_errors", "open_file_cache_min_uses", "open_file_cache_valid")) {
            accept("files are opened for each request", name, ALL, 1, ANY, Value.TEXT);
        }
    }

    private void accepted() {
        add(accepting("the launcher logs to standard output", "error_log", ALL, 1, ANY, Value.TEXT)
                .repeating());
        accept(TABLES, "types_hash_max_size", ALL, 1, 1, Value.NUMBER);
        accept(TABLES, "types_hash_bucket_size", ALL, 1, 1, Value.NUMBER);
        for (var name : List.of(
                "server_names_hash_max_size",
                "server_names_hash_bucket_size",
                "map_hash_max_size",
                "map_hash_bucket_size",
                "variables_hash_max_size",
                "variables_hash_bucket_size")) {
            accept(TABLES, name, Set.of(HTTP), 1, 1, Value.NUMBER);
        }
        for (var name : List.of("connection_pool_size", "request_pool_size", "client_header_buffer_size")) {
            accept(TABLES, name, OUTER, 1, 1, Value.SIZE);
        }
        accept(TABLES, "http2_recv_buffer_size", Set.of(HTTP), 1, 1, Value.SIZE);
        accept(TABLES, "http2_chunk_size", ALL, 1, 1, Value.SIZE);
        add(honouring("resolver", ALL, 1, ANY));
        honoured("resolver_timeout", ALL, Value.POSITIVE_TIME);
        for (var name : List.of("sendfile", "tcp_nopush", "tcp_nodelay", "reset_timedout_connection")) {
            accept(SOCKETS, name, ALL, 1, 1, Value.FLAG);
        }
        accept(SOCKETS, "sendfile_max_chunk", ALL, 1, 1, Value.SIZE);
        accept(SOCKETS, "aio", ALL, 1, 1, Value.TEXT);
        accept(SOCKETS, "aio_write", ALL, 1, 1, Value.FLAG);
        accept(SOCKETS, "directio", ALL, 1, 1, Value.TEXT);
        accept(SOCKETS, "directio_alignment", ALL, 1, 1, Value.SIZE);
        accept(SOCKETS, "output_buffers", ALL, 2, 2, Value.TEXT);
        accept(SOCKETS, "postpone_output", ALL, 1, 1, Value.SIZE);
        accept(SOCKETS, "send_lowat", ALL, 1, 1, Value.SIZE);
        accept(SOCKETS, "read_ahead", ALL, 1, 1, Value.SIZE);
        accept(SOCKETS, "lingering_close", ALL, 1, 1, Value.TEXT);
        accept(SOCKETS, "lingering_time", ALL, 1, 1, Value.TIME);
        accept(SOCKETS, "lingering_timeout", ALL, 1, 1, Value.TIME);
        accept("every client may keep its connection", "keepalive_disable", ALL, 1, ANY, Value.TEXT);
        accept(BODIES, "client_body_buffer_size", ALL, 1, 1, Value.SIZE);
        accept(BODIES, "client_body_temp_path", ALL, 1, 4, Value.TEXT);
        accept(BODIES, "client_body_in_single_buffer", ALL, 1, 1, Value.FLAG);
        accept(BODIES, "client_body_in_file_only", ALL, 1, 1, Value.TEXT);
        accept("answers are chunked where HTTP wants it", "chunked_transfer_encoding", ALL, 1, 1, Value.FLAG);
        accept("'Server' tells no version", "server_tokens", ALL, 1, 1, Value.TEXT);
        accept("error pages are short", "msie_padding", ALL, 1, 1, Value.FLAG);
        accept("redirections are by status", "msie_refresh", ALL, 1, 1, Value.FLAG);
        accept("log files are kept open", "open_log_file_cache", ALL, 1, ANY, Value.TEXT);
        accept("statistics come from the runtime API", "status_zone", Set.of(HTTP_SERVER, LOCATION), 1, 1, Value.TEXT);
        for (var name : List.of("gzip", "gzip_vary", "gunzip")) {
            accept(GZIP, name, ALL, 1, 1, Value.FLAG);
        }
        accept(GZIP, "gzip_static", ALL, 1, 1, Value.TEXT);
        accept(GZIP, "gzip_comp_level", ALL, 1, 1, Value.NUMBER);
        accept(GZIP, "gzip_min_length", ALL, 1, 1, Value.SIZE);
        accept(GZIP, "gzip_http_version", ALL, 1, 1, Value.TEXT);
        for (var name : List.of("gzip_buffers", "gzip_disable", "gzip_proxied", "gzip_types", "gunzip_buffers")) {
            accept(GZIP, name, ALL, 1, ANY, Value.TEXT);
        }
        tls();
    }

    private void tls() {
        for (var name : List.of("ssl_certificate", "ssl_certificate_key", "ssl_session_ticket_key")) {
            add(honouring(name, OUTER, 1, 1).repeating());
        }
        for (var name :
                List.of("ssl_prefer_server_ciphers", "ssl_session_tickets", "ssl_stapling", "ssl_reject_handshake")) {
            honoured(name, OUTER, Value.FLAG);
        }
        for (var name : List.of(
                "ssl_ciphers",
                "ssl_ecdh_curve",
                "ssl_stapling_file",
                "ssl_trusted_certificate",
                "ssl_password_file",
                "ssl_client_certificate",
                "ssl_verify_client",
                "ssl_crl",
                "ssl_early_data",
                "ssl_ocsp")) {
            honoured(name, OUTER, Value.TEXT);
        }
        add(honouring("ssl_protocols", OUTER, 1, ANY));
        add(honouring("ssl_session_cache", OUTER, 1, 2));
        honoured("ssl_session_timeout", OUTER, Value.POSITIVE_TIME);
        honoured("ssl_verify_depth", OUTER, Value.NUMBER);
        for (var name : List.of(
                "ssl_dhparam",
                "ssl_buffer_size",
                "ssl_conf_command",
                "ssl_certificate_cache",
                "ssl_key_log",
                "ssl_stapling_verify",
                "ssl_stapling_responder",
                "ssl_ocsp_cache",
                "ssl_ocsp_responder")) {
            add(accepting(LIBRARY, name, OUTER, 1, ANY, Value.TEXT).repeating());
        }
        refuse("'listen … ssl' has taken its place", "ssl", OUTER, 1, 1);
    }

    /** Directives of which something is left undone, such as those that would answer requests from files. */
    private void warned() {
        for (var name : List.of("charset", "charset_types", "source_charset")) {
            add(new DirectiveSpec(
                    name,
                    ALL,
                    1,
                    name.equals("charset_types") ? ANY : 1,
                    false,
                    false,
                    Value.TEXT,
                    Treatment.WARNED,
                    "answers keep the media type that servers give them",
                    Set.of()));
        }
    }

    private void refused() {
        refuse(NOT_YET, "auth_basic_user_file", ALL, 1, 1);
        refuse(NOT_YET, "auth_request_set", ALL, 2, 2);
        refuse(NOT_YET, "auth_delay", ALL, 1, 1);
        refuse(NOT_YET, "mirror", ALL, 1, 1);
        refuse(NOT_YET, "mirror_request_body", ALL, 1, 1);
        refuse(NOT_YET, "limit_rate_after", ALL, 1, 1);
        refuse(NOT_YET, "add_trailer", ALL, 2, 3);
        refuse(NOT_YET, "add_header_inherit", ALL, 1, 1);
        refuse(NOT_YET, "tunnel_pass", Set.of(LOCATION), 0, ANY);
        refuse(NOT_YET, "valid_referers", Set.of(HTTP_SERVER, LOCATION), 1, ANY);
        refuse(NOT_YET, "referer_hash_max_size", Set.of(HTTP_SERVER, LOCATION), 1, 1);
        refuse(NOT_YET, "num_map", Set.of(HTTP), 2, 2);
        refuse(NOT_YET, "api", Set.of(LOCATION), 0, ANY);
        refuse(NOT_YET, "slice", ALL, 1, 1);
        refuse(NOT_YET, "empty_gif", Set.of(LOCATION), 0, 0);
        refuse(NOT_YET, "override_charset", ALL, 1, 1);
        refuse(NOT_YET, "ancient_browser", ALL, 1, ANY);
        refuse(NOT_YET, "modern_browser", ALL, 1, 2);
        refuse(NOT_YET, "subrequest_output_buffer_size", ALL, 1, 1);
        add(refusing("write 'if ($request_method …) { return 403; }'", "limit_except", Set.of(LOCATION), 1, ANY)
                .block()
                .repeating());
        add(refusing(NOT_YET, "charset_map", Set.of(HTTP), 2, 2).block().repeating());
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
        specs.add(spec);
    }
}
