package io.steelyard.core.stream;

import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ForwarderProvider;
import io.steelyard.api.proxy.ForwardingMode;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.session.Sessions;
import io.steelyard.core.tcp.TcpLoop;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** TCP proxying on one engine's loops. Made by the engine, which owns the loops; not found by ServiceLoader. */
public final class StreamForwarderProvider implements ForwarderProvider, AutoCloseable {
    private final List<StreamWorker> workers;
    private final Sessions sessions;

    public StreamForwarderProvider(List<TcpLoop> loops, Sessions sessions) {
        this.sessions = sessions;
        workers = loops.stream().map(StreamWorker::new).toList();
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
                && !(virtualServer.target() instanceof Target.Http)
                && virtualServer.forwardingMode() instanceof ForwardingMode.Proxy;
    }

    @Override
    public Forwarder open(VirtualServer virtualServer, ForwarderContext context) throws IOException {
        return new StreamForwarder(workers, context, sessions, virtualServer);
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
