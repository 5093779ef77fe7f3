package io.steelyard.schedulers.haproxy;

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
 * {@code haproxy.random}, HAProxy's default since 3.3: {@code draws} random hashes choose servers from the {@link ConsistentRing}, and the
 * one with the fewest open flows by weight is picked; where two tie, the one with fewer new flows in the last second, or else the later drawn.
 */
public final class RandomProvider implements SchedulerProvider {
    private static final int MAX_DRAWS = 1_000;

    @Override
    public String name() {
        return "haproxy.random";
    }

    @Override
    public String description() {
        return "the least loaded of a few (draws) random servers";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(
                OptionSpec.integer("draws", 2, "how many servers are compared, at least 1"),
                HashedPicker.BALANCE_FACTOR);
    }

    @Override
    public boolean followsWeightChanges() {
        return false;
    }

    /** @throws IllegalArgumentException where the draws or the balance factor are out of range */
    @Override
    public Scheduler create(Options options) {
        long draws = options.integer("draws");
        if (draws < 1 || draws > MAX_DRAWS) {
            throw new IllegalArgumentException("draws is " + draws + ", expected 1 to " + MAX_DRAWS);
        }
        int factor = HashedPicker.balanceFactor(options);
        return (candidates, previous) -> new RandomPicker(candidates, previous, (int) draws, factor);
    }

    private static final class RandomPicker implements Picker {
        private final Candidates candidates;
        private final ConsistentRing ring;
        private final PickRates rates;
        private final int draws;

        RandomPicker(Candidates candidates, @Nullable Picker previous, int draws, int factor) {
            this.candidates = candidates;
            this.draws = draws;
            var same = previous instanceof RandomPicker picker ? picker : null;
            ring = new ConsistentRing(candidates, factor, same == null ? null : same.ring);
            rates = new PickRates(candidates, same == null ? null : same.rates);
        }

        @Override
        public int pick(Flow flow) {
            int best = NONE;
            for (int draw = 0; draw < draws; draw++) {
                int drawn = ring.ofHash((int) flow.nextLong(), flow);
                if (drawn == NONE) {
                    break;
                }
                best = best == NONE || best == drawn || !isBetter(best, drawn, flow.nowNs()) ? drawn : best;
            }
            if (best != NONE) {
                rates.count(best, flow.nowNs());
            }
            return best;
        }

        private boolean isBetter(int one, int other, long nowNs) {
            long difference = (long) candidates.active(one) * ring.weight(other)
                    - (long) candidates.active(other) * ring.weight(one);
            return difference < 0 || (difference == 0 && rates.milliPicks(one, nowNs) < rates.milliPicks(other, nowNs));
        }
    }
}
