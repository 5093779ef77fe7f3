package io.steelyard.api;

import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/**
 * Everything a balancer is told, as an immutable tree. A builder, a configuration reader and the runtime API all make one; nothing else
 * configures anything.
 *
 * @param settings what holds for the whole
 * @param pools names are unique
 * @param virtualServers names are unique
 */
public record Configuration(Settings settings, List<ServerPool> pools, List<VirtualServer> virtualServers) {
    public Configuration {
        Objects.requireNonNull(settings, "settings");
        pools = List.copyOf(pools);
        virtualServers = List.copyOf(virtualServers);
    }

    public static Builder builder() {
        return new Builder();
    }

    /** Starts with this configuration's values. */
    public Builder toBuilder() {
        var builder = new Builder().settings(settings);
        pools.forEach(builder::pool);
        virtualServers.forEach(builder::virtualServer);
        return builder;
    }

    public Optional<ServerPool> pool(String name) {
        return pools.stream().filter(pool -> pool.name().equals(name)).findFirst();
    }

    /**
     * Every fault that can be seen without knowing the plug-ins: names used twice, unknown pools, pools without servers, listeners in each
     * other's way. Paths are {@code pools.NAME…} and {@code virtualServers.NAME…}.
     */
    public List<Problem> problems() {
        var problems = new ArrayList<Problem>();
        var poolNames = new HashSet<String>();
        for (var pool : pools) {
            if (!poolNames.add(pool.name())) {
                problems.add(Problem.error("pools." + pool.name(), "pool '" + pool.name() + "' is configured twice"));
            }
            if (pool.servers().isEmpty()) {
                problems.add(Problem.error("pools." + pool.name(), "pool '" + pool.name() + "' has no server")
                        .expected("at least one"));
            }
        }
        var serverNames = new HashSet<String>();
        var listeners = new HashMap<String, String>();
        for (var server : virtualServers) {
            var path = "virtualServers." + server.name();
            if (!serverNames.add(server.name())) {
                problems.add(Problem.error(path, "virtual server '" + server.name() + "' is configured twice"));
            }
            if (!poolNames.contains(server.pool())) {
                problems.add(Problem.error(path + ".pool", "unknown pool '" + server.pool() + "'")
                        .expected(
                                poolNames.isEmpty()
                                        ? ""
                                        : "one of "
                                                + String.join(
                                                        ", ",
                                                        poolNames.stream()
                                                                .sorted()
                                                                .toList())));
            }
            for (var listen : server.listen()) {
                for (int port = listen.firstPort(); port <= listen.lastPort(); port++) {
                    var key = server.protocol() + " " + listen.text(port);
                    var other = listeners.put(key, server.name());
                    if (other != null) {
                        problems.add(Problem.error(
                                path + ".listen", "duplicate listener " + key + ": '" + other + "' has it too"));
                        break;
                    }
                }
            }
        }
        return problems;
    }

    /** Names every value; not thread-safe. */
    public static final class Builder {
        private Settings settings = Settings.defaults();
        private final List<ServerPool> pools = new ArrayList<>();
        private final List<VirtualServer> virtualServers = new ArrayList<>();

        private Builder() {}

        public Builder settings(Settings value) {
            settings = value;
            return this;
        }

        public Builder pool(ServerPool pool) {
            pools.add(pool);
            return this;
        }

        public Builder pool(ServerPool.Builder pool) {
            return pool(pool.build());
        }

        public Builder virtualServer(VirtualServer server) {
            virtualServers.add(server);
            return this;
        }

        public Builder virtualServer(VirtualServer.Builder server) {
            return virtualServer(server.build());
        }

        /** Takes over the pools and virtual servers of {@code other}, not its settings. */
        public Builder addAll(Configuration other) {
            pools.addAll(other.pools());
            virtualServers.addAll(other.virtualServers());
            return this;
        }

        /**
         * The configuration.
         *
         * @throws ConfigurationException with everything {@link Configuration#problems()} finds
         */
        public Configuration build() {
            var configuration = new Configuration(settings, pools, virtualServers);
            var problems = configuration.problems();
            if (problems.stream().anyMatch(Problem::isError)) {
                throw new ConfigurationException(problems);
            }
            return configuration;
        }
    }
}
