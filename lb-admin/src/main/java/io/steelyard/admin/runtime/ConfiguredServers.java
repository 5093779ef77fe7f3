package io.steelyard.admin.runtime;

import io.steelyard.api.LoadBalancer;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import java.util.List;
import java.util.function.UnaryOperator;

/** The servers of a running balancer's configuration: found by the names that commands have for them, and changed. */
final class ConfiguredServers {
    private final LoadBalancer balancer;

    ConfiguredServers(LoadBalancer balancer) {
        this.balancer = balancer;
    }

    /** A server by its name {@code pool/server}. */
    record Found(ServerPool pool, RealServer server) {
        String key() {
            return pool.name() + "/" + server.id();
        }
    }

    ServerPool pool(String name) {
        return balancer.configuration().pool(name).orElseThrow(() -> new RefusedCommandException("No such backend."));
    }

    static String[] parts(String path) {
        int slash = path.indexOf('/');
        if (slash < 0) {
            throw new RefusedCommandException("Require 'backend/server'.");
        }
        return new String[] {path.substring(0, slash), path.substring(slash + 1)};
    }

    Found find(String path) {
        var names = parts(path);
        var pool = pool(names[0]);
        return pool.servers().stream()
                .filter(server -> server.id().equals(names[1]))
                .findFirst()
                .map(server -> new Found(pool, server))
                .orElseThrow(() -> new RefusedCommandException("No such server."));
    }

    void change(Found found, UnaryOperator<RealServer.Builder> change) {
        var changed = change.apply(found.server().toBuilder()).build();
        replace(
                found.pool(),
                found.pool().servers().stream()
                        .map(server -> server.id().equals(found.server().id()) ? changed : server)
                        .toList());
    }

    void replace(ServerPool pool, List<RealServer> servers) {
        var changed = pool.withServers(servers);
        var now = balancer.configuration();
        balancer.apply(now.withPools(now.pools().stream()
                .map(one -> one.name().equals(pool.name()) ? changed : one)
                .toList()));
    }
}
