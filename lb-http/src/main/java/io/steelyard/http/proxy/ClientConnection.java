package io.steelyard.http.proxy;

import io.steelyard.api.Personality;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.loop.Timer;
import io.steelyard.core.session.Sessions;
import io.steelyard.core.tcp.TcpListener;
import io.steelyard.http.h1.ParseResult;
import io.steelyard.http.h1.RequestParser;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.HttpLimits;
import io.steelyard.http.message.HttpVersion;
import io.steelyard.http.message.Leniency;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.Relaxation;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.pool.variable.ConnectionFacts;
import java.lang.System.Logger;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection that speaks HTTP/1. Owned by the loop that accepted it.
 *
 * <pre>
 *   HEAD ──► EXCHANGE ──► HEAD …           the next request on a kept connection
 *    │          ├──► DISCARD ──► HEAD      the answer is out and the request's body still comes
 *    │          ├──► TUNNEL ──► CLOSED     the server switched protocols
 *    └──────────┴──► LINGER ──► CLOSED     the client is to read an answer before it learns of the end
 * </pre>
 */
final class ClientConnection extends Timer {
    private static final byte[] CONTINUE = "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1);
    private static final Logger LOG = System.getLogger(ClientConnection.class.getName());
    private static final long LINGER_NS = 5_000_000_000L;
    private static final int MOST_HELD_BYTES = 64 << 10;

    private enum State {
        HEAD,
        EXCHANGE,
        DISCARD,
        TUNNEL,
        LINGER,
        CLOSED
    }

    private final HttpWorker worker;
    private final TcpListener listener;
    private final ConnectionFacts facts;
    private final InetAddress address;
    private final long clientHigh;
    private final long clientLow;
    private final int clientPort;
    private final InetAddress localAddress;
    private final int localPort;
    private final FdRegistration registration;
    private final Output output;
    private final BodyReader body = new BodyReader();
    private final RequestParser parser;
    private final AnswerWriter answer;

    private HttpPlan plan;
    private HttpClientOptions options;
    private State state = State.HEAD;
    private @Nullable Exchange exchange;

    /** Lent while a request is under way. */
    private @Nullable Message message;

    /** Received and not yet looked at. */
    private @Nullable MemorySegment held;

    private int heldStart;
    private int heldEnd;

    private final Map<String, String> notes = new HashMap<>(0);
    private final long openedNs;
    private int requests;
    private boolean mayKeep;
    private boolean isPipelined;
    private boolean isInvited;
    private boolean isFinishing;

    /** Whether a part of a request's header has come. */
    private boolean isReading;

    private long requestStartNs;
    /** When it began, or the answer before was sent. */
    private long readyNs;

    private long lastActivityNs;
    private long receivedBytes;
    private long receivedBefore;

    /** The worker's list of its connections. */
    @Nullable
    ClientConnection next;

    @Nullable
    ClientConnection previous;

    ClientConnection(HttpWorker worker, TcpListener listener, HttpPlan plan, int fd) {
        this.worker = worker;
        this.listener = listener;
        this.plan = plan;
        options = plan.service().fallback().host().client();
        var peer = listener.peer();
        clientHigh = peer.addressHigh();
        clientLow = peer.addressLow();
        clientPort = peer.port();
        address = peer.inetAddress();
        facts = Sessions.facts(Protocol.TCP).client(address, peer.port());
        var local = listener.local(fd);
        localAddress = local.inetAddress();
        localPort = local.port();
        facts.server(localAddress, localPort);
        parser = new RequestParser(limits(options), leniency(options));
        output = new Output(worker.loop().buffers());
        answer = new AnswerWriter(worker, output);
        answer.looksLikeHaproxy(options.personality() == Personality.HAPROXY);
        registration = worker.loop().loop().register(fd, this::onReady);
        openedNs = worker.loop().timers().nowNs();
        lastActivityNs = openedNs;
        readyNs = openedNs;
    }

