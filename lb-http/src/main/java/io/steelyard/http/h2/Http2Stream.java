package io.steelyard.http.h2;

import io.steelyard.http.h1.BodyFraming;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer within a session (RFC 9113 section 5.1), from its header block until both sides have ended or one has reset it.
 * Owned by the session's loop.
 */
public final class Http2Stream {
    private final int id;
    private final BodyFraming framing = new BodyFraming();

    @Nullable
    StreamUser user;

    /** Octets that the peer takes. */
    long sendWindow;

    /** Octets that the peer may send. */
    int receiveWindow;

    /** Octets that were given to the user and are not consumed. */
    int unconsumed;

    /** Consumed octets that the peer was not told of. */
    int credit;

    /** What is missing of the length that was declared; -1 where none was. */
    long missing = -1;

    /** Octets of header blocks and DATA that came. */
    long received;

    boolean isRemoteEnded;
    boolean isLocalEnded;
    boolean isClosed;
    boolean isWaiting;

    Http2Stream(int id) {
        this.id = id;
    }

    public int id() {
        return id;
    }

    /** What the request says of its body, once its head is there. */
    public BodyFraming framing() {
        return framing;
    }

    /** Octets of the request so far, without the headers of frames. */
    public long receivedBytes() {
        return received;
    }

    /** Whether the request came to its end. */
    public boolean isRemoteEnded() {
        return isRemoteEnded;
    }

    /** Whether nothing can be sent on it any more. */
    public boolean isLocalEnded() {
        return isLocalEnded || isClosed;
    }

    /** Whether it is no part of the session any more. */
    public boolean isClosed() {
        return isClosed;
    }
}
