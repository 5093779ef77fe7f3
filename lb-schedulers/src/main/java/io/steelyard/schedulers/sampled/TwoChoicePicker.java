package io.steelyard.schedulers.sampled;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;

/**
 * Takes the better of two different servers drawn by weight, the first one where they are equal. Servers that cannot take the flow are drawn
 * again a few times; where chance does not find one that can, all are looked at and the best is taken, so that a server that can serve is
 * never missed. What is better, a subclass says.
 */
abstract class TwoChoicePicker implements Picker {
    private static final int FIRST_DRAWS = 8;
    private static final int SECOND_DRAWS = 4;

    final Candidates candidates;

    TwoChoicePicker(Candidates candidates) {
        this.candidates = candidates;
    }

    /** Whether {@code challenger} is strictly better than {@code holder}. */
    abstract boolean isBetter(int challenger, int holder, Flow flow);

    /** The pick from {@code draw}; {@link #NONE} where none of its servers is eligible. */
    final int pickFrom(WeightedDraw draw, Flow flow) {
        if (draw.size() == 0) {
            return NONE;
        }
        for (int i = 0; i < FIRST_DRAWS; i++) {
            int first = draw.draw(flow);
            if (candidates.isEligible(first, flow)) {
                return draw.size() == 1 ? first : betterOf(first, draw, flow);
            }
        }
        return bestOfAll(draw, flow);
    }

    private int betterOf(int first, WeightedDraw draw, Flow flow) {
        for (int i = 0; i < SECOND_DRAWS; i++) {
            int second = draw.drawOther(flow, first);
            if (candidates.isEligible(second, flow)) {
                return isBetter(second, first, flow) ? second : first;
            }
        }
        return first;
    }

    /** Begins anywhere, so that equals share. */
    private int bestOfAll(WeightedDraw draw, Flow flow) {
        int best = NONE;
        int position = flow.nextInt(draw.size());
        for (int i = 0; i < draw.size(); i++) {
            int index = draw.server(position);
            if (candidates.isEligible(index, flow) && (best == NONE || isBetter(index, best, flow))) {
                best = index;
            }
            position = position + 1 == draw.size() ? 0 : position + 1;
        }
        return best;
    }

    /** Whether {@code challenger} has fewer open flows for its weight. */
    final boolean isLessBusy(int challenger, int holder) {
        return (long) candidates.active(challenger) * candidates.weight(holder)
                < (long) candidates.active(holder) * candidates.weight(challenger);
    }
}
