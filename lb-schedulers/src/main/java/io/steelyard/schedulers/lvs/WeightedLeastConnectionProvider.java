package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.schedulers.load.LeastLoaded;

/**
 * {@code lvs.wlc}: least {@code (active * 256 + inactive) / weight}, compared without division; the first listed on ties. So an idle pool
 * gives its first flow to the first listed server, whatever the weights.
 */
public final class WeightedLeastConnectionProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "lvs.wlc";
    }

    @Override
    public String description() {
        return "fewest connections for its weight";
    }

    @Override
    public Scheduler create(Options options) {
        return (candidates, previous) -> LeastLoaded.tracked(candidates)::pick;
    }
}
