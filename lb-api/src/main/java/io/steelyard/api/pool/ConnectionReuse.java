package io.steelyard.api.pool;

import java.time.Duration;

/**
 * How connections to a pool's servers are kept after a request, for the next. The most recently used is taken first.
 *
 * @param mostIdle kept by each loop for the whole pool; 0 for none, so that each request has a connection of its own
 * @param mostRequests that one connection serves, at least 1
 * @param mostAge after which a connection serves no other request
 * @param idleTimeout how long a connection is kept; shorter than the servers', so that they are not the first to close
 */
public record ConnectionReuse(int mostIdle, int mostRequests, Duration mostAge, Duration idleTimeout) {
    /** nginx's defaults: 32 idle, 1,000 requests, one hour, 60 seconds. */
    public static final ConnectionReuse DEFAULT =
            new ConnectionReuse(32, 1_000, Duration.ofHours(1), Duration.ofSeconds(60));

    /** A connection for each request. */
    public static final ConnectionReuse NONE = new ConnectionReuse(0, 1, Duration.ofHours(1), Duration.ofSeconds(60));

    public ConnectionReuse {
        if (mostIdle < 0) {
            throw new IllegalArgumentException("mostIdle is " + mostIdle + ", expected at least 0");
        }
        if (mostRequests < 1) {
            throw new IllegalArgumentException("mostRequests is " + mostRequests + ", expected at least 1");
        }
        if (mostAge.isNegative() || idleTimeout.isNegative()) {
            throw new IllegalArgumentException("mostAge or idleTimeout is negative");
        }
    }
}
