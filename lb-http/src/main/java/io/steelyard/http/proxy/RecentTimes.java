package io.steelyard.http.proxy;

import java.util.Arrays;

/** The last 256 times until an answer began, and their percentiles as of a few answers ago. Owned by one loop. */
final class RecentTimes {
    private static final int MOST = 256;

    /** Sorted anew after so many more. */
    private static final int EVERY = 16;

    private final long[] times = new long[MOST];
    private long[] sorted = {};
    private int count;
    private int sinceSorted = EVERY;

    void add(long elapsedNs) {
        times[count % MOST] = elapsedNs;
        count++;
        sinceSorted++;
        if (count == 2 * MOST) {
            count = MOST;
        }
    }

    /**
     * The time that so many of a hundred answers began within; 0 while there were too few answers to tell.
     *
     * @param percent more than 0, less than 100
     */
    long percentile(double percent) {
        int known = Math.min(count, MOST);
        if (known < EVERY) {
            return 0;
        }
        if (sinceSorted >= EVERY) {
            sinceSorted = 0;
            sorted = Arrays.copyOf(times, known);
            Arrays.sort(sorted);
        }
        return sorted[Math.min((int) (sorted.length * percent / 100), sorted.length - 1)];
    }
}
