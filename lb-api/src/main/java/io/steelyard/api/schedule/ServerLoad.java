package io.steelyard.api.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * The live counters of one server. They belong to the server's id and survive configuration changes; every snapshot refers to the same
 * object. Safe for all threads.
 *
 * <p>Written by whoever holds a lease on the server, with atomic additions; read opaquely by pickers, for which a value that is a moment old
 * is as good. Schedulers only read.
 */
public final class ServerLoad {
    private static final VarHandle ACTIVE;
    private static final VarHandle INACTIVE;
    private static final VarHandle QUEUED;
    private static final VarHandle SERVED;
    private static final VarHandle FAILURES;
    private static final VarHandle OVERLOADED;

    static {
        try {
            var lookup = MethodHandles.lookup();
            ACTIVE = lookup.findVarHandle(Counters.class, "active", int.class);
            INACTIVE = lookup.findVarHandle(Counters.class, "inactive", int.class);
            QUEUED = lookup.findVarHandle(Counters.class, "queued", int.class);
            SERVED = lookup.findVarHandle(Counters.class, "served", long.class);
            FAILURES = lookup.findVarHandle(Counters.class, "failures", long.class);
            OVERLOADED = lookup.findVarHandle(Counters.class, "overloaded", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final Counters counters = new PaddedCounters();

    /** Open flows. */
    public int active() {
        return (int) ACTIVE.getOpaque(counters);
    }

    /** Flows that are over but still tracked, as packet forwarding has them (LVS "InActConn"); 0 for proxied flows. */
    public int inactive() {
        return (int) INACTIVE.getOpaque(counters);
    }

    /** Flows waiting for this server. */
    public int queued() {
        return (int) QUEUED.getOpaque(counters);
    }

    /** Flows ever given to the server. */
    public long served() {
        return (long) SERVED.getOpaque(counters);
    }

    /** Flows that ever failed on it. */
    public long failures() {
        return (long) FAILURES.getOpaque(counters);
    }

    /** Whether a limit with hysteresis was reached and the server has not yet come back below its resume mark. */
    public boolean isOverloaded() {
        return (boolean) OVERLOADED.getOpaque(counters);
    }

    /** Adds to the open flows and returns the new number. */
    public int addActive(int delta) {
        return (int) ACTIVE.getAndAdd(counters, delta) + delta;
    }

    /**
     * Adds one open flow unless the server, with the flows that are over but tracked, has {@code limit} already. Exact whatever other threads
     * do at the same time.
     *
     * @param limit at least 1
     * @return whether it was added
     */
    public boolean tryAddActive(int limit) {
        int now = active();
        while ((long) now + inactive() < limit) {
            int seen = (int) ACTIVE.compareAndExchange(counters, now, now + 1);
            if (seen == now) {
                return true;
            }
            now = seen;
        }
        return false;
    }

    /** Adds to the flows that are over but tracked. */
    public void addInactive(int delta) {
        INACTIVE.getAndAdd(counters, delta);
    }

    /** Adds to the waiting flows. */
    public void addQueued(int delta) {
        QUEUED.getAndAdd(counters, delta);
    }

    /** Counts a flow given to the server. */
    public void countServed() {
        SERVED.getAndAdd(counters, 1L);
    }

    /** Counts a failed flow. */
    public void countFailure() {
        FAILURES.getAndAdd(counters, 1L);
    }

    /** Sets or clears the mark {@link #isOverloaded()} reads. */
    public void overloaded(boolean value) {
        OVERLOADED.setOpaque(counters, value);
    }

    /** The fields, apart from their padding. */
    @SuppressWarnings("unused") // through VarHandles
    private static class Counters {
        long before0, before1, before2, before3, before4, before5, before6;
        int active;
        int inactive;
        int queued;
        boolean overloaded;
        long served;
        long failures;
    }

    /** Keeps two servers' counters out of one cache line, since different loops write them. */
    @SuppressWarnings("unused") // padding
    private static final class PaddedCounters extends Counters {
        long after0, after1, after2, after3, after4, after5, after6;
    }
}
