package io.steelyard.http.proxy;

import io.steelyard.api.Personality;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.http.h1.ParseResult;
import io.steelyard.http.h1.RequestParser;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection as HTTP/1 speaks it: one exchange after the other. Owned by the connection's loop.
 *
 * <pre>
 *   HEAD ──► EXCHANGE ──► HEAD …           the next request on a kept connection
 *    │          ├──► DISCARD ──► HEAD      the answer is out and the request's body still comes
 *    │          ├──► TUNNEL                the server switched protocols
 *    └──────────┴──► OVER                  nothing more is read; the connection ends
 * </pre>
 */
final class Http1Client implements ClientProtocol {
    private enum State {
        HEAD,
        EXCHANGE,
        DISCARD,
        TUNNEL,
        OVER
    }

    private static final ByteBuffer EMPTY = ByteBuffer.allocate(0);

    private final ClientConnection connection;
    private final HttpWorker worker;
    private final HttpClientOptions options;
    private final BodyReader body = new BodyReader();
    private final BodyPace pace;
    private final RequestParser parser;
    private final Http1Side side;

    private HttpPlan plan;
    private State state = State.HEAD;
    private @Nullable Exchange exchange;

    /** Lent while a request is under way. */
    private @Nullable Message message;

    private int requests;
    private boolean isPipelined;
    private boolean isFinishing;

    /** Whether a part of a request's header has come. */
    private boolean isReading;

    private final Map<String, String> notes = new HashMap<>(0);

    private long requestStartNs;
    private long readyNs;
    private long receivedBefore;

    Http1Client(ClientConnection connection, HttpPlan plan) {
        this.connection = connection;
        this.plan = plan;
        worker = connection.worker();
        options = connection.options();
        pace = new BodyPace(options.leastBodyRate());
        parser = new RequestParser(HeadRules.limits(options), HeadRules.leniency(options));
        side = new Http1Side(this, connection, parser, body);
    }

    @Override
    public void begin() {
        parser.begin(worker.resting());
        requestStartNs = connection.lastActivityNs();
        readyNs = requestStartNs;
        connection.setDeadline(requestStartNs + options.headerTimeout().toNanos());
    }

    // ---- what its side of an exchange asks

    long requestStartNs() {
        return requestStartNs;
    }

    /** When the connection was opened, or the answer before was out. */
    long readyNs() {
        return readyNs;
    }

    ClientConnection connection() {
        return connection;
    }

    /** What rules noted about the connection. */
    Map<String, String> notes() {
        return notes;
    }

    int requestNumber() {
        return requests;
    }

    boolean isPipelined() {
        return isPipelined;
    }

    long requestBytes() {
        return connection.lookedAtBytes() - receivedBefore;
    }

    /** The memory of the request under way. */
    Message message() {
        var lent = message;
        if (lent == null) {
            lent = worker.messages().take();
            message = lent;
        }
        return lent;
    }

    /** Whether no request is served behind this one. */
    boolean isFinishing() {
        return isFinishing;
    }

    void resumeBody() {
        if (connection.isOpen() && (state == State.EXCHANGE || state == State.TUNNEL)) {
            pace.resume(connection.nowNs());
            connection.readHeld();
            connection.updateInterest();
        }
    }

    void beginTunnel() {
        state = State.TUNNEL;
    }

    /** The answer is complete; what is left of the request's body is read and dropped. */
    void endAnswer(boolean mayKeep) {
        endExchange();
        if (!mayKeep) {
            state = State.OVER;
            releaseMessage();
            connection.linger();
        } else if (body.hasEnded()) {
            nextRequest();
        } else {
            state = State.DISCARD;
            connection.touch();
            connection.setDeadline(
                    connection.lastActivityNs() + options.bodyTimeout().toNanos());
            connection.readHeld();
            connection.updateInterest();
        }
    }

    void endExchange() {
        if (exchange != null) {
            exchange.end();
            exchange = null;
            Counts.add(worker.counts().serving, -1);
        }
    }

    // ---- what the worker asks

