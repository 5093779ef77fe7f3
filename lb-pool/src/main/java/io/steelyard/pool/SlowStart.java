package io.steelyard.pool;

import java.time.Duration;

/**
 * How the weight of a server grows after it came up: linearly from nothing to its weight, in steps. So that small weights grow smoothly too,
 * all weights of a tier are multiplied by one factor meanwhile.
 *
 * <p>Pure functions.
 */
final class SlowStart {
    private static final int STEPS = 50;
    private static final long SHORTEST_STEP_NS = Duration.ofMillis(20).toNanos();
    private static final long LONGEST_STEP_NS = Duration.ofSeconds(1).toNanos();
    private static final int GREATEST_FACTOR = 256;

    /** Schedulers add weights up in an int. */
    private static final long GREATEST_SUM = Integer.MAX_VALUE / 2;

    private SlowStart() {}

    /** The share of its weight a server has, 0 to 1. */
    static double share(Member member, long nowNs) {
        return member.isInSlowStart ? share(nowNs - member.slowStartNs, member.server.slowStart()) : 1;
    }

    static double share(long elapsedNs, Duration length) {
        return length.isZero() ? 1 : Math.clamp((double) elapsedNs / length.toNanos(), 0.0, 1.0);
    }

    static boolean isOver(Member member, long nowNs) {
        return share(member, nowNs) >= 1;
    }

    /** The time from one step to the next. */
    static long stepNs(Duration length) {
        return Math.clamp(length.toNanos() / STEPS, SHORTEST_STEP_NS, LONGEST_STEP_NS);
    }

    /** What to multiply the weights of a tier by: a power of two, 256 unless their sum grows too great. */
    static int factor(long weightSum) {
        int factor = GREATEST_FACTOR;
        while (factor > 1 && weightSum * factor > GREATEST_SUM) {
            factor /= 2;
        }
        return factor;
    }

    /** The weight at a share of its growth: never 0 unless {@code weight} is. */
    static int weight(int weight, double share, int factor) {
        int full = weight * factor;
        return weight == 0 ? 0 : Math.max(1, (int) Math.round(full * share));
    }
}
