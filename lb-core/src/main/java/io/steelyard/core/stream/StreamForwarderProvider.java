package io.steelyard.core.stream;

import io.steelyard.api.Event;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ForwarderProvider;
import io.steelyard.api.proxy.ForwardingMode;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.loop.LoopGroup;
import io.steelyard.core.session.Sessions;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** TCP proxying on one engine's loops. Made by the engine, which owns the loops; not found by ServiceLoader. */
public final class StreamForwarderProvider implements ForwarderProvider, AutoCloseable {
    private final StreamWorker.ConnectionLimit limit = new StreamWorker.ConnectionLimit();
    private final List<StreamWorker> workers;
    private final Sessions sessions;

    public StreamForwarderProvider(LoopGroup loops, Sessions sessions, Consumer<Event> events) {
        this.sessions = sessions;
        workers = loops.loops().stream()
                .map(loop -> new StreamWorker(loop, events, limit))
                .toList();
    }

    @Override
    public String name() {
        return "stream";
    }

    @Override
    public String description() {
        return "TCP proxying: copies what is small, splices what is large";
    }

    @Override
    public boolean supports(VirtualServer virtualServer) {
        return virtualServer.protocol() == Protocol.TCP
                && virtualServer.forwardingMode() instanceof ForwardingMode.Proxy;
    }

    @Override
    public Forwarder open(VirtualServer virtualServer, ForwarderContext context) throws IOException {
        return new StreamForwarder(workers, context, sessions, virtualServer);
    }

    /** @param most clients connected at once over all virtual servers; 0 for no limit */
    public void maxConnections(int most) {
        limit.most(most);
    }

    /** Resets every connection and frees everything; every forwarder must have been closed. */
    @Override
    public void close() {
        CompletableFuture.allOf(workers.stream()
                        .map(worker -> worker.loop().call(() -> {
                            worker.close();
                            return worker;
                        }))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }
}
