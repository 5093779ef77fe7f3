package io.steelyard.core.datagram;

import io.steelyard.api.Personality;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.schedule.Balancer;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What is done with the sessions that begin from now on: one immutable picture, replaced as a whole. A session keeps the one it began under.
 *
 * @param tries servers given to one session at most
 * @param isConnectionSuccess whether a server counts as working once a socket to it is open, as nginx has it, and not only when it answers
 */
record DatagramService(
        String poolName,
        Balancer balancer,
        ExchangeRules rules,
        AccessFilter access,
        long idleTimeoutNs,
        int tries,
        @Nullable InetAddress source,
        boolean isConnectionSuccess) {
    static DatagramService of(VirtualServer server, Balancer balancer) {
        var options = server.options();
        return new DatagramService(
                server.pool(),
                balancer,
                new ExchangeRules(options.requests(), options.responses()),
                AccessFilter.of(server.access()),
                options.idleTimeout().toNanos(),
                tries(options),
                options.sourceAddress().orElse(null),
                balancer.pool().personality() == Personality.NGINX);
    }

    private static int tries(ProxyOptions options) {
        if (!options.nextServer()) {
            return 1;
        }
        return options.nextServerTries() == 0 ? Integer.MAX_VALUE : options.nextServerTries();
    }
}
