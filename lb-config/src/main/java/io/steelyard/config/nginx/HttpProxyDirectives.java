package io.steelyard.config.nginx;

import static io.steelyard.config.nginx.Context.HTTP;
import static io.steelyard.config.nginx.Context.HTTP_SERVER;
import static io.steelyard.config.nginx.Context.LOCATION;
import static io.steelyard.config.nginx.DirectiveList.accepting;
import static io.steelyard.config.nginx.DirectiveList.honouring;
import static io.steelyard.config.nginx.DirectiveSpec.ANY;

import io.steelyard.config.nginx.DirectiveSpec.Value;
import java.util.List;
import java.util.Set;

/** The directives of {@code http} about servers and what they are asked, for {@link HttpDirectives}. */
final class HttpProxyDirectives {
    private static final Set<Context> ALL = Set.of(HTTP, HTTP_SERVER, LOCATION);

    private static final String BODIES = "bodies are streamed, or wait in memory and then in a temporary file";
    private static final String TABLES = "tables are sized by themselves";
    private static final String LIBRARY = "the TLS library has its own rules for it";
    private static final String NOT_YET = "it is not supported yet";

    private HttpProxyDirectives() {}

    static void addTo(DirectiveList specs) {
        specs.add(honouring("proxy_pass", Set.of(LOCATION), 1, 1));
        for (var name : List.of("proxy_connect_timeout", "proxy_send_timeout", "proxy_read_timeout")) {
            specs.honoured(name, ALL, Value.POSITIVE_TIME);
        }
        specs.add(honouring("proxy_set_header", ALL, 2, 2).repeating());
        specs.add(honouring("proxy_hide_header", ALL, 1, 1).repeating());
        specs.add(honouring("proxy_pass_header", ALL, 1, 1).repeating());
        specs.add(honouring("proxy_redirect", ALL, 1, 2).repeating());
        specs.add(honouring("proxy_cookie_domain", ALL, 1, 2).repeating());
        specs.add(honouring("proxy_cookie_path", ALL, 1, 2).repeating());
        specs.add(honouring("proxy_cookie_flags", ALL, 1, 4).repeating());
        specs.add(honouring("proxy_http_version", ALL, 1, 1));
        specs.add(honouring("proxy_next_upstream", ALL, 1, ANY));
        specs.honoured("proxy_next_upstream_tries", ALL, Value.NUMBER);
        specs.honoured("proxy_next_upstream_timeout", ALL, Value.TIME);
        specs.honoured("proxy_buffering", ALL, Value.FLAG);
        specs.honoured("proxy_request_buffering", ALL, Value.FLAG);
        specs.honoured("proxy_buffer_size", ALL, Value.SIZE);
        specs.add(honouring("proxy_buffers", ALL, 2, 2));
        specs.honoured("proxy_max_temp_file_size", ALL, Value.SIZE);
        specs.add(honouring("proxy_ignore_headers", ALL, 1, ANY));
        specs.honoured("proxy_intercept_errors", ALL, Value.FLAG);
        specs.honoured("proxy_socket_keepalive", ALL, Value.FLAG);
        specs.add(honouring("proxy_bind", ALL, 1, 2));
        specs.add(honouring("proxy_cache", ALL, 1, 1));
        specs.add(honouring("proxy_store", ALL, 1, 1));
        specs.honoured("proxy_pass_request_headers", ALL, Value.FLAG);
        specs.honoured("proxy_pass_request_body", ALL, Value.FLAG);
        specs.honoured("proxy_limit_rate", ALL, Value.TEXT);
        specs.add(
                honouring("health_check", Set.of(LOCATION), 0, ANY).repeating().words("match"));
        specs.accept("a client that leaves ends its request", "proxy_ignore_client_abort", ALL, 1, 1, Value.FLAG);
        specs.accept(BODIES, "proxy_busy_buffers_size", ALL, 1, 1, Value.SIZE);
        specs.accept(BODIES, "proxy_temp_file_write_size", ALL, 1, 1, Value.SIZE);
        specs.accept(BODIES, "proxy_temp_path", ALL, 1, 4, Value.TEXT);
        specs.accept(BODIES, "proxy_send_lowat", ALL, 1, 1, Value.SIZE);
        specs.accept(BODIES, "proxy_force_ranges", ALL, 1, 1, Value.FLAG);
        specs.accept(TABLES, "proxy_headers_hash_max_size", ALL, 1, 1, Value.NUMBER);
        specs.accept(TABLES, "proxy_headers_hash_bucket_size", ALL, 1, 1, Value.NUMBER);
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
            specs.add(accepting("nothing is cached", name, ALL, 1, ANY, Value.TEXT)
                    .repeating());
        }
        for (var name : List.of("proxy_ssl_server_name", "proxy_ssl_verify", "proxy_ssl_session_reuse")) {
            specs.honoured(name, ALL, Value.FLAG);
        }
        for (var name : List.of(
                "proxy_ssl_name",
                "proxy_ssl_trusted_certificate",
                "proxy_ssl_certificate",
                "proxy_ssl_certificate_key",
                "proxy_ssl_crl",
                "proxy_ssl_password_file",
                "proxy_ssl_ciphers")) {
            specs.honoured(name, ALL, Value.TEXT);
        }
        specs.honoured("proxy_ssl_verify_depth", ALL, Value.NUMBER);
        specs.add(honouring("proxy_ssl_protocols", ALL, 1, ANY));
        for (var name : List.of("proxy_ssl_certificate_cache", "proxy_ssl_conf_command", "proxy_ssl_key_log")) {
            specs.add(accepting(LIBRARY, name, ALL, 1, ANY, Value.TEXT).repeating());
        }
        specs.refuse("answers are not cached", "proxy_cache_path", Set.of(HTTP), 1, ANY);
        specs.refuse("answers are not cached", "proxy_cache_purge", ALL, 1, ANY);
        specs.refuse(NOT_YET, "proxy_method", ALL, 1, 1);
        specs.refuse(NOT_YET, "proxy_set_body", ALL, 1, 1);
    }
}
