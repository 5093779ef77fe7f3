package io.steelyard.pool;

import io.steelyard.api.Durations;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * nginx's passive health of one server ({@code ngx_http_upstream_round_robin.c}): three numbers, and a clock of whole seconds.
 *
 * <ul>
 *   <li>skipped while {@code fails >= maxFails} and {@code now - checked <= failTimeout};
 *   <li>on selection: where {@code now - checked > failTimeout}, {@code checked = now}; this marks the flow that tries the server out;
 *   <li>on failure: one more of {@code fails}, {@code accessed = checked = now};
 *   <li>on success: {@code fails = 0} where {@code accessed < checked}.
 * </ul>
 *
 * <p>So it is not "maxFails within failTimeout": failures add up until a flow succeeds that began more than {@code failTimeout} after the
 * last of them. For TCP a flow succeeds when it is connected.
 *
 * <p>Shared by all data threads. {@code checked} changes by compare-and-set, since it decides which one flow tries a skipped server out;
 * {@code fails} by atomic addition; {@code accessed} is stored before {@code fails} grows. A success that races with a failure may forget
 * that one failure, as it may in nginx's shared zone: benign.
 */
final class MaxFailsGate implements PassiveGate {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final String serverId;
    private final int maxFails;
    private final long failTimeoutSeconds;
    private final Listener listener;
    private final State state;

    /** What outlives a change of the rule's numbers. Times are in seconds of the pool's clock. */
    private static final class State {
        final AtomicInteger fails = new AtomicInteger();
        final AtomicLong accessed = new AtomicLong(Long.MIN_VALUE / 2);
        final AtomicLong checked = new AtomicLong(Long.MIN_VALUE / 2);
    }

    private MaxFailsGate(String serverId, int maxFails, long failTimeoutSeconds, Listener listener, State state) {
        this.serverId = serverId;
        this.maxFails = maxFails;
        this.failTimeoutSeconds = failTimeoutSeconds;
        this.listener = listener;
        this.state = state;
    }

    /**
     * The gate of a server.
     *
     * @param maxFails at least 1
     * @param failTimeout rounded up to whole seconds
     * @param previous the server's gate until now, whose counts go on; the same object is given back where nothing changed
     */
    static MaxFailsGate of(
            String serverId, int maxFails, Duration failTimeout, Listener listener, @Nullable MaxFailsGate previous) {
        long seconds = failTimeout.toSeconds() + (failTimeout.toNanosPart() > 0 ? 1 : 0);
        if (previous != null && previous.maxFails == maxFails && previous.failTimeoutSeconds == seconds) {
            return previous;
        }
        return new MaxFailsGate(serverId, maxFails, seconds, listener, previous == null ? new State() : previous.state);
    }

    @Override
    public boolean admits(long nowNs) {
        return state.fails.get() < maxFails || seconds(nowNs) - state.checked.get() > failTimeoutSeconds;
    }

    @Override
    public boolean onSelected(long nowNs) {
        long now = seconds(nowNs);
        long checked = state.checked.get();
        boolean isMarked = now - checked > failTimeoutSeconds && state.checked.compareAndSet(checked, now);
        return isMarked || state.fails.get() < maxFails;
    }

    @Override
    public void onSuccess(long nowNs) {
        if (state.accessed.get() < state.checked.get()) {
            int before = state.fails.get() == 0 ? 0 : state.fails.getAndSet(0);
            if (before >= maxFails) {
                listener.onEjection(serverId, false, "a flow succeeded");
            }
        }
    }

    @Override
    public void onFailure(long nowNs, @Nullable PassiveGate[] tier) {
        long now = seconds(nowNs);
        state.accessed.set(now);
        state.checked.set(now);
        if (state.fails.incrementAndGet() == maxFails) {
            listener.onEjection(
                    serverId,
                    true,
                    maxFails + (maxFails == 1 ? " failure" : " failures") + ", for "
                            + Durations.format(Duration.ofSeconds(failTimeoutSeconds)));
        }
    }

    @Override
    public boolean isEjected(long nowNs) {
        return state.fails.get() >= maxFails;
    }

    private static long seconds(long nowNs) {
        return Math.floorDiv(nowNs, NANOS_PER_SECOND);
    }
}
