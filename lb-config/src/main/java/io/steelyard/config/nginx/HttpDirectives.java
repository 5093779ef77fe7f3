package io.steelyard.config.nginx;

import static io.steelyard.config.nginx.Context.HTTP;
import static io.steelyard.config.nginx.Context.HTTP_MATCH;
import static io.steelyard.config.nginx.Context.HTTP_SERVER;
import static io.steelyard.config.nginx.Context.HTTP_UPSTREAM;
import static io.steelyard.config.nginx.Context.LOCATION;
import static io.steelyard.config.nginx.Context.LOCATION_IF;
import static io.steelyard.config.nginx.Context.SERVER_IF;
import static io.steelyard.config.nginx.DirectiveList.accepting;
import static io.steelyard.config.nginx.DirectiveList.honouring;
import static io.steelyard.config.nginx.DirectiveList.refusing;
import static io.steelyard.config.nginx.DirectiveSpec.ANY;

import io.steelyard.config.nginx.DirectiveSpec.Treatment;
import io.steelyard.config.nginx.DirectiveSpec.Value;
import java.util.List;
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
    private static final String NOT_YET = "it is not supported yet";
    private static final String IF_ONLY = "if holds set, rewrite, return and break only: make a location of the rest";

    private final DirectiveList specs = new DirectiveList();

    private HttpDirectives() {
        blocks();
        upstream();
        rules();
        HttpProxyDirectives.addTo(specs);
        clients();
        limitsAndLogs();
        files();
        accepted();
        warned();
        refused();
    }

    static List<DirectiveSpec> all() {
        return new HttpDirectives().specs.all();
    }

    private void blocks() {
        var http = Set.of(HTTP);
        specs.add(honouring("upstream", http, 1, 1).block().repeating());
        specs.add(honouring("server", http, 0, 0).block().repeating());
        specs.add(honouring("match", http, 1, 1).block().repeating());
        specs.add(honouring("map", http, 2, 2).block().repeating());
        specs.add(honouring("geo", http, 1, 2).block().repeating());
        specs.add(honouring("split_clients", http, 2, 2).block().repeating());
        specs.add(honouring("location", Set.of(HTTP_SERVER, LOCATION), 1, 2)
                .block()
                .repeating());
        specs.add(honouring("if", Set.of(HTTP_SERVER, LOCATION), 1, ANY).block().repeating());
        specs.add(honouring("listen", Set.of(HTTP_SERVER), 1, ANY).repeating());
        specs.add(honouring("server_name", Set.of(HTTP_SERVER), 1, ANY).repeating());
        specs.add(honouring("status", Set.of(HTTP_MATCH), 1, ANY));
        specs.add(honouring("body", Set.of(HTTP_MATCH), 2, 2));
        specs.add(honouring("header", Set.of(HTTP_MATCH), 1, 3).repeating());
        specs.add(honouring("require", Set.of(HTTP_MATCH), 1, ANY).repeating());
    }

    private void upstream() {
        var here = Set.of(HTTP_UPSTREAM);
        specs.add(honouring("server", here, 1, ANY).repeating());
        specs.add(honouring("hash", here, 1, 2));
        for (var method : List.of("least_conn", "ip_hash")) {
            specs.add(honouring(method, here, 0, 0));
        }
        specs.add(honouring("random", here, 0, 2).words("least_conn", "least_time"));
        specs.add(honouring("least_time", here, 1, 2));
        specs.add(honouring("keepalive", here, 1, 2));
        specs.honoured("keepalive_requests", here, Value.NUMBER);
        specs.honoured("keepalive_time", here, Value.TIME);
        specs.honoured("keepalive_timeout", here, Value.TIME);
        specs.add(honouring("queue", here, 1, 2));
        specs.accept("a pool's state is always shared", "zone", here, 1, 2, Value.TEXT);
        specs.add(honouring("resolver", here, 1, ANY));
        specs.honoured("resolver_timeout", here, Value.POSITIVE_TIME);
        specs.refuse("members are not kept in a file", "state", here, 1, 1);
        specs.refuse("connections are not bound to clients", "ntlm", here, 0, 0);
        specs.add(honouring("sticky", here, 1, ANY));
    }

    private void rules() {
        specs.add(honouring("set", RULES, 2, 2).repeating());
        specs.add(honouring("rewrite", RULES, 2, 3).repeating());
        specs.add(honouring("return", RULES, 1, 2).repeating());
        specs.add(honouring("break", RULES, 0, 0).repeating());
        for (var log : List.of("rewrite_log", "uninitialized_variable_warn")) {
            var everywhere = Set.of(HTTP, HTTP_SERVER, LOCATION, SERVER_IF, LOCATION_IF);
            specs.accept("rewriting is not logged", log, everywhere, 1, 1, Value.FLAG);
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
            specs.refuse(IF_ONLY, name, Set.of(LOCATION_IF), 0, ANY);
        }
    }

    private void clients() {
        specs.honoured("client_header_timeout", OUTER, Value.POSITIVE_TIME);
        specs.honoured("client_body_timeout", ALL, Value.POSITIVE_TIME);
        specs.honoured("send_timeout", ALL, Value.POSITIVE_TIME);
        specs.honoured("client_max_body_size", ALL, Value.SIZE);
        specs.add(honouring("large_client_header_buffers", OUTER, 2, 2));
        specs.honoured("max_headers", OUTER, Value.NUMBER);
        specs.add(honouring("keepalive_timeout", ALL, 1, 2));
        specs.honoured("keepalive_requests", ALL, Value.NUMBER);
        specs.honoured("keepalive_time", ALL, Value.POSITIVE_TIME);
        specs.honoured("underscores_in_headers", OUTER, Value.FLAG);
        specs.honoured("ignore_invalid_headers", OUTER, Value.FLAG);
        specs.honoured("merge_slashes", OUTER, Value.FLAG);
        specs.honoured("absolute_redirect", ALL, Value.FLAG);
        specs.honoured("server_name_in_redirect", ALL, Value.FLAG);
        specs.honoured("port_in_redirect", ALL, Value.FLAG);
        specs.honoured("default_type", ALL, Value.TEXT);
        specs.add(honouring("add_header", ALL, 2, 3).repeating());
        specs.add(honouring("error_page", ALL, 2, ANY).repeating());
        specs.add(honouring("allow", ALL, 1, 1).repeating());
        specs.add(honouring("deny", ALL, 1, 1).repeating());
        specs.add(honouring("set_real_ip_from", ALL, 1, 1).repeating());
        specs.honoured("real_ip_header", ALL, Value.TEXT);
        specs.honoured("real_ip_recursive", ALL, Value.FLAG);
        specs.add(honouring("satisfy", ALL, 1, 1));
        specs.add(honouring("auth_basic", ALL, 1, 1));
        specs.add(honouring("auth_basic_user_file", ALL, 1, 1));
        specs.add(honouring("auth_request", ALL, 1, 1));
        specs.add(honouring("limit_rate", ALL, 1, 1));
        specs.honoured("http2", OUTER, Value.FLAG);
        specs.honoured("http2_max_concurrent_streams", OUTER, Value.NUMBER);
        specs.add(honouring("expires", ALL, 1, 2));
        specs.honoured("recursive_error_pages", ALL, Value.FLAG);
        specs.add(honouring("internal", Set.of(LOCATION), 0, 0));
        specs.add(honouring("try_files", Set.of(HTTP_SERVER, LOCATION), 2, ANY));
        specs.add(honouring("stub_status", Set.of(HTTP_SERVER, LOCATION), 0, 1));
        specs.add(honouring("lb_health", Set.of(LOCATION), 0, 0));
    }

    private void limitsAndLogs() {
        specs.add(honouring("limit_conn_zone", Set.of(HTTP), 2, 2).repeating());
        specs.add(honouring("limit_conn", ALL, 2, 2).repeating());
        specs.honoured("limit_conn_dry_run", ALL, Value.FLAG);
        specs.add(honouring("limit_conn_log_level", ALL, 1, 1));
        specs.honoured("limit_conn_status", ALL, Value.NUMBER);
        specs.add(honouring("limit_req_zone", Set.of(HTTP), 3, 4).repeating());
        specs.add(honouring("limit_req", ALL, 1, 3).repeating());
        specs.honoured("limit_req_dry_run", ALL, Value.FLAG);
        specs.add(honouring("limit_req_log_level", ALL, 1, 1));
        specs.honoured("limit_req_status", ALL, Value.NUMBER);
        specs.add(honouring("log_format", Set.of(HTTP), 2, ANY).repeating());
        specs.add(honouring("access_log", ALL, 1, ANY).repeating());
    }

    private void files() {
        specs.honoured("root", ALL, Value.TEXT);
        specs.honoured("alias", Set.of(LOCATION), Value.TEXT);
        specs.add(honouring("index", ALL, 1, ANY).repeating());
        specs.add(honouring("types", ALL, 0, 0).block().repeating());
        specs.honoured("autoindex", ALL, Value.FLAG);
        specs.add(honouring("disable_symlinks", ALL, 1, 2));
        for (var name : List.of("log_not_found", "log_subrequest")) {
            specs.accept("a file that is not there is seen in the access log", name, ALL, 1, ANY, Value.TEXT);
        }
        specs.honoured("etag", ALL, Value.FLAG);
        specs.honoured("if_modified_since", ALL, Value.TEXT);
        specs.accept("one range is served, several are the whole file", "max_ranges", ALL, 1, 1, Value.NUMBER);
        for (var name : List.of(
                "open_file_cache", "open_file_cache_errors", "open_file_cache_min_uses", "open_file_cache_valid")) {
            specs.accept("files are opened for each request", name, ALL, 1, ANY, Value.TEXT);
        }
    }

    private void accepted() {
        specs.add(accepting("the launcher logs to standard output", "error_log", ALL, 1, ANY, Value.TEXT)
                .repeating());
        specs.accept(TABLES, "types_hash_max_size", ALL, 1, 1, Value.NUMBER);
        specs.accept(TABLES, "types_hash_bucket_size", ALL, 1, 1, Value.NUMBER);
        for (var name : List.of(
                "server_names_hash_max_size",
                "server_names_hash_bucket_size",
                "map_hash_max_size",
                "map_hash_bucket_size",
                "variables_hash_max_size",
                "variables_hash_bucket_size")) {
            specs.accept(TABLES, name, Set.of(HTTP), 1, 1, Value.NUMBER);
        }
        for (var name : List.of("connection_pool_size", "request_pool_size", "client_header_buffer_size")) {
            specs.accept(TABLES, name, OUTER, 1, 1, Value.SIZE);
        }
        specs.accept(TABLES, "http2_recv_buffer_size", Set.of(HTTP), 1, 1, Value.SIZE);
        specs.accept(TABLES, "http2_chunk_size", ALL, 1, 1, Value.SIZE);
        specs.add(honouring("resolver", ALL, 1, ANY));
        specs.honoured("resolver_timeout", ALL, Value.POSITIVE_TIME);
        for (var name : List.of("sendfile", "tcp_nopush", "tcp_nodelay", "reset_timedout_connection")) {
            specs.accept(SOCKETS, name, ALL, 1, 1, Value.FLAG);
        }
        specs.accept(SOCKETS, "sendfile_max_chunk", ALL, 1, 1, Value.SIZE);
        specs.accept(SOCKETS, "aio", ALL, 1, 1, Value.TEXT);
        specs.accept(SOCKETS, "aio_write", ALL, 1, 1, Value.FLAG);
        specs.accept(SOCKETS, "directio", ALL, 1, 1, Value.TEXT);
        specs.accept(SOCKETS, "directio_alignment", ALL, 1, 1, Value.SIZE);
        specs.accept(SOCKETS, "output_buffers", ALL, 2, 2, Value.TEXT);
        specs.accept(SOCKETS, "postpone_output", ALL, 1, 1, Value.SIZE);
        specs.accept(SOCKETS, "send_lowat", ALL, 1, 1, Value.SIZE);
        specs.accept(SOCKETS, "read_ahead", ALL, 1, 1, Value.SIZE);
        specs.accept(SOCKETS, "lingering_close", ALL, 1, 1, Value.TEXT);
        specs.accept(SOCKETS, "lingering_time", ALL, 1, 1, Value.TIME);
        specs.accept(SOCKETS, "lingering_timeout", ALL, 1, 1, Value.TIME);
        specs.accept("every client may keep its connection", "keepalive_disable", ALL, 1, ANY, Value.TEXT);
        specs.accept(BODIES, "client_body_buffer_size", ALL, 1, 1, Value.SIZE);
        specs.accept(BODIES, "client_body_temp_path", ALL, 1, 4, Value.TEXT);
        specs.accept(BODIES, "client_body_in_single_buffer", ALL, 1, 1, Value.FLAG);
        specs.accept(BODIES, "client_body_in_file_only", ALL, 1, 1, Value.TEXT);
        specs.accept("answers are chunked where HTTP wants it", "chunked_transfer_encoding", ALL, 1, 1, Value.FLAG);
        specs.accept("'Server' tells no version", "server_tokens", ALL, 1, 1, Value.TEXT);
        specs.accept("error pages are short", "msie_padding", ALL, 1, 1, Value.FLAG);
        specs.accept("redirections are by status", "msie_refresh", ALL, 1, 1, Value.FLAG);
        specs.accept("log files are kept open", "open_log_file_cache", ALL, 1, ANY, Value.TEXT);
        specs.accept(
                "statistics come from the runtime API", "status_zone", Set.of(HTTP_SERVER, LOCATION), 1, 1, Value.TEXT);
        for (var name : List.of("gzip", "gzip_vary", "gunzip")) {
            specs.accept(GZIP, name, ALL, 1, 1, Value.FLAG);
        }
        specs.accept(GZIP, "gzip_static", ALL, 1, 1, Value.TEXT);
        specs.accept(GZIP, "gzip_comp_level", ALL, 1, 1, Value.NUMBER);
        specs.accept(GZIP, "gzip_min_length", ALL, 1, 1, Value.SIZE);
        specs.accept(GZIP, "gzip_http_version", ALL, 1, 1, Value.TEXT);
        for (var name : List.of("gzip_buffers", "gzip_disable", "gzip_proxied", "gzip_types", "gunzip_buffers")) {
            specs.accept(GZIP, name, ALL, 1, ANY, Value.TEXT);
        }
        tls();
    }

    private void tls() {
        for (var name : List.of("ssl_certificate", "ssl_certificate_key", "ssl_session_ticket_key")) {
            specs.add(honouring(name, OUTER, 1, 1).repeating());
        }
        for (var name : List.of(
                "ssl_prefer_server_ciphers",
                "ssl_session_tickets",
                "ssl_stapling",
                "ssl_stapling_verify",
                "ssl_reject_handshake")) {
            specs.honoured(name, OUTER, Value.FLAG);
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
                "ssl_early_data",
                "ssl_ocsp")) {
            specs.honoured(name, OUTER, Value.TEXT);
        }
        specs.add(honouring("ssl_protocols", OUTER, 1, ANY));
        specs.add(honouring("ssl_session_cache", OUTER, 1, 2));
        specs.honoured("ssl_session_timeout", OUTER, Value.POSITIVE_TIME);
        specs.honoured("ssl_verify_depth", OUTER, Value.NUMBER);
        for (var name : List.of(
                "ssl_dhparam",
                "ssl_buffer_size",
                "ssl_conf_command",
                "ssl_certificate_cache",
                "ssl_key_log",
                "ssl_ocsp_cache",
                "ssl_ocsp_responder")) {
            specs.add(accepting(LIBRARY, name, OUTER, 1, ANY, Value.TEXT).repeating());
        }
        specs.refuse("'listen … ssl' has taken its place", "ssl", OUTER, 1, 1);
    }

    /** Directives of which something is left undone, such as those that would answer requests from files. */
    private void warned() {
        for (var name : List.of("charset", "charset_types", "source_charset")) {
            specs.add(new DirectiveSpec(
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
        specs.refuse(NOT_YET, "auth_request_set", ALL, 2, 2);
        specs.refuse(NOT_YET, "auth_delay", ALL, 1, 1);
        specs.refuse(NOT_YET, "mirror", ALL, 1, 1);
        specs.refuse(NOT_YET, "mirror_request_body", ALL, 1, 1);
        specs.refuse(NOT_YET, "limit_rate_after", ALL, 1, 1);
        specs.refuse(NOT_YET, "add_trailer", ALL, 2, 3);
        specs.refuse(NOT_YET, "add_header_inherit", ALL, 1, 1);
        specs.refuse(NOT_YET, "tunnel_pass", Set.of(LOCATION), 0, ANY);
        specs.refuse(NOT_YET, "valid_referers", Set.of(HTTP_SERVER, LOCATION), 1, ANY);
        specs.refuse(NOT_YET, "referer_hash_max_size", Set.of(HTTP_SERVER, LOCATION), 1, 1);
        specs.refuse(NOT_YET, "num_map", Set.of(HTTP), 2, 2);
        specs.refuse(NOT_YET, "api", Set.of(LOCATION), 0, ANY);
        specs.refuse(NOT_YET, "slice", ALL, 1, 1);
        specs.refuse(NOT_YET, "empty_gif", Set.of(LOCATION), 0, 0);
        specs.refuse(NOT_YET, "override_charset", ALL, 1, 1);
        specs.refuse(NOT_YET, "ancient_browser", ALL, 1, ANY);
        specs.refuse(NOT_YET, "modern_browser", ALL, 1, 2);
        specs.refuse(NOT_YET, "subrequest_output_buffer_size", ALL, 1, 1);
        specs.add(refusing("write 'if ($request_method …) { return 403; }'", "limit_except", Set.of(LOCATION), 1, ANY)
                .block()
                .repeating());
        specs.add(refusing(NOT_YET, "charset_map", Set.of(HTTP), 2, 2).block().repeating());
    }
}
