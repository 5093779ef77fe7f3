package io.steelyard.http.proxy;

import io.steelyard.api.pool.ServerAddress;
import org.jspecify.annotations.Nullable;

/** One try of a server: its connection, and how it goes, as its log will tell. Reused from try to try; owned by one loop. */
final class Attempt {
    /** The time of what did not come. */
    static final long NEVER = -1;

    private @Nullable ServerConnection server;
    private @Nullable ServerAddress address;
    private long beganNs;
    private long queueMs = NEVER;
    private long connectMs = NEVER;
    private long headMs = NEVER;
    private long bodyBytes;
    private boolean isSent;

    /** @param waitedMs in the pool's queue; -1 where it did not */
    void begin(ServerAddress to, long waitedMs, long nowNs) {
        address = to;
        queueMs = waitedMs;
        beganNs = nowNs;
        connectMs = NEVER;
        headMs = NEVER;
        bodyBytes = 0;
        isSent = false;
    }

    /** It has this connection, open or being opened. */
    void use(ServerConnection connection) {
        server = connection;
    }

    /** Null before it has a connection, and once that was given back. */
    @Nullable
    ServerConnection server() {
        return server;
    }

    /** Gives its connection back, where there is one. @param mayKeep whether it may serve others */
    void release(boolean mayKeep) {
        var used = server;
        server = null;
        if (used != null) {
            if (mayKeep) {
                used.release();
            } else {
                used.close();
            }
        }
    }

    /** Whether its connection served others before. */
    boolean isReused() {
        return server != null && server.isReused();
    }

    /** Whether the server never sent anything. */
    boolean wasSilent() {
        return server == null || server.receivedBytes() == 0;
    }

    /** Whether something of the request waits for the server. */
    boolean isBehind() {
        return server != null && !server.hasSentAll();
    }

    /** Bytes that wait in memory for the server. */
    long pendingBytes() {
        return server == null ? 0 : server.pendingBytes();
    }

    /** The status of the server's answer, or this where there is no server. */
    int statusOr(int otherwise) {
        return server == null ? otherwise : server.head().status();
    }

    void connected(long nowNs) {
        connectMs = sinceBegin(nowNs);
    }

    /** The server may have got the request, or a part of it. */
    void sent() {
        isSent = true;
    }

    boolean isSent() {
        return isSent;
    }

    /** The head of the server's answer is there. */
    void answered(long nowNs) {
        headMs = sinceBegin(nowNs);
    }

    /** How long the head of the answer took; told at that moment. */
    long headNs(long nowNs) {
        return nowNs - beganNs;
    }

    boolean isAnswered() {
        return headMs != NEVER;
    }

    /** The body of the answer was passed on as it came. */
    void passedBody() {
        if (server != null) {
            bodyBytes = server.bodyBytes();
        }
    }

    /** Notes how it went. */
    void record(ServersTried log, long nowNs, int status) {
        log.add(new ServerTry(
                address,
                "",
                status,
                queueMs,
                connectMs,
                headMs,
                sinceBegin(nowNs),
                server == null ? 0 : server.sentBytes(),
                server == null ? 0 : server.receivedBytes(),
                bodyBytes));
    }

    /** What can be told while the answer is under way. */
    ServerTry soFar(int status) {
        return new ServerTry(address, "", status, queueMs, connectMs, headMs, NEVER, 0, 0, bodyBytes);
    }

    private long sinceBegin(long nowNs) {
        return (nowNs - beganNs) / 1_000_000;
    }
}
