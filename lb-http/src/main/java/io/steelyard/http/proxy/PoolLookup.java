package io.steelyard.http.proxy;

import io.steelyard.api.http.HttpProxy.ForwardedPath;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.core.session.NamedServers;
import io.steelyard.http.route.ProxyPlan;
import org.jspecify.annotations.Nullable;

/** Finds where a request goes: a pool by its name, or a server by its address, or by its host name on a thread of its own. Without state. */
final class PoolLookup {
    private static final int HTTPS_PORT = 443;

    /** Told what was found: at once, or later on the request's loop. */
    @FunctionalInterface
    interface Finding {
        /**
         * @param pool null for nothing
         * @param path what stands behind the server, asked for whatever the client asked; null for none
         */
        void found(@Nullable Balancer pool, @Nullable String path);
    }

    private PoolLookup() {}

    /** Looks what the route's text says for this request. */
    static void find(Exchange exchange, ProxyPlan plan, Finding then) {
        boolean isTls = plan.configured().transport().tls().isPresent();
        var place = ServerPlace.of(
                exchange.evaluation().raw(plan.server()), plan.configured().path(), isTls);
        var servers = exchange.plan();
        var pool = servers.balancer(place.server());
        boolean isElsewhere = isTls && pool == null && plan.configured().path() instanceof ForwardedPath.InServer;
        var target = isElsewhere ? ServerPlace.withPort(place.server(), HTTPS_PORT) : place.server();
        var known = isElsewhere ? servers.balancer(target) : pool;
        exchange.facts().proxyHost(target, isTls);
        var named = servers.named(plan.configured().transport().nameLookup());
        if (known != null || !NamedServers.needsNameServer(target)) {
            then.found(known != null ? known : named.resolve(target), place.path());
            return;
        }
        var loop = exchange.client().worker().loop().loop();
        Thread.ofVirtual().start(() -> {
            var resolved = named.resolve(target);
            loop.execute(() -> then.found(resolved, place.path()));
        });
    }
}
