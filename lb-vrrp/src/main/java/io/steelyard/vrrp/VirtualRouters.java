package io.steelyard.vrrp;

import io.steelyard.api.Configuration;
import io.steelyard.api.Problem;
import io.steelyard.api.vrrp.RunningRouters;
import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.vrrp.system.HostPlan;
import io.steelyard.vrrp.system.ProcessScript;
import io.steelyard.vrrp.system.RouterHost;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Virtual routers that run in this process: addresses that several machines share, of which one has them at a time. For an application that only
 * wants a floating address, this is all:
 *
 * <pre>{@code
 *   var router = VirtualRouter.builder("web", "eth0", 51).address("192.0.2.10/24").build();
 *   try (var routers = VirtualRouters.builder().router(router).onEvent(System.out::println).start()) {
 *       serve();
 *   }
 * }</pre>
 *
 * <p>Closing says good-bye: another machine takes over within the skew time. A process that ends without it is missed after the down interval, and
 * its addresses go with their lifetime in the kernel. Needs CAP_NET_ADMIN and CAP_NET_RAW. Safe for all threads.
 */
public final class VirtualRouters implements RunningRouters {
    /** Guarded by this. */
    private HostPlan plan;

    /** Guarded by this. */
    private boolean isClosed;

    /** Replaced under the lock of this; read by all. */
    private volatile RouterHost host;

    /** Guarded by this: what was last told of each tracker, for a host that begins anew. */
    private final Map<String, Boolean> told = new HashMap<>();

    private VirtualRouters(HostPlan plan) throws IOException {
        this.plan = plan;
        ProcessScript.run(plan.settings().onStart(), plan.settings());
        host = started(plan, told);
    }

    /** @param told what is known of the application's own trackers */
    private static RouterHost started(HostPlan plan, Map<String, Boolean> told) throws IOException {
        var host = new RouterHost(plan);
        try {
            host.start();
            told.forEach(host::tell);
            return host;
        } catch (IOException failed) {
            host.close();
            throw failed;
        }
    }

    /** No router yet. */
    public static Builder builder() {
        return new Builder();
    }

    /** All routers as they are now, in the order in which they were given. Not to be called by a listener. */
    public List<RouterStatus> status() {
        return host.status();
    }

    /**
     * Makes the virtual routers of a configuration what runs. Routers and trackers that stay as they are notice nothing. A router that differs, or whose
     * group or settings do, stays what it is, as at keepalived's reload: an active one takes and lets go of what differs, and says at once what is new.
     * One whose interface, router id, family, virtual MAC, ownership, witness or further paths differ is another router: the old one says good-bye, and
     * the new one begins. All begin anew where the router id of the settings differs, such another router has a witness or further paths, or the group
     * of a router with a witness differs.
     */
    @Override
    public synchronized void change(Configuration changed) throws IOException {
        var next = builder().onEvent(plan.onEvent()).all(changed).plan();
        if (next.equals(plan)) {
            return;
        }
        if (host.change(next)) {
            plan = next;
            return;
        }
        RouterHost.check(next);
        host.closeFor(next);
        try {
            host = started(next, told);
            plan = next;
        } catch (IOException | RuntimeException failed) {
            host = started(plan, told);
            throw failed;
        }
    }

    @Override
    public synchronized void tell(String tracker, boolean isUp) {
        told.put(tracker, isUp);
        host.tell(tracker, isUp);
    }

    /**
     * An active router, and all that are in a sync group with it, withholds its adverts for a while, as if the network lost them. When another is heard
     * to take over, this one gives its addresses up, so that they have one holder as ever; then it goes on as usual, and takes them back by its
     * priority where preemption is on. Clients notice as much as of any change. Only adverts are withheld: what else the defences look at, a lease or
     * another path, may well keep others from taking over, which the report then shows.
     *
     * @param name of the router
     * @param withheld for how long at most, more than zero; 3 advert intervals and one more are enough for any backup
     * @return completed when the router is active again, when it should be and is not, or when nobody took over; exceptionally with
     *     {@link IllegalArgumentException} where there is no such router, and with {@link IllegalStateException} where it is not active or is in a
     *     drill already. It is completed on the routers' own thread: what follows must be short
     */
    public CompletableFuture<DrillReport> drill(String name, Duration withheld) {
        if (withheld.isNegative() || withheld.isZero()) {
            throw new IllegalArgumentException("adverts are withheld for " + withheld + ", expected more than zero");
        }
        return host.drill(name, withheld);
    }

    /** Gives up all addresses, says so to the others, and ends. Not to be called by a listener. */
    @Override
    public synchronized void close() {
        if (isClosed) {
            return;
        }
        isClosed = true;
        host.close();
        ProcessScript.run(plan.settings().onEnd(), plan.settings());
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final List<VirtualRouter> routers = new ArrayList<>();
        private final List<SyncGroup> groups = new ArrayList<>();
        private final List<Tracker> trackers = new ArrayList<>();
        private VrrpSettings settings = VrrpSettings.DEFAULT;
        private Consumer<RouterEvent> onEvent = event -> {};

        private Builder() {}

        /** One more. */
        public Builder router(VirtualRouter given) {
            routers.add(given);
            return this;
        }

        /** One more. */
        public Builder group(SyncGroup given) {
            groups.add(given);
            return this;
        }

        /** One more. */
        public Builder tracker(Tracker given) {
            trackers.add(given);
            return this;
        }

        /** Everything of VRRP in a configuration. */
        public Builder all(Configuration configuration) {
            routers.addAll(configuration.virtualRouters());
            groups.addAll(configuration.syncGroups());
            trackers.addAll(configuration.trackers());
            return settings(configuration.vrrp());
        }

        public Builder settings(VrrpSettings given) {
            settings = given;
            return this;
        }

        /** Who hears what happens: on the routers' own thread, so it must be short and must not wait. */
        public Builder onEvent(Consumer<RouterEvent> given) {
            onEvent = given;
            return this;
        }

        /**
         * Begins. The routers live in the network namespace of the calling thread.
         *
         * @throws IllegalArgumentException with every value that does not go together with others
         * @throws IOException where the system refuses what routers need
         */
        public VirtualRouters start() throws IOException {
            return new VirtualRouters(plan());
        }

        private HostPlan plan() {
            check();
            return new HostPlan(List.copyOf(routers), List.copyOf(groups), List.copyOf(trackers), settings, onEvent);
        }

        private void check() {
            Objects.requireNonNull(settings, "settings");
            var names = routers.stream().map(VirtualRouter::name).toList();
            if (names.stream().distinct().count() != names.size()) {
                throw new IllegalArgumentException("two virtual routers have the same name: " + names);
            }
            var errors = routers.stream()
                    .flatMap(router -> router.problems(router.name()).stream())
                    .filter(problem -> problem.severity() == Problem.Severity.ERROR)
                    .map(Problem::toString)
                    .collect(Collectors.joining("; "));
            if (!errors.isEmpty()) {
                throw new IllegalArgumentException(errors);
            }
        }
    }
}