    @Override
    public void forEach(Consumer<Exchange> task) {
        if (exchange != null) {
            task.accept(exchange);
        }
    }

    @Override
    public boolean isIdle() {
        return state == State.HEAD && !parser.hasBegun();
    }

    @Override
    public long keptBytes() {
        return exchange == null ? 0 : exchange.keptBytes();
    }

    @Override
    public void adopt(HttpPlan changed) {
        plan = changed;
    }

    @Override
    public void finish() {
        isFinishing = true;
        if (state == State.HEAD && !parser.hasBegun() || state == State.DISCARD) {
            connection.close();
        }
    }

    @Override
    public void closed() {
        state = State.OVER;
        if (exchange != null) {
            exchange.clientGone();
            exchange = null;
            Counts.add(worker.counts().serving, -1);
        }
        countReading(false);
        releaseMessage();
    }

    // ---- events

    @Override
    public void hasRoom() {
        if (exchange != null) {
            exchange.clientHasRoom();
        }
    }

    @Override
    public void inputEnded() {
        if (state == State.HEAD && parser.hasBegun()) {
            abandon();
        } else if (state != State.TUNNEL) {
            connection.close();
        } else if (exchange != null) {
            exchange.clientEnded();
        }
    }

    @Override
    public void onDeadline(long nowNs) {
        switch (state) {
            case HEAD -> onHeadLate();
            case EXCHANGE, TUNNEL -> onExchangeDeadline(nowNs);
            case DISCARD -> {
                if (!connection.waitsOn(nowNs, options.bodyTimeout().toNanos())) {
                    plan.faults().count(Fault.SLOW_BODY);
                    connection.close();
                }
            }
            case OVER -> {}
        }
    }

    private void onHeadLate() {
        boolean isFirst = requests == 0 && options.personality() == Personality.HAPROXY;
        if (parser.hasBegun() || isFirst) {
            reject(408, parser.line(EMPTY));
        } else {
            connection.close();
        }
    }

    private void onExchangeDeadline(long nowNs) {
        if (!connection.output().isEmpty()) {
            if (!connection.waitsOn(nowNs, options.sendTimeout().toNanos())) {
                plan.faults().count(Fault.SLOW_READER);
                connection.reset();
            }
        } else if (state == State.EXCHANGE && !body.hasEnded() && exchange != null && exchange.wantsBody()) {
            if (!connection.waitsOn(nowNs, options.bodyTimeout().toNanos())) {
                exchange.bodyFailed(408);
            }
        } else {
            connection.setDeadline(nowNs + options.sendTimeout().toNanos());
        }
    }

    // ---- input

    @Override
    public boolean wantsInput() {
        return switch (state) {
            case HEAD, DISCARD -> true;
            case EXCHANGE ->
                connection.heldBytes() == 0 && (body.hasEnded() || exchange != null && exchange.wantsBody());
            case TUNNEL -> connection.heldBytes() == 0 && exchange != null && exchange.wantsBody();
            case OVER -> false;
        };
    }

    @Override
    public void consume(ByteBuffer in, MemorySegment memory) {
        while (in.hasRemaining()) {
            boolean goesOn = switch (state) {
                case HEAD -> consumeHead(in);
                case EXCHANGE -> consumeBody(in, memory);
                case DISCARD -> discard(in);
                case TUNNEL -> tunnel(in, memory);
                case OVER -> false;
            };
            if (!goesOn) {
                return;
            }
        }
    }

    private boolean consumeHead(ByteBuffer in) {
        boolean hadBegun = parser.hasBegun();
        if (message == null) {
            parser.begin(message().head());
        }
        var result = parser.parse(in);
        countReading(result == ParseResult.NEED_MORE && parser.hasBegun());
        if (!hadBegun && parser.hasBegun()) {
            requestStartNs = connection.lastActivityNs();
            connection.setDeadline(requestStartNs + options.headerTimeout().toNanos());
        }
        if (result == ParseResult.REJECTED) {
            var line = parser.line(in);
            var broken = parser.broken(in);
            in.position(in.limit());
            plan.faults().broken().request(reject(parser.violation().status(), line), broken);
            return false;
        }
        if (result == ParseResult.COMPLETE) {
            startExchange();
        }
        return true;
    }

