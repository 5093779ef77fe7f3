package io.steelyard.api.pool;

import java.time.Duration;

/**
 * Where flows wait while every server that could serve them is at its connection limit.
 *
 * @param capacity how many may wait; 0 refuses at once
 * @param timeout how long each waits at most
 */
public record ConnectionQueue(int capacity, Duration timeout) {
    /** Nothing waits. */
    public static final ConnectionQueue NONE = new ConnectionQueue(0, Duration.ZERO);

    public ConnectionQueue {
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity is " + capacity + ", expected at least 0");
        }
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout is negative");
        }
    }
}
