package io.steelyard.vrrp.defence;

import io.steelyard.api.vrrp.SplitBrainDefence;

/**
 * Our side of a lease. Used by one thread at a time.
 *
 * <p>Why it is safe: the third place counts the lease from when it hears us, which is not before we ask, and by a clock that runs faster than ours by at
 * most the drift. We count from when we <em>asked</em>, and stop at the lease less the drift. So what we hold ends before the third place may give
 * it away, however long answers take.
 */
public final class LeaseKeeper {
    private static final long NEVER = Long.MIN_VALUE;

    private final long leaseNs;
    private final long heldNs;
    private final long renewNs;
    private long heldUntilNs = NEVER;
    private long nextAskNs = NEVER;
    private long notBeforeNs = NEVER;
    private long epoch;
    private boolean isWanted;

    public LeaseKeeper(SplitBrainDefence.Witness witness) {
        leaseNs = witness.lease().toNanos();
        heldNs = leaseNs / 1_000 * (1_000 - witness.driftPerMille());
        renewNs = leaseNs / 6;
    }

    /** How long the third place is asked to hold it. */
    public long leaseNs() {
        return leaseNs;
    }

    /** We want it, from now on and at once. */
    public void want(long nowNs) {
        isWanted = true;
        nextAskNs = nowNs;
    }

    /** Takes the turn to ask for it, if it is time; the next is a sixth of the lease later. */
    public boolean takeTurn(long nowNs) {
        if (!isWanted || nowNs - nextAskNs < 0) {
            return false;
        }
        nextAskNs = nowNs + renewNs;
        return true;
    }

    /** When {@link #takeTurn} is next; {@code Long.MAX_VALUE} for never. */
    public long nextNs() {
        return isWanted ? nextAskNs : Long.MAX_VALUE;
    }

    /**
     * We have it.
     *
     * @param askedNs when what is answered was asked
     * @param epoch how often it changed hands
     * @return whether it counts: what was asked before it was given up does not
     */
    public boolean granted(long askedNs, long epoch) {
        if (!isWanted || notBeforeNs != NEVER && askedNs - notBeforeNs <= 0) {
            return false;
        }
        heldUntilNs = Math.max(heldUntilNs, askedNs + heldNs);
        this.epoch = Math.max(this.epoch, epoch);
        return true;
    }

    /** Somebody else has it. */
    public void refused() {
        heldUntilNs = NEVER;
    }

    /** We do not want it any more. */
    public void giveUp(long nowNs) {
        isWanted = false;
        heldUntilNs = NEVER;
        notBeforeNs = nowNs;
    }

    public boolean isHeld(long nowNs) {
        return heldUntilNs != NEVER && nowNs < heldUntilNs;
    }

    /** What is left; 0 where it is not held. */
    public long leftNs(long nowNs) {
        return isHeld(nowNs) ? heldUntilNs - nowNs : 0;
    }

    /** The epoch it was given under; grows from holder to holder. */
    public long epoch() {
        return epoch;
    }
}
