package io.steelyard.tck;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/** A monotonic clock that only moves when told to. Safe for all threads. */
public final class ManualClock implements LongSupplier {
    private final AtomicLong nowNs;

    /** A clock that stands at 0. */
    public ManualClock() {
        this(0);
    }

    /** A clock that stands at {@code startNs}; any value, as that of {@link System#nanoTime()}. */
    public ManualClock(long startNs) {
        nowNs = new AtomicLong(startNs);
    }

    /** The time in nanoseconds. */
    public long nowNs() {
        return nowNs.get();
    }

    @Override
    public long getAsLong() {
        return nowNs();
    }

    /** Moves the clock on and returns the new time. */
    public long advance(Duration duration) {
        return nowNs.addAndGet(duration.toNanos());
    }
}
