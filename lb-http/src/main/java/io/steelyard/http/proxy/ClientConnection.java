package io.steelyard.http.proxy;

import io.steelyard.api.Personality;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.proxy.ConnectionRule.Phase;
import io.steelyard.api.proxy.Protocol;
import io.steelyard.api.schedule.Flow;
import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.loop.Timer;
import io.steelyard.core.session.ConnectionGate;
import io.steelyard.core.session.ConnectionGate.Verdict;
import io.steelyard.core.session.Sessions;
import io.steelyard.core.tcp.TcpListener;
import io.steelyard.core.tcp.Transport;
import io.steelyard.core.tls.TlsTransport;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.pool.stick.TrackedKeys;
import io.steelyard.pool.variable.ConnectionFacts;
import java.lang.System.Logger;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection: its socket, what waits to be read and to be written, and its deadline. What the bytes mean is known by its
 * {@link ClientProtocol}. Owned by the loop that accepted it.
 *
 * <pre>
 *   OPENING ──► OPEN     a PROXY protocol header, the handshake of TLS
 *   OPEN ──► LINGER ──► CLOSED     the client is to read an answer before it learns of the end
 *     └─────────────────► CLOSED
 * </pre>
 */
final class ClientConnection extends Timer {
    private static final Logger LOG = System.getLogger(ClientConnection.class.getName());
    private static final long LINGER_NS = 5_000_000_000L;

    private enum State {
        OPENING,
        OPEN,
        LINGER,
        CLOSED
    }

    private final HttpWorker worker;
    private final TcpListener listener;
    private final HttpClientOptions options;
    private final ConnectionFacts facts;
    private final FdRegistration registration;
    private final Transport transport;
    private final Output output;
    private final HeldInput held;

    /** What is being looked at as it came; null while nothing is. */
    private @Nullable ByteBuffer beingRead;

    private ClientProtocol protocol;
    private final long openedNs;

    private HttpPlan plan;

    /** Null for a client on a UNIX socket. */
    private @Nullable InetAddress address;

    private int clientPort;
    private State state = State.OPENING;
    private final AboutClient about = new AboutClient();
    private ConnectionGate.@Nullable Passage passage;
    private @Nullable Opening opening;
    private long lastActivityNs;
    private long receivedBytes;

    /** The worker's list of its connections. */
    @Nullable
    ClientConnection next;

    @Nullable
    ClientConnection previous;

    ClientConnection(HttpWorker worker, TcpListener listener, HttpPlan plan, int fd) {
        this.worker = worker;
        this.listener = listener;
        options = plan.service().fallback().host().client();
        var peer = listener.peer();
        clientPort = listener.isUnix() ? listener.number() : peer.port();
        address = listener.isUnix() ? null : peer.inetAddress();
        facts = Sessions.facts(Protocol.TCP).client(address, clientPort);
        var local = listener.local(fd);
        if (listener.isUnix()) {
            facts.server(null, listener.number()).unixSocket(listener.address().text());
        } else {
            facts.server(local.inetAddress(), local.port());
        }
        transport =
                listener.address().tls() ? TlsTransport.accepted(fd, worker.tls(), plan.tls()) : Transport.plain(fd);
        output = new Output(worker.loop().buffers(), transport);
        held = new HeldInput(worker.loop().buffers());
        registration = worker.loop().loop().register(fd, this::onReady);
        openedNs = nowNs();
        lastActivityNs = openedNs;
        protocol = new Http1Client(this, plan);
        this.plan = plan;
    }

    void begin() {
        var gate = plan.gate();
        var passing = gate == null ? null : gate.open(facts);
        passage = passing;
        if (!passes(Phase.CONNECTION)) {
            return;
        }
        boolean hasHeader = listener.acceptsProxyProtocol() || passing != null && passing.isHeaderExpected();
        if (!hasHeader && !listener.address().tls()) {
            if (passes(Phase.SESSION)) {
                opened();
                updateInterest();
            }
        } else {
            var under = new Opening(worker, listener, plan, transport, facts, hasHeader);
            opening = under;
            setDeadline(openedNs + under.timeoutNs());
            advance(under);
            updateInterest();
        }
    }

