package io.steelyard.http.proxy;

/**
 * How fast a request's body comes, on the average of the time in which it was waited for: a client that sends an octet now and then is never silent
 * for long, and holds what it asked for all the same. Owned by one loop.
 */
final class BodyPace {
    private static final long GRACE_NS = 10_000_000_000L;
    private static final double NS_PER_SECOND = 1e9;

    private final int leastRate;
    private long bytes;
    private long waitedNs;
    private long sinceNs;

    /** @param leastRate octets a second; 0 for any */
    BodyPace(int leastRate) {
        this.leastRate = leastRate;
    }

    /** A body is about to come. */
    void begin(long nowNs) {
        bytes = 0;
        waitedNs = 0;
        sinceNs = nowNs;
    }

    /** The client was not to send for a while; it is now. */
    void resume(long nowNs) {
        sinceNs = nowNs;
    }

    /** Some came. @return false where it comes too slowly */
    boolean arrived(int count, long nowNs) {
        bytes += count;
        waitedNs += nowNs - sinceNs;
        sinceNs = nowNs;
        return leastRate == 0 || waitedNs <= GRACE_NS || bytes >= waitedNs / NS_PER_SECOND * leastRate;
    }
}
