package io.steelyard.api.schedule;

import io.steelyard.api.pool.RealServer;

/**
 * A flow's hold on a server: the place where it reports what happens. Connection counts, response times and passive health all follow from
 * these reports. Used by one thread at a time; reusable, so that no flow allocates one.
 *
 * <pre>{@code
 *   pick ──► connected ──► firstByte ──► completed
 *     └────────┴──────────────┴────────► failed ──► pick (another server) …
 * }</pre>
 */
public interface Lease {
    /** Why a server failed a flow. */
    enum Failure {
        /** Nothing answered in time. */
        CONNECT_TIMEOUT,
        /** The connection was refused, or the network said no. */
        CONNECT_ERROR,
        /** It was connected and then sent nothing, or took nothing of what was sent to it, in time. */
        READ_TIMEOUT,
        /** It was connected and the connection broke. */
        BROKEN,
        /** It answered with an error the configuration counts as a failure. */
        BAD_RESPONSE
    }

    /** Whether it holds a server. */
    boolean isHeld();

    /**
     * The server it holds, or held last.
     *
     * @throws IllegalStateException where it never held one
     */
    RealServer server();

    /** How many servers this flow was given, from 1. */
    int attempts();

    /**
     * Of the flows that were let out of the queue where this one waited last, from when it came in until it left, which one it was: 1 for the
     * first. 0 where it did not wait.
     */
    default int queuePosition() {
        return 0;
    }

    /** Whether the queue where it waited last was that of one server, and not of the pool. */
    default boolean waitedForServer() {
        return false;
    }

    /** Where to count what passes between the flow and the server it holds, or held last; nobody reads it where it never held one. */
    default TrafficCounts traffic() {
        return new TrafficCounts();
    }

    /** The flow reached its server. */
    void connected();

    /** The server sent its first byte. Calls after the first do nothing. */
    void firstByte();

    /**
     * The server's answer to an HTTP request began.
     *
     * @param status its status, 100 to 999
     */
    default void answered(int status) {}

    /** An attempt failed, and the same server, which is still held, will be tried again. */
    default void failedOnce(Failure failure) {}

    /** The flow ended well; the server is given back. */
    void completed();

    /** The flow failed on its server, which is given back and will not be picked for this flow again. */
    void failed(Failure failure);

    /**
     * The server did its part, and the flow is given to another all the same, as for an answer that another server may not give. The server is
     * given back, is not held to have failed, and will not be picked for this flow again.
     */
    default void declined() {
        completed();
    }

    /**
     * The server was not reached, for a reason that says nothing of it, such as a kept connection that it had closed: the server is given back,
     * and the try does not count. What the flow tried before stays tried, and this server may be picked again.
     */
    default void withdrawn() {
        cancelled();
    }

    /** The flow ended for a reason that says nothing of the server, such as a client that left; the server is given back. */
    void cancelled();

    /** Makes it ready for a new flow; a server still held is given back as {@link #cancelled()}. */
    void reset();
}
