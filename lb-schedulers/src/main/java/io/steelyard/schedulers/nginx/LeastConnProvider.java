package io.steelyard.schedulers.nginx;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.schedulers.rotation.SmoothRotation;
import org.jspecify.annotations.Nullable;

/**
 * {@code nginx.least_conn}: the server with the fewest open flows by weight, compared as {@code a.flows * b.weight < b.flows * a.weight}.
 * Where several tie, smooth weighted round robin among them; so an idle pool is served exactly as by {@code nginx.round_robin}.
 */
public final class LeastConnProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "nginx.least_conn";
    }

    @Override
    public String description() {
        return "fewest open flows by weight, round robin among equals";
    }

    @Override
    public Scheduler create(Options options) {
        return LeastConnPicker::new;
    }

    private static final class LeastConnPicker extends RotatingPicker {
        private final SmoothRotation.Tie tie = this::isTied;

        LeastConnPicker(Candidates candidates, @Nullable Picker previous) {
            super(candidates, previous);
        }

        @Override
        public int pick(Flow flow) {
            int best = NONE;
            long leastFlows = 0;
            int leastWeight = 1;
            int ties = 0;
            for (int i = 0; i < candidates.size(); i++) {
                long flows = candidates.active(i);
                int weight = candidates.weight(i);
                long difference = best == NONE ? -1 : flows * leastWeight - leastFlows * weight;
                // Most servers are busier than the best so far, and that is the cheaper question.
                if (difference > 0 || !candidates.isEligible(i, flow)) {
                    continue;
                }
                if (difference < 0) {
                    best = i;
                    leastFlows = flows;
                    leastWeight = weight;
                    ties = 1;
                } else {
                    ties++;
                }
            }
            if (ties <= 1) {
                return best;
            }
            int index = ties == candidates.usableCount()
                    ? rotation.pick(flow)
                    : rotation.pickTied(flow, best, tie, leastFlows, leastWeight);
            return index == NONE ? best : index;
        }

        private boolean isTied(int index, Flow flow, long flows, int weight) {
            return (long) candidates.active(index) * weight == flows * candidates.weight(index);
        }
    }
}
