package io.steelyard.vrrp.bfd;

import java.util.List;

/**
 * What became of an event.
 *
 * @param effects to be carried out in this order
 */
public record SessionOutcome(SessionState state, List<SessionEffect> effects) {
    public SessionOutcome {
        effects = List.copyOf(effects);
    }
}
