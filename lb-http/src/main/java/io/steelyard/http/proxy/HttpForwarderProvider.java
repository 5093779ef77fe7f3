package io.steelyard.http.proxy;

import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ForwarderProvider;
import io.steelyard.api.proxy.ForwardingMode;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.tcp.EngineContext;
import java.io.IOException;

/** HTTP proxying on the engine's own loops. Stateless. */
public final class HttpForwarderProvider implements ForwarderProvider {
    @Override
    public String name() {
        return "http";
    }

    @Override
    public String description() {
        return "HTTP proxying: routes each request, keeps connections to servers";
    }

    @Override
    public boolean supports(VirtualServer virtualServer) {
        return virtualServer.protocol() == Protocol.TCP
                && virtualServer.target() instanceof Target.Http
                && virtualServer.forwardingMode() instanceof ForwardingMode.Proxy;
    }

    /** @throws IllegalStateException where the context is not that of an engine with loops to lend */
    @Override
    public Forwarder open(VirtualServer virtualServer, ForwarderContext context) throws IOException {
        if (!(context instanceof EngineContext engine)) {
            throw new IllegalStateException("HTTP proxying runs on the engine's loops, and this context has none");
        }
        var workers = engine.shared(HttpWorkers.class, () -> HttpWorkers.on(engine.tcpLoops()));
        return new HttpForwarder(workers, engine, virtualServer);
    }
}
