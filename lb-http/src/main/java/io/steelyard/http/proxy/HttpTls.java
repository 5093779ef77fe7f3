package io.steelyard.http.proxy;

import io.steelyard.api.Event;
import io.steelyard.api.Personality;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.core.tcp.EngineContext;
import io.steelyard.core.tls.TlsAcceptor;
import io.steelyard.core.tls.TlsConnector;
import io.steelyard.core.tls.TlsFiles;
import io.steelyard.core.tls.TlsTransport;
import io.steelyard.http.route.CompiledService;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The TLS of an HTTP virtual server, with its files read. Immutable; safe for all threads. */
final class HttpTls implements TlsTransport.Choice {
    private final CompiledService sites;
    private final Map<String, TlsAcceptor> byHost = new HashMap<>();
    private final Map<TlsClient, TlsConnector> connectors = new HashMap<>();
    private @Nullable TlsAcceptor otherwise;

    private HttpTls(CompiledService sites) {
        this.sites = sites;
    }

    /**
     * Reads the files.
     *
     * @throws IOException where one cannot be used
     */
    static HttpTls read(VirtualServer server, HttpService service, CompiledService sites, EngineContext context)
            throws IOException {
        var files =
                context.shared(TlsFiles.class, () -> new TlsFiles(text -> context.publish(new Event.Trouble(text))));
        var tls = new HttpTls(sites);
        if (server.listen().stream().anyMatch(ListenAddress::tls)) {
            var spoken = spoken(service);
            boolean refusesOthers = service.defaultHost().client().personality() != Personality.HAPROXY;
            var same = new HashMap<TlsServer, TlsAcceptor>();
            for (var host : service.hosts()) {
                if (host.tls().isPresent()) {
                    var configured = host.tls().get();
                    var acceptor = same.get(configured);
                    if (acceptor == null) {
                        acceptor = files.acceptor(configured, spoken, refusesOthers);
                        same.put(configured, acceptor);
                    }
                    tls.byHost.put(host.name(), acceptor);
                }
            }
            if (server.tls().isPresent()) {
                tls.otherwise = files.acceptor(server.tls().get(), spoken, refusesOthers);
            }
        }
        for (var route : service.routes()) {
            var client =
                    route.content().proxy().flatMap(proxy -> proxy.transport().tls());
            if (client.isPresent()) {
                tls.add(client.get(), files);
            }
        }
        for (var pool : context.configuration().pools()) {
            for (var real : pool.servers()) {
                if (real.tls().isPresent()) {
                    tls.add(real.tls().get(), files);
                }
            }
        }
        return tls;
    }

    private void add(TlsClient client, TlsFiles files) throws IOException {
        if (!connectors.containsKey(client)) {
            connectors.put(client, files.connector(client));
        }
    }

    /** What is spoken over TLS here, by preference. */
    private static List<String> spoken(HttpService service) {
        return service.defaultHost().client().http2()
                ? List.of("h2", "http/1.1", "http/1.0")
                : List.of("http/1.1", "http/1.0");
    }

    @Override
    public @Nullable TlsAcceptor acceptor(String serverName) {
        return acceptorOf(sites.named(hostOf(serverName)).host().name());
    }

    /** The acceptor of a host; null where it has no TLS. */
    @Nullable
    TlsAcceptor acceptorOf(String host) {
        var own = byHost.get(host);
        return own == null ? otherwise : own;
    }

    private static String hostOf(String serverName) {
        var lower = serverName.toLowerCase(Locale.ROOT);
        return lower.endsWith(".") ? lower.substring(0, lower.length() - 1) : lower;
    }

    /** How long a handshake may take: until a client's name is known, by the default host. */
    long handshakeTimeoutNs() {
        var acceptor = acceptorOf(sites.fallback().host().name());
        return acceptor == null
                ? 60_000_000_000L
                : acceptor.configured().handshakeTimeout().toNanos();
    }

    /** The ways of TLS with servers. */
    Set<TlsClient> clients() {
        return connectors.keySet();
    }

    /** What opens TLS with servers. */
    @Nullable
    TlsConnector connector(TlsClient client) {
        return connectors.get(client);
    }
}
