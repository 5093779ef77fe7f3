package io.steelyard.core.stream;

import io.steelyard.core.loop.FdRegistration;
import io.steelyard.linux.Linux;

/**
 * Both directions of a connection whose server has been found: two pumps between two sockets. Owned by the connection's loop.
 *
 * <p>It is over when both directions have ended (or, without half-close, one), when a side resets, or when both have been silent for the idle
 * timeout.
 */
final class Relay {
    private final StreamConnection connection;
    private final StreamWorker worker;
    private final StreamService.Limits limits;
    private final Endpoint client;
    private final Endpoint server;
    private final Pump upload;
    private final Pump download;
    private long lastActivityNs;
    private boolean isHalfCloseTimed;
    private boolean isOver;

    Relay(
            StreamConnection connection,
            StreamWorker worker,
            StreamService.Limits limits,
            Endpoint client,
            Endpoint server,
            long uploadRate,
            long downloadRate) {
        this.connection = connection;
        this.worker = worker;
        this.limits = limits;
        this.client = client;
        this.server = server;
        upload = new Pump(this, worker, client, server, limits, uploadRate);
        download = new Pump(this, worker, server, client, limits, downloadRate);
        lastActivityNs = worker.timers().nowNs();
    }

    void begin() {
        worker.timers().set(connection, lastActivityNs + limits.idleTimeoutNs());
        server.wantWrite(false);
        server.wantRead(true);
        client.wantRead(true);
        // Most clients have spoken by now.
        upload.run();
        if (server.transport().hasInput() && !isOver) {
            download.run();
        }
        settle();
    }

    /** Bytes read from the client. */
    long uploadedBytes() {
        return upload.movedBytes();
    }

    /** Bytes read from the server. */
    long downloadedBytes() {
        return download.movedBytes();
    }

    // ---- events

    void onClientReady(int ready) {
        onReady(ready, upload, download);
    }

    void onServerReady(int ready) {
        onReady(ready, download, upload);
    }

    /**
     * A socket is ready.
     *
     * @param reading the pump that reads from it
     * @param writing the pump that writes to it
     */
    private void onReady(int ready, Pump reading, Pump writing) {
        lastActivityNs = worker.timers().nowNs();
        if ((ready & FdRegistration.ERROR) != 0) {
            boolean isClient = reading == upload;
            if (Linux.socketError(isClient ? client.fd() : server.fd()) != 0) {
                broke(isClient);
                return;
            }
        }
        if ((ready & (FdRegistration.READABLE | FdRegistration.HANGUP)) != 0) {
            reading.run();
        }
        if ((ready & FdRegistration.WRITABLE) != 0 && !isOver) {
            writing.run();
        }
        settle();
    }

    void onDeadline(long nowNs) {
        long deadlineNs = lastActivityNs + idleTimeoutNs();
        if (deadlineNs - nowNs > 0) {
            worker.timers().set(connection, deadlineNs);
        } else {
            connection.silent();
        }
    }

    /** After the pumps ran: ends the connection where they are done, else asks for what they wait for. */
    private void settle() {
        if (isOver) {
            return;
        }
        boolean isDone = limits.halfClose()
                ? upload.hasEnded() && download.hasEnded() || upload.isLast() || download.isLast()
                : upload.hasEnded() || download.hasEnded();
        if (isDone) {
            connection.relayed();
            return;
        }
        if (!isHalfCloseTimed && isHalfClosed()) {
            // Its timeout may be the shorter one.
            isHalfCloseTimed = true;
            worker.timers().set(connection, lastActivityNs + idleTimeoutNs());
        }
        client.update();
        server.update();
    }

    private boolean isHalfClosed() {
        return upload.hasEnded() || download.hasEnded();
    }

    private long idleTimeoutNs() {
        return isHalfClosed() ? limits.halfClosedTimeoutNs() : limits.idleTimeoutNs();
    }

    // ---- what the pumps tell and ask

    boolean isOver() {
        return isOver;
    }

    /** A pump that waited for its rate, or let others have their turn, may go on. */
    void resume(Pump pump) {
        if (!isOver) {
            pump.run();
            settle();
        }
    }

    /** Whether the connection is closed for good once {@code pump} has ended too, so that its target need not be told of the end. */
    boolean isOverWith(Pump pump) {
        var other = pump == upload ? download : upload;
        return !limits.halfClose() || other.hasEnded() || !pump.keepsHalfOpen();
    }

    /** A pump read something. */
    void onBytes(Pump pump) {
        if (pump == download) {
            connection.answered(lastActivityNs);
        }
    }

    void sourceBroke(Pump pump) {
        broke(pump == upload);
    }

    void targetBroke(Pump pump) {
        broke(pump == download);
    }

    private void broke(boolean isClient) {
        if (!isOver) {
            connection.broke(isClient);
        }
    }

    /** The connection has ended: gives back what the pumps were lent. */
    void close() {
        isOver = true;
        upload.close();
        download.close();
        server.close();
    }

    /** Lets the server's side end with a reset. */
    void resetServer() {
        server.transport().cut();
    }
}
