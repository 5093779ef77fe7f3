package io.steelyard.api.http;

import io.steelyard.api.affinity.CountedKey;
import io.steelyard.api.affinity.CountedKeys;
import io.steelyard.api.schedule.Balancer;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one request and its answer at this moment, as rules changed them so far: what an {@link ExpressionLanguage} makes its
 * values of. Texts are raw: each character is one byte, U+0000 to U+00FF. Owned by the request's loop, and not to be kept.
 */
public interface HttpFacts {
    /** Header fields in their order. */
    interface Fields {
        int count();

        /** Whether field {@code index} is called so, whatever the case. */
        boolean isNamed(int index, String name);

        /** As it came, or was set. */
        String name(int index);

        String value(int index);
    }

    /** A number that is known of a request; -1 where it is not known (yet). */
    enum Measure {
        /** When the connection was accepted, in milliseconds since 1970. */
        ACCEPTED_AT,
        /** When the first byte of the request came, in milliseconds since 1970. */
        REQUEST_AT,
        /** Milliseconds from the end of the request before, or from the connection's beginning, to the request's first byte. */
        IDLE_MS,
        /** Milliseconds from the request's first byte to the end of its header. */
        HEADER_MS,
        /** Milliseconds from there to the try of a server: in queues, and in tries that failed. */
        QUEUE_MS,
        /** Milliseconds the last try took to connect. */
        CONNECT_MS,
        /** Milliseconds from the connection to the answer's header. */
        ANSWER_MS,
        /** Milliseconds from the request's first byte to the end of the answer. */
        ACTIVE_MS,
        /** Milliseconds from the connection's beginning, or the end of the request before. */
        TOTAL_MS,
        /** Bytes of the answer, header and body. */
        BYTES_SENT,
        /** Bytes of the request, header and body. */
        BYTES_RECEIVED,
        /** Tries after the first. */
        RETRIES,
        /** Which of those that waited for a server it was when it left that queue, from 1; 0 where it did not wait for one. */
        SERVER_QUEUE_POSITION,
        /** The same of the queue of the pool. */
        POOL_QUEUE_POSITION,
        /** 1 where another server than the first one was tried at last, else 0. */
        REDISPATCHED,
        /** Which of the connection's requests it is, from 1. */
        REQUEST_NUMBER,
        /** Serial number of the connection. */
        CONNECTION_NUMBER,
        /** Connections of clients that the virtual server has. */
        LISTENER_CONNECTIONS,
        /** Connections of clients that all virtual servers have. */
        PROCESS_CONNECTIONS,
        /** The size of the request's body that was read before a server is asked. */
        BODY_BYTES
    }

    // ---- the connection

    /** Who the client is; null for one on a UNIX socket, which has no address. */
    @Nullable
    InetAddress clientAddress();

    int clientPort();

    /** The address the client spoke to; null for a UNIX socket. */
    @Nullable
    InetAddress serverAddress();

    int serverPort();

    /** The value of a variable of {@link HttpVariable}'s families about TLS, such as {@code ssl_server_name}; null without TLS. */
    @Nullable
    String tls(String variable);

    /** Whether the connection began with a PROXY protocol header. */
    default boolean isProxied() {
        return false;
    }

    /** What a client that speaks no HTTP has sent so far, where rules look at it, from its first byte on; null where they do not. */
    default byte @Nullable [] firstBytes() {
        return null;
    }

    /**
     * The greeting of a TLS that is spoken past us.
     *
     * @param serverName the host name asked for; empty for none
     * @param version the newest version offered, such as {@code 0x0304} for TLS 1.3
     * @param protocols the application protocols asked for, in order
     */
    record TlsGreeting(String serverName, int version, List<String> protocols) {
        public TlsGreeting {
            protocols = List.copyOf(protocols);
        }
    }

    /** The greeting that {@link #firstBytes} are; null where they are none, or not the whole of it. */
    default @Nullable TlsGreeting greeting() {
        return null;
    }

    /** Whether more of {@link #firstBytes} may come, so that a value that is not there yet may be waited for. */
    default boolean isMoreExpected() {
        return false;
    }

    /** Says that the value that is worked out depends on more of {@link #firstBytes}. */
    default void awaitMore() {}

    // ---- the request

    /** The method, as rules changed it. */
    String method();

    /** The target, as rules changed it: mostly a path and query. */
    String target();

    /** The target as the client sent it. */
    String originalTarget();

    /** The first bytes of the request's body, 16384 at most, where it was read before a server is asked; null elsewhere. */
    default @Nullable String bodyStart() {
        return null;
    }

    /** The method as the client sent it. */
    String originalMethod();

    /** Such as {@code 1.1}. */
    String version();

    Fields requestFields();

    // ---- the answer

    /** The status of the answer as it is so far; 0 before there is one. */
    int status();

    /** The fields of the answer; null before there is one. */
    @Nullable
    Fields answerFields();

    // ---- where it goes

    /** The virtual server's name. */
    String listener();

    /** The pool the request was handed to; empty before. */
    String pool();

    /** The server tried last; empty before. */
    String server();

    /** A pool at work; null where there is no such. */
    @Nullable
    Balancer balancer(String pool);

    /**
     * How it ended: two letters of HAProxy's log, who ended it and when, {@code --} for in order (configuration manual 2.6, section 8.5).
     */
    String termination();

    /**
     * What became of the cookies that bring clients back: two letters of HAProxy's log, of the client's and of the answer's, {@code --} where
     * there are none (configuration manual 2.6, section 8.5).
     */
    default String persistence() {
        return "--";
    }

    long measure(Measure measure);

    // ---- what is counted

    /** A stick table at work; null where there is none of the name. */
    default @Nullable CountedKeys table(String name) {
        return null;
    }

    /** What the request, or else its connection, tracks in a slot; null where neither does. */
    default @Nullable CountedKey tracked(int slot) {
        return null;
    }

    // ---- what rules remembered

    /** What {@link HttpAction.Remember} noted under a name; null where nothing was. */
    @Nullable
    String note(String name);
}
