package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * {@code lvs.wrr}: the list is walked again and again with a falling bar, and each server at least as heavy as the bar gets a flow. With the
 * weights 4, 3, 2 of A, B, C the bar stands at 4, 3, 2, 1:
 *
 * <pre>
 *   4: A    3: A B    2: A B C    1: A B C     then again from 4
 * </pre>
 *
 * <p>The bar falls by the greatest common divisor of the weights. A change of servers or weights begins at the head of the list and keeps the
 * bar where it can. Picks come in bursts: 5, 1, 1 gives A A A A A B C. A walk costs, over a whole round, the number of servers times the
 * number of bars: on average greatest weight / mean weight steps for each pick.
 */
public final class WeightedRoundRobinProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "lvs.wrr";
    }

    @Override
    public String description() {
        return "in turn by weight, in bursts";
    }

    @Override
    public Scheduler create(Options options) {
        return FallingBarPicker::new;
    }

    private static final class FallingBarPicker implements Picker {
        /** Before the first server. */
        private static final int HEAD = -1;

        private final Candidates candidates;
        private final int[] weights;
        private final int step;
        private final int top;

        /**
         * The index picked last plus 1 in the upper half, the bar in the lower. Any picking thread moves both at once by
         * compare-and-set, so each turn is taken once.
         */
        private final AtomicLong state;

        FallingBarPicker(Candidates candidates, @Nullable Picker previous) {
            this.candidates = candidates;
            weights = new int[candidates.size()];
            int divisor = 0;
            int most = 0;
            for (int i = 0; i < weights.length; i++) {
                weights[i] = ServerList.weight(candidates, i);
                divisor = greatestCommonDivisor(divisor, weights[i]);
                most = Math.max(most, weights[i]);
            }
            step = Math.max(divisor, 1);
            top = most - (step - 1);
            state = new AtomicLong(previous instanceof FallingBarPicker before ? carriedOver(before) : pack(HEAD, top));
        }

        private long carriedOver(FallingBarPicker before) {
            long state = before.state.get();
            if (Arrays.equals(weights, before.weights) && hasTheServersOf(before)) {
                return state;
            }
            int bar = bar(state);
            if (bar > top || bar == 0) {
                bar = top;
            } else if (step > 1) {
                bar = bar / step * step + 1;
            }
            return pack(HEAD, bar);
        }

        private boolean hasTheServersOf(FallingBarPicker other) {
            for (int i = 0; i < candidates.size(); i++) {
                if (!candidates.id(i).equals(other.candidates.id(i))) {
                    return false;
                }
            }
            return true;
        }

        @Override
        public int pick(Flow flow) {
            if (candidates.usableCount() == 0) {
                return NONE;
            }
            while (true) {
                long seen = state.get();
                int last = position(seen);
                int bar = bar(seen);
                int index = next(flow, last + 1, bar);
                if (index == NONE) {
                    bar = bar > step ? bar - step : top;
                    index = next(flow, 0, bar);
                }
                if (index == NONE) {
                    index = heaviestEligible(flow);
                    if (index == NONE) {
                        // The kernel lets the bar fall to the ground and stands where it stood.
                        state.compareAndSet(seen, last == HEAD ? pack(HEAD, top) : pack(last, 1));
                        return NONE;
                    }
                    // Passes that can find nothing are left out: the bar falls at once to where the heaviest can reach
                    // it.
                    int tooHigh = bar - weights[index];
                    if (tooHigh > 0) {
                        bar -= (tooHigh + step - 1) / step * step;
                    }
                }
                if (state.compareAndSet(seen, pack(index, bar))) {
                    return index;
                }
            }
        }

        private int next(Flow flow, int from, int bar) {
            for (int i = from; i < weights.length; i++) {
                if (weights[i] >= bar && candidates.isEligible(i, flow)) {
                    return i;
                }
            }
            return NONE;
        }

        /** The heaviest server that can serve, the first listed on ties: the one the falling bar meets first. */
        private int heaviestEligible(Flow flow) {
            int heaviest = NONE;
            for (int i = 0; i < weights.length; i++) {
                if ((heaviest == NONE || weights[i] > weights[heaviest]) && candidates.isEligible(i, flow)) {
                    heaviest = i;
                }
            }
            return heaviest;
        }

        private static long pack(int position, int bar) {
            return (long) (position + 1) << 32 | bar;
        }

        private static int position(long state) {
            return (int) (state >>> 32) - 1;
        }

        private static int bar(long state) {
            return (int) state;
        }

        private static int greatestCommonDivisor(int a, int b) {
            return b == 0 ? a : greatestCommonDivisor(b, a % b);
        }
    }
}
