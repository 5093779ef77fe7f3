package io.steelyard.http.proxy;

import io.steelyard.core.tcp.Connector;
import io.steelyard.core.tcp.TcpHandler;
import io.steelyard.core.tcp.TcpListener;
import io.steelyard.linux.Linux;

/** Begins the connections of clients of one virtual server on one loop. Owned by the loop once made. */
final class HttpAcceptor implements TcpHandler {
    private final HttpWorker worker;
    private final HttpPlan plan;

    HttpAcceptor(HttpWorker worker, HttpPlan plan) {
        this.worker = worker;
        this.plan = plan;
    }

    @Override
    public void accepted(TcpListener listener, int fd) {
        if (!listener.isUnix()) {
            Linux.tcpNoDelay(fd);
        }
        Connector.applyTo(fd, plan.server().options(), listener.address().keepAlive());
        worker.open(listener, plan, fd);
    }
}
