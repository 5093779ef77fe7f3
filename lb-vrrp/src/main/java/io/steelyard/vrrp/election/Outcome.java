package io.steelyard.vrrp.election;

import java.util.List;

/**
 * What an event led to.
 *
 * @param state the next
 * @param effects in the order they must happen
 */
public record Outcome(RouterState state, List<Effect> effects) {
    public Outcome {
        effects = List.copyOf(effects);
    }
}
