package io.steelyard.core.stream;

import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.pool.key.HashKey;
import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a virtual server's listeners do for the connections they accept from now on: one immutable picture, replaced as a whole. A connection
 * keeps the one it was accepted under.
 */
record StreamService(
        VirtualServer server, Balancer balancer, @Nullable HashKey hashKey, Limits limits) {
    static StreamService of(VirtualServer server, Balancer balancer) {
        var hashKey = balancer.pool().hashKey().map(HashKey::compile).orElse(null);
        return new StreamService(
                server,
                balancer,
                hashKey,
                Limits.of(server.options(), balancer.pool().queue().timeout().toNanos()));
    }

    /** Whether the first access rule that is about the client lets it in; it is let in where none is. */
    boolean admits(InetAddress client) {
        for (var rule : server.access()) {
            if (rule.matches(client)) {
                return rule.isAllowed();
            }
        }
        return true;
    }

    List<AccessRule> access() {
        return server.access();
    }

    /** The proxy options in the units the data path counts in. */
    record Limits(
            long connectTimeoutNs,
            long idleTimeoutNs,
            long queueTimeoutNs,
            boolean nextServer,
            int tries,
            long nextServerTimeoutNs,
            int bufferBytes,
            boolean splice,
            boolean halfClose,
            long downloadRate,
            long uploadRate) {
        static Limits of(ProxyOptions options, long queueTimeoutNs) {
            return new Limits(
                    options.connectTimeout().toNanos(),
                    options.idleTimeout().toNanos(),
                    queueTimeoutNs,
                    options.nextServer(),
                    options.nextServerTries() == 0 ? Integer.MAX_VALUE : options.nextServerTries(),
                    options.nextServerTimeout().isZero()
                            ? Long.MAX_VALUE
                            : options.nextServerTimeout().toNanos(),
                    options.bufferBytes(),
                    options.splice(),
                    options.halfClose(),
                    options.downloadRate(),
                    options.uploadRate());
        }
    }
}