    private void countReading(boolean value) {
        if (isReading != value) {
            isReading = value;
            Counts.add(worker.counts().reading, value ? 1 : -1);
        }
    }

    private void startExchange() {
        began();
        state = State.EXCHANGE;
        body.begin(parser.framing());
        long nowNs = connection.lastActivityNs();
        pace.begin(nowNs);
        side.begin(parser.framing().keepAlive()
                && !isFinishing
                && requests < options.mostRequests()
                && nowNs - connection.openedNs() < options.mostAge().toNanos()
                && !options.idleTimeout().isZero());
        connection.setDeadline(nowNs
                + Math.min(
                        options.bodyTimeout().toNanos(), options.sendTimeout().toNanos()));
        var started = new Exchange(side, plan, message().head(), parser.framing());
        exchange = started;
        started.begin();
    }

    /** Answers a request that could not be read, and closes. */
    private Exchange reject(int status, String line) {
        began();
        state = State.EXCHANGE;
        body.none();
        side.begin(false);
        var started = new Exchange(side, plan, message().head(), parser.framing());
        exchange = started;
        UnreadRequest.reject(started, status, line, parser.hasLine());
        return started;
    }

    /** The client left in the middle of a head. nginx logs that, with a status that nobody gets; HAProxy does, too. */
    private void abandon() {
        began();
        countReading(false);
        state = State.EXCHANGE;
        body.none();
        side.begin(false);
        var started = new Exchange(side, plan, message().head(), parser.framing());
        exchange = started;
        UnreadRequest.abandon(started, parser.line(EMPTY), parser.hasLine());
        connection.close();
    }

    private void began() {
        requests++;
        Counts.add(worker.counts().requests, 1);
        Counts.add(worker.counts().serving, 1);
    }

    private boolean consumeBody(ByteBuffer in, MemorySegment memory) {
        var current = exchange;
        if (body.hasEnded() || current == null || !current.wantsBody()) {
            return false;
        }
        int count = body.next(in);
        if (body.isRejected()) {
            side.stopReading();
            in.position(in.limit());
            current.bodyFailed(400);
            return false;
        }
        if (count > 0) {
            int start = in.position();
            in.position(start + count);
            if (!pace.arrived(count, connection.nowNs())) {
                side.stopReading();
                in.position(in.limit());
                current.bodyFailed(408);
                return false;
            }
            current.onBody(memory, start, count);
        }
        if (body.hasEnded() && state == State.EXCHANGE && exchange == current) {
            current.onBodyEnd();
        }
        return true;
    }

    private boolean discard(ByteBuffer in) {
        int count = body.next(in);
        if (body.isRejected()) {
            plan.faults().count(Fault.MALFORMED_REQUEST);
            connection.close();
            return false;
        }
        in.position(in.position() + count);
        if (body.hasEnded()) {
            nextRequest();
        }
        return true;
    }

    private boolean tunnel(ByteBuffer in, MemorySegment memory) {
        var current = exchange;
        if (current == null || !current.wantsBody()) {
            return false;
        }
        int start = in.position();
        int count = in.remaining();
        in.position(in.limit());
        current.onBody(memory, start, count);
        return true;
    }

    private void nextRequest() {
        state = State.HEAD;
        if (isFinishing) {
            connection.close();
            return;
        }
        releaseMessage();
        isPipelined = connection.unreadBytes() > 0;
        receivedBefore = connection.lookedAtBytes();
        requestStartNs = connection.lastActivityNs();
        readyNs = requestStartNs;
        connection.setDeadline(connection.nowNs() + options.idleTimeout().toNanos());
        connection.readHeld();
        connection.updateInterest();
    }

    private void releaseMessage() {
        var lent = message;
        if (lent != null) {
            message = null;
            parser.begin(worker.resting());
            worker.messages().giveBack(lent);
        }
    }
}
