package io.steelyard.vrrp.election;

import io.steelyard.api.vrrp.InitialState;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.wire.Bytes;
import java.net.InetAddress;

/**
 * Decides who is active: RFC 9568 section 6.4 with keepalived's additions. Immutable and pure: all that changes is in the {@link RouterState}, all
 * that must be done in the {@link Effect}s, and time is passed in. Safe for all threads.
 *
 * <pre>
 *                  start                         timer expired, claim granted
 *   INITIALIZE ─────────────► BACKUP ──────────────────────────────────────────► ACTIVE
 *       │                      ▲  ▲    higher priority, pause, release, group      │
 *       │ not healthy          │  └────────────────────────────────────────────────┤
 *       ▼        healthy       │                                                   │
 *     FAULT ───────────────────┘ ◄─────────────────────────────────────────────────┘ not healthy
 * </pre>
 *
 * <p>Who leaves ACTIVE because it cannot or must not serve says so with an advert of priority 0, so that a backup waits for the skew time only.
 * Who gives way to another says nothing. keepalived sends that advert before the addresses are gone; so does this, except where a defence
 * demanded them: then they go first.
 */
public final class Election {
    private static final int OWNER = VirtualRouter.OWNER_PRIORITY;
    private static final long OWNER_WAIT_NS = 1_000;

    private final VirtualRouter router;
    private final Timers timers;
    private final boolean asksBeforeClaim;
    private final long ownHigh;
    private final long ownLow;

    /**
     * An election.
     *
     * @param ownAddress what our adverts come from; it breaks ties
     * @param asksBeforeClaim whether {@link Effect.SeekClaim} comes before the addresses are taken: there is a defence or a group to ask
     */
    public Election(VirtualRouter router, InetAddress ownAddress, boolean asksBeforeClaim) {
        this.router = router;
        this.asksBeforeClaim = asksBeforeClaim;
        timers = new Timers(router);
        ownHigh = Bytes.high(ownAddress);
        ownLow = Bytes.low(ownAddress);
    }

    /** The waits this election goes by. */
    public Timers timers() {
        return timers;
    }

    /** Before {@link ElectionEvent.Start}. */
    public RouterState initial() {
        return RouterState.initial(router.priority());
    }

    /**
     * One step.
     *
     * @param nowNs of a clock that never goes back
     */
    public Outcome on(RouterState state, ElectionEvent event, long nowNs) {
        var draft = new Draft(state);
        switch (event) {
            case ElectionEvent.Start start -> start(draft, start, nowNs);
            case ElectionEvent.AdvertHeard advert -> advert(draft, advert, nowNs);
            case ElectionEvent.TimerExpired expired -> timer(draft, nowNs);
            case ElectionEvent.PriorityChanged changed -> priority(draft, changed.priority());
            case ElectionEvent.Health health -> {
                draft.isFaulty = !health.isHealthy();
                health(draft, nowNs);
            }
            case ElectionEvent.GroupHealth health -> {
                draft.isGroupFaulty = !health.isHealthy();
                health(draft, nowNs);
            }
            case ElectionEvent.GroupBackup backup -> groupBackup(draft, nowNs);
            case ElectionEvent.GroupLowerPriority lower -> {
                if (draft.phase == Phase.ACTIVE) {
                    draft.effect(new Effect.Announce(Effect.Cause.LOWER_PRIORITY));
                }
            }
            case ElectionEvent.ClaimGranted granted -> {
                if (draft.isClaiming) {
                    becomeActive(draft, nowNs);
                }
            }
            case ElectionEvent.ClaimRefused refused -> {
                if (draft.isClaiming) {
                    draft.isClaiming = false;
                    draft.wake(nowNs + Math.max(1, refused.retryNs()));
                }
            }
            case ElectionEvent.MustRelease release -> release(draft, nowNs);
            case ElectionEvent.AddressLost lost -> {
                if (draft.phase == Phase.ACTIVE) {
                    leaveActive(draft, Phase.BACKUP, Effect.Reason.ADDRESS_LOST);
                    awaitOwn(draft, nowNs);
                }
            }
            case ElectionEvent.Paused paused -> paused(draft, paused.gapNs(), nowNs);
            case ElectionEvent.Reconfigured changed -> reconfigured(draft, changed.priority(), nowNs);
            case ElectionEvent.Stop stop -> stop(draft);
        }
        return draft.outcome();
    }

