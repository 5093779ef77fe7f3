package io.steelyard.schedulers.consistent;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Picker;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * A table of places, each with a server, filled so that every server has its share and keeps most places when others come and go: each goes
 * through all places in an order of its own and claims the next free one when it is its turn (Eisenbud et al., "Maglev: A Fast and Reliable
 * Software Network Load Balancer", NSDI 2016, section 3.4). Turns come in proportion to the weights. Servers are known by their ids; all with
 * a weight above 0 have places, also those that are down. Immutable.
 */
final class MaglevTable {
    private final int[] places;
    private final String[] ids;
    private final int[] weights;

    private MaglevTable(String[] ids, int[] weights, int[] places) {
        this.ids = ids;
        this.weights = weights;
        this.places = places;
    }

    /**
     * The table of these candidates.
     *
     * @param previous the table until now, used again where servers and weights are the same
     * @param size a prime
     */
    static MaglevTable of(Candidates candidates, @Nullable MaglevTable previous, int size) {
        int count = candidates.size();
        var ids = new String[count];
        var weights = new int[count];
        for (int i = 0; i < count; i++) {
            ids[i] = candidates.id(i);
            weights[i] = candidates.weight(i);
        }
        if (previous != null && Arrays.equals(ids, previous.ids) && Arrays.equals(weights, previous.weights)) {
            return previous;
        }
        return new MaglevTable(ids, weights, fill(ids, weights, size));
    }

    private static int[] fill(String[] ids, int[] weights, int size) {
        var places = new int[size];
        Arrays.fill(places, Picker.NONE);
        long greatest = Arrays.stream(weights).max().orElse(0);
        if (greatest == 0) {
            return places;
        }
        var next = new int[ids.length];
        var skips = new int[ids.length];
        var credits = new long[ids.length];
        for (int i = 0; i < ids.length; i++) {
            long hash = KeyHash.of(ids[i]);
            next[i] = KeyHash.reduce(hash, size);
            skips[i] = KeyHash.reduce(KeyHash.next(hash), size - 1) + 1;
        }
        int filled = 0;
        while (true) {
            for (int i = 0; i < ids.length; i++) {
                credits[i] += weights[i];
                if (credits[i] < greatest) {
                    continue;
                }
                credits[i] -= greatest;
                while (places[next[i]] != Picker.NONE) {
                    next[i] = following(next[i], skips[i], size);
                }
                places[next[i]] = i;
                if (++filled == size) {
                    return places;
                }
            }
        }
    }

    private static int following(int place, int skip, int size) {
        int following = place + skip;
        return following >= size ? following - size : following;
    }

    /** The index of the server whose place a hash falls on; {@link Picker#NONE} where no server has a weight. */
    int server(long hash) {
        return places[KeyHash.reduce(hash, places.length)];
    }

    /** How many places there are. */
    int size() {
        return places.length;
    }

    /** Whether {@code size} can be that of a table: a prime from 3 to 16,777,213. */
    static boolean isSize(long size) {
        if (size < 3 || size > 16_777_213 || size % 2 == 0) {
            return false;
        }
        for (long divisor = 3; divisor * divisor <= size; divisor += 2) {
            if (size % divisor == 0) {
                return false;
            }
        }
        return true;
    }
}
