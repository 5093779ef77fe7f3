package io.steelyard.http.proxy;

import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Connections to servers that wait for a request, by pool. The one used last is taken first; where a pool has too many the one used longest ago
 * goes (nginx {@code keepalive}). Owned by one loop.
 */
final class IdleConnections {
    /** Least recently used first. */
    private final Map<String, ArrayDeque<ServerConnection>> byPool = new HashMap<>();

    /**
     * A live connection to this server that may serve one more request; null where there is none.
     *
     * @param bond what else it must have been opened for
     */
    @Nullable
    ServerConnection take(ServerPool pool, RealServer server, String bond, long nowNs) {
        var idle = byPool.get(pool.name());
        if (idle == null) {
            return null;
        }
        for (Iterator<ServerConnection> latestFirst = idle.descendingIterator(); latestFirst.hasNext(); ) {
            var connection = latestFirst.next();
            if (!connection.isTo(server, bond)) {
                continue;
            }
            latestFirst.remove();
            if (connection.isAlive()
                    && nowNs - connection.openedNs() < pool.reuse().mostAge().toNanos()) {
                return connection;
            }
            connection.close();
        }
        return null;
    }

    /** Keeps a connection whose answer was read to its end. */
    void keep(ServerPool pool, ServerConnection connection) {
        var idle = byPool.computeIfAbsent(pool.name(), absent -> new ArrayDeque<>());
        idle.addLast(connection);
        if (idle.size() > pool.reuse().mostIdle()) {
            idle.removeFirst().close();
        }
    }

    /** Forgets a connection that its server closed, or that waited too long. */
    void remove(ServerConnection connection) {
        var idle = byPool.get(connection.poolName());
        if (idle != null) {
            idle.removeLastOccurrence(connection);
            if (idle.isEmpty()) {
                byPool.remove(connection.poolName());
            }
        }
    }

    /** Closes the connections to one server. */
    void close(String pool, String serverId) {
        var idle = byPool.get(pool);
        if (idle != null) {
            for (var connection : new ArrayList<>(idle)) {
                if (connection.serverId().equals(serverId)) {
                    idle.remove(connection);
                    connection.close();
                }
            }
        }
    }

    void close() {
        byPool.values().forEach(idle -> idle.forEach(ServerConnection::close));
        byPool.clear();
    }
}
