package io.steelyard.http.proxy;

import io.steelyard.api.schedule.Flow;
import io.steelyard.core.tls.TlsTransport;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.pool.stick.TrackedKeys;
import io.steelyard.pool.variable.ConnectionFacts;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What an exchange knows of its client and asks of it, whichever version of HTTP carries it. Ends with {@link #endAnswer},
 * {@link #breakAnswer}, {@link #drop} or {@link #reset}, or when the client leaves. Owned by the loop of the client's connection.
 */
interface ClientSide {

    // ---- who it is

    HttpWorker worker();

    /** What is known of the connection; this exchange's own while it lasts. */
    ConnectionFacts facts();

    /** The client's; null for one on a UNIX socket. */
    @Nullable
    InetAddress address();

    int clientPort();

    /** The TLS of the connection; null where there is none. */
    @Nullable
    TlsTransport tls();

    /** What servers are told of it. */
    AboutClient about();

    /** Tells a flow the address that the client spoke to. */
    void fillDestination(Flow flow);

    /** What the connection tracks in stick tables; null for nothing. */
    default @Nullable TrackedKeys tracked() {
        return null;
    }

    /** What rules noted about the connection, by name, for its later requests. */
    default Map<String, String> notes() {
        return new HashMap<>(0);
    }

    // ---- when it was

    long nowNs();

    /** When the connection was opened. */
    long openedNs();

    /** When the first byte of the request came. */
    long requestStartNs();

    /** When the connection could take the request: when it was opened, or the answer before was out. */
    default long readyNs() {
        return requestStartNs();
    }

    /** Which of the connection's requests it is, from 1. */
    int requestNumber();

    /** Whether the request came before the one before it was answered. */
    boolean isPipelined();

    /** Bytes of the request so far, with its head. */
    long requestBytes();

    // ---- the request's body

    /** Whether the request was received to its end, or what is left of it is not looked at. */
    boolean isBodyRead();

    /** The fields behind the request's body, once it was read to its end; null where there can be none. */
    @Nullable
    FieldBlock trailers();

    /** Asks the client to send its request's body, where it waits for that. */
    void invite();

    /** The exchange has room for the request's body, perhaps again: it is given what came. */
    void resumeBody();

    /** Nothing more of the request is looked at. */
    void stopReading();

    // ---- the answer

    /** Memory for the header fields of the answer. */
    FieldBlock answerFields();

    /** Whether anything of the answer was written. */
    boolean hasAnswerBegun();

    /** Bytes of the answer's head so far. */
    long answerHeadBytes();

    /** Bytes of the answer's body so far; with HTTP/1, with its chunks' framing. */
    long answerBodyBytes();

    /** Whether the answer says that the connection is kept; told once it has begun. */
    boolean keepsConnection();

    /** Whether the answer's body comes in chunks; told once it has begun. */
    boolean isAnswerChunked();

    /** Whether more than so many bytes wait for the client, so that its server must not be read. */
    boolean isSlow(int mostBufferBytes);

    /**
     * Begins an answer.
     *
     * @param fields without any that are about the connection or the framing
     * @param length of the body; -1 where it is not known
     */
    void beginAnswer(int status, String reason, FieldBlock fields, long length);

    /** Passes the server's 101 on; from then on both sides send what they like. */
    void beginTunnel(String reason, FieldBlock fields);

    /** Sends a part of the answer's body, at once or at the next {@link #flush}. */
    void sendBody(MemorySegment from, long offset, long length);

    /** Whether the answer's body may be followed by fields, and the client says that it looks at them. */
    boolean acceptsTrailers();

    /** Puts fields behind the answer's body; {@link #endAnswer} follows. */
    void sendTrailers(FieldBlock fields);

    /** Sends what was put together. */
    void flush();

    /** The answer is complete. */
    void endAnswer();

    /** The answer cannot be completed: the client is to see that. */
    void breakAnswer();

    /** Ends the exchange without an answer. */
    void drop();

    /** Closes the connection, with all its requests, and does not tell the client. */
    void vanish();

    /** Something failed that should not have: ends it at once, so that nobody takes what came so far for the whole. */
    void reset();
}
