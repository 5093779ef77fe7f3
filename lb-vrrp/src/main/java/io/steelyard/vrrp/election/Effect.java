package io.steelyard.vrrp.election;

/** What must be done, in this order. */
public sealed interface Effect {
    /** To the group or to all peers. */
    record SendAdvert(int priority) implements Effect {}

    /** One of the things a router has, or has no more. */
    record Apply(Step step) implements Effect {}

    /** What a router has. The order is that in which an active router gets it; it is lost the other way round. */
    enum Step {
        RESTRICT_PACKETS,
        ADD_ADDRESSES,
        ADD_EXCLUDED_ADDRESSES,
        ADD_ROUTES,
        ADD_RULES,
        REMOVE_RULES,
        REMOVE_ROUTES,
        REMOVE_EXCLUDED_ADDRESSES,
        REMOVE_ADDRESSES,
        ALLOW_PACKETS,
        /** At start: whatever an earlier process left. */
        REMOVE_LEFTOVERS
    }

    /** Neighbours are told. */
    record Announce(Cause cause) implements Effect {}

    /** Why neighbours are told. */
    enum Cause {
        BECAME_ACTIVE,
        LOWER_PRIORITY
    }

    /** What was to be announced is not any more. */
    record StopAnnouncing() implements Effect {}

    /** Defences and the sync group are asked; they answer with {@link ElectionEvent.ClaimGranted} or {@link ElectionEvent.ClaimRefused}. */
    record SeekClaim() implements Effect {}

    /** They need not answer any more. */
    record AbandonClaim() implements Effect {}

    /** Who wants to know is told. */
    record Changed(Phase from, Phase to, int priority, Reason reason) implements Effect {}

    /** An active router heard a lower priority: keepalived's {@code MASTER_RX_LOWER_PRI}. */
    record LowerPriorityHeard(int priority) implements Effect {}

    /** Something an operator should see. */
    record Report(Suspicion suspicion, long sourceHigh, long sourceLow) implements Effect {}

    /** What is suspected. */
    enum Suspicion {
        /** Somebody has our address and our priority: neither gives way, ever. */
        SAME_ADDRESS,
        /** Two owners of one address. */
        TWO_OWNERS
    }

    /** Why a state changed. */
    enum Reason {
        STARTED,
        NOT_READY,
        OWNER,
        NOBODY_HEARD,
        HIGHER_PRIORITY,
        OTHER_OWNER,
        FAULT,
        RECOVERED,
        GROUP,
        ADDRESS_LOST,
        PAUSED,
        RELEASED,
        STOPPED
    }
}
