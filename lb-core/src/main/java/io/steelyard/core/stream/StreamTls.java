package io.steelyard.core.stream;

import io.steelyard.api.Event;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.core.session.SessionRules;
import io.steelyard.core.tcp.EngineContext;
import io.steelyard.core.tls.TlsAcceptor;
import io.steelyard.core.tls.TlsConnector;
import io.steelyard.core.tls.TlsFiles;
import io.steelyard.core.tls.TlsNames;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The TLS of a TCP virtual server, with its files read. Immutable; safe for all threads.
 *
 * @param clients null where it is spoken with no client
 * @param all how it is spoken with servers that have no way of their own; absent for not at all
 * @param servers what opens each way of TLS with servers
 */
record StreamTls(@Nullable TlsAcceptor clients, Optional<TlsClient> all, Map<TlsClient, ToServer> servers) {
    /** One way of TLS with servers. */
    record ToServer(TlsConnector connector, TlsNames names) {}

    /**
     * Reads the files.
     *
     * @return null where no TLS is spoken
     * @throws IOException where a file cannot be used
     */
    static @Nullable StreamTls read(VirtualServer server, ForwarderContext context, @Nullable SessionRules rules)
            throws IOException {
        if (rules == null || !(context instanceof EngineContext engine)) {
            return null;
        }
        var files = engine.shared(TlsFiles.class, () -> new TlsFiles(text -> context.publish(new Event.Trouble(text))));
        boolean isSpoken = server.listen().stream().anyMatch(ListenAddress::tls);
        var clients = isSpoken && server.tls().isPresent()
                ? files.acceptor(server.tls().get(), List.of(), false)
                : null;
        var servers = new HashMap<TlsClient, ToServer>();
        if (server.options().tls().isPresent()) {
            add(server.options().tls().get(), files, rules, servers);
        }
        for (var pool : context.configuration().pools()) {
            boolean isReachable = server.pool().isEmpty() || pool.name().equals(server.pool());
            for (var real : pool.servers()) {
                if (isReachable && real.tls().isPresent()) {
                    add(real.tls().get(), files, rules, servers);
                }
            }
        }
        return clients == null && servers.isEmpty()
                ? null
                : new StreamTls(clients, server.options().tls(), servers);
    }

    private static void add(TlsClient client, TlsFiles files, SessionRules rules, Map<TlsClient, ToServer> servers)
            throws IOException {
        if (!servers.containsKey(client)) {
            servers.put(client, new ToServer(files.connector(client), rules.names(client)));
        }
    }

    /** How TLS is spoken with a server; null for not at all. */
    @Nullable
    ToServer with(RealServer server) {
        var own = server.tls().or(() -> all);
        return own.isPresent() ? servers.get(own.get()) : null;
    }
}
