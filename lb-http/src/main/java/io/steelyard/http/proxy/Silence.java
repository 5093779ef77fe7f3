package io.steelyard.http.proxy;

/**
 * How long a server neither sent nor took anything (nginx {@code proxy_read_timeout}, {@code proxy_send_timeout}). While it takes nothing of the
 * request, it is not waited for to send. Times are nanoseconds of the loop's clock. Owned by one loop.
 */
final class Silence {
    private final long readTimeoutNs;
    private final long sendTimeoutNs;
    private long activeNs;

    /** When the server's socket last took a part of the request, or was first offered what waits for it. */
    private long tookNs;

    Silence(long readTimeoutNs, long sendTimeoutNs) {
        this.readTimeoutNs = readTimeoutNs;
        this.sendTimeoutNs = sendTimeoutNs;
    }

    /** It is broken, or begins now. @return when to look whether it has lasted too long */
    long restart(long nowNs) {
        activeNs = nowNs;
        tookNs = nowNs;
        return nowNs + Math.min(readTimeoutNs, sendTimeoutNs);
    }

    /** The server sent something, or its client took something of it. */
    void broken(long nowNs) {
        activeNs = nowNs;
    }

    /** The server is sent something. @param isBehind whether something from before still waits for it */
    void sending(long nowNs, boolean isBehind) {
        activeNs = nowNs;
        if (!isBehind) {
            tookNs = nowNs;
        }
    }

    /** Whether it has lasted too long. @param isBlocked whether something of the request waits for the server */
    boolean isTooLong(long nowNs, boolean isBlocked) {
        return deadlineNs(isBlocked) - nowNs <= 0;
    }

    /** When to look next. What is written meanwhile may be blocked from then on. */
    long nextNs(long nowNs, boolean isBlocked) {
        return isBlocked ? deadlineNs(true) : Math.min(deadlineNs(false), nowNs + sendTimeoutNs);
    }

    private long deadlineNs(boolean isBlocked) {
        return isBlocked ? tookNs + sendTimeoutNs : activeNs + readTimeoutNs;
    }
}
