package io.steelyard.core.datagram;

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
import java.net.InetAddress;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * UDP proxying on one engine's loops. Made by the engine, which owns the loops; not found by ServiceLoader. Used by the control thread.
 *
 * <p>The sockets belong here and not to the virtual servers that use them, so that one virtual server can take over an address while
 * another's sessions on it go on.
 */
public final class DatagramForwarderProvider implements ForwarderProvider, AutoCloseable {
    private final SessionLimit limit = new SessionLimit();
    private final List<DatagramWorker> workers;
    private final Sessions sessions;
    private final Predicate<InetAddress> isFloating;
    private final Map<PortGroup.Key, PortGroup> groups = new HashMap<>();

    /** @param isFloating whether the machine may have an address only at times, so that sockets are bound to it before that */
    public DatagramForwarderProvider(
            LoopGroup loops, Sessions sessions, Consumer<Event> events, Predicate<InetAddress> isFloating) {
        this.sessions = sessions;
        this.isFloating = isFloating;
        workers = loops.loops().stream()
                .map(loop -> new DatagramWorker(loop, events, limit))
                .toList();
    }

    @Override
    public String name() {
        return "datagram";
    }

    @Override
    public String description() {
        return "UDP proxying: sessions by client, many datagrams a system call";
    }

    @Override
    public boolean supports(VirtualServer virtualServer) {
        return virtualServer.protocol() == Protocol.UDP
                && virtualServer.forwardingMode() instanceof ForwardingMode.Proxy;
    }

    @Override
    public Forwarder open(VirtualServer virtualServer, ForwarderContext context) throws IOException {
        return new DatagramForwarder(this, workers, context, sessions, virtualServer);
    }

    /** @param most sessions at once over all virtual servers; 0 for half of the descriptors this process may have */
    public void maxSessions(int most) {
        limit.most(most);
    }

    /** Frees what its forwarders shared, once all of them are closed. */
    @Override
    public void close() {
        CompletableFuture.allOf(workers.stream()
                        .map(worker -> worker.loop().call(() -> {
                            worker.serverSockets().close();
                            return worker;
                        }))
                        .toArray(CompletableFuture<?>[]::new))
                .join();
    }

    /** The sockets of an address, opened where they are not. */
    PortGroup attach(PortGroup.Key key) throws IOException {
        var known = groups.get(key);
        if (known != null) {
            if (known.reattach()) {
                return known;
            }
            known.awaitClosed();
        }
        groups.remove(key);
        var opened = PortGroup.open(key, isFloating.test(key.address()), workers);
        groups.put(key, opened);
        return opened;
    }
}
