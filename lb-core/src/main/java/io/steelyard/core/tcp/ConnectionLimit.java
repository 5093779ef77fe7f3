package io.steelyard.core.tcp;

import java.util.concurrent.atomic.AtomicInteger;

/** How many clients are connected over all loops, and how many may be. Safe for all threads. */
public final class ConnectionLimit {
    private final AtomicInteger open = new AtomicInteger();

    /** Written by the control thread, read by the loops. */
    private volatile int most = Integer.MAX_VALUE;

    /** @param value 0 for no limit */
    public void most(int value) {
        most = value == 0 ? Integer.MAX_VALUE : value;
    }

    boolean isReached() {
        return open.get() >= most;
    }

    int open() {
        return open.getOpaque();
    }

    void opened() {
        open.incrementAndGet();
    }

    void closed() {
        open.decrementAndGet();
    }
}