    // ---- what changes nothing but the timer, without an object for it

    /**
     * The timer after an advert that changes nothing else: most of those that a backup hears. {@link RouterState#NEVER} where {@link #on} must be told
     * of it. Allocates nothing.
     */
    public long deadlineAfterUsualAdvertNs(
            RouterState state, int priority, int intervalCentiseconds, long sourceHigh, long sourceLow, long nowNs) {
        boolean isLower = priority < state.priority();
        boolean isSameAsBefore = priority == state.activePriority()
                && sourceHigh == state.activeHigh()
                && sourceLow == state.activeLow()
                && timers.learnedNs(intervalCentiseconds) == state.activeIntervalNs()
                && isLower == (state.lowerSinceNs() != RouterState.NEVER);
        boolean isFollowed = !isLower || !router.preemption().isAllowed() && !router.isOwner();
        if (state.phase() != Phase.BACKUP || state.isClaiming() || priority == 0 || !isSameAsBefore || !isFollowed) {
            return RouterState.NEVER;
        }
        return Math.max(nowNs + timers.downNs(state.priority(), state.activeIntervalNs()), state.notBeforeNs());
    }

    /** The timer after an active router's advert that is due and changes nothing else. Otherwise as {@link #deadlineAfterUsualAdvertNs}. */
    public long deadlineAfterOwnAdvertNs(RouterState state, long deadlineNs, long nowNs) {
        boolean isDue = deadlineNs != RouterState.NEVER && nowNs - deadlineNs >= 0;
        if (state.phase() != Phase.ACTIVE || !isDue || state.rivalUntilNs() != RouterState.NEVER) {
            return RouterState.NEVER;
        }
        long next = deadlineNs + timers.intervalNs();
        return next - nowNs > 0 ? next : nowNs + timers.intervalNs();
    }

    // ---- start and stop

    private void start(Draft draft, ElectionEvent.Start start, long nowNs) {
        draft.apply(Effect.Step.REMOVE_LEFTOVERS);
        draft.notBeforeNs = nowNs + start.delayNs();
        draft.activeIntervalNs = timers.intervalNs();
        draft.isFaulty = !start.isHealthy();
        if (!start.isKnown()) {
            return;
        }
        if (draft.isFaulty || draft.isGroupFaulty) {
            change(draft, Phase.FAULT, Effect.Reason.NOT_READY);
            return;
        }
        change(draft, Phase.BACKUP, Effect.Reason.STARTED);
        if (router.isOwner()) {
            draft.wake(nowNs + OWNER_WAIT_NS);
        } else if (router.initialState() == InitialState.ACTIVE && start.isGroupWaiting()) {
            draft.wake(nowNs + timers.intervalNs() + timers.skewNs(OWNER, timers.intervalNs()));
        } else {
            awaitOwn(draft, nowNs);
        }
    }

    /**
     * Another configuration, as at keepalived's reload: who is active says so at once and takes what is new; a backup waits as long as ever from now.
     * A claim that was looked into is looked into anew.
     */
    private void reconfigured(Draft draft, int priority, long nowNs) {
        abandon(draft);
        draft.priority = draft.hasYielded ? draft.priority : priority;
        if (draft.phase == Phase.ACTIVE) {
            draft.activeIntervalNs = timers.intervalNs();
            sendAndWait(draft, nowNs);
            if (!restrictsPackets()) {
                draft.apply(Effect.Step.ALLOW_PACKETS);
            }
            take(draft);
        } else if (draft.phase == Phase.BACKUP) {
            draft.activeIntervalNs = draft.activePriority == 0
                    ? timers.intervalNs()
                    : timers.learnedNs((int) (draft.activeIntervalNs / Timers.CENTISECOND_NS));
            draft.wake(nowNs + timers.downNs(draft.priority, draft.activeIntervalNs));
        }
    }