    private static HttpLimits limits(HttpClientOptions options) {
        return HttpLimits.DEFAULT.withHead(
                options.mostLineBytes(), options.mostLineBytes(), options.mostHeaderBytes(), options.mostFields());
    }

    private static Leniency leniency(HttpClientOptions options) {
        return options.keepsUnderscores() ? Leniency.strict().with(Relaxation.UNDERSCORE_IN_NAME) : Leniency.strict();
    }

    void begin() {
        parser.begin(worker.resting());
        requestStartNs = lastActivityNs;
        setDeadline(lastActivityNs + options.headerTimeout().toNanos());
        updateInterest();
    }

    // ---- what the exchange asks

    HttpWorker worker() {
        return worker;
    }

    TcpListener listener() {
        return listener;
    }

    ConnectionFacts facts() {
        return facts;
    }

    InetAddress address() {
        return address;
    }

    long clientHigh() {
        return clientHigh;
    }

    long clientLow() {
        return clientLow;
    }

    int clientPort() {
        return clientPort;
    }

    int fd() {
        return registration.fd();
    }

    /** The address the client spoke to. */
    InetAddress localAddress() {
        return localAddress;
    }

    int localPort() {
        return localPort;
    }

    /** When it began, or the answer before was sent. */
    long readyNs() {
        return readyNs;
    }

    long openedNs() {
        return openedNs;
    }

    /** Whether the request came before the one before it was answered. */
    boolean isPipelined() {
        return isPipelined;
    }

    long requestStartNs() {
        return requestStartNs;
    }

    /** Bytes of the request so far. */
    long requestBytes() {
        return receivedBytes - heldBytes() - receivedBefore;
    }

    /** Bytes of the answer that the client's socket has taken. */
    AnswerWriter answer() {
        return answer;
    }

    /** The header fields of the answer under way, or the last one. */
    FieldBlock answerFields() {
        return message().answerFields();
    }

    int requestNumber() {
        return requests;
    }

    long nowNs() {
        return worker.loop().timers().nowNs();
    }

    /** What rules noted about this connection, by name. */
    Map<String, String> notes() {
        return notes;
    }

    /** Whether the client has not sent all of its request. */
    boolean isSending() {
        return !body.hasEnded();
    }

    /** Nothing more of the request is looked at; the connection ends with the answer. */
    void stopReading() {
        mayKeep = false;
        body.none();
    }

    boolean isBodyRead() {
        return body.hasEnded();
    }

    /** The fields behind the request's body, once it was read to its end; null where there can be none. */
    @Nullable
    FieldBlock trailers() {
        return body.trailers();
    }

    /** Whether the answer's body may be followed by fields, and the client says that it looks at them. */
    boolean acceptsTrailers() {
        return answer.takesTrailers() && worker.asksForTrailers(message().head().fields());
    }

    /** Asks the client to send its request's body, where it waits for that. */
    void invite() {
        if (parser.framing().expectsContinue() && !isInvited && body.isUntouched() && heldBytes() == 0) {
            isInvited = true;
            var stage = worker.stageBytes().clear().put(CONTINUE);
            writeStage(stage.position());
        }
    }

    /** The exchange has room for the request's body again. */
    void resumeBody() {
        if (state == State.EXCHANGE || state == State.TUNNEL) {
            consumeHeld();
            updateInterest();
        }
    }

    /** Whether so much waits for the client that its server must not be read. */
    boolean isSlow(int mostBufferBytes) {
        return output.pendingBytes() > mostBufferBytes;
    }

