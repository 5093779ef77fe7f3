package io.steelyard.schedulers.haproxy;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.schedulers.rotation.Position;
import java.util.Arrays;
import java.util.BitSet;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * HAProxy's static map: as many slots for each usable server as its weight, divided by what all weights have in common. Slot by slot every
 * server's score grows by its weight; the server with the greatest (score + slots) / slots, in whole numbers, gets the slot, the first of
 * equals, and loses as many as there are slots. Round robin goes from slot to slot; a hash modulo the slots chooses one.
 *
 * <p>Immutable but for the position of round robin: it is written by every pick with an atomic addition; a pick that passes over servers moves it
 * further by compare-and-set, so that picks one after another are exact.
 */
final class ServerMap {
    /** Above this many slots weights are scaled down together. */
    private static final int MAX_SLOTS = 1 << 20;

    private final Candidates candidates;
    private final int[] slots;
    private final Position position;

    ServerMap(Candidates candidates, @Nullable ServerMap previous) {
        this.candidates = candidates;
        slots = slots(weights(candidates));
        int at = previous == null ? 0 : previous.nextSlot();
        position = new Position(at >= slots.length ? 0 : at);
    }

    /** How many slots there are; 0 where no server is usable. */
    int size() {
        return slots.length;
    }

    /** The next eligible server by round robin, or {@link Picker#NONE}. */
    int next(Flow flow) {
        int length = slots.length;
        if (length == 0) {
            return Picker.NONE;
        }
        long drawn = position.getAndAdd(1);
        int at = (int) drawn;
        if (drawn >= length) {
            position.compareAndSet(drawn + 1, drawn + 1 - length);
            drawn = (int) (drawn % length);
            at = (int) drawn;
        }
        if (candidates.isEligible(slots[at], flow)) {
            return slots[at];
        }
        int passed = eligibleAfter(at, flow);
        position.compareAndSet(drawn + 1, drawn + 1 + passed);
        return passed == 0 ? Picker.NONE : slots[(at + passed) % length];
    }

    /** The eligible server of a hash's slot or of the next after it that has one, or {@link Picker#NONE}. */
    int ofHash(int hash, Flow flow) {
        if (slots.length == 0) {
            return Picker.NONE;
        }
        int at = Integer.remainderUnsigned(hash, slots.length);
        if (candidates.isEligible(slots[at], flow)) {
            return slots[at];
        }
        int passed = eligibleAfter(at, flow);
        return passed == 0 ? Picker.NONE : slots[(at + passed) % slots.length];
    }

    /** How many slots further the next eligible server is; 0 where there is none. */
    private int eligibleAfter(int at, Flow flow) {
        for (int step = 1; step < slots.length; step++) {
            int slot = at + step < slots.length ? at + step : at + step - slots.length;
            if (candidates.isEligible(slots[slot], flow)) {
                return step;
            }
        }
        return 0;
    }

    /** The slot round robin is at, 1 to the number of slots where it has begun. */
    private int nextSlot() {
        long at = position.valueOpaque();
        return at <= slots.length ? (int) at : (int) ((at - 1) % slots.length) + 1;
    }

    private static int[] weights(Candidates candidates) {
        int divisor = 0;
        long sum = 0;
        for (int i = 0; i < candidates.size(); i++) {
            divisor = gcd(candidates.weight(i), divisor);
            sum += candidates.weight(i);
        }
        int scale = (int) Math.max(divisor, (sum + MAX_SLOTS - 1) / MAX_SLOTS);
        return IntStream.range(0, candidates.size())
                .map(i -> candidates.isUsable(i) ? (candidates.weight(i) + scale - 1) / scale : 0)
                .toArray();
    }

    private static int gcd(int one, int other) {
        return other == 0 ? one : gcd(other, one % other);
    }

    /**
     * Deals out the slots. A server's (score + slots) / slots is a level that rises by one each time its weight has added up to another
     * full number of slots, and falls by one with each slot it gets; so only those that rise need a look at each slot.
     */
    private static int[] slots(int[] weights) {
        int length = Arrays.stream(weights).sum();
        var rises = rises(weights, length);
        var levels = new BitSet[4];
        Arrays.setAll(levels, level -> new BitSet(weights.length));
        for (int i = 0; i < weights.length; i++) {
            levels[1].set(i, weights[i] > 0);
        }
        var slots = new int[length];
        for (int slot = 0, rise = 0; slot < length; slot++) {
            for (; rise < length && rises[rise] >>> 32 <= slot; rise++) {
                int server = (int) rises[rise];
                int level = levels[0].get(server) ? 0 : levels[1].get(server) ? 1 : 2;
                levels[level].clear(server);
                levels[level + 1].set(server);
            }
            int level = !levels[3].isEmpty() ? 3 : !levels[2].isEmpty() ? 2 : !levels[1].isEmpty() ? 1 : 0;
            int server = levels[level].nextSetBit(0);
            slots[slot] = server;
            levels[level].clear(server);
            levels[Math.max(0, level - 1)].set(server);
        }
        return slots;
    }

    /** Every rise of a level: the slot at which it happens, then the server, in this order. */
    private static long[] rises(int[] weights, int length) {
        var rises = new long[length];
        int count = 0;
        for (int i = 0; i < weights.length; i++) {
            for (int nth = 1; nth <= weights[i]; nth++) {
                long slot = ((long) nth * length + weights[i] - 1) / weights[i] - 1;
                rises[count++] = slot << 32 | i;
            }
        }
        Arrays.sort(rises);
        return rises;
    }
}
