package io.steelyard.bench;

import java.util.Arrays;

/**
 * Times two things by turns in short rounds and compares the medians, so that neither the machine's speed nor other work on it changes the
 * ratio much.
 */
final class Turns {
    /** How long a ratio that is too high is measured again: code may wait that long for its compiler where other work keeps the machine busy. */
    private static final long PATIENCE_NS = 20_000_000_000L;

    private static final int ROUNDS = 31;
    private static final int WARM_UP_ROUNDS = 5;

    private Turns() {}

    /** Something timed. */
    interface Timed {
        /** Nanoseconds an operation, over one short round. */
        double nanoseconds();
    }

    /** What {@code subject} costs as a multiple of {@code baseline}: the first measured below {@code bound}, or the lowest when patience ends. */
    static double ratio(Timed subject, Timed baseline, double bound) {
        long start = System.nanoTime();
        double lowest = Double.MAX_VALUE;
        do {
            lowest = Math.min(lowest, once(subject, baseline));
        } while (lowest >= bound && System.nanoTime() - start < PATIENCE_NS);
        return lowest;
    }

    private static double once(Timed subject, Timed baseline) {
        var costs = new double[ROUNDS];
        var baselineCosts = new double[ROUNDS];
        for (int round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
            double cost = subject.nanoseconds();
            double baselineCost = baseline.nanoseconds();
            if (round >= 0) {
                costs[round] = cost;
                baselineCosts[round] = baselineCost;
            }
        }
        Arrays.sort(costs);
        Arrays.sort(baselineCosts);
        return costs[ROUNDS / 2] / baselineCosts[ROUNDS / 2];
    }
}
