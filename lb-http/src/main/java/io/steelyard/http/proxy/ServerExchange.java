package io.steelyard.http.proxy;

import io.steelyard.api.http.RetryRule;
import io.steelyard.api.http.RetryRule.Reason;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.loop.Timer;
import io.steelyard.core.tcp.Connector;
import io.steelyard.http.h1.BodyFraming;
import io.steelyard.http.h1.BrokenHead;
import io.steelyard.http.message.Method;
import io.steelyard.http.route.ProxyPlan;
import io.steelyard.linux.Errno;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request with the server that is asked: the connection, what is sent and answered on it, and how long that may take. Used again for the next
 * server where one fails. Owned by the request's loop.
 *
 * <pre>
 *   NONE ──► CONNECTING ──► WAITING for the answer ──► ANSWERING or TUNNEL ──► NONE
 * </pre>
 */
final class ServerExchange extends Timer implements ServerUser {
    /** The status of a server whose answer was not waited for. */
    static final int CUT = 0;

    private enum State {
        NONE,
        CONNECTING,
        WAITING,
        ANSWERING,
        TUNNEL
    }

    private final Forwarding request;
    private final Exchange exchange;
    private final ClientSide client;
    private final HttpWorker worker;
    private final ProxyPlan plan;
    private final ServerSearch search;
    private final Upload upload;
    private final Delivery delivery;

    private State state = State.NONE;
    private Silence silence;
    private Attempt attempt = new Attempt();
    private @Nullable String givenPath;
    private boolean isHeldAgainstServer;

    ServerExchange(
            Forwarding request,
            Exchange exchange,
            ProxyPlan plan,
            ServerSearch search,
            Upload upload,
            Delivery delivery) {
        this.request = request;
        this.exchange = exchange;
        this.plan = plan;
        this.search = search;
        this.upload = upload;
        this.delivery = delivery;
        client = exchange.client();
        worker = client.worker();
        silence = new Silence(plan.readTimeoutNs(), plan.sendTimeoutNs());
    }

    /** What stands behind the server, asked for whatever the client asked; null for none. */
    void givenPath(@Nullable String path) {
        givenPath = path;
    }

    // ---- the connection

    /** Begins to ask a server. @param waitedMs in the pool's queue; {@link Attempt#NEVER} where it did not */
    void open(Balancer from, Lease held, long waitedMs) {
        long nowNs = client.nowNs();
        attempt.begin(held.server().address(), waitedMs, nowNs);
        var opening = worker.opening();
        var opened = opening.open(from.pool(), held.server(), plan, exchange);
        if (opened != null) {
            attempt.use(opened);
            state = State.CONNECTING;
            boolean isKept = opened.isConnected();
            opened.serve(this, method(), asksForUpgrade());
            if (isKept) {
                connected();
            } else {
                setDeadline(nowNs + plan.connectTimeoutNs());
            }
        } else if (Connector.isOurFault(opening.errno())) {
            worker.loop()
                    .report("cannot open a connection to " + held.server().id() + ": " + Errno.text(opening.errno())
                            + Connector.remedy(opening.errno()));
            held.cancelled();
            exchange.progress().termination("RC");
            request.fail(search.isHaproxy() ? 503 : 502);
        } else {
            request.failed(Lease.Failure.CONNECT_ERROR, Reason.ERROR, search.isHaproxy() ? 503 : 502);
        }
    }

    /** Goes on with a request's second server. */
    void goOnWith(Hedge second) {
        var connection = Objects.requireNonNull(second.give());
        attempt = second.attempt();
        attempt.use(connection);
        connection.handOver(this);
        boolean isConnected = connection.isConnected();
        state = isConnected ? State.WAITING : State.CONNECTING;
        long nowNs = client.nowNs();
        long deadlineNs = silence.restart(nowNs);
        setDeadline(isConnected ? deadlineNs : nowNs + plan.connectTimeoutNs());
    }

    @Override
    public Method method() {
        return exchange.method();
    }

    /** Whether the server may switch protocols. nginx has its servers asked only where the route says so. */
    @Override
    public boolean asksForUpgrade() {
        return exchange.framing().upgrade() && (!search.isNginx() || plan.setsUpgrade());
    }

    @Override
    public void connectFailed(boolean timedOut) {
        request.failed(
                timedOut ? Lease.Failure.CONNECT_TIMEOUT : Lease.Failure.CONNECT_ERROR,
                timedOut ? Reason.TIMEOUT : Reason.ERROR,
                search.isHaproxy() ? 503 : timedOut ? 504 : 502);
    }

    /** The server has accepted, and is shaken hands with. */
    @Override
    public void handshaking(long timeoutNs) {
        setDeadline(client.nowNs() + timeoutNs);
    }

