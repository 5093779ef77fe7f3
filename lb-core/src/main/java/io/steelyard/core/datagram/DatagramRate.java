package io.steelyard.core.datagram;

/**
 * The bytes a second of one direction of a session, by nginx's rule ({@code ngx_stream_proxy_process}): after a datagram the next may pass
 * when this one would have taken its time at the rate, and none may while more has passed than the rate allows for the seconds begun. A
 * datagram is never split, so that one that is longer than the rate passes and is paid for afterwards. Owned by the session's loop.
 */
final class DatagramRate {
    private static final long NS_PER_MS = 1_000_000;
    private static final long NS_PER_S = 1_000_000_000;

    private long bytesPerSecond;
    private long startNs;
    private long movedBytes;
    private long nextNs;

    /** @param limit bytes a second; 0 for no limit */
    void begin(long limit, long nowNs) {
        bytesPerSecond = limit;
        startNs = nowNs;
        movedBytes = 0;
        nextNs = nowNs;
    }

    boolean isLimited() {
        return bytesPerSecond > 0;
    }

    /** A datagram passes that costs no time, though its bytes count: the one a session begins with. */
    void countFirst(int bytes) {
        movedBytes += bytes;
    }

    /** A datagram has passed. */
    void count(int bytes, long nowNs) {
        movedBytes += bytes;
        nextNs = nowNs + bytes * 1_000L / bytesPerSecond * NS_PER_MS;
    }

    /** How long the next datagram has to wait; 0 where it may pass. */
    long delayNs(long nowNs) {
        if (!isLimited()) {
            return 0;
        }
        long budget = bytesPerSecond * ((nowNs - startNs) / NS_PER_S + 1) - movedBytes;
        if (nextNs - nowNs <= 0 && budget <= 0) {
            nextNs = nowNs + (-budget * 1_000L / bytesPerSecond + 1) * NS_PER_MS;
        }
        return Math.max(nextNs - nowNs, 0);
    }
}