    /** What comes before the first request. */
    private void advance(Opening under) {
        long timeoutNs = under.timeoutNs();
        switch (under.advance()) {
            case WAITING -> {
                if (under.timeoutNs() != timeoutNs) {
                    setDeadline(nowNs() + under.timeoutNs());
                }
            }
            case FAILED -> {
                plan.faults().count(Fault.FAILED_HANDSHAKE);
                close();
            }
            case DONE -> {
                var named = under.client();
                if (named != null) {
                    facts.peer(address, clientPort).client(named, under.clientPort());
                    address = named;
                    clientPort = under.clientPort();
                }
                opening = null;
                if (!passes(Phase.SESSION)) {
                    return;
                }
                touch();
                opened();
                if (transport.hasInput()) {
                    read();
                }
            }
        }
    }

    /** Goes through the rules of a phase. @return false where they closed it */
    private boolean passes(Phase phase) {
        var verdict = passage == null ? Verdict.ADMITTED : passage.pass(phase);
        if (verdict == Verdict.ADMITTED) {
            return true;
        }
        if (verdict == Verdict.FORGOTTEN) {
            transport.vanish();
        }
        listener.countRefused();
        close();
        return false;
    }

    /** What the connection tracks in stick tables; null for nothing. */
    @Nullable
    TrackedKeys tracked() {
        return passage == null ? null : passage.tracked();
    }

    /** Requests may come. */
    private void opened() {
        state = State.OPEN;
        switch (listener.address().spokenHttp()) {
            case AGREED -> agreed();
            case HTTP2 -> protocol = new PriorKnowledge(this, plan, true);
            case HTTP1 -> {
                // It is what every connection begins with.
            }
        }
        protocol.begin();
    }

    /** The protocol follows from what was agreed on in the handshake ({@link #agreedProtocol}), or from the first bytes. */
    private void agreed() {
        if (agreedProtocol().equals("h2")) {
            protocol = new Http2Client(this, plan);
        } else if (options.http2() && (tls() == null || isUnasked())) {
            protocol = new PriorKnowledge(this, plan, false);
        }
    }

    /** HAProxy knows HTTP/2 by its preface over TLS too, where nothing was agreed on. */
    private boolean isUnasked() {
        return options.personality() == Personality.HAPROXY && agreedProtocol().isEmpty();
    }

    /** What client and we agreed to speak (ALPN), such as {@code h2}; empty where they did not. */
    String agreedProtocol() {
        return transport instanceof TlsTransport tls ? tls.protocol() : "";
    }

    /** The connection's TLS; null where there is none. */
    @Nullable
    TlsTransport tls() {
        return transport instanceof TlsTransport tls ? tls : null;
    }

    /** Goes on with another protocol, which is known now. */
    void speak(ClientProtocol known) {
        protocol = known;
        known.begin();
    }

    // ---- what it is

    HttpWorker worker() {
        return worker;
    }

    TcpListener listener() {
        return listener;
    }

    HttpClientOptions options() {
        return options;
    }

    ConnectionFacts facts() {
        return facts;
    }

    AboutClient about() {
        return about;
    }

    @Nullable
    InetAddress address() {
        return address;
    }

    int clientPort() {
        return clientPort;
    }

    /** Tells a flow the address that the client spoke to. */
    void fillDestination(Flow flow) {
        listener.fillDestination(flow, registration.fd());
    }

    long openedNs() {
        return openedNs;
    }

    long nowNs() {
        return worker.loop().timers().nowNs();
    }

