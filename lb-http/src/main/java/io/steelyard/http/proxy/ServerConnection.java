package io.steelyard.http.proxy;

import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.loop.Timer;
import io.steelyard.core.tcp.Transport;
import io.steelyard.core.tls.TlsTransport;
import io.steelyard.http.h1.BodyFraming;
import io.steelyard.http.h1.BrokenHead;
import io.steelyard.http.h1.ParseResult;
import io.steelyard.http.h1.ResponseParser;
import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.Method;
import io.steelyard.http.message.ResponseHead;
import io.steelyard.linux.Errno;
import java.lang.System.Logger;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A connection to a server, which serves one exchange after the other. Owned by the loop that opened it.
 *
 * <pre>
 *   CONNECTING (──► HANDSHAKE of TLS) ──► READY ◄────────► IDLE       between exchanges it waits in the worker's idle connections
 *        │           │  HEAD, BODY, TUNNEL     what is read of the answer
 *        └───────────┴──────────────────► CLOSED
 * </pre>
 */
final class ServerConnection extends Timer {
    /** Interim answers to one request before the server is taken to be mad. */
    private static final int MOST_INTERIM = 16;

    /** So much before its server would, an idle connection is closed: a request under way meets no closed connection. */
    private static final long IDLE_MARGIN_NS = 500_000_000L;

    private static final Logger LOG = System.getLogger(ServerConnection.class.getName());

    private enum State {
        CONNECTING,
        HANDSHAKE,
        HEAD,
        BODY,
        TUNNEL,
        DONE,
        IDLE,
        CLOSED
    }

    private final HttpWorker worker;
    private final ServerPool pool;
    private final RealServer server;
    private final FdRegistration registration;
    private final Approach approach;
    private final Transport transport;
    private final Output output;
    private final ResponseParser parser = new ResponseParser();
    private final ResponseHead head = new ResponseHead();
    private final BodyReader body = new BodyReader();
    private final long openedNs;

    private State state = State.CONNECTING;
    private @Nullable ServerUser user;

    /** Whether another was given the connection while its answer was being looked at. */
    private boolean isHandedOver;

    private int requests;
    private int interim;
    private boolean isPaused;

    /** The server sent more than its answer, so that the connection must not be used again. */
    private boolean hasSurplus;

    private long receivedBytes;
    private long headBytes;
    private long sentBefore;

    ServerConnection(HttpWorker worker, ServerPool pool, RealServer server, int fd, Approach approach) {
        this.worker = worker;
        this.pool = pool;
        this.server = server;
        this.approach = approach;
        transport = approach.transport(fd, worker, server);
        output = new Output(worker.loop().buffers(), transport);
        openedNs = worker.loop().timers().nowNs();
        registration = worker.loop().loop().register(fd, this::onReady);
        registration.interest(FdRegistration.WRITABLE);
    }

    // ---- what it is

    String poolName() {
        return pool.name();
    }

    String serverId() {
        return server.id();
    }

    boolean isTo(RealServer other, String bond) {
        return approach.bond().equals(bond)
                && server.id().equals(other.id())
                && server.address().equals(other.address());
    }

    long openedNs() {
        return openedNs;
    }

    /** Whether it served another request before. */
    boolean isReused() {
        return requests > 1;
    }

    /** Bytes of the answer so far, with its head. */
    long receivedBytes() {
        return receivedBytes;
    }

    /** Bytes behind the answer's head so far, with the body's framing. */
    long bodyBytes() {
        return receivedBytes - headBytes;
    }

    /** Bytes of the request that the server's socket has taken. */
    long sentBytes() {
        return output.sentBytes() - sentBefore;
    }

    ResponseHead head() {
        return head;
    }

    BodyFraming framing() {
        return parser.framing();
    }

    /** The fields behind the answer's body, once it was read to its end; null where there can be none. */
    @Nullable
    FieldBlock trailers() {
        return body.trailers();
    }

    /** Whether so much waits for the server that its client must not be read. */
    boolean isSlow(int mostBufferBytes) {
        return output.pendingBytes() > mostBufferBytes;
    }

    /** How many bytes wait for the server. */
    int pendingBytes() {
        return output.pendingBytes();
    }

    boolean hasSentAll() {
        return output.isEmpty();
    }

    /** Whether the server has not closed it meanwhile, nor sent what nobody asked for. */
    boolean isAlive() {
        if (state != State.IDLE) {
            return false;
        }
        return transport.isQuiet(worker.loop().readBuffer());
    }

    // ---- what the request asks

