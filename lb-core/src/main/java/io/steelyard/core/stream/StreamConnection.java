package io.steelyard.core.stream;

import io.steelyard.api.Personality;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.loop.Timer;
import io.steelyard.core.session.Session;
import io.steelyard.core.session.SessionRules;
import io.steelyard.core.tcp.Connector;
import io.steelyard.core.tcp.TcpListener;
import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.realip.address.Addresses;
import io.steelyard.realip.greeting.ClientHello;
import io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection and the one to its server. Owned by the loop that accepted it.
 *
 * <pre>
 *   HEADER (of the PROXY protocol) ──┐
 *      │                             │ malformed, broken off, too late: closed
 *      ▼                             ▼
 *   limits, access rules ──► PREREAD (the greeting of TLS)
 *      │                        │
 *      ▼                        ▼
 *   target
 *      │        ├──► REPLYING (a text instead of a server) ──► CLOSED
 *      │        └──► RESOLVING (a server by host name) ──┐
 *      ▼                                                 ▼
 *   PICKING ─────────► QUEUED ──┐ no room   refused, timed out: another server
 *      │  ◄──────room───────────┘         ┌──────┐
 *      │                                  ▼      │
 *      └───────────────────────────► CONNECTING ─┘ ──► RELAYING ──► CLOSED
 *                                     │      ▲
 *                            refused, ▼      │ the first server again, after a while
 *                            timed out PAUSING
 *      no server: closed at once
 * </pre>
 *
 * <p>RELAYING ends when both directions have ended (or, without half-close, one), when a side resets (the other is reset too), when both
 * have been silent for the idle timeout, or when its server's drain deadline cuts it.
 */
final class StreamConnection extends Timer implements Balancer.Waiter {
    private static final int OK = 200;
    private static final int BAD_START = 400;
    private static final int FORBIDDEN = 403;
    private static final int TARGET_UNKNOWN = 500;
    private static final int NO_SERVER = 502;
    private static final int LIMITED = 503;

    /** How long a client that was sent a reply may go on sending. */
    private static final long REPLY_LINGER_NS = 5_000_000_000L;

    private enum State {
        HEADER,
        PREREAD,
        RESOLVING,
        REPLYING,
        PICKING,
        QUEUED,
        CONNECTING,
        PAUSING,
        RELAYING,
        CLOSED
    }

    private final StreamWorker worker;
    private final TcpListener listener;
    private final StreamService service;
    private final long peerHigh;
    private final long peerLow;
    private final int peerPort;
    private final Endpoint client;
    private final long startNs;

    /** Who the client is: the peer, until a trusted one tells otherwise. */
    private long clientHigh;

    private long clientLow;
    private int clientPort;

    /** Not there before the client is known. */
    private @Nullable Session session;

    private @Nullable FirstBytes firstBytes;
    private @Nullable Told told;
    private int sentHeaderBytes;

    private State state = State.PICKING;
    private @Nullable Balancer balancer;
    private @Nullable Lease lease;
    private @Nullable Reply reply;
    private int status = OK;
    private @Nullable Endpoint server;
    private @Nullable Pump upload;
    private @Nullable Pump download;
    private long lastActivityNs;
    private boolean isInQueue;
    private int retries;
    private boolean isHalfCloseTimed;

    /** The worker's list of its connections. */
    @Nullable
    StreamConnection next;

    @Nullable
    StreamConnection previous;

    StreamConnection(
            StreamWorker worker, TcpListener listener, StreamService service, int fd, long high, long low, int port) {
        this.worker = worker;
        this.listener = listener;
        this.service = service;
        clientHigh = peerHigh = high;
        clientLow = peerLow = low;
        clientPort = peerPort = port;
        startNs = worker.timers().nowNs();
        lastActivityNs = startNs;
        client = new Endpoint(worker.loop().register(fd, this::onClientReady));
    }

    /** Finds out who the client is, whether it is let in, and what serves it. */
    void begin() {
        if (listener.acceptsProxyProtocol()) {
            firstBytes = new FirstBytes(worker, client.fd());
            state = State.HEADER;
            worker.timers()
                    .set(
                            this,
                            startNs
                                    + service.server()
                                            .options()
                                            .proxyProtocolTimeout()
                                            .toNanos());
            onHeaderReady(firstBytes);
        } else {
            identified();
        }
    }

