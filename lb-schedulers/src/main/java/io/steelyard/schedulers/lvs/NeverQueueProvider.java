package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.schedulers.load.LeastLoaded;

/** {@code lvs.nq}: the first listed server without an active flow; where all have some, as {@code lvs.sed}. */
public final class NeverQueueProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "lvs.nq";
    }

    @Override
    public String description() {
        return "the first idle server, else the shortest expected delay";
    }

    @Override
    public Scheduler create(Options options) {
        return (candidates, previous) -> {
            var soonest = LeastLoaded.withOneMore(candidates);
            return flow -> pick(candidates, flow, soonest);
        };
    }

    private static int pick(Candidates candidates, Flow flow, LeastLoaded soonest) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.active(i) == 0 && candidates.isEligible(i, flow)) {
                return i;
            }
        }
        return soonest.pick(flow);
    }
}