    /** Whether it is neither closed nor about to be. */
    boolean isOpen() {
        return state == State.OPEN;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Whether it waits for a request, and nobody for it. */
    boolean isIdle() {
        return state == State.OPEN && output.isEmpty() && held.size() == 0 && protocol.isIdle();
    }

    /** How many bytes wait in memory because of it. */
    long keptBytes() {
        return output.pendingBytes() + held.size() + protocol.keptBytes();
    }

    // ---- what its protocol asks

    /** Bytes that its protocol was given, but for those that wait to be given again. */
    long lookedAtBytes() {
        return receivedBytes - unreadBytes();
    }

    /** How much of what was received its protocol has not looked at. */
    int unreadBytes() {
        return beingRead == null ? held.unread() : beingRead.remaining();
    }

    /** How much of what was received waits to be given again. */
    int heldBytes() {
        return held.size();
    }

    /** Gives the protocol again what it left. */
    void readHeld() {
        held.read(protocol);
    }

    Output output() {
        return output;
    }

    /** Sends bytes, now or when there is room. */
    void write(MemorySegment from, long offset, long length) {
        if (output.write(from, offset, length) < 0) {
            close();
        }
    }

    void touch() {
        lastActivityNs = nowNs();
    }

    /** When the client was last heard of or took something. */
    long lastActivityNs() {
        return lastActivityNs;
    }

    void setDeadline(long deadlineNs) {
        worker.loop().timers().set(this, deadlineNs);
    }

    /** Sets the deadline anew where something happened since it was set; false where nothing did for so long. */
    boolean waitsOn(long nowNs, long timeoutNs) {
        long deadlineNs = lastActivityNs + timeoutNs;
        if (deadlineNs - nowNs <= 0) {
            return false;
        }
        setDeadline(deadlineNs);
        return true;
    }

    void updateInterest() {
        if (state != State.CLOSED) {
            boolean isRead = state != State.OPEN || protocol.wantsInput();
            registration.interest(
                    (isRead ? FdRegistration.READABLE : 0) | (output.lacksRoom() ? FdRegistration.WRITABLE : 0));
        }
    }

    /** Closes once the client has had the time to read the answer: it may still be sending. */
    void linger() {
        state = State.LINGER;
        held.drop();
        if (output.isEmpty()) {
            transport.end();
        }
        setDeadline(nowNs() + LINGER_NS);
        updateInterest();
    }

    /** Ends it at once, so that nobody takes what came so far for the whole. */
    void reset() {
        if (state != State.CLOSED) {
            transport.cut();
            close();
        }
    }

    /** Closes it, and does not tell the client. */
    void vanish() {
        if (state != State.CLOSED) {
            transport.vanish();
            close();
        }
    }

    void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        protocol.closed();
        worker.loop().timers().cancel(this);
        output.close();
        held.drop();
        transport.close();
        registration.close();
        if (passage != null) {
            passage.tracked().end();
        }
        worker.onClosed(this);
    }

    // ---- what the worker asks

    void adopt(HttpPlan changed) {
        plan = changed;
        protocol.adopt(changed);
    }

    /** Ends it at once, since memory is needed for others. */
    void shed() {
        plan.faults().count(Fault.SHED);
        reset();
    }

    /** Serves no other request than those it has. */
    void finish() {
        if (state == State.OPENING) {
            close();
        } else if (state == State.OPEN) {
            protocol.finish();
        }
    }

    /** Hands over its exchanges; the task may end them. */
    void forEach(Consumer<Exchange> task) {
        if (state == State.OPEN) {
            protocol.forEach(task);
        }
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
            close();
            return;
        }
        var under = opening;
        if (under != null) {
            advance(under);
            updateInterest();
            return;
        }
        if ((ready & FdRegistration.WRITABLE) != 0 && !output.isEmpty()) {
            onWritable();
        }
        if (state != State.CLOSED && (ready & (FdRegistration.READABLE | FdRegistration.HANGUP)) != 0) {
            read();
        }
        updateInterest();
    }

    private void onWritable() {
        touch();
        if (output.flush() < 0) {
            close();
        } else if (state == State.LINGER) {
            if (output.isEmpty()) {
                transport.end();
            }
        } else {
            protocol.hasRoom();
        }
    }

    private void read() {
        if (state == State.OPEN && !protocol.wantsInput()) {
            return;
        }
        var buffer = worker.loop().readBuffer();
        long count = transport.read(buffer, 0, buffer.byteSize());
        if (count == -Errno.EAGAIN || count == -Errno.EINTR) {
            return;
        }
        if (count < 0) {
            close();
        } else if (count == 0) {
            onEnd();
        } else {
            onReceived(buffer, (int) count);
        }
    }

    private void onReceived(MemorySegment buffer, int count) {
        touch();
        receivedBytes += count;
        if (state == State.OPEN) {
            var in = worker.received(count);
            beingRead = in;
            protocol.consume(in, buffer);
            beingRead = null;
            if (state == State.OPEN && in.hasRemaining()) {
                held.keep(buffer, in.position(), in.remaining());
            }
        }
    }

    /** The client will send nothing more. */
    private void onEnd() {
        if (state == State.OPEN) {
            protocol.inputEnded();
        } else {
            close();
        }
    }

    @Override
    protected void onDeadline(long nowNs) {
        if (state == State.OPEN) {
            protocol.onDeadline(nowNs);
        } else {
            if (state == State.OPENING) {
                plan.faults().count(Fault.SLOW_HANDSHAKE);
            }
            close();
        }
    }
}