    @Override
    public void connected() {
        var to = attempt.server();
        var lease = search.lease();
        if (to == null || lease == null) {
            return;
        }
        long nowNs = client.nowNs();
        attempt.connected(nowNs);
        exchange.progress().connected(nowNs);
        lease.connected();
        state = State.WAITING;
        setDeadline(silence.restart(nowNs));
        attempt.sent();
        upload.beginAgain();
        if (sendHead(to) < 0) {
            request.failed(Lease.Failure.BROKEN, Reason.ERROR, 502);
            return;
        }
        sendCollected(to);
        if (!upload.isEnded()) {
            client.invite();
            client.resumeBody();
        }
    }

    // ---- the request

    /** Sends the request's head. @return 0, or a negative errno where the connection is broken */
    int sendHead(ServerConnection to) {
        var from = Objects.requireNonNull(search.balancer());
        var sending = new RequestWriter.Sending(
                exchange,
                givenPath,
                upload.size(),
                from.pool().reuse().mostIdle() > 0,
                asksForUpgrade(),
                exchange.affinity(from.pool()));
        upload.chunked(sending.isChunked());
        return worker.requests().sendHead(to, plan, sending);
    }

    private void sendCollected(ServerConnection to) {
        if (upload.sendRest(to)) {
            worker.loop().loop().execute(() -> {
                if (to == attempt.server() && isConnected()) {
                    serverHasRoom();
                }
            });
        }
    }

    boolean wantsBody() {
        var server = attempt.server();
        return switch (state) {
            case WAITING, ANSWERING, TUNNEL ->
                server != null && !server.isSlow(plan.configured().mostBufferBytes());
            case NONE, CONNECTING -> false;
        };
    }

    /** Sends a piece of the request's body as it comes, or of a tunnel. */
    void send(MemorySegment from, int offset, int count) {
        var server = attempt.server();
        if (server != null) {
            silence.sending(client.nowNs(), attempt.isBehind());
            if (upload.send(server, from, offset, count, state == State.TUNNEL) < 0) {
                serverBroke();
            }
        }
    }

    void sendEnd() {
        var server = attempt.server();
        if (server != null && upload.sendEnd(server, client) < 0) {
            serverBroke();
        }
    }

    @Override
    public void serverHasRoom() {
        silence.sending(client.nowNs(), false);
        var server = attempt.server();
        if (server != null && upload.hasRest()) {
            sendCollected(server);
        }
        client.resumeBody();
    }

    /** The server sent something. */
    @Override
    public void serverSpoke() {
        silence.broken(client.nowNs());
        var lease = search.lease();
        if (lease != null) {
            lease.firstByte();
        }
    }

    // ---- the answer

    @Override
    public void answerHead() {
        var from = attempt.server();
        var lease = search.lease();
        var balancer = search.balancer();
        if (from == null || lease == null || balancer == null) {
            return;
        }
        long nowNs = client.nowNs();
        attempt.answered(nowNs);
        exchange.progress().answered(nowNs);
        request.dropHedge();
        if (plan.configured().hedging().isPresent()) {
            worker.recentTimes(balancer.pool()).add(attempt.headNs(nowNs));
        }
        var head = from.head();
        exchange.facts().servers().answer(head, attempt);
        int status = head.status();
        lease.answered(status);
        boolean isBad = plan.configured().retry().isFailure(status);
        // nginx forgives a server the answer that is passed on.
        isHeldAgainstServer = isBad && RetryRule.isOfServer(status) && !search.isNginx();
        if (isBad && request.mayTryAnother()) {
            request.failed(Lease.Failure.BAD_RESPONSE, Reason.INVALID_HEADER, status);
            return;
        }
        var page = plan.configured().interceptsErrors() ? exchange.pageInstead(status) : null;
        if (page != null) {
            finish(status, false);
            page.run();
            return;
        }
        AnswerFields.forClient(
                exchange,
                plan,
                balancer.pool(),
                head,
                asksForUpgrade(),
                lease.server().id());
        var refusal = exchange.answer().refusal(status);
        if (refusal != null) {
            finish(status, false);
            exchange.facts().servers().noAnswer();
            refusal.run();
        } else {
            passOn(from);
        }
    }

    private void passOn(ServerConnection from) {
        var head = from.head();
        if (from.framing().kind() == BodyFraming.Kind.TUNNEL) {
            state = State.TUNNEL;
            delivery.tunnel();
            if (search.isHaproxy()) {
                tunnelTimeout();
            }
            exchange.answer().beginTunnel(head.reason());
            client.flush();
            // The client may have gone on without waiting for the answer.
            client.resumeBody();
        } else {
            state = State.ANSWERING;
            delivery.begin(head);
            exchange.answer().begin(head.status(), head.reason(), from.framing().length());
        }
    }

    /** From now on both sides may be silent as long as HAProxy's {@code timeout tunnel} says. */
    private void tunnelTimeout() {
        long timeoutNs = plan.configured().transport().idleTimeout().toNanos();
        silence = new Silence(timeoutNs, timeoutNs);
        setDeadline(silence.restart(client.nowNs()));
    }

    @Override
    public void answerData(MemorySegment from, int offset, int count) {
        delivery.data(from, offset, count);
    }

