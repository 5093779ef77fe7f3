package io.steelyard.config.haproxy;

import io.steelyard.api.Personality;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.pool.ConnectionReuse;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.NameLookup;
import io.steelyard.api.pool.Observation;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.config.haproxy.grammar.Word;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.IntSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Makes pools of backends. Servers may track those of other backends, so all are drafted before one is made. One use, one thread. */
final class PoolReader {
    private static final int MOST_IDLE = 1_000;

    private final Findings findings;
    private final ServerPlaces places;
    private final Texts texts;
    private final TlsDefaults tls;
    private final ServerParameters parameters;
    private final BalanceReader balance;
    private final CheckReader checks;
    private final StickReader sticks;
    private final RequestAffinityReader affinities;
    private final Map<String, Draft> drafts = new HashMap<>();

    PoolReader(
            Findings findings,
            CheckReader checks,
            Rules rules,
            Texts texts,
            TlsDefaults tls,
            ResolversReader resolvers) {
        places = new ServerPlaces(findings, resolvers);
        this.findings = findings;
        this.texts = texts;
        this.tls = tls;
        this.checks = checks;
        parameters = new ServerParameters(findings);
        balance = new BalanceReader(findings, texts);
        sticks = new StickReader(findings, rules, texts);
        affinities = new RequestAffinityReader(findings, rules, texts, sticks);
    }

    /** A server that was read. */
    private record DraftServer(
            Word name, String id, ServerAddress address, Optional<NameLookup> lookup, ServerDraft parameters) {
        private DraftServer(Word name, ServerAddress address, ServerDraft parameters) {
            this(name, name.text(), address, Optional.empty(), parameters);
        }
    }

    /** A backend that was read. */
    private record Draft(Proxy backend, CheckReader.Kind kind, List<DraftServer> servers) {}

    /**
     * Reads a backend's servers.
     *
     * @param port where servers without a port are reached: that of the clients' side; absent where it is not one
     */
    void draft(Proxy backend, OptionalInt port) {
        var servers = new ArrayList<DraftServer>();
        var names = new HashMap<String, Word>();
        var numbers = new HashMap<String, Word>();
        var model = new ServerDraft(tls);
        for (var statement : backend.statements()) {
            switch (statement.keyword().name()) {
                case "default-server" -> parameters.read(statement, 0, model);
                case "server" -> {
                    checkName(statement.argument(0), names);
                    var draft = model.clone();
                    parameters.read(statement, 2, draft);
                    checkNumber(draft, numbers);
                    places.checkPort(backend, statement, draft);
                    places.find(statement, statement.argument(1), port, draft)
                            .ifPresent(where -> servers.add(new DraftServer(
                                    statement.argument(0),
                                    statement.argument(0).text(),
                                    where.address(),
                                    where.lookup(),
                                    draft)));
                }
                case "server-template" -> {
                    checkName(statement.argument(0), names);
                    var draft = model.clone();
                    parameters.read(statement, 3, draft);
                    servers.addAll(template(statement, port, draft));
                }
                case "dispatch" ->
                    places.address(statement.argument(0), port)
                            .ifPresent(address ->
                                    servers.add(new DraftServer(statement.argument(0), address, new ServerDraft(tls))));
                default -> {}
            }
        }
        drafts.put(backend.name().text(), new Draft(backend, checks.read(backend), servers));
    }

    /**
     * The pool of a backend that was drafted; empty where it has no server.
     *
     * @param fullConnections with how many flows limits are their greatest, where some change
     */
    Optional<ServerPool> pool(Proxy backend, IntSupplier fullConnections) {
        var draft = drafts.get(backend.name().text());
        if (draft == null || draft.servers().isEmpty()) {
            return Optional.empty();
        }
        var name = backend.name().text();
        var path = "pools." + name;
        findings.place(path, backend.name().position());
        var pool =
                ServerPool.builder(name).personality(Personality.HAPROXY).allBackups(backend.has("option allbackups"));
        balance.read(backend, pool, path);
        sticks.affinity(backend).ifPresent(pool::affinity);
        addServers(draft, pool, path);
        if (backend.isHttp()) {
            pool.reuse(reuse(backend));
            var names = draft.servers().stream().map(DraftServer::id).collect(Collectors.toSet());
            affinities.read(backend, names).ifPresent(pool::requestAffinity);
        } else {
            refuseOfHttp(backend);
        }
        boolean hasLimits =
                draft.servers().stream().map(DraftServer::parameters).anyMatch(PoolReader::mayBeFull);
        if (draft.servers().stream().anyMatch(server -> server.parameters().minConnections > 0)) {
            pool.fullConnections(fullConnections.getAsInt());
        }
        if (hasLimits) {
            pool.queue(new ConnectionQueue(Integer.MAX_VALUE, queueTimeout(backend)));
        }
        return Optional.of(pool.build());
    }

