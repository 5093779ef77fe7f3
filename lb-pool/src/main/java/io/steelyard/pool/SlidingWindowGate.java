package io.steelyard.pool;

import io.steelyard.api.Durations;
import io.steelyard.api.pool.PassiveHealth.SlidingWindow;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;

/**
 * The true sliding window of one server: it keeps the times of its last {@code failures} failures, and is ejected when all of them lie
 * within the window.
 *
 * <p>Shared by all data threads. Each failure takes a place in the ring with one atomic addition, stores its time (volatile), then counts the
 * times within the window; whoever stores last sees all of them, so no ejection is missed. {@link #ejecting}, one for the whole pool, lets one
 * thread at a time decide on an ejection, so that the greatest share is never passed: a thread that finds it taken leaves the decision to
 * the next failure, and never waits.
 */
final class SlidingWindowGate implements PassiveGate {
    private static final long NEVER = Long.MIN_VALUE;
    private static final int MOST_TIMES = 10;

    private final String serverId;
    private final SlidingWindow rule;
    private final Listener listener;
    private final AtomicLongArray failuresNs;
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicBoolean ejecting;

    /** The last ejection; written by the thread that holds {@link #ejecting}, read by all: volatile publishes the record. */
    private volatile @Nullable Ejection last;

    /** Whether the listener was told of the end of {@link #last}; only the control thread uses it. */
    private @Nullable Ejection announced;

    /** One ejection, from its beginning until {@code endNs}, the {@code row}th in a row. */
    private record Ejection(long endNs, int row) {}

    private SlidingWindowGate(String serverId, SlidingWindow rule, Listener listener, AtomicBoolean ejecting) {
        this.serverId = serverId;
        this.rule = rule;
        this.listener = listener;
        this.ejecting = ejecting;
        failuresNs = new AtomicLongArray(rule.failures());
        for (int i = 0; i < rule.failures(); i++) {
            failuresNs.set(i, NEVER);
        }
    }

    /**
     * The server's gate: {@code previous} where its rule is the same.
     *
     * @param ejecting one for the whole pool
     */
    static SlidingWindowGate of(
            String serverId,
            SlidingWindow rule,
            Listener listener,
            AtomicBoolean ejecting,
            @Nullable SlidingWindowGate previous) {
        return previous != null && previous.rule.equals(rule)
                ? previous
                : new SlidingWindowGate(serverId, rule, listener, ejecting);
    }

    @Override
    public boolean admits(long nowNs) {
        return !isEjected(nowNs);
    }

    @Override
    public boolean onSelected(long nowNs) {
        return true;
    }

    @Override
    public void onSuccess(long nowNs) {}

    @Override
    public void onFailure(long nowNs, @Nullable PassiveGate[] tier) {
        if (isEjected(nowNs)) {
            return;
        }
        int place = Integer.remainderUnsigned(next.getAndIncrement(), rule.failures());
        failuresNs.set(place, nowNs == NEVER ? NEVER + 1 : nowNs);
        var before = last;
        if (!isWindowFull(nowNs, before)) {
            return;
        }
        if (ejecting.compareAndSet(false, true)) {
            try {
                if (last == before && mayEject(nowNs, tier)) {
                    eject(nowNs, before);
                }
            } finally {
                ejecting.set(false);
            }
        }
    }

    private boolean isWindowFull(long nowNs, @Nullable Ejection before) {
        long windowNs = rule.window().toNanos();
        long ageAtMostNs = before == null ? windowNs : Math.min(windowNs, nowNs - before.endNs());
        for (int i = 0; i < failuresNs.length(); i++) {
            long failedNs = failuresNs.get(i);
            if (failedNs == NEVER || nowNs - failedNs > ageAtMostNs) {
                return false;
            }
        }
        return true;
    }

    private boolean mayEject(long nowNs, @Nullable PassiveGate[] tier) {
        int ejected = 1;
        for (var gate : tier) {
            ejected += gate != null && gate.isEjected(nowNs) ? 1 : 0;
        }
        return ejected <= Math.max(1, (long) tier.length * rule.maxEjectedPercent() / 100);
    }

    private void eject(long nowNs, @Nullable Ejection before) {
        boolean isInRow =
                before != null && nowNs - before.endNs <= rule.window().toNanos();
        int row = 1;
        if (before != null && nowNs - before.endNs() <= rule.window().toNanos()) {
            row = Math.min(before.row() + 1, MOST_TIMES);
        }
        var length = rule.ejection().multipliedBy(row);
        last = new Ejection(nowNs + length.toNanos(), row);
        listener.onEjection(
                serverId,
                true,
                rule.failures() + (rule.failures() == 1 ? " failure" : " failures") + " within "
                        + Durations.format(rule.window()) + ", for " + Durations.format(length));
    }

    @Override
    public boolean isEjected(long nowNs) {
        var ejection = last;
        return ejection != null && nowNs - ejection.endNs < 0;
    }

    /**
     * Tells the listener of an ejection that has ended since the last call. Control thread.
     *
     * @return in how many nanoseconds the present ejection ends; {@link Long#MAX_VALUE} where there is none
     */
    long announceEnd(long nowNs) {
        var ejection = last;
        if (ejection == null || ejection == announced) {
            return Long.MAX_VALUE;
        }
        long leftNs = ejection.endNs - nowNs;
        if (leftNs > 0) {
            return leftNs;
        }
        announced = ejection;
        listener.onEjection(serverId, false, "its time of " + Durations.format(lengthOf(ejection)) + " has passed");
        return Long.MAX_VALUE;
    }

    private Duration lengthOf(Ejection ejection) {
        return rule.ejection().multipliedBy(ejection.row);
    }
}
