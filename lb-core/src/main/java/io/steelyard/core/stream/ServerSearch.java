package io.steelyard.core.stream;

import io.steelyard.api.Personality;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.tcp.Connector;
import io.steelyard.core.tls.TlsTransport;
import io.steelyard.linux.Errno;
import org.jspecify.annotations.Nullable;

/**
 * Finds a connection's server and connects to it. Owned by the connection's loop.
 *
 * <pre>
 *   PICKING ─────────► QUEUED ──┐ no room   refused, timed out: another server
 *      │  ◄──────room───────────┘         ┌──────┐
 *      │                                  ▼      │
 *      └───────────────────────────► CONNECTING ─┘ ──► SECURING (TLS) ──► OVER: connected
 *                                     │      ▲
 *                            refused, ▼      │ the first server again, after a while
 *                            timed out PAUSING
 *      no server: OVER, refused
 * </pre>
 */
final class ServerSearch implements Balancer.Waiter {
    private enum State {
        PICKING,
        QUEUED,
        CONNECTING,
        SECURING,
        PAUSING,
        OVER
    }

    private final StreamConnection connection;
    private final StreamWorker worker;
    private final StreamService service;
    private final StreamService.Limits limits;
    private final Introduction introduction;
    private final Balancer balancer;
    private final Lease lease;
    private State state = State.PICKING;
    private @Nullable Endpoint server;
    private boolean isInQueue;
    private int retries;
    private int headerBytes;

    ServerSearch(
            StreamConnection connection,
            StreamWorker worker,
            StreamService service,
            Introduction introduction,
            Balancer balancer) {
        this.connection = connection;
        this.worker = worker;
        this.service = service;
        this.introduction = introduction;
        limits = service.limits();
        this.balancer = balancer;
        lease = balancer.newLease();
    }

    Balancer balancer() {
        return balancer;
    }

    Lease lease() {
        return lease;
    }

    /** Whether it uses this server of this pool. */
    boolean isOn(String pool, String serverId) {
        return lease.isHeld()
                && balancer.pool().name().equals(pool)
                && lease.server().id().equals(serverId);
    }

    /** Whether it waits for room. */
    boolean isQueued() {
        return state == State.QUEUED;
    }

    /** Bytes the server was sent before what the client says. */
    int headerBytes() {
        return headerBytes;
    }

    /** Picks until there is a server to connect to, or none is left. */
    void pick() {
        state = State.PICKING;
        while (state == State.PICKING) {
            var flow = worker.flow().clear();
            connection.fill(flow, balancer.pool().name());
            switch (balancer.pick(flow, lease)) {
                case PICKED -> connect();
                case ALL_FULL -> enqueue();
                case NONE_AVAILABLE -> {
                    var session = connection.session();
                    if (session != null) {
                        session.nonePicked(balancer.pool().name());
                    }
                    refuse("SC");
                }
            }
        }
    }

    // ---- waiting for room

    private void enqueue() {
        if (!isInQueue) {
            isInQueue = true;
            setDeadline(balancer.pool().queue().timeout().toNanos());
            // Paused, so that only a reset is reported: the client may wait with its end already sent.
            connection.updateClient();
        }
        state = State.QUEUED;
        if (!balancer.await(lease, this)) {
            refuse("SQ");
        }
    }

    /** Any thread: there may be room. */
    @Override
    public void onRoom() {
        worker.loop().execute(this::onRoomOnLoop);
    }

    private void onRoomOnLoop() {
        if (state == State.QUEUED) {
            pick();
        } else if (connection.isClosed()) {
            // It left as it was called. Taking the room and giving it back calls whoever waits behind it.
            var flow = worker.flow().clear();
            introduction.fill(flow);
            if (balancer.pick(flow, lease) == Balancer.Outcome.PICKED) {
                lease.cancelled();
            }
        }
    }

    private void leftQueue() {
        isInQueue = false;
        var session = connection.session();
        if (session != null) {
            session.record()
                    .left(
                            lease.queuePosition(),
                            lease.waitedForServer(),
                            worker.timers().nowNs());
        }
    }

    // ---- connecting

    private void connect() {
        if (isInQueue) {
            leftQueue();
            worker.timers().cancel(connection);
        }
        var address = lease.server().address();
        var session = connection.session();
        if (session != null) {
            session.attempt(address.text(), worker.timers().nowNs());
            session.record().assigned(lease.server().id(), worker.timers().nowNs());
        }
        var options = service.server().options();
        int fd = session != null && session.hasOwnSource()
                ? worker.connector().connect(address, options, session.source())
                : worker.connector().connect(address, options);
        if (fd < 0) {
            if (Connector.isOurFault(-fd)) {
                worker.report("cannot open a connection to " + lease.server().id() + ": " + Errno.text(-fd)
                        + Connector.remedy(-fd));
                lease.cancelled();
                refuse("RC");
            } else {
                failed(Lease.Failure.CONNECT_ERROR);
            }
            return;
        }
        state = State.CONNECTING;
        var endpoint = new Endpoint(worker.loop().register(fd, connection::onServerReady));
        server = endpoint;
        endpoint.wantWrite(true);
        endpoint.update();
        setDeadline(limits.connectTimeoutNs());
    }

