package io.steelyard.core.datagram;

import java.util.Locale;

/** Why a datagram went nowhere. */
enum Drop {
    /** The access rules keep the client out. */
    CLIENT_NOT_ADMITTED,
    /** Its key has as many sessions as it may. */
    CLIENT_LIMITED,
    /** What the client is to be given to is neither a pool nor an address. */
    TARGET_UNKNOWN,
    /** No server of the pool can serve. */
    NO_SERVER,
    /** Every server of the pool has as many flows as it may. */
    ALL_SERVERS_FULL,
    /** No server could be reached. */
    SERVER_UNREACHABLE,
    /** There are as many sessions as there may be. */
    TOO_MANY_SESSIONS,
    /** This machine has no descriptor, port or memory left for a session. */
    OUT_OF_RESOURCES,
    /** The client has no session, and new ones are no longer taken here. */
    NOT_LISTENING,
    /** The name of the session's server is still being looked up, and one datagram waits already. */
    WAITING_FOR_NAME,
    /** It came before the upload rate allowed. */
    OVER_UPLOAD_RATE,
    /** More was on its way to the server than the socket's buffer holds. */
    SERVER_BUFFER_FULL,
    /** More was on its way to the client than the socket's buffer holds. */
    CLIENT_BUFFER_FULL,
    /** The route to the server takes no datagram of this length. */
    TOO_LONG_FOR_SERVER,
    /** The client cannot be sent to. */
    CLIENT_UNREACHABLE;

    private static final Drop[] ALL = values();

    /** The counter's name, such as {@code no_server}. */
    String counterName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it says that a client's new session was turned away. */
    boolean isRefusal() {
        return compareTo(NOT_LISTENING) <= 0;
    }

    static Drop[] all() {
        return ALL;
    }
}
