package io.steelyard.core;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;

/** Picks the first server that is eligible, so that tests know which comes next. */
public final class ListedFirst implements SchedulerProvider {
    /** It, and no other plug-in. */
    public static Plugins plugins() {
        return Plugins.builder().register(new ListedFirst()).build();
    }

    @Override
    public String name() {
        return "listed-first";
    }

    @Override
    public String description() {
        return "the first eligible server";
    }

    @Override
    public Scheduler create(Options options) {
        return (servers, previous) -> flow -> {
            for (int i = 0; i < servers.size(); i++) {
                if (servers.isEligible(i, flow)) {
                    return i;
                }
            }
            return Picker.NONE;
        };
    }
}
