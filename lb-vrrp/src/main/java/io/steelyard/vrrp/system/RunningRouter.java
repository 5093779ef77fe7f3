package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.netlink.Route;
import io.steelyard.linux.netlink.RoutingRule;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.defence.GuardedElection;
import io.steelyard.vrrp.election.Effect;
import io.steelyard.vrrp.election.ElectionEvent;
import io.steelyard.vrrp.election.Outcome;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.election.RouterState;
import io.steelyard.vrrp.wire.AdvertCounters;
import io.steelyard.vrrp.wire.AdvertDecoder;
import io.steelyard.vrrp.wire.RouterSecrets;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One virtual router at work: what happens to it becomes events of its {@link GuardedElection}, and what that decides is carried out, in its order.
 * Used by the control thread.
 */
final class RunningRouter implements Attachment.Listener, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningRouter.class);

    /** So long after a round began, what was reckoned for its time is too old to tell the kernel; with a lease to count on, sooner. */
    private static final long STALE_NS = 500_000_000L;

    private static final long STALE_LEASE_NS = 50_000_000L;
    private static final long SOON_NS = 1_000_000L;

    private final VirtualRouter router;
    private final RouterHost host;
    private final RouterHealth health;
    private final boolean isInGroup;
    private final RouterPast past;
    private final RouterSecrets secrets;
    private final Hearing hearing;
    private final Holdings holdings;
    private final Attachment attachment;
    private final Announcing announcing;
    private final RouterDefences defences;
    private final GuardedElection election;
    private final ArrayDeque<Runnable> pending = new ArrayDeque<>();
    private final List<Effect> effects = new ArrayList<>();
    private final Timers.Timer deadline;

    private boolean isWorking;
    private boolean isStarted;
    private boolean isDeleted;
    private Optional<Effect.Reason> reason = Optional.empty();
    private long phaseSinceNs;
    private @Nullable Drill drill;

    /**
     * Not begun yet.
     *
     * @param part what it is to do
     * @param fencing null where there is none
     * @param before the same router with another configuration, which this one takes the place of by {@link #goOn}; null where there is none
     */
    RunningRouter(HostPlan.Part part, RouterHost host, @Nullable FencingLink fencing, @Nullable RunningRouter before) {
        router = part.router();
        this.host = host;
        isInGroup = part.isInGroup();
        past = before == null ? RouterPast.none() : before.past;
        secrets = before != null && RouterSecrets.isSame(before.router, router)
                ? before.secrets
                : RouterSecrets.of(router);
        hearing =
                new Hearing(this, new AdvertDecoder(router, secrets, past.counters()), past.adverts(), host.control());
        var own = new AddressInterfaces(router, host);
        holdings = new Holdings(router, host.kernel(), own);
        attachment = new Attachment(router, host, secrets, holdings, own, hearing, this);
        health = new RouterHealth(router, host, part.tracks(), attachment);
        defences = new RouterDefences(this, host, holdings, past.decisions(), fencing);
        deadline = host.control().timer(this::due);
        var nowhere = RouterPath.inet(
                new byte
                        [router.addresses().stream()
                                .findFirst()
                                .map(address -> address.address().getAddress().length)
                                .orElse(4)]);
        // Messages of an earlier process of this node have lower numbers.
        election = new GuardedElection(router, nowhere, isInGroup, System.currentTimeMillis() * 1_000_000L, defences);
        var timers = election.timers();
        announcing = new Announcing(
                router, host, holdings, attachment, timers.downNs(router.priority(), timers.intervalNs()));
        phaseSinceNs = host.control().nowNs();
    }

    VirtualRouter router() {
        return router;
    }

    RouterState state() {
        return election.state();
    }

    GuardedElection election() {
        return election;
    }

    boolean isReadyForGroup() {
        return election.isReadyForGroup();
    }

    /** How long it waits for adverts before it claims. */
    long downNs() {
        var timers = election.timers();
        return timers.downNs(state().priority(), timers.intervalNs());
    }

    // ---- events

    void start(boolean isGroupWaiting, long delayNs) {
        attachment.look();
        health.look();
        isStarted = true;
        on(new ElectionEvent.Start(health.sum().isKnown(), health.isHealthy(), isGroupWaiting, delayNs));
        defences.start();
    }

    /** Takes the place of the same router with another configuration: its state stays, and it lets go of what is not wanted any more. */
    void goOn(RunningRouter before) {
        before.isStarted = false;
        phaseSinceNs = before.phaseSinceNs;
        reason = before.reason;
        holdings.succeed(before.holdings);
        attachment.succeed(before.attachment);
        attachment.look();
        before.close();
        health.look();
        isStarted = true;
        int priority = before.state().priority();
        perform(() -> election.goOn(before.election, health.sum().effective(), now()));
        tellPriority(priority);
        if (health.sum().isKnown()) {
            boolean isHealthy = health.isHealthy();
            perform(() -> election.health(isHealthy, now()));
        }
        defences.start();
        reportToPeers();
        LOG.info("virtual router '{}' goes on with another configuration: {}", router.name(), state().phase());
    }

    /** Ends. @param deleted it is configured away, and not only stopped */
    void stop(boolean deleted) {
        isDeleted = deleted;
        if (isStarted) {
            perform(() -> {
                // What the group makes of it is no matter of ours any more.
                isStarted = false;
                election.on(new ElectionEvent.Stop(), now());
            });
        }
    }

    /** One event, and those that follow from it; none before the start and after the end. */
    void on(ElectionEvent event) {
        if (isStarted) {
            perform(() -> election.on(event, now()));
        }
    }

    /** One thing after the other: what an effect leads to waits until all effects of its cause are carried out. */
    void perform(Runnable what) {
        pending.add(what);
        if (isWorking) {
            return;
        }
        isWorking = true;
        try {
            for (Runnable next; (next = pending.poll()) != null; ) {
                effects.clear();
                boolean wasFaulty = state().isFaulty();
                next.run();
                if (isInGroup && (!effects.isEmpty() || state().isFaulty() != wasFaulty)) {
                    host.routers().groups().memberDid(this, new Outcome(state(), effects));
                }
            }
        } finally {
            isWorking = false;
            plan();
        }
    }

    private long now() {
        return host.control().nowNs();
    }

    /** The timer has expired. */
    private void due() {
        int priority = isWorking ? 0 : election.advertDue(now());
        if (priority != 0) {
            send(priority);
            plan();
        } else {
            perform(() -> election.tick(now()));
        }
    }

    private void plan() {
        long nextNs = election.nextNs();
        if (nextNs == RouterState.NEVER) {
            deadline.stop();
        } else {
            deadline.set(nextNs);
        }
    }

    /** The thread looked that much later than it meant to. */
    void paused(long gapNs) {
        perform(() -> election.paused(gapNs, now()));
    }

    void groupMayClaim() {
        perform(() -> election.groupMayClaim(now()));
    }

    /** An advert of another router of our number, good and well formed. */
    void advertHeard(int priority, int intervalCentiseconds, long high, long low) {
        if (priority == 0) {
            announcing.rivalGone();
        }
        var running = drill;
        if (running != null && running.isWithholding()) {
            running.heard(this, RouterPath.inet(high, low).getHostAddress(), priority);
        }
        if (isStarted && !isWorking && election.heardAsUsual(priority, intervalCentiseconds, high, low, now())) {
            plan();
        } else {
            on(new ElectionEvent.AdvertHeard(priority, intervalCentiseconds, high, low));
        }
    }

    /** Another node's report arrived. @param isAbove whether it would win against us */
    void peerSays(String node, boolean isActive, int priority, boolean isAbove, long holdsNs) {
        if (!isStarted) {
            return;
        }
        if (isActive) {
            perform(() -> election.activeElsewhere(node, priority, isAbove, holdsNs, now()));
        } else {
            perform(() -> election.notActiveElsewhere(node));
            announcing.rivalGone();
        }
    }

    // ---- drills

    void drill(@Nullable Drill given) {
        drill = given;
        election.holdBack(given != null && given.isWithholding());
    }

    @Nullable
    Drill drill() {
        return drill;
    }

    void claimsAgain() {
        election.holdBack(false);
    }

    /** Gives the addresses up because somebody else has them. */
    void release() {
        on(new ElectionEvent.MustRelease());
    }

    /** Sends an advert between two others. */
    void advertise() {
        if (state().isActive()) {
            send(state().priority());
        }
    }

    // ---- what the election has done

    void carryOut(Effect effect) {
        effects.add(effect);
        switch (effect) {
            case Effect.SendAdvert advert -> send(advert.priority());
            case Effect.Apply apply -> holdings.apply(apply.step());
            case Effect.Announce announce -> announcing.begin(announce.cause());
            case Effect.StopAnnouncing stop -> announcing.stop();
            case Effect.Changed changed -> changed(changed);
            case Effect.LowerPriorityHeard lower ->
                host.tell(router, Notifier.Change.MASTER_RX_LOWER_PRI, state().priority());
            case Effect.Report report ->
                warn(
                        report.suspicion() == Effect.Suspicion.SAME_ADDRESS
                                ? RouterEvent.Kind.SAME_ADDRESS
                                : RouterEvent.Kind.TWO_OWNERS,
                        RouterPath.inet(report.sourceHigh(), report.sourceLow()).getHostAddress());
            case Effect.SeekClaim seek -> LOG.debug("the defences look into a claim");
            case Effect.AbandonClaim abandon -> LOG.debug("a claim is void");
        }
    }

    private void send(int priority) {
        var way = attachment.path();
        var running = drill;
        if (way == null || running != null && running.isWithholding()) {
            return;
        }
        way.send(priority);
        counters().count(AdvertCounters.Event.SENT);
        if (priority == 0) {
            counters().count(AdvertCounters.Event.PRIORITY_ZERO_SENT);
        }
    }

    private void changed(Effect.Changed changed) {
        defences.stateChanged();
        hearing.stateChanged();
        reason = Optional.of(changed.reason());
        phaseSinceNs = now();
        if (changed.to() == Phase.ACTIVE) {
            counters().count(AdvertCounters.Event.BECAME_ACTIVE);
        } else if (changed.from() == Phase.ACTIVE) {
            counters().count(AdvertCounters.Event.RELEASED_ACTIVE);
        }
        LOG.info(
                "virtual router '{}': {} -> {} with priority {}, because of {}",
                router.name(),
                changed.from(),
                changed.to(),
                changed.priority(),
                changed.reason());
        var way = attachment.path();
        if (changed.from() == Phase.FAULT && router.isUnicast() && way != null) {
            announcing.announceSource(way);
        }
        host.tell(
                router,
                isDeleted && changed.to() == Phase.INITIALIZE
                        ? Notifier.Change.DELETED
                        : Notifier.Change.to(changed.to()),
                changed.priority());
        var event = new RouterEvent.Changed(
                router.name(), changed.from(), changed.to(), changed.priority(), changed.reason());
        host.publish(event);
        reportToPeers();
        var running = drill;
        if (running != null) {
            running.changed(this, event);
        }
    }

    /** The kernel is to keep the addresses; the election hears where they are gone. */
    void keepAddresses(int seconds) {
        long staleNs = router.defence().witness().isPresent() ? STALE_LEASE_NS : STALE_NS;
        if (System.nanoTime() - now() > staleNs) {
            election.refreshAt(now() + SOON_NS);
            return;
        }
        if (!holdings.keep(seconds)) {
            on(new ElectionEvent.AddressLost());
        }
    }

    /** Tells it, unless the same was told a moment ago. */
    void warn(RouterEvent.Kind kind, String text) {
        defences.warn(kind, text);
    }

    // ---- the world around

    /** Trackers have spoken. */
    void trackersChanged() {
        health.trackersChanged();
        if (isStarted) {
            checkHealth();
            int before = state().priority();
            on(new ElectionEvent.PriorityChanged(health.sum().effective()));
            tellPriority(before);
        }
    }

    /** Peers on further paths hear of a change at once. */
    private void reportToPeers() {
        heartbeats().ifPresent(Heartbeats::report);
    }

    private void tellPriority(int before) {
        int priority = state().priority();
        var phase = state().phase();
        if (priority == before || phase != Phase.ACTIVE && phase != Phase.BACKUP) {
            return;
        }
        if (host.routers().tellsPriority(router)) {
            host.tell(
                    router,
                    phase == Phase.ACTIVE ? Notifier.Change.MASTER_PRIORITY : Notifier.Change.BACKUP_PRIORITY,
                    priority);
        }
        host.publish(new RouterEvent.PriorityChanged(router.name(), phase, before, priority));
    }

    private void checkHealth() {
        boolean hasTurned = health.look();
        if (health.sum().isKnown() && (hasTurned || state().phase() == Phase.INITIALIZE)) {
            boolean isHealthy = health.isHealthy();
            perform(() -> election.health(isHealthy, now()));
        }
    }

    /** Interfaces or addresses have changed. */
    void interfacesChanged() {
        if (isStarted) {
            attachment.look();
            checkHealth();
            defences.interfacesChanged();
        }
    }

    /** An address was taken from the interface, by whomever. */
    void addressRemoved(InetAddress address) {
        if (state().isActive() && holdings.isMissing(address)) {
            on(new ElectionEvent.AddressLost());
        }
    }

    /** Routes and rules were removed, by whomever. */
    void routesRemoved(List<Route> routes, List<RoutingRule> rules) {
        var held = holdings.routes();
        if (state().isActive()
                && (routes.stream().anyMatch(held::isLost) || rules.stream().anyMatch(held::isLost))) {
            on(new ElectionEvent.AddressLost());
        }
    }

    /** Any of them may have been removed. */
    void routesUnknown() {
        if (state().isActive() && holdings.routes().isAnyMissing()) {
            on(new ElectionEvent.AddressLost());
        }
    }

    @Override
    public void attached(RouterPath way, int interfaceIndex) throws IOException {
        election.ownAddress(way.source());
        way.follow(hearing.checksums());
        hearing.expectAddresses(way.advertised());
        defences.listen(interfaceIndex);
    }

    @Override
    public void detached() {
        defences.deafen();
    }

    // ---- for who asks

    RouterStatus status() {
        return StatusReport.of(this, now());
    }

    RouterHealth health() {
        return health;
    }

    Optional<Effect.Reason> reason() {
        return reason;
    }

    long phaseSinceNs() {
        return phaseSinceNs;
    }

    boolean isStarted() {
        return isStarted;
    }

    RouterDefences defences() {
        return defences;
    }

    Attachment attachment() {
        return attachment;
    }

    Holdings holdings() {
        return holdings;
    }

    HeardAdverts heardAdverts() {
        return hearing.adverts();
    }

    Optional<Heartbeats> heartbeats() {
        return host.routers().heartbeats(this);
    }

    AdvertCounters counters() {
        return past.counters();
    }

    @Override
    public void close() {
        var running = drill;
        if (running != null) {
            running.abort();
        }
        deadline.stop();
        announcing.stop();
        defences.close();
        attachment.close();
    }
}
