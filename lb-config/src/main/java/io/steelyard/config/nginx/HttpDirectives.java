package io.steelyard.config.nginx;

import java.util.Set;

/** Names that nginx knows within {@code http} only, so that one at another place gets a better word than "unknown". */
final class HttpDirectives {
    private static final Set<String> NAMES = Set.of(
            "location",
            "root",
            "index",
            "alias",
            "try_files",
            "rewrite",
            "if",
            "error_page",
            "add_header",
            "types",
            "default_type",
            "sendfile",
            "tcp_nopush",
            "keepalive_timeout",
            "keepalive_requests",
            "gzip",
            "gzip_types",
            "client_max_body_size",
            "client_body_timeout",
            "client_header_timeout",
            "large_client_header_buffers",
            "proxy_set_header",
            "proxy_hide_header",
            "proxy_pass_header",
            "proxy_redirect",
            "proxy_http_version",
            "proxy_read_timeout",
            "proxy_send_timeout",
            "proxy_buffering",
            "proxy_buffers",
            "proxy_request_buffering",
            "proxy_cache",
            "proxy_cache_path",
            "proxy_cookie_domain",
            "proxy_cookie_path",
            "proxy_intercept_errors",
            "fastcgi_pass",
            "fastcgi_param",
            "uwsgi_pass",
            "scgi_pass",
            "grpc_pass",
            "limit_req",
            "limit_req_zone",
            "limit_rate",
            "server_tokens",
            "stub_status",
            "auth_basic",
            "auth_request",
            "real_ip_header",
            "real_ip_recursive",
            "underscores_in_headers",
            "charset",
            "expires",
            "internal",
            "satisfy",
            "mirror");

    private HttpDirectives() {}

    static boolean isOne(String name) {
        return NAMES.contains(name);
    }
}
