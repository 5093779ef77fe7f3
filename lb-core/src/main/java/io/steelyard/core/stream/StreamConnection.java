package io.steelyard.core.stream;

import io.steelyard.api.Personality;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.OpenFlow;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.loop.FdRegistration;
import io.steelyard.core.loop.Timer;
import io.steelyard.core.session.EndingLetter;
import io.steelyard.core.session.Session;
import io.steelyard.core.tcp.TcpListener;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A client's connection and the one to its server. Owned by the loop that accepted it.
 *
 * <pre>
 *   ARRIVING ({@link Arrival}) ──► not let in: closed
 *      │        │
 *      │        ├──► REPLYING (a text instead of a server) ──► CLOSED
 *      │        └──► RESOLVING (a server by host name) ──┐
 *      ▼                                                 ▼
 *   SEARCHING ({@link ServerSearch}) ──► RELAYING ({@link Relay}) ──► CLOSED
 *      no server: closed at once
 * </pre>
 */
final class StreamConnection extends Timer {
    private static final int OK = 200;
    private static final int TARGET_UNKNOWN = 500;
    private static final int NO_SERVER = 502;

    /** How long a client that was sent a reply may go on sending. */
    private static final long REPLY_LINGER_NS = 5_000_000_000L;

    private enum State {
        ARRIVING,
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
    private final Arrival arrival;
    private final long startNs;
    private final long id;

    private State state = State.ARRIVING;

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
        id = worker.resources().newFlowId();
        introduction = new Introduction(worker, listener, service, fd);
        client = new Endpoint(worker.loop().register(fd, this::onClientReady));
        arrival = new Arrival(this, worker, listener, service, client, introduction);
    }

    // ---- what the server's side asks

    TcpListener listener() {
        return listener;
    }

    ProxyOptions options() {
        return service.server().options();
    }

    /** Null where there is nothing to work out, and while the client is not known. */
    @Nullable
    Session session() {
        return arrival.session();
    }

    /** Finds out who the client is, whether it is let in, and what serves it. */
    void begin() {
        arrival.begin();
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

    /** No other flow has it. */
    long id() {
        return id;
    }

    /** As an operator sees it. */
    OpenFlow flow() {
        var ends = introduction.ends();
        return new OpenFlow(
                id,
                service.server().name(),
                OpenFlow.clientText(ends.client(), ends.clientPort()),
                search == null ? "" : search.balancer().pool().name(),
                search != null && search.lease().isHeld()
                        ? search.lease().server().id()
                        : "",
                Duration.ofNanos(worker.timers().nowNs() - startNs));
    }

    /** Tells a flow the client, what it spoke to, and the pool's hash key. */
    void fill(Flow flow, String pool) {
        introduction.fill(flow);
        listener.fillDestination(flow, client.fd());
        if (service.hashKey() != null) {
            service.hashKey().fill(flow);
        } else {
            var rules = session();
            if (rules != null) {
                rules.fillKey(pool, flow);
            }
        }
    }

    /** Asks the loop for what is wanted of the client's socket now. */
    void updateClient() {
        client.update();
    }

    // ---- what serves it

    /** The client was let in: hands it to what serves it. */
    void serve() {
        var rules = session();
        if (rules == null) {
            use(service.balancer());
        } else if (rules.isReply()) {
            reply(rules.reply());
        } else if (rules.hasOwnTarget()) {
            find(rules, arrival.target());
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
            ended("SC");
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

    /**
     * The search found nothing to connect to.
     *
     * @param letters why, as HAProxy's logs tell it
     */
    void noServer(String letters) {
        ended(letters);
        refuse(NO_SERVER);
    }

    /** Notes for the log who ended it and when, where that was not noted before. */
    private void ended(String letters) {
        var rules = session();
        if (rules != null) {
            rules.record().ended(letters);
        }
    }

    /**
     * Closes it.
     *
     * @param why the status of its log
     */
    void refuse(int why) {
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
        var session = session();
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
        var session = session();
        if (session != null) {
            session.firstByte(nowNs);
        }
    }

    /** Both sides have been silent for too long. */
    void silent() {
        ended(options().idleOfServer() ? "sD" : "cD");
        relayed();
    }

    /** All was relayed. */
    void relayed() {
        complete();
        close();
    }

    /** One side was reset: so is the other. */
    void broke(boolean isClient) {
        if (search == null || relay == null) {
            return;
        }
        ended(isClient ? "CD" : "SD");
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
            case ARRIVING -> arrival.onReady();
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
            case ARRIVING -> arrival.onDeadline();
            case RESOLVING, CLOSED -> {}
        }
    }

    // ---- ending

    private void cancel() {
        ended(search != null && search.isQueued() ? "CQ" : "CC");
        if (search != null) {
            search.lease().cancelled();
        }
        close();
    }

    /** Ends both sides with a reset, so that nobody takes what came so far for the whole. */
    void reset() {
        ended(state == State.RELAYING ? "KD" : "KC");
        client.transport().cut();
        if (relay != null) {
            relay.resetServer();
        }
        close();
    }

    /** Ends both sides in order, as HAProxy does with a server's connections. */
    void end(Forwarder.Ending why) {
        ended(EndingLetter.of(why) + (state == State.RELAYING ? "-" : "C"));
        if (search != null && search.lease().isHeld()) {
            search.lease().cancelled();
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
        var session = session();
        if (session == null) {
            return;
        }
        long nowNs = worker.timers().nowNs();
        long fromClient = relay == null ? 0 : relay.uploadedBytes();
        long heard = relay == null ? introduction.seenBytes() : fromClient;
        long toClient = relay == null ? 0 : relay.downloadedBytes();
        int header = search == null ? 0 : search.headerBytes();
        session.attemptEnded(fromClient + header, toClient, nowNs);
        session.end(status, heard, reply == null ? toClient : Math.max(reply.sentBytes(), 0), nowNs);
    }
}
