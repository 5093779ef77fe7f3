package io.steelyard.core.loop;

import org.jspecify.annotations.Nullable;

/**
 * A deadline in a loop's {@link TimerWheel}, kept inside what it is for so that setting one allocates nothing. Owned by one loop.
 *
 * <p>Activity that only moves a deadline later need not touch the wheel: {@link #onDeadline} may set a new one.
 */
public abstract class Timer {
    long deadlineNs;
    boolean isSet;

    @Nullable
    Timer next;

    @Nullable
    Timer previous;

    int slot;

    /** The deadline has passed; the timer is no longer set and may be set again. */
    protected abstract void onDeadline(long nowNs);

    public final boolean isSet() {
        return isSet;
    }
}
