package io.steelyard.schedulers.haproxy;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.schedulers.hash.HashRing;
import io.steelyard.schedulers.rotation.Position;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * HAProxy's consistent hash: 16 nodes for each unit of a usable server's weight; node n of server id is the avalanche of
 * {@code id * 4096 + n}. A hash goes to the nearest node, the one before it where two are as near, and on to the next nodes where that server
 * cannot take the flow. Flows without a hash go round the nodes.
 *
 * <p>With a balance factor of f percent the servers share {@code ceil((open flows + 1) * f / 100)} slots by weight, each has one at
 * least, and a server whose slots are taken is passed over; where all are, the factor is given up for that flow.
 *
 * <p>Immutable but for the position of going round, an atomic counter that every such pick adds to.
 */
final class ConsistentRing {
    private static final int NODES_PER_WEIGHT = 16;
    private static final int IDS_PER_SERVER = 4096;
    private static final int MAX_WEIGHT = 256;

    private final Candidates candidates;
    private final int factor;
    private final int[] weights;
    private final long[] weightsBefore;
    private final long totalWeight;
    private final HashRing ring;
    private final Position position;

    /** @param factor the balance factor in percent, 0 for none */
    ConsistentRing(Candidates candidates, int factor, @Nullable ConsistentRing previous) {
        this.candidates = candidates;
        this.factor = factor;
        weights = weights(candidates);
        weightsBefore = new long[weights.length];
        long total = 0;
        for (int i = 0; i < weights.length; i++) {
            weightsBefore[i] = total;
            total += weights[i];
        }
        totalWeight = total;
        ring = previous != null && Arrays.equals(previous.weights, weights) ? previous.ring : ring();
        position = new Position(previous == null ? 0 : positionAfter(previous));
    }

    boolean isEmpty() {
        return ring.size() == 0;
    }

    /** The weight that counts, 16 for each unit configured; at most 4096. */
    int weight(int index) {
        return weights[index];
    }

    /** The eligible server of the hash, or {@link Picker#NONE}. */
    int ofHash(int hash, Flow flow) {
        if (isEmpty()) {
            return Picker.NONE;
        }
        int node = ring.nearest(hash);
        if (factor == 0) {
            return eligibleFrom(node, flow);
        }
        long slots = ((candidates.poolActive() + 1L) * factor + 99) / 100;
        int at = node;
        for (int step = 0; step < ring.size(); step++) {
            int index = ring.owner(at);
            if (candidates.active(index) < slotsOf(index, slots) && candidates.isEligible(index, flow)) {
                return index;
            }
            at = ring.next(at);
        }
        return eligibleFrom(node, flow);
    }

    /** The owner of the next node, or of the first after it that is eligible, or {@link Picker#NONE}. */
    int next(Flow flow) {
        int size = ring.size();
        if (size == 0) {
            return Picker.NONE;
        }
        long drawn = position.getAndAdd(1);
        if (drawn >= size) {
            position.compareAndSet(drawn + 1, drawn + 1 - size);
            drawn %= size;
        }
        int at = (int) drawn;
        for (int step = 0; step < size; step++) {
            int index = ring.owner(at);
            if (candidates.isEligible(index, flow)) {
                if (step > 0) {
                    position.compareAndSet(drawn + 1, drawn + 1 + step);
                }
                return index;
            }
            at = ring.next(at);
        }
        return Picker.NONE;
    }

    private int eligibleFrom(int node, Flow flow) {
        int at = node;
        for (int step = 0; step < ring.size(); step++) {
            if (candidates.isEligible(ring.owner(at), flow)) {
                return ring.owner(at);
            }
            at = ring.next(at);
        }
        return Picker.NONE;
    }

    private long slotsOf(int index, long slots) {
        long rest = slots % totalWeight;
        long own = weights[index] * (slots / totalWeight)
                + (weightsBefore[index] + weights[index]) * rest / totalWeight
                - weightsBefore[index] * rest / totalWeight;
        return Math.max(1, own);
    }

    private HashRing ring() {
        var nodes = new HashRing.Builder((int) Math.min(1 << 22, totalWeight));
        for (int i = 0; i < weights.length; i++) {
            for (int node = 0; node < weights[i]; node++) {
                nodes.add(KeyHash.avalanche((i + 1) * IDS_PER_SERVER + node), i);
            }
        }
        return nodes.build(true);
    }

    /** The first node after the one another ring gave last. */
    private long positionAfter(ConsistentRing previous) {
        long at = previous.position.valueOpaque();
        if (at == 0 || previous.isEmpty() || isEmpty() || previous.ring == ring) {
            return at;
        }
        int last = previous.ring.hash((int) ((at - 1) % previous.ring.size()));
        return last == -1 ? 0 : ring.ceiling(last + 1);
    }

    private static int[] weights(Candidates candidates) {
        int greatest = IntStream.range(0, candidates.size())
                .map(candidates::weight)
                .max()
                .orElse(0);
        long divisor = Math.max(1, (greatest + MAX_WEIGHT - 1) / MAX_WEIGHT);
        return IntStream.range(0, candidates.size())
                .map(i -> candidates.isUsable(i)
                        ? (int) ((NODES_PER_WEIGHT * (long) candidates.weight(i) + divisor - 1) / divisor)
                        : 0)
                .toArray();
    }
}
