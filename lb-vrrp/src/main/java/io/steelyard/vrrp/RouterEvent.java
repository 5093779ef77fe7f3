package io.steelyard.vrrp;

import io.steelyard.vrrp.bfd.Diagnostic;
import io.steelyard.vrrp.bfd.SessionPhase;
import io.steelyard.vrrp.election.Effect;
import io.steelyard.vrrp.election.Phase;
import java.util.Objects;

/** What a virtual router tells the application. */
public sealed interface RouterEvent {
    /** The router's name. */
    String router();

    /**
     * The router changed its state.
     *
     * @param priority its effective one
     * @param reason why
     */
    record Changed(String router, Phase from, Phase to, int priority, Effect.Reason reason) implements RouterEvent {
        public Changed {
            Objects.requireNonNull(router, "router");
        }
    }

    /**
     * The router's effective priority changed while it was active or a backup, as its trackers turned.
     *
     * @param phase its state
     * @param from before
     * @param to now
     */
    record PriorityChanged(String router, Phase phase, int from, int to) implements RouterEvent {}

    /**
     * A BFD session that the router follows changed its state.
     *
     * @param session the tracker's name
     * @param diagnostic why
     */
    record SessionChanged(String router, String session, SessionPhase from, SessionPhase to, Diagnostic diagnostic)
            implements RouterEvent {}

    /**
     * Something an operator should see: a suspected split brain, a conflict, a difference between nodes. The same is not told again within 10 s.
     *
     * @param kind what kind of thing
     * @param text for people
     */
    record Warning(String router, Kind kind, String text) implements RouterEvent {}

    /** What a warning is about. */
    enum Kind {
        /** Somebody else answers for an address of ours. */
        ADDRESS_CONFLICT,
        /** An active router is heard, and nobody answers for its address. */
        ADDRESS_MISSING,
        /** Somebody has our address and our priority: neither gives way, ever. */
        SAME_ADDRESS,
        /** Two owners of one address. */
        TWO_OWNERS,
        /** Another router of our number speaks in a way that we do not take: another version, interval, authentication, and the like. */
        ADVERT_DROPPED,
        /** Another router of our number has other addresses than we. */
        OTHER_ADDRESSES,
        /** This process stood still. */
        PAUSED,
        /** Adverts fell silent, but the active router is heard on another path: we do not take over. */
        ADVERT_PATH_SILENT,
        /** A peer is silent on one path and heard on another. */
        PATH_SILENT,
        /** One node hears another and is not heard by it. */
        ONE_WAY_HEARING,
        /** A peer's configuration is not ours. */
        OTHER_CONFIGURATION,
        /** A router of another number advertises one of our addresses. */
        FOREIGN_ROUTER,
        /** The witness gives the lease to somebody else. */
        LEASE_REFUSED,
        /** The lease ran out while we were active. */
        LEASE_LOST,
        /** Somebody of higher priority waits for our lease, and gets it. */
        LEASE_WANTED,
        /** The witness does not answer. */
        WITNESS_SILENT,
        /** This machine reaches too few of the hosts it should. */
        ISOLATED,
        /** The former active router was fenced. */
        FENCED,
        /** The former active router could not be fenced. */
        FENCING_FAILED
    }
}
