package io.steelyard.schedulers.haproxy;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;

/** {@code haproxy.first}: the first server that has room, whatever the weights; so the last ones stay idle as long as can be. */
public final class FirstProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "haproxy.first";
    }

    @Override
    public String description() {
        return "the first server until it is full, then the second, and so on";
    }

    @Override
    public Scheduler create(Options options) {
        return (candidates, previous) -> flow -> first(candidates, flow);
    }

    private static int first(Candidates candidates, Flow flow) {
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.isEligible(i, flow)) {
                return i;
            }
        }
        return Picker.NONE;
    }
}
