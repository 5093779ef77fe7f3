package io.steelyard.core;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.NameServerStatus;
import io.steelyard.api.Problem;
import io.steelyard.api.Status;
import io.steelyard.api.affinity.CountedKeys;
import io.steelyard.api.health.ProbeResult.Verdict;
import io.steelyard.api.http.BrokenMessage;
import io.steelyard.api.http.StatusPageProvider;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ForwarderProvider;
import io.steelyard.api.proxy.OpenFlow;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.vrrp.RunningRouters;
import io.steelyard.core.datagram.DatagramForwarderProvider;
import io.steelyard.core.loop.LoopGroup;
import io.steelyard.core.session.Sessions;
import io.steelyard.core.stream.StreamForwarderProvider;
import io.steelyard.core.tcp.ConnectionLimit;
import io.steelyard.core.tcp.EngineContext;
import io.steelyard.core.tcp.OwnAddresses;
import io.steelyard.core.tcp.TcpLoop;
import io.steelyard.pool.ControlLoop;
import io.steelyard.pool.HostNames;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A running balancer: the control loop's state, and how a new configuration becomes what runs.
 *
 * <p>Everything here belongs to the control loop's thread except the fields that say otherwise; the public methods hand their work to it.
 * Applying has two halves. The first may fail and is undone as a whole: validating, making new pools, opening new listeners. The second
 * cannot fail: changing pools, retiring what is gone.
 */
final class Engine implements LoadBalancer {
    private static final Logger LOG = LoggerFactory.getLogger(Engine.class);

    /** How often host names are looked up again. The system's resolver may remember for longer; the JDK does for 30 s. */
    private static final Duration NAMES_EVERY = Duration.ofSeconds(10);

    private final Plugins plugins;
    private final ControlLoop control;
    private final LoopGroup loops;
    private final ConnectionLimit connectionLimit = new ConnectionLimit();
    private final List<TcpLoop> tcpLoops;
    private final Sessions sessions;
    private final StreamForwarderProvider streams;
    private final DatagramForwarderProvider datagrams;
    private final RunningServers servers;
    private final OwnAddresses ownAddresses = new OwnAddresses();
    private final RoutersBeside routers;
    private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
    private final ForwarderContext context = new Context();
    private final AtomicBoolean isClosed = new AtomicBoolean();

    /** Changed by the control thread, read by any: a forwarder asks for a pool by name when it is opened or changed. */
    private final Map<String, DrainablePool> pools = new ConcurrentHashMap<>();

    /** By its type, what forwarders share. */
    private final Map<Class<?>, AutoCloseable> shared = new LinkedHashMap<>();

    private final HostNames.Resolver resolver;
    private final PoolNames names;

    /** The control thread's: the pools as they run, with addresses for names, and how often names were about to be looked up again. */
    private Map<String, ServerPool> resolvedNow = Map.of();

    private int lookings;

    /** Written by the control thread. */
    private volatile Configuration configuration;

    /** What is being applied, or was last. */
    private Configuration applying;

    private Engine(
            Configuration first,
            Plugins plugins,
            List<Consumer<Event>> listeners,
            HostNames.Resolver resolver,
            Duration namesEvery,
            boolean takesOver) {
        this.plugins = plugins;
        ownAddresses.takingOver(takesOver);
        this.resolver = resolver;
        names = new PoolNames(resolver, namesEvery, text -> publish(new Event.Trouble(text)));
        sessions = new Sessions(this::publish, plugins::language);
        this.listeners.addAll(listeners);
        applying = first;
        configuration =
                new Configuration(first.settings(), List.of(), List.of(), List.of(), List.of(), List.of(), List.of());
        control = ControlLoop.start("lb-control", failure -> LOG.error("a control task failed", failure));
        loops = LoopGroup.start(first.settings().loops());
        tcpLoops = loops.loops().stream()
                .map(loop -> new TcpLoop(loop, this::publish, connectionLimit, ownAddresses))
                .toList();
        streams = new StreamForwarderProvider(tcpLoops, sessions);
        datagrams = new DatagramForwarderProvider(loops, sessions, this::publish, ownAddresses::isFloating);
        routers = new RoutersBeside(plugins, this::publish);
        var providers = new ArrayList<ForwarderProvider>(plugins.forwarders());
        providers.add(streams);
        providers.add(datagrams);
        servers = new RunningServers(providers, context, control);
    }

