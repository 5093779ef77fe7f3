package io.steelyard.api;

import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthState;
import java.util.List;

/**
 * A balancer at one moment.
 *
 * @param pools in configuration order
 * @param listeners in configuration order
 */
public record Status(List<PoolStatus> pools, List<ListenerStatus> listeners) {
    /**
     * A pool and its servers, in configuration order.
     *
     * @param queued flows that wait for room
     * @param retries further tries that its retry budget allowed; 0 where it has none
     * @param retriesRefused further tries that the budget did not allow
     */
    public record PoolStatus(
            String name, String scheduler, int queued, long retries, long retriesRefused, List<ServerStatus> servers) {}

    /**
     * A server.
     *
     * @param weight its weight now
     * @param reason why its health is what it is
     * @param active open flows
     * @param served flows ever given to it
     * @param failures flows that failed on it
     */
    public record ServerStatus(
            String id,
            String address,
            int weight,
            int tier,
            AdminState adminState,
            HealthState health,
            String reason,
            int active,
            long served,
            long failures) {}

    /**
     * A virtual server.
     *
     * @param open flows open now
     * @param accepted flows ever accepted
     * @param refused flows ended because no server could serve
     */
    public record ListenerStatus(
            String name, String pool, List<String> addresses, int open, long accepted, long refused) {}

    public Status {
        pools = List.copyOf(pools);
        listeners = List.copyOf(listeners);
    }
}
