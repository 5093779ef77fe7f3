package io.steelyard.api.text;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A variable every proxied connection or UDP session has, named as in the stream module of nginx. Whether it has a value yet, or at all, is
 * told by {@link VariableSource}.
 */
public enum BuiltInVariable {
    /** The client's address in 4 or 16 bytes, each of them one character from U+0000 to U+00FF. */
    BINARY_REMOTE_ADDR(true),
    /** Bytes received from the client. */
    BYTES_RECEIVED(false),
    /** Bytes sent to the client. */
    BYTES_SENT(false),
    /** The serial number of the connection or session. */
    CONNECTION(false),
    /** The name of the machine. */
    HOSTNAME(true),
    /** The time in seconds since 1970 with three decimals. */
    MSEC(false),
    /** The version of the program. */
    NGINX_VERSION(true),
    /** The number of the process. */
    PID(true),
    /** {@code TCP} or {@code UDP}. */
    PROTOCOL(true),
    /** The client's address as the PROXY protocol tells it, whoever sent that; empty where it tells none. */
    PROXY_PROTOCOL_ADDR(true),
    /** The client's port as the PROXY protocol tells it. */
    PROXY_PROTOCOL_PORT(true),
    /** The address the client spoke to, as the PROXY protocol tells it. */
    PROXY_PROTOCOL_SERVER_ADDR(true),
    /** The port the client spoke to, as the PROXY protocol tells it. */
    PROXY_PROTOCOL_SERVER_PORT(true),
    /** The address that connected to us, before a trusted proxy named its client. */
    REALIP_REMOTE_ADDR(true),
    /** The port that connected to us, before a trusted proxy named its client. */
    REALIP_REMOTE_PORT(true),
    /** The client's address, {@code unix:} for one without. */
    REMOTE_ADDR(true),
    /** The client's port. */
    REMOTE_PORT(true),
    /** The address the client spoke to. */
    SERVER_ADDR(true),
    /** The port the client spoke to. */
    SERVER_PORT(true),
    /** How long the connection or session has lasted, in seconds with three decimals. */
    SESSION_TIME(false),
    /** What the client and we agreed to speak over TLS (ALPN). */
    SSL_ALPN_PROTOCOL(false),
    /** The suite of the client's TLS, by OpenSSL's name. */
    SSL_CIPHER(false),
    /** The client's certificate in PEM, a tab before each line but the first. */
    SSL_CLIENT_CERT(false),
    /** The SHA-1 of the client's certificate in hexadecimal digits. */
    SSL_CLIENT_FINGERPRINT(false),
    /** Who issued the client's certificate (RFC 2253). */
    SSL_CLIENT_I_DN(false),
    /** The client's certificate in PEM. */
    SSL_CLIENT_RAW_CERT(false),
    /** Whose the client's certificate is (RFC 2253). */
    SSL_CLIENT_S_DN(false),
    /** The serial number of the client's certificate in hexadecimal digits. */
    SSL_CLIENT_SERIAL(false),
    /** When the client's certificate ends. */
    SSL_CLIENT_V_END(false),
    /** How many days the client's certificate has left. */
    SSL_CLIENT_V_REMAIN(false),
    /** When the client's certificate begins. */
    SSL_CLIENT_V_START(false),
    /** {@code SUCCESS}, {@code FAILED:reason} or, without a certificate, {@code NONE}. */
    SSL_CLIENT_VERIFY(false),
    /** The application protocols the client's TLS greeting asks for, joined by commas. */
    SSL_PREREAD_ALPN_PROTOCOLS(false),
    /** The newest TLS version the client's greeting offers, {@code TLSv1.3} for instance. */
    SSL_PREREAD_PROTOCOL(false),
    /** The server name the client's TLS greeting asks for. */
    SSL_PREREAD_SERVER_NAME(false),
    /** The version of the client's TLS, such as {@code TLSv1.3}. */
    SSL_PROTOCOL(false),
    /** The server name the client asked for by TLS. */
    SSL_SERVER_NAME(false),
    /** The session of the client's TLS in hexadecimal digits. */
    SSL_SESSION_ID(false),
    /** {@code r} where a session of TLS was taken up again, else {@code .}. */
    SSL_SESSION_REUSED(false),
    /** How it ended: 200, 400, 403, 500, 502 or 503, as nginx has it. */
    STATUS(false),
    /** The time such as {@code 2026-11-21T04:53:25+00:00}. */
    TIME_ISO8601(false),
    /** The time such as {@code 21/Nov/2026:04:53:25 +0000}. */
    TIME_LOCAL(false),
    /** The servers tried, joined by {@code ", "}; the pool's name where none could be picked. */
    UPSTREAM_ADDR(false),
    /** Bytes received from each server tried, joined by {@code ", "}. */
    UPSTREAM_BYTES_RECEIVED(false),
    /** Bytes sent to each server tried, joined by {@code ", "}. */
    UPSTREAM_BYTES_SENT(false),
    /** Seconds until each server tried was connected to, joined by {@code ", "}; {@code -} for one that never was. */
    UPSTREAM_CONNECT_TIME(false),
    /** Seconds until the first byte of each server tried, joined by {@code ", "}; {@code -} for one that sent none. */
    UPSTREAM_FIRST_BYTE_TIME(false),
    /** Seconds each server tried was used, joined by {@code ", "}. */
    UPSTREAM_SESSION_TIME(false);

    private static final Map<String, BuiltInVariable> BY_NAME = new HashMap<>();

    static {
        for (var variable : values()) {
            BY_NAME.put(variable.variableName, variable);
        }
    }

    private final String variableName;
    private final boolean isConstant;

    BuiltInVariable(boolean isConstant) {
        this.variableName = name().toLowerCase(Locale.ROOT);
        this.isConstant = isConstant;
    }

    /** The name configurations use, without the {@code $}. */
    public String variableName() {
        return variableName;
    }

    /** Whether the value stays the same from the moment the connection is accepted. */
    public boolean isConstant() {
        return isConstant;
    }

    /** The variable of this lower-case name. */
    public static Optional<BuiltInVariable> named(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }
}
