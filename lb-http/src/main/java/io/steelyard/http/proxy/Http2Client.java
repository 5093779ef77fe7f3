package io.steelyard.http.proxy;

import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.http.h2.ErrorCode;
import io.steelyard.http.h2.Flood;
import io.steelyard.http.h2.Http2Session;
import io.steelyard.http.h2.Http2Stream;
import io.steelyard.http.h2.SessionLimits;
import io.steelyard.http.h2.SessionUser;
import io.steelyard.http.h2.StreamUser;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.function.Consumer;

/**
 * A client's connection as HTTP/2 speaks it: any number of exchanges at once, each an {@link Http2Request}. Frames that the events of one
 * round of the loop cause are sent together at its end, by one system call and in as few records of TLS as hold them. Owned by the connection's
 * loop.
 */
final class Http2Client implements ClientProtocol, SessionUser {
    /** While more waits for the client, nothing is read of it: what it sends would only add to that. */
    private static final int MOST_UNREAD_BYTES = 256 << 10;

    /** How long a client may take to learn that it is to begin no further request. */
    private static final long FINISH_NS = 1_000_000_000L;

    private final ClientConnection connection;
    private final HttpWorker worker;
    private final HttpClientOptions options;
    private final Http2Output output;
    private final Http2Session session;
    private final ArrayList<Http2Request> requests = new ArrayList<>(4);

    private HttpPlan plan;
    private int opened;
    private boolean isToSettle;

    /** Whether a part of a request's header has come. */
    private boolean isReading;

    private boolean wasIdle = true;

    /** Since when there has been no request. */
    private long idleSinceNs;

    private long readingSinceNs;
    private long finishingSinceNs;
    private boolean hasFinished;

    Http2Client(ClientConnection connection, HttpPlan plan) {
        this.connection = connection;
        this.plan = plan;
        worker = connection.worker();
        options = connection.options();
        output = new Http2Output(connection.output(), worker.http2Stage());
        var limits = new SessionLimits(options.mostStreams(), HeadRules.limits(options), HeadRules.leniency(options));
        session = new Http2Session(this, output, limits, worker.http2Memory(), connection.nowNs());
    }

    ClientConnection connection() {
        return connection;
    }

    Http2Session session() {
        return session;
    }

    HttpPlan plan() {
        return plan;
    }

    @Override
    public void begin() {
        idleSinceNs = connection.nowNs();
        session.begin();
        settle();
    }

    // ---- requests

    @Override
    public StreamUser open(Http2Stream stream) {
        opened++;
        wasIdle = false;
        if (opened >= options.mostRequests()
                || connection.nowNs() - connection.openedNs()
                        >= options.mostAge().toNanos()
                || options.idleTimeout().isZero()) {
            finishSession();
        }
        var request = new Http2Request(this, stream, opened);
        requests.add(request);
        return request;
    }

    /** A request is over. */
    void remove(Http2Request request) {
        int last = requests.size() - 1;
        int index = requests.indexOf(request);
        if (index >= 0) {
            requests.set(index, requests.get(last));
            requests.remove(last);
        }
    }

    @Override
    public void flooded(Flood how) {
        plan.faults().count(Fault.of(how));
    }

    // ---- events

    @Override
    public boolean wantsInput() {
        return connection.output().pendingBytes() <= MOST_UNREAD_BYTES;
    }

    @Override
    public void consume(ByteBuffer in, MemorySegment memory) {
        session.consume(in, memory, connection.nowNs());
        if (session.isInFrame() != isReading) {
            countReading(!isReading);
            readingSinceNs = connection.nowNs();
        }
        settle();
    }

    @Override
    public void hasRoom() {
        session.hasRoom();
        settle();
    }

    @Override
    public void inputEnded() {
        connection.close();
    }

    /** Something was put together, or the connection waits for something else than before: both are seen to at the end of the round. */
    void settle() {
        if (!isToSettle) {
            isToSettle = true;
            worker.roundEnd().add(this);
        }
    }

    /** All events of the round have been dealt with. */
    void endRound() {
        isToSettle = false;
        if (!connection.isOpen()) {
            return;
        }
        if (!send()) {
            connection.close();
        } else if (session.isDone()) {
            connection.linger();
        } else {
            if (session.isIdle() != wasIdle) {
                wasIdle = !wasIdle;
                idleSinceNs = connection.nowNs();
            }
            connection.setDeadline(deadlineNs());
            connection.updateInterest();
        }
    }

    /** Sends what was put together, and what had no room before that. @return false where the socket is broken */
    private boolean send() {
        do {
            if (output.flush() < 0) {
                return false;
            }
            if (!connection.output().isEmpty()) {
                return true;
            }
            session.hasRoom();
        } while (output.isStaged());
        return true;
    }

    private long deadlineNs() {
        long nowNs = connection.nowNs();
        long afterNs = options.sendTimeout().toNanos();
        if (isReading) {
            afterNs = Math.min(afterNs, readingSinceNs + options.headerTimeout().toNanos() - nowNs);
        }
        if (session.isIdle()) {
            afterNs = Math.min(afterNs, idleSinceNs + idleTimeoutNs() - nowNs);
        }
        if (session.isFinishing() && !hasFinished) {
            afterNs = Math.min(afterNs, finishingSinceNs + FINISH_NS - nowNs);
        }
        return nowNs + Math.max(afterNs, 0);
    }

    /** A connection that was never used is given the time for a header. */
    private long idleTimeoutNs() {
        return opened == 0
                ? options.headerTimeout().toNanos()
                : options.idleTimeout().toNanos();
    }

    @Override
    public void onDeadline(long nowNs) {
        boolean isStuck = !connection.output().isEmpty()
                && nowNs - connection.lastActivityNs() >= options.sendTimeout().toNanos();
        if (isStuck) {
            plan.faults().count(Fault.SLOW_READER);
            connection.reset();
            return;
        }
        if (isReading && nowNs - readingSinceNs >= options.headerTimeout().toNanos()) {
            plan.faults().count(Fault.SLOW_HEADER);
            session.fail(ErrorCode.PROTOCOL_ERROR);
        } else if (session.isIdle() && nowNs - idleSinceNs >= idleTimeoutNs()) {
            session.finishNow();
        } else if (session.isFinishing() && nowNs - finishingSinceNs >= FINISH_NS) {
            hasFinished = true;
            session.finishNow();
        }
        settle();
    }

    // ---- what the worker asks

    @Override
    public boolean isIdle() {
        return session.isIdle() && !session.isInFrame();
    }

    @Override
    public long keptBytes() {
        long sum = 0;
        for (var request : requests) {
            sum += request.keptBytes();
        }
        return sum;
    }

    @Override
    public void adopt(HttpPlan changed) {
        plan = changed;
    }

    @Override
    public void finish() {
        finishSession();
        settle();
    }

    private void finishSession() {
        if (!session.isFinishing()) {
            finishingSinceNs = connection.nowNs();
            session.finish();
        }
    }

    @Override
    public void forEach(Consumer<Exchange> task) {
        new ArrayList<>(requests).forEach(request -> request.withExchange(task));
    }

    @Override
    public void closed() {
        countReading(false);
        session.abandon();
        for (var request : new ArrayList<>(requests)) {
            request.onReset();
        }
        output.close();
    }

    private void countReading(boolean value) {
        if (isReading != value) {
            isReading = value;
            Counts.add(worker.counts().reading, value ? 1 : -1);
        }
    }
}