    private void stop(Draft draft) {
        if (draft.phase == Phase.ACTIVE) {
            draft.send(0);
            leaveActive(draft, Phase.INITIALIZE, Effect.Reason.STOPPED);
        } else {
            abandon(draft);
            change(draft, Phase.INITIALIZE, Effect.Reason.STOPPED);
        }
        draft.deadlineNs = RouterState.NEVER;
    }

    // ---- adverts

    private void advert(Draft draft, ElectionEvent.AdvertHeard advert, long nowNs) {
        if (draft.phase == Phase.BACKUP) {
            advertAsBackup(draft, advert, nowNs);
        } else if (draft.phase == Phase.ACTIVE) {
            advertAsActive(draft, advert, nowNs);
        }
    }

    private void advertAsBackup(Draft draft, ElectionEvent.AdvertHeard advert, long nowNs) {
        if (advert.priority() == 0) {
            // While a claim is looked into there is no timer: nobody is to be waited for any more.
            if (!draft.isClaiming) {
                draft.wake(nowNs + timers.skewNs(draft.priority, draft.activeIntervalNs));
            }
            return;
        }
        boolean isLower = advert.priority() < draft.priority;
        if (!isLower) {
            draft.lowerSinceNs = RouterState.NEVER;
        } else if (draft.lowerSinceNs == RouterState.NEVER) {
            draft.lowerSinceNs = nowNs;
        }
        boolean mayPreempt = router.preemption().isAllowed() || router.isOwner();
        boolean isDelayOver = isLower
                && nowNs - draft.lowerSinceNs >= router.preemption().delay().toNanos();
        if (isLower && mayPreempt && (isDelayOver || router.isOwner())) {
            return;
        }
        follow(draft, advert, nowNs);
    }

    private void follow(Draft draft, ElectionEvent.AdvertHeard advert, long nowNs) {
        abandon(draft);
        draft.remember(advert);
        draft.activeIntervalNs = timers.learnedNs(advert.intervalCentiseconds());
        draft.wake(nowNs + timers.downNs(draft.priority, draft.activeIntervalNs));
    }

    private void advertAsActive(Draft draft, ElectionEvent.AdvertHeard advert, long nowNs) {
        if (advert.priority() == 0) {
            sendAndWait(draft, nowNs);
            return;
        }
        int addresses = compareSource(advert);
        if (draft.priority == OWNER && advert.priority() == OWNER && addresses != 0) {
            otherOwner(draft, advert, addresses < 0, nowNs);
            return;
        }
        int order = advert.priority() == draft.priority ? addresses : advert.priority() - draft.priority;
        if (order == 0) {
            draft.effect(new Effect.Report(Effect.Suspicion.SAME_ADDRESS, advert.sourceHigh(), advert.sourceLow()));
        } else if (order < 0) {
            lowerPriority(draft, advert, nowNs);
        } else {
            if (router.dialect().answersHigherPriority()) {
                draft.send(draft.priority);
            }
            leaveActive(draft, Phase.BACKUP, Effect.Reason.HIGHER_PRIORITY);
            follow(draft, advert, nowNs);
        }
    }

    /** RFC 9568 section 6.4.3 (725): the other is told at once; neighbours too, since some may have believed it. */
    private void lowerPriority(Draft draft, ElectionEvent.AdvertHeard advert, long nowNs) {
        if (router.dialect().answersLowerPriority()) {
            sendAndWait(draft, nowNs);
        }
        draft.effect(new Effect.Announce(Effect.Cause.LOWER_PRIORITY));
        draft.effect(new Effect.LowerPriorityHeard(advert.priority()));
    }

