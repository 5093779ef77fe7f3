package io.steelyard.api.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.lang.ref.Reference;

/**
 * The live counters of one server. They belong to the server's id and survive configuration changes; every snapshot refers to the same
 * object. Safe for all threads.
 *
 * <p>Written by whoever holds a lease on the server, with atomic additions; read opaquely by pickers, for which a value that is a moment old
 * is as good. Schedulers only read.
 */
public final class ServerLoad {
    private static final VarHandle QUEUED;
    private static final VarHandle SERVED;
    private static final VarHandle FAILURES;
    private static final VarHandle OVERLOADED;

    static {
        try {
            var lookup = MethodHandles.lookup();
            QUEUED = lookup.findVarHandle(Counters.class, "queued", int.class);
            SERVED = lookup.findVarHandle(Counters.class, "served", long.class);
            FAILURES = lookup.findVarHandle(Counters.class, "failures", long.class);
            OVERLOADED = lookup.findVarHandle(Counters.class, "overloaded", boolean.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final Counters counters = new PaddedCounters();
    private final FlowCounts flows;
    private final int place;
    private final TrafficCounts traffic = new TrafficCounts();

    /** Fresh counters. */
    public ServerLoad() {
        var next = FlowCounts.next(this);
        flows = next.table();
        place = next.number();
    }

    /** Open flows. */
    public int active() {
        return FlowCounts.active(read());
    }

    /** Flows that are over but still tracked, as packet forwarding has them (LVS "InActConn"); 0 for proxied flows. */
    public int inactive() {
        return FlowCounts.inactive(read());
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
        return FlowCounts.active(add(FlowCounts.ofActive(delta))) + delta;
    }

    /**
     * Adds one open flow unless the server, with the flows that are over but tracked, has {@code limit} already. Exact whatever other threads
     * do at the same time.
     *
     * @param limit at least 1
     * @return whether it was added
     */
    public boolean tryAddActive(int limit) {
        while (true) {
            long seen = read();
            if ((long) FlowCounts.active(seen) + FlowCounts.inactive(seen) >= limit) {
                return false;
            }
            if (replace(seen, seen + FlowCounts.ofActive(1))) {
                return true;
            }
        }
    }

    /** Adds to the flows that are over but tracked, of which there are never fewer than none. */
    public void addInactive(int delta) {
        add(delta);
    }

    // Each keeps this object reachable until it is done with the place, which else might be another server's by then.

    private long read() {
        try {
            return flows.read(place);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private long add(long delta) {
        try {
            return flows.add(place, delta);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    private boolean replace(long seen, long wanted) {
        try {
            return flows.replace(place, seen, wanted);
        } finally {
            Reference.reachabilityFence(this);
        }
    }

    /** Adds to the waiting flows. */
    public void addQueued(int delta) {
        QUEUED.getAndAdd(counters, delta);
    }

    /** What passed through it. */
    public TrafficCounts traffic() {
        return traffic;
    }

    /** The table its flow counts are in. */
    FlowCounts flowCounts() {
        return flows;
    }

    /** Where in {@link #flowCounts()} they are. */
    int place() {
        return place;
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
        int queued;
        boolean overloaded;
        long served;
        long failures;
    }

    /** Keeps the other counters of two servers out of one cache line, since different loops write them. */
    @SuppressWarnings("unused") // padding
    private static final class PaddedCounters extends Counters {
        long after0, after1, after2, after3, after4, after5, after6;
    }
}
