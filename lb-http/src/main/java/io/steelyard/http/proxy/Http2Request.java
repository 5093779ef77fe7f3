package io.steelyard.http.proxy;

import io.steelyard.core.loop.Timer;
import io.steelyard.http.h2.ErrorCode;
import io.steelyard.http.h2.Http2Stream;
import io.steelyard.http.h2.StreamUser;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.RequestHead;
import io.steelyard.http.message.Violation;
import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A request that came by HTTP/2: brings its stream and its exchange together. What the exchange has no room for of the body is kept, and not
 * said to be consumed, so that the client's window closes. Owned by the connection's loop.
 */
final class Http2Request extends Timer implements StreamUser {
    private static final int PIECE_BYTES = 64 << 10;

    private final Http2Client client;
    private final Http2Stream stream;
    private final HttpWorker worker;
    private final Http2Side side;
    private final LentBytes held;
    private final BodyPace pace;
    private @Nullable Exchange exchange;
    private @Nullable Message message;
    private @Nullable FieldBlock trailers;
    private boolean hasRemoteEnded;
    private boolean isBodyRead;
    private boolean isStopped;
    private boolean isDelivering;
    private boolean isOver;
    private long lastActivityNs;

    Http2Request(Http2Client client, Http2Stream stream, int number) {
        this.client = client;
        this.stream = stream;
        worker = client.connection().worker();
        held = new LentBytes(worker.loop().buffers());
        pace = new BodyPace(client.connection().options().leastBodyRate());
        side = new Http2Side(client, this, stream, number);
        touch();
    }

    // ---- what its side asks

    /** The memory of the request. */
    Message message() {
        var lent = message;
        if (lent == null) {
            lent = worker.messages().take();
            message = lent;
        }
        return lent;
    }

    @Nullable
    FieldBlock receivedTrailers() {
        return isBodyRead ? trailers : null;
    }

    /** Whether the exchange was given all of the request, or is given no more. */
    boolean isBodyRead() {
        return isBodyRead;
    }

    boolean hasBodyBegun() {
        return hasRemoteEnded || !held.isEmpty();
    }

    void stopReading() {
        isStopped = true;
        isBodyRead = true;
        int left = held.size();
        held.clear();
        client.session().consumed(stream, left);
    }

    void touch() {
        lastActivityNs = worker.loop().timers().nowNs();
    }

    /** Gives the exchange what waits for it, as far as it has room. */
    void resumeBody() {
        if (isDelivering) {
            return;
        }
        isDelivering = true;
        pace.resume(worker.loop().timers().nowNs());
        try {
            deliverHeld();
        } finally {
            isDelivering = false;
        }
        client.settle();
    }

    private void deliverHeld() {
        for (var to = exchange; to != null && to == exchange && to.wantsBody() && !isBodyRead; ) {
            var memory = held.memory();
            if (memory != null) {
                int count = Math.min(held.size(), PIECE_BYTES);
                to.onBody(memory, held.start(), count);
                if (!isStopped && !isOver) {
                    held.remove(count);
                    client.session().consumed(stream, count);
                }
            } else if (hasRemoteEnded) {
                isBodyRead = true;
                to.onBodyEnd();
            } else {
                return;
            }
        }
    }

    /** The exchange is over; what its answer has left to send is sent. */
    void endExchange() {
        var ended = exchange;
        if (ended != null) {
            exchange = null;
            Counts.add(worker.counts().serving, -1);
            ended.end();
        }
    }

    /** Ends both stream and exchange. */
    void end(ErrorCode code) {
        client.session().reset(stream, code);
        release();
        client.settle();
    }

    /** The exchange is over, and nothing is left to be sent. */
    void release() {
        if (!isOver) {
            isOver = true;
            worker.loop().timers().cancel(this);
            held.clear();
            side.close();
            var lent = message;
            message = null;
            if (lent != null) {
                worker.messages().giveBack(lent);
            }
            client.remove(this);
        }
    }

    // ---- what the worker asks

    long keptBytes() {
        return side.pendingBytes() + held.size() + (exchange == null ? 0 : exchange.keptBytes());
    }

    /** Hands over its exchange, where it has begun one. */
    void withExchange(Consumer<Exchange> task) {
        if (exchange != null) {
            task.accept(exchange);
        }
    }

    /** Ends it without the rest of its answer. */
    void reset() {
        leave();
        end(ErrorCode.INTERNAL_ERROR);
    }

    // ---- what its stream tells

    @Override
    public RequestHead head() {
        return message().head();
    }

    @Override
    public void onRequest(Violation violation) {
        Counts.add(worker.counts().requests, 1);
        Counts.add(worker.counts().serving, 1);
        hasRemoteEnded = stream.isRemoteEnded();
        isBodyRead = hasRemoteEnded || violation != Violation.NONE;
        isStopped = violation != Violation.NONE;
        pace.begin(lastActivityNs);
        var options = client.connection().options();
        setDeadline(lastActivityNs
                + Math.min(
                        options.bodyTimeout().toNanos(), options.sendTimeout().toNanos()));
        var started = new Exchange(side, client.plan(), message().head(), stream.framing());
        exchange = started;
        if (violation == Violation.NONE) {
            started.begin();
        } else {
            UnreadRequest.reject(started, violation.status());
        }
    }

    @Override
    public void onData(MemorySegment memory, int start, int count) {
        touch();
        var to = exchange;
        boolean isFastEnough = pace.arrived(count, lastActivityNs);
        if (isStopped || to == null) {
            client.session().consumed(stream, count);
        } else if (!isFastEnough) {
            client.session().consumed(stream, count);
            to.bodyFailed(408);
            client.settle();
        } else if (held.isEmpty() && !isDelivering && to.wantsBody()) {
            to.onBody(memory, start, count);
            client.session().consumed(stream, count);
        } else {
            held.add(memory, start, count);
        }
    }

    @Override
    public FieldBlock trailerMemory() {
        var fields = new FieldBlock(256, 64 << 10);
        trailers = fields;
        return fields;
    }

    @Override
    public void onEnd() {
        touch();
        hasRemoteEnded = true;
        resumeBody();
    }

    @Override
    public void onReset() {
        leave();
        release();
    }

    @Override
    public void onRoom() {
        if (side.sendPending()) {
            touch();
        }
        if (exchange != null) {
            exchange.clientHasRoom();
        } else if (stream.isLocalEnded()) {
            release();
        }
    }

    private void leave() {
        var left = exchange;
        if (left != null) {
            exchange = null;
            Counts.add(worker.counts().serving, -1);
            left.clientGone();
        }
    }

    // ---- time

    @Override
    protected void onDeadline(long nowNs) {
        var options = client.connection().options();
        boolean isSending = side.pendingBytes() > 0;
        boolean isReceiving = !isSending && !isBodyRead && exchange != null && exchange.wantsBody();
        long timeoutNs = (isReceiving ? options.bodyTimeout() : options.sendTimeout()).toNanos();
        long deadlineNs = lastActivityNs + timeoutNs;
        if (!isSending && !isReceiving) {
            setDeadline(nowNs + timeoutNs);
        } else if (deadlineNs - nowNs > 0) {
            setDeadline(deadlineNs);
        } else if (isSending) {
            client.plan().faults().count(Fault.SLOW_READER);
            reset();
        } else if (exchange != null) {
            exchange.bodyFailed(408);
            client.settle();
        }
    }

    private void setDeadline(long deadlineNs) {
        worker.loop().timers().set(this, deadlineNs);
    }
}
