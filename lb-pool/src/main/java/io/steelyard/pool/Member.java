package io.steelyard.pool;

import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.schedule.ServerLoad;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * What is known of one server id for as long as it is configured, and after that until its last flow has ended. Snapshots come and go; this
 * stays.
 *
 * <p>Everything but the counters, the passive states and {@link #isRemoved()} belongs to the control thread.
 */
final class Member {
    static final String NOT_CHECKED = "not checked yet";

    /** HAProxy's greatest weight, unless the configured one is greater. */
    private static final int GREATEST_ADVISED_WEIGHT = 256;

    /** Names the member in the affinity table; never used again for another. */
    final int number;

    /** Data threads count here, everyone reads. */
    final ServerLoad load = new ServerLoad();

    final boolean isBornAtRunTime;

    /** As it runs: as configured, but for what it asked for itself. */
    RealServer server;

    private RealServer configured;
    private OptionalInt weightPercent = OptionalInt.empty();
    private OptionalInt maxConnections = OptionalInt.empty();

    /** Failures of real traffic in a row. Counted up by data threads, set to 0 by them and the control thread, atomically; see {@link #erred}. */
    private final AtomicInteger errorsInRow = new AtomicInteger();

    AdminState adminState;
    HealthState health = HealthState.UNKNOWN;
    String reason = NOT_CHECKED;

    /** Whether it is up and wants no new clients, as its checks found. */
    boolean isStopping;

    /** What its first check found last. */
    Optional<CheckFinding> finding = Optional.empty();

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
        this.configured = server;
        this.adminState = server.adminState();
        this.isBornAtRunTime = isBornAtRunTime;
    }

    /** Takes over its configuration. What it asked for itself holds until that says something else than before. */
    void configure(RealServer changed) {
        if (changed.weight() != configured.weight()) {
            weightPercent = OptionalInt.empty();
        }
        if (changed.maxConnections() != configured.maxConnections()) {
            maxConnections = OptionalInt.empty();
        }
        configured = changed;
        server = advised();
    }

    /** Does what the server asked for. @return whether that changes anything */
    boolean advise(OptionalInt percent, OptionalInt most) {
        weightPercent = percent.isPresent() ? percent : weightPercent;
        maxConnections = most.isPresent() ? most : maxConnections;
        var before = server;
        server = advised();
        return !server.equals(before);
    }

    private RealServer advised() {
        if (weightPercent.isEmpty() && maxConnections.isEmpty()) {
            return configured;
        }
        int most = maxConnections.orElse(configured.maxConnections());
        long weight = (configured.weight() * (long) weightPercent.orElse(100) + 50) / 100;
        return configured.toBuilder()
                .weight((int) Math.min(weight, Math.max(GREATEST_ADVISED_WEIGHT, configured.weight())))
                .maxConnections(most)
                .minConnections(Math.min(configured.minConnections(), most))
                .build();
    }

    /**
     * Real traffic failed on it. Of threads that see the limit reached at one moment, one is told so, and failures that others count meanwhile
     * may be forgotten with the row, which is as good.
     *
     * @return how many failures in a row there were, where these are as many as the limit; else 0
     */
    int erred(int limit) {
        int errors = errorsInRow.incrementAndGet();
        return errors >= limit && errorsInRow.compareAndSet(errors, 0) ? errors : 0;
    }

    /** A flow, or a probe, went well. */
    void wentWell() {
        // Most of the time there is nothing to forget, and then no other thread's cache line is taken away.
        if (errorsInRow.getOpaque() != 0) {
            errorsInRow.set(0);
        }
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
