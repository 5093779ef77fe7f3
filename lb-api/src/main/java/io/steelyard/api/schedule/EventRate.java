package io.steelyard.api.schedule;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * How many events there are in a period that slides: those of the current period, and of the period before the share that the current one has
 * not replaced yet (HAProxy's {@code freq_ctr}). With {@code p} the events of the period before, {@code c} those of this one and {@code r} the
 * milliseconds that are left of it, there are {@code c + p * r / period}. Where at most one event came in the period before and none since,
 * it counts whole, so that one event a period does not read as none.
 *
 * <p>Safe for all threads. An event is one atomic addition; the first event behind the end of a period turns the periods over, during which
 * others wait, for a few stores. Times are milliseconds of any clock that does not go back.
 */
public final class EventRate {
    private static final VarHandle START;
    private static final VarHandle CURRENT;
    private static final VarHandle BEFORE;

    /** A start that no period has: there were no events. */
    private static final long NEVER = Long.MIN_VALUE;

    static {
        try {
            var lookup = MethodHandles.lookup();
            START = lookup.findVarHandle(EventRate.class, "start", long.class);
            CURRENT = lookup.findVarHandle(EventRate.class, "current", long.class);
            BEFORE = lookup.findVarHandle(EventRate.class, "before", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    /**
     * When the current period began, times two, and one more while it is being turned over. Written by whoever turns it, by compare-and-set
     * and then with release; read with acquire, so that who sees a period sees the counts of that period.
     */
    @SuppressWarnings("unused") // through a VarHandle
    private long start = NEVER;

    /** Atomic additions by all; only who turns the periods over subtracts. */
    @SuppressWarnings("unused")
    private long current;

    /** Written by who turns the periods over; read between two reads of {@link #start} that agree. */
    @SuppressWarnings("unused")
    private long before;

    /**
     * Counts events.
     *
     * @param count may be 0
     * @return how many came in the current period, with these
     */
    public long add(long count, long periodMs, long nowMs) {
        while (true) {
            long seen = (long) START.getAcquire(this);
            boolean isTurning = (seen & 1) != 0;
            if (seen != NEVER && nowMs - (seen >> 1) < periodMs) {
                return (long) CURRENT.getAndAdd(this, count) + count;
            }
            if (!isTurning && START.compareAndSet(this, seen, seen | 1)) {
                return turn(seen, count, periodMs, nowMs);
            }
            Thread.onSpinWait();
        }
    }

    private long turn(long seen, long count, long periodMs, long nowMs) {
        long old = (long) CURRENT.getOpaque(this);
        BEFORE.setOpaque(this, old);
        long left = (long) CURRENT.getAndAdd(this, count - old) + count - old;
        long next = (seen >> 1) + periodMs;
        if (seen == NEVER || nowMs - next >= periodMs) {
            // At least one whole period without an event.
            BEFORE.setOpaque(this, 0L);
            next = nowMs;
        }
        START.setRelease(this, next << 1);
        return left;
    }

    /** Events in a period up to now. */
    public long rate(long periodMs, long nowMs) {
        while (true) {
            long seen = (long) START.getAcquire(this);
            if (seen == NEVER) {
                return 0;
            }
            long now = (long) CURRENT.getOpaque(this);
            long past = (long) BEFORE.getOpaque(this);
            VarHandle.acquireFence();
            if ((seen & 1) == 0 && (long) START.getOpaque(this) == seen) {
                return rate(past, now, (seen >> 1) + periodMs - nowMs, periodMs);
            }
            Thread.onSpinWait();
        }
    }

    /**
     * The formula.
     *
     * @param past events of the period before
     * @param now events of the current one
     * @param leftMs what is left of the current period; below 0 where it has ended
     */
    static long rate(long past, long now, long leftMs, long periodMs) {
        long left = leftMs;
        long earlier = past;
        long current = now;
        if (left < 0) {
            // The current period is the one before by now; further back nothing counts.
            left += periodMs;
            earlier = left >= 0 ? now : 0;
            current = 0;
        }
        if (current == 0 && earlier <= 1) {
            return earlier;
        }
        return (earlier * left + current * periodMs) / periodMs;
    }

    /** Forgets all events. Events that are counted at the same time may be kept. */
    public void clear() {
        CURRENT.setOpaque(this, 0L);
        BEFORE.setOpaque(this, 0L);
    }
}
