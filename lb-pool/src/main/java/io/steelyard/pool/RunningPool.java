package io.steelyard.pool;

import io.steelyard.api.Event;
import io.steelyard.api.Status.PoolStatus;
import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ProbeResult.Verdict;
import io.steelyard.api.health.ServerAdvice;
import io.steelyard.api.health.ServerSituation;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.Observation;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Balancer;
import java.time.Duration;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A {@link PoolRuntime} with its health checks and its timers, on a {@link ControlLoop}. Every method but {@link #balancer()} belongs to the
 * loop.
 */
public final class RunningPool implements AutoCloseable {
    private final ControlLoop loop;
    private final PoolRuntime runtime;
    private final HealthMonitor monitor;
    private ControlLoop.@Nullable Timer timer;

    private RunningPool(ControlLoop loop, PoolRuntime runtime, Plugins plugins, long seed) {
        this.loop = loop;
        this.runtime = runtime;
        monitor = new HealthMonitor(loop, plugins, new Random(seed), new Findings());
        runtime.onErrors(this::onErrors);
    }

    /**
     * Starts a pool whose host names are resolved. On the loop.
     *
     * @param seed what random numbers start from
     * @param events told of changes, always on the loop
     * @throws io.steelyard.api.ConfigurationException where {@link PoolValidation} finds an error
     */
    public static RunningPool start(
            ServerPool pool, Plugins plugins, ControlLoop loop, long seed, Consumer<Event> events) {
        var runtime = PoolRuntime.create(pool, plugins, loop::nowNs, seed, event -> tell(loop, events, event));
        var running = new RunningPool(loop, runtime, plugins, seed);
        running.monitor.apply(pool);
        running.tick();
        return running;
    }

    /** What gives servers to flows; the same object as long as the pool runs. Safe for all threads. */
    public Balancer balancer() {
        return runtime;
    }

    /** Its counts and lists, for those that want to know more than {@link #status()} tells. */
    public PoolRuntime runtime() {
        return runtime;
    }

    /**
     * Makes {@code changed}, whose host names are resolved, what runs; see {@link PoolRuntime#apply}.
     *
     * @throws io.steelyard.api.ConfigurationException where it is refused; nothing changes then
     */
    public void apply(ServerPool changed) {
        runtime.apply(changed);
        monitor.apply(changed);
        tick();
    }

    /** See {@link PoolRuntime#adminState}. */
    public void adminState(String serverId, AdminState state) {
        runtime.adminState(serverId, state);
        tick();
    }

    /**
     * Sets what is known of a server's health, as if a check had found it; it goes on, and may find otherwise.
     *
     * @param check its index; 0 for a server without checks
     * @param reason one phrase for people
     * @throws IllegalArgumentException where there is no such server or check
     */
    public void health(String serverId, int check, Verdict found, String reason) {
        runtime.requireServer(serverId);
        if (check == 0 && !monitor.watches(serverId)) {
            runtime.health(serverId, found == Verdict.FAILED ? HealthState.DOWN : HealthState.UP, reason);
            runtime.stopping(serverId, found == Verdict.CONDITIONAL, reason);
        } else {
            monitor.settle(serverId, check, found, reason);
        }
        tick();
    }

    /**
     * Lets a check of a server probe, or not.
     *
     * @param check its index
     * @throws IllegalArgumentException where there is no such server or check
     */
    public void probing(String serverId, int check, boolean isOn) {
        runtime.requireServer(serverId);
        monitor.probing(serverId, check, isOn);
    }

    /** A picture of the pool now. */
    public PoolStatus status() {
        return runtime.status();
    }

    /** Ends probes and timers. Flows may go on picking and reporting. */
    @Override
    public void close() {
        monitor.close();
        cancelTimer();
    }

    private static void tell(ControlLoop loop, Consumer<Event> events, Event event) {
        if (loop.isCurrentThread()) {
            events.accept(event);
            return;
        }
        try {
            loop.execute(() -> events.accept(event));
        } catch (RejectedExecutionException closed) {
            // Nobody is left to tell.
        }
    }

    /** On any thread. */
    private void onErrors(String serverId, Observation.Reaction reaction, String reason) {
        try {
            loop.execute(() -> monitor.onErrors(serverId, reaction, reason));
        } catch (RejectedExecutionException closed) {
            // Nobody is left to tell.
        }
    }

    /** What the checks find. */
    private final class Findings implements HealthMonitor.Listener {
        @Override
        public void onHealth(String serverId, HealthState state, String reason) {
            runtime.health(serverId, state, reason);
            tick();
        }

        @Override
        public void onProbed(
                String serverId, int check, ProbeResult result, Duration duration, HealthTracker.Check found) {
            runtime.probed(new Event.ServerProbed(
                    runtime.pool().name(),
                    serverId,
                    check,
                    result.isPassed(),
                    result.reason(),
                    duration,
                    found.state(),
                    found.streak(),
                    result.finding()));
        }

        @Override
        public void onFinding(String serverId, Optional<CheckFinding> finding) {
            runtime.found(serverId, finding);
        }

        @Override
        public void onStopping(String serverId, boolean isStopping, String reason) {
            runtime.stopping(serverId, isStopping, reason);
            tick();
        }

        @Override
        public ServerSituation situation(String serverId) {
            return runtime.situation(serverId);
        }

        @Override
        public void onPassed(String serverId) {
            runtime.probePassed(serverId);
        }

        @Override
        public void onAdvice(String serverId, ServerAdvice advice) {
            runtime.advise(serverId, advice);
            tick();
        }
    }

    private void tick() {
        cancelTimer();
        long nextNs = runtime.tick(loop.nowNs());
        timer = nextNs == Long.MAX_VALUE ? null : loop.schedule(nextNs, this::tick);
    }

    private void cancelTimer() {
        var set = timer;
        if (set != null) {
            set.cancel();
        }
    }
}
