package io.steelyard.core.session;

import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.ConnectionRule.Phase;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.core.tls.TlsNames;
import io.steelyard.pool.key.HashKey;
import io.steelyard.pool.limit.LimitZones;
import io.steelyard.pool.limit.Permit;
import io.steelyard.pool.variable.CompiledTemplate;
import io.steelyard.pool.variable.ConnectionFacts;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.LogLine;
import io.steelyard.pool.variable.VariableTable;
import io.steelyard.realip.address.Endpoint;
import io.steelyard.realip.proxyprotocol.ToldFields;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A virtual server's rules for its connections, prepared once and shared by all of them. Immutable but for the servers it remembers that a
 * target named by address.
 */
public final class SessionRules {
    /** A variable's value. */
    record Set(String variable, CompiledTemplate value) {}

    /** A log with its line. */
    record Log(AccessLog configured, LogLine line) {}

    private final Protocol protocol;
    private final VariableTable table;
    private final List<Set> sets = new ArrayList<>();
    private final List<ConnectionLimit> limits;
    private final LimitZones zones;
    private final List<Log> logs = new ArrayList<>();
    private final LogFiles files;
    private final @Nullable CompiledTemplate target;
    private final @Nullable CompiledTemplate source;
    private final @Nullable CompiledTemplate downloadRate;
    private final @Nullable CompiledTemplate uploadRate;
    private final boolean isReply;
    private final Map<String, Balancer> pools = new HashMap<>();
    private final Map<String, CompiledTemplate> hashKeys = new HashMap<>();

    private final ConnectionGate gate;

    private final NamedServers named;

    SessionRules(
            VirtualServer server,
            ForwarderContext context,
            VariableTable table,
            LimitZones zones,
            LogFiles files,
            ConnectionGate gate) {
        this.gate = gate;
        this.table = table;
        this.zones = zones;
        this.files = files;
        protocol = server.protocol();
        limits = server.limits();
        server.assignments().forEach(set -> sets.add(new Set(set.variable(), table.compile(set.value()))));
        server.accessLogs().forEach(log -> logs.add(new Log(log, LogLine.compile(table, log))));
        target = switch (server.target()) {
            case Target.Pool pool -> null;
            case Target.Http http -> null;
            case Target.Named text -> table.compile(text.text());
            case Target.Reply text -> table.compile(text.text());
        };
        var options = server.options();
        source = options.sourceText().map(table::compile).orElse(null);
        named = new NamedServers(options.nameLookup());
        downloadRate = options.downloadRateText().map(table::compile).orElse(null);
        uploadRate = options.uploadRateText().map(table::compile).orElse(null);
        isReply = server.target() instanceof Target.Reply;
        for (var pool : context.configuration().pools()) {
            boolean isReachable = target != null || pool.name().equals(server.pool());
            if (isReachable) {
                pools.put(pool.name(), context.balancer(pool.name()));
                pool.hashKey().ifPresent(key -> hashKeys.put(pool.name(), table.compile(key)));
            }
        }
    }

    /** Whether a virtual server wants anything of its connections that takes a {@link Session}. */
    static boolean isNeeded(VirtualServer server, ForwarderContext context) {
        return !(server.target() instanceof Target.Pool)
                || speaksTls(server, context)
                || server.options().tlsPreread()
                || !server.assignments().isEmpty()
                || !server.limits().isEmpty()
                || !server.accessLogs().isEmpty()
                || !server.connectionRules().isEmpty()
                || server.options().sourceText().isPresent()
                || server.options().downloadRateText().isPresent()
                || server.options().uploadRateText().isPresent()
                || !context.configuration()
                        .pool(server.pool())
                        .flatMap(ServerPool::hashKey)
                        .map(HashKey::supports)
                        .orElse(true);
    }

    /** Whether TLS is spoken with clients, or with a server there is. */
    private static boolean speaksTls(VirtualServer server, ForwarderContext context) {
        return server.listen().stream().anyMatch(ListenAddress::tls)
                || server.options().tls().isPresent()
                || context.configuration().pool(server.pool()).stream()
                        .flatMap(pool -> pool.servers().stream())
                        .anyMatch(real -> real.tls().isPresent());
    }

