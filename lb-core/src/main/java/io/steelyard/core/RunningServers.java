package io.steelyard.core;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Problem;
import io.steelyard.api.Status;
import io.steelyard.api.http.BrokenMessage;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ForwarderProvider;
import io.steelyard.api.proxy.ForwardingMode;
import io.steelyard.api.proxy.OpenFlow;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.pool.ControlLoop;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The virtual servers that run, and those no longer configured with flows that may finish. Owned by the control loop's thread. */
final class RunningServers {
    static final Duration DRAIN_POLL = Duration.ofMillis(20);

    private final List<ForwarderProvider> providers;
    private final ForwarderContext context;
    private final ControlLoop control;

    /** By name. */
    private final Map<String, RunningServer> servers = new LinkedHashMap<>();

    private final List<RunningServer> retiring = new ArrayList<>();

    RunningServers(List<ForwarderProvider> providers, ForwarderContext context, ControlLoop control) {
        this.providers = List.copyOf(providers);
        this.context = context;
        this.control = control;
    }

    List<Status.ListenerStatus> status() {
        return servers.values().stream().map(RunningServer::status).toList();
    }

    List<OpenFlow> flows() {
        return all().flatMap(running -> running.flows().stream()).toList();
    }

    List<BrokenMessage> brokenMessages() {
        return all().flatMap(running -> running.brokenMessages().stream()).toList();
    }

    boolean endFlow(long id) {
        return all().anyMatch(running -> running.endFlow(id));
    }

    private Stream<RunningServer> all() {
        return Stream.concat(servers.values().stream(), retiring.stream());
    }

    /** Whether the virtual server of this name takes new flows. */
    boolean accepts(String name) {
        var running = servers.get(name);
        return running != null && running.isAccepting();
    }

    /** @throws IllegalArgumentException where there is none of the name */
    void accepting(String name, boolean isOn) {
        var running = servers.get(name);
        if (running == null) {
            throw new IllegalArgumentException(
                    "there is no virtual server '" + name + "'; there are " + String.join(", ", servers.keySet()));
        }
        try {
            running.accepting(isOn);
        } catch (IOException taken) {
            throw refused(taken);
        }
    }

    static ConfigurationException refused(IOException failed) {
        return new ConfigurationException(List.of(Problem.error("", String.valueOf(failed.getMessage()))));
    }

    boolean haveNoFlows() {
        return all().allMatch(running -> running.openFlows() == 0);
    }

    void stopAccepting() {
        servers.values().forEach(RunningServer::stopAccepting);
    }

    void endFlows(String pool, String server, Forwarder.Ending why) {
        all().forEach(running -> running.endFlows(pool, server, why));
    }

    void cutFlows(String pool, String server) {
        all().forEach(running -> running.cutFlows(pool, server));
    }

    void close() {
        servers.values().forEach(RunningServer::close);
        retiring.forEach(RunningServer::close);
        retiring.clear();
    }

    /**
     * Opens what is new and changes what stays. What is gone goes on until {@link #retire}.
     *
     * @param undo gets what takes each step back
     */
    void change(Configuration changed, Deque<Runnable> undo) throws IOException {
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
            boolean overlaps = candidate.server().listen().stream().anyMatch(server.listen()::contains);
            if (isGone(candidate, changed)
                    && overlaps
                    && !taken.contains(candidate)
                    && candidate.provider() == provider(server)) {
                return candidate;
            }
        }
        return null;
    }

    private static boolean isGone(RunningServer running, Configuration changed) {
        return changed.virtualServers().stream()
                .noneMatch(server -> server.name().equals(running.server().name()));
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

    /** Lets what a configuration no longer has accept nothing more, and closes it once its flows have ended or taken too long. */
    void retire(Configuration changed) {
        for (var running : List.copyOf(servers.values())) {
            if (isGone(running, changed)) {
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
        if (!retiring.contains(running)) {
            return;
        }
        if (running.openFlows() == 0 || control.nowNs() - deadlineNs >= 0) {
            running.close();
            retiring.remove(running);
        } else {
            control.schedule(DRAIN_POLL, () -> pollRetired(running, deadlineNs));
        }
    }
}
