package io.steelyard.core;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Problem;
import io.steelyard.api.Status;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ForwarderProvider;
import io.steelyard.api.proxy.ForwardingMode;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.schedule.Balancer;
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
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
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
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
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
    private static final Duration DRAIN_POLL = Duration.ofMillis(20);

    private final Plugins plugins;
    private final ControlLoop control;
    private final LoopGroup loops;
    private final ConnectionLimit connectionLimit = new ConnectionLimit();
    private final List<TcpLoop> tcpLoops;
    private final Sessions sessions;
    private final StreamForwarderProvider streams;
    private final DatagramForwarderProvider datagrams;
    private final List<ForwarderProvider> providers;
    private final List<Consumer<Event>> listeners = new CopyOnWriteArrayList<>();
    private final ForwarderContext context = new Context();
    private final AtomicBoolean isClosed = new AtomicBoolean();

    /** Changed by the control thread, read by any: a forwarder asks for a pool by name when it is opened or changed. */
    private final Map<String, DrainablePool> pools = new ConcurrentHashMap<>();

    private final Map<String, RunningServer> servers = new LinkedHashMap<>();

    /** By its type, what forwarders share. */
    private final Map<Class<?>, AutoCloseable> shared = new LinkedHashMap<>();

    /** No longer configured, with flows that may finish. */
    private final List<RunningServer> retiring = new ArrayList<>();

    /** Written by the control thread. */
    private volatile Configuration configuration;

    /** What is being applied, or was last. */
    private Configuration applying;

    private Engine(Configuration first, Plugins plugins, List<Consumer<Event>> listeners) {
        this.plugins = plugins;
        sessions = new Sessions(this::publish, plugins::language);
        this.listeners.addAll(listeners);
        applying = first;
        configuration = new Configuration(first.settings(), List.of(), List.of(), List.of(), List.of(), List.of());
        control = ControlLoop.start("lb-control", failure -> LOG.error("a control task failed", failure));
        loops = LoopGroup.start(first.settings().loops());
        var ownAddresses = new OwnAddresses();
        tcpLoops = loops.loops().stream()
                .map(loop -> new TcpLoop(loop, this::publish, connectionLimit, ownAddresses))
                .toList();
        streams = new StreamForwarderProvider(tcpLoops, sessions);
        datagrams = new DatagramForwarderProvider(loops, sessions, this::publish);
        providers = new ArrayList<>(plugins.forwarders());
        providers.add(streams);
        providers.add(datagrams);
    }

    static LoadBalancer start(Configuration configuration, Plugins plugins, List<Consumer<Event>> listeners) {
        var problems = Validation.problems(configuration, plugins);
        if (problems.stream().anyMatch(Problem::isError)) {
            throw new ConfigurationException(problems);
        }
        var engine = new Engine(configuration, plugins, listeners);
        try {
            engine.apply(configuration);
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
        var resolved = resolve(changed);
        control.call(() -> {
            applyResolved(changed, resolved);
            return null;
        });
    }

    private static Map<String, ServerPool> resolve(Configuration changed) {
        var resolved = new HashMap<String, ServerPool>();
        var problems = new ArrayList<Problem>();
        for (var pool : changed.pools()) {
            var resolution = HostNames.resolve(pool);
            problems.addAll(resolution.problems());
            resolved.put(pool.name(), resolution.pool());
        }
        if (problems.stream().anyMatch(Problem::isError)) {
            throw new ConfigurationException(problems);
        }
        return resolved;
    }

    @Override
    public void adminState(String pool, String server, AdminState state) {
        control.call(() -> {
            running(pool).adminState(server, state);
            return null;
        });
    }

    @Override
    public Optional<Balancer> balancer(String pool) {
        return Optional.ofNullable(pools.get(pool)).map(DrainablePool::balancer);
    }

    @Override
    public Status status() {
        return control.call(() -> new Status(
                configuration.pools().stream()
                        .map(pool -> running(pool.name()).status())
                        .toList(),
                servers.values().stream().map(RunningServer::status).toList()));
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
            servers.values().forEach(RunningServer::stopAccepting);
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
            servers.values().forEach(RunningServer::close);
            retiring.forEach(RunningServer::close);
            pools.values().forEach(DrainablePool::close);
            return null;
        });
        streams.close();
        shared.values().forEach(Engine::closeQuietly);
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
        });
    }

    // ---- a new configuration

    private void applyResolved(Configuration changed, Map<String, ServerPool> resolved) {
        var undo = new ArrayDeque<Runnable>();
        var before = configuration;
        applying = changed;
        var restoreSessions = sessions.change(changed);
        try {
            addPools(changed, resolved, undo);
            changeServers(changed, undo);
        } catch (IOException | RuntimeException failed) {
            applying = before;
            restoreSessions.run();
            undo.forEach(Runnable::run);
            if (failed instanceof IOException) {
                throw new ConfigurationException(List.of(Problem.error("", String.valueOf(failed.getMessage()))));
            }
            throw (RuntimeException) failed;
        }
        for (var pool : changed.pools()) {
            running(pool.name())
                    .apply(resolvedPool(resolved, pool), changed.settings().drainTimeout(), this::cutFlows);
        }
        retireServers(changed);
        retirePools(changed);
        announceListeners(changed);
        connectionLimit.most(changed.settings().maxConnections());
        datagrams.maxSessions(changed.settings().maxConnections());
        if (changed.settings().loops() != configuration.settings().loops()) {
            publish(new Event.Trouble("the number of loops stays as it is until the next start"));
        }
        configuration = changed;
        publish(new Event.ConfigurationApplied(
                changed.virtualServers().size(),
                changed.pools().size(),
                changed.pools().stream().mapToInt(pool -> pool.servers().size()).sum()));
    }

    /** Says which listeners are new and which are gone. */
    private void announceListeners(Configuration changed) {
        var before = listening(configuration);
        var after = listening(changed);
        after.forEach((key, event) -> {
            if (!before.containsKey(key)) {
                publish(event);
            }
        });
        before.forEach((key, event) -> {
            if (!after.containsKey(key)) {
                publish(new Event.ListenerClosed(event.protocol(), event.address(), event.pool()));
            }
        });
    }

    private Map<String, Event.ListenerReady> listening(Configuration of) {
        var result = new LinkedHashMap<String, Event.ListenerReady>();
        for (var server : of.virtualServers()) {
            boolean isHttp = server.target() instanceof Target.Http;
            var names = server.target() instanceof Target.Http http
                    ? http.service().pools()
                    : Stream.of(server.pool()).filter(name -> !name.isEmpty()).toList();
            var serving = names.stream().flatMap(name -> of.pool(name).stream()).toList();
            for (var listen : server.listen()) {
                result.put(
                        server.protocol() + " " + listen.text(),
                        new Event.ListenerReady(
                                server.protocol(),
                                isHttp,
                                listen.text(),
                                names.isEmpty() ? server.name() : String.join(",", names),
                                serving.size() == 1
                                        ? serving.getFirst().scheduler().name()
                                        : "-",
                                serving.stream()
                                        .mapToInt(pool -> pool.servers().size())
                                        .sum()));
            }
        }
        return result;
    }

    private void addPools(Configuration changed, Map<String, ServerPool> resolved, Deque<Runnable> undo) {
        for (var pool : changed.pools()) {
            if (!pools.containsKey(pool.name())) {
                var running = new DrainablePool(resolvedPool(resolved, pool), plugins, control, this::publish);
                pools.put(pool.name(), running);
                undo.push(() -> {
                    pools.remove(pool.name());
                    running.close();
                });
            }
        }
    }

    private void changeServers(Configuration changed, Deque<Runnable> undo) throws IOException {
        var changes = new LinkedHashMap<VirtualServer, RunningServer>();
        for (var server : changed.virtualServers()) {
            var existing = servers.get(server.name());
            var kept = existing != null && existing.provider().supports(server)
                    ? existing
                    : renamed(server, changed, changes.values());
            if (kept == null) {
                // Before the others change, for one of them may give up an address that the new one takes over.
                open(server, undo);
            } else {
                changes.put(server, kept);
            }
        }
        for (var change : changes.entrySet()) {
            var server = change.getKey();
            var kept = change.getValue();
            var before = kept.server();
            kept.apply(server);
            servers.remove(before.name(), kept);
            servers.put(server.name(), kept);
            undo.push(() -> {
                servers.remove(server.name(), kept);
                servers.put(before.name(), kept);
                kept.applyAgain(before);
            });
        }
    }

    private void open(VirtualServer server, Deque<Runnable> undo) throws IOException {
        var provider = provider(server);
        var running = new RunningServer(provider, server, provider.open(server, context));
        var replaced = servers.put(server.name(), running);
        if (replaced != null) {
            retiring.add(replaced);
        }
        undo.push(() -> {
            servers.remove(server.name());
            if (replaced != null) {
                retiring.remove(replaced);
                servers.put(server.name(), replaced);
            }
            running.close();
        });
    }

    /** A virtual server that is no longer configured and listened where this one does: the same under another name. */
    private @Nullable RunningServer renamed(
            VirtualServer server, Configuration changed, Collection<RunningServer> taken) {
        for (var candidate : servers.values()) {
            boolean isGone = changed.virtualServers().stream()
                    .noneMatch(other -> other.name().equals(candidate.server().name()));
            boolean overlaps = candidate.server().listen().stream().anyMatch(server.listen()::contains);
            if (isGone && overlaps && !taken.contains(candidate) && candidate.provider() == provider(server)) {
                return candidate;
            }
        }
        return null;
    }

    private ForwarderProvider provider(VirtualServer server) {
        return providers.stream()
                .filter(candidate -> candidate.supports(server))
                .findFirst()
                .orElseThrow(() -> new ConfigurationException(List.of(unsupported(server))));
    }

    private static Problem unsupported(VirtualServer server) {
        return Problem.error(
                        "virtualServers." + server.name() + ".forwardingMode",
                        "nothing here forwards " + server.protocol() + " in the mode "
                                + server.forwardingMode().getClass().getSimpleName())
                .expected(ForwardingMode.Proxy.class.getSimpleName())
                .remedy("use that mode, or add a module that provides the other");
    }

    private void retireServers(Configuration changed) {
        for (var running : List.copyOf(servers.values())) {
            boolean isGone = changed.virtualServers().stream()
                    .noneMatch(server -> server.name().equals(running.server().name()));
            if (isGone) {
                servers.remove(running.server().name());
                retiring.add(running);
            }
        }
        for (var running : List.copyOf(retiring)) {
            if (!running.isRetiring()) {
                running.stopAccepting();
                long deadlineNs =
                        control.nowNs() + changed.settings().drainTimeout().toNanos();
                pollRetired(running, deadlineNs);
            }
        }
    }

    private void pollRetired(RunningServer running, long deadlineNs) {
        if (running.openFlows() == 0 || control.nowNs() - deadlineNs >= 0) {
            running.close();
            retiring.remove(running);
        } else {
            control.schedule(DRAIN_POLL, () -> pollRetired(running, deadlineNs));
        }
    }

    private void retirePools(Configuration changed) {
        for (var name : List.copyOf(pools.keySet())) {
            if (changed.pool(name).isEmpty()) {
                var running = pools.remove(name);
                if (running != null) {
                    running.retire(changed.settings().drainTimeout(), this::cutFlows);
                }
            }
        }
    }

    private void cutFlows(String pool, String server) {
        servers.values().forEach(running -> running.cutFlows(pool, server));
        retiring.forEach(running -> running.cutFlows(pool, server));
    }

    private void pollDrained(CompletableFuture<Void> drained) {
        if (servers.values().stream().allMatch(running -> running.openFlows() == 0)
                && retiring.stream().allMatch(running -> running.openFlows() == 0)) {
            drained.complete(null);
        } else {
            control.schedule(DRAIN_POLL, () -> pollDrained(drained));
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
