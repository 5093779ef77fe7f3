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
 * @param bufferBudget bytes outside the heap that may hold what clients and servers of HTTP have sent and the other side does not take yet; what is
 *     above it is given up: first idle connections, then those for which most is kept. 0 for as much as the heap may have
 */
public record Settings(int loops, Duration drainTimeout, int maxConnections, long bufferBudget) {
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
        if (bufferBudget < 0) {
            throw new IllegalArgumentException("bufferBudget is " + bufferBudget + ", expected at least 0");
        }
    }

    /** With the budget of buffers that is the default. */
    public Settings(int loops, Duration drainTimeout, int maxConnections) {
        this(loops, drainTimeout, maxConnections, 0);
    }

    /** A loop each core, drain 30 s, no limit. */
    public static Settings defaults() {
        return DEFAULTS;
    }

    public Settings withLoops(int value) {
        return new Settings(value, drainTimeout, maxConnections, bufferBudget);
    }

    public Settings withDrainTimeout(Duration value) {
        return new Settings(loops, value, maxConnections, bufferBudget);
    }

    public Settings withMaxConnections(int value) {
        return new Settings(loops, drainTimeout, value, bufferBudget);
    }

    public Settings withBufferBudget(long value) {
        return new Settings(loops, drainTimeout, maxConnections, value);
    }
}
