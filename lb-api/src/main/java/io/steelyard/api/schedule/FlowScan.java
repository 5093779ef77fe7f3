package io.steelyard.api.schedule;

import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Searches the flows of some candidates, in an order of the caller's choice, for those that have few: the quick way to find the least busy
 * of thousands. Counts are those of {@link Candidates#flows(int)}. Immutable but for the counts it looks at, and safe for all threads.
 *
 * <p>A search reads one word a server and compares it with a limit; it allocates nothing. Limits are compared with the whole word, and
 * {@link #limit} gives the one for a number of open flows, however many more are tracked.
 */
public final class FlowScan {
    private final Candidates candidates;
    private final int[] order;

    /** Where the counts are; null where they are in several tables. */
    private final @Nullable FlowCounts table;

    private final int[] places;

    /** The place of position 0 where the places of all lie side by side in the order, which is twice as fast; else -1. */
    private final int firstPlace;

    FlowScan(Candidates candidates, int[] order, @Nullable FlowCounts table, int[] places) {
        this.candidates = candidates;
        this.order = order;
        this.table = table;
        this.places = places;
        boolean isSideBySide = IntStream.range(1, places.length).allMatch(at -> places[at] == places[0] + at);
        firstPlace = table != null && places.length > 0 && isSideBySide ? places[0] : -1;
    }

    /** What the words of servers with fewer than so many open flows are below, and those of all others are not; 0 and up. */
    public static long limit(long openFlows) {
        return openFlows > Integer.MAX_VALUE ? Long.MAX_VALUE : openFlows << Integer.SIZE;
    }

    /** How many servers are searched. */
    public int size() {
        return order.length;
    }

    /** Which candidate is at a position of the order. */
    public int index(int position) {
        return order[position];
    }

    /** The flows of the server at a position. */
    public long flows(int position) {
        return candidates.flows(order[position]);
    }

    /** The first position from {@code from} on, and before {@code to}, whose flows are below {@code limit}; {@code to} where there is none. */
    public int nextBelow(int from, int to, long limit) {
        if (table != null) {
            return firstPlace >= 0
                    ? table.nextBelow(firstPlace + from, firstPlace + to, limit) - firstPlace
                    : table.nextBelow(places, from, to, limit);
        }
        int at = from;
        while (at < to && flows(at) >= limit) {
            at++;
        }
        return at;
    }

    /** The first position from {@code from} on, and before {@code to}, whose flows are {@code limit} or more; {@code to} where there is none. */
    public int nextAtLeast(int from, int to, long limit) {
        if (firstPlace >= 0 && table != null) {
            return table.nextAtLeast(firstPlace + from, firstPlace + to, limit) - firstPlace;
        }
        int at = from;
        while (at < to && flows(at) < limit) {
            at++;
        }
        return at;
    }
}
