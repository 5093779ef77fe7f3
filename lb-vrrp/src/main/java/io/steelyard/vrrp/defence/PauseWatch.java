package io.steelyard.vrrp.defence;

/**
 * Notices that this process stood still: garbage collection, a paused machine, SIGSTOP. The loop says until when it means to sleep, and how late it
 * is then is the pause. Used by one thread at a time.
 */
public final class PauseWatch {
    private long plannedNs = Long.MAX_VALUE;

    public PauseWatch() {}

    /** The loop will look again at that time, or sooner. */
    public void planned(long wakeNs) {
        plannedNs = wakeNs;
    }

    /**
     * How late the loop looks.
     *
     * @return nanoseconds; 0 where it is in time
     */
    public long lateNs(long nowNs) {
        return plannedNs == Long.MAX_VALUE ? 0 : Math.max(0, nowNs - plannedNs);
    }
}
