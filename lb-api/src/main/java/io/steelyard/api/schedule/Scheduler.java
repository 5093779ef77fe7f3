package io.steelyard.api.schedule;

import org.jspecify.annotations.Nullable;

/**
 * An algorithm with its options: builds a {@link Picker} for every new state of a tier.
 *
 * @implSpec Called on the control thread, one call at a time for one pool. Building may allocate, sort and take its time.
 */
@FunctionalInterface
public interface Scheduler {
    /**
     * Builds the picker for these candidates.
     *
     * @param candidates one tier of the pool, in configuration order; never changes
     * @param previous this scheduler's picker for the tier's previous state, to carry rotation and response times over by
     *     {@link Candidates#id}; null the first time. It may still be picking while this runs, and after
     */
    Picker build(Candidates candidates, @Nullable Picker previous);
}
