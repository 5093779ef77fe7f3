package io.steelyard.core.stream;

import io.steelyard.api.Traffic;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.OpenFlow;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.session.Sessions;
import io.steelyard.core.tcp.TcpListeners;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/** One TCP virtual server. Used by the control thread. */
final class StreamForwarder implements Forwarder {
    private final List<StreamWorker> workers;
    private final ForwarderContext context;
    private final Sessions sessions;
    private final TcpListeners listeners;

    StreamForwarder(List<StreamWorker> workers, ForwarderContext context, Sessions sessions, VirtualServer server)
            throws IOException {
        this.workers = workers;
        this.context = context;
        this.sessions = sessions;
        listeners =
                new TcpListeners(workers.stream().map(StreamWorker::resources).toList());
        apply(server, true);
    }

    @Override
    public void apply(VirtualServer changed, boolean accepts) throws IOException {
        var service = StreamService.of(changed, context, sessions.rules(changed, context));
        listeners.apply(
                accepts ? changed.listen() : List.of(),
                loop -> new StreamAcceptor(workers.get(loop.loop().index()), service));
        listeners.maxConnections(changed.options().maxConnections());
    }

    @Override
    public void stopAccepting() {
        listeners.stopAccepting();
    }

    @Override
    public void endFlows(String pool, String serverId, Ending why) {
        workers.forEach(worker -> worker.loop().execute(() -> worker.end(pool, serverId, why)));
    }

    @Override
    public void cutFlows(String pool, String serverId) {
        workers.forEach(worker -> worker.loop().execute(() -> worker.cut(pool, serverId)));
    }

    @Override
    public List<OpenFlow> flows() {
        return ask(worker -> worker.flows(listeners)).stream()
                .flatMap(List::stream)
                .toList();
    }

    @Override
    public boolean endFlow(long id) {
        return ask(worker -> worker.end(id)).contains(true);
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
    public Traffic traffic() {
        return listeners.traffic().read(System.nanoTime());
    }

    @Override
    public void close() {
        stopAccepting();
        ask(worker -> {
            worker.cut(listeners);
            return worker;
        });
    }

    /** Asks every loop, and waits for all the answers. */
    private <T> List<T> ask(Function<StreamWorker, T> question) {
        var asked = workers.stream()
                .map(worker -> worker.loop().call(() -> question.apply(worker)))
                .toList();
        return asked.stream().map(CompletableFuture::join).toList();
    }
}
