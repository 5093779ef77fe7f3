package io.steelyard.http.proxy;

import io.steelyard.api.pool.ServerAddress;
import org.jspecify.annotations.Nullable;

/** How one try of a server goes, as its log will tell. Reused from try to try; owned by one loop. */
final class Attempt {
    /** The time of what did not come. */
    static final long NEVER = -1;

    private @Nullable ServerAddress address;
    private long beganNs;
    private long queueMs = NEVER;
    private long connectMs = NEVER;
    private long headMs = NEVER;
    private long bodyBytes;
    private boolean isSent;

    /** @param waitedMs in the pool's queue; -1 where it did not */
    void begin(ServerAddress server, long waitedMs, long nowNs) {
        address = server;
        queueMs = waitedMs;
        beganNs = nowNs;
        connectMs = NEVER;
        headMs = NEVER;
        bodyBytes = 0;
        isSent = false;
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

    /** How long the body was that was passed on, as it came. */
    void data(long count) {
        bodyBytes = count;
    }

    ServerTry end(long nowNs, int status, long bytesSent, long bytesReceived) {
        return new ServerTry(
                address,
                "",
                status,
                queueMs,
                connectMs,
                headMs,
                sinceBegin(nowNs),
                bytesSent,
                bytesReceived,
                bodyBytes);
    }

    /** What can be told while the answer is under way. */
    ServerTry soFar(int status) {
        return new ServerTry(address, "", status, queueMs, connectMs, headMs, NEVER, 0, 0, bodyBytes);
    }

    private long sinceBegin(long nowNs) {
        return (nowNs - beganNs) / 1_000_000;
    }
}
