package io.steelyard.vrrp.defence;

/**
 * Notices that this process stood still: garbage collection, a paused machine, SIGSTOP. The loop is asked for whenever its clock has been read, since
 * a process can be stopped in the middle of a round, too. Used by one thread at a time.
 */
public final class PauseWatch {
    /** A timer that comes later than that is worth a question. */
    private static final long LATE_NS = 5_000_000;

    private boolean hasNoticed;
    private long noticedNs;

    public PauseWatch() {}

    /**
     * How late the loop looks. What was told before does not count again.
     *
     * @param deadlineNs when its earliest timer was due; {@code Long.MAX_VALUE} where none is set
     * @return nanoseconds; 0 where it is in time, or nearly
     */
    public long lateNs(long deadlineNs, long nowNs) {
        if (deadlineNs == Long.MAX_VALUE || deadlineNs - nowNs > 0) {
            return 0;
        }
        long sinceNs = nowNs - deadlineNs;
        if (hasNoticed) {
            sinceNs = Math.min(sinceNs, nowNs - noticedNs);
        }
        if (sinceNs <= LATE_NS) {
            return 0;
        }
        hasNoticed = true;
        noticedNs = nowNs;
        return sinceNs;
    }
}
