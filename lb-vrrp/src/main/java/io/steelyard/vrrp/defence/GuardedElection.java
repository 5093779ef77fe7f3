package io.steelyard.vrrp.defence;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.SplitBrainDefence.AddressProbe;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.election.Effect;
import io.steelyard.vrrp.election.Election;
import io.steelyard.vrrp.election.ElectionEvent;
import io.steelyard.vrrp.election.Phase;
import io.steelyard.vrrp.election.RouterState;
import io.steelyard.vrrp.election.Timers;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An election with its defences. It is deterministic: what it does follows from what it is told and when; it opens nothing and reads no clock. Driven
 * by one thread.
 *
 * <p>A claim passes these in order, and anyone may stop it; an advert that makes the claim void stops it too:
 *
 * <pre>
 *   reachability ─► other paths ─► witness ─► address probe ─► fencing ─► sync group ─► ACTIVE
 * </pre>
 *
 * <p>The shell calls {@link #paused} before anything else after a long sleep, then hands over every advert that was received meanwhile, then calls
 * {@link #tick}.
 */
public final class GuardedElection {
    private static final long PROBE_WINDOW_NS = 100_000_000L;
    private static final long LEAST_RETRY_NS = 10_000_000L;

    /** How far a claim has come: what it waits for. */
    public enum Claim {
        /** There is none. */
        NONE,
        /** For hosts to answer that should. */
        REACHABILITY,
        /** For the witness. */
        LEASE,
        /** For answers of somebody who has the addresses. */
        PROBE,
        /** For the former active router to be fenced. */
        FENCING,
        /** For the other members of the sync group. */
        GROUP
    }

    private final VirtualRouter router;
    private final SplitBrainDefence defence;
    private final DefenceActions actions;
    private final boolean isGroupMember;
    private final KernelLifetime lifetime;
    private @Nullable LeaseKeeper lease;
    private final boolean probesFirst;
    private final long probeWindowNs;

    private Election election;
    private RouterState state;

    /** The timer. Where the state says another, it was moved by adverts that changed nothing else. */
    private long deadlineNs;

    private Claim claim = Claim.NONE;
    private long claimDeadlineNs = RouterState.NEVER;
    private long refreshAtNs = RouterState.NEVER;
    private boolean isIsolated;
    private boolean isHealthy = true;
    private boolean isHeldBack;
    private boolean hasHeard;
    private boolean hasSaidGoodBye;
    private long heardNs;
    private String activeNode = "";
    private long activeNodeUntilNs = Long.MIN_VALUE;
    private long formerHigh;
    private long formerLow;
    private long sequence;

    /**
     * Before the start.
     *
     * @param ownAddress what our adverts come from
     * @param isGroupMember whether a sync group must agree to each claim
     * @param firstSequence above any number an earlier process of this node used towards the witness, such as the time of day
     */
    public GuardedElection(
            VirtualRouter router,
            InetAddress ownAddress,
            boolean isGroupMember,
            long firstSequence,
            DefenceActions actions) {
        this.router = router;
        this.actions = actions;
        this.isGroupMember = isGroupMember;
        defence = router.defence();
        lifetime = KernelLifetime.of(router);
        lease = defence.witness().map(LeaseKeeper::new).orElse(null);
        probesFirst =
                defence.addressProbe() == AddressProbe.REFUSE || defence.addressProbe() == AddressProbe.ASK_WITNESS;
        election = new Election(router, ownAddress, true);
        probeWindowNs = Math.min(PROBE_WINDOW_NS, election.timers().intervalNs());
        state = election.initial();
        deadlineNs = state.deadlineNs();
        sequence = firstSequence;
    }

    public RouterState state() {
        if (state.deadlineNs() != deadlineNs) {
            state = state.withDeadline(deadlineNs);
        }
        return state;
    }

    /** The waits it goes by. */
    public Timers timers() {
        return election.timers();
    }

    /** Adverts come from another address from now on; it breaks ties. */
    public void ownAddress(InetAddress address) {
        election = new Election(router, address, true);
    }

    /** What a claim waits for. */
    public Claim claim() {
        return claim;
    }

    /** For how long the lease is ours, in nanoseconds; 0 where it is not, and without a witness. */
    public long leaseLeftNs(long nowNs) {
        return lease == null ? 0 : lease.leftNs(nowNs);
    }

    /** While that is so, no claim is made: a drill shows what others do. */
    public void holdBack(boolean isHeldBack) {
        this.isHeldBack = isHeldBack;
    }

    /** The epoch the lease was last given under; 0 without a witness. */
    public long epoch() {
        return lease == null ? 0 : lease.epoch();
    }

    /**
     * Goes on where an election of the same router left off, whose configuration was another. That one is not to be used any more. The witness must be
     * the same for both.
     *
     * @param priority with the trackers that are looked at now
     */
    public void goOn(GuardedElection before, int priority, long nowNs) {
        state = before.state();
        deadlineNs = before.deadlineNs;
        refreshAtNs = before.refreshAtNs;
        isIsolated = before.isIsolated && defence.reachability().isPresent();
        isHealthy = before.isHealthy;
        hasHeard = before.hasHeard;
        hasSaidGoodBye = before.hasSaidGoodBye;
        heardNs = before.heardNs;
        activeNode = before.activeNode;
        activeNodeUntilNs = before.activeNodeUntilNs;
        sequence = before.sequence;
        lease = before.lease;
        on(new ElectionEvent.Reconfigured(priority), nowNs);
        refresh(nowNs);
    }

    // ---- what happens

    /**
     * An advert was heard. Does as {@link #on} would, where that changes nothing but the timer; allocates nothing.
     *
     * @return whether it has; {@code on} must be told otherwise
     */
    public boolean heardAsUsual(int priority, int intervalCentiseconds, long sourceHigh, long sourceLow, long nowNs) {
        long next = election.deadlineAfterUsualAdvertNs(
                state, priority, intervalCentiseconds, sourceHigh, sourceLow, nowNs);
        if (next == RouterState.NEVER) {
            return false;
        }
        deadlineNs = next;
        hasHeard = true;
        hasSaidGoodBye = false;
        heardNs = nowNs;
        return true;
    }

    /**
     * Time has passed. Does as {@link #tick} would but for sending, where an active router's advert is all that is due; allocates nothing.
     *
     * @return the advert's priority; 0 where {@code tick} must be called
     */
    public int advertDue(long nowNs) {
        boolean isMoreDue = claim != Claim.NONE
                || nowNs >= refreshAtNs
                || lease != null && (!lease.isHeld(nowNs) || nowNs >= lease.nextNs());
        long next = isMoreDue ? RouterState.NEVER : election.deadlineAfterOwnAdvertNs(state, deadlineNs, nowNs);
        if (next == RouterState.NEVER) {
            return 0;
        }
        deadlineNs = next;
        return state.priority();
    }

    /** Anything but a pause, health and time, which have methods of their own. */
    public void on(ElectionEvent event, long nowNs) {
        if (event instanceof ElectionEvent.AdvertHeard advert) {
            hasHeard = advert.priority() != 0;
            hasSaidGoodBye = !hasHeard;
            heardNs = nowNs;
        } else if (event instanceof ElectionEvent.Start start) {
            isHealthy = start.isHealthy();
        }
        var outcome = election.on(state(), event, nowNs);
        state = outcome.state();
        deadlineNs = state.deadlineNs();
        for (var effect : outcome.effects()) {
            switch (effect) {
                case Effect.SeekClaim seek -> seek(nowNs);
                case Effect.AbandonClaim abandon -> giveUpClaim(nowNs);
                default -> carryOut(effect, nowNs);
            }
        }
    }

    private void carryOut(Effect effect, long nowNs) {
        actions.carryOut(effect, nowNs);
        if (effect instanceof Effect.Changed changed) {
            if (changed.to() == Phase.ACTIVE) {
                refresh(nowNs);
                if (defence.addressProbe() == AddressProbe.CLAIM) {
                    actions.probeAddresses();
                }
            } else if (changed.from() == Phase.ACTIVE) {
                // The addresses are gone by now: only then may another be given the lease.
                refreshAtNs = RouterState.NEVER;
                giveUpClaim(nowNs);
            }
        }
    }

    /** The loop looked that much later than it meant to. To be called before adverts are handed over. */
    public void paused(long gapNs, long nowNs) {
        var before = state.phase();
        on(new ElectionEvent.Paused(gapNs), nowNs);
        if (before == Phase.ACTIVE && !state.isActive()) {
            actions.report(new DefenceActions.Finding.Paused(gapNs));
        }
    }

    /** Whether too few of the hosts were reached that should be. */
    public boolean isIsolated() {
        return isIsolated;
    }

    /** Whether interface, source address and trackers of weight 0 let us serve. */
    public void health(boolean isHealthy, long nowNs) {
        this.isHealthy = isHealthy;
        tellHealth(nowNs);
    }

    /** What the {@link ReachabilityVote} says. */
    public void isolated(boolean isIsolated, long nowNs) {
        if (isIsolated && !this.isIsolated) {
            actions.report(new DefenceActions.Finding.Isolated());
        }
        this.isIsolated = isIsolated;
        tellHealth(nowNs);
    }

    private void tellHealth(long nowNs) {
        boolean isDemoted = isIsolated
                && defence.reachability()
                        .map(SplitBrainDefence.Reachability::demotes)
                        .orElse(false);
        on(new ElectionEvent.Health(isHealthy && !isDemoted), nowNs);
    }

    /**
     * A peer says on another path that it is active. Who is backup leaves it so, unless it may preempt it. Two that are active and do not hear each
     * other's adverts settle it here: the lower one gives way.
     *
     * @param isAbove whether it would win against us: by its priority, or by its name where those are equal
     * @param holdsNs for how long that is believed
     */
    public void activeElsewhere(String node, int priority, boolean isAbove, long holdsNs, long nowNs) {
        boolean yields = router.preemption().isAllowed() && priority < state.priority();
        if (state.isActive() ? !isAbove : yields) {
            return;
        }
        activeNode = node;
        activeNodeUntilNs = nowNs + holdsNs;
        if (state.isActive()) {
            actions.report(new DefenceActions.Finding.AdvertPathSilent(node));
            on(new ElectionEvent.MustRelease(), nowNs);
        }
    }

    /** A peer says that it is not active any more, or not for us. */
    public void notActiveElsewhere(String node) {
        if (activeNode.equals(node)) {
            activeNodeUntilNs = Long.MIN_VALUE;
        }
    }

    /** Timers that are due. To be called at {@link #nextNs}, or later. */
    public void tick(long nowNs) {
        if (lease != null) {
            if (state.isActive() && !lease.isHeld(nowNs)) {
                loseLease(nowNs);
            }
            if (lease.takeTurn(nowNs)) {
                ask(nowNs);
            }
        }
        if (nowNs >= refreshAtNs) {
            refresh(nowNs);
        }
        if (claim == Claim.REACHABILITY && nowNs >= claimDeadlineNs) {
            reached(false, nowNs);
        } else if (claim == Claim.PROBE && nowNs >= claimDeadlineNs) {
            fenceOrGo(nowNs);
        } else if (claim == Claim.FENCING && nowNs >= claimDeadlineNs) {
            fenced(false, nowNs);
        }
        if (deadlineNs != RouterState.NEVER && nowNs >= deadlineNs) {
            on(new ElectionEvent.TimerExpired(), nowNs);
        }
    }

    /** When {@link #tick} has something to do next; {@link RouterState#NEVER} for not at all. */
    public long nextNs() {
        long next = Math.min(deadlineNs, refreshAtNs);
        if (claim == Claim.REACHABILITY || claim == Claim.PROBE || claim == Claim.FENCING) {
            next = Math.min(next, claimDeadlineNs);
        }
        return lease == null ? next : Math.min(next, lease.nextNs());
    }

    // ---- the kernel's lifetime and the lease while active

    private void refresh(long nowNs) {
        if (!state.isActive()) {
            return;
        }
        if (lease == null) {
            if (lifetime.isLimited()) {
                refreshAtNs = nowNs + lifetime.refreshNs();
                actions.keepAddresses(lifetime.seconds());
            }
            return;
        }
        int seconds = lifetime.seconds(lease.leftNs(nowNs));
        if (seconds == 0) {
            loseLease(nowNs);
        } else {
            refreshAtNs = nowNs + Math.min(lifetime.refreshNs(), lease.leaseNs() / 6);
            actions.keepAddresses(seconds);
        }
    }

    /** The kernel could not be told for how long to keep the addresses; it is reckoned anew then. Until that, it keeps them for less. */
    public void refreshAt(long atNs) {
        if (state.isActive()) {
            refreshAtNs = Math.min(refreshAtNs, atNs);
        }
    }

    private void ask(long nowNs) {
        var keeper = Objects.requireNonNull(lease);
        actions.askLease(state.priority(), keeper.leaseNs(), ++sequence, keeper.isHeld(nowNs) ? keeper.epoch() : 0);
    }

    private void loseLease(long nowNs) {
        actions.report(new DefenceActions.Finding.LeaseLost());
        on(new ElectionEvent.MustRelease(), nowNs);
    }

    /**
     * The witness answered.
     *
     * @param askedNs when it was asked, by the clock of {@code nowNs}
     * @param epoch of the lease
     * @param isWanted somebody of higher priority asks for it
     */
    public void leaseAnswered(long askedNs, boolean isGranted, long epoch, boolean isWanted, long nowNs) {
        if (lease == null) {
            return;
        }
        if (isGranted) {
            if (!lease.granted(askedNs, epoch)) {
                return;
            }
            if (isWanted && state.isActive()) {
                actions.report(new DefenceActions.Finding.LeaseWanted());
                on(new ElectionEvent.MustRelease(), nowNs);
            } else if (claim == Claim.LEASE && lifetime.seconds(lease.leftNs(nowNs)) > 0) {
                probeOrGo(nowNs);
            }
        } else if (state.isActive()) {
            // A late answer to an old question may say so while a newer one gave us more; the lease itself decides.
            return;
        } else if (claim == Claim.LEASE) {
            actions.report(new DefenceActions.Finding.LeaseRefused(epoch));
            refuse(Math.max(LEAST_RETRY_NS, election.timers().intervalNs() / 2), nowNs);
        }
    }

    // ---- a claim

    private void seek(long nowNs) {
        formerHigh = state.activeHigh();
        formerLow = state.activeLow();
        if (isIsolated || isHeldBack) {
            refuse(election.timers().intervalNs(), nowNs);
        } else if (nowNs < activeNodeUntilNs) {
            actions.report(new DefenceActions.Finding.AdvertPathSilent(activeNode));
            refuse(election.timers().intervalNs(), nowNs);
        } else if (defence.reachability().isPresent()) {
            // The vote takes some rounds to notice anything, and the silence of the others may be our own isolation.
            claim = Claim.REACHABILITY;
            claimDeadlineNs = nowNs + defence.reachability().get().timeout().toNanos();
            actions.askReachability();
        } else {
            leaseOrGo(nowNs);
        }
    }

    /** Enough of the hosts answered, or too few did in time. */
    public void reached(boolean isEnough, long nowNs) {
        if (claim != Claim.REACHABILITY) {
            return;
        }
        if (isEnough) {
            leaseOrGo(nowNs);
        } else {
            actions.report(new DefenceActions.Finding.Isolated());
            refuse(election.timers().intervalNs(), nowNs);
        }
    }

    private void leaseOrGo(long nowNs) {
        if (lease != null) {
            claim = Claim.LEASE;
            lease.want(nowNs);
            if (lease.takeTurn(nowNs)) {
                ask(nowNs);
            }
        } else {
            probeOrGo(nowNs);
        }
    }

    private void probeOrGo(long nowNs) {
        if (probesFirst && !isActiveHeard(nowNs)) {
            claim = Claim.PROBE;
            claimDeadlineNs = nowNs + probeWindowNs;
            actions.probeAddresses();
        } else {
            fenceOrGo(nowNs);
        }
    }

    /** Whether somebody of lower priority is heard, who will give way as soon as it hears us: that its addresses answer is no surprise. */
    private boolean isActiveHeard(long nowNs) {
        return hasHeard && nowNs - heardNs <= 2 * state.activeIntervalNs();
    }

    /** Somebody answers for one of the addresses. */
    public void probeAnswered(InetAddress address, long nowNs) {
        actions.report(new DefenceActions.Finding.AddressInUse(address));
        if (claim == Claim.PROBE && defence.addressProbe() == AddressProbe.REFUSE) {
            refuse(election.timers().downNs(state.priority(), election.timers().intervalNs()), nowNs);
        }
    }

    private void fenceOrGo(long nowNs) {
        // Who says good-bye, or is heard and has a lower priority, lets go by itself.
        boolean isLost = (formerHigh != 0 || formerLow != 0) && !hasSaidGoodBye && !isActiveHeard(nowNs);
        if (defence.fencing().isPresent() && isLost) {
            claim = Claim.FENCING;
            claimDeadlineNs = nowNs + defence.fencing().get().timeout().toNanos();
            actions.fence(formerHigh, formerLow);
        } else {
            go(nowNs);
        }
    }

    /** The fencing ended. */
    public void fenced(boolean isDone, long nowNs) {
        if (claim != Claim.FENCING) {
            return;
        }
        boolean isRequired =
                defence.fencing().map(SplitBrainDefence.Fencing::required).orElse(false);
        if (!isDone) {
            actions.report(new DefenceActions.Finding.FencingFailed());
        }
        if (isDone || !isRequired) {
            go(nowNs);
        } else {
            refuse(election.timers().downNs(state.priority(), election.timers().intervalNs()), nowNs);
        }
    }

    private void go(long nowNs) {
        if (isGroupMember) {
            claim = Claim.GROUP;
            actions.readyForGroup();
        } else {
            grant(nowNs);
        }
    }

    /** All members of the sync group are ready. */
    public void groupMayClaim(long nowNs) {
        if (claim == Claim.GROUP) {
            grant(nowNs);
        }
    }

    /** Whether this member waits for the rest of its sync group. */
    public boolean isReadyForGroup() {
        return claim == Claim.GROUP;
    }

    private void grant(long nowNs) {
        // Probing, fencing and waiting took their time.
        if (lease != null && lifetime.seconds(lease.leftNs(nowNs)) == 0) {
            refuse(LEAST_RETRY_NS, nowNs);
            return;
        }
        claim = Claim.NONE;
        claimDeadlineNs = RouterState.NEVER;
        on(new ElectionEvent.ClaimGranted(), nowNs);
    }

    private void refuse(long retryNs, long nowNs) {
        giveUpClaim(nowNs);
        on(new ElectionEvent.ClaimRefused(retryNs), nowNs);
    }

    private void giveUpClaim(long nowNs) {
        claim = Claim.NONE;
        claimDeadlineNs = RouterState.NEVER;
        if (lease != null) {
            lease.giveUp(nowNs);
            actions.giveUpLease(++sequence);
        }
    }
}