    /** Serves a request: over a connection that is being opened, or was idle. */
    void serve(ServerUser wanted, Method method, boolean asksForUpgrade) {
        user = wanted;
        requests++;
        interim = 0;
        receivedBytes = 0;
        headBytes = 0;
        hasSurplus = false;
        sentBefore = output.sentBytes();
        parser.begin(head, method, asksForUpgrade);
        if (state == State.IDLE) {
            worker.loop().timers().cancel(this);
            state = State.HEAD;
        }
    }

    /** Gives the exchange under way to another user, who may be called before this event is over. */
    void handOver(ServerUser to) {
        user = to;
        isHandedOver = true;
    }

    /** Whether it is connected. */
    boolean isConnected() {
        return state != State.CONNECTING && state != State.HANDSHAKE;
    }

    /** Sends a part of the request. @return 0, or a negative errno where the connection is broken */
    int send(MemorySegment from, long offset, long length) {
        int result = output.write(from, offset, length);
        updateInterest();
        return result;
    }

    /** Reads nothing of the answer until told to go on. */
    void pause(boolean value) {
        isPaused = value;
        updateInterest();
        if (!value && transport.hasInput()) {
            worker.loop().loop().execute(() -> {
                if (user != null) {
                    onReady(0);
                }
            });
        }
    }

    /** Tells the server that nothing more is sent to it. */
    void shutdownWrite() {
        transport.end();
    }

    /** The request is over. The connection is kept where its answer was read to its end and it may serve another request, else closed. */
    void release() {
        user = null;
        boolean keeps = !hasSurplus
                && state == State.DONE
                && parser.framing().keepAlive()
                && output.isEmpty()
                && requests < pool.reuse().mostRequests()
                && pool.reuse().mostIdle() > 0
                && idleNs() > 0;
        if (!keeps) {
            close();
            return;
        }
        state = State.IDLE;
        isPaused = false;
        updateInterest();
        worker.loop().timers().set(this, worker.loop().timers().nowNs() + idleNs());
        worker.idle().keep(pool, this);
    }

    /** How long it may wait for a request: less than the server waits, where that said how long it does. */
    private long idleNs() {
        long mostNs = pool.reuse().idleTimeout().toNanos();
        long serversNs = KeepAlive.timeoutNs(head.fields());
        return serversNs < 0 ? mostNs : Math.min(mostNs, Math.max(serversNs - IDLE_MARGIN_NS, 0));
    }

    void close() {
        if (state != State.CLOSED) {
            state = State.CLOSED;
            user = null;
            worker.loop().timers().cancel(this);
            output.close();
            transport.close();
            registration.close();
        }
    }

    // ---- events

    private void onReady(int ready) {
        var current = user;
        if (current == null) {
            onIdleReady();
            return;
        }
        try {
            handle(ready, current);
        } catch (RuntimeException unexpected) {
            LOG.log(Logger.Level.ERROR, "a server's connection failed", unexpected);
            current.abort();
            close();
        }
    }

    private void handle(int ready, ServerUser current) {
        if (state == State.CONNECTING) {
            onConnectEnded(current);
            return;
        }
        if (state == State.HANDSHAKE) {
            shakeHands(current);
            return;
        }
        if ((ready & FdRegistration.WRITABLE) != 0 && !output.isEmpty()) {
            if (output.flush() < 0) {
                // What the server said before it closed may still be read.
                output.close();
            }
            current.serverHasRoom();
        }
        if (user == current
                && state != State.CLOSED
                && !isPaused
                && (ready & (FdRegistration.READABLE | FdRegistration.HANGUP | FdRegistration.ERROR)) != 0) {
            read(current);
        }
        // With TLS, the end may have come with the last bytes, and no readiness tells of it.
        if (user == current && state != State.CLOSED && !isPaused && transport.hasInput()) {
            read(current);
        }
        if (state != State.CLOSED) {
            updateInterest();
        }
    }

    private void onIdleReady() {
        // With TLS, the server may have sent what is about the connection alone.
        if (approach.tls() != null && isAlive()) {
            return;
        }
        onIdleEnd();
    }

    private void onIdleEnd() {
        worker.idle().remove(this);
        close();
    }

    @Override
    protected void onDeadline(long nowNs) {
        onIdleEnd();
    }

