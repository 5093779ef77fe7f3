package io.steelyard.http.proxy;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

/**
 * A version of HTTP as one client's connection speaks it: understands what the connection receives, and carries exchanges. Used on the
 * connection's loop, and until the connection is closed.
 */
interface ClientProtocol {
    /** The connection has this protocol from now on. */
    void begin();

    /** Whether the socket is to be read. */
    boolean wantsInput();

    /**
     * Looks at what was received, and stops where nothing can be done with it yet.
     *
     * @param in the bytes; what is left in it is given again by {@link ClientConnection#readHeld}
     * @param memory whose bytes {@code in} has, from the same index on
     */
    void consume(ByteBuffer in, MemorySegment memory);

    /** The client will send nothing more. */
    void inputEnded();

    /** The socket took some of what waited for it. */
    void hasRoom();

    /** The deadline that was set last has passed. */
    void onDeadline(long nowNs);

    /** Whether nothing of a request has come, and none is under way. */
    boolean isIdle();

    /** How many bytes wait in memory for servers, or for the client beside what waits for its socket. */
    long keptBytes();

    /** Requests that begin from now on are served by this plan. */
    void adopt(HttpPlan changed);

    /** No further request is served; those there are end well. */
    void finish();

    /** Hands over the exchanges under way; the task may end them. */
    default void forEach(Consumer<Exchange> task) {}

    /** The connection is closed: ends the exchanges and gives back what is lent. */
    void closed();
}
