package io.steelyard.schedulers.load;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.FlowScan;
import io.steelyard.api.schedule.Picker;

/**
 * Finds the eligible server with the least load for its weight, the first listed on ties; loads are compared by weight without division:
 * {@code a.load * b.weight < b.load * a.weight}. Immutable, and safe for all threads.
 *
 * <p>Within a group of one weight a server is looked at only if it has fewer open flows than the best so far could have, which is one word
 * read for each of the others.
 */
public final class LeastLoaded {
    private final Candidates candidates;
    private final WeightGroups groups;

    /** How much an open flow counts, as a power of two; flows that are over but tracked count 1 where it is not 0, and else nothing. */
    private final int shift;

    /** What is added to a load before it is compared. */
    private final int offset;

    private LeastLoaded(Candidates candidates, WeightGroups groups, int shift, int offset) {
        this.candidates = candidates;
        this.groups = groups;
        this.shift = shift;
        this.offset = offset;
    }

    /** Load is the open flows. */
    public static LeastLoaded open(Candidates candidates, WeightGroups groups) {
        return new LeastLoaded(candidates, groups, 0, 0);
    }

    /** Load is the open flows and one more. */
    public static LeastLoaded withOneMore(Candidates candidates) {
        return new LeastLoaded(candidates, WeightGroups.of(candidates), 0, 1);
    }

    /** Load is the open flows times 256 and those that are over but tracked, as LVS has it. */
    public static LeastLoaded tracked(Candidates candidates) {
        return new LeastLoaded(candidates, WeightGroups.of(candidates), 8, 0);
    }

    /** As {@link #tracked}, whatever the weights. */
    public static LeastLoaded trackedUnweighted(Candidates candidates) {
        return new LeastLoaded(candidates, WeightGroups.ofOne(candidates), 8, 0);
    }

    /** The server's index, or {@link Picker#NONE}. */
    public int pick(Flow flow) {
        int best = Picker.NONE;
        long bestLoad = 0;
        long bestWeight = 1;
        var scan = groups.scan();
        for (int group = 0; group < groups.count(); group++) {
            long weight = groups.weight(group);
            // The loads of this group that are no worse than the best of those before.
            long below = best == Picker.NONE ? Long.MAX_VALUE : bestLoad * weight / bestWeight + 1;
            int at = better(scan, groups.start(group), groups.end(group), below);
            while (at < groups.end(group)) {
                int index = scan.index(at);
                long load = load(scan.flows(at));
                if (load < below
                        && isBetter(index, load * bestWeight, best, bestLoad * weight)
                        && candidates.isEligible(index, flow)) {
                    best = index;
                    bestLoad = load;
                    bestWeight = weight;
                    below = load;
                }
                at = better(scan, at + 1, groups.end(group), below);
            }
        }
        return best;
    }

    private static boolean isBetter(int index, long load, int best, long bestLoad) {
        return best == Picker.NONE || load < bestLoad || (load == bestLoad && index < best);
    }

    private long load(long flows) {
        return (flows >> Integer.SIZE << shift) + (shift == 0 ? 0 : (int) flows) + offset;
    }

    /** The next position whose load may be below {@code load}: open flows alone say no for most. */
    private int better(FlowScan scan, int from, int to, long load) {
        long open = load == Long.MAX_VALUE ? load : load - offset + (1L << shift) - 1 >> shift;
        return scan.nextBelow(from, to, FlowScan.limit(open));
    }
}