    private void onConnectEnded(ServerUser current) {
        int outcome = worker.loop().connector().outcome(registration.fd(), server.address());
        if (outcome == -Errno.EALREADY) {
            return;
        }
        if (outcome < 0) {
            current.connectFailed(outcome == -Errno.ETIMEDOUT);
            return;
        }
        if (!approach.sendHeader(registration.fd(), worker)) {
            current.connectFailed(false);
            return;
        }
        state = State.HANDSHAKE;
        if (approach.handshakeTimeoutNs() > 0) {
            current.handshaking(approach.handshakeTimeoutNs());
        }
        shakeHands(current);
    }

    private void shakeHands(ServerUser current) {
        int result = transport.handshake();
        if (result == -Errno.EAGAIN) {
            registration.interest(FdRegistration.READABLE | (transport.isPending() ? FdRegistration.WRITABLE : 0));
            return;
        }
        if (result < 0) {
            if (transport instanceof TlsTransport tls && !tls.failure().isEmpty()) {
                worker.loop().report("TLS with server " + server.id() + " failed: " + tls.failure());
            }
            current.connectFailed(false);
            return;
        }
        state = State.HEAD;
        updateInterest();
        current.connected();
    }

    private void read(ServerUser current) {
        var buffer = worker.loop().readBuffer();
        long count = transport.read(buffer, 0, buffer.byteSize());
        if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
            return;
        }
        if (count <= 0) {
            onEnd(current, count < 0);
            return;
        }
        receivedBytes += count;
        current.serverSpoke();
        consume(current, worker.received((int) count), buffer);
        if (user != null) {
            user.flush();
        }
    }

    private void onEnd(ServerUser current, boolean wasReset) {
        if (!wasReset && state == State.BODY && parser.framing().kind() == BodyFraming.Kind.UNTIL_CLOSE) {
            state = State.DONE;
            current.answerEnded();
        } else if (state == State.TUNNEL) {
            current.finishTunnel();
        } else {
            current.serverBroke();
        }
    }

    private void consume(ServerUser first, ByteBuffer in, MemorySegment memory) {
        var current = first;
        while (in.hasRemaining() && user == current && state != State.CLOSED) {
            switch (state) {
                case HEAD -> {
                    consumeHead(current, in);
                    var next = takesOver(current);
                    if (next == null) {
                        return;
                    }
                    current = next;
                }
                case BODY -> consumeBody(current, in, memory);
                case TUNNEL -> {
                    int start = in.position();
                    int count = in.remaining();
                    in.position(in.limit());
                    current.answerData(memory, start, count);
                }
                default -> {
                    // More than the answer: whose it is cannot be known.
                    hasSurplus = true;
                    in.position(in.limit());
                }
            }
        }
        if (state == State.DONE && user == current) {
            current.answerEnded();
        }
    }

    /** Who takes the bytes of this event: another than before where the connection changed hands. */
    private @Nullable ServerUser takesOver(ServerUser current) {
        var now = isHandedOver ? user : current;
        isHandedOver = false;
        return now;
    }

    private void consumeHead(ServerUser current, ByteBuffer in) {
        var result = parser.parse(in);
        if (result == ParseResult.NEED_MORE) {
            return;
        }
        if (result == ParseResult.REJECTED) {
            var broken = parser.broken(in);
            in.position(in.limit());
            current.answerMalformed(broken);
            return;
        }
        if (head.isInterim()) {
            if (++interim > MOST_INTERIM) {
                in.position(in.limit());
                current.answerMalformed(new BrokenHead(
                        new byte[0], 0, "more than " + MOST_INTERIM + " interim answers came before it"));
            } else {
                parser.begin(head, current.method(), current.asksForUpgrade());
            }
            return;
        }
        headBytes = receivedBytes - in.remaining();
        var framing = parser.framing();
        body.begin(framing);
        state = framing.kind() == BodyFraming.Kind.TUNNEL ? State.TUNNEL : body.hasEnded() ? State.DONE : State.BODY;
        current.answerHead();
    }

    private void consumeBody(ServerUser current, ByteBuffer in, MemorySegment memory) {
        int count = body.next(in);
        if (body.isRejected()) {
            in.position(in.limit());
            current.serverBroke();
            return;
        }
        if (count > 0) {
            int start = in.position();
            in.position(start + count);
            current.answerData(memory, start, count);
        }
        if (body.hasEnded() && user == current && state == State.BODY) {
            state = State.DONE;
        }
    }

    private void updateInterest() {
        if (state == State.CONNECTING || state == State.HANDSHAKE || state == State.CLOSED) {
            return;
        }
        registration.interest(
                (isPaused ? 0 : FdRegistration.READABLE) | (output.isEmpty() ? 0 : FdRegistration.WRITABLE));
    }
}
