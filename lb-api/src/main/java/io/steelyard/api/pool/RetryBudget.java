package io.steelyard.api.pool;

import java.time.Duration;

/**
 * How many requests of a pool may be tried again: a share of all, and some in any case, so that servers in trouble are not asked several times
 * what they cannot answer once (the rule of Finagle's retry budget). Every request puts {@code share} of a try into an account that forgets what
 * is older than {@code window}; {@code leastPerSecond} tries a second are added; each further try, a hedge as well as a retry, takes one out.
 * A connection that turns out to be dead before anything was answered costs nothing.
 *
 * @param share 0 to 10; 0.2 for one try more in five requests
 * @param leastPerSecond tries in any case, 0 and up
 * @param window 1 second to 60
 */
public record RetryBudget(double share, int leastPerSecond, Duration window) {
    /** A fifth of the requests and ten a second, over ten seconds. */
    public static final RetryBudget DEFAULT = new RetryBudget(0.2, 10, Duration.ofSeconds(10));

    public RetryBudget {
        if (!(share >= 0 && share <= 10)) {
            throw new IllegalArgumentException("share is " + share + ", expected 0 to 10");
        }
        if (leastPerSecond < 0) {
            throw new IllegalArgumentException("leastPerSecond is " + leastPerSecond + ", expected at least 0");
        }
        if (window.compareTo(Duration.ofSeconds(1)) < 0 || window.compareTo(Duration.ofSeconds(60)) > 0) {
            throw new IllegalArgumentException("window is " + window + ", expected 1 to 60 seconds");
        }
    }
}