    /** What names of TLS with servers are worked out from. */
    public TlsNames names(TlsClient client) {
        return TlsNames.of(client, table);
    }

    /**
     * Who speaks to whom on a connection.
     *
     * @param client whose connection it is: the peer, or whom a trusted peer told; null for one on a UNIX socket
     * @param peer who connected; null for one on a UNIX socket
     * @param local what the peer spoke to
     * @param unixSocket the UNIX socket it spoke to, as {@code unix:path}; empty where it was an address
     * @param isProxied whether the connection began with a PROXY protocol header
     * @param toldClient the client by the PROXY protocol, whoever told it; null where nobody did
     * @param toldDestination what the client spoke to by the PROXY protocol
     * @param toldFields what else that told
     */
    public record Ends(
            @Nullable InetAddress client,
            int clientPort,
            @Nullable InetAddress peer,
            int peerPort,
            @Nullable InetAddress local,
            int localPort,
            String unixSocket,
            boolean isProxied,
            @Nullable Endpoint toldClient,
            @Nullable Endpoint toldDestination,
            ToldFields toldFields) {}

    /** Begins a session of one connection. */
    public Session open(Ends ends, long nowNs) {
        var facts = Sessions.facts(protocol);
        tell(facts, ends);
        return new Session(this, facts, nowNs);
    }

    static void tell(ConnectionFacts facts, Ends ends) {
        facts.client(ends.client(), ends.clientPort())
                .peer(ends.peer(), ends.peerPort())
                .server(ends.local(), ends.localPort());
        facts.unixSocket(ends.unixSocket());
        if (ends.isProxied()) {
            facts.hadHeader();
        }
        if (ends.toldClient() != null && ends.toldDestination() != null) {
            facts.proxied(ends.toldClient(), ends.toldDestination(), ends.toldFields());
        }
    }

    /** Whether there are rules of a phase. */
    public boolean has(Phase phase) {
        return gate.has(phase);
    }

    boolean isStream() {
        return protocol == Protocol.TCP;
    }

    /** Begins a session of one connection or UDP session whose peer is the client. */
    public Session open(InetAddress client, int clientPort, InetAddress local, int localPort, long nowNs) {
        var facts = Sessions.facts(protocol).client(client, clientPort).server(local, localPort);
        return new Session(this, facts, nowNs);
    }

    /** What connections go through. */
    ConnectionGate gate() {
        return gate;
    }

    VariableTable table() {
        return table;
    }

    List<Set> sets() {
        return sets;
    }

    /** Asks every limit, and counts the connection where they let it in. */
    Permit enter(Evaluation evaluation) {
        return zones.acquire(limits, evaluation);
    }

    List<Log> logs() {
        return logs;
    }

    LogFiles files() {
        return files;
    }

    /** What the target is worked out from; null where it is a pool. */
    @Nullable
    CompiledTemplate target() {
        return target;
    }

    /** What the local address of connections to servers is worked out from; null where it is fixed. */
    @Nullable
    CompiledTemplate source() {
        return source;
    }

    /** What the rate from the server is worked out from; null where it is fixed. */
    @Nullable
    CompiledTemplate downloadRate() {
        return downloadRate;
    }

    /** What the rate to the server is worked out from; null where it is fixed. */
    @Nullable
    CompiledTemplate uploadRate() {
        return uploadRate;
    }

    boolean isReply() {
        return isReply;
    }

    NamedServers named() {
        return named;
    }

    @Nullable
    CompiledTemplate hashKey(String pool) {
        return hashKeys.get(pool);
    }

    /** The pool of a name, or the server at an address; null where the text is neither. A host name may wait for its name server. */
    @Nullable
    Balancer balancer(String text) {
        var pool = pools.get(text);
        return pool != null ? pool : named.known(text);
    }
}
