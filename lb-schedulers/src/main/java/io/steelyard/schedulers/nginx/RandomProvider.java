package io.steelyard.schedulers.nginx;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * {@code nginx.random}: a server drawn by weight. With {@code two=true} two different ones that can take the flow are drawn, and the one with
 * the lesser cost by weight is picked, the second where they tie. The cost is the open flows, or with {@code method=least_time} what
 * {@code nginx.least_time} estimates. After twenty draws without success round robin decides.
 */
public final class RandomProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "nginx.random";
    }

    @Override
    public String description() {
        return "a random server by weight, or (two=true) the better of two";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(
                OptionSpec.flag("two", "draw two and take the better"),
                OptionSpec.choice("method", List.of("least_conn", "least_time"), "what makes one of two the better"),
                LeastTimeProvider.WHAT);
    }

    @Override
    public boolean followsWeightChanges() {
        return false;
    }

    /** @throws IllegalArgumentException where {@code method=least_time} is given without {@code two=true} */
    @Override
    public Scheduler create(Options options) {
        boolean isTimed = options.text("method").equals("least_time");
        if (!options.flag("two")) {
            if (isTimed) {
                throw new IllegalArgumentException("method=least_time chooses between two servers: it needs two=true");
            }
            return RandomPicker::new;
        }
        if (!isTimed) {
            return TwoChoicesPicker::new;
        }
        var what = ResponseTimes.What.of(options.text("what"));
        return (candidates, previous) -> new TimedTwoChoicesPicker(candidates, previous, what);
    }

    private static class RandomPicker extends RotatingPicker {
        private final WeightedSlots slots;

        RandomPicker(Candidates candidates, @Nullable Picker previous) {
            super(candidates, previous);
            slots = new WeightedSlots(candidates);
        }

        final boolean canDraw() {
            return candidates.size() > 1 && slots.total() > 0;
        }

        final int draw(Flow flow) {
            return slots.serverAt(flow.nextInt(slots.total()));
        }

        @Override
        public int pick(Flow flow) {
            for (int tries = 0; tries <= MAX_TRIES && canDraw(); tries++) {
                int index = draw(flow);
                if (candidates.isEligible(index, flow)) {
                    return index;
                }
            }
            return rotation.pick(flow);
        }
    }

    private static class TwoChoicesPicker extends RandomPicker {
        TwoChoicesPicker(Candidates candidates, @Nullable Picker previous) {
            super(candidates, previous);
        }

        /** What a further flow on the server would cost, not yet by weight. */
        long cost(int index, Flow flow) {
            return candidates.active(index);
        }

        @Override
        public int pick(Flow flow) {
            int first = NONE;
            for (int tries = 0; tries <= MAX_TRIES && canDraw(); ) {
                int index = draw(flow);
                if (index == first || !candidates.isEligible(index, flow)) {
                    tries++;
                } else if (first == NONE) {
                    first = index;
                } else {
                    long second = cost(index, flow) * candidates.weight(first);
                    return second > cost(first, flow) * candidates.weight(index) ? first : index;
                }
            }
            return rotation.pick(flow);
        }
    }

    private static final class TimedTwoChoicesPicker extends TwoChoicesPicker {
        private final ResponseTimes times;

        TimedTwoChoicesPicker(Candidates candidates, @Nullable Picker previous, ResponseTimes.What what) {
            super(candidates, previous);
            times = new ResponseTimes(
                    candidates, what, null, previous instanceof TimedTwoChoicesPicker same ? same.times : null);
        }

        @Override
        long cost(int index, Flow flow) {
            return times.estimate(index, flow.nowNs());
        }

        @Override
        public int pick(Flow flow) {
            int index = super.pick(flow);
            if (index != NONE) {
                times.onPicked(index, flow.nowNs());
            }
            return index;
        }

        @Override
        public void onConnected(int index, long elapsedNs) {
            times.onConnected(index, elapsedNs);
        }

        @Override
        public void onFirstByte(int index, long elapsedNs) {
            times.onFirstByte(index, elapsedNs);
        }

        @Override
        public void onCompleted(int index, long elapsedNs) {
            times.onCompleted(index, elapsedNs);
        }

        @Override
        public void onFailed(int index, long elapsedNs) {
            super.onFailed(index, elapsedNs);
            times.onFailed(index, elapsedNs);
        }
    }
}
