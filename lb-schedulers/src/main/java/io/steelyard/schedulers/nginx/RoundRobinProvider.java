package io.steelyard.schedulers.nginx;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import org.jspecify.annotations.Nullable;

/**
 * {@code nginx.round_robin}: nginx's default, smooth weighted round robin; see
 * {@link io.steelyard.schedulers.rotation.SmoothRotation}.
 */
public final class RoundRobinProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "nginx.round_robin";
    }

    @Override
    public String description() {
        return "each server in turn, by weight, smoothly spread (nginx's default)";
    }

    @Override
    public Scheduler create(Options options) {
        return RoundRobinPicker::new;
    }

    private static final class RoundRobinPicker extends RotatingPicker {
        RoundRobinPicker(Candidates candidates, @Nullable Picker previous) {
            super(candidates, previous);
        }

        @Override
        public int pick(Flow flow) {
            return rotation.pick(flow);
        }
    }
}
