package com.example.scheduler;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;

/** Picks the server with the fewest open flows, the first listed on ties. */
public final class LeastBusyProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "least-busy";
    }

    @Override
    public String description() {
        return "fewest open flows, first listed on ties";
    }

    @Override
    public Scheduler create(Options options) {
        return (servers, previous) -> flow -> {
            int best = Picker.NONE;
            for (int i = 0; i < servers.size(); i++) {
                if (servers.isEligible(i, flow)
                        && (best == Picker.NONE
                                || servers.load(i).active() < servers.load(best).active())) {
                    best = i;
                }
            }
            return best;
        };
    }
}
