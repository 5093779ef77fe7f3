package io.steelyard.http.proxy;

import io.steelyard.core.loop.Timer;
import io.steelyard.core.loop.TimerWheel;

/** Something done later, unless it is called off. Owned by one loop. */
final class Delay extends Timer {
    private final TimerWheel timers;
    private final Runnable work;

    Delay(TimerWheel timers, long deadlineNs, Runnable work) {
        this.timers = timers;
        this.work = work;
        timers.set(this, deadlineNs);
    }

    void cancel() {
        timers.cancel(this);
    }

    @Override
    protected void onDeadline(long nowNs) {
        work.run();
    }
}
