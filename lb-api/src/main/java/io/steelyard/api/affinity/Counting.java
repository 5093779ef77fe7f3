package io.steelyard.api.affinity;

import io.steelyard.api.text.Template;
import java.util.Objects;

/**
 * Changes a counter of what is tracked (HAProxy {@code sc-inc-gpc0}, {@code sc-set-gpt0}); nothing is done where the slot tracks nothing.
 *
 * @param slot of {@link Tracking}
 * @param sets whether the value replaces what was counted, and is not added to it
 * @param value a whole number; text that is none is 0
 */
public record Counting(int slot, StickCount count, boolean sets, Template value) {
    public Counting {
        Objects.requireNonNull(count, "count");
        Objects.requireNonNull(value, "value");
        if (slot < 0 || slot >= Tracking.SLOTS) {
            throw new IllegalArgumentException("slot is " + slot + ", expected 0 to 2");
        }
    }
}