    static LoadBalancer start(
            Configuration configuration, Plugins plugins, List<Consumer<Event>> listeners, boolean takesOver) {
        return start(configuration, plugins, listeners, new Resolvers(), NAMES_EVERY, takesOver);
    }

    /**
     * Starts one.
     *
     * @param namesEvery how often the host names of servers are looked up again
     * @param takesOver whether another process may have the first addresses
     */
    static LoadBalancer start(
            Configuration configuration,
            Plugins plugins,
            List<Consumer<Event>> listeners,
            HostNames.Resolver resolver,
            Duration namesEvery,
            boolean takesOver) {
        var problems = Validation.problems(configuration, plugins);
        if (problems.stream().anyMatch(Problem::isError)) {
            throw new ConfigurationException(problems);
        }
        var engine = new Engine(configuration, plugins, listeners, resolver, namesEvery, takesOver);
        try {
            engine.apply(configuration);
            engine.control.call(() -> {
                engine.ownAddresses.takingOver(false);
                return null;
            });
            return engine;
        } catch (RuntimeException refused) {
            engine.close();
            throw refused;
        }
    }

    // ---- what an application asks for

    @Override
    public Configuration configuration() {
        return configuration;
    }

    @Override
    public void apply(Configuration changed) {
        var problems = Validation.problems(changed, plugins);
        if (problems.stream().anyMatch(Problem::isError)) {
            throw new ConfigurationException(problems);
        }
        // Asking name servers may take its time, so it is done here and not on the control thread.
        var resolved = names.resolve(changed);
        control.call(() -> {
            applyResolved(changed, resolved);
            return null;
        });
    }

    @Override
    public void adminState(String pool, String server, AdminState state) {
        change(() -> running(pool).adminState(server, state));
    }

    @Override
    public void health(String pool, String server, int check, Verdict found) {
        change(() -> running(pool).health(server, check, found));
    }

    @Override
    public void probing(String pool, String server, int check, boolean isOn) {
        change(() -> running(pool).probing(server, check, isOn));
    }

    @Override
    public void accepting(String virtualServer, boolean isOn) {
        change(() -> servers.accepting(virtualServer, isOn));
    }

    /** What an operator wants; who looks at pools and listeners looks at once. */
    private void change(Runnable wanted) {
        control.call(() -> {
            wanted.run();
            routers.look(configuration, pools, servers);
            return null;
        });
    }

    @Override
    public Optional<Balancer> balancer(String pool) {
        return Optional.ofNullable(pools.get(pool)).map(DrainablePool::balancer);
    }

    @Override
    public Optional<CountedKeys> stickTable(String name) {
        return control.call(() -> Optional.ofNullable(sessions.stickTables().counted(name)));
    }

    /** Each loop has the same part of it; where it is 0, of what the heap may have. */
    private void shareBudget(long bytes) {
        long all = bytes == 0 ? Runtime.getRuntime().maxMemory() : bytes;
        tcpLoops.forEach(loop -> loop.bufferBudget(all / tcpLoops.size()));
    }

    @Override
    public List<OpenFlow> flows() {
        return control.call(servers::flows);
    }

    @Override
    public boolean endFlow(long id) {
        return control.call(() -> servers.endFlow(id));
    }

    @Override
    public void endFlows(String pool, String server) {
        control.call(() -> {
            servers.endFlows(pool, server, Forwarder.Ending.KILLED);
            return null;
        });
    }

    @Override
    public List<BrokenMessage> brokenMessages() {
        return control.call(servers::brokenMessages);
    }

    @Override
    public List<NameServerStatus> nameServers() {
        return resolver.status();
    }

