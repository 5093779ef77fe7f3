package io.steelyard.api;

import java.time.Duration;

/**
 * What holds for the whole balancer.
 *
 * @param loops data-plane event loops; 0 for one each core
 * @param drainTimeout how long flows of removed servers, and all flows at shutdown, may take to finish before they are cut
 * @param maxConnections TCP connections from clients at once, further ones wait to be accepted; and, counted apart, UDP sessions at once,
 *     datagrams that would begin further ones are dropped; 0 for no limit of connections, and for as many sessions as half the
 *     descriptors of the process
 */
public record Settings(int loops, Duration drainTimeout, int maxConnections) {
    private static final Settings DEFAULTS = new Settings(0, Duration.ofSeconds(30), 0);

    public Settings {
        if (loops < 0 || loops > 1_024) {
            throw new IllegalArgumentException("loops is " + loops + ", expected 0 to 1024");
        }
        if (drainTimeout.isNegative()) {
            throw new IllegalArgumentException("drainTimeout is negative");
        }
        if (maxConnections < 0) {
            throw new IllegalArgumentException("maxConnections is " + maxConnections + ", expected at least 0");
        }
    }

    /** A loop each core, drain 30 s, no limit. */
    public static Settings defaults() {
        return DEFAULTS;
    }
}
