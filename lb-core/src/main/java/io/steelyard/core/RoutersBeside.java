package io.steelyard.core;

import io.steelyard.api.Configuration;
import io.steelyard.api.Event;
import io.steelyard.api.Status;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.vrrp.RunningRouters;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import java.io.IOException;
import java.net.InetAddress;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The virtual routers that run beside this balancer's servers, and what they are told of its pools and listeners: a machine whose pool is down
 * gives its addresses to another. Owned by the control loop's thread, except {@link #running}.
 */
final class RoutersBeside {
    private final Plugins plugins;
    private final Consumer<Event> events;

    /** By the tracker's name, what was last told. */
    private final Map<String, Boolean> told = new HashMap<>();

    /** Written by the control thread, read by any. */
    private volatile Optional<RunningRouters> running = Optional.empty();

    RoutersBeside(Plugins plugins, Consumer<Event> events) {
        this.plugins = plugins;
        this.events = events;
    }

    Optional<RunningRouters> running() {
        return running;
    }

    /** The addresses that this machine has only while one of its virtual routers is active. */
    static Set<InetAddress> floating(Configuration configuration) {
        return configuration.virtualRouters().stream()
                .flatMap(RoutersBeside::addresses)
                .map(VirtualAddress::address)
                .collect(Collectors.toUnmodifiableSet());
    }

    private static Stream<VirtualAddress> addresses(VirtualRouter router) {
        return Stream.concat(router.addresses().stream(), router.excludedAddresses().stream());
    }

    /**
     * Makes the virtual routers of a configuration what runs.
     *
     * @param undo gets what takes it back
     * @throws IOException where the machine refuses it; nothing has changed then
     */
    void change(Configuration before, Configuration changed, Deque<Runnable> undo) throws IOException {
        if (running.isPresent()) {
            running.get().change(changed);
            undo.push(() -> changeBack(before));
        } else if (!changed.virtualRouters().isEmpty()) {
            var provider = plugins.virtualRouters()
                    .orElseThrow(() -> new IllegalStateException("validated: nothing here runs virtual routers"));
            running = Optional.of(provider.start(changed, events));
            undo.push(this::close);
        }
        told.clear();
    }

    private void changeBack(Configuration before) {
        told.clear();
        try {
            running.orElseThrow().change(before);
        } catch (IOException failed) {
            events.accept(new Event.Trouble("the virtual routers could not be changed back: " + failed.getMessage()));
        }
    }

    /** Tells the routers' trackers how pools and listeners are now, where that has changed. */
    void look(Configuration configuration, Map<String, DrainablePool> pools, RunningServers servers) {
        if (running.isEmpty()) {
            return;
        }
        for (var tracker : configuration.trackers()) {
            switch (tracker) {
                case Tracker.Pool pool -> tell(pool.name(), isUp(pool, pools));
                case Tracker.Listener listener -> tell(listener.name(), servers.accepts(listener.virtualServer()));
                default -> {
                    // The routers look at everything else themselves.
                }
            }
        }
    }

    private void tell(String tracker, boolean isUp) {
        var before = told.put(tracker, isUp);
        if (before == null || before != isUp) {
            running.orElseThrow().tell(tracker, isUp);
        }
    }

    private static boolean isUp(Tracker.Pool tracker, Map<String, DrainablePool> pools) {
        var pool = pools.get(tracker.pool());
        return pool != null
                && pool.status().servers().stream()
                                .filter(RoutersBeside::takesFlows)
                                .count()
                        >= tracker.leastServers();
    }

    private static boolean takesFlows(Status.ServerStatus server) {
        return server.adminState() == AdminState.ENABLED && server.health() != HealthState.DOWN && server.weight() > 0;
    }

    /** Gives up all addresses. */
    void close() {
        running.ifPresent(RunningRouters::close);
        running = Optional.empty();
        told.clear();
    }
}
