package io.steelyard.schedulers.nginx;

import io.steelyard.api.schedule.Candidates;

/** A line of slots, as many for each server as its weight, in configuration order. Servers that are down keep theirs. Immutable. */
final class WeightedSlots {
    private static final int MAX_TABLE = 1 << 20;

    private final int[] ends;
    private final int[] table;

    WeightedSlots(Candidates candidates) {
        ends = new int[candidates.size()];
        int end = 0;
        for (int i = 0; i < ends.length; i++) {
            end += candidates.weight(i);
            ends[i] = end;
        }
        table = new int[Math.min(end, MAX_TABLE)];
        for (int slot = 0, server = 0; slot < table.length; slot++) {
            while (slot >= ends[server]) {
                server++;
            }
            table[slot] = server;
        }
    }

    /** How many slots there are. */
    int total() {
        return ends.length == 0 ? 0 : ends[ends.length - 1];
    }

    /** The server of a slot from 0 to {@code total() - 1}. */
    int serverAt(int slot) {
        return slot < table.length ? table[slot] : search(slot);
    }

    private int search(int slot) {
        int low = 0;
        int high = ends.length - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (slot < ends[middle]) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return low;
    }
}
