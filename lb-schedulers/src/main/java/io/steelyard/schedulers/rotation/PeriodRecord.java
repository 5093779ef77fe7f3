package io.steelyard.schedulers.rotation;

import java.util.Arrays;

/**
 * The last undisturbed picks, up to one period of them, and whether each server is among them as often as its weight says. Used by the holder
 * of a rotation's claim only.
 */
final class PeriodRecord {
    private final int[] quota;
    private final int[] picks;
    private final int[] counts;
    private final int servers;
    private int unequal;
    private int next;
    private int size;

    /** @param length picks in a period; 0 to record nothing */
    PeriodRecord(int[] weights, long sum, int length) {
        picks = new int[length];
        quota = new int[weights.length];
        counts = new int[weights.length];
        for (int i = 0; i < weights.length && length > 0; i++) {
            quota[i] = Math.toIntExact(weights[i] * (long) length / sum);
        }
        servers = (int) Arrays.stream(quota).filter(share -> share > 0).count();
        unequal = servers;
    }

    int length() {
        return picks.length;
    }

    void clear() {
        if (size > 0) {
            Arrays.fill(counts, 0);
            unequal = servers;
            next = 0;
            size = 0;
        }
    }

    /**
     * Adds a pick.
     *
     * @return whether the record is one whole period now
     */
    boolean add(int index) {
        if (picks.length == 0) {
            return false;
        }
        if (size == picks.length) {
            change(picks[next], -1);
        } else {
            size++;
        }
        change(index, 1);
        picks[next] = index;
        next = next + 1 == picks.length ? 0 : next + 1;
        return unequal == 0;
    }

    /**
     * Copies the record.
     *
     * @return the place of the oldest pick, which is the next to come
     */
    int copyTo(int[] order) {
        System.arraycopy(picks, 0, order, 0, picks.length);
        return next;
    }

    private void change(int index, int delta) {
        unequal -= counts[index] == quota[index] ? 0 : 1;
        counts[index] += delta;
        unequal += counts[index] == quota[index] ? 0 : 1;
    }
}
