package io.steelyard.api.affinity;

import io.steelyard.api.text.Template;
import java.util.Objects;

/**
 * Changes a counter of what is tracked (HAProxy {@code sc-inc-gpc0}, {@code sc-set-gpt0}, {@code sc-inc-gpc}); nothing is done where
 * the slot tracks nothing, or its table does not count this.
 *
 * @param slot of {@link Tracking}
 * @param index of an array, 0 to 99; 0 of what is none
 * @param sets whether the value replaces what was counted, and is not added to it
 * @param value a whole number; text that is none is 0
 */
public record Counting(int slot, StickCount count, int index, boolean sets, Template value) {
    public Counting {
        Objects.requireNonNull(count, "count");
        Objects.requireNonNull(value, "value");
        if (slot < 0 || slot >= Tracking.SLOTS) {
            throw new IllegalArgumentException("slot is " + slot + ", expected 0 to 2");
        }
        if (index < 0 || index > (count.isArray() ? StickTable.MOST_OF_ARRAY - 1 : 0)) {
            throw new IllegalArgumentException("the index of " + count.countName() + " is " + index + ", expected "
                    + (count.isArray() ? "0 to " + (StickTable.MOST_OF_ARRAY - 1) : "0, as it is no array"));
        }
    }

    /** What is no array, or the first of one. */
    public Counting(int slot, StickCount count, boolean sets, Template value) {
        this(slot, count, 0, sets, value);
    }
}
