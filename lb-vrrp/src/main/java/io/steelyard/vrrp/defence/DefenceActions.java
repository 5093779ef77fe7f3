package io.steelyard.vrrp.defence;

import io.steelyard.vrrp.election.Effect;
import java.net.InetAddress;

/** What a {@link GuardedElection} has done for it. Called on the thread that drives it, one after the other; nothing may be put off or left out. */
public interface DefenceActions {
    /** Does what an election asks for; {@link Effect.SeekClaim} and {@link Effect.AbandonClaim} never come here. */
    void carryOut(Effect effect, long nowNs);

    /**
     * The kernel is to keep the addresses for that many seconds from now, at least 1. It is told right after they were added and again and again. If
     * they are gone already, it must not put them back: the election is told {@link io.steelyard.vrrp.election.ElectionEvent.AddressLost} instead.
     */
    void keepAddresses(int seconds);

    /** Asks the hosts that must be reached for a claim; {@link GuardedElection#reached} hears when enough have answered. */
    void askReachability();

    /**
     * Asks the witness; the answer comes by {@link GuardedElection#leaseAnswered}, or never.
     *
     * @param sequence grows with each message
     * @param heldEpoch the epoch of the lease where it is ours and asked for anew; 0 where it is not
     */
    void askLease(int priority, long leaseNs, long sequence, long heldEpoch);

    /** Tells the witness that the lease is free. */
    void giveUpLease(long sequence);

    /** Asks the network who has the addresses; answers come by {@link GuardedElection#probeAnswered}. */
    void probeAddresses();

    /** Fences the former active router; the result comes by {@link GuardedElection#fenced}. */
    void fence(long formerHigh, long formerLow);

    /** This member of a sync group could be active; {@link GuardedElection#groupMayClaim} says when the others can, too. */
    void readyForGroup();

    /** Something an operator should see. */
    void report(Finding finding);

    /** What a defence found. */
    sealed interface Finding {
        /** Somebody answers for an address and sends no adverts: a suspected split brain. */
        record AddressInUse(InetAddress address) implements Finding {}

        /** Adverts fell silent, but the active router is heard on another path. */
        record AdvertPathSilent(String activeNode) implements Finding {}

        /** The witness does not give the lease. */
        record LeaseRefused(long epoch) implements Finding {}

        /** The lease ran out or was taken away while we were active. */
        record LeaseLost() implements Finding {}

        /** Somebody of higher priority wants to be active and waits for us. */
        record LeaseWanted() implements Finding {}

        /** This machine reaches nobody. */
        record Isolated() implements Finding {}

        /** The former active router could not be fenced. */
        record FencingFailed() implements Finding {}

        /** This process stood still. */
        record Paused(long gapNs) implements Finding {}
    }
}
