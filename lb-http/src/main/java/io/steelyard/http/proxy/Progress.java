package io.steelyard.http.proxy;

import io.steelyard.api.schedule.TrafficCounts;
import org.jspecify.annotations.Nullable;

/**
 * How far a request has come and how it ended, in the terms of HAProxy's log. Times are nanoseconds of the loop's clock. Owned by one loop.
 */
final class Progress {
    static final String IN_ORDER = "--";
    private static final long NEVER = Long.MIN_VALUE;

    private final long connectionBeganNs;
    private final long requestBeganNs;
    private long headReadNs;
    private long triedNs = NEVER;
    private long connectedNs = NEVER;
    private long answeredNs = NEVER;
    private long endedNs = NEVER;
    private int retries;
    private boolean isRedispatched;
    private int serverQueuePosition;
    private int poolQueuePosition;
    private String pool = "";
    private String server = "";
    private String termination = IN_ORDER;
    private @Nullable TrafficCounts traffic;

    /** @param connectionBeganNs when the connection began, or the request before ended */
    Progress(long connectionBeganNs, long requestBeganNs, long headReadNs) {
        this.connectionBeganNs = connectionBeganNs;
        this.requestBeganNs = requestBeganNs;
        this.headReadNs = headReadNs;
    }

    /** The request's header was never read to its end. */
    void unread() {
        headReadNs = NEVER;
    }

    void pool(String name) {
        pool = name;
    }

    String pool() {
        return pool;
    }

    /** The server tried now; empty where none could be picked. */
    String server() {
        return server;
    }

    void trying(String name, TrafficCounts counted, long nowNs) {
        traffic = counted;
        counted.requestBegan(nowNs);
        isRedispatched |= !server.isEmpty() && !server.equals(name);
        server = name;
        triedNs = nowNs;
        connectedNs = NEVER;
        answeredNs = NEVER;
    }

    /** Where to count what passes between the client and the server tried last; null where none was. */
    @Nullable
    TrafficCounts traffic() {
        return traffic;
    }

    void noServer() {
        server = "";
    }

    void retrying() {
        retries++;
    }

    int retries() {
        return retries;
    }

    /** It left a queue. @param position which it was of those that were let out while it waited, from 1 */
    void queued(boolean isOfServer, int position) {
        if (isOfServer) {
            serverQueuePosition += position;
        } else {
            poolQueuePosition += position;
        }
    }

    int serverQueuePosition() {
        return serverQueuePosition;
    }

    int poolQueuePosition() {
        return poolQueuePosition;
    }

    boolean isRedispatched() {
        return isRedispatched;
    }

    void connected(long nowNs) {
        connectedNs = nowNs;
    }

    void answered(long nowNs) {
        answeredNs = nowNs;
    }

    void ended(long nowNs) {
        endedNs = nowNs;
    }

    /** The first thing that went wrong says how it ended. */
    void termination(String letters) {
        if (termination.equals(IN_ORDER)) {
            termination = letters;
        }
    }

    String termination() {
        return termination;
    }

    long idleMs() {
        return between(connectionBeganNs, requestBeganNs);
    }

    long headerMs() {
        return between(requestBeganNs, headReadNs);
    }

    /** Until the last try of a server, or the end where none was tried. */
    long queueMs() {
        return pool.isEmpty() ? -1 : between(headReadNs, triedNs == NEVER ? endedNs : triedNs);
    }

    long connectMs() {
        return between(triedNs, connectedNs);
    }

    long answerMs() {
        return between(connectedNs, answeredNs);
    }

    long activeMs() {
        return between(requestBeganNs, endedNs);
    }

    long totalMs() {
        return between(connectionBeganNs, endedNs);
    }

    /** How long ago the request's first byte came. */
    long agoMs(long nowNs) {
        return between(requestBeganNs, nowNs);
    }

    private static long between(long from, long to) {
        return from == NEVER || to == NEVER ? -1 : Math.max(0, (to - from) / 1_000_000);
    }
}
