package io.steelyard.http.proxy;

import io.steelyard.api.schedule.Lease;
import io.steelyard.core.loop.Timer;
import io.steelyard.http.h1.BrokenHead;
import io.steelyard.http.message.Method;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A request's second server, asked because the first takes its time. When its answer begins first, or the first server fails, the request goes on
 * with it; when the first answers, it is cut. Its own failure changes nothing. Owned by the request's loop.
 */
final class Hedge extends Timer implements ServerUser {
    private final Forwarding request;
    private final HttpWorker worker;
    private final Lease lease;
    private final Attempt attempt;
    private final long readTimeoutNs;
    private @Nullable ServerConnection server;

    Hedge(Forwarding request, HttpWorker worker, Lease lease, Attempt attempt, long readTimeoutNs) {
        this.request = request;
        this.worker = worker;
        this.lease = lease;
        this.attempt = attempt;
        this.readTimeoutNs = readTimeoutNs;
    }

    /** Begins to use a connection that is open, or is being opened. */
    void use(ServerConnection connection, long connectTimeoutNs) {
        server = connection;
        boolean isOpen = connection.isConnected();
        connection.serve(this, method(), asksForUpgrade());
        if (isOpen) {
            connected();
        } else {
            worker.loop().timers().set(this, nowNs() + connectTimeoutNs);
        }
    }

    Lease lease() {
        return lease;
    }

    Attempt attempt() {
        return attempt;
    }

    /** Gives its connection up to whom the request belongs; null where it failed. */
    @Nullable
    ServerConnection give() {
        worker.loop().timers().cancel(this);
        var given = server;
        server = null;
        return given;
    }

    /** It is no longer wanted; that says nothing of its server. */
    void cancel() {
        close();
        if (lease.isHeld()) {
            lease.cancelled();
        }
    }

    private void close() {
        var used = give();
        if (used != null) {
            used.close();
        }
    }

    private void failed(Lease.Failure failure) {
        close();
        if (lease.isHeld()) {
            lease.failed(failure);
        }
        request.hedgeFailed(this);
    }

    private long nowNs() {
        return worker.loop().timers().nowNs();
    }

    @Override
    protected void onDeadline(long nowNs) {
        var used = server;
        failed(used != null && used.isConnected() ? Lease.Failure.READ_TIMEOUT : Lease.Failure.CONNECT_TIMEOUT);
    }

    @Override
    public Method method() {
        return request.asked().method();
    }

    @Override
    public boolean asksForUpgrade() {
        return false;
    }

    @Override
    public void handshaking(long timeoutNs) {
        worker.loop().timers().set(this, nowNs() + timeoutNs);
    }

    @Override
    public void connected() {
        var used = server;
        if (used == null) {
            return;
        }
        attempt.connected(nowNs());
        lease.connected();
        worker.loop().timers().set(this, nowNs() + readTimeoutNs);
        attempt.sent();
        if (request.asked().sendHead(used) < 0) {
            failed(Lease.Failure.BROKEN);
        }
    }

    @Override
    public void connectFailed(boolean timedOut) {
        failed(timedOut ? Lease.Failure.CONNECT_TIMEOUT : Lease.Failure.CONNECT_ERROR);
    }

    @Override
    public void serverSpoke() {
        lease.firstByte();
    }

    @Override
    public void answerHead() {
        request.hedgeAnswered(this);
    }

    @Override
    public void answerMalformed(BrokenHead head) {
        failed(Lease.Failure.BROKEN);
    }

    @Override
    public void serverBroke() {
        failed(Lease.Failure.BROKEN);
    }

    @Override
    public void abort() {
        request.asked().abort();
    }

    @Override
    public void serverHasRoom() {
        // There is nothing more to send.
    }

    @Override
    public void answerData(MemorySegment from, int offset, int count) {
        // Whoever answers has the connection by then.
    }

    @Override
    public void flush() {
        // Nothing was told to the client.
    }

    @Override
    public void answerEnded() {
        // Whoever answers has the connection by then.
    }

    @Override
    public void finishTunnel() {
        // It asks for none.
    }
}
