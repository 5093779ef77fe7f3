package io.steelyard.vrrp.defence;

/**
 * Notices that a foreign link-layer address claims one of our addresses while we are active. The same pair is reported once in a while only. Used by
 * one thread at a time.
 */
public final class ConflictWatch {
    private static final int REMEMBERED = 16;

    private final long silenceNs;
    private final long[] seenLinks = new long[REMEMBERED];
    private final int[] seenAddresses = new int[REMEMBERED];
    private final long[] seenAtNs = new long[REMEMBERED];
    private int seen;
    private long conflicts;

    /** @param silenceNs for how long the same is not reported again */
    public ConflictWatch(long silenceNs) {
        this.silenceNs = silenceNs;
    }

    /**
     * Somebody says an address is its own.
     *
     * @param address its place in our list
     * @param link the claimant's link-layer address, in the lower 48 bits
     * @param ownLink ours
     * @return whether to report it
     */
    public boolean claimed(int address, long link, long ownLink, boolean isActive, long nowNs) {
        if (!isActive || link == ownLink) {
            return false;
        }
        conflicts++;
        int kept = Math.min(seen, REMEMBERED);
        for (int i = 0; i < kept; i++) {
            if (seenLinks[i] == link && seenAddresses[i] == address) {
                boolean isLongAgo = nowNs - seenAtNs[i] >= silenceNs;
                if (isLongAgo) {
                    seenAtNs[i] = nowNs;
                }
                return isLongAgo;
            }
        }
        int place = seen++ % REMEMBERED;
        seenLinks[place] = link;
        seenAddresses[place] = address;
        seenAtNs[place] = nowNs;
        return true;
    }

    /** How many such claims there were. */
    public long conflicts() {
        return conflicts;
    }
}
