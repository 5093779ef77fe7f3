package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.netlink.Link;
import io.steelyard.linux.netlink.MacAddress;
import io.steelyard.linux.netlink.Route;
import io.steelyard.linux.netlink.RoutingRule;
import io.steelyard.vrrp.DrillReport;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.announce.Pace;
import io.steelyard.vrrp.bfd.SessionEffect;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All virtual routers of a process, with what they share: the kernel's tables, sockets, trackers, notifications. Made on the thread whose network
 * namespace is meant; then used by the control thread.
 */
public final class RouterHost implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouterHost.class);

    /** How much later than the least half down interval a pause can stay unseen: a sixteenth of it. */
    private static final int PULSES = 16;

    private static final String LOCAL_REPORTS = "igmp_link_local_mcast_reports";
    private static final long LEAST_PULSE_NS = 10_000_000L;

    private final ControlThread control;
    private final Kernel kernel;
    private final Witnesses witnesses;
    private final VirtualInterfaces virtualInterfaces;
    private final Announcer announcer = new Announcer();

    /** By the interface's name, or the first of those that are paced with it. Used by who makes routers: at first who makes this, then the control thread. */
    private final Map<String, Pace> paces = new HashMap<>();

    private final BorrowedSettings borrowed = new BorrowedSettings();
    private final AdvertPorts ports;
    private final Notifier notifier;
    private final Trackers trackers;
    private final VrrpSettings settings;
    private final List<RunningRouter> routers = new ArrayList<>();
    private final SyncGroups groups;

    /** The same for as long as the host lives. */
    private final List<SyncGroup> syncGroups;

    private final StaticHoldings statics;
    private final List<Heartbeats> heartbeats;
    private final Consumer<RouterEvent> onEvent;
    private final Timers.Timer pulse;
    private final KernelChanges changes;
    private HostPlan plan;

    /** Used as {@link #paces} is. */
    private InterfacePlan interfacePlan;

    private boolean hasStarted;

    /** Written under this object's lock; the control thread looks without it, and then sees at worst that it must go on for one more turn. */
    private boolean isClosed;

    /**
     * Opens all that is needed; nothing runs yet.
     *
     * @throws IOException where the kernel's tables or the way to a witness cannot be opened
     * @throws IllegalArgumentException for a witness or a fencing that cannot be
     */
    public RouterHost(HostPlan plan) throws IOException {
        settings = plan.settings();
        onEvent = plan.onEvent();
        var fencings = plan.routers().stream()
                .map(router -> FencingLink.of(router, settings))
                .toList();
        witnesses = Witnesses.open(plan.routers(), node(settings));
        try {
            kernel = Kernel.open();
        } catch (IOException failed) {
            witnesses.close();
            throw failed;
        }
        try {
            control = new ControlThread("vrrp");
        } catch (ErrnoException failed) {
            kernel.close();
            witnesses.close();
            throw failed;
        }
        virtualInterfaces = new VirtualInterfaces(kernel.links(), kernel.addresses(), borrowed);
        ports = new AdvertPorts(control);
        notifier = new Notifier(settings);
        trackers = new Trackers(
                plan.trackers(), control, settings, kernel.interfaces(), this::trackersChanged, this::sessionChanged);
        pulse = control.timer(this::pulse);
        changes = new KernelChanges(kernel, announcer, new Changes());
        this.plan = plan;
        interfacePlan = InterfacePlan.NONE.with(plan.routers(), settings);
        syncGroups = plan.groups();
        for (var router : plan.routers()) {
            routers.add(new RunningRouter(
                    router,
                    this,
                    plan.tracksOf(router),
                    plan.groupOf(router).isPresent(),
                    fencings.get(routers.size()).orElse(null),
                    null));
        }
        groups = new SyncGroups(plan.groups(), routers, notifier);
        statics = new StaticHoldings(settings, kernel);
        heartbeats = Heartbeats.of(routers, node(settings), control, kernel.interfaces());
    }

    /**
     * Opens what a plan names outside of this machine, and closes it again.
     *
     * @throws IOException where the way to a witness cannot be opened
     * @throws IllegalArgumentException for a witness or a fencing that cannot be
     */
    public static void check(HostPlan plan) throws IOException {
        Witnesses.open(plan.routers(), node(plan.settings())).close();
        plan.routers().forEach(router -> FencingLink.of(router, plan.settings()).ifPresent(FencingLink::close));
    }

    /** This machine's name towards others. */
    private static String node(VrrpSettings settings) {
        if (!settings.routerId().isEmpty()) {
            return settings.routerId();
        }
        try {
            var name = Files.readString(Path.of("/proc/sys/kernel/hostname")).strip();
            return name.isEmpty() ? "localhost" : name;
        } catch (IOException unreadable) {
            LOG.warn("this machine's name cannot be read; set the router id");
            return "localhost";
        }
    }

    /** Begins: on the control thread, which lives in the network namespace of the thread that calls this. */
    public void start() throws IOException {
        control.onLate(gapNs -> routers.forEach(each -> each.paused(gapNs)));
        control.watch(kernel.monitorFd(), changes::read);
        kernel.restriction().removeLeftovers();
        kernel.restriction().quieten(interfacePlan.names());
        // An interface must not say anything before it is quiet.
        kernel.restriction().await();
        control.start();
        var begun = control.call(() -> {
            begin();
            return true;
        });
        try {
            begun.get();
        } catch (java.util.concurrent.ExecutionException failed) {
            throw new IOException("the virtual routers did not start", failed.getCause());
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new java.io.InterruptedIOException("interrupted while the virtual routers started");
        }
    }

    private void begin() {
        statics.add();
        if (!settings.reportsLocalGroups()) {
            try {
                borrowed.take("", LOCAL_REPORTS, 0);
            } catch (IOException refused) {
                LOG.warn("{}", refused.getMessage());
            }
        }
        trackers.start();
        routers.forEach(RunningRouter::trackersChanged);
        long waitNs = settings.bootDelay().toNanos() - upNs();
        if (waitNs > 0) {
            control.timer(this::startRouters).set(control.nowNs() + waitNs);
        } else {
            startRouters();
        }
    }

    private void startRouters() {
        hasStarted = true;
        routers.forEach(this::start);
        heartbeats.forEach(Heartbeats::start);
        pulse();
    }

    private void start(RunningRouter router) {
        router.start(groups.contain(router), settings.startDelay().toNanos());
    }

    /**
     * Goes on with another plan: routers and trackers that are the same notice nothing, and a router whose configuration differs stays in its state
     * where it is the same one to the network. Other routers end and begin. For all threads but the control thread.
     *
     * @return false where all must begin anew; nothing has changed then
     * @throws IllegalArgumentException for a fencing that cannot be; nothing has changed then
     */
    public boolean change(HostPlan next) {
        if (!plan.leadsTo(next)) {
            return false;
        }
        var fencings = new HashMap<VirtualRouter, Optional<FencingLink>>();
        for (var router : next.routers()) {
            if (!plan.routers().contains(router)) {
                fencings.put(router, FencingLink.of(router, settings));
            }
        }
        control.call(() -> {
                    takeOver(next, fencings);
                    return true;
                })
                .join();
        plan = next;
        return true;
    }

    private void takeOver(HostPlan next, Map<VirtualRouter, Optional<FencingLink>> fencings) {
        var ended = routers.stream()
                .filter(each -> next.same(each.router()).isEmpty())
                .toList();
        var names = names(next);
        ended.forEach(each -> each.stop(!names.contains(each.router().name())));
        ended.forEach(RunningRouter::close);
        routers.removeAll(ended);
        trackers.become(next.trackers());
        interfacePlan = interfacePlan.with(next.routers(), settings);
        kernel.restriction().quieten(interfacePlan.names());
        fencings.forEach((router, fencing) -> takeOver(next, router, fencing.orElse(null)));
        routers.sort(Comparator.comparingInt(each -> next.routers().indexOf(each.router())));
        routers.forEach(RunningRouter::trackersChanged);
        pulse();
    }

    private void takeOver(HostPlan next, VirtualRouter router, @Nullable FencingLink fencing) {
        var before = plan.same(router).map(same -> router(same.name())).orElse(null);
        var after = new RunningRouter(
                router, this, next.tracksOf(router), next.groupOf(router).isPresent(), fencing, before);
        routers.add(after);
        if (before == null) {
            if (hasStarted) {
                start(after);
            }
            return;
        }
        routers.remove(before);
        groups.replace(before, after);
        heartbeats.forEach(each -> each.replace(before, after));
        if (hasStarted) {
            after.goOn(before);
        } else {
            before.close();
        }
    }

    private static Set<String> names(HostPlan plan) {
        return plan.routers().stream().map(VirtualRouter::name).collect(Collectors.toSet());
    }

    /** For how long this machine has been up. */
    private static long upNs() {
        try {
            var seconds = Files.readString(Path.of("/proc/uptime")).split(" ")[0];
            return (long) (Double.parseDouble(seconds) * 1_000_000_000L);
        } catch (IOException | NumberFormatException unknown) {
            LOG.warn("how long this machine is up cannot be read; the delay after boot is left out");
            return Long.MAX_VALUE;
        }
    }

    /** Comes often enough that its being late tells of every pause that counts. */
    private void pulse() {
        long leastNs = routers.stream()
                .filter(each -> each.router().defence().pauseAware())
                .mapToLong(each -> each.downNs() / 2)
                .min()
                .orElse(Long.MAX_VALUE);
        if (leastNs != Long.MAX_VALUE && !isClosed) {
            pulse.set(control.nowNs() + Math.max(leastNs / PULSES, LEAST_PULSE_NS));
        }
    }

    // ---- for the routers

    ControlThread control() {
        return control;
    }

    Kernel kernel() {
        return kernel;
    }

    VirtualInterfaces virtualInterfaces() {
        return virtualInterfaces;
    }

    InterfacePlan interfacePlan() {
        return interfacePlan;
    }

    Witnesses witnesses() {
        return witnesses;
    }

    Announcer announcer() {
        return announcer;
    }

    SyncGroups groups() {
        return groups;
    }

    /** An interface's own; none where it is gone. */
    MacAddress hardwareAddress(int interfaceIndex) {
        return kernel.interfaces()
                .link(interfaceIndex)
                .map(Link::hardwareAddress)
                .orElse(MacAddress.NONE);
    }

    /** When announcements may leave an interface, whichever router they are of. */
    Pace pace(String interfaceName) {
        var first = settings.pacedTogether().stream()
                .filter(group -> group.contains(interfaceName))
                .map(List::getFirst)
                .findFirst()
                .orElse(interfaceName);
        return paces.computeIfAbsent(first, name -> new Pace());
    }

    StaticHoldings statics() {
        return statics;
    }

    AdvertPorts ports() {
        return ports;
    }

    Trackers trackers() {
        return trackers;
    }

    void tell(VirtualRouter router, Notifier.Change change, int priority) {
        notifier.tell(Notifier.Kind.INSTANCE, router.name(), change, priority, router.notifications());
    }

    /** Whether changes of a router's priority are told, by itself or by its group. */
    boolean tellsPriority(VirtualRouter router) {
        return router.notifications().tellsPriority()
                || syncGroups.stream()
                        .anyMatch(group -> group.members().contains(router.name())
                                && group.notifications().tellsPriority());
    }

    /** A router's state has changed: its peers are told at once. */
    void changed(RunningRouter running) {
        heartbeats(running).ifPresent(Heartbeats::report);
    }

    /** A router's further paths. */
    Optional<Heartbeats> heartbeats(RunningRouter running) {
        return heartbeats.stream().filter(each -> each.contains(running)).findFirst();
    }

    void publish(RouterEvent event) {
        try {
            onEvent.accept(event);
        } catch (RuntimeException failed) {
            LOG.error("the application's listener failed at {}", event, failed);
        }
    }

    // ---- what changes around

    private void trackersChanged() {
        routers.forEach(RunningRouter::trackersChanged);
    }

    private void sessionChanged(Tracker.Bfd tracker, SessionEffect.Changed change) {
        for (var each : routers) {
            if (each.health().isTracking(tracker.name())) {
                publish(new RouterEvent.SessionChanged(
                        each.router().name(), tracker.name(), change.from(), change.to(), change.diagnostic()));
            }
        }
    }

    /** What the kernel tells, to all it may concern. */
    private final class Changes implements KernelChanges.Listener {
        @Override
        public void interfacesChanged(List<InetAddress> removed) {
            trackers.interfacesChanged();
            statics.look();
            routers.forEach(RunningRouter::interfacesChanged);
            heartbeats.forEach(Heartbeats::interfacesChanged);
            removed.forEach(address -> routers.forEach(each -> each.addressRemoved(address)));
        }

        @Override
        public void routesRemoved(List<Route> routes, List<RoutingRule> rules) {
            if (statics.look()) {
                routers.forEach(RunningRouter::interfacesChanged);
            }
            routers.forEach(each -> each.routesRemoved(routes, rules));
        }

        @Override
        public void routesUnknown() {
            if (statics.look()) {
                routers.forEach(RunningRouter::interfacesChanged);
            }
            routers.forEach(RunningRouter::routesUnknown);
        }
    }

    // ---- for other threads

    /** Tells of a pool or a listener of the application's own. For all threads. */
    public void tell(String tracker, boolean isUp) {
        control.execute(() -> trackers.tell(tracker, isUp));
    }

    /** All routers as they are now. For all threads but the control thread. */
    public List<RouterStatus> status() {
        return control.call(() -> routers.stream().map(RunningRouter::status).toList())
                .join();
    }

    /**
     * An active router withholds its adverts for a while. For all threads.
     *
     * @return completed on the control thread when it is over
     */
    public CompletableFuture<DrillReport> drill(String name, Duration withhold) {
        var result = new CompletableFuture<DrillReport>();
        control.execute(() -> {
            try {
                Drill.begin(router(name), groups, withhold, control, result);
            } catch (RuntimeException refused) {
                result.completeExceptionally(refused);
            }
        });
        return result;
    }

    private RunningRouter router(String name) {
        return routers.stream()
                .filter(each -> each.router().name().equals(name))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no virtual router '" + name + "'"));
    }

    /** Says good-bye with priority 0, takes everything away, and ends. For all threads but the control thread; again without effect. */
    @Override
    public void close() {
        close(names(plan));
    }

    /** Ends for another plan to begin: routers that it does not have are told to be deleted. For all threads but the control thread. */
    public void closeFor(HostPlan next) {
        close(names(next));
    }

    private void close(Set<String> staying) {
        if (control.isThisThread()) {
            throw new IllegalStateException("virtual routers cannot be closed by their own thread");
        }
        synchronized (this) {
            if (isClosed) {
                return;
            }
            isClosed = true;
        }
        control.call(() -> {
                    routers.forEach(
                            each -> each.stop(!staying.contains(each.router().name())));
                    heartbeats.forEach(Heartbeats::close);
                    routers.forEach(RunningRouter::close);
                    trackers.close();
                    kernel.restriction().quieten(Set.of());
                    statics.remove();
                    borrowed.giveBack("", LOCAL_REPORTS);
                    ports.close();
                    announcer.close();
                    return true;
                })
                .join();
        control.close();
        control.join();
        witnesses.close();
        notifier.close();
        kernel.close();
    }
}
