package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;

/**
 * {@code lvs.ovf}: the heaviest server with {@code active <= weight}, the first listed on ties. A server of weight w takes w + 1 flows; where
 * all have as many as that, the flow is refused.
 */
public final class OverflowProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "lvs.ovf";
    }

    @Override
    public String description() {
        return "the heaviest server until it has more connections than its weight, then the next";
    }

    @Override
    public Scheduler create(Options options) {
        return (candidates, previous) -> {
            var byWeight = ServerList.byWeight(candidates);
            return flow -> pick(candidates, byWeight, flow);
        };
    }

    private static int pick(Candidates candidates, int[] byWeight, Flow flow) {
        for (int index : byWeight) {
            if (candidates.active(index) <= candidates.weight(index) && candidates.isEligible(index, flow)) {
                return index;
            }
        }
        return Picker.NONE;
    }
}
