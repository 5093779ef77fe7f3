package io.steelyard.api.proxy;

import io.steelyard.api.Traffic;
import io.steelyard.api.http.BrokenMessage;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** A virtual server's traffic being carried. Called on the control thread. */
public interface Forwarder extends AutoCloseable {
    /**
     * Takes over a changed configuration of the same name; flows that exist go on. Addresses that stay are never closed.
     *
     * @param accepts whether it listens there, or gives its addresses up until it is told otherwise; flows that exist go on all the same
     * @throws IOException where a new address cannot be used; everything is then as before
     */
    void apply(VirtualServer changed, boolean accepts) throws IOException;

    /** Accepts nothing new, for ever; flows that exist go on. */
    void stopAccepting();

    /** Ends the flows on one server at once, as its drain deadline asks. Returns when it is asked for, not when it is done. */
    void cutFlows(String pool, String server);

    /** Why flows on a server are ended that could go on. */
    enum Ending {
        /** It went down, or was disabled. */
        SERVER_DOWN,
        /** It is a backup, and another server came up. */
        BACKUP_NOT_NEEDED,
        /** An operator wants it. */
        KILLED
    }

    /** Ends the flows on one server in order, as far as it may be. Returns when it is asked for, not when it is done. */
    default void endFlows(String pool, String server, Ending why) {
        cutFlows(pool, server);
    }

    /** The flows that are open: connections of TCP, requests of HTTP under way. Empty where it does not tell them one by one. */
    default List<OpenFlow> flows() {
        return List.of();
    }

    /** Ends one of {@link #flows} in order, as far as it may be. @return false where it has none of this number (any more) */
    default boolean endFlow(long id) {
        return false;
    }

    /** Flows open now. */
    int openFlows();

    /** Flows ever accepted. */
    long acceptedFlows();

    /** Flows ever ended because no server could serve, or because the client was not let in. */
    long refusedFlows();

    /**
     * What was dropped or ended because of what a peer did, by a name an operator understands: datagrams and packets such as
     * {@code server_buffer_full}, connections and requests such as {@code slow_header}, since the beginning. Every counter the forwarder has is
     * there, also at 0.
     *
     * @return empty where nothing is ever dropped
     */
    default Map<String, Long> drops() {
        return Map.of();
    }

    /** The last messages of HTTP that were none, at most one of each side. */
    default List<BrokenMessage> brokenMessages() {
        return List.of();
    }

    /** What passed, in bytes, flows and requests. */
    default Traffic traffic() {
        return Traffic.NONE;
    }

    /** Ends all flows at once and frees everything. */
    @Override
    void close();
}
