package io.steelyard.core.stream;

import io.steelyard.api.Personality;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.loop.Timer;
import io.steelyard.core.session.Session;
import io.steelyard.core.tcp.TcpListener;
import io.steelyard.core.tls.TlsFacts;
import io.steelyard.core.tls.TlsTransport;
import io.steelyard.linux.Errno;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection and the one to its server. Owned by the loop that accepted it.
 *
 * <pre>
 *   HEADER (of the PROXY protocol) ──┐
 *      │                             │ malformed, broken off, too late: closed
 *      ▼                             ▼
 *   limits, access rules ──► SECURING (the handshake of TLS), or PREREAD (its greeting)
 *      │                        │
 *      ▼                        ▼
 *   target
 *      │        ├──► REPLYING (a text instead of a server) ──► CLOSED
 *      │        └──► RESOLVING (a server by host name) ──┐
 *      ▼                                                 ▼
 *   SEARCHING ({@link ServerSearch}) ──► RELAYING ({@link Relay}) ──► CLOSED
 *      no server: closed at once
 * </pre>
 */
final class StreamConnection extends Timer {
    private static final int OK = 200;
    private static final int BAD_START = 400;
    private static final int FORBIDDEN = 403;
    private static final int TARGET_UNKNOWN = 500;
    private static final int NOT_SECURED = 500;
    private static final int NO_SERVER = 502;
    private static final int LIMITED = 503;

    /** How long a client that was sent a reply may go on sending. */
    private static final long REPLY_LINGER_NS = 5_000_000_000L;

    private enum State {
        HEADER,
        PREREAD,
        SECURING,
        RESOLVING,
        REPLYING,
        SEARCHING,
        RELAYING,
        CLOSED
    }

    private final StreamWorker worker;
    private final TcpListener listener;
    private final StreamService service;
    private final Endpoint client;
    private final Introduction introduction;
    private final long startNs;

    private State state = State.HEADER;

    /** Not there before the client is known. */
    private @Nullable Session session;

    private @Nullable ServerSearch search;
    private @Nullable Relay relay;
    private @Nullable Reply reply;
    private int status = OK;

    /** The worker's list of its connections. */
    @Nullable
    StreamConnection next;

    @Nullable
    StreamConnection previous;

    StreamConnection(StreamWorker worker, TcpListener listener, StreamService service, int fd) {
        this.worker = worker;
        this.listener = listener;
        this.service = service;
        startNs = worker.timers().nowNs();
        introduction = new Introduction(worker, listener, service, fd);
        client = new Endpoint(worker.loop().register(fd, this::onClientReady));
    }

    // ---- what the server's side asks

    TcpListener listener() {
        return listener;
    }

    ProxyOptions options() {
        return service.server().options();
    }

    @Nullable
    Session session() {
        return session;
    }

    long startNs() {
        return startNs;
    }

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Whether it uses this server of this pool. */
    boolean isOn(String pool, String serverId) {
        return search != null && search.isOn(pool, serverId);
    }

    /** Tells a flow the client, what it spoke to, and the pool's hash key. */
    void fill(Flow flow, String pool) {
        introduction.fill(flow);
        listener.fillDestination(flow, client.fd());
        if (service.hashKey() != null) {
            service.hashKey().fill(flow);
        } else if (session != null) {
            session.fillKey(pool, flow);
        }
    }

    /** Asks the loop for what is wanted of the client's socket now. */
    void updateClient() {
        client.update();
    }

    // ---- who the client is

    /** Finds out who the client is, whether it is let in, and what serves it. */
    void begin() {
        if (listener.acceptsProxyProtocol()) {
            worker.timers().set(this, startNs + options().proxyProtocolTimeout().toNanos());
            onHeaderReady();
        } else {
            identified();
        }
    }

    private void onHeaderReady() {
        switch (introduction.readHeader()) {
            case WAITING -> awaitClient();
            case MALFORMED, BROKEN_OFF -> refuseUnidentified(BAD_START);
            case DONE -> {
                worker.timers().cancel(this);
                identified();
            }
        }
    }

    private void awaitClient() {
        client.wantRead(true);
        client.update();
    }

