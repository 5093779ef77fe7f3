package io.steelyard.vrrp.election;

import java.util.ArrayList;
import java.util.List;

/** A state while it is worked on, and the effects so far. One use. */
final class Draft {
    final RouterState before;
    final List<Effect> effects = new ArrayList<>(4);
    Phase phase;
    int priority;
    long deadlineNs;
    long notBeforeNs;
    long activeIntervalNs;
    int activePriority;
    long activeHigh;
    long activeLow;
    long lowerSinceNs;
    boolean isClaiming;
    boolean isFaulty;
    boolean isGroupFaulty;
    long rivalUntilNs;
    boolean hasYielded;

    Draft(RouterState before) {
        this.before = before;
        phase = before.phase();
        priority = before.priority();
        deadlineNs = before.deadlineNs();
        notBeforeNs = before.notBeforeNs();
        activeIntervalNs = before.activeIntervalNs();
        activePriority = before.activePriority();
        activeHigh = before.activeHigh();
        activeLow = before.activeLow();
        lowerSinceNs = before.lowerSinceNs();
        isClaiming = before.isClaiming();
        isFaulty = before.isFaulty();
        isGroupFaulty = before.isGroupFaulty();
        rivalUntilNs = before.rivalUntilNs();
        hasYielded = before.hasYielded();
    }

    void effect(Effect effect) {
        effects.add(effect);
    }

    void apply(Effect.Step step) {
        effects.add(new Effect.Apply(step));
    }

    void send(int advertPriority) {
        effects.add(new Effect.SendAdvert(advertPriority));
    }

    /** Never before the start's delay is over. */
    void wake(long atNs) {
        deadlineNs = Math.max(atNs, notBeforeNs);
    }

    void remember(ElectionEvent.AdvertHeard advert) {
        activePriority = advert.priority();
        activeHigh = advert.sourceHigh();
        activeLow = advert.sourceLow();
    }

    void forgetActive() {
        activePriority = 0;
        activeHigh = 0;
        activeLow = 0;
    }

    Outcome outcome() {
        return new Outcome(
                new RouterState(
                        phase,
                        priority,
                        deadlineNs,
                        notBeforeNs,
                        activeIntervalNs,
                        activePriority,
                        activeHigh,
                        activeLow,
                        lowerSinceNs,
                        isClaiming,
                        isFaulty,
                        isGroupFaulty,
                        rivalUntilNs,
                        hasYielded),
                effects);
    }
}
