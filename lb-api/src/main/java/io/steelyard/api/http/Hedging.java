package io.steelyard.api.http;

import java.time.Duration;

/**
 * A second server is asked where the first has not begun to answer after a time; the answer that begins first is taken, and the other request is
 * cut. Only requests that may be repeated are hedged: GET, HEAD and OPTIONS, without a body. A hedge counts against the pool's {@link
 * io.steelyard.api.pool.RetryBudget}.
 *
 * @param delay how long the first server has; with a percentile, how long at least
 * @param percentile of the pool's recent times until an answer began, more than 0 and less than 100, after which a second server is asked; 0 for
 *     {@code delay} alone
 */
public record Hedging(Duration delay, double percentile) {
    public Hedging {
        if (delay.isNegative() || delay.isZero()) {
            throw new IllegalArgumentException("delay must be greater than zero");
        }
        if (!(percentile >= 0 && percentile < 100)) {
            throw new IllegalArgumentException("percentile is " + percentile + ", expected 0 to less than 100");
        }
    }

    public static Hedging after(Duration delay) {
        return new Hedging(delay, 0);
    }
}
