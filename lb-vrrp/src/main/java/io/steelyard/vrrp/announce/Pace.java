package io.steelyard.vrrp.announce;

/**
 * When packets of each family may leave an interface next. All routers that announce by one interface share one, so that together they keep the pause
 * between packets. Used by one thread at a time.
 */
public final class Pace {
    /** IPv4, and IPv6. */
    private final long[] freeAtNs = {Long.MIN_VALUE, Long.MIN_VALUE};

    /** Nothing has left yet. */
    public Pace() {}

    /** When the next packet may leave; {@code Long.MIN_VALUE} for any time. */
    long freeAtNs(int family) {
        return freeAtNs[family];
    }

    /** A packet leaves, and keeps others away for so long. */
    void take(int family, long nowNs, long pauseNs) {
        freeAtNs[family] = nowNs + pauseNs;
    }
}
