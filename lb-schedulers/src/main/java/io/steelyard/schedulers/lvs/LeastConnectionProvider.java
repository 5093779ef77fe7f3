package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.schedulers.load.LeastLoaded;

/**
 * {@code lvs.lc}: least {@code active * 256 + inactive}, the first listed on ties; weights are ignored, except that 0 takes nothing.
 */
public final class LeastConnectionProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "lvs.lc";
    }

    @Override
    public String description() {
        return "fewest connections, an active one counting as 256 inactive ones";
    }

    @Override
    public Scheduler create(Options options) {
        return (candidates, previous) -> LeastLoaded.trackedUnweighted(candidates)::pick;
    }
}
