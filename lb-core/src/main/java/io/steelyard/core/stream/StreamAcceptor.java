package io.steelyard.core.stream;

import io.steelyard.core.tcp.Connector;
import io.steelyard.core.tcp.TcpHandler;
import io.steelyard.core.tcp.TcpListener;
import io.steelyard.linux.Linux;

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
        boolean isKnown = !listener.acceptsProxyProtocol();
        if (isKnown && service.rules() == null && !service.admits(peer.addressHigh(), peer.addressLow())) {
            listener.countRefused();
            Linux.close(fd);
            return;
        }
        if (!listener.isUnix()) {
            Linux.tcpNoDelay(fd);
        }
        Connector.applyTo(fd, service.server().options(), listener.address().keepAlive());
        var connection = new StreamConnection(worker, listener, service, fd);
        worker.onOpened(connection);
        connection.begin();
    }
}
