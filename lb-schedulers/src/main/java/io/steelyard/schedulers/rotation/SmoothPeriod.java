package io.steelyard.schedulers.rotation;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The order in which smooth weighted round robin picks while nothing disturbs it: from any current weights it comes, after a while, to a
 * sequence that repeats every sum(weights) / gcd(weights) picks.
 *
 * <p>Finding it costs one comparison a pick for each distinct weight, not for each server: servers of one weight keep their relative order
 * except for the one picked, so each weight has a heap and only the heaps' tops compete.
 *
 * @param order server indices; from {@code loopStart} on they repeat
 */
@SuppressWarnings("ArrayRecordComponent") // handed over once, never compared
record SmoothPeriod(int[] order, int loopStart) {
    /** Longest sequence that is kept. */
    static final int MAX_LENGTH = 1 << 20;

    private static final long MAX_WORK = 32L << 20;

    /** Picks in one period, or {@link Long#MAX_VALUE} where there is no server. */
    static long length(int[] weights) {
        long sum = 0;
        int divisor = 0;
        for (int weight : weights) {
            sum += weight;
            divisor = gcd(weight, divisor);
        }
        return divisor == 0 ? Long.MAX_VALUE : sum / divisor;
    }

    /**
     * Finds the order, or null where it is too long to keep or to find.
     *
     * @param weights 0 for a server that takes no part
     * @param current where smooth weighted round robin stands
     */
    static @Nullable SmoothPeriod find(int[] weights, long[] current) {
        long period = length(weights);
        int[] distinct = Arrays.stream(weights)
                .filter(weight -> weight > 0)
                .distinct()
                .sorted()
                .toArray();
        if (period > MAX_LENGTH) {
            return null;
        }
        long steps = Math.min(MAX_LENGTH, Math.min(8 * period + 64, MAX_WORK / distinct.length));
        return steps < period ? null : new Search(weights, current, distinct, (int) period).run((int) steps);
    }

    static int gcd(int one, int other) {
        while (other != 0) {
            int rest = one % other;
            one = other;
            other = rest;
        }
        return one;
    }

    /** One search; the value of a server at pick t is {@code values[i] + t * weight}. */
    private static final class Search {
        private final int period;
        private final long sum;
        private final int[] distinct;
        private final int[][] heaps;
        private final long[] values;
        private final int[] quota;

        Search(int[] weights, long[] current, int[] distinct, int period) {
            this.period = period;
            this.distinct = distinct;
            values = current.clone();
            sum = Arrays.stream(weights).asLongStream().sum();
            quota = new int[weights.length];
            heaps = new int[distinct.length][];
            for (int heap = 0; heap < distinct.length; heap++) {
                int weight = distinct[heap];
                heaps[heap] = IntStream.range(0, weights.length)
                        .filter(i -> weights[i] == weight)
                        .toArray();
                for (int i : heaps[heap]) {
                    quota[i] = Math.toIntExact(weight * (long) period / sum);
                }
                for (int at = heaps[heap].length / 2 - 1; at >= 0; at--) {
                    siftDown(heaps[heap], at);
                }
            }
        }

        @Nullable
        SmoothPeriod run(int steps) {
            var order = new int[Math.min(steps, 2 * period)];
            var counts = new int[quota.length];
            int unequal = (int) Arrays.stream(quota).filter(share -> share > 0).count();
            for (int step = 0; step < steps; step++) {
                if (step == order.length) {
                    order = Arrays.copyOf(order, Math.min(steps, 2 * order.length));
                }
                int picked = pick(step + 1L);
                order[step] = picked;
                unequal += change(counts, picked, 1);
                if (step >= period) {
                    unequal += change(counts, order[step - period], -1);
                }
                if (unequal == 0) {
                    return new SmoothPeriod(Arrays.copyOf(order, step + 1), step + 1 - period);
                }
            }
            return null;
        }

        /** Counts a pick in or out of the last period; returns how many more servers differ from their share. */
        private int change(int[] counts, int index, int delta) {
            int before = counts[index] == quota[index] ? 0 : 1;
            counts[index] += delta;
            return (counts[index] == quota[index] ? 0 : 1) - before;
        }

        private int pick(long time) {
            int best = 0;
            long bestValue = Long.MIN_VALUE;
            for (int heap = 0; heap < heaps.length; heap++) {
                int top = heaps[heap][0];
                long value = values[top] + time * distinct[heap];
                if (value > bestValue || (value == bestValue && top < heaps[best][0])) {
                    best = heap;
                    bestValue = value;
                }
            }
            int picked = heaps[best][0];
            values[picked] -= sum;
            siftDown(heaps[best], 0);
            return picked;
        }

        private void siftDown(int[] heap, int from) {
            int at = from;
            int moving = heap[at];
            while (2 * at + 1 < heap.length) {
                int child = 2 * at + 1;
                if (child + 1 < heap.length && isBefore(heap[child + 1], heap[child])) {
                    child++;
                }
                if (!isBefore(heap[child], moving)) {
                    break;
                }
                heap[at] = heap[child];
                at = child;
            }
            heap[at] = moving;
        }

        private boolean isBefore(int one, int other) {
            return values[one] > values[other] || (values[one] == values[other] && one < other);
        }
    }
}
