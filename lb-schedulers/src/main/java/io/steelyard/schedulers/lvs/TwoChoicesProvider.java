package io.steelyard.schedulers.lvs;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;

/**
 * {@code lvs.twos}: two servers are drawn at random by weight, and the one with fewer connections for its weight is taken. Both may be the
 * same one. A draw is a number from 0 to the sum of weights, both included, so the first listed server is drawn a little too often:
 * (w + 1) times in sum + 1.
 */
public final class TwoChoicesProvider implements SchedulerProvider {
    @Override
    public String name() {
        return "lvs.twos";
    }

    @Override
    public String description() {
        return "the less busy of two servers drawn by weight";
    }

    @Override
    public Scheduler create(Options options) {
        return (candidates, previous) -> flow -> {
            long total = totalWeight(candidates, flow);
            return total == 0
                    ? Picker.NONE
                    : pick(candidates, flow, draw(flow.nextLong(), total), draw(flow.nextLong(), total));
        };
    }

    /** A number from 0 to {@code total}, both included. */
    private static long draw(long random, long total) {
        return (random >>> 1) % (total + 1);
    }

    private static long totalWeight(Candidates candidates, Flow flow) {
        long total = 0;
        for (int i = 0; i < candidates.size(); i++) {
            if (candidates.isEligible(i, flow)) {
                total += candidates.weight(i);
            }
        }
        return total;
    }

    /** The pick for two draws. Where a server became full since the sum was made, a draw past the end stands for the last server. */
    static int pick(Candidates candidates, Flow flow, long firstDraw, long secondDraw) {
        int first = Picker.NONE;
        int second = Picker.NONE;
        int last = Picker.NONE;
        long firstRest = firstDraw;
        long secondRest = secondDraw;
        for (int i = 0; i < candidates.size() && (first == Picker.NONE || second == Picker.NONE); i++) {
            if (!candidates.isEligible(i, flow)) {
                continue;
            }
            last = i;
            firstRest -= candidates.weight(i);
            secondRest -= candidates.weight(i);
            if (first == Picker.NONE && firstRest <= 0) {
                first = i;
            }
            if (second == Picker.NONE && secondRest <= 0) {
                second = i;
            }
        }
        first = first == Picker.NONE ? last : first;
        second = second == Picker.NONE ? last : second;
        return first != second && isSecondLessBusy(candidates, first, second) ? second : first;
    }

    private static boolean isSecondLessBusy(Candidates candidates, int first, int second) {
        return candidates.weight(second) * ServerList.overhead(candidates, first)
                > candidates.weight(first) * ServerList.overhead(candidates, second);
    }
}
