package io.steelyard.core.stream;

import io.steelyard.api.Personality;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.loop.Timer;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection and the one to its server. Owned by the loop that accepted it.
 *
 * <pre>
 *            no room                    refused, timed out: another server
 *   PICKING ─────────► QUEUED ──┐         ┌──────┐
 *      │  ◄──────room───────────┘         ▼      │
 *      └───────────────────────────► CONNECTING ─┘ ──► RELAYING ──► CLOSED
 *      no server: closed at once
 * </pre>
 *
 * <p>RELAYING ends when both directions have ended (or, without half-close, one), when a side resets (the other is reset too), when both
 * have been silent for the idle timeout, or when its server's drain deadline cuts it.
 */
final class StreamConnection extends Timer implements Balancer.Waiter {
    private enum State {
        PICKING,
        QUEUED,
        CONNECTING,
        RELAYING,
        CLOSED
    }

    private final StreamWorker worker;
    private final StreamListener listener;
    private final StreamService service;
    private final Lease lease;
    private final Endpoint client;
    private final long clientHigh;
    private final long clientLow;
    private final int clientPort;
    private final long startNs;

    private State state = State.PICKING;
    private @Nullable Endpoint server;
    private @Nullable Pump upload;
    private @Nullable Pump download;
    private long lastActivityNs;
    private boolean isInQueue;

    /** The worker's list of its connections. */
    @Nullable
    StreamConnection next;

    @Nullable
    StreamConnection previous;

    StreamConnection(
            StreamWorker worker,
            StreamListener listener,
            StreamService service,
            int fd,
            long high,
            long low,
            int port) {
        this.worker = worker;
        this.listener = listener;
        this.service = service;
        lease = service.balancer().newLease();
        clientHigh = high;
        clientLow = low;
        clientPort = port;
        startNs = worker.timers().nowNs();
        lastActivityNs = startNs;
        client = new Endpoint(worker.loop().register(fd, this::onClientReady));
    }

