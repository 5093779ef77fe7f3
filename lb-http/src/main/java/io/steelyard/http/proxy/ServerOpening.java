package io.steelyard.http.proxy;

import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.core.session.PerConnection;
import io.steelyard.http.route.ProxyPlan;
import io.steelyard.linux.Errno;
import org.jspecify.annotations.Nullable;

/** Finds a request a connection to its server: a kept one that is alive, else a new one. Owned by its loop. */
final class ServerOpening {
    private final HttpWorker worker;
    private int errno;

    ServerOpening(HttpWorker worker) {
        this.worker = worker;
    }

    /**
     * A connection to a server, which may still be about to be accepted.
     *
     * @return null where none can be opened; {@link #errno} says why
     */
    @Nullable
    ServerConnection open(ServerPool pool, RealServer server, ProxyPlan plan, Exchange exchange) {
        var transport = plan.configured().transport();
        var text = plan.source();
        var source = text == null
                ? null
                : PerConnection.address(exchange.evaluation().text(text));
        var approach = Approach.of(server, transport, source, exchange);
        if (approach == null) {
            errno = Errno.EPROTO;
            return null;
        }
        var kept = worker.idle()
                .take(pool, server, approach.bond(), worker.loop().timers().nowNs());
        if (kept != null) {
            return kept;
        }
        var connector = worker.loop().connector();
        int fd = text == null
                ? connector.connect(server.address(), transport)
                : connector.connect(server.address(), transport, source);
        if (fd < 0) {
            errno = -fd;
            return null;
        }
        return new ServerConnection(worker, pool, server, fd, approach);
    }

    /** Why the last connection could not be opened. */
    int errno() {
        return errno;
    }
}
