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
     * @param mostQueued the most flows that ever waited at once
     * @param traffic what passed through its servers
     */
    public record PoolStatus(
            String name,
            String scheduler,
            int queued,
            long retries,
            long retriesRefused,
            List<ServerStatus> servers,
            int mostQueued,
            Traffic traffic) {
        public PoolStatus(
                String name,
                String scheduler,
                int queued,
                long retries,
                long retriesRefused,
                List<ServerStatus> servers) {
            this(name, scheduler, queued, retries, retriesRefused, servers, 0, Traffic.NONE);
        }
    }

    /**
     * A server.
     *
     * @param weight its weight now
     * @param reason why its health is what it is
     * @param active open flows
     * @param served flows ever given to it
     * @param failures flows that failed on it
     * @param queued flows that wait for it
     * @param traffic what passed through it
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
            long failures,
            int queued,
            Traffic traffic) {
        public ServerStatus(
                String id,
                String address,
                int weight,
                int tier,
                AdminState adminState,
                HealthState health,
                String reason,
                int active,
                long served,
                long failures) {
            this(id, address, weight, tier, adminState, health, reason, active, served, failures, 0, Traffic.NONE);
        }
    }

    /**
     * A virtual server.
     *
     * @param open flows open now
     * @param accepted flows ever accepted
     * @param refused flows ended because no server could serve
     * @param traffic what passed through it
     */
    public record ListenerStatus(
            String name, String pool, List<String> addresses, int open, long accepted, long refused, Traffic traffic) {
        public ListenerStatus(String name, String pool, List<String> addresses, int open, long accepted, long refused) {
            this(name, pool, addresses, open, accepted, refused, Traffic.NONE);
        }
    }

    public Status {
        pools = List.copyOf(pools);
        listeners = List.copyOf(listeners);
    }
}
