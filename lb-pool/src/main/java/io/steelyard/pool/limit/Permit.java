package io.steelyard.pool.limit;

import io.steelyard.api.proxy.ConnectionLimit;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

/** Whether a connection may go on, and what it counts for until it is closed. */
public final class Permit implements AutoCloseable {
    record Held(KeyCounts counts, KeyCounts.Key key) {}

    private final List<Held> held;
    private final boolean isGranted;
    private final Optional<ConnectionLimit> reached;
    /** Set once by whichever thread closes first. */
    private final AtomicBoolean isClosed = new AtomicBoolean();

    Permit(List<Held> held, boolean isGranted, Optional<ConnectionLimit> reached) {
        this.held = List.copyOf(held);
        this.isGranted = isGranted;
        this.reached = reached;
    }

    /** Whether the connection may go on. */
    public boolean isGranted() {
        return isGranted;
    }

    /** The limit that was reached, to be logged at its level; a permit granted in spite of it is a dry run. */
    public Optional<ConnectionLimit> reached() {
        return reached;
    }

    /** Counts the connection no longer; at most once. */
    @Override
    public void close() {
        if (isClosed.compareAndSet(false, true)) {
            held.forEach(one -> one.counts().remove(one.key()));
        }
    }
}