    private void onHeaderReady(FirstBytes bytes) {
        int count = bytes.look(ProxyHeaderDecoder.DEFAULT_MOST_BYTES);
        if (count == FirstBytes.ENDED) {
            refuseUnidentified(BAD_START);
            return;
        }
        switch (worker.decodeHeader(count)) {
            case NEED_MORE -> await(bytes);
            case INVALID -> {
                worker.report("a client of " + listener.address().text() + " was closed: "
                        + worker.headerProblem().text());
                refuseUnidentified(BAD_START);
            }
            case COMPLETE -> {
                bytes.take(worker.header().lengthBytes());
                worker.timers().cancel(this);
                if (worker.header().hasIpAddresses()) {
                    takeWord(Told.of(worker.header(), service.trusts(peerHigh, peerLow)));
                }
                identified();
            }
        }
    }

    private void takeWord(Told word) {
        told = word;
        if (word.isTrusted()) {
            clientHigh = word.client().high();
            clientLow = word.client().low();
            clientPort = word.client().port();
        }
    }

    private void await(FirstBytes bytes) {
        bytes.awaitMore();
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
            var local = listener.local(client.fd());
            session = rules.open(
                    new SessionRules.Ends(
                            Addresses.inetAddress(clientHigh, clientLow),
                            clientPort,
                            Addresses.inetAddress(peerHigh, peerLow),
                            peerPort,
                            local.inetAddress(),
                            local.port(),
                            told == null ? null : told.client(),
                            told == null ? null : told.destination()),
                    startNs);
        }
    }

    /** It is known who the client is. */
    private void identified() {
        openSession();
        var rules = session;
        if (rules != null && !rules.enterLimits()) {
            refuse(LIMITED);
        } else if (!service.admits(clientHigh, clientLow)) {
            refuse(FORBIDDEN);
        } else if (rules != null && service.server().options().tlsPreread()) {
            if (firstBytes == null) {
                firstBytes = new FirstBytes(worker, client.fd());
            }
            state = State.PREREAD;
            worker.timers()
                    .set(
                            this,
                            worker.timers().nowNs()
                                    + service.server()
                                            .options()
                                            .prereadTimeout()
                                            .toNanos());
            onPrereadReady(firstBytes, rules);
        } else {
            choose();
        }
    }

    private void onPrereadReady(FirstBytes bytes, Session rules) {
        int most = service.server().options().prereadBytes();
        int count = bytes.look(most);
        if (count == FirstBytes.ENDED) {
            refuse(OK);
            return;
        }
        var start = worker.peekBuffer().asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
        var result = ClientHello.parse(start, count);
        if (result instanceof ClientHello.Result.NeedMore) {
            if (count < most) {
                await(bytes);
            } else {
                refuse(BAD_START);
            }
            return;
        }
        if (result instanceof ClientHello.Result.Found found) {
            rules.greeted(found.hello());
        }
        bytes.release();
        worker.timers().cancel(this);
        choose();
    }

    /** Finds what serves the client. */
    private void choose() {
        state = State.PICKING;
        if (firstBytes != null) {
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
        balancer = found;
        var held = found.newLease();
        lease = held;
        pick(found, held);
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

    boolean isClosed() {
        return state == State.CLOSED;
    }

    /** Whether it uses this server of this pool. */
    boolean isOn(String pool, String serverId) {
        return balancer != null
                && lease != null
                && lease.isHeld()
                && balancer.pool().name().equals(pool)
                && lease.server().id().equals(serverId);
    }

    TcpListener listener() {
        return listener;
    }

    // ---- finding a server

    private void pick() {
        if (balancer != null && lease != null) {
            pick(balancer, lease);
        }
    }

    private void pick(Balancer from, Lease held) {
        state = State.PICKING;
        while (state == State.PICKING) {
            var flow = worker.flow().clear();
            flow.client(clientHigh, clientLow, clientPort);
            listener.fillDestination(flow, client.fd());
            if (service.hashKey() != null) {
                service.hashKey().fill(flow);
            } else if (session != null) {
                session.fillKey(from.pool().name(), flow);
            }
            switch (from.pick(flow, held)) {
                case PICKED -> connect(held);
                case ALL_FULL -> enqueue(from, held);
                case NONE_AVAILABLE -> {
                    if (session != null) {
                        session.nonePicked(from.pool().name());
                    }
                    refuse(NO_SERVER);
                }
            }
        }
    }

    private void enqueue(Balancer from, Lease held) {
        if (!isInQueue) {
            isInQueue = true;
            worker.timers()
                    .set(
                            this,
                            worker.timers().nowNs()
                                    + from.pool().queue().timeout().toNanos());
            // Paused, so that only a reset is reported: the client may wait with its end already sent.
            client.update();
        }
        state = State.QUEUED;
        if (!from.await(held, this)) {
            refuse(NO_SERVER);
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
        } else if (state == State.CLOSED && balancer != null && lease != null) {
            // It left as it was called. Taking the room and giving it back calls whoever waits behind it.
            var flow = worker.flow().clear().client(clientHigh, clientLow, clientPort);
            if (balancer.pick(flow, lease) == Balancer.Outcome.PICKED) {
                lease.cancelled();
            }
        }
    }

    private void refuse(int why) {
        status = why;
        listener.countRefused();
        close();
    }

    private void connect(Lease held) {
        if (isInQueue) {
            isInQueue = false;
            worker.timers().cancel(this);
        }
        var address = held.server().address();
        if (session != null) {
            session.attempt(address.text(), worker.timers().nowNs());
        }
        var options = service.server().options();
        int fd = session != null && session.hasOwnSource()
                ? worker.connector().connect(address, options, session.source())
                : worker.connector().connect(address, options);
        if (fd < 0) {
            if (Connector.isOurFault(-fd)) {
                worker.report("cannot open a connection to " + held.server().id() + ": " + Errno.text(-fd)
                        + Connector.remedy(-fd));
                held.cancelled();
                refuse(NO_SERVER);
            } else {
                serverFailed(held, Lease.Failure.CONNECT_ERROR);
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

    private void serverFailed(Lease held, Lease.Failure failure) {
        long nowNs = worker.timers().nowNs();
        if (session != null) {
            session.attemptEnded(0, 0, nowNs);
        }
        var limits = service.limits();
        if (held.attempts() == 1 && retries < limits.sameServerRetries()) {
            retries++;
            pause(nowNs + limits.retryDelayNs());
            return;
        }
        held.failed(failure);
        if (server != null) {
            server.close();
            server = null;
        }
        boolean another = limits.nextServer()
                && held.attempts() < limits.tries()
                && nowNs - startNs < limits.nextServerTimeoutNs();
        if (another) {
            state = State.PICKING;
        } else {
            refuse(NO_SERVER);
        }
    }

    /** Keeps the server and its place on it, to try it again. */
    private void pause(long untilNs) {
        if (server != null) {
            server.close();
            server = null;
        }
        state = State.PAUSING;
        client.update();
        worker.timers().set(this, untilNs);
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
            case REPLYING -> onReplyReady();
            case HEADER -> {
                if (firstBytes != null) {
                    onHeaderReady(firstBytes);
                }
            }
            case PREREAD -> {
                if (firstBytes != null && session != null) {
                    onPrereadReady(firstBytes, session);
                }
            }
            case QUEUED, CONNECTING, PAUSING, RESOLVING -> {
                if ((ready & FdRegistration.ERROR) != 0) {
                    cancel();
                }
            }
            default -> {}
        }
    }

    private void onConnectEnded() {
        var endpoint = server;
        var held = lease;
        if (endpoint == null || held == null) {
            return;
        }
        int outcome = worker.connector().outcome(endpoint.fd(), held.server().address());
        if (outcome == -Errno.EALREADY) {
            return;
        }
        if (outcome < 0) {
            serverFailed(
                    held, outcome == -Errno.ETIMEDOUT ? Lease.Failure.CONNECT_TIMEOUT : Lease.Failure.CONNECT_ERROR);
            return;
        }
        if (!sendHeader(endpoint, held)) {
            serverFailed(held, Lease.Failure.CONNECT_ERROR);
            return;
        }
        state = State.RELAYING;
        held.connected();
        lastActivityNs = worker.timers().nowNs();
        if (session != null) {
            session.connected(lastActivityNs);
        }
        worker.timers().set(this, lastActivityNs + service.limits().idleTimeoutNs());
        var limits = service.limits();
        long uploadRate = session == null ? limits.uploadRate() : session.uploadRate(limits.uploadRate());
        long downloadRate = session == null ? limits.downloadRate() : session.downloadRate(limits.downloadRate());
        var up = new Pump(this, worker, client, endpoint, limits, uploadRate);
        var down = new Pump(this, worker, endpoint, client, limits, downloadRate);
        upload = up;
        download = down;
        endpoint.wantWrite(false);
        endpoint.wantRead(true);
        client.wantRead(true);
        // Most clients have spoken by now.
        up.run();
        settle();
    }

    /** Tells the server the client where it wants that. @return whether it took it */
    private boolean sendHeader(Endpoint endpoint, Lease held) {
        var own = held.server().sendProxyProtocol();
        var version = own == ProxyProtocol.NONE ? service.server().options().sendProxyProtocol() : own;
        if (version == ProxyProtocol.NONE) {
            return true;
        }
        sentHeaderBytes = worker.headerSender().send(endpoint.fd(), version, clientEnd(), destinationEnd());
        return sentHeaderBytes > 0;
    }

    private io.steelyard.realip.address.Endpoint clientEnd() {
        return io.steelyard.realip.address.Endpoint.of(clientHigh, clientLow, clientPort);
    }

    /** What the client spoke to. nginx tells its own address even where a proxy before it told another. */
    private io.steelyard.realip.address.Endpoint destinationEnd() {
        boolean isNginx = balancer != null && balancer.pool().personality() == Personality.NGINX;
        if (told != null && told.isTrusted() && !isNginx) {
            return told.destination();
        }
        var local = listener.local(client.fd());
        return io.steelyard.realip.address.Endpoint.of(local.addressHigh(), local.addressLow(), local.port());
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
            complete();
            close();
            return;
        }
        if (!isHalfCloseTimed && isHalfClosed()) {
            // Its timeout may be the shorter one.
            isHalfCloseTimed = true;
            worker.timers().set(this, lastActivityNs + idleTimeoutNs());
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
        if (pump == download && lease != null) {
            lease.firstByte();
            if (session != null) {
                session.firstByte(lastActivityNs);
            }
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
                && balancer != null
                && balancer.pool().personality() == Personality.NATIVE
                && download != null
                && download.movedBytes() == 0;
        if (isServersFault && lease != null) {
            lease.failed(Lease.Failure.BROKEN);
        } else {
            complete();
        }
        reset();
    }

    private void complete() {
        if (lease != null) {
            lease.completed();
        }
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
        if (lease != null) {
            lease.cancelled();
        }
        close();
    }

    @Override
    protected void onDeadline(long nowNs) {
        switch (state) {
            case QUEUED -> refuse(NO_SERVER);
            case CONNECTING -> {
                if (lease != null) {
                    serverFailed(lease, Lease.Failure.CONNECT_TIMEOUT);
                }
                if (state == State.PICKING) {
                    pick();
                }
            }
            case PAUSING -> {
                if (lease != null) {
                    connect(lease);
                    if (state == State.PICKING) {
                        pick();
                    }
                }
            }
            case RELAYING -> {
                long deadlineNs = lastActivityNs + idleTimeoutNs();
                if (deadlineNs - nowNs > 0) {
                    worker.timers().set(this, deadlineNs);
                } else {
                    complete();
                    close();
                }
            }
            case REPLYING -> close();
            case HEADER -> refuseUnidentified(OK);
            case PREREAD -> refuse(OK);
            default -> {}
        }
    }

    private boolean isHalfClosed() {
        return upload != null && download != null && (upload.hasEnded() || download.hasEnded());
    }

    private long idleTimeoutNs() {
        return isHalfClosed()
                ? service.limits().halfClosedTimeoutNs()
                : service.limits().idleTimeoutNs();
    }

    /** Closes both sides; what they have not been sent yet, the kernel sends. */
    void close() {
        if (state == State.CLOSED) {
            return;
        }
        if (state == State.QUEUED && balancer != null) {
            balancer.cancel(this);
        }
        state = State.CLOSED;
        worker.timers().cancel(this);
        if (lease != null) {
            lease.reset();
        }
        endSession();
        if (upload != null) {
            upload.close();
        }
        if (download != null) {
            download.close();
        }
        if (reply != null) {
            reply.close();
        }
        client.close();
        if (server != null) {
            server.close();
        }
        worker.onClosed(this);
    }

    private void endSession() {
        if (session == null) {
            return;
        }
        long nowNs = worker.timers().nowNs();
        long fromClient = upload == null ? 0 : upload.movedBytes();
        long toClient = download == null ? 0 : download.movedBytes();
        session.attemptEnded(fromClient + sentHeaderBytes, toClient, nowNs);
        session.end(status, fromClient, reply == null ? toClient : Math.max(reply.sentBytes(), 0), nowNs);
    }
}
