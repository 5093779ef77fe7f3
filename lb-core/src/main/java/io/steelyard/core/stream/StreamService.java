package io.steelyard.core.stream;

import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.core.session.SessionRules;
import io.steelyard.pool.key.HashKey;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a virtual server's listeners do for the connections they accept from now on: one immutable picture, replaced as a whole. A connection
 * keeps the one it was accepted under.
 *
 * @param balancer what gives it a server; null where the virtual server works out its target for each connection
 * @param hashKey the pool's, where it names nothing but addresses and ports
 * @param rules variables, limits, logs and the like; null where there are none
 */
record StreamService(
        VirtualServer server,
        @Nullable Balancer balancer,
        @Nullable HashKey hashKey,
        @Nullable SessionRules rules,
        Limits limits) {
    static StreamService of(VirtualServer server, ForwarderContext context, Optional<SessionRules> rules) {
        var balancer = server.target() instanceof Target.Pool pool ? context.balancer(pool.name()) : null;
        var pool = Optional.ofNullable(balancer).map(Balancer::pool);
        return new StreamService(
                server,
                balancer,
                pool.flatMap(ServerPool::hashKey)
                        .filter(HashKey::supports)
                        .map(HashKey::compile)
                        .orElse(null),
                rules.orElse(null),
                Limits.of(server.options()));
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
            boolean nextServer,
            int tries,
            long nextServerTimeoutNs,
            int bufferBytes,
            boolean splice,
            boolean halfClose,
            long downloadRate,
            long uploadRate) {
        static Limits of(ProxyOptions options) {
            return new Limits(
                    options.connectTimeout().toNanos(),
                    options.idleTimeout().toNanos(),
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
