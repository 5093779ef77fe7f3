package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.SyncGroup;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.Tracker;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpSettings;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.netlink.AssignedAddress;
import io.steelyard.linux.netlink.Link;
import io.steelyard.linux.netlink.NetworkMonitor;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.election.ElectionEvent;
import io.steelyard.vrrp.election.GroupElection;
import io.steelyard.vrrp.election.Outcome;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.election.PrioritySum;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
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

    private static final long LEAST_PULSE_NS = 10_000_000L;

    private final ControlThread control;
    private final Kernel kernel;
    private final VirtualInterfaces virtualInterfaces;
    private final Announcer announcer = new Announcer();
    private final AdvertPorts ports;
    private final Notifier notifier;
    private final TrackerSet trackerSet;
    private final VrrpSettings settings;
    private final Map<String, Tracker> trackers = new HashMap<>();
    private final Map<String, PrioritySum.Reading> readings = new HashMap<>();
    private final List<RunningRouter> routers = new ArrayList<>();
    private final List<Group> groups = new ArrayList<>();
    private final List<InetAddress> removed = new ArrayList<>();
    private final Consumer<RouterEvent> onEvent;
    private final Timers.Timer pulse;
    private final Changes changes = new Changes();
    private boolean isClosed;

    private static final class Group {
        private final SyncGroup group;
        private final List<RunningRouter> members;
        private Phase told = Phase.INITIALIZE;

        private Group(SyncGroup group, List<RunningRouter> members) {
            this.group = group;
            this.members = members;
        }
    }

    /**
     * What runs.
     *
     * @param routers with names of their own
     * @param groups of them
     * @param trackers that they look at
     * @param settings for all
     * @param onEvent called on the control thread, and must be short
     */
    public record Plan(
            List<VirtualRouter> routers,
            List<SyncGroup> groups,
            List<Tracker> trackers,
            VrrpSettings settings,
            Consumer<RouterEvent> onEvent) {}

    /**
     * Opens all that is needed; nothing runs yet.
     *
     * @throws IOException where the kernel's tables cannot be opened
     */
    public RouterHost(Plan plan) throws IOException {
        settings = plan.settings();
        onEvent = plan.onEvent();
        kernel = Kernel.open();
        try {
            control = new ControlThread("vrrp");
        } catch (ErrnoException failed) {
            kernel.close();
            throw failed;
        }
        virtualInterfaces = new VirtualInterfaces(kernel.links(), kernel.addresses());
        ports = new AdvertPorts(control);
        notifier = new Notifier(settings);
        trackerSet = new TrackerSet(control, this::turned);
        pulse = control.timer(this::pulse);
        plan.trackers().forEach(tracker -> trackers.put(tracker.name(), tracker));
        for (var router : plan.routers()) {
            var group = plan.groups().stream()
                    .filter(each -> each.members().contains(router.name()))
                    .findFirst();
            var tracks = new ArrayList<Track>(router.tracks());
            group.ifPresent(each -> tracks.addAll(each.tracks()));
            routers.add(new RunningRouter(router, this, tracks, group.isPresent()));
        }
        for (var group : plan.groups()) {
            groups.add(new Group(
                    group,
                    routers.stream()
                            .filter(each ->
                                    group.members().contains(each.router().name()))
                            .toList()));
        }
    }

    /** Begins: on the control thread, which lives in the network namespace of the thread that calls this. */
    public void start() throws IOException {
        control.onLate(gapNs -> routers.forEach(each -> each.on(new ElectionEvent.Paused(gapNs))));
        control.watch(kernel.monitorFd(), this::readChanges);
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
        statics(true);
        trackers.values()
                .forEach(tracker ->
                        trackerSet.add(tracker, settings.scriptUser(), settings.scriptSecurity(), kernel.interfaces()));
        long waitNs = settings.bootDelay().toNanos() - upNs();
        if (waitNs > 0) {
            control.timer(this::startRouters).set(control.nowNs() + waitNs);
        } else {
            startRouters();
        }
    }

    private void startRouters() {
        for (var router : routers) {
            var waiting = groups.stream().anyMatch(group -> group.members.contains(router));
            router.start(waiting, settings.startDelay().toNanos());
        }
        pulse();
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
                .mapToLong(RunningRouter::halfDownNs)
                .min()
                .orElse(Long.MAX_VALUE);
        if (leastNs != Long.MAX_VALUE && !isClosed) {
            pulse.set(control.nowNs() + Math.max(leastNs / PULSES, LEAST_PULSE_NS));
        }
    }

    private void statics(boolean isAdding) {
        for (VirtualAddress address : settings.addresses()) {
            attempt(() -> {
                int index = kernel.interfaces()
                        .link(address.interfaceName()
                                .orElseThrow(() ->
                                        new IOException("static address " + address.text() + " names no interface")))
                        .orElseThrow(() -> new IOException("static address " + address.text() + ": no such interface"))
                        .index();
                var wanted = KernelAddress.of(address, index, AssignedAddress.FOREVER);
                if (isAdding) {
                    kernel.addresses().replace(wanted);
                } else {
                    kernel.addresses().remove(wanted);
                }
            });
        }
        for (var route : settings.routes()) {
            attempt(() -> {
                var wanted = KernelRoute.of(route, 0, kernel.interfaces());
                if (isAdding) {
                    kernel.routes().replace(wanted);
                } else {
                    kernel.routes().remove(wanted);
                }
            });
        }
        for (var rule : settings.rules()) {
            attempt(() -> {
                kernel.rules().remove(KernelRoute.of(rule));
                if (isAdding) {
                    kernel.rules().add(KernelRoute.of(rule));
                }
            });
        }
    }

    private interface Change {
        void make() throws IOException;
    }

    private static void attempt(Change change) {
        try {
            change.make();
        } catch (IOException | IllegalArgumentException refused) {
            LOG.error("{}", refused.getMessage());
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

    Announcer announcer() {
        return announcer;
    }

    AdvertPorts ports() {
        return ports;
    }

    PrioritySum sum(VirtualRouter router, List<Track> tracks) {
        return PrioritySum.of(router.priority(), tracks, trackers, readings);
    }

    void tell(VirtualRouter router, Notifier.Change change, int priority) {
        notifier.tell(Notifier.Kind.INSTANCE, router.name(), change, priority, router.notifications());
    }

    void warn(VirtualRouter router, RouterEvent.Kind kind, String text) {
        LOG.warn("virtual router '{}': {}: {}", router.name(), kind, text);
        publish(new RouterEvent.Warning(router.name(), kind, text));
    }

    void publish(RouterEvent event) {
        try {
            onEvent.accept(event);
        } catch (RuntimeException failed) {
            LOG.error("the application's listener failed at {}", event, failed);
        }
    }

    // ---- groups

    /** A member's claim waits for its group alone. */
    void claimed(RunningRouter member) {
        for (var group : groups) {
            if (group.members.contains(member)
                    && group.members.stream()
                            .allMatch(each -> each.mayClaim() || each.state().isActive())) {
                deliver(group, GroupElection.claims(states(group)));
            }
        }
    }

    void memberDid(RunningRouter member, Outcome outcome) {
        for (var group : groups) {
            int place = group.members.indexOf(member);
            if (place >= 0) {
                deliver(group, GroupElection.after(states(group), place, outcome));
                tellGroup(group);
            }
        }
    }

    private static void deliver(Group group, List<GroupElection.Message> messages) {
        messages.forEach(message -> group.members.get(message.member()).on(message.event()));
    }

    private static List<io.steelyard.vrrp.election.RouterState> states(Group group) {
        return group.members.stream().map(RunningRouter::state).toList();
    }

    /** A group has a state where all its members have the same. */
    private void tellGroup(Group group) {
        var phases = group.members.stream()
                .map(each -> each.state().phase())
                .distinct()
                .toList();
        if (phases.size() != 1 || phases.getFirst() == group.told) {
            return;
        }
        group.told = phases.getFirst();
        var change = switch (group.told) {
            case ACTIVE -> Notifier.Change.MASTER;
            case BACKUP -> Notifier.Change.BACKUP;
            case FAULT -> Notifier.Change.FAULT;
            case INITIALIZE -> Notifier.Change.STOP;
        };
        notifier.tell(Notifier.Kind.GROUP, group.group.name(), change, 0, group.group.notifications());
    }

    // ---- what changes around

    private void turned(Tracker tracker, boolean isUp, int value) {
        readings.put(
                tracker.name(),
                tracker instanceof Tracker.File
                        ? new PrioritySum.Reading.Number(value)
                        : new PrioritySum.Reading.Level(isUp));
        routers.forEach(RunningRouter::trackersChanged);
    }

    private void readChanges() {
        try {
            changes.isAny = false;
            removed.clear();
            kernel.drain(changes);
        } catch (IOException failed) {
            LOG.error("changes of interfaces cannot be read", failed);
        }
        if (changes.isAny) {
            trackerSet.interfacesChanged(kernel.interfaces());
            routers.forEach(RunningRouter::interfacesChanged);
            removed.forEach(address -> routers.forEach(each -> each.addressRemoved(address)));
        }
    }

    private final class Changes implements NetworkMonitor.Listener {
        private boolean isAny;

        @Override
        public void linkChanged(Link link) {
            isAny = true;
            kernel.interfaces().put(link);
        }

        @Override
        public void linkRemoved(Link link) {
            isAny = true;
            kernel.interfaces().remove(link);
            announcer.remove(link.index());
        }

        @Override
        public void addressChanged(AssignedAddress address) {
            // Our own refreshing comes by here too; it changes nothing that routers look at.
            isAny |= kernel.interfaces().put(address);
        }

        @Override
        public void addressRemoved(AssignedAddress address) {
            isAny = true;
            kernel.interfaces().remove(address);
            removed.add(address.address());
        }

        @Override
        public void overrun() {
            isAny = true;
            try {
                kernel.readAll();
                routers.forEach(
                        router -> router.router().addresses().forEach(address -> removed.add(address.address())));
            } catch (IOException failed) {
                LOG.error("interfaces cannot be read anew", failed);
            }
        }
    }

    // ---- for other threads

    /** Tells of a pool or a listener of the application's own. For all threads. */
    public void tell(String tracker, boolean isUp) {
        control.execute(() -> trackerSet.tell(tracker, isUp));
    }

    /** All routers as they are now. For all threads but the control thread. */
    public List<RouterStatus> status() {
        return control.call(() -> routers.stream().map(RunningRouter::status).toList())
                .join();
    }

    /** Says good-bye with priority 0, takes everything away, and ends. For all threads but the control thread; again without effect. */
    @Override
    public void close() {
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
                    routers.forEach(RunningRouter::stop);
                    routers.forEach(RunningRouter::close);
                    trackerSet.close();
                    statics(false);
                    ports.close();
                    announcer.close();
                    return true;
                })
                .join();
        control.close();
        control.join();
        notifier.close();
        kernel.close();
    }
}
