package io.steelyard.schedulers.nginx;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.schedulers.rotation.SmoothRotation;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * {@code nginx.least_time}: the server with the least estimated time by weight, where the estimate is its average time to connect, to
 * the first byte or to the last one, times its open flows and one more; see {@link ResponseTimes}. Where several tie, smooth weighted round
 * robin among them. With {@code inflight=true} flows that still wait count in, so that a server that stopped answering is seen.
 */
public final class LeastTimeProvider implements SchedulerProvider {
    static final OptionSpec WHAT = OptionSpec.choice(
            "what",
            List.of("first_byte", "header", "connect", "last_byte"),
            "which moment is timed; header is another word for first_byte");

    private final LongSupplier ticker;

    public LeastTimeProvider() {
        this(System::nanoTime);
    }

    LeastTimeProvider(LongSupplier ticker) {
        this.ticker = ticker;
    }

    @Override
    public String name() {
        return "nginx.least_time";
    }

    @Override
    public String description() {
        return "least estimated response time by weight, round robin among equals";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(WHAT, OptionSpec.flag("inflight", "count flows that still wait"));
    }

    @Override
    public Scheduler create(Options options) {
        var what = ResponseTimes.What.of(options.text("what"));
        var watched = options.flag("inflight") ? ticker : null;
        return (candidates, previous) -> new LeastTimePicker(candidates, previous, what, watched);
    }

    private static final class LeastTimePicker extends RotatingPicker {
        private final ResponseTimes times;
        private final SmoothRotation.Tie tie;

        LeastTimePicker(
                Candidates candidates,
                @Nullable Picker previous,
                ResponseTimes.What what,
                @Nullable LongSupplier ticker) {
            super(candidates, previous);
            times = new ResponseTimes(
                    candidates, what, ticker, previous instanceof LeastTimePicker same ? same.times : null);
            tie = this::isTied;
        }

        @Override
        public int pick(Flow flow) {
            long nowNs = flow.nowNs();
            int best = NONE;
            long least = 0;
            int leastWeight = 1;
            int ties = 0;
            for (int i = 0; i < candidates.size(); i++) {
                int weight = candidates.weight(i);
                // Most servers would be busier than the best so far even if they answered at once.
                boolean isBusier = best != NONE && times.leastEstimate(i) * leastWeight > least * weight;
                if ((isBusier && !times.isWatchingWaits()) || !candidates.isEligible(i, flow)) {
                    continue;
                }
                times.onConsidered(i, nowNs);
                long cost = times.estimate(i, nowNs);
                long difference = cost * leastWeight - least * weight;
                if (best == NONE || difference < 0) {
                    best = i;
                    least = cost;
                    leastWeight = weight;
                    ties = 1;
                } else if (difference == 0) {
                    ties++;
                }
            }
            int index = ties > 1 ? pickTied(flow, best, ties, least, leastWeight) : best;
            if (index != NONE) {
                times.onPicked(index, nowNs);
            }
            return index;
        }

        private int pickTied(Flow flow, int first, int ties, long cost, int weight) {
            int index = ties == candidates.usableCount()
                    ? rotation.pick(flow)
                    : rotation.pickTied(flow, first, tie, cost, weight);
            return index == NONE ? first : index;
        }

        private boolean isTied(int index, Flow flow, long cost, int weight) {
            long wanted = cost * candidates.weight(index);
            return times.leastEstimate(index) * weight <= wanted
                    && times.estimate(index, flow.nowNs()) * weight == wanted;
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
