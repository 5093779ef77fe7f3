package io.steelyard.vrrp.system;

import io.steelyard.api.vrrp.SplitBrainDefence.AddressProbe;
import io.steelyard.api.vrrp.Track;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.linux.netlink.MacAddress;
import io.steelyard.vrrp.DefenceStatus;
import io.steelyard.vrrp.RouterEvent;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.defence.DefenceActions;
import io.steelyard.vrrp.defence.GuardedElection;
import io.steelyard.vrrp.election.Effect;
import io.steelyard.vrrp.election.ElectionEvent;
import io.steelyard.vrrp.election.Outcome;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.election.PrioritySum;
import io.steelyard.vrrp.election.RouterState;
import io.steelyard.vrrp.wire.AdvertCounters;
import io.steelyard.vrrp.wire.AdvertDecoder;
import io.steelyard.vrrp.wire.ForeignAdvert;
import io.steelyard.vrrp.wire.ReceivedPacket;
import io.steelyard.vrrp.wire.RouterSecrets;
import io.steelyard.vrrp.wire.Verdict;
import io.steelyard.vrrp.witness.Witness;
import java.io.IOException;
import java.net.InetAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One virtual router at work: what happens to it becomes events of its {@link GuardedElection}, and what that decides is carried out, in its order.
 * Used by the control thread.
 */
