package io.steelyard.api.schedule;

/**
 * Whether passive health lets a flow try a server now. One for each server that has such a rule.
 *
 * @implSpec Called from any thread; allocates nothing and takes no lock.
 */
@FunctionalInterface
public interface Admission {
    /**
     * Whether a flow may try the server.
     *
     * @param nowNs the time of the pick, in nanoseconds of the pool's monotonic clock
     */
    boolean admits(long nowNs);
}
