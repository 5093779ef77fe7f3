package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.schedulers.load.LeastLoaded;

/**
 * {@code lvs.sed}: least {@code (active + 1) / weight}, compared without division; the first listed on ties. An idle pool gives its first
 * flow to the heaviest server.
 */
public final class ShortestExpectedDelayProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "lvs.sed";
    }

    @Override
    public String description() {
        return "fewest active connections for its weight, the new one counted in";
    }

    @Override
    public Scheduler create(Options options) {
        return (candidates, previous) -> LeastLoaded.withOneMore(candidates)::pick;
    }
}