    /** Whether it has a limit, or an agent that may give it one. */
    private static boolean mayBeFull(ServerDraft server) {
        return server.maxConnections > 0 || server.minConnections > 0 || server.hasAgent;
    }

    /** What names a request's server needs requests. */
    private void refuseOfHttp(Proxy backend) {
        for (var keyword : List.of("use-server", "stick match", "stick store-request", "stick store-response")) {
            backend.all(keyword)
                    .forEach(statement -> findings.error(
                            statement.position(),
                            "'" + keyword + "' cannot be honoured in mode tcp",
                            "mode http, or 'stick on src'",
                            ""));
        }
    }

    /** Reads the stick table of a proxy, which rules of others may use. */
    void addTable(Proxy proxy) {
        sticks.addTable(proxy);
    }

    /** The stick tables of the pools that were made. */
    List<StickTable> stickTables() {
        return sticks.tables();
    }

    /** How connections are kept: shared by all clients, and closed when they were idle for five seconds, as HAProxy does on the average. */
    private static ConnectionReuse reuse(Proxy backend) {
        boolean isNever = backend.last("http-reuse")
                .filter(statement -> statement.argument(0).text().equals("never"))
                .isPresent();
        boolean closes = backend.last(
                        "option httpclose", "option forceclose", "option http-server-close", "option http-keep-alive")
                .filter(statement -> !statement.is("option http-keep-alive"))
                .isPresent();
        return isNever || closes
                ? ConnectionReuse.NONE
                : new ConnectionReuse(MOST_IDLE, Integer.MAX_VALUE, Values.LONGEST, Duration.ofSeconds(5));
    }

    private static Duration queueTimeout(Proxy backend) {
        var timeout = Times.of(backend, "timeout queue").or(() -> Times.of(backend, "timeout connect", "contimeout"));
        return timeout.filter(time -> !time.isZero()).orElse(Values.LONGEST);
    }

    private void addServers(Draft draft, ServerPool.Builder pool, String path) {
        var specs = draft.servers().stream().map(server -> specs(draft, server)).toList();
        boolean isOneCheck = specs.stream().distinct().count() == 1;
        if (isOneCheck) {
            specs.getFirst().forEach(pool::healthCheck);
        }
        for (int i = 0; i < specs.size(); i++) {
            var server = draft.servers().get(i);
            var values = server.parameters();
            findings.place(path + ".servers." + server.id(), server.name().position());
            var builder = RealServer.builder(server.id(), server.address())
                    .weight(values.weight)
                    .tier(values.isBackup ? 1 : 0)
                    .adminState(values.isDisabled ? AdminState.DISABLED : AdminState.ENABLED)
                    // As in HAProxy, a least limit that is greater is the limit.
                    .maxConnections(Math.max(values.maxConnections, values.minConnections))
                    .minConnections(values.minConnections)
                    .endsFlowsWhenDown(values.endsFlowsWhenDown)
                    .endsBackupFlowsWhenUp(values.endsBackupFlowsWhenUp)
                    .maxQueued(values.maxQueued)
                    .slowStart(values.slowStart)
                    .sendProxyProtocol(values.header)
                    .checkProxyProtocol(values.checkHeader());
            server.lookup().ifPresent(builder::nameLookup);
            observation(draft, server).ifPresent(builder::observation);
            if (values.cookie != null && draft.backend().isHttp()) {
                sticky(builder, values.cookie);
            }
            values.tls.make(draft.backend(), texts, findings).ifPresent(builder::tls);
            if (values.redirection != null) {
                redirection(values.redirection).ifPresent(builder::publicUrl);
            }
            if (!isOneCheck) {
                builder.healthChecks(specs.get(i));
            }
            pool.server(builder.build());
        }
    }

    /** What real traffic says to the server's check; HAProxy ignores it without one. */
    private Optional<Observation> observation(Draft draft, DraftServer server) {
        var values = server.parameters();
        if (values.observed == null || !values.isChecked) {
            return Optional.empty();
        }
        if (values.observed == Observation.Layer.ANSWER && !draft.backend().isHttp()) {
            findings.error(
                    server.name().position(),
                    "server '" + server.name() + "' has 'observe layer7', which needs mode http",
                    "observe layer4",
                    "");
            return Optional.empty();
        }
        return Optional.of(new Observation(values.observed, values.errorLimit, values.onError));
    }

    private void sticky(RealServer.Builder server, Word cookie) {
        try {
            server.stickyName(cookie.text());
            server.build();
        } catch (IllegalArgumentException wrong) {
            findings.error(cookie.position(), "'cookie' of a server is '" + cookie + "': " + wrong.getMessage());
        }
    }

    /** {@code redir}: what the URLs of a server begin with. */
    private Optional<String> redirection(Word prefix) {
        var url = prefix.text().replaceFirst("/$", "");
        if (!url.matches("https?://.+")) {
            findings.error(
                    prefix.position(),
                    "'redir' cannot be honoured with '" + prefix + "'",
                    "such as http://a.example, which clients are sent to",
                    "");
            return Optional.empty();
        }
        return Optional.of(url);
    }