    /** Finds it a server. */
    void begin() {
        pick();
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Whether it uses this server of this pool. */
    boolean isOn(String pool, String serverId) {
        return lease.isHeld()
                && service.server().pool().equals(pool)
                && lease.server().id().equals(serverId);
    }

    StreamListener listener() {
        return listener;
    }

    // ---- finding a server

    private void pick() {
        state = State.PICKING;
        while (state == State.PICKING) {
            var flow = worker.flow().clear();
            flow.client(clientHigh, clientLow, clientPort);
            listener.fillDestination(flow, client.fd());
            if (service.hashKey() != null) {
                service.hashKey().fill(flow);
            }
            switch (service.balancer().pick(flow, lease)) {
                case PICKED -> connect();
                case ALL_FULL -> enqueue();
                case NONE_AVAILABLE -> refuse();
            }
        }
    }

    private void enqueue() {
        if (!isInQueue) {
            isInQueue = true;
            worker.timers().set(this, worker.timers().nowNs() + service.limits().queueTimeoutNs());
            // Paused, so that only a reset is reported: the client may wait with its end already sent.
            client.update();
        }
        state = State.QUEUED;
        if (!service.balancer().await(lease, this)) {
            refuse();
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
        } else if (state == State.CLOSED) {
            // It left as it was called. Taking the room and giving it back calls whoever waits behind it.
            var flow = worker.flow().clear().client(clientHigh, clientLow, clientPort);
            if (service.balancer().pick(flow, lease) == Balancer.Outcome.PICKED) {
                lease.cancelled();
            }
        }
    }

    private void refuse() {
        listener.countRefused();
        close();
    }

    private void connect() {
        if (isInQueue) {
            isInQueue = false;
            worker.timers().cancel(this);
        }
        int fd = worker.connector()
                .connect(lease.server().address(), service.server().options());
        if (fd < 0) {
            if (Connector.isOurFault(-fd)) {
                worker.report("cannot open a connection to " + lease.server().id() + ": " + Errno.text(-fd));
                lease.cancelled();
                refuse();
            } else {
                serverFailed(Lease.Failure.CONNECT_ERROR);
            }
            return;
        }
        state = State.CONNECTING;
        var endpoint = new Endpoint(worker.loop().register(fd, this::onServerReady));
        server = endpoint;
        endpoint.wantWrite(true);
        endpoint.update();
        worker.timers().set(this, worker.timers().nowNs() + service.limits().connectTimeoutNs());
    }

    private void serverFailed(Lease.Failure failure) {
        lease.failed(failure);
        if (server != null) {
            server.close();
            server = null;
        }
        var limits = service.limits();
        boolean another = limits.nextServer()
                && lease.attempts() < limits.tries()
                && worker.timers().nowNs() - startNs < limits.nextServerTimeoutNs();
        if (another) {
            state = State.PICKING;
        } else {
            refuse();
        }
    }

    // ---- events

    private void onServerReady(int ready) {
        switch (state) {
            case CONNECTING -> {
                onConnectEnded();
                if (state == State.PICKING) {
                    pick();
                }
            }
            case RELAYING -> onRelayReady(ready, download, upload, false);
            default -> {}
        }
    }

    private void onClientReady(int ready) {
        switch (state) {
            case RELAYING -> onRelayReady(ready, upload, download, true);
            case QUEUED, CONNECTING -> {
                if ((ready & FdRegistration.ERROR) != 0) {
                    cancel();
                }
            }
            default -> {}
        }
    }

    private void onConnectEnded() {
        var endpoint = server;
        if (endpoint == null) {
            return;
        }
        int outcome = worker.connector().outcome(endpoint.fd(), lease.server().address());
        if (outcome == -Errno.EALREADY) {
            return;
        }
        if (outcome < 0) {
            serverFailed(outcome == -Errno.ETIMEDOUT ? Lease.Failure.CONNECT_TIMEOUT : Lease.Failure.CONNECT_ERROR);
            return;
        }
        state = State.RELAYING;
        lease.connected();
        lastActivityNs = worker.timers().nowNs();
        worker.timers().set(this, lastActivityNs + service.limits().idleTimeoutNs());
        var limits = service.limits();
        var up = new Pump(this, worker, client, endpoint, limits, limits.uploadRate());
        var down = new Pump(this, worker, endpoint, client, limits, limits.downloadRate());
        upload = up;
        download = down;
        endpoint.wantWrite(false);
        endpoint.wantRead(true);
        client.wantRead(true);
        // Most clients have spoken by now.
        up.run();
        settle();
    }

    /**
     * A socket is ready.
     *
     * @param reading the pump that reads from it
     * @param writing the pump that writes to it
     */
    private void onRelayReady(int ready, @Nullable Pump reading, @Nullable Pump writing, boolean isClient) {
        if (reading == null || writing == null) {
            return;
        }
        lastActivityNs = worker.timers().nowNs();
        if ((ready & FdRegistration.ERROR) != 0) {
            int error = Linux.socketError(isClient || server == null ? client.fd() : server.fd());
            if (error != 0) {
                broke(isClient);
                return;
            }
        }
        if ((ready & (FdRegistration.READABLE | FdRegistration.HANGUP)) != 0) {
            reading.run();
        }
        if ((ready & FdRegistration.WRITABLE) != 0 && state == State.RELAYING) {
            writing.run();
        }
        settle();
    }

    /** After the pumps ran: ends the connection where they are done, else asks for what they wait for. */
    private void settle() {
        if (state != State.RELAYING || upload == null || download == null || server == null) {
            return;
        }
        boolean isDone = service.limits().halfClose()
                ? upload.hasEnded() && download.hasEnded()
                : upload.hasEnded() || download.hasEnded();
        if (isDone) {
            lease.completed();
            close();
            return;
        }
        client.update();
        server.update();
    }

    /** A pump that waited for its rate may go on. */
    void resume(Pump pump) {
        if (state == State.RELAYING) {
            pump.run();
            settle();
        }
    }

    /** Whether the connection is closed for good once {@code pump} has ended too, so that its target need not be told of the end. */
    boolean isOverWith(Pump pump) {
        var other = pump == upload ? download : upload;
        return !service.limits().halfClose() || (other != null && other.hasEnded());
    }

    /** A pump read something. */
    void onBytes(Pump pump) {
        if (pump == download) {
            lease.firstByte();
        }
    }

    void sourceBroke(Pump pump, int error) {
        broke(pump == upload);
    }

    void targetBroke(Pump pump, int error) {
        broke(pump == download);
    }

    /** One side was reset: so is the other. */
    private void broke(boolean isClient) {
        if (state != State.RELAYING) {
            return;
        }
        boolean isServersFault = !isClient
                && service.balancer().pool().personality() == Personality.NATIVE
                && download != null
                && download.movedBytes() == 0;
        if (isServersFault) {
            lease.failed(Lease.Failure.BROKEN);
        } else {
            lease.completed();
        }
        reset();
    }

    /** Ends both sides with a reset, so that nobody takes what came so far for the whole. */
    void reset() {
        Linux.resetOnClose(client.fd());
        if (server != null) {
            Linux.resetOnClose(server.fd());
        }
        close();
    }

    private void cancel() {
        lease.cancelled();
        close();
    }

    @Override
    protected void onDeadline(long nowNs) {
        switch (state) {
            case QUEUED -> {
                service.balancer().cancel(this);
                refuse();
            }
            case CONNECTING -> {
                serverFailed(Lease.Failure.CONNECT_TIMEOUT);
                if (state == State.PICKING) {
                    pick();
                }
            }
            case RELAYING -> {
                long deadlineNs = lastActivityNs + service.limits().idleTimeoutNs();
                if (deadlineNs - nowNs > 0) {
                    worker.timers().set(this, deadlineNs);
                } else {
                    lease.completed();
                    close();
                }
            }
            default -> {}
        }
    }

    /** Closes both sides; what they have not been sent yet, the kernel sends. */
    void close() {
        if (state == State.CLOSED) {
            return;
        }
        if (state == State.QUEUED) {
            service.balancer().cancel(this);
        }
        state = State.CLOSED;
        worker.timers().cancel(this);
        lease.reset();
        if (upload != null) {
            upload.close();
        }
        if (download != null) {
            download.close();
        }
        client.close();
        if (server != null) {
            server.close();
        }
        worker.onClosed(this);
    }
}
