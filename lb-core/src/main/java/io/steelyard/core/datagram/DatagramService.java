package io.steelyard.core.datagram;

import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.core.session.SessionRules;
import java.net.InetAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is done with the sessions that begin from now on: one immutable picture, replaced as a whole. A session keeps the one it began under.
 *
 * @param balancer what gives a session its server; null where the virtual server works out its target for each session
 * @param rules variables, limits, logs and the like; null where there are none
 * @param uploadRate bytes a second from the client; 0 for no limit
 * @param downloadRate bytes a second from the server; 0 for no limit
 * @param tries servers given to one session at most
 */
record DatagramService(
        @Nullable Balancer balancer,
        @Nullable SessionRules rules,
        ExchangeRules exchange,
        AccessFilter access,
        long idleTimeoutNs,
        long uploadRate,
        long downloadRate,
        int tries,
        @Nullable InetAddress source) {
    static DatagramService of(VirtualServer server, ForwarderContext context, Optional<SessionRules> rules) {
        var options = server.options();
        return new DatagramService(
                server.target() instanceof Target.Pool pool ? context.balancer(pool.name()) : null,
                rules.orElse(null),
                new ExchangeRules(options.requests(), options.responses()),
                AccessFilter.of(server.access()),
                options.idleTimeout().toNanos(),
                options.uploadRate(),
                options.downloadRate(),
                tries(options),
                options.sourceAddress().orElse(null));
    }

    private static int tries(ProxyOptions options) {
        if (!options.nextServer()) {
            return 1;
        }
        return options.nextServerTries() == 0 ? Integer.MAX_VALUE : options.nextServerTries();
    }
}
