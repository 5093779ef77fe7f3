package io.steelyard.api.http;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A variable every HTTP request has beside those of its connection, named as in nginx. Families, such as {@code $http_…}, name the rest
 * themselves.
 */
public enum HttpVariable {
    /** The query, without the {@code ?}. */
    ARGS,
    /** A parameter of the query by name, whatever the case. */
    ARG_(true),
    /** Bytes of the answer's body sent to the client. */
    BODY_BYTES_SENT,
    /** How many requests the connection has served with this one. */
    CONNECTION_REQUESTS,
    /** Seconds since the connection was accepted, with three decimals. */
    CONNECTION_TIME,
    /** The field {@code Content-Length} of the request; it has none where the body's length is not told in advance. */
    CONTENT_LENGTH,
    /** The field {@code Content-Type} of the request. */
    CONTENT_TYPE,
    /** A cookie of the request by name. */
    COOKIE_(true),
    /** The same as {@link #URI}. */
    DOCUMENT_URI,
    /** The host asked for, from the request line or else the field {@code Host}, without port, else the site's first name. */
    HOST,
    /** A field of the request; its name in lower case, with underscores for dashes. */
    HTTP_(true),
    /** {@code h2} for a request by HTTP/2 over TLS, {@code h2c} without, else empty. */
    HTTP2,
    /** {@code on} for a request over TLS, else empty. */
    HTTPS,
    /** {@code ?} where there is a query, else empty. */
    IS_ARGS,
    /** {@code PASSED}, {@code REJECTED} or {@code REJECTED_DRY_RUN} by the limits of requests at once; no value where none was asked. */
    LIMIT_CONN_STATUS,
    /** {@code PASSED}, {@code DELAYED}, {@code REJECTED}, {@code DELAYED_DRY_RUN} or {@code REJECTED_DRY_RUN} by the limits of rate. */
    LIMIT_REQ_STATUS,
    /** {@code p} where the request came before the last one was answered, else {@code .}. */
    PIPE,
    /** The field {@code X-Forwarded-For} of the request with the client's address appended. */
    PROXY_ADD_X_FORWARDED_FOR,
    /** The name and port that the route names as the server. */
    PROXY_HOST,
    /** The port that the route names, or the scheme's. */
    PROXY_PORT,
    /** A further field of the PROXY protocol's header, by nginx's name or as {@code 0x} and its type. Other connections have it, too. */
    PROXY_PROTOCOL_TLV_(true),
    /** The same as {@link #ARGS}. */
    QUERY_STRING,
    /** The user's name of HTTP Basic authentication. */
    REMOTE_USER,
    /** The request line. */
    REQUEST,
    /** {@code OK} where the request was served to its end, else empty. */
    REQUEST_COMPLETION,
    /** 16 random bytes in hexadecimal. */
    REQUEST_ID,
    /** Bytes of the request: line, header and body. */
    REQUEST_LENGTH,
    REQUEST_METHOD,
    /** Seconds since the first bytes of the request, with three decimals. */
    REQUEST_TIME,
    /** The path and query as the client sent them. */
    REQUEST_URI,
    /** {@code http} or {@code https}. */
    SCHEME,
    /** A field of the answer, as the client got it. */
    SENT_HTTP_(true),
    /** A trailer field of the answer, as the client got it. */
    SENT_TRAILER_(true),
    /** The first host name of the site that serves the request, as configured; empty where it has none. */
    SERVER_NAME,
    /** {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2.0}. */
    SERVER_PROTOCOL,
    /** What is known of the client's TLS, by nginx's names; no value without TLS. */
    SSL_(true),
    /** No value: nothing is cached. */
    UPSTREAM_CACHE_STATUS,
    /** Seconds that each server tried was waited for in the pool's queue, joined by {@code ", "}; {@code -} for one without. */
    UPSTREAM_QUEUE_TIME,
    /** Seconds until the header of each server's answer, joined by {@code ", "}. */
    UPSTREAM_HEADER_TIME,
    /** A field of the last server's answer. */
    UPSTREAM_HTTP_(true),
    /** A cookie that the last server's answer sets. */
    UPSTREAM_COOKIE_(true),
    /** Bytes of the body of each server's answer, joined by {@code ", "}. */
    UPSTREAM_RESPONSE_LENGTH,
    /** Seconds until the end of each server's answer, joined by {@code ", "}. */
    UPSTREAM_RESPONSE_TIME,
    /** The status of each server's answer, joined by {@code ", "}. */
    UPSTREAM_STATUS,
    /** A trailer field of the last server's answer. */
    UPSTREAM_TRAILER_(true),
    /** The path: percent-decoded, dot segments resolved, slashes merged; as rules changed it. */
    URI;

    private static final Map<String, HttpVariable> BY_NAME = new HashMap<>();

    static {
        for (var variable : values()) {
            if (!variable.isFamily) {
                BY_NAME.put(variable.variableName, variable);
            }
        }
    }

    private final String variableName;
    private final boolean isFamily;

    HttpVariable() {
        this(false);
    }

    HttpVariable(boolean isFamily) {
        variableName = name().toLowerCase(Locale.ROOT);
        this.isFamily = isFamily;
    }

    /** The name configurations use, without the {@code $}; for a family what its names begin with. */
    public String variableName() {
        return variableName;
    }

    /** Whether the names of this variable go on. */
    public boolean isFamily() {
        return isFamily;
    }

    /**
     * A variable as a text names it.
     *
     * @param rest of the name in a family; empty for others
     */
    public record Reference(HttpVariable variable, String rest) {}

    /** The variable of this lower-case name. */
    public static Optional<Reference> named(String name) {
        var single = BY_NAME.get(name);
        if (single != null) {
            return Optional.of(new Reference(single, ""));
        }
        for (var variable : values()) {
            if (variable.isFamily
                    && name.startsWith(variable.variableName)
                    && name.length() > variable.variableName.length()) {
                return Optional.of(new Reference(variable, name.substring(variable.variableName.length())));
            }
        }
        return Optional.empty();
    }
}
