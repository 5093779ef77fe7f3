package io.steelyard.schedulers.nginx;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.schedulers.load.LeastLoaded;
import io.steelyard.schedulers.load.WeightGroups;
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
        private final LeastLoaded leastLoaded;
        private final OpenTies ties;

        LeastConnPicker(Candidates candidates, @Nullable Picker previous) {
            super(candidates, previous);
            var groups = WeightGroups.of(candidates);
            leastLoaded = LeastLoaded.open(candidates, groups);
            ties = new OpenTies(candidates, groups);
        }

        @Override
        public int pick(Flow flow) {
            int best = leastLoaded.pick(flow);
            if (best == NONE) {
                return NONE;
            }
            long flows = candidates.active(best);
            int weight = candidates.weight(best);
            if (ties.areAll(flows, weight)) {
                int index = rotation.pick(flow);
                return index == NONE ? best : index;
            }
            return isAlone(best, flow, flows, weight) ? best : pickTied(flow, best, flows, weight);
        }

        private boolean isAlone(int best, Flow flow, long flows, int weight) {
            int end = candidates.size();
            for (int at = ties.next(0, end, flow, flows, weight);
                    at < end;
                    at = ties.next(at + 1, end, flow, flows, weight)) {
                int index = ties.index(at);
                if (index != best && candidates.isEligible(index, flow)) {
                    return false;
                }
            }
            return true;
        }

        private int pickTied(Flow flow, int best, long flows, int weight) {
            int index = rotation.pickTied(flow, 0, ties, flows, weight);
            return index == NONE ? best : index;
        }
    }
}