final class RunningRouter
        implements AdvertPorts.Hearer, Attachment.Listener, Conflicts.Listener, DefenceActions, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RunningRouter.class);

    /** So long after the round began the kernel is not told any more for how long to keep addresses: what was computed is too old. */
    private static final long STALE_NS = 50_000_000L;

    private final VirtualRouter router;
    private final RouterHost host;
    private final List<Track> tracks;
    private final boolean isInGroup;
    private final AdvertCounters counters = new AdvertCounters();
    private final AdvertDecoder decoder;
    private final ForeignAdvert foreign;
    private final Holdings holdings;
    private final Attachment attachment;
    private final Announcing announcing;
    private final Conflicts conflicts;
    private final HeardAdverts heard = new HeardAdverts();
    private final Decisions decisions = new Decisions();
    private final GuardedElection election;
    private final ArrayDeque<Runnable> pending = new ArrayDeque<>();
    private final List<Effect> effects = new ArrayList<>();
    private final Timers.Timer deadline;
    private final @Nullable LeaseLink lease;

    private PrioritySum sum;
    private boolean isWorking;
    private boolean isStarted;
    private boolean isHealthy;
    private String unhealthy = "it has not started";
    private Optional<Effect.Reason> reason = Optional.empty();
    private long phaseSinceNs;
    private Optional<MacAddress> claimant = Optional.empty();
    private @Nullable Drill drill;

    /** @param tracks of the router and of its group */
    RunningRouter(VirtualRouter router, RouterHost host, List<Track> tracks, boolean isInGroup) {
        this.router = router;
        this.host = host;
        this.tracks = tracks;
        this.isInGroup = isInGroup;
        var secrets = RouterSecrets.of(router);
        decoder = new AdvertDecoder(router, secrets, counters);
        foreign = new ForeignAdvert(router);
        holdings = new Holdings(router, host.kernel());
        attachment = new Attachment(router, host, secrets, holdings, this, this);
        announcing = new Announcing(router, host, holdings);
        conflicts = new Conflicts(router, host, holdings, this);
        deadline = host.control().timer(() -> perform(() -> election().tick(now())));
        var witness = host.witnesses().of(router);
        lease = witness == null ? null : new LeaseLink(this, host.control(), witness);
        var nowhere = RouterPath.inet(
                new byte
                        [router.addresses().stream()
                                .findFirst()
                                .map(address -> address.address().getAddress().length)
                                .orElse(4)]);
        // Messages of an earlier process of this node have lower numbers.
        election = new GuardedElection(router, nowhere, isInGroup, System.currentTimeMillis() * 1_000_000L, this);
        sum = host.sum(router, tracks);
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
                next.run();
                if (isInGroup && !effects.isEmpty()) {
                    host.groups().memberDid(this, new Outcome(state(), effects));
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

    @Override
    public int virtualRouterId() {
        return router.virtualRouterId();
    }

    @Override
    public void heard(ReceivedPacket packet) {
        if (decoder.check(packet, System.currentTimeMillis() * 1_000_000L) != Verdict.ACCEPTED) {
            return;
        }
        int priority = decoder.priority();
        int interval = decoder.intervalCentiseconds();
        long high = packet.sourceHigh();
        long low = packet.sourceLow();
        heard.heard(high, low, priority, interval, now());
        if (decoder.hasOtherAddresses()) {
            warn(
                    RouterEvent.Kind.OTHER_ADDRESSES,
                    RouterPath.inet(high, low).getHostAddress() + " advertises other addresses for router id "
                            + router.virtualRouterId());
        }
        var running = drill;
        if (running != null && running.isWithholding()) {
            running.heard(this, RouterPath.inet(high, low).getHostAddress(), priority);
        }
        on(new ElectionEvent.AdvertHeard(priority, interval, high, low));
    }

    @Override
    public void overheard(ReceivedPacket packet) {
        int place = router.defence().fingerprint() ? foreign.find(packet) : ForeignAdvert.NONE;
        if (place != ForeignAdvert.NONE) {
            warn(
                    RouterEvent.Kind.FOREIGN_ROUTER,
                    RouterPath.inet(packet.sourceHigh(), packet.sourceLow()).getHostAddress()
                            + " advertises our address "
                            + router.addresses().get(place).address().getHostAddress() + " as router id "
                            + foreign.virtualRouterId());
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

    @Override
    public void carryOut(Effect effect, long nowNs) {
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
        counters.count(AdvertCounters.Event.SENT);
        if (priority == 0) {
            counters.count(AdvertCounters.Event.PRIORITY_ZERO_SENT);
        }
    }

    private void changed(Effect.Changed changed) {
        conflicts.forget();
        reason = Optional.of(changed.reason());
        phaseSinceNs = now();
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
        host.tell(router, Notifier.Change.to(changed.to()), changed.priority());
        var event = new RouterEvent.Changed(
                router.name(), changed.from(), changed.to(), changed.priority(), changed.reason());
        host.publish(event);
        host.changed(this);
        var running = drill;
        if (running != null) {
            running.changed(this, event);
        }
    }

    @Override
    public void keepAddresses(int seconds) {
        if (System.nanoTime() - now() > STALE_NS) {
            return;
        }
        if (!holdings.keep(seconds)) {
            on(new ElectionEvent.AddressLost());
        }
    }

    @Override
    public void askLease(int priority, long leaseNs, long sequence, long heldEpoch) {
        Objects.requireNonNull(lease).ask(priority, leaseNs, sequence, heldEpoch);
    }

    @Override
    public void giveUpLease(long sequence) {
        Objects.requireNonNull(lease).giveUp(sequence);
    }

    void leaseAnswered(long askedNs, Witness.Answer answer) {
        if (isStarted) {
            perform(() ->
                    election.leaseAnswered(askedNs, answer.isGranted(), answer.epoch(), answer.isWanted(), now()));
        }
    }

    /** Whoever was heard a moment ago is about to give way, and its addresses still answer. */
    @Override
    public void probeAddresses() {
        boolean isHeard = heard.isAnySince(now() - 2 * election.timers().intervalNs());
        if (!state().isActive() || !isHeard) {
            conflicts.probe();
        }
    }

    @Override
    public void fence(long formerHigh, long formerLow) {
        throw new IllegalStateException("there is no fencing");
    }

    @Override
    public void readyForGroup() {
        perform(() -> host.groups().claimed(this));
    }

    @Override
    public void report(Finding finding) {
        switch (finding) {
            case Finding.AddressInUse inUse ->
                warn(
                        RouterEvent.Kind.ADDRESS_CONFLICT,
                        claimant.map(MacAddress::toString).orElse("somebody") + " says that it has "
                                + inUse.address().getHostAddress() + ": a suspected split brain");
            case Finding.AdvertPathSilent silent ->
                warn(
                        RouterEvent.Kind.ADVERT_PATH_SILENT,
                        "no adverts are heard, but " + silent.activeNode() + " says on another path that it is active");
            case Finding.LeaseRefused refused ->
                warn(
                        RouterEvent.Kind.LEASE_REFUSED,
                        "the witness does not give the lease; its epoch is " + refused.epoch());
            case Finding.LeaseLost lost ->
                warn(RouterEvent.Kind.LEASE_LOST, "the lease ran out; the addresses are given up");
            case Finding.LeaseWanted wanted ->
                warn(RouterEvent.Kind.LEASE_WANTED, "somebody of higher priority asks the witness for the lease");
            case Finding.Isolated isolated ->
                warn(RouterEvent.Kind.ISOLATED, "too few of the hosts answer that should");
            case Finding.FencingFailed failed ->
                warn(RouterEvent.Kind.FENCING_FAILED, "the former active router could not be fenced");
            case Finding.Paused paused ->
                warn(RouterEvent.Kind.PAUSED, "this process stood still for " + paused.gapNs() / 1_000_000 + " ms");
        }
    }

    /** Tells it, unless the same was told a moment ago. */
    void warn(RouterEvent.Kind kind, String text) {
        if (decisions.add(kind, text, now())) {
            LOG.warn("virtual router '{}': {}: {}", router.name(), kind, text);
            var warning = new RouterEvent.Warning(router.name(), kind, text);
            host.publish(warning);
            var running = drill;
            if (running != null) {
                running.warned(warning);
            }
        }
    }

    // ---- who else has our addresses

    @Override
    public boolean claimed(InetAddress address, MacAddress by) {
        claimant = Optional.of(by);
        if (state().isClaiming() && router.defence().addressProbe() != AddressProbe.OFF) {
            perform(() -> election.probeAnswered(address, now()));
        }
        return state().isActive();
    }

    @Override
    public void conflict(InetAddress address, MacAddress by) {
        warn(
                RouterEvent.Kind.ADDRESS_CONFLICT,
                by + " says that it has " + address.getHostAddress() + ": a suspected split brain");
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
            attachment.look();
            checkHealth();
        }
    }

    private void checkHealth() {
        boolean was = isHealthy;
        isHealthy = unhealthiness().isEmpty();
        if (sum.isKnown() && (was != isHealthy || state().phase() == Phase.INITIALIZE)) {
            perform(() -> election.health(isHealthy, now()));
        }
    }

    private Optional<String> unhealthiness() {
        var link = host.kernel().interfaces().link(router.interfaceName());
        var found = Optional.<String>empty();
        if (link.isEmpty()) {
            found = Optional.of("there is no interface " + router.interfaceName());
        } else if (router.tracksInterface() && !link.get().isUsable()) {
            found = Optional.of("interface " + router.interfaceName() + " is down");
        } else if (attachment.path() == null) {
            found = Optional.of(attachment.problem());
        } else if (sum.isFault()) {
            found = Optional.of("a tracker is down: " + sum.text());
        }
        unhealthy = found.orElse("");
        return found;
    }

    /** An address was taken from the interface, by whomever. */
    void addressRemoved(InetAddress address) {
        if (state().isActive() && holdings.isMissing(address)) {
            on(new ElectionEvent.AddressLost());
        }
    }

    @Override
    public void attached(InetAddress source, int interfaceIndex) throws IOException {
        election.ownAddress(source);
        conflicts.listen(interfaceIndex);
    }

    @Override
    public void detached() {
        conflicts.stop();
    }

    // ---- for who asks

    RouterStatus status() {
        return StatusReport.of(this, now());
    }

    PrioritySum sum() {
        return sum;
    }

    Optional<String> unhealthy() {
        return unhealthy.isEmpty() ? Optional.empty() : Optional.of(unhealthy);
    }

    Optional<Effect.Reason> reason() {
        return reason;
    }

    long phaseSinceNs() {
        return phaseSinceNs;
    }

    Attachment attachment() {
        return attachment;
    }

    Holdings holdings() {
        return holdings;
    }

    HeardAdverts heardAdverts() {
        return heard;
    }

    Decisions decisions() {
        return decisions;
    }

    Optional<DefenceStatus.Lease> lease() {
        var link = lease;
        return link == null
                ? Optional.empty()
                : Optional.of(link.status(election.leaseLeftNs(now()), election.epoch(), now()));
    }

    Optional<Heartbeats> heartbeats() {
        return host.heartbeats(this);
    }

    AdvertCounters counters() {
        return counters;
    }

    @Override
    public void close() {
        var running = drill;
        if (running != null) {
            running.abort();
        }
        deadline.stop();
        announcing.stop();
        conflicts.close();
        attachment.close();
    }
}
