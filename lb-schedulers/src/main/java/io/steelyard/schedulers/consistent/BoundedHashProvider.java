package io.steelyard.schedulers.consistent;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code bounded-hash}: as {@code maglev}, but no server gets more than {@code factor} percent of its fair part of the open flows (Mirrokni,
 * Thorup and Zadimoghaddam, "Consistent Hashing with Bounded Loads", SODA 2018). With n open flows in the pool, this one included, a server
 * of weight w out of W takes at most {@code ceil(n * factor / 100 * w / W)}. A flow whose server is at its bound goes to the key's next
 * choice below its own.
 */
public final class BoundedHashProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "bounded-hash";
    }

    @Override
    public String description() {
        return "consistent hash of the key that passes servers with far more than their share of open flows";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(
                OptionSpec.integer(
                        "factor", 125, "percent of its fair part of the open flows a server may have, 101 to 10000"),
                MaglevProvider.tableSizeOption());
    }

    @Override
    public boolean usesHashKey() {
        return true;
    }

    @Override
    public boolean followsWeightChanges() {
        return false;
    }

    @Override
    public Scheduler create(Options options) {
        long factor = options.integer("factor");
        int size = MaglevProvider.tableSize(options);
        if (factor < 101 || factor > 10_000) {
            throw new IllegalArgumentException("factor is " + factor + ", expected 101 to 10000");
        }
        return (candidates, previous) -> new BoundedPicker(
                candidates, previous instanceof BoundedPicker before ? before.table : null, factor, size);
    }

    private static final class BoundedPicker implements Picker {
        private static final int HASHES = 64;

        private final Candidates candidates;
        private final MaglevTable table;
        private final long[] salts;

        /** For each server the bound for one open flow of the pool: factor / 100 * weight / sum of weights. */
        private final double[] bounds;

        BoundedPicker(Candidates candidates, @Nullable MaglevTable previous, long factor, int size) {
            this.candidates = candidates;
            table = MaglevTable.of(candidates, previous, size);
            salts = Rendezvous.salts(candidates);
            bounds = new double[candidates.size()];
            double sum = 0;
            for (int i = 0; i < bounds.length; i++) {
                sum += candidates.isUsable(i) ? candidates.weight(i) : 0;
            }
            for (int i = 0; i < bounds.length; i++) {
                bounds[i] = candidates.weight(i) * (factor / 100.0) / sum;
            }
        }

        @Override
        public int pick(Flow flow) {
            if (candidates.usableCount() == 0) {
                return NONE;
            }
            double flows = candidates.poolActive() + 1.0;
            long first = KeyHash.of(flow);
            long hash = first;
            for (int i = 0; i < HASHES; i++) {
                int index = table.server(hash);
                if (candidates.isEligible(index, flow) && isBelowBound(index, flows)) {
                    return index;
                }
                hash = KeyHash.next(hash);
            }
            int index = leastFilled(flow);
            return index == NONE || isBelowBound(index, flows)
                    ? index
                    : Rendezvous.pick(candidates, salts, first, flow);
        }

        private boolean isBelowBound(int index, double flows) {
            return candidates.active(index) < Math.ceil(flows * bounds[index]);
        }

        /** The eligible server with the fewest open flows for its weight, the first listed on ties. */
        private int leastFilled(Flow flow) {
            int least = NONE;
            for (int i = 0; i < candidates.size(); i++) {
                if (candidates.isEligible(i, flow)
                        && (least == NONE
                                || (long) candidates.active(i) * candidates.weight(least)
                                        < (long) candidates.active(least) * candidates.weight(i))) {
                    least = i;
                }
            }
            return least;
        }
    }
}
