package io.steelyard.schedulers.sampled;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;

/**
 * {@code p2c}, the native default: of two servers drawn by weight the one with fewer open flows for its weight. An idle pool is shared by
 * weight; a busy server gets less than its share, a slow one fills and is left alone.
 */
public final class PowerOfTwoProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "p2c";
    }

    @Override
    public String description() {
        return "the less busy of two different servers drawn by weight";
    }

    @Override
    public Scheduler create(Options options) {
        return (candidates, previous) -> new LessBusyPicker(candidates);
    }

    private static final class LessBusyPicker extends TwoChoicePicker {
        private final WeightedDraw draw;

        LessBusyPicker(Candidates candidates) {
            super(candidates);
            draw = new WeightedDraw(candidates, index -> true);
        }

        @Override
        public int pick(Flow flow) {
            return pickFrom(draw, flow);
        }

        @Override
        boolean isBetter(int challenger, int holder, Flow flow) {
            return isLessBusy(challenger, holder);
        }
    }
}
