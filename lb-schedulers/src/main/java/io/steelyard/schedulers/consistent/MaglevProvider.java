package io.steelyard.schedulers.consistent;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.List;

/**
 * {@code maglev}: the key chooses a place of a {@link MaglevTable}. Where that place's server cannot take the flow, the key is hashed again
 * to another place, so that the flows of a lost server spread over all others by weight.
 */
public final class MaglevProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "maglev";
    }

    @Override
    public String description() {
        return "consistent hash of the key by a Maglev table, by weight";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(tableSizeOption());
    }

    static OptionSpec tableSizeOption() {
        return OptionSpec.integer(
                "table-size", 65_537, "places of the table, a prime; a hundred for each server or more");
    }

    static int tableSize(Options options) {
        long size = options.integer("table-size");
        if (!MaglevTable.isSize(size)) {
            throw new IllegalArgumentException("table-size is " + size + ", expected a prime from 3 to 16777213");
        }
        return (int) size;
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
        int size = tableSize(options);
        return (candidates, previous) -> new MaglevPicker(
                candidates,
                MaglevTable.of(candidates, previous instanceof MaglevPicker before ? before.table : null, size),
                Rendezvous.salts(candidates));
    }

    private record MaglevPicker(Candidates candidates, MaglevTable table, long[] salts) implements Picker {
        private static final int HASHES = 64;

        @Override
        public int pick(Flow flow) {
            if (candidates.usableCount() == 0) {
                return NONE;
            }
            long hash = KeyHash.of(flow);
            int index = table.server(hash);
            return candidates.isEligible(index, flow) ? index : nextChoice(hash, flow);
        }

        private int nextChoice(long first, Flow flow) {
            long hash = first;
            for (int i = 1; i < HASHES; i++) {
                hash = KeyHash.next(hash);
                int index = table.server(hash);
                if (candidates.isEligible(index, flow)) {
                    return index;
                }
            }
            return Rendezvous.pick(candidates, salts, first, flow);
        }
    }
}
