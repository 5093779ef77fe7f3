package io.steelyard.admin.runtime;

import io.steelyard.api.Status;
import io.steelyard.api.Status.ListenerStatus;
import io.steelyard.api.Status.PoolStatus;
import io.steelyard.api.Status.ServerStatus;
import io.steelyard.api.Traffic;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What counters were when they were cleared: the engine's own only ever grow, so what is shown is what came since. One thread at a time. */
final class Baseline {
    private Map<String, PoolStatus> pools = Map.of();
    private Map<String, ListenerStatus> listeners = Map.of();

    /** Counts from here on. */
    void take(Status status) {
        var poolsNow = new HashMap<String, PoolStatus>();
        status.pools().forEach(pool -> poolsNow.put(pool.name(), pool));
        pools = poolsNow;
        var listenersNow = new HashMap<String, ListenerStatus>();
        status.listeners().forEach(listener -> listenersNow.put(listener.name(), listener));
        listeners = listenersNow;
    }

    /** The status with its counters since then; one that is smaller belongs to something new of the same name and stays. */
    Status since(Status status) {
        return new Status(
                status.pools().stream().map(this::since).toList(),
                status.listeners().stream().map(this::since).toList(),
                status.bufferBytes());
    }

    private PoolStatus since(PoolStatus pool) {
        var before = pools.get(pool.name());
        if (before == null) {
            return pool;
        }
        return new PoolStatus(
                pool.name(),
                pool.scheduler(),
                pool.queued(),
                since(pool.retries(), before.retries()),
                since(pool.retriesRefused(), before.retriesRefused()),
                pool.servers().stream()
                        .map(server -> since(server, before.servers()))
                        .toList(),
                pool.mostQueued(),
                pool.traffic());
    }

    private static ServerStatus since(ServerStatus server, List<ServerStatus> all) {
        for (var before : all) {
            if (before.id().equals(server.id())) {
                return new ServerStatus(
                        server.id(),
                        server.address(),
                        server.weight(),
                        server.tier(),
                        server.adminState(),
                        server.health(),
                        server.reason(),
                        server.active(),
                        since(server.served(), before.served()),
                        since(server.failures(), before.failures()),
                        server.queued(),
                        since(server.traffic(), before.traffic()),
                        server.maxConnections(),
                        server.isStopping(),
                        server.finding());
            }
        }
        return server;
    }

    private ListenerStatus since(ListenerStatus listener) {
        var before = listeners.get(listener.name());
        if (before == null) {
            return listener;
        }
        return new ListenerStatus(
                listener.name(),
                listener.pool(),
                listener.addresses(),
                listener.open(),
                since(listener.accepted(), before.accepted()),
                since(listener.refused(), before.refused()),
                since(listener.traffic(), before.traffic()),
                since(listener.drops(), before.drops()),
                listener.isPaused());
    }

    private static Map<String, Long> since(Map<String, Long> now, Map<String, Long> before) {
        var result = new LinkedHashMap<String, Long>();
        now.forEach((name, count) -> result.put(name, since(count, before.getOrDefault(name, 0L))));
        return result;
    }

    private static Traffic since(Traffic now, Traffic before) {
        return now.bytesIn() >= before.bytesIn() && now.requests() >= before.requests() ? now.since(before) : now;
    }

    private static long since(long now, long before) {
        return now >= before ? now - before : now;
    }
}