    /** The client broke off, or took too long, before it was known who it is. */
    private void refuseUnidentified(int why) {
        openSession();
        refuse(why);
    }

    private void openSession() {
        var rules = service.rules();
        if (rules != null) {
            session = rules.open(introduction.ends(), startNs);
        }
    }

    /** It is known who the client is. */
    private void identified() {
        openSession();
        var rules = session;
        if (rules != null && !rules.passGate()) {
            refuse(FORBIDDEN);
        } else if (rules != null && !rules.enterLimits()) {
            refuse(LIMITED);
        } else if (!introduction.isAdmitted()) {
            refuse(FORBIDDEN);
        } else if (rules != null && listener.address().tls()) {
            secure(rules);
        } else if (rules != null && options().tlsPreread()) {
            state = State.PREREAD;
            setDeadline(options().prereadTimeout());
            onPrereadReady(rules);
        } else {
            choose();
        }
    }

    private void onPrereadReady(Session rules) {
        switch (introduction.readGreeting(rules)) {
            case WAITING -> awaitClient();
            case MALFORMED -> refuse(BAD_START);
            case BROKEN_OFF -> refuse(OK);
            case DONE -> {
                worker.timers().cancel(this);
                choose();
            }
        }
    }

    private void secure(Session rules) {
        var acceptor = service.tls() == null ? null : service.tls().clients();
        if (acceptor == null) {
            refuse(NOT_SECURED);
            return;
        }
        state = State.SECURING;
        client.secure(TlsTransport.accepted(client.fd(), worker.tls(), name -> acceptor));
        setDeadline(acceptor.configured().handshakeTimeout());
        onHandshakeReady(rules);
    }

    private void onHandshakeReady(Session rules) {
        int result = client.transport().handshake();
        if (result == -Errno.EAGAIN) {
            awaitClient();
            return;
        }
        // What is not HTTP cannot be told by an answer what is wrong with its certificate.
        if (result != 0
                || !(client.transport() instanceof TlsTransport tls)
                || !tls.verdict().isGood()) {
            refuse(NOT_SECURED);
            return;
        }
        var known = TlsFacts.of(tls);
        if (known != null) {
            rules.secured(known);
        }
        worker.timers().cancel(this);
        choose();
    }

    private void setDeadline(Duration fromNow) {
        worker.timers().set(this, worker.timers().nowNs() + fromNow.toNanos());
    }

    // ---- what serves it

    private void choose() {
        if (introduction.hasWaited() || state == State.SECURING) {
            client.wantRead(false);
            client.update();
        }
        var rules = session;
        if (rules == null) {
            use(service.balancer());
        } else if (rules.isReply()) {
            reply(rules.reply());
        } else if (rules.hasOwnTarget()) {
            find(rules, rules.targetText());
        } else {
            use(service.balancer());
        }
    }

    private void find(Session rules, String target) {
        var known = rules.known(target);
        if (known != null || !rules.needsNameServer(target)) {
            use(known);
            return;
        }
        state = State.RESOLVING;
        client.update();
        Thread.ofVirtual().start(() -> {
            var found = rules.resolve(target);
            worker.loop().execute(() -> {
                if (state == State.RESOLVING) {
                    use(found);
                }
            });
        });
    }

    private void use(@Nullable Balancer found) {
        if (found == null) {
            refuse(TARGET_UNKNOWN);
            return;
        }
        state = State.SEARCHING;
        var begun = new ServerSearch(this, worker, service, introduction, found);
        search = begun;
        begun.pick();
    }

    private void reply(byte[] text) {
        state = State.REPLYING;
        reply = new Reply(worker, client, text);
        worker.timers().set(this, worker.timers().nowNs() + REPLY_LINGER_NS);
        onReplyReady();
    }

    private void onReplyReady() {
        if (reply != null && reply.run()) {
            close();
        }
    }

    /** The search found nothing to connect to. */
    void noServer() {
        refuse(NO_SERVER);
    }

    private void refuse(int why) {
        status = why;
        listener.countRefused();
        close();
    }

    // ---- a server

