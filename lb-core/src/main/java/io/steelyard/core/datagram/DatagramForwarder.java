package io.steelyard.core.datagram;

import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.session.Sessions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** One UDP virtual server: what it does at its addresses, and what its datagrams came to. Used by the control thread. */
final class DatagramForwarder implements Forwarder {
    private final DatagramForwarderProvider ports;
    private final List<DatagramWorker> workers;
    private final ForwarderContext context;
    private final Sessions sessions;

    /** One for each loop. */
    private final List<Tally> tallies;

    private final Map<PortGroup.Key, PortGroup> attached = new LinkedHashMap<>();

    DatagramForwarder(
            DatagramForwarderProvider ports,
            List<DatagramWorker> workers,
            ForwarderContext context,
            Sessions sessions,
            VirtualServer server)
            throws IOException {
        this.ports = ports;
        this.workers = workers;
        this.context = context;
        this.sessions = sessions;
        tallies = workers.stream().map(worker -> new Tally()).toList();
        apply(server, true);
    }

    @Override
    public void apply(VirtualServer changed, boolean accepts) throws IOException {
        var service = DatagramService.of(changed, context, sessions.rules(changed, context));
        var wanted = accepts ? keys(changed) : Set.<PortGroup.Key>of();
        var opened = new LinkedHashMap<PortGroup.Key, PortGroup>();
        try {
            for (var key : wanted) {
                if (!attached.containsKey(key)) {
                    opened.put(key, ports.attach(key));
                }
            }
        } catch (IOException failed) {
            opened.values().forEach(group -> group.stopServing(tallies));
            throw failed;
        }
        attached.putAll(opened);
        for (var key : List.copyOf(attached.keySet())) {
            var group = attached.get(key);
            if (group == null) {
                continue;
            }
            if (wanted.contains(key)) {
                group.serve(service, tallies);
            } else {
                attached.remove(key);
                group.stopServing(tallies);
            }
        }
    }

    @Override
    public void stopAccepting() {
        attached.values().forEach(group -> group.stopServing(tallies));
        attached.clear();
    }

    @Override
    public void cutFlows(String pool, String serverId) {
        workers.forEach(worker -> worker.loop().execute(() -> worker.cut(pool, serverId)));
    }

    @Override
    public int openFlows() {
        return tallies.stream().mapToInt(Tally::open).sum();
    }

    @Override
    public long acceptedFlows() {
        return tallies.stream().mapToLong(Tally::accepted).sum();
    }

    @Override
    public long refusedFlows() {
        return tallies.stream().mapToLong(Tally::refused).sum();
    }

    @Override
    public Map<String, Long> drops() {
        var result = new LinkedHashMap<String, Long>();
        for (var why : Drop.all()) {
            result.put(
                    why.counterName(),
                    tallies.stream().mapToLong(tally -> tally.dropped(why)).sum());
        }
        return result;
    }

    @Override
    public void close() {
        stopAccepting();
        var done = new ArrayList<CompletableFuture<?>>();
        for (int i = 0; i < workers.size(); i++) {
            var worker = workers.get(i);
            var tally = tallies.get(i);
            done.add(worker.loop().call(() -> {
                worker.cut(tally);
                return worker;
            }));
        }
        CompletableFuture.allOf(done.toArray(CompletableFuture<?>[]::new)).join();
    }

    private static Set<PortGroup.Key> keys(VirtualServer server) {
        var keys = new LinkedHashSet<PortGroup.Key>();
        for (var range : server.listen()) {
            for (int port = range.firstPort(); port <= range.lastPort(); port++) {
                keys.add(PortGroup.Key.of(range, port));
            }
        }
        return keys;
    }
}
