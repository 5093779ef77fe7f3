package io.steelyard.schedulers.load;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.FlowScan;
import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * The candidates in groups of one weight, in configuration order within a group, for a search that compares flows alone within a group and
 * flows by weight only between groups. Servers that are down are here, since a pool without them would not lie side by side in memory, and
 * are rare; those of weight 0 are not. Immutable, and safe for all threads.
 */
public final class WeightGroups {
    private final FlowScan scan;
    private final int[] ends;
    private final int[] weights;

    private WeightGroups(FlowScan scan, int[] weightOf) {
        this.scan = scan;
        ends = IntStream.rangeClosed(1, scan.size())
                .filter(end -> end == scan.size() || weightOf[scan.index(end)] != weightOf[scan.index(end - 1)])
                .toArray();
        weights = IntStream.of(ends).map(end -> weightOf[scan.index(end - 1)]).toArray();
    }

    /** By the candidates' weights. */
    public static WeightGroups of(Candidates candidates) {
        int[] weightOf =
                IntStream.range(0, candidates.size()).map(candidates::weight).toArray();
        return of(candidates, weightOf);
    }

    /** One group, as if all had the weight 1. */
    public static WeightGroups ofOne(Candidates candidates) {
        int[] weightOf = IntStream.range(0, candidates.size())
                .map(i -> Math.min(candidates.weight(i), 1))
                .toArray();
        return of(candidates, weightOf);
    }

    private static WeightGroups of(Candidates candidates, int[] weightOf) {
        int[] order = IntStream.range(0, weightOf.length)
                .filter(i -> weightOf[i] > 0)
                .boxed()
                .sorted(Comparator.comparingInt(i -> weightOf[i]))
                .mapToInt(Integer::intValue)
                .toArray();
        return new WeightGroups(candidates.scan(order), weightOf);
    }

    /** The flows of the servers, group after group. */
    public FlowScan scan() {
        return scan;
    }

    /** How many groups there are. */
    public int count() {
        return ends.length;
    }

    /** The scan's first position of a group. */
    public int start(int group) {
        return group == 0 ? 0 : ends[group - 1];
    }

    /** The scan's first position after a group. */
    public int end(int group) {
        return ends[group];
    }

    /** The weight of a group's servers, 1 and up. */
    public int weight(int group) {
        return weights[group];
    }
}
