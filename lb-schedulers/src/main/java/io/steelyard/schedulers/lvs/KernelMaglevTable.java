package io.steelyard.schedulers.lvs;

import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Picker;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The lookup table of {@code lvs.mh}, filled as the kernel fills it. Immutable. */
final class KernelMaglevTable {
    private static final KernelSipHash PLACE_HASH = new KernelSipHash(2_654_435_761L, 2_654_435_761L);
    private static final KernelSipHash SKIP_HASH = new KernelSipHash(2_654_446_892L, 2_654_446_892L);
    private static final int WEIGHT_BITS = 6;

    private final int[] places;
    private final Map<String, Integer> lastWeights;

    private KernelMaglevTable(int[] places, Map<String, Integer> lastWeights) {
        this.places = places;
        this.lastWeights = lastWeights;
    }

    /**
     * The table of these candidates.
     *
     * @param previous the pool's table until now, for the last weights above 0
     * @param size a prime
     */
    static KernelMaglevTable build(Candidates candidates, @Nullable KernelMaglevTable previous, int size) {
        var lastWeights = new HashMap<String, Integer>();
        var weights = new int[candidates.size()];
        for (int i = 0; i < weights.length; i++) {
            weights[i] = lastWeight(candidates, i, previous);
            lastWeights.put(candidates.id(i), weights[i]);
        }
        var places = new int[size];
        Arrays.fill(places, Picker.NONE);
        fill(places, candidates, turns(weights));
        return new KernelMaglevTable(places, lastWeights);
    }

    private static int lastWeight(Candidates candidates, int index, @Nullable KernelMaglevTable previous) {
        if (!ServerList.isListed(candidates, index)) {
            return 0;
        }
        int weight = candidates.weight(index);
        if (weight > 0) {
            return weight;
        }
        int known = previous == null ? 0 : previous.lastWeights.getOrDefault(candidates.id(index), 0);
        return known == 0 && candidates.server(index).adminState() == AdminState.DRAINING
                ? candidates.server(index).weight()
                : known;
    }

    /** How many places each server takes at a time: its weight, scaled so that the greatest has at most 6 bits, at least 1. */
    static int[] turns(int[] weights) {
        int divisor = 0;
        int most = 0;
        for (int weight : weights) {
            divisor = greatestCommonDivisor(divisor, weight);
            most = Math.max(most, weight);
        }
        var turns = new int[weights.length];
        if (most > 0) {
            int shift = Math.max(Integer.SIZE - Integer.numberOfLeadingZeros(most / divisor) - WEIGHT_BITS, 0);
            for (int i = 0; i < weights.length; i++) {
                turns[i] = weights[i] == 0 ? 0 : Math.max(weights[i] / divisor >> shift, 1);
            }
        }
        return turns;
    }

    private static void fill(int[] places, Candidates candidates, int[] turns) {
        int size = places.length;
        if (Arrays.stream(turns).allMatch(turn -> turn == 0)) {
            return;
        }
        var next = new int[turns.length];
        var skips = new int[turns.length];
        for (int i = 0; i < turns.length; i++) {
            int value = hashedAddress(candidates, i);
            next[i] = firstPlace(value, size);
            skips[i] = skip(value, size);
        }
        var taken = new BitSet(size);
        int filled = 0;
        while (true) {
            for (int i = 0; i < turns.length; i++) {
                for (int turn = 0; turn < turns[i]; turn++) {
                    while (taken.get(next[i])) {
                        next[i] = (int) (((long) next[i] + skips[i]) % size);
                    }
                    taken.set(next[i]);
                    places[next[i]] = i;
                    if (++filled == size) {
                        return;
                    }
                }
            }
        }
    }

    /** The first place a server claims. */
    static int firstPlace(int value, int size) {
        return PLACE_HASH.hash(value, size);
    }

    /** How far from each place it claims the next one is. */
    static int skip(int value, int size) {
        return SKIP_HASH.hash(value, size - 1) + 1;
    }

    /** The folded address plus the port. A server without a numeric address is hashed by its text. */
    static int hashedAddress(Candidates candidates, int index) {
        return switch (candidates.server(index).address()) {
            case ServerAddress.Ip ip -> {
                var bytes = ByteBuffer.wrap(ip.address().getAddress());
                int folded = 0;
                while (bytes.hasRemaining()) {
                    folded ^= bytes.getInt();
                }
                yield folded + ip.port();
            }
            case ServerAddress.Name name -> name.host().hashCode() + name.port();
            case ServerAddress.Unix unix -> unix.path().hashCode();
        };
    }

    int size() {
        return places.length;
    }

    /** The place a hashed value belongs to. */
    int place(int value) {
        return PLACE_HASH.hash(value, places.length);
    }

    /** The index of a place's server; {@link Picker#NONE} where no server has one. */
    int server(int place) {
        return places[place];
    }

    private static int greatestCommonDivisor(int a, int b) {
        return b == 0 ? a : greatestCommonDivisor(b, a % b);
    }
}
