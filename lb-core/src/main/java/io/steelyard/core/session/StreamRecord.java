package io.steelyard.core.session;

import io.steelyard.api.http.HttpFacts.Measure;
import java.util.function.LongSupplier;

/**
 * What became of a connection that carries no HTTP, in the terms of HAProxy's logs (configuration manual 2.6, sections 8.2.2, 8.4 and 8.5). Owned by
 * the connection's loop.
 */
public final class StreamRecord {
    /** It ended in order. */
    public static final String IN_ORDER = "--";

    private static final long NEVER = Long.MIN_VALUE;

    private String pool = "";
    private String server = "";
    private String termination = "";
    private long acceptedAtMs;
    private long startNs;
    private long nowNs;
    private long assignedNs = NEVER;
    private long connectedNs = NEVER;
    private long received;
    private long sent;
    private int retries;
    private int queuePosition;
    private boolean waitedForServer;
    private boolean isRedispatched;
    private LongSupplier listenerConnections = () -> 0;
    private LongSupplier processConnections = () -> 0;

    StreamRecord() {}

    // ---- what happens

    /** It was accepted, a while ago where {@code nowNs} is later. */
    void accepted(long atNs, long nowNs) {
        startNs = atNs;
        acceptedAtMs = System.currentTimeMillis() - (nowNs - atNs) / 1_000_000;
    }

    /** How many connections there are. */
    public void connections(LongSupplier ofListener, LongSupplier ofProcess) {
        listenerConnections = ofListener;
        processConnections = ofProcess;
    }

    /** It counts as a session: its rules about connections let it in. */
    void begun() {
        termination = IN_ORDER;
    }

    /** What serves it is known. */
    public void pool(String name) {
        pool = name;
    }

    /** A server is tried, or tried again. */
    public void assigned(String serverId, long atNs) {
        boolean isOther = !server.isEmpty() && !server.equals(serverId);
        isRedispatched |= isOther;
        server = serverId;
        assignedNs = assignedNs == NEVER ? atNs : assignedNs;
    }

    /** It left a queue, or gave up waiting in it. */
    public void left(int position, boolean ofServer, long atNs) {
        queuePosition = position;
        waitedForServer = ofServer;
        assignedNs = atNs;
    }

    /** A server is tried once more, or another one is. */
    public void retried() {
        retries++;
    }

    void connected(long atNs) {
        connectedNs = atNs;
    }

    /**
     * Who ended it and when, unless that was told before.
     *
     * @param letters two, such as {@code SC}
     */
    public void ended(String letters) {
        if (termination.equals(IN_ORDER)) {
            termination = letters;
        }
    }

    void over(long fromClient, long toClient, long atNs) {
        received = fromClient;
        sent = toClient;
        nowNs = atNs;
    }

    // ---- what is told

    String pool() {
        return pool;
    }

    String server() {
        return server;
    }

    /** Empty where it never was a session. */
    String termination() {
        return termination;
    }

    long measure(Measure measure) {
        return switch (measure) {
            case ACCEPTED_AT, REQUEST_AT -> acceptedAtMs;
            case QUEUE_MS -> assignedNs == NEVER ? -1 : ms(assignedNs - startNs);
            case CONNECT_MS -> connectedNs == NEVER ? -1 : ms(connectedNs - assignedNs);
            case TOTAL_MS, ACTIVE_MS -> ms(nowNs - startNs);
            case BYTES_SENT -> sent;
            case BYTES_RECEIVED -> received;
            case RETRIES -> retries;
            case SERVER_QUEUE_POSITION -> waitedForServer ? queuePosition : 0;
            case POOL_QUEUE_POSITION -> waitedForServer ? 0 : queuePosition;
            case REDISPATCHED -> isRedispatched ? 1 : 0;
            case LISTENER_CONNECTIONS -> listenerConnections.getAsLong();
            case PROCESS_CONNECTIONS -> processConnections.getAsLong();
            case IDLE_MS, HEADER_MS -> 0;
            case ANSWER_MS, REQUEST_NUMBER, CONNECTION_NUMBER, BODY_BYTES -> -1;
        };
    }

    private static long ms(long ns) {
        return ns / 1_000_000;
    }
}
