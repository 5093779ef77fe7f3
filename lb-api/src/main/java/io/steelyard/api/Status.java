package io.steelyard.api;

import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthState;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A balancer at one moment.
 *
 * @param pools in configuration order
 * @param listeners in configuration order
 * @param bufferBytes memory that holds now what a peer does not take yet or what cannot be looked at yet, in buffers of the event loops
 */
public record Status(List<PoolStatus> pools, List<ListenerStatus> listeners, long bufferBytes) {
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
     * @param maxConnections how many flows it takes at once, at most; 0 for no limit
     * @param isStopping whether it is up and wants no new clients, as its checks found
     * @param finding what its first check found last, where it told
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
            Traffic traffic,
            int maxConnections,
            boolean isStopping,
            Optional<CheckFinding> finding) {
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
                long failures,
                int queued,
                Traffic traffic,
                int maxConnections) {
            this(
                    id,
                    address,
                    weight,
                    tier,
                    adminState,
                    health,
                    reason,
                    active,
                    served,
                    failures,
                    queued,
                    traffic,
                    maxConnections,
                    false,
                    Optional.empty());
        }

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
            this(id, address, weight, tier, adminState, health, reason, active, served, failures, 0, Traffic.NONE, 0);
        }
    }

    /**
     * A virtual server.
     *
     * @param open flows open now
     * @param accepted flows ever accepted
     * @param refused flows ended because no server could serve
     * @param traffic what passed through it
     * @param drops what was dropped or ended for a reason of its own, by the counter's name, such as {@code server_buffer_full} or
     *     {@code http2_rapid_reset}; see {@link io.steelyard.api.proxy.Forwarder#drops}
     * @param isPaused whether an operator had it give up its addresses for a time
     */
    public record ListenerStatus(
            String name,
            String pool,
            List<String> addresses,
            int open,
            long accepted,
            long refused,
            Traffic traffic,
            Map<String, Long> drops,
            boolean isPaused) {
        public ListenerStatus {
            addresses = List.copyOf(addresses);
            drops = Collections.unmodifiableMap(new LinkedHashMap<>(drops));
        }

        /** One through which nothing passed, and that dropped nothing. */
        public ListenerStatus(String name, String pool, List<String> addresses, int open, long accepted, long refused) {
            this(name, pool, addresses, open, accepted, refused, Traffic.NONE, Map.of(), false);
        }
    }

    /** One of a balancer whose buffers are empty. */
    public Status(List<PoolStatus> pools, List<ListenerStatus> listeners) {
        this(pools, listeners, 0);
    }

    public Status {
        pools = List.copyOf(pools);
        listeners = List.copyOf(listeners);
    }
}