    private List<HealthCheckSpec> specs(Draft draft, DraftServer server) {
        var all = new ArrayList<>(ownSpecs(draft, server));
        if (server.parameters().hasAgent) {
            if (server.parameters().agentPort == 0) {
                findings.error(
                        server.name().position(),
                        "server '" + server.name() + "' has 'agent-check' and no port of the agent",
                        "agent-port PORT",
                        "");
            } else {
                all.add(checks.agent(draft.kind(), server.parameters()));
            }
        }
        return all;
    }

    private List<HealthCheckSpec> ownSpecs(Draft draft, DraftServer server) {
        var tracked = server.parameters().tracked;
        if (tracked == null) {
            return server.parameters().isChecked ? List.of(checks.spec(draft.kind(), server.parameters())) : List.of();
        }
        if (server.parameters().isChecked) {
            findings.error(tracked.position(), "a server has 'check' and 'track'", "one of them", "");
            return List.of();
        }
        return follow(draft, tracked);
    }

    /** The check of a tracked server, made at that server's address. */
    private List<HealthCheckSpec> follow(Draft draft, Word tracked) {
        int slash = tracked.text().indexOf('/');
        var backend = slash < 0 ? draft : drafts.get(tracked.text().substring(0, slash));
        var target = backend == null ? null : named(backend, tracked.text().substring(slash + 1));
        if (backend == null || target == null) {
            findings.error(tracked.position(), "unknown server '" + tracked + "'", "backend/server", "");
            return List.of();
        }
        if (!target.parameters().isChecked || !(target.address() instanceof ServerAddress.Ip ip)) {
            findings.error(
                    tracked.position(),
                    "server '" + tracked + "' cannot be tracked",
                    "one with a numeric address and 'check'",
                    "");
            return List.of();
        }
        var copy = target.parameters().clone();
        copy.checkAddress = copy.checkAddress == null ? ip.address() : copy.checkAddress;
        copy.checkPort = copy.checkPort == 0 ? ip.port() : copy.checkPort;
        return List.of(checks.spec(backend.kind(), copy));
    }

    private static @Nullable DraftServer named(Draft draft, String name) {
        return draft.servers().stream()
                .filter(server -> server.id().equals(name))
                .findFirst()
                .orElse(null);
    }

    private void checkNumber(ServerDraft draft, Map<String, Word> numbers) {
        var number = draft.number;
        var first = number == null ? null : numbers.putIfAbsent(number.text(), number);
        if (number != null && first != null) {
            findings.error(
                    number.position(),
                    "the id " + number + " is that of another server, at " + first.position(),
                    "a number of its own",
                    "");
        }
    }

    private void checkName(Word name, Map<String, Word> names) {
        var bad = name.text()
                .chars()
                .filter(c -> !ProxySections.isNameCharacter(c))
                .findFirst();
        if (bad.isPresent()) {
            findings.error(
                    name.position(),
                    "the name of server '" + name + "' has '" + Character.toString(bad.getAsInt()) + "'",
                    "letters, digits, '-', '_', '.' and ':'",
                    "");
        }
        var first = names.putIfAbsent(name.text(), name);
        if (first != null) {
            findings.error(
                    name.position(),
                    "server '" + name + "' is duplicate: it stands at " + first.position() + " too",
                    "",
                    "rename one of them");
        }
    }

    /** The servers of a template: places for addresses where it has name servers, or else one name. */
    private List<DraftServer> template(Statement statement, OptionalInt port, ServerDraft draft) {
        var name = statement.argument(0);
        var count = statement.argument(1);
        var range = count.text().split("-", 2);
        int first;
        int last;
        try {
            first = range.length == 1 ? 1 : Values.number(range[0], 1, 65_535);
            last = Values.number(range[range.length - 1], 1, 65_535);
            if (last < first) {
                throw new IllegalArgumentException("a range that does not end before it begins");
            }
        } catch (IllegalArgumentException wrong) {
            findings.error(
                    count.position(),
                    "'server-template' has the number '" + count + "'",
                    String.valueOf(wrong.getMessage()),
                    "");
            return List.of();
        }
        var where = places.find(statement, statement.argument(2), port, draft);
        if (where.isEmpty()) {
            return List.of();
        }
        var address = where.get().address();
        if (where.get().lookup().isEmpty() && address instanceof ServerAddress.Name) {
            findings.differs(
                    statement.position(),
                    "server-template",
                    "without 'resolvers' there is one server for each address the name has when it is applied");
            return List.of(new DraftServer(name, address, draft));
        }
        return IntStream.rangeClosed(first, last)
                .mapToObj(number -> new DraftServer(
                        name, name.text() + number, address, where.get().lookup(), draft))
                .toList();
    }
}
