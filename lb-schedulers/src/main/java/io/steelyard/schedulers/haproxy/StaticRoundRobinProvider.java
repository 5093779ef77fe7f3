package io.steelyard.schedulers.haproxy;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import org.jspecify.annotations.Nullable;

/**
 * {@code haproxy.static-rr}: round robin over a fixed map, the first server first; see {@link ServerMap}. Weights 2, 3 give
 * {@code a b a b b}. A new pool goes on at the same slot number.
 */
public final class StaticRoundRobinProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "haproxy.static-rr";
    }

    @Override
    public String description() {
        return "each server in turn, by weight, over a fixed map";
    }

    @Override
    public boolean followsWeightChanges() {
        return false;
    }

    @Override
    public Scheduler create(Options options) {
        return StaticRoundRobinPicker::new;
    }

    private static final class StaticRoundRobinPicker implements Picker {
        private final ServerMap map;

        StaticRoundRobinPicker(Candidates candidates, @Nullable Picker previous) {
            map = new ServerMap(candidates, previous instanceof StaticRoundRobinPicker same ? same.map : null);
        }

        @Override
        public int pick(Flow flow) {
            return map.next(flow);
        }
    }
}