    /**
     * Two owners: the one with the lower address steps down. The other gives it two adverts and a little more; if it goes on, it is no router that
     * would give way, and then two of them would answer for the address for ever: this one yields as 254 until the other falls silent.
     */
    private void otherOwner(Draft draft, ElectionEvent.AdvertHeard advert, boolean isOurs, long nowNs) {
        draft.effect(new Effect.Report(Effect.Suspicion.TWO_OWNERS, advert.sourceHigh(), advert.sourceLow()));
        if (!isOurs) {
            leaveActive(draft, Phase.BACKUP, Effect.Reason.OTHER_OWNER);
            follow(draft, advert, nowNs);
        } else if (draft.rivalUntilNs == RouterState.NEVER) {
            long longest = Math.max(timers.intervalNs(), timers.learnedNs(advert.intervalCentiseconds()));
            draft.rivalUntilNs = nowNs + timers.intervalNs() + longest * 12 / 10;
            sendAndWait(draft, nowNs);
        } else if (nowNs - draft.rivalUntilNs >= 0) {
            draft.priority = OWNER - 1;
            draft.hasYielded = true;
            leaveActive(draft, Phase.BACKUP, Effect.Reason.OTHER_OWNER);
            follow(draft, advert, nowNs);
        }
    }

    /** Below 0: the sender's address is the lower one (RFC 9568 section 6.4.3: as unsigned numbers in network order). */
    private int compareSource(ElectionEvent.AdvertHeard advert) {
        int high = Long.compareUnsigned(advert.sourceHigh(), ownHigh);
        return high != 0 ? high : Long.compareUnsigned(advert.sourceLow(), ownLow);
    }

    // ---- time

    private void timer(Draft draft, long nowNs) {
        if (draft.deadlineNs == RouterState.NEVER || nowNs - draft.deadlineNs < 0) {
            return;
        }
        if (draft.phase == Phase.ACTIVE) {
            draft.send(draft.priority);
            if (draft.rivalUntilNs != RouterState.NEVER && nowNs - draft.rivalUntilNs >= 2 * timers.intervalNs()) {
                draft.rivalUntilNs = RouterState.NEVER;
            }
            long next = draft.deadlineNs + timers.intervalNs();
            draft.wake(next - nowNs > 0 ? next : nowNs + timers.intervalNs());
        } else if (draft.phase == Phase.BACKUP) {
            if (asksBeforeClaim) {
                draft.isClaiming = true;
                draft.deadlineNs = RouterState.NEVER;
                draft.effect(new Effect.SeekClaim());
            } else {
                becomeActive(draft, nowNs);
            }
        }
    }

    private void sendAndWait(Draft draft, long nowNs) {
        draft.send(draft.priority);
        draft.wake(nowNs + timers.intervalNs());
    }

    private void awaitOwn(Draft draft, long nowNs) {
        draft.forgetActive();
        draft.activeIntervalNs = timers.intervalNs();
        draft.wake(nowNs + timers.downNs(draft.priority, draft.activeIntervalNs));
    }

    private void paused(Draft draft, long gapNs, long nowNs) {
        boolean isLong = gapNs > timers.downNs(draft.priority, draft.activeIntervalNs) / 2;
        if (!router.defence().pauseAware() || !isLong) {
            return;
        }
        if (draft.phase == Phase.ACTIVE) {
            leaveActive(draft, Phase.BACKUP, Effect.Reason.PAUSED);
            awaitOwn(draft, nowNs);
        } else if (draft.phase == Phase.BACKUP) {
            abandon(draft);
            draft.wake(nowNs + timers.downNs(draft.priority, draft.activeIntervalNs));
        }
    }

    // ---- priority and health

    private void priority(Draft draft, int priority) {
        if (router.isOwner() || priority == draft.priority) {
            return;
        }
        int old = draft.priority;
        draft.priority = priority;
        if (draft.phase == Phase.BACKUP && draft.deadlineNs != RouterState.NEVER) {
            draft.wake(draft.deadlineNs
                    + timers.skewNs(priority, draft.activeIntervalNs)
                    - timers.skewNs(old, draft.activeIntervalNs));
        }
    }

