package io.steelyard.schedulers.sampled;

import io.steelyard.api.plugin.OptionSpec;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * {@code peak-ewma}: of two servers drawn by weight the one where a flow will likely be served sooner: least
 * {@code latency * (open flows + 1) / weight}, with the latency of {@link LatencyCost}. A server that becomes slow is felt at the first slow
 * flow; one without samples gets a flow when it has none, and no more until that one was answered, unless all others are in the same state.
 *
 * <p>A flow that failed counts as one that took at least {@code penalty}: a server that refuses quickly must not look fast. The time of a
 * sample is that of the last pick, to a millisecond, so that reports need no clock.
 */
public final class PeakLatencyProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "peak-ewma";
    }

    @Override
    public String description() {
        return "of two servers drawn by weight the one with the lower recent latency for its open flows";
    }

    @Override
    public List<OptionSpec> options() {
        return List.of(
                OptionSpec.duration(
                        "tau", "10s", "how long a peak of latency is remembered (time constant of its decay)"),
                OptionSpec.choice(
                        "measure",
                        List.of("first-byte", "connect", "last-byte"),
                        "what counts as latency, from the pick to: the first byte, the connection, the end of the flow"),
                OptionSpec.duration("penalty", "5s", "the least latency a failed flow counts as"));
    }

    @Override
    public Scheduler create(Options options) {
        long tauNs = options.duration("tau").toNanos();
        long penaltyNs = options.duration("penalty").toNanos();
        if (tauNs == 0) {
            throw new IllegalArgumentException("tau is 0, expected more");
        }
        var measure = Measure.valueOf(options.text("measure").replace('-', '_').toUpperCase(Locale.ROOT));
        return (candidates, previous) -> new SoonestPicker(
                candidates, previous instanceof SoonestPicker before ? before : null, tauNs, penaltyNs, measure);
    }

    /** Which report is the latency. */
    private enum Measure {
        CONNECT,
        FIRST_BYTE,
        LAST_BYTE
    }

    private static final class SoonestPicker extends TwoChoicePicker {
        /** The latency of a server that owes its first answer: worse than any real one. */
        private static final double UNANSWERED_NS = 1e15;

        private static final long CLOCK_STEP_NS = 1_000_000;

        private final WeightedDraw draw;
        private final LatencyCost[] costs;
        private final double tauNs;
        private final long penaltyNs;
        private final Measure measure;

        /** The time of the last pick, written by any picking thread when it is a step off, read by reports. Shared by the pool's pickers. */
        private final AtomicLong clockNs;

        SoonestPicker(
                Candidates candidates, @Nullable SoonestPicker previous, long tauNs, long penaltyNs, Measure measure) {
            super(candidates);
            this.tauNs = tauNs;
            this.penaltyNs = penaltyNs;
            this.measure = measure;
            draw = new WeightedDraw(candidates, index -> true);
            clockNs = previous == null ? new AtomicLong() : previous.clockNs;
            costs = new LatencyCost[candidates.size()];
            var known = new HashMap<String, LatencyCost>();
            for (int i = 0; previous != null && i < previous.costs.length; i++) {
                known.put(previous.candidates.id(i), previous.costs[i]);
            }
            for (int i = 0; i < costs.length; i++) {
                var cost = known.get(candidates.id(i));
                costs[i] = cost == null ? new LatencyCost() : cost;
            }
        }

        @Override
        public int pick(Flow flow) {
            long nowNs = flow.nowNs();
            if (Math.abs(nowNs - clockNs.getOpaque()) >= CLOCK_STEP_NS) {
                clockNs.setOpaque(nowNs);
            }
            return pickFrom(draw, flow);
        }

        @Override
        boolean isBetter(int challenger, int holder, Flow flow) {
            return score(challenger, flow.nowNs()) < score(holder, flow.nowNs());
        }

        private double score(int index, long nowNs) {
            long open = candidates.active(index);
            double cost = costs[index].at(nowNs, tauNs);
            if (cost == LatencyCost.UNKNOWN && open > 0) {
                cost = UNANSWERED_NS;
            }
            return cost * (open + 1) / candidates.weight(index);
        }

        @Override
        public void onConnected(int index, long elapsedNs) {
            if (measure == Measure.CONNECT) {
                observe(index, elapsedNs);
            }
        }

        @Override
        public void onFirstByte(int index, long elapsedNs) {
            if (measure == Measure.FIRST_BYTE) {
                observe(index, elapsedNs);
            }
        }

        @Override
        public void onCompleted(int index, long elapsedNs) {
            if (measure == Measure.LAST_BYTE) {
                observe(index, elapsedNs);
            }
        }

        @Override
        public void onFailed(int index, long elapsedNs) {
            observe(index, Math.max(elapsedNs, penaltyNs));
        }

        private void observe(int index, long sampleNs) {
            costs[index].observe(clockNs.getOpaque(), Math.max(sampleNs, 1), tauNs);
        }
    }
}
