package io.steelyard.pool;

import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.schedule.ServerLoad;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one server id for as long as it is configured, and after that until its last flow has ended. Snapshots come and go; this
 * stays.
 *
 * <p>Everything but the counters, the passive states and {@link #isRemoved()} belongs to the control thread.
 */
final class Member {
    static final String NOT_CHECKED = "not checked yet";

    /** Names the member in the affinity table; never used again for another. */
    final int number;

    /** Data threads count here, everyone reads. */
    final ServerLoad load = new ServerLoad();

    final boolean isBornAtRunTime;

    RealServer server;
    AdminState adminState;
    HealthState health = HealthState.UNKNOWN;
    String reason = NOT_CHECKED;
    /** When its slow start began; meaningful while {@link #isInSlowStart}. */
    long slowStartNs;

    boolean isInSlowStart;

    @Nullable
    MaxFailsGate maxFailsGate;

    @Nullable
    SlidingWindowGate slidingWindowGate;

    /**
     * Written by the control thread, read by the data thread that ends a flow: volatile, so that of "removed, then counted flows" and "ended
     * the last flow, then looked whether removed" at least one sees the other.
     */
    private volatile boolean removed;

    /** Set by whichever thread reports first that the last flow of the removed server has ended. */
    private final AtomicBoolean drainReported = new AtomicBoolean();

    Member(int number, RealServer server, boolean isBornAtRunTime) {
        this.number = number;
        this.server = server;
        this.adminState = server.adminState();
        this.isBornAtRunTime = isBornAtRunTime;
    }

    boolean isRemoved() {
        return removed;
    }

    void remove() {
        removed = true;
    }

    /** Undoes {@link #remove()} for a server that is configured again while its flows drain. */
    void restore() {
        removed = false;
        drainReported.set(false);
    }

    /** Whether the removed server has no flow left and nobody has said so yet; true once. */
    boolean claimDrained() {
        return removed && load.active() == 0 && drainReported.compareAndSet(false, true);
    }

    /** Whether its health lets it take flows. */
    boolean isHealthy(boolean isCheckMandatory) {
        return switch (health) {
            case UP -> true;
            case UNKNOWN -> !isCheckMandatory;
            case DOWN -> false;
        };
    }
}