    private void health(Draft draft, long nowNs) {
        boolean isHealthy = !draft.isFaulty && !draft.isGroupFaulty;
        if (isHealthy) {
            boolean isWaiting = draft.phase == Phase.INITIALIZE && draft.activeIntervalNs != 0;
            if (draft.phase == Phase.FAULT || isWaiting) {
                change(draft, Phase.BACKUP, isWaiting ? Effect.Reason.STARTED : Effect.Reason.RECOVERED);
                awaitOwn(draft, nowNs);
                if (router.isOwner()) {
                    draft.wake(nowNs + OWNER_WAIT_NS);
                }
            }
        } else if (draft.phase == Phase.ACTIVE) {
            draft.send(0);
            leaveActive(draft, Phase.FAULT, draft.isFaulty ? Effect.Reason.FAULT : Effect.Reason.GROUP);
            draft.deadlineNs = RouterState.NEVER;
        } else if (draft.phase != Phase.FAULT && (draft.phase != Phase.INITIALIZE || draft.activeIntervalNs != 0)) {
            abandon(draft);
            change(draft, Phase.FAULT, draft.isFaulty ? Effect.Reason.FAULT : Effect.Reason.GROUP);
            draft.deadlineNs = RouterState.NEVER;
        }
    }

    private void groupBackup(Draft draft, long nowNs) {
        if (draft.phase == Phase.ACTIVE) {
            leaveActive(draft, Phase.BACKUP, Effect.Reason.GROUP);
            awaitOwn(draft, nowNs);
        }
    }

    private void release(Draft draft, long nowNs) {
        if (draft.phase == Phase.ACTIVE) {
            leaveActive(draft, Phase.BACKUP, Effect.Reason.RELEASED);
            draft.send(0);
            awaitOwn(draft, nowNs);
        } else if (draft.isClaiming) {
            abandon(draft);
            draft.wake(nowNs + timers.downNs(draft.priority, draft.activeIntervalNs));
        }
    }

    // ---- the two great changes

    private void becomeActive(Draft draft, long nowNs) {
        draft.isClaiming = false;
        draft.lowerSinceNs = RouterState.NEVER;
        draft.rivalUntilNs = RouterState.NEVER;
        if (draft.hasYielded) {
            draft.hasYielded = false;
            draft.priority = OWNER;
        }
        draft.activeIntervalNs = timers.intervalNs();
        draft.forgetActive();
        // The advert goes first, so that a former active router is gone before neighbours hear of us.
        sendAndWait(draft, nowNs);
        take(draft);
        change(draft, Phase.ACTIVE, router.isOwner() ? Effect.Reason.OWNER : Effect.Reason.NOBODY_HEARD);
    }

    private void take(Draft draft) {
        if (restrictsPackets()) {
            draft.apply(Effect.Step.RESTRICT_PACKETS);
        }
        draft.apply(Effect.Step.ADD_ADDRESSES);
        draft.apply(Effect.Step.ADD_EXCLUDED_ADDRESSES);
        draft.apply(Effect.Step.ADD_ROUTES);
        draft.apply(Effect.Step.ADD_RULES);
        draft.effect(new Effect.Announce(Effect.Cause.BECAME_ACTIVE));
    }

    /** Packets to the addresses are for their owner only. */
    private boolean restrictsPackets() {
        return !router.acceptsPackets() && !router.isOwner();
    }

    private void leaveActive(Draft draft, Phase next, Effect.Reason reason) {
        draft.apply(Effect.Step.REMOVE_RULES);
        draft.apply(Effect.Step.REMOVE_ROUTES);
        draft.effect(new Effect.StopAnnouncing());
        draft.apply(Effect.Step.REMOVE_ADDRESSES);
        draft.apply(Effect.Step.REMOVE_EXCLUDED_ADDRESSES);
        if (restrictsPackets()) {
            draft.apply(Effect.Step.ALLOW_PACKETS);
        }
        draft.lowerSinceNs = RouterState.NEVER;
        draft.rivalUntilNs = RouterState.NEVER;
        change(draft, next, reason);
    }

    private static void abandon(Draft draft) {
        if (draft.isClaiming) {
            draft.isClaiming = false;
            draft.effect(new Effect.AbandonClaim());
        }
    }

    private static void change(Draft draft, Phase next, Effect.Reason reason) {
        if (draft.phase != next) {
            if (next == Phase.BACKUP) {
                // The delay of a preemption begins with the first advert of lower priority that this backup hears.
                draft.lowerSinceNs = RouterState.NEVER;
            }
            draft.effect(new Effect.Changed(draft.phase, next, draft.priority, reason));
            draft.phase = next;
        }
    }
}
