package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;

/** {@code lvs.fo}: all flows go to the heaviest server that can serve, the first listed on ties; the others stand by. */
public final class WeightedFailoverProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "lvs.fo";
    }

    @Override
    public String description() {
        return "the heaviest server that can serve";
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
            if (candidates.isEligible(index, flow)) {
                return index;
            }
        }
        return Picker.NONE;
    }
}
