package io.steelyard.core;

import io.steelyard.api.Event;
import io.steelyard.api.Status;
import io.steelyard.api.health.ProbeResult.Verdict;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.pool.ControlLoop;
import io.steelyard.pool.RunningPool;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * A pool at work and the servers it is giving back: those whose configuration is gone, until their flows have ended or their time is over.
 * Owned by the control thread, except the {@link #balancer()}.
 */
final class DrainablePool {
    private final RunningPool pool;
    private final ControlLoop control;
    private final Consumer<Event> events;

    /** Removed servers whose flows have not all ended. */
    private final Set<String> draining = new HashSet<>();

    /** Ends the flows on a server of a pool. */
    @FunctionalInterface
    interface FlowEnding {
        void end(String pool, String serverId, Forwarder.Ending why);
    }

    DrainablePool(
            ServerPool configured, Plugins plugins, ControlLoop control, Consumer<Event> events, FlowEnding ending) {
        this.control = control;
        this.events = events;
        pool = RunningPool.start(configured, plugins, control, System.nanoTime(), events);
        pool.runtime().onEnding((serverId, why) -> ending.end(configured().name(), serverId, why));
        pool.runtime().onDrained(serverId -> control.execute(() -> drained(serverId)));
    }

    Balancer balancer() {
        return pool.balancer();
    }

    Status.PoolStatus status() {
        return pool.status();
    }

    void adminState(String serverId, AdminState state) {
        pool.adminState(serverId, state);
    }

    void health(String serverId, int check, Verdict found) {
        pool.health(serverId, check, found, "set by an operator");
    }

    void probing(String serverId, int check, boolean isOn) {
        pool.probing(serverId, check, isOn);
    }

    /**
     * Takes over a changed pool.
     *
     * @param drainTimeout how long flows on removed servers may go on
     * @param cut ends the flows on a server: given the pool's name and the server's id
     */
    void apply(ServerPool changed, Duration drainTimeout, BiConsumer<String, String> cut) {
        if (changed.equals(configured())) {
            return;
        }
        var before = configured();
        var kept = new HashSet<String>();
        changed.servers().forEach(server -> kept.add(server.id()));
        draining.removeAll(kept);
        for (var server : before.servers()) {
            if (!kept.contains(server.id())) {
                draining.add(server.id());
            }
        }
        pool.apply(changed);
        cutLater(drainTimeout, cut);
    }

    /** Takes no new flow; flows may go on until the drain timeout. */
    void retire(Duration drainTimeout, BiConsumer<String, String> cut) {
        pool.close();
        configured().servers().forEach(server -> draining.add(server.id()));
        cutLater(drainTimeout, cut);
    }

    void close() {
        pool.close();
    }

    private void cutLater(Duration drainTimeout, BiConsumer<String, String> cut) {
        var cutting = List.copyOf(draining);
        if (!cutting.isEmpty()) {
            control.schedule(drainTimeout, () -> cutting.forEach(serverId -> cutNow(serverId, cut)));
        }
    }

    private void cutNow(String serverId, BiConsumer<String, String> cut) {
        int open = pool.runtime().activeFlowsOf(serverId);
        if (draining.remove(serverId) && open > 0) {
            cut.accept(configured().name(), serverId);
            events.accept(new Event.ServerRemoved(configured().name(), serverId, open));
        }
    }

    private void drained(String serverId) {
        if (draining.remove(serverId)) {
            events.accept(new Event.ServerRemoved(configured().name(), serverId, 0));
        }
    }

    private ServerPool configured() {
        return pool.runtime().pool();
    }
}
