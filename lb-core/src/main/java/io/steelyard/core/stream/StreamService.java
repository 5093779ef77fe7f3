package io.steelyard.core.stream;

import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.text.Template;
import io.steelyard.core.session.SessionRules;
import io.steelyard.pool.key.HashKey;
import io.steelyard.realip.address.Addresses;
import io.steelyard.realip.address.CidrTrie;
import java.io.IOException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a virtual server's listeners do for the connections they accept from now on: one immutable picture, replaced as a whole. A connection
 * keeps the one it was accepted under.
 *
 * @param balancer what gives it a server; null where the virtual server works out its target for each connection
 * @param hashKeyText the pool's hash key, where it names nothing but addresses and ports
 * @param hashKey the same, ready to be written; of one loop alone
 * @param rules variables, limits, logs and the like; null where there are none
 * @param tls null where no TLS is spoken
 * @param trusted whose PROXY protocol header names the client
 */
record StreamService(
        VirtualServer server,
        @Nullable Balancer balancer,
        Optional<Template> hashKeyText,
        @Nullable HashKey hashKey,
        @Nullable SessionRules rules,
        @Nullable StreamTls tls,
        CidrTrie<Boolean> trusted,
        Limits limits) {
    /** @throws IOException where a file of TLS cannot be used */
    static StreamService of(VirtualServer server, ForwarderContext context, Optional<SessionRules> rules)
            throws IOException {
        var balancer = server.target() instanceof Target.Pool pool ? context.balancer(pool.name()) : null;
        return new StreamService(
                server,
                balancer,
                // The configuration's and not the balancer's: a pool changes after its virtual servers.
                context.configuration()
                        .pool(server.pool())
                        .flatMap(ServerPool::hashKey)
                        .filter(HashKey::supports),
                null,
                rules.orElse(null),
                StreamTls.read(server, context, rules.orElse(null)),
                CidrTrie.of(server.options().trustedProxies()),
                Limits.of(server.options()));
    }

    /** The same for one loop: a hash key is written in a buffer of its own. */
    StreamService forOneLoop() {
        var ownKey = hashKeyText.map(HashKey::compile).orElse(null);
        return new StreamService(server, balancer, hashKeyText, ownKey, rules, tls, trusted, limits);
    }

    /** Whether the first access rule that is about the client lets it in; it is let in where none is. */
    boolean admits(long high, long low) {
        if (server.access().isEmpty()) {
            return true;
        }
        var client = Addresses.inetAddress(high, low);
        for (var rule : server.access()) {
            if (rule.matches(client)) {
                return rule.isAllowed();
            }
        }
        return true;
    }

    /** Whether the word of a peer about its client is taken. */
    boolean trusts(long high, long low) {
        return trusted.contains(high, low);
    }

    /** The proxy options in the units the data path counts in. */
    record Limits(
            long connectTimeoutNs,
            long idleTimeoutNs,
            boolean nextServer,
            int tries,
            long nextServerTimeoutNs,
            int sameServerRetries,
            long retryDelayNs,
            long halfClosedTimeoutNs,
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
                    options.sameServerRetries(),
                    options.retryDelay().toNanos(),
                    (options.halfClosedTimeout().isZero() ? options.idleTimeout() : options.halfClosedTimeout())
                            .toNanos(),
                    options.bufferBytes(),
                    options.splice(),
                    options.halfClose(),
                    options.downloadRate(),
                    options.uploadRate());
        }
    }
}