    /** The server's socket has something to say. */
    void onServerReady() {
        var endpoint = server;
        if (endpoint != null && state == State.SECURING) {
            onHandshakeReady(endpoint);
        }
        if (state != State.CONNECTING || endpoint == null) {
            return;
        }
        int outcome = worker.connector().outcome(endpoint.fd(), lease.server().address());
        if (outcome == -Errno.EALREADY) {
            return;
        }
        if (outcome >= 0 && sendHeader(endpoint)) {
            var tls = service.tls() == null ? null : service.tls().with(lease.server());
            if (tls == null) {
                connected(endpoint);
            } else {
                secure(endpoint, tls);
            }
            return;
        }
        failed(outcome == -Errno.ETIMEDOUT ? Lease.Failure.CONNECT_TIMEOUT : Lease.Failure.CONNECT_ERROR);
        goOn();
    }

    private void connected(Endpoint endpoint) {
        state = State.OVER;
        server = null;
        connection.connected(endpoint);
    }

    private void secure(Endpoint endpoint, StreamTls.ToServer tls) {
        var session = connection.session();
        var told = session == null ? "" : session.toldName(tls.names());
        var verified = session == null ? "" : session.verifiedName(tls.names());
        boolean isUnnamed = verified.isEmpty() && tls.names().verifiedName() != null;
        if (isUnnamed) {
            // Nobody is whom the certificate must be for.
            failed(Lease.Failure.CONNECT_ERROR);
            goOn();
            return;
        }
        state = State.SECURING;
        endpoint.secure(TlsTransport.connected(
                endpoint.fd(),
                worker.tls(),
                tls.connector(),
                balancer.pool().name() + "/" + lease.server().id(),
                told,
                verified));
        setDeadline(limits.connectTimeoutNs());
        onHandshakeReady(endpoint);
    }

    private void onHandshakeReady(Endpoint endpoint) {
        int result = endpoint.transport().handshake();
        if (result == -Errno.EAGAIN) {
            endpoint.wantRead(true);
            endpoint.wantWrite(false);
            endpoint.update();
        } else if (result == 0) {
            connected(endpoint);
        } else {
            report(endpoint);
            failed(Lease.Failure.CONNECT_ERROR);
            goOn();
        }
    }

    private void report(Endpoint endpoint) {
        if (endpoint.transport() instanceof TlsTransport tls && !tls.failure().isEmpty()) {
            worker.report("cannot speak TLS with " + lease.server().id() + ": " + tls.failure());
        }
    }

    /** Tells the server who the client is, where it wants that. @return whether it took it */
    private boolean sendHeader(Endpoint endpoint) {
        var own = lease.server().sendProxyProtocol();
        var version = own == ProxyProtocol.NONE ? service.server().options().sendProxyProtocol() : own;
        if (version == ProxyProtocol.NONE) {
            return true;
        }
        boolean isNginx = balancer.pool().personality() == Personality.NGINX;
        headerBytes = worker.headerSender()
                .send(endpoint.fd(), version, introduction.client(), introduction.destination(isNginx));
        return headerBytes > 0;
    }

    void onDeadline() {
        switch (state) {
            case QUEUED -> {
                balancer.cancel(this);
                state = State.OVER;
                leftQueue();
                refuse("sQ");
            }
            case CONNECTING, SECURING -> failed(Lease.Failure.CONNECT_TIMEOUT);
            case PAUSING -> connect();
            default -> {}
        }
        goOn();
    }

    private void goOn() {
        if (state == State.PICKING) {
            pick();
        }
    }

    private void failed(Lease.Failure failure) {
        long nowNs = worker.timers().nowNs();
        var session = connection.session();
        if (session != null) {
            session.attemptEnded(0, 0, nowNs);
        }
        if (lease.attempts() == 1 && retries < limits.sameServerRetries()) {
            retries++;
            lease.failedOnce(failure);
            retried();
            pause();
            return;
        }
        lease.failed(failure);
        closeServer();
        boolean another = limits.nextServer()
                && lease.attempts() < limits.tries()
                && nowNs - connection.startNs() < limits.nextServerTimeoutNs();
        if (another) {
            retried();
            state = State.PICKING;
        } else {
            refuse(failure == Lease.Failure.CONNECT_TIMEOUT ? "sC" : "SC");
        }
    }

    private void retried() {
        var session = connection.session();
        if (session != null) {
            session.record().retried();
        }
    }

    /** Keeps the server and its place on it, to try it again. */
    private void pause() {
        closeServer();
        state = State.PAUSING;
        connection.updateClient();
        setDeadline(limits.retryDelayNs());
    }

    private void setDeadline(long fromNowNs) {
        worker.timers().set(connection, worker.timers().nowNs() + fromNowNs);
    }

    private void refuse(String letters) {
        connection.noServer(letters);
    }

    // ---- ending

    /** The connection has ended. */
    void close() {
        if (state == State.QUEUED) {
            balancer.cancel(this);
        }
        state = State.OVER;
        closeServer();
        lease.reset();
    }

    private void closeServer() {
        if (server != null) {
            server.close();
            server = null;
        }
    }
}
