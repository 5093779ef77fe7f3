package io.steelyard.schedulers.sampled;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/**
 * Draws servers at random by weight, each draw in constant time (the alias method: Vose, "A linear algorithm for generating random numbers
 * with a given distribution", IEEE TSE 1991). Immutable.
 */
final class WeightedDraw {
    private final int[] servers;
    private final int[] aliases;

    /** For each column the chance of its own server over its alias, in parts of 2^32. */
    private final long[] chances;

    /** For each server the sum of the weights up to it, its own included. */
    private final long[] ends;

    /** Where in {@link #servers} a candidate is; -1 for one that is not drawn. */
    private final int[] columns;

    /** A draw among the usable candidates that pass {@code isDrawn}. */
    WeightedDraw(Candidates candidates, IntPredicate isDrawn) {
        servers = IntStream.range(0, candidates.size())
                .filter(index -> candidates.isUsable(index) && isDrawn.test(index))
                .toArray();
        int count = servers.length;
        columns = new int[candidates.size()];
        Arrays.fill(columns, -1);
        ends = new long[count];
        long sum = 0;
        for (int i = 0; i < count; i++) {
            columns[servers[i]] = i;
            sum += candidates.weight(servers[i]);
            ends[i] = sum;
        }
        aliases = new int[count];
        chances = new long[count];
        fillColumns();
    }

    private void fillColumns() {
        int count = servers.length;
        var heights = new double[count];
        var poor = new int[count];
        var rich = new int[count];
        int poorCount = 0;
        int richCount = 0;
        for (int i = 0; i < count; i++) {
            heights[i] = (double) weight(i) * count / ends[count - 1];
            if (heights[i] < 1) {
                poor[poorCount++] = i;
            } else {
                rich[richCount++] = i;
            }
        }
        while (poorCount > 0 && richCount > 0) {
            int receiver = poor[--poorCount];
            int giver = rich[richCount - 1];
            chances[receiver] = (long) (heights[receiver] * 0x1p32);
            aliases[receiver] = giver;
            heights[giver] -= 1 - heights[receiver];
            if (heights[giver] < 1) {
                richCount--;
                poor[poorCount++] = giver;
            }
        }
        // What is left is 1 but for rounding.
        while (richCount > 0) {
            chances[rich[--richCount]] = 1L << 32;
        }
        while (poorCount > 0) {
            chances[poor[--poorCount]] = 1L << 32;
        }
    }

    private long weight(int column) {
        return column == 0 ? ends[0] : ends[column] - ends[column - 1];
    }

    /** How many servers it draws from. */
    int size() {
        return servers.length;
    }

    /** The candidate at a position, 0 to {@code size() - 1}. */
    int server(int position) {
        return servers[position];
    }

    /** A candidate, each with the chance of its weight. There must be one. */
    int draw(Flow flow) {
        return servers[column(flow.nextLong())];
    }

    private int column(long random) {
        int column = (int) ((random >>> 32) * servers.length >>> 32);
        return (random & 0xFFFF_FFFFL) < chances[column] ? column : aliases[column];
    }

    /** A candidate other than {@code first}, each with the chance of its weight among the others. There must be one. */
    int drawOther(Flow flow, int first) {
        int excluded = columns[first];
        int column = column(flow.nextLong());
        return servers[column == excluded ? columnWithout(flow.nextLong(), excluded) : column];
    }

    /** Draws on the line of weights with one stretch cut out. */
    private int columnWithout(long random, int excluded) {
        long cut = weight(excluded);
        long start = ends[excluded] - cut;
        long point = (random >>> 1) % (ends[ends.length - 1] - cut);
        point += point >= start ? cut : 0;
        int at = Arrays.binarySearch(ends, point + 1);
        return at >= 0 ? at : -at - 1;
    }
}
