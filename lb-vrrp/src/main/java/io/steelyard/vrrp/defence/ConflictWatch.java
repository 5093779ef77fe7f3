package io.steelyard.vrrp.defence;

/**
 * Notices that a foreign link-layer address claims one of our addresses while we are active. A former active router that gives way may still have
 * announced them a moment ago; so the first claim is a reason to ask again, and only what is claimed again a while later is reported, and the same
 * pair once in a while only. Used by one thread at a time.
 */
public final class ConflictWatch {
    private static final int REMEMBERED = 16;

    /** What to do about a claim. */
    public enum Verdict {
        /** Nothing. */
        NOTHING,
        /** Ask the network once the given time has passed. */
        ASK_AGAIN,
        /** Somebody should know. */
        REPORT
    }

    private final long confirmNs;
    private final long silenceNs;
    private final long[] links = new long[REMEMBERED];
    private final int[] addresses = new int[REMEMBERED];
    private final long[] firstAtNs = new long[REMEMBERED];
    private final long[] reportedAtNs = new long[REMEMBERED];
    private final boolean[] isReported = new boolean[REMEMBERED];
    private int seen;
    private long conflicts;

    /**
     * Nothing seen.
     *
     * @param confirmNs how much later a claim must come again to count
     * @param silenceNs for how long the same is not reported again
     */
    public ConflictWatch(long confirmNs, long silenceNs) {
        this.confirmNs = confirmNs;
        this.silenceNs = silenceNs;
    }

    /** We became active, or are it no more: what was claimed before says nothing. */
    public void forget() {
        seen = 0;
    }

    /**
     * Somebody says an address is its own.
     *
     * @param address its place in our list
     * @param link the claimant's link-layer address, in the lower 48 bits
     * @param ownLink ours
     */
    public Verdict claimed(int address, long link, long ownLink, boolean isActive, long nowNs) {
        if (!isActive || link == ownLink) {
            return Verdict.NOTHING;
        }
        conflicts++;
        int kept = Math.min(seen, REMEMBERED);
        for (int i = 0; i < kept; i++) {
            if (links[i] == link && addresses[i] == address) {
                return again(i, nowNs);
            }
        }
        int place = seen++ % REMEMBERED;
        links[place] = link;
        addresses[place] = address;
        firstAtNs[place] = nowNs;
        isReported[place] = false;
        return Verdict.ASK_AGAIN;
    }

    private Verdict again(int place, long nowNs) {
        if (isReported[place]) {
            if (nowNs - reportedAtNs[place] < silenceNs) {
                return Verdict.NOTHING;
            }
        } else if (nowNs - firstAtNs[place] < confirmNs) {
            return Verdict.NOTHING;
        } else if (nowNs - firstAtNs[place] >= silenceNs) {
            firstAtNs[place] = nowNs;
            return Verdict.ASK_AGAIN;
        }
        isReported[place] = true;
        reportedAtNs[place] = nowNs;
        return Verdict.REPORT;
    }

    /** How many such claims there were. */
    public long conflicts() {
        return conflicts;
    }
}
