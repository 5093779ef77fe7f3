package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * {@code lvs.rr}: each server in turn, weights ignored except that 0 takes nothing. Where the server picked last goes, the turn goes on
 * behind the one before it.
 */
public final class RoundRobinProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "lvs.rr";
    }

    @Override
    public String description() {
        return "each server in turn, whatever its weight";
    }

    @Override
    public Scheduler create(Options options) {
        return RoundRobinPicker::new;
    }

    private static final class RoundRobinPicker implements Picker {
        /** Before the first server. */
        private static final int HEAD = -1;

        private final Candidates candidates;

        /** The index picked last. Any picking thread moves it by compare-and-set, so each turn is taken once. */
        private final AtomicInteger last;

        RoundRobinPicker(Candidates candidates, @Nullable Picker previous) {
            this.candidates = candidates;
            last = new AtomicInteger(
                    previous instanceof RoundRobinPicker before ? before.positionIn(candidates) : HEAD);
        }

        private int positionIn(Candidates next) {
            for (int i = last.get(); i >= 0; i--) {
                int index = next.indexOf(candidates.id(i));
                if (index >= 0) {
                    return index;
                }
            }
            return HEAD;
        }

        @Override
        public int pick(Flow flow) {
            while (true) {
                int from = last.get();
                int index = next(flow, from + 1, candidates.size());
                if (index == NONE) {
                    index = next(flow, 0, from + 1);
                }
                if (index == NONE || last.compareAndSet(from, index)) {
                    return index;
                }
            }
        }

        private int next(Flow flow, int from, int to) {
            for (int i = from; i < to; i++) {
                if (candidates.isEligible(i, flow)) {
                    return i;
                }
            }
            return NONE;
        }
    }
}
