package io.steelyard.http.proxy;

import io.steelyard.api.Personality;
import io.steelyard.api.http.RetryRule;
import io.steelyard.api.http.RetryRule.Reason;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.loop.Timer;
import io.steelyard.core.tcp.Connector;
import io.steelyard.http.h1.BodyFraming;
import io.steelyard.http.message.Method;
import io.steelyard.http.route.ProxyPlan;
import io.steelyard.linux.Errno;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A request being handed to servers, until one answers it. Owned by its client's loop.
 *
 * <pre>
 *   RESOLVING (a server by host name)
 *      │
 *      ▼
 *   COLLECTING (the request's body, where it is sent as a whole)
 *      │
 *      ▼                no room
 *   PICKING ─────────────────────► QUEUED
 *      │  ▲  ◄─────────room──────────┘
 *      ▼  └── failed, another may be tried ──┐
 *      │      same server: PAUSING ────────┤
 *   CONNECTING ──► WAITING for the answer ───┤
 *                     │ its head             │ failed for good: an error is answered
 *                     ▼                      ▼
 *                 ANSWERING, TUNNEL ──────► DONE
 * </pre>
 */
final class Forwarding extends Timer implements Balancer.Waiter, ServerUser {
    /** The status of a server whose answer was not waited for. */
    private static final int CUT = 0;

    private enum State {
        RESOLVING,
        COLLECTING,
        PICKING,
        QUEUED,
        PAUSING,
        CONNECTING,
        WAITING,
        ANSWERING,
        TUNNEL,
        DONE
    }

    private final Exchange exchange;
    private final ClientSide client;
    private final HttpWorker worker;
    private final ProxyPlan plan;
    private final BodyFraming framing;
    private final RequestFacts facts;
    private final Progress progress;
    private final Upload upload;
    private final Delivery delivery;
    private Silence silence;
    private final Hedging hedging;
    private final Retries retries;

    private State state = State.RESOLVING;
    private @Nullable Balancer balancer;
    private @Nullable Lease lease;
    private @Nullable ServerConnection server;
    private Attempt attempt = new Attempt();

    private @Nullable String givenPath;
    private boolean isInQueue;
    private long queuedNs;
    private boolean isHeldAgainstServer;

    Forwarding(Exchange exchange, ProxyPlan plan) {
        this.exchange = exchange;
        this.plan = plan;
        client = exchange.client();
        worker = client.worker();
        framing = exchange.framing();
        progress = exchange.progress();
        facts = exchange.facts();
        var body = exchange.takeBody();
        upload = body == null
                ? new Upload(worker, plan, framing, !exchange.sendsBody() || client.isBodyRead())
                : new Upload(worker, plan, body);
        delivery = new Delivery(exchange, plan);
        silence = new Silence(plan.readTimeoutNs(), plan.sendTimeoutNs());
        hedging = new Hedging(this, worker, plan);
        retries = new Retries(plan.configured().retry(), plan.retryTimeoutNs());
    }

    // ---- finding the pool

    void begin() {
        PoolLookup.find(exchange, plan, (found, path) -> {
            if (state == State.RESOLVING) {
                givenPath = path;
                use(found);
            }
        });
    }

    private void use(@Nullable Balancer found) {
        if (found == null) {
            fail(502);
            return;
        }
        balancer = found;
        progress.pool(found.pool().name());
        lease = found.newLease();
        retries.begin(client.nowNs());
        if (upload.isToBeCollected()) {
            state = State.COLLECTING;
            client.invite();
            client.resumeBody();
        } else {
            pick();
        }
    }

    // ---- finding a server

    private void pick() {
        var from = balancer;
        var held = lease;
        if (from == null || held == null) {
            return;
        }
        state = State.PICKING;
        while (state == State.PICKING) {
            switch (from.pick(flow(from, held), held)) {
                case PICKED -> connect(from, held);
                case ALL_FULL -> enqueue(from, held);
                case NONE_AVAILABLE -> {
                    if (retries.turnsBack()) {
                        continue;
                    }
                    progress.termination("SC");
                    reportNoServer(from);
                    failWithoutServer(from);
                }
            }
        }
    }

    /** Who asks, and which servers it wants. */
    private Flow flow(Balancer from, Lease held) {
        var flow = exchange.flow(from);
        var affinity = exchange.affinity(from.pool());
        if (affinity != null) {
            affinity.tell(flow, retries.isFirstTry());
        }
        if (!retries.isFirstTry()) {
            retries.tell(flow, held.server().id());
        }
        return flow;
    }

    /** Tells that no server of a pool can be tried, in nginx's words where the pool has its habits. */
    private void reportNoServer(Balancer from) {
        if (isNginx()) {
            worker.loop().report(() -> NoServer.text(exchange, from.pool().name(), plan));
        }
    }

    private int noServerStatus() {
        return isNginx() ? 502 : 503;
    }

    private boolean isHaproxy() {
        return balancer != null && balancer.pool().personality() == Personality.HAPROXY;
    }

    private boolean isNginx() {
        return balancer != null && balancer.pool().personality() == Personality.NGINX;
    }

    private void enqueue(Balancer from, Lease held) {
        if (!isInQueue) {
            isInQueue = true;
            queuedNs = client.nowNs();
            setDeadline(queuedNs + from.pool().queue().timeout().toNanos());
        }
        state = State.QUEUED;
        if (!from.await(held, this)) {
            progress.termination("SQ");
            failWithoutServer(from);
        }
    }

    /** No server of the pool can be had. */
    private void failWithoutServer(Balancer from) {
        progress.noServer();
        facts.attempt(RequestFacts.Attempt.none(from.pool().name(), noServerStatus(), leaveQueueAt(client.nowNs())));
        fail(noServerStatus());
    }

    /** The queue is waited in no longer. @return for how long it was, in ms; {@link Attempt#NEVER} where it was not */
    private long leaveQueueAt(long nowNs) {
        if (!isInQueue) {
            return Attempt.NEVER;
        }
        isInQueue = false;
        worker.loop().timers().cancel(this);
        return (nowNs - queuedNs) / 1_000_000;
    }

    /** Counts the place it had. */
    private void leaveQueue() {
        if (lease != null) {
            progress.queued(lease.waitedForServer(), lease.queuePosition());
        }
    }

    /** Any thread: there may be room. */
    @Override
    public void onRoom() {
        worker.loop().loop().execute(() -> {
            if (state == State.QUEUED) {
                leaveQueue();
                pick();
            } else if (state == State.DONE && balancer != null && lease != null && !lease.isHeld()) {
                // It left as it was called. Taking the room and giving it back calls whoever waits behind it.
                var flow = worker.loop().flow().clear().client(client.address(), client.clientPort());
                if (balancer.pick(flow, lease) == Balancer.Outcome.PICKED) {
                    lease.cancelled();
                }
            }
        });
    }

    // ---- one server

    private void connect(Balancer from, Lease held) {
        long nowNs = client.nowNs();
        long waitedMs = leaveQueueAt(nowNs);
        progress.trying(held.server().id(), held.traffic(), nowNs);
        attempt.begin(held.server().address(), waitedMs, nowNs);
        if (retries.isFirstTry() && upload.isEmpty() && !asksForUpgrade() && Hedging.isFor(method())) {
            hedging.arm(from, nowNs);
        }
        var opening = worker.opening();
        var opened = opening.open(from.pool(), held.server(), plan, exchange);
        if (opened != null) {
            server = opened;
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
            progress.termination("RC");
            fail(isHaproxy() ? 503 : 502);
        } else {
            failed(Lease.Failure.CONNECT_ERROR, Reason.ERROR, isHaproxy() ? 503 : 502);
        }
    }

    @Override
    public Method method() {
        return exchange.method();
    }

    /** Whether the server may switch protocols. nginx has its servers asked only where the route says so. */
    @Override
    public boolean asksForUpgrade() {
        return framing.upgrade() && (!isNginx() || plan.setsUpgrade());
    }

    @Override
    public void connectFailed(boolean timedOut) {
        failed(
                timedOut ? Lease.Failure.CONNECT_TIMEOUT : Lease.Failure.CONNECT_ERROR,
                timedOut ? Reason.TIMEOUT : Reason.ERROR,
                isHaproxy() ? 503 : timedOut ? 504 : 502);
        pickAgain();
    }

    /** The server has accepted, and is shaken hands with. */
    @Override
    public void handshaking(long timeoutNs) {
        setDeadline(client.nowNs() + timeoutNs);
    }

    @Override
    public void connected() {
        var to = server;
        if (to == null || lease == null || balancer == null) {
            return;
        }
        long nowNs = client.nowNs();
        attempt.connected(nowNs);
        progress.connected(nowNs);
        lease.connected();
        state = State.WAITING;
        setDeadline(silence.restart(nowNs));
        attempt.sent();
        upload.beginAgain();
        if (sendHead(to) < 0) {
            failed(Lease.Failure.BROKEN, Reason.ERROR, 502);
            return;
        }
        sendCollected(to);
        if (!upload.isEnded()) {
            client.invite();
            client.resumeBody();
        }
    }

    private void sendCollected(ServerConnection to) {
        if (upload.sendRest(to)) {
            worker.loop().loop().execute(() -> {
                if (to == server && (state == State.WAITING || state == State.ANSWERING)) {
                    serverHasRoom();
                }
            });
        }
    }

    /** Sends the request's head. @return 0, or a negative errno where the connection is broken */
    int sendHead(ServerConnection to) {
        var from = Objects.requireNonNull(balancer);
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

    // ---- a second server

    /** The first server has had its time. */
    void hedge() {
        boolean isSlow = state == State.CONNECTING || state == State.WAITING;
        if (isSlow && balancer != null && lease != null && lease.isHeld() && balancer.mayTryAgain()) {
            hedging.ask(exchange, balancer, lease.server().id());
        }
    }

    /** The second server's answer began first. */
    void hedgeAnswered(Hedge winner) {
        if (!hedging.isOn(winner) || lease == null) {
            winner.cancel();
            return;
        }
        record(CUT);
        lease.cancelled();
        releaseServer(false);
        hedging.take();
        goOnWith(winner);
        answerHead();
    }

    void hedgeFailed(Hedge loser) {
        if (hedging.isOn(loser)) {
            hedging.take();
        }
    }

    /** Makes the second server the request's only one. */
    private void goOnWith(Hedge second) {
        var connection = Objects.requireNonNull(second.give());
        lease = second.lease();
        attempt = second.attempt();
        server = connection;
        connection.handOver(this);
        boolean isConnected = connection.isConnected();
        state = isConnected ? State.WAITING : State.CONNECTING;
        long nowNs = client.nowNs();
        long deadlineNs = silence.restart(nowNs);
        setDeadline(isConnected ? deadlineNs : nowNs + plan.connectTimeoutNs());
    }

    @Override
    public void serverHasRoom() {
        silence.sending(client.nowNs(), false);
        if (server != null && upload.hasRest()) {
            sendCollected(server);
        }
        client.resumeBody();
    }

    /** The server sent something. */
    @Override
    public void serverSpoke() {
        silence.broken(client.nowNs());
        if (lease != null) {
            lease.firstByte();
        }
    }

    // ---- the request's body

    boolean wantsBody() {
        return switch (state) {
            case COLLECTING -> true;
            case WAITING, ANSWERING, TUNNEL ->
                server != null && !server.isSlow(plan.configured().mostBufferBytes());
            default -> false;
        };
    }

    boolean isTunnel() {
        return state == State.TUNNEL;
    }

    void onBody(MemorySegment from, int offset, int count) {
        if (state == State.COLLECTING) {
            collect(from, offset, count);
        } else if (server != null) {
            silence.sending(client.nowNs(), !server.hasSentAll());
            if (upload.send(server, from, offset, count, state == State.TUNNEL) < 0) {
                serverBroke();
            }
        }
    }

    private void collect(MemorySegment from, int offset, int count) {
        try {
            upload.collect(from, offset, count);
        } catch (UncheckedIOException failed) {
            worker.loop().report(failed.getMessage() + ": " + failed.getCause());
            exchange.bodyFailed(500);
        }
    }

    void onBodyEnd() {
        upload.end();
        if (state == State.COLLECTING) {
            pick();
        } else if (server != null && upload.sendEnd(server, client) < 0) {
            serverBroke();
        }
    }

    // ---- the answer

    @Override
    public void answerHead() {
        var from = server;
        if (from == null || lease == null || balancer == null) {
            return;
        }
        attempt.answered(client.nowNs());
        progress.answered(client.nowNs());
        hedging.drop();
        if (plan.configured().hedging().isPresent()) {
            worker.recentTimes(balancer.pool()).add(attempt.headNs(client.nowNs()));
        }
        var head = from.head();
        facts.answer(head, attempt);
        int status = head.status();
        lease.answered(status);
        boolean isBad = plan.configured().retry().isFailure(status);
        // nginx forgives a server the answer that is passed on.
        isHeldAgainstServer = isBad && RetryRule.isOfServer(status) && !isNginx();
        if (isBad && mayTryAnother()) {
            failed(Lease.Failure.BAD_RESPONSE, Reason.INVALID_HEADER, status);
            pickAgain();
            return;
        }
        if (plan.configured().interceptsErrors() && status >= 300) {
            var page = exchange.errorPage(status);
            if (page.isPresent()) {
                finish(status, false);
                exchange.show(page.get(), status);
                return;
            }
            if (exchange.isIntercepted(status)) {
                finish(status, false);
                exchange.replyError(status);
                return;
            }
        }
        AnswerFields.forClient(
                exchange,
                plan,
                balancer.pool(),
                head,
                asksForUpgrade(),
                lease.server().id());
        var refusal = exchange.refusal(status);
        if (refusal.isPresent()) {
            finish(status, false);
            facts.noAnswer();
            refusal.get().run();
            return;
        }
        if (from.framing().kind() == BodyFraming.Kind.TUNNEL) {
            state = State.TUNNEL;
            delivery.tunnel();
            if (isHaproxy()) {
                tunnelTimeout();
            }
            exchange.beginTunnel(head.reason());
            client.flush();
            // The client may have gone on without waiting for the answer.
            client.resumeBody();
        } else {
            state = State.ANSWERING;
            delivery.begin(head);
            exchange.beginAnswer(status, head.reason(), from.framing().length());
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
            if (server != null && delivery.holdsServer()) {
                server.pause(true);
            }
        }
    }

    @Override
    public void answerEnded() {
        var from = server;
        if (from != null) {
            delivery.ending(from.trailers());
            finish(from.head().status(), upload.isComplete() && from.hasSentAll());
            delivery.end();
        }
    }

    /** The server's answer is no HTTP. */
    @Override
    public void answerMalformed() {
        exchange.plan().faults().count(Fault.MALFORMED_ANSWER);
        serverFailed(Lease.Failure.BROKEN, Reason.INVALID_HEADER, 502);
    }

    /** The server closed or reset the connection where it should not have. */
    @Override
    public void serverBroke() {
        if (state == State.TUNNEL) {
            finishTunnel();
        } else {
            serverFailed(Lease.Failure.BROKEN, Reason.ERROR, 502);
        }
    }

    /** One side of a tunnel ended, and with it the tunnel. */
    @Override
    public void finishTunnel() {
        if (state == State.TUNNEL) {
            client.flush();
            if (state == State.TUNNEL) {
                finish(101, false);
                exchange.complete();
            }
        }
    }

    /** The server is no longer needed, and did its work unless its answer counts as a failure. */
    private void finish(int status, boolean mayKeep) {
        record(status);
        if (lease != null) {
            if (isHeldAgainstServer) {
                lease.failed(Lease.Failure.BAD_RESPONSE);
            } else {
                lease.completed();
            }
        }
        releaseServer(mayKeep);
        state = State.DONE;
    }

    // ---- failures

    private void serverFailed(Lease.Failure failure, Reason reason, int status) {
        if (client.hasAnswerBegun()) {
            record(server == null ? status : server.head().status());
            progress.termination(failure == Lease.Failure.READ_TIMEOUT ? "sD" : "SD");
            exchange.plan().faults().count(Fault.BROKEN_ANSWER);
            if (lease != null) {
                lease.failed(failure);
            }
            releaseServer(false);
            state = State.DONE;
            delivery.breakOff();
        } else {
            failed(failure, reason, status);
            pickAgain();
        }
    }

    /** The server failed before its answer began: another is picked, or the client is told. */
    private void failed(Lease.Failure failure, Reason reason, int status) {
        var held = lease;
        if (held == null) {
            return;
        }
        boolean wasSilent = server == null || server.receivedBytes() == 0;
        boolean wasStale = server != null
                && server.isReused()
                && wasSilent
                && reason == Reason.ERROR
                && retries.hasFreeTry()
                && mayRepeat();
        var second = hedging.take();
        if (second != null) {
            record(status);
            releaseServer(false);
            held.failed(failure);
            goOnWith(second);
            return;
        }
        // Of an answer it was decided before.
        boolean isAnswered = failure == Lease.Failure.BAD_RESPONSE;
        boolean another = wasStale || isAnswered || retries.isReason(failure, reason, wasSilent) && mayTryAnother();
        record(status);
        releaseServer(false);
        state = State.PICKING;
        if (wasStale) {
            // It closed an idle connection just as we used it: that says nothing of the server.
            retries.tookFreeTry();
            held.withdrawn();
            return;
        }
        if (isAnswered && !RetryRule.isOfServer(status)) {
            held.declined();
        } else {
            held.failed(failure);
        }
        retries.failed();
        if (!another) {
            progress.termination(Retries.termination(failure, reason));
            fail(status);
            return;
        }
        progress.retrying();
        long pauseNs = retries.pauseNs(failure == Lease.Failure.CONNECT_ERROR);
        if (pauseNs > 0) {
            state = State.PAUSING;
            setDeadline(client.nowNs() + pauseNs);
        }
    }

    private void pickAgain() {
        if (state == State.PICKING) {
            pick();
        }
    }

    private void fail(int status) {
        state = State.DONE;
        worker.loop().timers().cancel(this);
        hedging.drop();
        exchange.replyError(status);
    }

    /** Whether the request can be sent once more. */
    private boolean mayRepeat() {
        return !upload.isLost() && retries.mayRepeat(method(), attempt.isSent());
    }

    private boolean mayTryAnother() {
        return lease != null
                && balancer != null
                && mayRepeat()
                && retries.hasTryLeft(balancer.pool().servers().size(), lease.attempts(), client.nowNs())
                && balancer.mayTryAgain();
    }

    private void record(int status) {
        if (server != null && state == State.ANSWERING) {
            attempt.data(server.bodyBytes());
        }
        facts.attempt(attempt.end(
                client.nowNs(),
                status,
                server == null ? 0 : server.sentBytes(),
                server == null ? 0 : server.receivedBytes()));
    }

    private void releaseServer(boolean mayKeep) {
        worker.loop().timers().cancel(this);
        var used = server;
        server = null;
        if (used != null) {
            if (mayKeep) {
                used.release();
            } else {
                used.close();
            }
        }
    }

    // ---- the client

    void clientHasRoom() {
        if (delivery.clientHasRoom() && server != null) {
            silence.broken(client.nowNs());
            server.pause(false);
        }
    }

    /** The answer is no longer wanted; it says nothing of the server. */
    void cancel() {
        if (state == State.QUEUED && balancer != null) {
            balancer.cancel(this);
            leaveQueue();
        }
        hedging.drop();
        if (lease != null && lease.isHeld()) {
            record(attempt.isAnswered() && server != null ? server.head().status() : CUT);
            lease.cancelled();
        }
        releaseServer(false);
        state = State.DONE;
    }

    long keptBytes() {
        return server == null ? 0 : server.pendingBytes();
    }

    boolean isOn(String pool, String serverId) {
        return balancer != null
                && lease != null
                && lease.isHeld()
                && balancer.pool().name().equals(pool)
                && lease.server().id().equals(serverId);
    }

    /** Its answer is not used: the request's body, for another to send it, if all of it was kept; the caller's then. */
    @Nullable
    RequestBody giveBody() {
        return upload.give();
    }

    /**
     * The server it is on is left, as HAProxy does where a server's connections are ended.
     *
     * @param letter why, in HAProxy's log
     */
    void serverGone(String letter) {
        progress.termination(letter + phase());
        if (state == State.TUNNEL) {
            finishTunnel();
            return;
        }
        boolean isConnected = state == State.WAITING || state == State.ANSWERING;
        boolean hasBegun = client.hasAnswerBegun();
        record(hasBegun && server != null ? server.head().status() : CUT);
        if (lease != null) {
            lease.cancelled();
        }
        releaseServer(false);
        if (hasBegun) {
            hedging.drop();
            state = State.DONE;
            delivery.breakOff();
        } else {
            fail(isConnected && isHaproxy() ? 502 : 503);
        }
    }

    /** Its answer is not used: the request's body is needed no more. */
    void dropBody() {
        upload.close();
    }

    /** Gives back what it held. */
    void end() {
        state = State.DONE;
        worker.loop().timers().cancel(this);
        hedging.drop();
        upload.close();
        delivery.close();
        releaseServer(false);
        if (lease != null) {
            lease.reset();
        }
    }

    /** Something failed that should not have. */
    @Override
    public void abort() {
        client.reset();
    }

    /** The letter that HAProxy's log has for how far it has come. */
    char phase() {
        return switch (state) {
            case RESOLVING, COLLECTING -> 'R';
            case PICKING, QUEUED -> 'Q';
            case PAUSING, CONNECTING -> 'C';
            case WAITING -> 'H';
            case ANSWERING, TUNNEL, DONE -> 'D';
        };
    }

    // ---- time

    @Override
    protected void onDeadline(long nowNs) {
        switch (state) {
            case QUEUED -> {
                var from = Objects.requireNonNull(balancer);
                from.cancel(this);
                leaveQueue();
                progress.termination("sQ");
                failWithoutServer(from);
            }
            case PAUSING -> pick();
            case CONNECTING -> connectFailed(true);
            case WAITING, ANSWERING, TUNNEL -> onServerQuiet(nowNs);
            default -> {}
        }
    }

    /** The server was quiet for a time. Once it answers, it need not take the rest of the request (nginx). */
    private void onServerQuiet(long nowNs) {
        boolean isBlocked = state != State.ANSWERING && server != null && !server.hasSentAll();
        if (!silence.isTooLong(nowNs, isBlocked)) {
            setDeadline(silence.nextNs(nowNs, isBlocked));
        } else if (isBlocked && state == State.TUNNEL) {
            finishTunnel();
        } else if (isBlocked) {
            serverFailed(Lease.Failure.READ_TIMEOUT, Reason.TIMEOUT, 504);
        } else if (delivery.holdsServer() || state == State.WAITING && !client.isBodyRead()) {
            // It is the client who takes its time.
            setDeadline(nowNs + plan.readTimeoutNs());
        } else if (state == State.TUNNEL) {
            finishTunnel();
        } else {
            serverFailed(Lease.Failure.READ_TIMEOUT, Reason.TIMEOUT, 504);
        }
    }

    private void setDeadline(long deadlineNs) {
        worker.loop().timers().set(this, deadlineNs);
    }
}
