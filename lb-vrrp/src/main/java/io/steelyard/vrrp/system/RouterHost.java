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
import io.steelyard.vrrp.bfd.SessionEffect;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
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
    private final BorrowedSettings borrowed = new BorrowedSettings();
    private final AdvertPorts ports;
    private final Trackers trackers;
    private final RouterSet routers;
    private final Consumer<RouterEvent> onEvent;
    private final Timers.Timer pulse;
    private final KernelChanges changes;

    /** Written by the control thread, for which others wait before they read it. */
    private HostPlan plan;

    private Notifier notifier;
    private StaticHoldings statics;

    /** Written under this object's lock; the control thread looks without it, and then sees at worst that it must go on for one more turn. */
    private boolean isClosed;

    /**
     * Opens all that is needed; nothing runs yet.
     *
     * @throws IOException where the kernel's tables or the way to a witness cannot be opened
     * @throws IllegalArgumentException for a witness or a fencing that cannot be
     */
    public RouterHost(HostPlan plan) throws IOException {
        this.plan = plan;
        onEvent = plan.onEvent();
        var fencings = fencings(plan.routers(), plan.settings());
        var node = node(plan.settings());
        witnesses = Witnesses.open(plan.routers(), node);
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
        notifier = new Notifier(plan.settings());
        statics = new StaticHoldings(plan.settings(), kernel);
        routers = new RouterSet(plan, this);
        trackers = new Trackers(
                plan.trackers(),
                control,
                plan.settings(),
                kernel.interfaces(),
                routers::trackersChanged,
                this::sessionChanged);
        pulse = control.timer(this::pulse);
        changes = new KernelChanges(kernel, announcer, new Changes());
        routers.fill(fencings, node);
    }

    private static Map<VirtualRouter, Optional<FencingLink>> fencings(
            List<VirtualRouter> routers, VrrpSettings settings) {
        var fencings = new HashMap<VirtualRouter, Optional<FencingLink>>();
        routers.forEach(router -> fencings.put(router, FencingLink.of(router, settings)));
        return fencings;
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
        control.onLate(routers::paused);
        control.watch(kernel.monitorFd(), changes::read);
        kernel.restriction().removeLeftovers();
        kernel.restriction().quieten(routers.interfaces().quiet());
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
        if (!plan.settings().reportsLocalGroups()) {
            reportLocalGroups(false);
        }
        trackers.start();
        routers.trackersChanged();
        long waitNs = plan.settings().bootDelay().toNanos() - upNs();
        if (waitNs > 0) {
            control.timer(this::startRouters).set(control.nowNs() + waitNs);
        } else {
            startRouters();
        }
    }

    private void reportLocalGroups(boolean isWanted) {
        if (isWanted) {
            borrowed.giveBack("", LOCAL_REPORTS);
            return;
        }
        try {
            borrowed.take("", LOCAL_REPORTS, 0);
        } catch (IOException refused) {
            LOG.warn("{}", refused.getMessage());
        }
    }

    private void startRouters() {
        routers.start();
        pulse();
    }

    /**
     * Goes on with another plan: routers and trackers that are the same notice nothing, and a router whose configuration, group or settings differ stays
     * in its state where it is the same one to the network. Other routers end and begin. For all threads but the control thread.
     *
     * @return false where all must begin anew; nothing has changed then
     * @throws IllegalArgumentException for a fencing that cannot be; nothing has changed then
     */
    public boolean change(HostPlan next) {
        var before = plan;
        if (!before.leadsTo(next)) {
            return false;
        }
        var fencings = fencings(
                next.routers().stream()
                        .filter(router -> next.isAnew(router, before))
                        .toList(),
                next.settings());
        control.call(() -> become(next, fencings)).join().ifPresent(Notifier::close);
        return true;
    }

    /** @return who told of changes before, and tells of none any more */
    private Optional<Notifier> become(HostPlan next, Map<VirtualRouter, Optional<FencingLink>> fencings) {
        var settings = plan.settings();
        plan = next;
        trackers.become(next.trackers(), next.settings());
        var former = settings.equals(next.settings()) ? null : become(settings, next.settings());
        routers.become(next, fencings);
        pulse();
        return Optional.ofNullable(former);
    }

    private Notifier become(VrrpSettings before, VrrpSettings next) {
        if (before.reportsLocalGroups() != next.reportsLocalGroups()) {
            reportLocalGroups(next.reportsLocalGroups());
        }
        var heldBefore = statics;
        statics = new StaticHoldings(next, kernel);
        statics.addAfter(heldBefore);
        var former = notifier;
        notifier = former.with(next);
        return former;
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
        long leastNs = routers.leastPauseNs();
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

    Witnesses witnesses() {
        return witnesses;
    }

    Announcer announcer() {
        return announcer;
    }

    RouterSet routers() {
        return routers;
    }

    /** An interface's own; none where it is gone. */
    MacAddress hardwareAddress(int interfaceIndex) {
        return kernel.interfaces()
                .link(interfaceIndex)
                .map(Link::hardwareAddress)
                .orElse(MacAddress.NONE);
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

    void tell(SyncGroup group, Notifier.Change change) {
        notifier.tell(Notifier.Kind.GROUP, group.name(), change, 0, group.notifications());
    }

    void publish(RouterEvent event) {
        try {
            onEvent.accept(event);
        } catch (RuntimeException failed) {
            LOG.error("the application's listener failed at {}", event, failed);
        }
    }

    // ---- what changes around

    private void sessionChanged(Tracker.Bfd tracker, SessionEffect.Changed change) {
        for (var router : routers.tracking(tracker.name())) {
            publish(new RouterEvent.SessionChanged(
                    router, tracker.name(), change.from(), change.to(), change.diagnostic()));
        }
    }

    /** What the kernel tells, to all it may concern. */
    private final class Changes implements KernelChanges.Listener {
        @Override
        public void interfacesChanged(List<InetAddress> removed) {
            trackers.interfacesChanged();
            statics.look();
            routers.interfacesChanged(removed);
        }

        @Override
        public void routesRemoved(List<Route> routes, List<RoutingRule> rules) {
            if (statics.look()) {
                routers.staticsChanged();
            }
            routers.routesRemoved(routes, rules);
        }

        @Override
        public void routesUnknown() {
            if (statics.look()) {
                routers.staticsChanged();
            }
            routers.routesUnknown();
        }
    }

    // ---- for other threads

    /** Tells of a pool or a listener of the application's own. For all threads. */
    public void tell(String tracker, boolean isUp) {
        control.execute(() -> trackers.tell(tracker, isUp));
    }

    /** All routers as they are now. For all threads but the control thread. */
    public List<RouterStatus> status() {
        return control.call(routers::status).join();
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
                Drill.begin(routers.find(name), routers.groups(), withhold, control, result);
            } catch (RuntimeException refused) {
                result.completeExceptionally(refused);
            }
        });
        return result;
    }

    /** Says good-bye with priority 0, takes everything away, and ends. For all threads but the control thread; again without effect. */
    @Override
    public void close() {
        close(plan.names());
    }

    /** Ends for another plan to begin: routers that it does not have are told to be deleted. For all threads but the control thread. */
    public void closeFor(HostPlan next) {
        close(next.names());
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
                    routers.close(staying);
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
