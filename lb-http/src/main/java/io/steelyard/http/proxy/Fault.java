package io.steelyard.http.proxy;

import io.steelyard.http.h2.Flood;
import java.util.Locale;

/** Harm that a client or a server did to a connection or an exchange, which was ended or answered with an error for it. */
enum Fault {
    /** The handshake of TLS, or what the PROXY protocol has before it, went wrong. */
    FAILED_HANDSHAKE,
    /** What comes before the first request took too long. */
    SLOW_HANDSHAKE,
    /** A request's header took too long. */
    SLOW_HEADER,
    /** A request's body did not come. */
    SLOW_BODY,
    /** A client did not take its answer. */
    SLOW_READER,
    /** A request broke a rule of HTTP, or was larger than its parts may be. */
    MALFORMED_REQUEST,
    /** A server's answer broke a rule of HTTP, or was larger than its parts may be. */
    MALFORMED_ANSWER,
    /** A server's answer broke off once the client had the head of it. */
    BROKEN_ANSWER,
    /** A client that had been redirected to a server came back. */
    REDIRECT_RETURNED,
    /** A client would have been redirected in circles. */
    REDIRECT_LOOP,
    /** More was kept in memory for clients and servers than the budget allows, and this client's connection was ended for it. */
    SHED,
    HTTP2_RAPID_RESET,
    HTTP2_MADE_YOU_RESET,
    HTTP2_CONTINUATION,
    HTTP2_HEADER_BOMB,
    HTTP2_SETTINGS,
    HTTP2_PING,
    HTTP2_EMPTY_DATA,
    HTTP2_IDLE_FRAMES;

    private static final Fault[] ALL = values();

    static Fault of(Flood flood) {
        return switch (flood) {
            case RAPID_RESET -> HTTP2_RAPID_RESET;
            case MADE_YOU_RESET -> HTTP2_MADE_YOU_RESET;
            case CONTINUATION -> HTTP2_CONTINUATION;
            case HEADER_BOMB -> HTTP2_HEADER_BOMB;
            case SETTINGS -> HTTP2_SETTINGS;
            case PING -> HTTP2_PING;
            case EMPTY_DATA -> HTTP2_EMPTY_DATA;
            case IDLE_FRAMES -> HTTP2_IDLE_FRAMES;
        };
    }

    /** The counter's name, such as {@code http2_rapid_reset}. */
    String counterName() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Fault[] all() {
        return ALL;
    }
}
