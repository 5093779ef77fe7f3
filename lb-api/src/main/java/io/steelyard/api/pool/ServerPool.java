package io.steelyard.api.pool;

import io.steelyard.api.Personality;
import io.steelyard.api.affinity.RequestAffinity;
import io.steelyard.api.text.Template;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * Real servers that can stand in for each other, and how one is picked. Immutable.
 *
 * @param name unique within a configuration
 * @param personality whose habits the pool has
 * @param scheduler the algorithm within a tier
 * @param hashKey what schedulers that hash a key hash; where it is absent, or empty for a flow, they do what their program does then
 * @param servers in configuration order, which is the order schedulers see
 * @param allBackups with {@link Personality#HAPROXY}: every backup serves while no primary can, and not only the first (HAProxy
 *     {@code option allbackups})
 * @param affinity brings clients back; absent for none
 * @param requestAffinity brings the clients of an HTTP pool back, by what their requests say; asked before {@code affinity}; absent for none
 * @param healthChecks active checks of every server that has none of its own
 * @param passiveHealth what failures of real traffic do
 * @param queue where flows wait for a full pool
 * @param retryBudget how many HTTP requests may be tried again; absent for no limit but the route's
 * @param reuse how connections to servers are kept for later HTTP requests
 * @param fullConnections with {@link Personality#HAPROXY}: with how many flows, served and waiting, servers that have {@code minConnections}
 *     are given as many as {@code maxConnections}; 0 for at once (HAProxy {@code fullconn})
 */
public record ServerPool(
        String name,
        Personality personality,
        SchedulerSpec scheduler,
        Optional<Template> hashKey,
        List<RealServer> servers,
        boolean allBackups,
        Optional<Affinity> affinity,
        Optional<RequestAffinity> requestAffinity,
        List<HealthCheckSpec> healthChecks,
        PassiveHealth passiveHealth,
        ConnectionQueue queue,
        Optional<RetryBudget> retryBudget,
        ConnectionReuse reuse,
        int fullConnections) {
    public ServerPool {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(personality, "personality");
        Objects.requireNonNull(scheduler, "scheduler");
        Objects.requireNonNull(hashKey, "hashKey");
        servers = List.copyOf(servers);
        Objects.requireNonNull(affinity, "affinity");
        Objects.requireNonNull(requestAffinity, "requestAffinity");
        Objects.requireNonNull(retryBudget, "retryBudget");
        healthChecks = List.copyOf(healthChecks);
        Objects.requireNonNull(passiveHealth, "passiveHealth");
        Objects.requireNonNull(queue, "queue");
        Objects.requireNonNull(reuse, "reuse");
        if (fullConnections < 0) {
            throw new IllegalArgumentException("fullConnections is " + fullConnections + ", expected 0 or more");
        }
        var ids = new HashSet<String>();
        for (var server : servers) {
            if (!ids.add(server.id())) {
                throw new IllegalArgumentException(
                        "pool " + name + " has two servers with the id '" + server.id() + "'");
            }
        }
    }

    /** The checks of one of its servers: the server's own where it has some, else the pool's. */
    public List<HealthCheckSpec> healthChecksOf(RealServer server) {
        return server.healthChecks().orElse(healthChecks);
    }

    /** A native pool: {@code p2c}, sliding-window passive health. */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /** Starts with this pool's values. */
    public Builder toBuilder() {
        var builder = new Builder(name)
                .personality(personality)
                .scheduler(scheduler)
                .servers(servers)
                .allBackups(allBackups)
                .passiveHealth(passiveHealth)
                .queue(queue)
                .reuse(reuse)
                .fullConnections(fullConnections);
        hashKey.ifPresent(builder::hashKey);
        affinity.ifPresent(builder::affinity);
        requestAffinity.ifPresent(builder::requestAffinity);
        retryBudget.ifPresent(builder::retryBudget);
        healthChecks.forEach(builder::healthCheck);
        return builder;
    }

    /** The same with these servers instead of its own. */
    public ServerPool withServers(List<RealServer> changed) {
        return new ServerPool(
                name,
                personality,
                scheduler,
                hashKey,
                changed,
                allBackups,
                affinity,
                requestAffinity,
                healthChecks,
                passiveHealth,
                queue,
                retryBudget,
                reuse,
                fullConnections);
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private final String name;
        private Personality personality = Personality.NATIVE;
        private Optional<SchedulerSpec> scheduler = Optional.empty();
        private Optional<Template> hashKey = Optional.empty();
        private final List<RealServer> servers = new ArrayList<>();
        private final Set<String> ids = new HashSet<>();
        /** The number of the next copy of an id, so that adding stays fast where one is repeated thousands of times. */
        private final Map<String, Integer> copies = new HashMap<>();

        private boolean allBackups;
        private Optional<Affinity> affinity = Optional.empty();
        private Optional<RequestAffinity> requestAffinity = Optional.empty();
        private Optional<RetryBudget> retryBudget = Optional.empty();
        private final List<HealthCheckSpec> healthChecks = new ArrayList<>();
        private Optional<PassiveHealth> passiveHealth = Optional.empty();
        private ConnectionQueue queue = ConnectionQueue.NONE;
        private ConnectionReuse reuse = ConnectionReuse.DEFAULT;
        private int fullConnections;

        private Builder(String name) {
            this.name = name;
        }

        public Builder personality(Personality personality) {
            this.personality = personality;
            return this;
        }

        public Builder scheduler(String schedulerName) {
            return scheduler(SchedulerSpec.of(schedulerName));
        }

        public Builder scheduler(String schedulerName, Map<String, String> options) {
            return scheduler(new SchedulerSpec(schedulerName, options));
        }

        public Builder scheduler(SchedulerSpec spec) {
            scheduler = Optional.of(spec);
            return this;
        }

        public Builder hashKey(String template) {
            return hashKey(Template.parse(template));
        }

        public Builder hashKey(Template template) {
            hashKey = Optional.of(template);
            return this;
        }

        /** Adds a server; an id that is taken gets {@code #2}, {@code #3}… appended. */
        public Builder server(RealServer server) {
            var id = server.id();
            for (int copy = copies.getOrDefault(id, 2); !ids.add(id); copy++) {
                id = server.id() + "#" + copy;
                copies.put(server.id(), copy + 1);
            }
            servers.add(
                    id.equals(server.id()) ? server : server.toBuilder().id(id).build());
            return this;
        }

        public Builder servers(List<RealServer> more) {
            more.forEach(this::server);
            return this;
        }

        public Builder fullConnections(int value) {
            fullConnections = value;
            return this;
        }

        public Builder allBackups(boolean value) {
            allBackups = value;
            return this;
        }

        public Builder affinity(Affinity value) {
            affinity = Optional.of(value);
            return this;
        }

        public Builder requestAffinity(RequestAffinity value) {
            requestAffinity = Optional.of(value);
            return this;
        }

        public Builder requestAffinity(RequestAffinity.Rule... rules) {
            return requestAffinity(RequestAffinity.of(rules));
        }

        public Builder retryBudget(RetryBudget value) {
            retryBudget = Optional.of(value);
            return this;
        }

        public Builder healthCheck(HealthCheckSpec spec) {
            healthChecks.add(spec);
            return this;
        }

        public Builder passiveHealth(PassiveHealth value) {
            passiveHealth = Optional.of(value);
            return this;
        }

        public Builder queue(ConnectionQueue value) {
            queue = value;
            return this;
        }

        public Builder reuse(ConnectionReuse value) {
            reuse = value;
            return this;
        }

        public ServerPool build() {
            return new ServerPool(
                    name,
                    personality,
                    scheduler.orElseGet(() -> SchedulerSpec.of(personality.defaultScheduler())),
                    hashKey,
                    servers,
                    allBackups,
                    affinity,
                    requestAffinity,
                    healthChecks,
                    passiveHealth.orElseGet(this::defaultPassiveHealth),
                    queue,
                    retryBudget,
                    reuse,
                    fullConnections);
        }

        private PassiveHealth defaultPassiveHealth() {
            return switch (personality) {
                case NATIVE -> PassiveHealth.SlidingWindow.defaults();
                case NGINX -> new PassiveHealth.MaxFails();
                case HAPROXY, LVS -> new PassiveHealth.Off();
            };
        }
    }
}
