package io.steelyard.config.nginx;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Modules of nginx whose directives are not supported, by what their names begin with. */
final class ModuleFamilies {
    private static final String FILES = "no files are served so";
    private static final String NOT_YET = "it is not supported yet";

    private static final Map<String, String> REASONS = Map.ofEntries(
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

    private ModuleFamilies() {}

    /** Why the directives of a module we do not have cannot be honoured. */
    static Optional<String> reason(String name) {
        return REASONS.entrySet().stream()
                .filter(family -> name.startsWith(family.getKey()))
                .map(Map.Entry::getValue)
                .findFirst();
    }

    /** What {@link #reason} knows, for the manual. */
    static Set<String> names() {
        return REASONS.keySet();
    }
}
