package io.steelyard.api.pool;

import java.time.Duration;

/** How a pool learns from the failures of real traffic that a server should be left alone for a while. */
public sealed interface PassiveHealth {
    /** It does not. */
    record Off() implements PassiveHealth {}

    /**
     * nginx's rule, with each server's {@code maxFails} and {@code failTimeout} (nginx {@code ngx_http_upstream_round_robin.c}): after
     * {@code maxFails} failures with no success between that began more than {@code failTimeout} after the last of them, the server is
     * skipped for {@code failTimeout}; then one flow in each {@code failTimeout} tries it. The clock counts whole seconds. A pool of one
     * server never skips it.
     */
    record MaxFails() implements PassiveHealth {}

    /**
     * A true sliding window: {@code failures} within the last {@code window} eject the server for {@code ejection} times the number of
     * ejections in a row (at most ten times); never more than {@code maxEjectedPercent} of a tier's servers at once, but one always may be.
     * An ejection is in a row with the one before when it begins no later than one window after that one ended; failures from before it
     * ended no longer count. The only server of a pool is never ejected.
     *
     * @param failures at least 1
     * @param window how long a failure counts
     * @param ejection how long the first ejection lasts
     * @param maxEjectedPercent 0 to 100
     */
    record SlidingWindow(int failures, Duration window, Duration ejection, int maxEjectedPercent)
            implements PassiveHealth {
        public SlidingWindow {
            if (failures < 1) {
                throw new IllegalArgumentException("failures is " + failures + ", expected at least 1");
            }
            if (window.isNegative() || window.isZero() || ejection.isNegative() || ejection.isZero()) {
                throw new IllegalArgumentException("window and ejection must be greater than zero");
            }
            if (maxEjectedPercent < 0 || maxEjectedPercent > 100) {
                throw new IllegalArgumentException("maxEjectedPercent is " + maxEjectedPercent + ", expected 0 to 100");
            }
        }

        /** 5 failures in 10 s, ejected for 10 s, at most half of a tier. */
        public static SlidingWindow defaults() {
            return new SlidingWindow(5, Duration.ofSeconds(10), Duration.ofSeconds(10), 50);
        }
    }
}