    /**
     * Begins an answer.
     *
     * @param fields without any that are about the connection or the framing
     * @param length of the body; -1 where it is not known
     */
    void beginAnswer(int status, String reason, FieldBlock fields, long length) {
        var head = message().head();
        boolean isOldClient = head.version() == HttpVersion.HTTP_1_0;
        boolean hasBody = head.method() != Method.HEAD && status != 204 && status != 304;
        boolean isChunked = hasBody && length < 0 && !isOldClient;
        // A client that was not invited to send its body may send it or not: what follows cannot be told from it.
        boolean isUnsure = parser.framing().expectsContinue() && !isInvited && body.isUntouched();
        mayKeep &= !isFinishing && !isUnsure && (length >= 0 || !hasBody || isChunked);
        boolean isUnsaid = mayKeep && !isOldClient && options.personality() == Personality.HAPROXY;
        var ending =
                isUnsaid ? AnswerWriter.Ending.UNSAID : mayKeep ? AnswerWriter.Ending.KEPT : AnswerWriter.Ending.CLOSED;
        answer.begin(registration.fd(), status, reason, fields, length, hasBody, isChunked, ending);
        touch();
    }

    /** Passes the server's 101 on; from then on both sides send what they like. */
    void beginTunnel(String reason, FieldBlock fields) {
        answer.beginTunnel(registration.fd(), reason, fields);
        state = State.TUNNEL;
        mayKeep = false;
        touch();
    }

    /** Sends a part of the answer's body. */
    void sendBody(MemorySegment from, long offset, long length) {
        answer.body(from, offset, length);
        touch();
    }

    /** Sends what was put together. */
    void flush() {
        if (answer.flush() < 0) {
            abort();
            return;
        }
        updateInterest();
    }

    /** The answer is complete; what is left of the request's body is read and dropped. */
    void endAnswer() {
        if (answer.end() < 0) {
            abort();
            return;
        }
        endExchange();
        if (!mayKeep) {
            linger();
        } else if (body.hasEnded()) {
            nextRequest();
        } else {
            state = State.DISCARD;
            touch();
            setDeadline(lastActivityNs + options.bodyTimeout().toNanos());
            consumeHeld();
            updateInterest();
        }
    }

    /** The answer cannot be completed: the client is to see that. */
    void breakAnswer() {
        answer.flush();
        endExchange();
        reset();
    }

    /** Ends the connection without an answer. */
    void drop() {
        endExchange();
        close();
    }

    private void endExchange() {
        if (exchange != null) {
            exchange.end();
            exchange = null;
            Counts.add(worker.counts().serving, -1);
        }
    }

    // ---- what the worker asks

    boolean isOn(String pool, String serverId) {
        return exchange != null && exchange.isOn(pool, serverId);
    }

    void adopt(HttpPlan changed) {
        plan = changed;
    }

    /** Serves no other request than the one it has. */
    void finish() {
        isFinishing = true;
        if (state == State.HEAD && !parser.hasBegun() || state == State.DISCARD) {
            close();
        }
    }

    /** Ends it at once, so that nobody takes what came so far for the whole. */
    void reset() {
        if (state != State.CLOSED) {
            Linux.resetOnClose(registration.fd());
            close();
        }
    }

