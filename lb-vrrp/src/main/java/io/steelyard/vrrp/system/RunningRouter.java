package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.SplitBrainDefence.AddressProbe;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.VirtualAddress;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.netlink.Link;
import io.steelyard.linux.netlink.MacAddress;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.announce.AnnouncementSchedule;
import io.steelyard.vrrp.election.Effect;
import io.steelyard.vrrp.election.Election;
import io.steelyard.vrrp.election.ElectionEvent;
import io.steelyard.vrrp.election.Outcome;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.election.PrioritySum;
import io.steelyard.vrrp.election.RouterState;
import io.steelyard.vrrp.wire.AdvertCounters;
import io.steelyard.vrrp.wire.AdvertDecoder;
import io.steelyard.vrrp.wire.ReceivedPacket;
import io.steelyard.vrrp.wire.RouterSecrets;
import io.steelyard.vrrp.wire.Verdict;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One virtual router at work: what happens to it becomes events of its {@link Election}, and what the election decides is carried out, in its
 * order. Used by the control thread.
 */
final class RunningRouter implements AdvertPorts.Hearer, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningRouter.class);

    /** How long answers to a probe are waited for, where an answer keeps us from claiming. */
    private static final long PROBE_NS = 200_000_000L;

    /** How often a conflict about one address is told again. */
    private static final long CONFLICT_QUIET_NS = 10_000_000_000L;

    private final VirtualRouter router;
    private final RouterHost host;
    private final List<Track> tracks;
    private final boolean isInGroup;
    private final AdvertCounters counters = new AdvertCounters();
    private final RouterSecrets secrets;
    private final AdvertDecoder decoder;
    private final Holdings holdings;
    private final AnnouncementSchedule schedule;
    private final List<VirtualAddress> announced;
    private final ArrayDeque<ElectionEvent> pending = new ArrayDeque<>();
    private final Timers.Timer deadline;
    private final Timers.Timer announcing;
    private final Timers.Timer probing;
    private final Timers.Timer refreshing;

    private Election election;
    private RouterState state;
    private PrioritySum sum;
    private boolean isWorking;
    private boolean isStarted;
    private boolean isHealthy;
    private String unhealthy = "it has not started";
    private @Nullable RouterPath path;
    private @Nullable Link virtualLink;
    private @Nullable ConflictWatch conflicts;
    private int conflictsOn;
    private boolean isProbeAnswered;
    private boolean mayClaim;
    private long heardNs;
    private boolean hasHeard;
    private long conflictToldNs;
    private boolean hasToldConflict;

    /** @param tracks of the router and of its group */
    RunningRouter(VirtualRouter router, RouterHost host, List<Track> tracks, boolean isInGroup) {
        this.router = router;
        this.host = host;
        this.tracks = tracks;
        this.isInGroup = isInGroup;
        secrets = RouterSecrets.of(router);
        decoder = new AdvertDecoder(router, secrets, counters);
        holdings = new Holdings(router, host.kernel());
        announced = holdings.all();
        var families = new boolean[announced.size()];
        for (int i = 0; i < families.length; i++) {
            families[i] = announced.get(i).family() == AddressFamily.IPV6;
        }
        schedule = new AnnouncementSchedule(router.announcements(), families);
        deadline = host.control().timer(() -> on(new ElectionEvent.TimerExpired()));
        announcing = host.control().timer(this::announce);
        probing = host.control().timer(this::probed);
        refreshing = host.control().timer(this::refresh);
        election = election(RouterPath.inet(new byte[router.family() == AddressFamily.IPV6 ? 16 : 4]));
        state = election.initial();
        sum = host.sum(router, tracks);
    }

    private Election election(InetAddress source) {
        return new Election(router, source, asksBeforeClaim());
    }

    private boolean asksBeforeClaim() {
        return isInGroup || refusesOnAnswer();
    }

    /** There is no witness yet to ask: then the addresses are left alone, as the configuration wants without one. */
    private boolean refusesOnAnswer() {
        var probe = router.defence().addressProbe();
        return probe == AddressProbe.REFUSE || probe == AddressProbe.ASK_WITNESS;
    }

    VirtualRouter router() {
        return router;
    }

    RouterState state() {
        return state;
    }

    /** Whether it waits for its group alone. */
    boolean mayClaim() {
        return mayClaim && state.isClaiming();
    }

    /** The half of the down interval, beyond which a pause counts. */
    long halfDownNs() {
        var timers = election.timers();
        return timers.downNs(state.priority(), timers.intervalNs()) / 2;
    }

    // ---- events

    void start(boolean isGroupWaiting, long delayNs) {
        look();
        isHealthy = unhealthiness().isEmpty();
        isStarted = true;
        on(new ElectionEvent.Start(sum.isKnown(), isHealthy, isGroupWaiting, delayNs));
    }

    void stop() {
        if (isStarted) {
            on(new ElectionEvent.Stop());
        }
        isStarted = false;
    }

    /** One event, and those that follow from it. */
    void on(ElectionEvent event) {
        pending.add(event);
        if (isWorking) {
            return;
        }
        isWorking = true;
        try {
            for (ElectionEvent next; (next = pending.poll()) != null; ) {
                step(next);
            }
        } finally {
            isWorking = false;
        }
    }

    private void step(ElectionEvent event) {
        var outcome = election.on(state, event, host.control().nowNs());
        state = outcome.state();
        for (var effect : outcome.effects()) {
            carryOut(effect);
        }
        if (state.deadlineNs() == RouterState.NEVER) {
            deadline.stop();
        } else {
            deadline.set(state.deadlineNs());
        }
        tellGroup(outcome);
    }

    private void tellGroup(Outcome outcome) {
        if (isInGroup && !outcome.effects().isEmpty()) {
            host.memberDid(this, outcome);
        }
    }

    @Override
    public int virtualRouterId() {
        return router.virtualRouterId();
    }

    @Override
    public void heard(ReceivedPacket packet) {
        if (decoder.check(packet, System.currentTimeMillis() * 1_000_000L) != Verdict.ACCEPTED) {
            return;
        }
        heardNs = host.control().nowNs();
        hasHeard = true;
        on(new ElectionEvent.AdvertHeard(
                decoder.priority(), decoder.intervalCentiseconds(), packet.sourceHigh(), packet.sourceLow()));
    }

    // ---- effects

    private void carryOut(Effect effect) {
        switch (effect) {
            case Effect.SendAdvert advert -> send(advert.priority());
            case Effect.Apply apply -> apply(apply.step());
            case Effect.Announce announce -> {
                schedule.begin(announce.cause(), host.control().nowNs());
                announce();
            }
            case Effect.StopAnnouncing stop -> {
                schedule.stop();
                announcing.stop();
                refreshing.stop();
            }
            case Effect.SeekClaim seek -> seekClaim();
            case Effect.AbandonClaim abandon -> {
                mayClaim = false;
                probing.stop();
            }
            case Effect.Changed changed -> changed(changed);
            case Effect.LowerPriorityHeard lower ->
                host.tell(router, Notifier.Change.MASTER_RX_LOWER_PRI, state.priority());
            case Effect.Report report ->
                host.warn(
                        router,
                        report.suspicion() == Effect.Suspicion.SAME_ADDRESS
                                ? RouterEvent.Kind.SAME_ADDRESS
                                : RouterEvent.Kind.TWO_OWNERS,
                        RouterPath.inet(report.sourceHigh(), report.sourceLow()).getHostAddress());
        }
    }

    private void send(int priority) {
        var way = path;
        if (way == null) {
            return;
        }
        way.send(priority);
        counters.count(AdvertCounters.Event.SENT);
        if (priority == 0) {
            counters.count(AdvertCounters.Event.PRIORITY_ZERO_SENT);
        }
    }

    private void apply(Effect.Step step) {
        if (step == Effect.Step.ADD_ADDRESSES) {
            probeBeforeClaim();
        }
        holdings.apply(step);
        if (step == Effect.Step.ADD_EXCLUDED_ADDRESSES && holdings.refreshEveryNs() > 0) {
            refreshing.set(host.control().nowNs() + holdings.refreshEveryNs());
        }
    }

    private void refresh() {
        if (state.isActive()) {
            holdings.refresh();
            refreshing.set(host.control().nowNs() + holdings.refreshEveryNs());
        }
    }

    private void changed(Effect.Changed changed) {
        if (changed.to() == Phase.ACTIVE) {
            counters.count(AdvertCounters.Event.BECAME_ACTIVE);
        } else if (changed.from() == Phase.ACTIVE) {
            counters.count(AdvertCounters.Event.RELEASED_ACTIVE);
        }
        LOG.info(
                "virtual router '{}': {} -> {} with priority {}, because of {}",
                router.name(),
                changed.from(),
                changed.to(),
                changed.priority(),
                changed.reason());
        var change = switch (changed.to()) {
            case ACTIVE -> Notifier.Change.MASTER;
            case BACKUP -> Notifier.Change.BACKUP;
            case FAULT -> Notifier.Change.FAULT;
            case INITIALIZE -> Notifier.Change.STOP;
        };
        host.tell(router, change, changed.priority());
        host.publish(new RouterEvent.Changed(
                router.name(), changed.from(), changed.to(), changed.priority(), changed.reason()));
    }

    // ---- announcing

    private void announce() {
        long nowNs = host.control().nowNs();
        for (int at; (at = schedule.poll(nowNs)) != AnnouncementSchedule.NONE; ) {
            var address = announced.get(at);
            try {
                int index = holdings.indexOf(address);
                host.announcer().announce(index, hardwareAddress(index), address.address());
            } catch (IOException failed) {
                LOG.warn("virtual router '{}': announcing {}: {}", router.name(), address.text(), failed.getMessage());
            }
        }
        long nextNs = schedule.nextNs(nowNs);
        if (nextNs == Long.MAX_VALUE) {
            announcing.stop();
        } else {
            announcing.set(Math.max(nextNs, nowNs + 1));
        }
    }

    private MacAddress hardwareAddress(int interfaceIndex) {
        return host.kernel()
                .interfaces()
                .link(interfaceIndex)
                .map(Link::hardwareAddress)
                .orElse(MacAddress.NONE);
    }

    // ---- asking before claiming, and hearing of conflicts

    private void seekClaim() {
        if (!refusesOnAnswer()) {
            mayClaim = true;
            host.claimed(this);
            return;
        }
        mayClaim = false;
        isProbeAnswered = false;
        probe();
        probing.set(host.control().nowNs() + PROBE_NS);
    }

    private void probed() {
        if (!state.isClaiming()) {
            return;
        }
        if (isProbeAnswered) {
            on(new ElectionEvent.ClaimRefused(election.timers().intervalNs()));
            return;
        }
        mayClaim = true;
        if (isInGroup) {
            host.claimed(this);
        } else {
            on(new ElectionEvent.ClaimGranted());
        }
    }

    /** With the policy to claim all the same: an answer is told as a conflict. Whoever was heard a moment ago is about to give way. */
    private void probeBeforeClaim() {
        boolean isSilent = !hasHeard
                || host.control().nowNs() - heardNs > 2 * election.timers().intervalNs();
        if (router.defence().addressProbe() == AddressProbe.CLAIM && isSilent) {
            probe();
        }
    }

    private void probe() {
        for (var address : announced) {
            try {
                int index = holdings.indexOf(address);
                host.announcer().probe(index, hardwareAddress(index), address.address());
            } catch (IOException failed) {
                LOG.warn("virtual router '{}': asking for {}: {}", router.name(), address.text(), failed.getMessage());
            }
        }
    }

    private void claimedByOther(InetAddress address, MacAddress by) {
        var way = path;
        if (way == null || by.equals(hardwareAddress(way.interfaceIndex()))) {
            return;
        }
        isProbeAnswered = true;
        long nowNs = host.control().nowNs();
        boolean isTold = hasToldConflict && nowNs - conflictToldNs < CONFLICT_QUIET_NS;
        if ((state.isActive() && router.defence().detectsConflicts() || state.isClaiming()) && !isTold) {
            hasToldConflict = true;
            conflictToldNs = nowNs;
            host.warn(
                    router,
                    RouterEvent.Kind.ADDRESS_CONFLICT,
                    by + " says that it has " + address.getHostAddress() + ": a suspected split brain");
        }
    }

    // ---- the world around

    /** Trackers have spoken. */
    void trackersChanged() {
        sum = host.sum(router, tracks);
        if (!isStarted) {
            return;
        }
        if (sum.isKnown()) {
            checkHealth();
        }
        on(new ElectionEvent.PriorityChanged(sum.effective()));
    }

    /** Interfaces or addresses have changed. */
    void interfacesChanged() {
        if (isStarted) {
            look();
            checkHealth();
        }
    }

    private void checkHealth() {
        boolean was = isHealthy;
        isHealthy = unhealthiness().isEmpty();
        if (sum.isKnown() && (was != isHealthy || state.phase() == Phase.INITIALIZE)) {
            on(new ElectionEvent.Health(isHealthy));
        }
    }

    private Optional<String> unhealthiness() {
        var link = host.kernel().interfaces().link(router.interfaceName());
        var found = Optional.<String>empty();
        if (link.isEmpty()) {
            found = Optional.of("there is no interface " + router.interfaceName());
        } else if (router.tracksInterface() && !link.get().isUsable()) {
            found = Optional.of("interface " + router.interfaceName() + " is down");
        } else if (path == null) {
            found = Optional.of(pathProblem);
        } else if (sum.isFault()) {
            found = Optional.of("a tracker is down: " + sum.text());
        }
        unhealthy = found.orElse("");
        return found;
    }

    private String pathProblem = "";

    /** Finds interface and source address, and opens what depends on them anew where they have changed. */
    private void look() {
        var link = host.kernel().interfaces().link(router.interfaceName());
        var source = link.flatMap(this::source);
        if (link.isEmpty() || source.isEmpty()) {
            pathProblem = "interface " + router.interfaceName() + " has no address that adverts could come from";
            boolean isGone = link.isEmpty() || router.sourceAddress().isEmpty() || router.tracksSource();
            if (isGone) {
                closePath();
            }
        } else {
            try {
                open(link.get(), source.get());
            } catch (IOException | IllegalArgumentException failed) {
                pathProblem = String.valueOf(failed.getMessage());
                LOG.error("virtual router '{}': {}", router.name(), failed.getMessage());
                closePath();
            }
        }
    }

    private Optional<InetAddress> source(Link link) {
        var own = holdings.inetAddresses();
        if (router.sourceAddress().isPresent()) {
            return router.sourceAddress()
                    .filter(address ->
                            !router.tracksSource() || host.kernel().interfaces().has(link.index(), address));
        }
        boolean isIpv6 = router.family() == AddressFamily.IPV6;
        return host.kernel().interfaces().primary(link.index(), isIpv6, router.isOwner() ? List.of() : own);
    }

    private void open(Link parent, InetAddress source) throws IOException {
        boolean isVirtual = router.virtualMac().isPresent();
        var own = parent;
        if (isVirtual) {
            var made = virtualLink;
            if (made == null
                    || host.kernel().interfaces().link(made.index()).isEmpty()
                    || made.parentIndex() != parent.index()) {
                made = host.virtualInterfaces().create(router, parent, Optional.of(source));
                virtualLink = made;
                host.kernel().interfaces().put(made);
            }
            own = made;
        }
        boolean isFromParent = isVirtual && router.virtualMac().orElseThrow().sendsFromParent();
        int pathIndex = isFromParent ? parent.index() : own.index();
        holdings.interfaceIndex(own.index());
        var old = path;
        if (old == null || !old.isFor(pathIndex, source)) {
            closePath();
            path = new RouterPath(router, secrets, pathIndex, source, host.ports(), this);
            election = election(source);
        }
        watchConflicts(own.index());
    }

    private void watchConflicts(int interfaceIndex) throws ErrnoException {
        boolean isWanted =
                router.defence().detectsConflicts() || router.defence().addressProbe() != AddressProbe.OFF;
        if (!isWanted || conflicts != null && conflictsOn == interfaceIndex) {
            return;
        }
        closeConflicts();
        conflicts = new ConflictWatch(host.control(), interfaceIndex, holdings.inetAddresses(), this::claimedByOther);
        conflictsOn = interfaceIndex;
    }

    /** An address was taken from the interface, by whomever. */
    void addressRemoved(InetAddress address) {
        if (state.isActive() && holdings.isMissing(address)) {
            on(new ElectionEvent.AddressLost());
        }
    }

    private void closePath() {
        closeConflicts();
        var old = path;
        path = null;
        if (old != null) {
            old.close();
        }
    }

    private void closeConflicts() {
        var old = conflicts;
        conflicts = null;
        if (old != null) {
            old.close();
        }
    }

    RouterStatus status() {
        boolean isSomebodyHeard = state.activePriority() != 0;
        return new RouterStatus(
                router.name(),
                state.phase(),
                state.priority(),
                sum.text(),
                isSomebodyHeard
                        ? Optional.of(RouterPath.inet(state.activeHigh(), state.activeLow())
                                .getHostAddress())
                        : Optional.empty(),
                state.activePriority(),
                unhealthy.isEmpty() ? Optional.empty() : Optional.of(unhealthy),
                counters.byName());
    }

    @Override
    public void close() {
        deadline.stop();
        announcing.stop();
        probing.stop();
        refreshing.stop();
        closePath();
        var made = virtualLink;
        if (made != null) {
            try {
                host.virtualInterfaces().remove(made);
            } catch (IOException failed) {
                LOG.warn("virtual router '{}': {}", router.name(), failed.getMessage());
            }
        }
    }
}