    /** The search has connected to a server. */
    void connected(Endpoint server) {
        if (search == null) {
            return;
        }
        state = State.RELAYING;
        search.lease().connected();
        var limits = service.limits();
        long uploadRate = limits.uploadRate();
        long downloadRate = limits.downloadRate();
        if (session != null) {
            session.connected(worker.timers().nowNs());
            uploadRate = session.uploadRate(uploadRate);
            downloadRate = session.downloadRate(downloadRate);
        }
        var begun = new Relay(this, worker, limits, client, server, uploadRate, downloadRate);
        relay = begun;
        begun.begin();
    }

    /** The server sent something. */
    void answered(long nowNs) {
        if (search != null) {
            search.lease().firstByte();
        }
        if (session != null) {
            session.firstByte(nowNs);
        }
    }

    /** All was relayed, or both sides have been silent for too long. */
    void relayed() {
        complete();
        close();
    }

    /** One side was reset: so is the other. */
    void broke(boolean isClient) {
        if (search == null || relay == null) {
            return;
        }
        boolean isServersFault = !isClient
                && search.balancer().pool().personality() == Personality.NATIVE
                && relay.downloadedBytes() == 0;
        if (isServersFault) {
            search.lease().failed(Lease.Failure.BROKEN);
        } else {
            complete();
        }
        reset();
    }

    private void complete() {
        if (search != null) {
            search.lease().completed();
        }
    }

    // ---- events

    private void onClientReady(int ready) {
        switch (state) {
            case RELAYING -> {
                if (relay != null) {
                    relay.onClientReady(ready);
                }
            }
            case REPLYING -> onReplyReady();
            case HEADER -> onHeaderReady();
            case PREREAD -> {
                if (session != null) {
                    onPrereadReady(session);
                }
            }
            case SECURING -> {
                if (session != null) {
                    onHandshakeReady(session);
                }
            }
            case SEARCHING, RESOLVING -> {
                if ((ready & FdRegistration.ERROR) != 0) {
                    cancel();
                }
            }
            case CLOSED -> {}
        }
    }

    /** The server's socket, which the search registered, is ready. */
    void onServerReady(int ready) {
        if (relay != null) {
            relay.onServerReady(ready);
        } else if (search != null) {
            search.onServerReady();
        }
    }

    @Override
    protected void onDeadline(long nowNs) {
        switch (state) {
            case SEARCHING -> {
                if (search != null) {
                    search.onDeadline();
                }
            }
            case RELAYING -> {
                if (relay != null) {
                    relay.onDeadline(nowNs);
                }
            }
            case REPLYING -> close();
            case HEADER -> refuseUnidentified(OK);
            case PREREAD -> refuse(OK);
            case SECURING -> refuse(NOT_SECURED);
            case RESOLVING, CLOSED -> {}
        }
    }

    // ---- ending

    private void cancel() {
        if (search != null) {
            search.lease().cancelled();
        }
        close();
    }

    /** Ends both sides with a reset, so that nobody takes what came so far for the whole. */
    void reset() {
        client.transport().cut();
        if (relay != null) {
            relay.resetServer();
        }
        close();
    }

    /** Closes both sides; what they have not been sent yet, the kernel sends. */
    void close() {
        if (state == State.CLOSED) {
            return;
        }
        state = State.CLOSED;
        worker.timers().cancel(this);
        count();
        if (search != null) {
            search.close();
        }
        endSession();
        if (reply != null) {
            reply.close();
        }
        client.close();
        if (relay != null) {
            relay.close();
        }
        worker.onClosed(this);
    }

    private void count() {
        if (relay != null && search != null) {
            listener.traffic().transferred(relay.uploadedBytes(), relay.downloadedBytes());
            search.lease().traffic().transferred(relay.uploadedBytes(), relay.downloadedBytes());
        }
    }

    private void endSession() {
        if (session == null) {
            return;
        }
        long nowNs = worker.timers().nowNs();
        long fromClient = relay == null ? 0 : relay.uploadedBytes();
        long toClient = relay == null ? 0 : relay.downloadedBytes();
        int header = search == null ? 0 : search.headerBytes();
        session.attemptEnded(fromClient + header, toClient, nowNs);
        session.end(status, fromClient, reply == null ? toClient : Math.max(reply.sentBytes(), 0), nowNs);
    }
}
