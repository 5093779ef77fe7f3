package io.steelyard.http.proxy;

import io.steelyard.api.Configuration;
import io.steelyard.api.Status;
import io.steelyard.api.affinity.RequestAffinity;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpService;
import io.steelyard.api.http.StatusPage;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.TrafficCounts;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.core.session.ConnectionGate;
import io.steelyard.core.session.LogFiles;
import io.steelyard.core.session.NamedServers;
import io.steelyard.core.tcp.EngineContext;
import io.steelyard.core.tls.TlsNames;
import io.steelyard.http.affinity.PoolAffinity;
import io.steelyard.http.route.CompiledService;
import io.steelyard.pool.limit.LimitZones;
import io.steelyard.pool.limit.RateZones;
import io.steelyard.pool.stick.StickTables;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.VariableTable;
import io.steelyard.realip.address.CidrTrie;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What a virtual server does with requests from now on: one picture, replaced as a whole by a new configuration. Each request keeps the one it
 * began under. Immutable but for the servers it remembers that a route named by address; safe for all threads.
 */
final class HttpPlan {
    private final VirtualServer server;
    private final List<Counts> counts;
    private final TrafficCounts traffic;
    private final Faults faults;
    private final VariableTable variables;
    private final LimitZones zones;
    private final RateZones rateZones;
    private final LogFiles logs;
    private final CompiledService service;
    private final Map<String, Balancer> pools = new HashMap<>();
    private final Map<String, CompiledTemplate> hashKeys = new HashMap<>();
    private final Map<String, Set<String>> publicHosts = new HashMap<>();
    private final StickTables stickTables;
    private final @Nullable ConnectionGate gate;

    /** Put by any loop that meets a pool whose servers changed; each entry is immutable. */
    private final Map<String, PoolAffinity> affinities = new ConcurrentHashMap<>();

    /** By who is asked for host names; put by any loop. */
    private final Map<Optional<NameLookup>, NamedServers> named = new ConcurrentHashMap<>();

    private final CidrTrie<Boolean> trusted;
    private final HttpTls tls;
    private final Map<Content.Page, StatusPage> pages = new HashMap<>();
    private final EngineContext context;
    private final Map<TlsClient, TlsNames> names = new HashMap<>();

    /** @throws IOException where a file that it needs cannot be used */
    HttpPlan(
            VirtualServer server,
            HttpService configured,
            EngineContext context,
            List<Counts> counts,
            TrafficCounts traffic,
            Faults faults)
            throws IOException {
        this.server = server;
        this.context = context;
        this.counts = counts;
        this.traffic = traffic;
        this.faults = faults;
        variables = context.sessions().variables();
        zones = context.sessions().zones();
        rateZones = context.sessions().rateZones();
        logs = context.sessions().logs();
        stickTables = context.sessions().stickTables();
        gate = context.sessions().gate(server, context);
        service = new CompiledService(configured, variables);
        trusted = CidrTrie.of(server.options().trustedProxies());
        tls = HttpTls.read(server, configured, service, context);
        tls.clients().forEach(client -> names.put(client, TlsNames.of(client, variables)));
        for (var route : configured.routes()) {
            if (route.content() instanceof Content.Page page) {
                var provider = context.statusPage(page.page()).orElseThrow();
                pages.put(page, provider.make(Options.of(provider.options(), page.options())));
            }
        }
        for (var pool : context.configuration().pools()) {
            pools.put(pool.name(), context.balancer(pool.name()));
            publicHosts.put(pool.name(), PoolRedirection.hosts(pool));
            pool.requestAffinity().ifPresent(affinity -> affinities.put(pool.name(), affinity(pool, affinity)));
            pool.hashKey().ifPresent(key -> hashKeys.put(pool.name(), variables.compile(key)));
        }
    }

    /** A page of this service. */
    StatusPage page(Content.Page configured) {
        return Objects.requireNonNull(pages.get(configured));
    }

    /** Shows what runs and how it is, on the control thread. */
    void look(BiConsumer<Configuration, Status> viewer) {
        context.look(viewer);
    }

    VirtualServer server() {
        return server;
    }

    /** What the clients of each loop are doing. */
    List<Counts> counts() {
        return counts;
    }

    /** What clients and servers did wrong: the virtual server's own, the same with every plan of it. */
    Faults faults() {
        return faults;
    }

    /** What passes through the virtual server. */
    TrafficCounts traffic() {
        return traffic;
    }

    /** Clients' connections of all virtual servers together. */
    long openConnections() {
        long open = 0;
        for (var each : counts) {
            open += each.active.getOpaque();
        }
        return open;
    }

    VariableTable variables() {
        return variables;
    }

    LimitZones zones() {
        return zones;
    }

    RateZones rateZones() {
        return rateZones;
    }

    LogFiles logs() {
        return logs;
    }

    CompiledService service() {
        return service;
    }

    /** TLS with clients and with servers. */
    HttpTls tls() {
        return tls;
    }

    /** What servers are told and verified by; null where this TLS is none of this configuration. */
    @Nullable
    TlsNames names(TlsClient client) {
        return names.get(client);
    }

    /** How long the handshake of a client may take. */
    long handshakeTimeoutNs() {
        return tls.handshakeTimeoutNs();
    }

    /** Whether the word of a peer about its client is taken at once. */
    boolean trusts(long high, long low) {
        return trusted.contains(high, low);
    }

    NamedServers named(Optional<NameLookup> lookup) {
        return named.computeIfAbsent(lookup, NamedServers::new);
    }

    /** The pools at work, by name. */
    Map<String, Balancer> pools() {
        return pools;
    }

    /** The pool of a name, or a server known by its address; null where the text is neither. */
    @Nullable
    Balancer balancer(String text) {
        var pool = pools.get(text);
        return pool != null ? pool : named(Optional.empty()).known(text);
    }

    /** The hosts and ports of the public URLs of a pool's servers. */
    Set<String> publicHosts(String pool) {
        return publicHosts.getOrDefault(pool, Set.of());
    }

    private PoolAffinity affinity(ServerPool pool, RequestAffinity configured) {
        return new PoolAffinity(pool, configured, variables, stickTables);
    }

    /** Where clients are remembered and counted. */
    StickTables stickTables() {
        return stickTables;
    }

    /** What connections go through when they were accepted; null for nothing. */
    @Nullable
    ConnectionGate gate() {
        return gate;
    }

    /** How a pool's clients come back; null where they do not. */
    @Nullable
    PoolAffinity affinity(ServerPool pool) {
        var configured = pool.requestAffinity();
        if (configured.isEmpty()) {
            return null;
        }
        var known = affinities.get(pool.name());
        if (known == null || !known.isOf(pool)) {
            known = affinity(pool, configured.get());
            affinities.put(pool.name(), known);
        }
        return known;
    }

    /** What a pool's schedulers hash; null where they hash nothing of their own. */
    @Nullable
    CompiledTemplate hashKey(String pool) {
        return hashKeys.get(pool);
    }
}