    @Override
    public Status status() {
        return control.call(this::statusNow);
    }

    private Status statusNow() {
        return new Status(
                configuration.pools().stream()
                        .map(pool -> running(pool.name()).status())
                        .toList(),
                servers.status(),
                tcpLoops.stream().mapToLong(each -> each.buffers().lentBytes()).sum());
    }

    @Override
    public Optional<RunningRouters> virtualRouters() {
        return routers.running();
    }

    @Override
    public void onEvent(Consumer<Event> listener) {
        listeners.add(listener);
    }

    @Override
    public void reopenLogs() {
        sessions.reopenLogs();
    }

    @Override
    public void drain(Duration limit) {
        var drained = new CompletableFuture<Void>();
        control.call(() -> {
            // Before anything else: another machine takes the addresses, and new flows go there.
            routers.close();
            servers.stopAccepting();
            pollDrained(drained);
            return null;
        });
        try {
            drained.get(limit.toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            LOG.info("drain: the limit of {} passed with flows still open; they are cut", limit);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } catch (java.util.concurrent.ExecutionException impossible) {
            throw new IllegalStateException(impossible);
        }
        close();
    }

    @Override
    public void close() {
        if (isClosed.getAndSet(true)) {
            return;
        }
        control.call(() -> {
            routers.close();
            servers.close();
            pools.values().forEach(DrainablePool::close);
            return null;
        });
        streams.close();
        datagrams.close();
        shared.values().forEach(Engine::closeQuietly);
        try {
            assert leaks().isEmpty() : leaks();
        } finally {
            closeLoops();
        }
    }

    /** What is still held though nobody is served any more; tests run with assertions, and fail where that is anything. */
    private List<String> leaks() {
        return tcpLoops.stream()
                .map(each -> each.loop()
                        .call(() -> each.buffers().lent() == 0 && each.loop().descriptors() == 0
                                ? ""
                                : "loop " + each.loop().index() + " still has "
                                        + each.buffers().lent() + " buffers lent and "
                                        + each.loop().descriptors() + " descriptors open")
                        .join())
                .filter(leak -> !leak.isEmpty())
                .toList();
    }

    private void closeLoops() {
        loops.close();
        sessions.close();
        control.close();
    }

    private static void closeQuietly(AutoCloseable closeable) {
        try {
            closeable.close();
        } catch (Exception failed) {
            LOG.warn("closing {} failed", closeable, failed);
        }
    }

    // ---- what forwarders ask for

    private final class Context implements EngineContext {
        @Override
        public Balancer balancer(String pool) {
            return running(pool).balancer();
        }

        @Override
        public Configuration configuration() {
            return applying;
        }

        @Override
        public List<TcpLoop> tcpLoops() {
            return tcpLoops;
        }

        @Override
        public Sessions sessions() {
            return sessions;
        }

        @Override
        public Optional<StatusPageProvider> statusPage(String name) {
            return plugins.statusPage(name);
        }

        @Override
        public void look(BiConsumer<Configuration, Status> viewer) {
            control.execute(() -> viewer.accept(configuration, statusNow()));
        }

        @Override
        public <T extends AutoCloseable> T shared(Class<T> type, Supplier<T> maker) {
            return type.cast(shared.computeIfAbsent(type, absent -> maker.get()));
        }

        @Override
        public void publish(Event event) {
            Engine.this.publish(event);
        }
    }

    private void publish(Event event) {
        control.execute(() -> {
            for (var listener : listeners) {
                try {
                    listener.accept(event);
                } catch (RuntimeException failed) {
                    LOG.warn("a listener failed on event '{}'", event, failed);
                }
            }
            routers.look(configuration, pools, servers);
        });
    }

    // ---- a new configuration

    private void applyResolved(Configuration changed, PoolNames.Resolved found) {
        var resolved = found.pools();
        var undo = new ArrayDeque<Runnable>();
        var before = configuration;
        applying = changed;
        var restoreSessions = sessions.change(changed);
        ownAddresses.floating(RoutersBeside.floating(changed));
        try {
            addPools(changed, resolved, undo);
            servers.change(changed, undo);
            routers.change(before, changed, undo);
        } catch (IOException | RuntimeException failed) {
            applying = before;
            restoreSessions.run();
            ownAddresses.floating(RoutersBeside.floating(before));
            undo.forEach(Runnable::run);
            if (failed instanceof IOException io) {
                throw RunningServers.refused(io);
            }
            throw (RuntimeException) failed;
        }
        for (var pool : changed.pools()) {
            running(pool.name())
                    .apply(resolvedPool(resolved, pool), changed.settings().drainTimeout(), servers::cutFlows);
        }
        servers.retire(changed);
        retirePools(changed);
        Listening.announce(configuration, changed, this::publish);
        connectionLimit.most(changed.settings().maxConnections());
        datagrams.maxSessions(changed.settings().maxConnections());
        shareBudget(changed.settings().bufferBudget());
        if (changed.settings().loops() != configuration.settings().loops()) {
            publish(new Event.Trouble("the number of loops stays as it is until the next start"));
        }
        configuration = changed;
        resolvedNow = resolved;
        lookAgainAfter(found.again());
        publish(new Event.ConfigurationApplied(
                changed.virtualServers().size(),
                changed.pools().size(),
                changed.pools().stream().mapToInt(pool -> pool.servers().size()).sum()));
    }

    /** Names are looked up again after a while, on a thread that may wait for a name server; unless another configuration comes first. */
    private void lookAgainAfter(Optional<Duration> time) {
        int number = ++lookings;
        time.ifPresent(after -> control.schedule(after, () -> {
            if (number != lookings) {
                return;
            }
            var looked = configuration;
            Thread.ofVirtual().name("lb-names").start(() -> {
                var found = names.lookAgain(looked);
                control.execute(() -> onLookedAgain(number, looked, found));
            });
        }));
    }

    private void onLookedAgain(int number, Configuration looked, PoolNames.Resolved found) {
        if (isClosed.get() || number != lookings) {
            return;
        }
        for (var pool : looked.pools()) {
            var now = resolvedPool(found.pools(), pool);
            if (!now.equals(resolvedNow.get(pool.name()))) {
                LOG.info("pool {} has other addresses now: {}", pool.name(), addresses(now));
                running(pool.name()).apply(now, looked.settings().drainTimeout(), servers::cutFlows);
            }
        }
        resolvedNow = found.pools();
        lookAgainAfter(found.again());
    }

    private static String addresses(ServerPool pool) {
        return pool.servers().stream().map(server -> server.address().text()).collect(Collectors.joining(" "));
    }

    private void addPools(Configuration changed, Map<String, ServerPool> resolved, Deque<Runnable> undo) {
        for (var pool : changed.pools()) {
            if (!pools.containsKey(pool.name())) {
                var running = new DrainablePool(
                        resolvedPool(resolved, pool), plugins, control, this::publish, servers::endFlows);
                pools.put(pool.name(), running);
                undo.push(() -> {
                    pools.remove(pool.name());
                    running.close();
                });
            }
        }
    }

    private void retirePools(Configuration changed) {
        for (var name : List.copyOf(pools.keySet())) {
            if (changed.pool(name).isEmpty()) {
                var running = pools.remove(name);
                if (running != null) {
                    running.retire(changed.settings().drainTimeout(), servers::cutFlows);
                }
            }
        }
    }

    private void pollDrained(CompletableFuture<Void> drained) {
        if (servers.haveNoFlows()) {
            drained.complete(null);
        } else {
            control.schedule(RunningServers.DRAIN_POLL, () -> pollDrained(drained));
        }
    }

    private static ServerPool resolvedPool(Map<String, ServerPool> resolved, ServerPool pool) {
        return resolved.getOrDefault(pool.name(), pool);
    }

    private DrainablePool running(String pool) {
        var running = pools.get(pool);
        if (running == null) {
            throw new IllegalArgumentException("there is no pool '" + pool + "'");
        }
        return running;
    }
}
