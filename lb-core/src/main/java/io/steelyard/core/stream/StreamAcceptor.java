package io.steelyard.core.stream;

import io.steelyard.core.session.Session;
import io.steelyard.core.tcp.Connector;
import io.steelyard.core.tcp.TcpHandler;
import io.steelyard.core.tcp.TcpListener;
import io.steelyard.linux.Linux;
import org.jspecify.annotations.Nullable;

/** Begins the connections of one virtual server on one loop. Owned by the loop once made. */
final class StreamAcceptor implements TcpHandler {
    private final StreamWorker worker;
    private final StreamService service;

    StreamAcceptor(StreamWorker worker, StreamService service) {
        this.worker = worker;
        this.service = service.forOneLoop();
        worker.loop()
                .execute(() -> worker.resources().needsBuffer(service.limits().bufferBytes()));
    }

    @Override
    public void accepted(TcpListener listener, int fd) {
        var peer = listener.peer();
        if (service.rules() == null && !service.admits(peer)) {
            listener.countRefused();
            Linux.close(fd);
            return;
        }
        Linux.tcpNoDelay(fd);
        Connector.applyTo(fd, service.server().options(), listener.address().keepAlive());
        var connection = new StreamConnection(
                worker,
                listener,
                service,
                fd,
                peer.addressHigh(),
                peer.addressLow(),
                peer.port(),
                openSession(listener, fd));
        worker.onOpened(connection);
        connection.begin();
    }

    private @Nullable Session openSession(TcpListener listener, int fd) {
        if (service.rules() == null) {
            return null;
        }
        var peer = listener.peer();
        var local = listener.local(fd);
        return service.rules()
                .open(
                        peer.inetAddress(),
                        peer.port(),
                        local.inetAddress(),
                        local.port(),
                        worker.timers().nowNs());
    }
}