    void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        if (exchange != null) {
            exchange.clientGone();
            exchange = null;
            Counts.add(worker.counts().serving, -1);
        }
        countReading(false);
        worker.loop().timers().cancel(this);
        output.close();
        releaseHeld();
        releaseMessage();
        registration.close();
        worker.onClosed(this);
    }

    // ---- events

    private void onReady(int ready) {
        try {
            handle(ready);
        } catch (RuntimeException unexpected) {
            LOG.log(Logger.Level.ERROR, "a client's connection failed", unexpected);
            reset();
        }
    }

    private void handle(int ready) {
        if ((ready & FdRegistration.ERROR) != 0 && Linux.socketError(registration.fd()) != 0) {
            abort();
            return;
        }
        if ((ready & FdRegistration.WRITABLE) != 0 && !output.isEmpty()) {
            onWritable();
        }
        if (state != State.CLOSED && (ready & (FdRegistration.READABLE | FdRegistration.HANGUP)) != 0) {
            read();
        }
        if (state != State.CLOSED) {
            updateInterest();
        }
    }

    private void onWritable() {
        touch();
        if (output.flush(registration.fd()) < 0) {
            abort();
            return;
        }
        if (output.isEmpty() && state == State.LINGER) {
            Linux.shutdownWrite(registration.fd());
        }
        if (exchange != null) {
            exchange.clientHasRoom();
        }
    }

    private void read() {
        if (!wantsInput()) {
            return;
        }
        var buffer = worker.loop().readBuffer();
        long count = Linux.recv(registration.fd(), buffer, 0, buffer.byteSize());
        if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
            return;
        }
        if (count < 0) {
            abort();
            return;
        }
        if (count == 0) {
            onEnd();
            return;
        }
        touch();
        receivedBytes += count;
        var in = worker.received((int) count);
        consume(in, buffer);
        if (state != State.CLOSED && in.hasRemaining()) {
            hold(buffer, in.position(), in.remaining());
        }
    }

    /** The client will send nothing more. */
    private void onEnd() {
        switch (state) {
            case HEAD, DISCARD, LINGER -> close();
            case TUNNEL -> {
                if (exchange != null) {
                    exchange.clientEnded();
                }
            }
            default -> abort();
        }
    }

    /** The client is gone. */
    private void abort() {
        close();
    }

    @Override
    protected void onDeadline(long nowNs) {
        switch (state) {
            case HEAD -> onHeadLate();
            case EXCHANGE, TUNNEL -> onExchangeDeadline(nowNs);
            case DISCARD -> {
                if (!waitsOn(nowNs, options.bodyTimeout().toNanos())) {
                    close();
                }
            }
            case LINGER -> close();
            case CLOSED -> {}
        }
    }

    private void onHeadLate() {
        if (parser.hasBegun()) {
            reject(408);
        } else {
            close();
        }
    }

    private void onExchangeDeadline(long nowNs) {
        if (!output.isEmpty()) {
            if (!waitsOn(nowNs, options.sendTimeout().toNanos())) {
                reset();
            }
        } else if (state == State.EXCHANGE && !body.hasEnded() && exchange != null && exchange.wantsBody()) {
            if (!waitsOn(nowNs, options.bodyTimeout().toNanos())) {
                exchange.bodyFailed(408);
            }
        } else {
            setDeadline(nowNs + options.sendTimeout().toNanos());
        }
    }

    /** Sets the deadline anew where something happened since it was set. */
    private boolean waitsOn(long nowNs, long timeoutNs) {
        long deadlineNs = lastActivityNs + timeoutNs;
        if (deadlineNs - nowNs <= 0) {
            return false;
        }
        setDeadline(deadlineNs);
        return true;
    }

    // ---- input

    private boolean wantsInput() {
        return switch (state) {
            case HEAD, DISCARD, LINGER -> true;
            case EXCHANGE -> heldBytes() == 0 && (body.hasEnded() || exchange != null && exchange.wantsBody());
            case TUNNEL -> heldBytes() == 0 && exchange != null && exchange.wantsBody();
            case CLOSED -> false;
        };
    }

    /** Looks at what was received; stops where nothing can be done with it yet. */
    private void consume(ByteBuffer in, MemorySegment memory) {
        while (in.hasRemaining()) {
            boolean goesOn = switch (state) {
                case HEAD -> consumeHead(in);
                case EXCHANGE -> consumeBody(in, memory);
                case DISCARD -> discard(in);
                case TUNNEL -> tunnel(in, memory);
                case LINGER -> {
                    in.position(in.limit());
                    yield true;
                }
                case CLOSED -> false;
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
            requestStartNs = lastActivityNs;
            setDeadline(lastActivityNs + options.headerTimeout().toNanos());
        }
        if (result == ParseResult.REJECTED) {
            in.position(in.limit());
            reject(parser.violation().status());
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
        isInvited = false;
        state = State.EXCHANGE;
        body.begin(parser.framing());
        mayKeep = parser.framing().keepAlive()
                && !isFinishing
                && requests < options.mostRequests()
                && lastActivityNs - openedNs < options.mostAge().toNanos()
                && !options.idleTimeout().isZero();
        setDeadline(lastActivityNs
                + Math.min(
                        options.bodyTimeout().toNanos(), options.sendTimeout().toNanos()));
        var started = new Exchange(this, plan, message().head(), parser.framing());
        exchange = started;
        started.begin();
    }

    /** Answers a request that could not be read, and closes. */
    private void reject(int status) {
        began();
        state = State.EXCHANGE;
        mayKeep = false;
        body.none();
        var started = new Exchange(this, plan, message().head(), parser.framing());
        exchange = started;
        started.reject(status);
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
            mayKeep = false;
            in.position(in.limit());
            current.bodyFailed(400);
            return false;
        }
        if (count > 0) {
            int start = in.position();
            in.position(start + count);
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
            close();
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
            close();
            return;
        }
        releaseMessage();
        isPipelined = heldBytes() > 0;
        receivedBefore = receivedBytes - heldBytes();
        requestStartNs = lastActivityNs;
        readyNs = lastActivityNs;
        setDeadline(worker.loop().timers().nowNs() + options.idleTimeout().toNanos());
        consumeHeld();
        if (state != State.CLOSED) {
            updateInterest();
        }
    }

    /** Closes once the client has had the time to read the answer: it may still be sending. */
    private void linger() {
        state = State.LINGER;
        releaseHeld();
        releaseMessage();
        if (output.isEmpty()) {
            Linux.shutdownWrite(registration.fd());
        }
        setDeadline(worker.loop().timers().nowNs() + LINGER_NS);
        updateInterest();
    }

    // ---- input that waits

    private int heldBytes() {
        return heldEnd - heldStart;
    }

    private boolean isConsumingHeld;

    private void consumeHeld() {
        var memory = held;
        if (memory == null || isConsumingHeld) {
            return;
        }
        isConsumingHeld = true;
        try {
            var in = memory.asByteBuffer().limit(heldEnd).position(heldStart);
            consume(in, memory);
            heldStart = in.position();
        } finally {
            isConsumingHeld = false;
        }
        if (heldStart == heldEnd || state == State.CLOSED || state == State.LINGER) {
            releaseHeld();
        }
    }

    private void hold(MemorySegment from, int offset, int count) {
        if (held != null) {
            throw new IllegalStateException("input is read while some waits");
        }
        var memory = worker.loop().buffers().take(Math.clamp(count, 1, Math.max(count, MOST_HELD_BYTES)));
        MemorySegment.copy(from, offset, memory, 0, count);
        held = memory;
        heldStart = 0;
        heldEnd = count;
    }

    private Message message() {
        var lent = message;
        if (lent == null) {
            lent = worker.messages().take();
            message = lent;
        }
        return lent;
    }

    private void releaseMessage() {
        var lent = message;
        if (lent != null) {
            message = null;
            parser.begin(worker.resting());
            worker.messages().giveBack(lent);
        }
    }

    private void releaseHeld() {
        if (held != null && !isConsumingHeld) {
            worker.loop().buffers().giveBack(held);
            held = null;
            heldStart = 0;
            heldEnd = 0;
        }
    }

    // ---- small things

    private void writeStage(int length) {
        if (output.write(registration.fd(), worker.stage(), 0, length) < 0) {
            abort();
        }
    }

    private void touch() {
        lastActivityNs = worker.loop().timers().nowNs();
    }

    private void setDeadline(long deadlineNs) {
        worker.loop().timers().set(this, deadlineNs);
    }

    private void updateInterest() {
        registration.interest(
                (wantsInput() ? FdRegistration.READABLE : 0) | (output.isEmpty() ? 0 : FdRegistration.WRITABLE));
    }
}
