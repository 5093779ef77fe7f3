package io.steelyard.schedulers.haproxy;

import io.steelyard.api.schedule.Candidates;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import org.jspecify.annotations.Nullable;

/**
 * How many flows each server was given in the last second: those of the second that runs, and the share of the one before that still
 * lies within a second.
 *
 * <p>Safe for all threads. A server's second and its two counts are one long, replaced by compare-and-set; a pick that loses that race is not
 * counted, since the rate only breaks ties.
 */
final class PickRates {
    private static final VarHandle CELLS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final int COUNT_BITS = 20;
    private static final int MAX_COUNT = (1 << COUNT_BITS) - 1;
    private static final int SECOND_BITS = 64 - 2 * COUNT_BITS;
    private static final long SECOND_NS = 1_000_000_000;

    private final Candidates candidates;

    /** From the highest bit on: second (24 bits, it may wrap), flows in it, flows in the one before. */
    private final long[] cells;

    PickRates(Candidates candidates, @Nullable PickRates previous) {
        this.candidates = candidates;
        cells = new long[candidates.size()];
        if (previous != null) {
            var before = new HashMap<String, Long>();
            for (int i = 0; i < previous.cells.length; i++) {
                before.put(previous.candidates.id(i), (long) CELLS.getOpaque(previous.cells, i));
            }
            for (int i = 0; i < cells.length; i++) {
                cells[i] = before.getOrDefault(candidates.id(i), 0L);
            }
        }
    }

    void count(int index, long nowNs) {
        long seen = (long) CELLS.getOpaque(cells, index);
        long now = at(seen, second(nowNs));
        if (current(now) < MAX_COUNT) {
            CELLS.compareAndSet(cells, index, seen, now + (1L << COUNT_BITS));
        }
    }

    /** A thousand times the rate. */
    long milliPicks(int index, long nowNs) {
        long now = at((long) CELLS.getOpaque(cells, index), second(nowNs));
        long leftMs = (SECOND_NS - Math.floorMod(nowNs, SECOND_NS)) / 1_000_000;
        return current(now) * 1_000 + before(now) * leftMs;
    }

    /** The cell as it is in that second. */
    private static long at(long cell, long second) {
        long passed = (second - (cell >>> (2 * COUNT_BITS))) & ((1L << SECOND_BITS) - 1);
        if (passed == 0) {
            return cell;
        }
        return second << (2 * COUNT_BITS) | (passed == 1 ? current(cell) : 0);
    }

    private static long second(long nowNs) {
        return Math.floorDiv(nowNs, SECOND_NS) & ((1L << SECOND_BITS) - 1);
    }

    private static long current(long cell) {
        return cell >>> COUNT_BITS & MAX_COUNT;
    }

    private static long before(long cell) {
        return cell & MAX_COUNT;
    }
}
