package io.steelyard.http.proxy;

import io.steelyard.api.Traffic;
import io.steelyard.api.http.BrokenMessage;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.OpenFlow;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.tcp.EngineContext;
import io.steelyard.core.tcp.TcpListeners;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** One HTTP virtual server. Used by the control thread. */
final class HttpForwarder implements Forwarder {
    private final HttpWorkers workers;
    private final EngineContext context;
    private final TcpListeners listeners;
    private final Faults faults = new Faults();

    HttpForwarder(HttpWorkers workers, EngineContext context, VirtualServer server) throws IOException {
        this.workers = workers;
        this.context = context;
        listeners = new TcpListeners(context.tcpLoops());
        apply(server, true);
    }

    @Override
    public void apply(VirtualServer changed, boolean accepts) throws IOException {
        if (!(changed.target() instanceof Target.Http http)) {
            throw new IllegalArgumentException("virtual server " + changed.name() + " is not an HTTP one");
        }
        var plan = new HttpPlan(changed, http.service(), context, workers.counts(), listeners.traffic(), faults);
        listeners.apply(
                accepts ? changed.listen() : List.of(),
                loop -> new HttpAcceptor(workers.at(loop.loop().index()), plan));
        workers.onEach(worker -> {
            worker.adopt(listeners, plan);
            worker.finish(listeners);
        });
    }

    /** Connections that wait for a request are closed; the others are after their answer. */
    @Override
    public void stopAccepting() {
        listeners.stopAccepting();
        workers.onEach(worker -> worker.finish(listeners));
    }

    @Override
    public void endFlows(String pool, String server, Ending why) {
        workers.onEach(worker -> worker.end(pool, server, why));
    }

    @Override
    public void cutFlows(String pool, String server) {
        workers.onEach(worker -> worker.cut(pool, server));
    }

    @Override
    public List<OpenFlow> flows() {
        return workers.ask(worker -> worker.flows(listeners)).stream()
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public boolean endFlow(long id) {
        return workers.ask(worker -> worker.end(id)).contains(true);
    }

    @Override
    public int openFlows() {
        return listeners.open();
    }

    @Override
    public long acceptedFlows() {
        return listeners.accepted();
    }

    @Override
    public long refusedFlows() {
        return listeners.refused();
    }

    @Override
    public List<BrokenMessage> brokenMessages() {
        return faults.broken().all();
    }

    @Override
    public Map<String, Long> drops() {
        return faults.byName();
    }

    @Override
    public Traffic traffic() {
        return listeners.traffic().read(System.nanoTime());
    }

    @Override
    public void close() {
        listeners.stopAccepting();
        workers.onEach(worker -> worker.cut(listeners));
    }
}