    /** What was put together for the client is sent; a client that is slow slows its server. */
    @Override
    public void flush() {
        if (state == State.ANSWERING || state == State.TUNNEL) {
            delivery.flush();
            var server = attempt.server();
            if (server != null && delivery.holdsServer()) {
                server.pause(true);
            }
        }
    }

    /** The client takes more. */
    void clientHasRoom() {
        var server = attempt.server();
        if (server != null) {
            silence.broken(client.nowNs());
            server.pause(false);
        }
    }

    @Override
    public void answerEnded() {
        var from = attempt.server();
        if (from != null) {
            delivery.ending(from.trailers());
            finish(from.head().status(), upload.isComplete() && from.hasSentAll());
            delivery.end();
        }
    }

    // ---- its end

    /** The server's answer is no HTTP. */
    @Override
    public void answerMalformed(BrokenHead head) {
        exchange.plan().faults().count(Fault.MALFORMED_ANSWER);
        exchange.plan().faults().broken().answer(exchange, head);
        request.serverFailed(Lease.Failure.BROKEN, Reason.INVALID_HEADER, 502);
    }

    /** The server closed or reset the connection where it should not have. */
    @Override
    public void serverBroke() {
        if (state == State.TUNNEL) {
            finishTunnel();
        } else {
            request.serverFailed(Lease.Failure.BROKEN, Reason.ERROR, 502);
        }
    }

    /** One side of a tunnel ended, and with it the tunnel. */
    @Override
    public void finishTunnel() {
        if (state == State.TUNNEL) {
            client.flush();
            if (state == State.TUNNEL) {
                finish(101, false);
                exchange.answer().complete();
            }
        }
    }

    /** Something failed that should not have. */
    @Override
    public void abort() {
        client.reset();
    }

    /** The server is no longer needed, and did its work unless its answer counts as a failure. */
    private void finish(int status, boolean mayKeep) {
        record(status);
        var lease = search.lease();
        if (lease != null) {
            if (isHeldAgainstServer) {
                lease.failed(Lease.Failure.BAD_RESPONSE);
            } else {
                lease.completed();
            }
        }
        release(mayKeep);
        request.done();
    }

    /** The answer is no longer wanted; it says nothing of the server. */
    void cancel() {
        var lease = search.lease();
        if (lease != null && lease.isHeld()) {
            record(attempt.isAnswered() ? attempt.statusOr(CUT) : CUT);
            lease.cancelled();
        }
        release(false);
    }

    /** Notes how this try went. */
    void record(int status) {
        if (state == State.ANSWERING) {
            attempt.passedBody();
        }
        attempt.record(exchange.facts().servers(), client.nowNs(), status);
    }

    /** Gives its connection back, where there is one. @param mayKeep whether it may serve others */
    void release(boolean mayKeep) {
        stop();
        state = State.NONE;
        attempt.release(mayKeep);
    }

    /** No deadline is waited for. */
    void stop() {
        worker.loop().timers().cancel(this);
    }

    // ---- how far it is

    /** Whether the answer has not begun, nor the connection ended. */
    boolean isUnanswered() {
        return state == State.CONNECTING || state == State.WAITING;
    }

    /** Whether the server has accepted, and no protocol was switched. */
    boolean isConnected() {
        return state == State.WAITING || state == State.ANSWERING;
    }

    boolean isTunnel() {
        return state == State.TUNNEL;
    }

    /** This try of the server. */
    Attempt attempt() {
        return attempt;
    }

    /** The letter that HAProxy's log has for it. */
    char phase() {
        return switch (state) {
            case NONE, CONNECTING -> 'C';
            case WAITING -> 'H';
            case ANSWERING, TUNNEL -> 'D';
        };
    }

    // ---- time

    @Override
    protected void onDeadline(long nowNs) {
        switch (state) {
            case CONNECTING -> connectFailed(true);
            case WAITING, ANSWERING, TUNNEL -> onServerQuiet(nowNs);
            case NONE -> {}
        }
    }

    /** The server was quiet for a time. Once it answers, it need not take the rest of the request (nginx). */
    private void onServerQuiet(long nowNs) {
        boolean isBlocked = state != State.ANSWERING && attempt.isBehind();
        if (!silence.isTooLong(nowNs, isBlocked)) {
            setDeadline(silence.nextNs(nowNs, isBlocked));
        } else if (isBlocked && state == State.TUNNEL) {
            finishTunnel();
        } else if (isBlocked) {
            request.serverFailed(Lease.Failure.READ_TIMEOUT, Reason.TIMEOUT, 504);
        } else if (delivery.holdsServer() || state == State.WAITING && !client.isBodyRead()) {
            // It is the client who takes its time.
            setDeadline(nowNs + plan.readTimeoutNs());
        } else if (state == State.TUNNEL) {
            finishTunnel();
        } else {
            request.serverFailed(Lease.Failure.READ_TIMEOUT, Reason.TIMEOUT, 504);
        }
    }

    private void setDeadline(long deadlineNs) {
        worker.loop().timers().set(this, deadlineNs);
    }
}
