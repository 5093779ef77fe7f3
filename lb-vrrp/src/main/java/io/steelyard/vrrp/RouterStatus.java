package io.steelyard.vrrp;

import io.steelyard.vrrp.election.Phase;
import java.util.Map;
import java.util.Optional;

/**
 * What is known of a virtual router at one moment.
 *
 * @param name its name
 * @param phase its state
 * @param priority what it says in adverts, 1 to 255
 * @param arithmetic what the priority is made of, such as {@code 100 - 20 (nginx) = 80}
 * @param activeAddress who was last heard as the active one
 * @param activePriority that one's priority; 0 where nobody was heard
 * @param unhealthy why it cannot serve; absent where it can
 * @param counters by keepalived's names
 */
public record RouterStatus(
        String name,
        Phase phase,
        int priority,
        String arithmetic,
        Optional<String> activeAddress,
        int activePriority,
        Optional<String> unhealthy,
        Map<String, Long> counters) {
    public RouterStatus {
        counters = Map.copyOf(counters);
    }
}
