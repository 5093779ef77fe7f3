package io.steelyard.schedulers.haproxy;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.schedulers.rotation.FairRotation;
import org.jspecify.annotations.Nullable;

/** {@code haproxy.roundrobin}: dynamic weighted round robin, the heaviest server first; see {@link FairRotation}. */
public final class RoundRobinProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "haproxy.roundrobin";
    }

    @Override
    public String description() {
        return "each server in turn, by weight; weights may change at any time";
    }

    @Override
    public Scheduler create(Options options) {
        return RoundRobinPicker::new;
    }

    private static final class RoundRobinPicker implements Picker {
        private final FairRotation rotation;

        RoundRobinPicker(Candidates candidates, @Nullable Picker previous) {
            rotation = new FairRotation(candidates, previous instanceof RoundRobinPicker same ? same.rotation : null);
        }

        @Override
        public int pick(Flow flow) {
            return rotation.pick(flow);
        }
    }
}
