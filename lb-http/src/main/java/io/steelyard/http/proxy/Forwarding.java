package io.steelyard.http.proxy;

import io.steelyard.api.Personality;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.RetryRule.Reason;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.loop.Timer;
import io.steelyard.core.session.NamedServers;
import io.steelyard.core.tcp.Connector;
import io.steelyard.http.h1.BodyFraming;
import io.steelyard.http.message.Method;
import io.steelyard.http.route.ProxyPlan;
import io.steelyard.linux.Errno;
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
    /** What the log tells of a server whose answer was not waited for: as of a client that left. */
    private static final int CUT = 499;

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
    private final RequestBody body;

    private State state = State.RESOLVING;
    private @Nullable Balancer balancer;
    private @Nullable Lease lease;
    private @Nullable ServerConnection server;
    private Attempt attempt = new Attempt();

    /** Asks a second server when the first has had its time. */
    private final Timer hedging = new Timer() {
        @Override
        protected void onDeadline(long nowNs) {
            hedge();
        }
    };

    private @Nullable Hedge hedge;

    /** Whether a retry is to go to another server than the one that failed. */
    private boolean goesElsewhere;

    private @Nullable String givenPath;
    private boolean bodyEnded;
    private boolean isBodySent;
    private boolean isChunked;
    private final Progress progress;
    private boolean isInQueue;
    private boolean hadFreeTry;

    /** Tries that followed a failure. */
    private int retries;

    private boolean isBadAnswer;
    private long firstTryNs;
    private long lastActivityNs;

    /** When the server's socket last took a part of the request, or was first offered what waits for it. */
    private long lastWriteNs;

    Forwarding(Exchange exchange, ProxyPlan plan) {
        this.exchange = exchange;
        this.plan = plan;
        client = exchange.client();
        worker = client.worker();
        framing = exchange.framing();
        progress = exchange.progress();
        facts = exchange.facts();
        body = new RequestBody(worker.loop().buffers());
        bodyEnded = !exchange.sendsBody() || client.isBodyRead();
    }

    private static final String[] NOBODY = {};

    // ---- finding the pool

    void begin() {
        var place = ServerPlace.of(
                exchange.evaluation().raw(plan.server()), plan.configured().path());
        var target = place.server();
        givenPath = place.path();
        facts.proxyHost(target, plan.configured().transport().tls().isPresent());
        var servers = exchange.plan();
        var known = servers.balancer(target);
        if (known != null || !NamedServers.needsNameServer(target)) {
            use(known != null ? known : servers.named().resolve(target));
            return;
        }
        Thread.ofVirtual().start(() -> {
            var resolved = servers.named().resolve(target);
            worker.loop().loop().execute(() -> {
                if (state == State.RESOLVING) {
                    use(resolved);
                }
            });
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
        firstTryNs = client.nowNs();
        if (bodyEnded || !collectsBody()) {
            pick();
        } else {
            state = State.COLLECTING;
            client.invite();
            client.resumeBody();
        }
    }

    private boolean collectsBody() {
        return plan.configured().buffersRequest()
                || framing.kind() == BodyFraming.Kind.CHUNKED
                        && plan.configured().version() == HttpProxy.Version.HTTP_1_0;
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
                    if (turnsBack()) {
                        continue;
                    }
                    progress.noServer();
                    progress.termination("SC");
                    facts.attempt(RequestFacts.Attempt.none(from.pool().name(), noServerStatus()));
                    fail(noServerStatus());
                }
            }
        }
    }

    /** Who asks, and which servers it wants. */
    private Flow flow(Balancer from, Lease held) {
        var flow = exchange.flow(from);
        var affinity = exchange.affinity(from.pool());
        if (affinity != null) {
            affinity.tell(flow, retries == 0);
        }
        boolean asksAgain =
                retries > 0 && plan.configured().retry().sameServer().isPresent();
        if (asksAgain) {
            var last = held.server().id();
            flow.wanted(goesElsewhere ? NOBODY : new String[] {last}, !goesElsewhere);
        }
        return flow;
    }

    /** HAProxy: where no other server is left, the one that failed is asked again. */
    private boolean turnsBack() {
        if (!goesElsewhere) {
            return false;
        }
        goesElsewhere = false;
        return true;
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
            setDeadline(client.nowNs() + from.pool().queue().timeout().toNanos());
        }
        state = State.QUEUED;
        if (!from.await(held, this)) {
            progress.noServer();
            progress.termination("SQ");
            fail(noServerStatus());
        }
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
        if (isInQueue) {
            isInQueue = false;
            worker.loop().timers().cancel(this);
        }
        long nowNs = client.nowNs();
        progress.trying(held.server().id(), nowNs);
        attempt.begin(held.server().address(), nowNs);
        var approach = Approach.of(held.server(), plan.configured().transport(), exchange);
        if (approach == null) {
            failed(Lease.Failure.CONNECT_ERROR, Reason.ERROR, 502);
            return;
        }
        if (retries == 0) {
            setHedging(from, nowNs);
        }
        var idle = worker.idle().take(from.pool(), held.server(), approach.bond(), nowNs);
        if (idle != null) {
            server = idle;
            idle.serve(this, method(), asksForUpgrade());
            connected();
            return;
        }
        int fd = worker.loop()
                .connector()
                .connect(held.server().address(), plan.configured().transport());
        if (fd >= 0) {
            state = State.CONNECTING;
            var opened = new ServerConnection(worker, from.pool(), held.server(), fd, approach);
            server = opened;
            opened.serve(this, method(), asksForUpgrade());
            setDeadline(nowNs + plan.connectTimeoutNs());
        } else if (Connector.isOurFault(-fd)) {
            worker.loop()
                    .report("cannot open a connection to " + held.server().id() + ": " + Errno.text(-fd)
                            + Connector.remedy(-fd));
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
        lastActivityNs = client.nowNs();
        attempt.connected(lastActivityNs);
        progress.connected(lastActivityNs);
        lease.connected();
        lastWriteNs = lastActivityNs;
        state = State.WAITING;
        setDeadline(lastActivityNs + Math.min(plan.readTimeoutNs(), plan.sendTimeoutNs()));
        attempt.sent();
        int result = sendHead(to);
        if (result == 0 && body.size() > 0) {
            isBodySent = true;
            result = body.sendTo(to);
        }
        if (result < 0) {
            failed(Lease.Failure.BROKEN, Reason.ERROR, 502);
            return;
        }
        if (!bodyEnded) {
            client.invite();
            client.resumeBody();
        }
    }

    /** Sends the request's head. @return 0, or a negative errno where the connection is broken */
    int sendHead(ServerConnection to) {
        var from = Objects.requireNonNull(balancer);
        var sending = new RequestWriter.Sending(
                exchange,
                givenPath,
                bodyEnded ? body.size() : -1,
                from.pool().reuse().mostIdle() > 0,
                asksForUpgrade(),
                exchange.affinity(from.pool()));
        isChunked = sending.isChunked();
        return worker.requests().sendHead(to, plan, sending);
    }

    // ---- a second server

    private void setHedging(Balancer from, long nowNs) {
        var wanted = plan.configured().hedging();
        boolean mayBeHedged = wanted.isPresent()
                && bodyEnded
                && body.size() == 0
                && !asksForUpgrade()
                && switch (method()) {
                    case GET, HEAD, OPTIONS -> true;
                    default -> false;
                };
        if (mayBeHedged) {
            var rule = wanted.get();
            long leastNs = rule.delay().toNanos();
            long delayNs = rule.percentile() == 0
                    ? leastNs
                    : Math.max(leastNs, worker.recentTimes(from.pool()).percentile(rule.percentile()));
            worker.loop().timers().set(hedging, nowNs + delayNs);
        }
    }

    private void hedge() {
        var from = balancer;
        var held = lease;
        boolean isSlow = state == State.CONNECTING || state == State.WAITING;
        if (from == null || held == null || !held.isHeld() || !isSlow || hedge != null || !from.mayTryAgain()) {
            return;
        }
        var second = from.newLease();
        var flow = exchange.flow(from).avoided(held.server().id());
        if (from.pick(flow, second) != Balancer.Outcome.PICKED) {
            return;
        }
        long nowNs = client.nowNs();
        var itsAttempt = new Attempt();
        itsAttempt.begin(second.server().address(), nowNs);
        var started = new Hedge(this, worker, second, itsAttempt, plan.readTimeoutNs());
        var approach = Approach.of(second.server(), plan.configured().transport(), exchange);
        if (approach == null) {
            second.cancelled();
            return;
        }
        var connection = worker.idle().take(from.pool(), second.server(), approach.bond(), nowNs);
        if (connection == null) {
            int fd = worker.loop()
                    .connector()
                    .connect(second.server().address(), plan.configured().transport());
            if (fd < 0) {
                second.cancelled();
                return;
            }
            connection = new ServerConnection(worker, from.pool(), second.server(), fd, approach);
        }
        hedge = started;
        started.use(connection, plan.connectTimeoutNs());
    }

    /** The second server's answer began first. */
    void hedgeAnswered(Hedge winner) {
        if (hedge != winner || lease == null) {
            winner.cancel();
            return;
        }
        record(CUT);
        lease.cancelled();
        releaseServer(false);
        goOnWith(winner);
        answerHead();
    }

    void hedgeFailed(Hedge loser) {
        if (hedge == loser) {
            hedge = null;
        }
    }

    /** Makes the second server the request's only one. */
    private void goOnWith(Hedge second) {
        hedge = null;
        var connection = Objects.requireNonNull(second.give());
        lease = second.lease();
        attempt = second.attempt();
        server = connection;
        connection.handOver(this);
        lastActivityNs = client.nowNs();
        lastWriteNs = lastActivityNs;
        boolean isConnected = connection.isConnected();
        state = isConnected ? State.WAITING : State.CONNECTING;
        setDeadline(lastActivityNs
                + (isConnected ? Math.min(plan.readTimeoutNs(), plan.sendTimeoutNs()) : plan.connectTimeoutNs()));
    }

    private void dropHedge() {
        worker.loop().timers().cancel(hedging);
        var second = hedge;
        hedge = null;
        if (second != null) {
            second.cancel();
        }
    }

    @Override
    public void serverHasRoom() {
        lastActivityNs = client.nowNs();
        lastWriteNs = lastActivityNs;
        client.resumeBody();
    }

    /** The server sent something. */
    @Override
    public void serverSpoke() {
        lastActivityNs = client.nowNs();
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
            body.add(from, offset, count);
        } else if (server != null) {
            isBodySent = true;
            lastActivityNs = client.nowNs();
            if (server.hasSentAll()) {
                lastWriteNs = lastActivityNs;
            }
            if (worker.requests().sendBody(server, from, offset, count, isChunked && state != State.TUNNEL) < 0) {
                serverBroke();
            }
        }
    }

    void onBodyEnd() {
        bodyEnded = true;
        if (state == State.COLLECTING) {
            pick();
        } else if (server != null && isChunked) {
            var trailers = worker.passed(client.trailers(), plan);
            if (worker.requests().sendLastChunk(server, trailers) < 0) {
                serverBroke();
            }
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
        dropHedge();
        if (plan.configured().hedging().isPresent()) {
            worker.recentTimes(balancer.pool()).add(attempt.headNs(client.nowNs()));
        }
        var head = from.head();
        facts.answer(head, attempt);
        int status = head.status();
        isBadAnswer = plan.configured().retry().isFailure(status);
        if (isBadAnswer && mayTryAnother()) {
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
        }
        var paths = balancer.pool().personality() == Personality.NGINX
                ? exchange.routing().route().configured().redirections()
                : null;
        AnswerFields.copy(head, plan, asksForUpgrade(), exchange.answerFields(), exchange.evaluation(), paths, facts);
        var affinity = exchange.affinity(balancer.pool());
        if (affinity != null) {
            boolean mayBeKept = switch (method()) {
                case GET, HEAD, OPTIONS, TRACE -> true;
                default -> false;
            };
            affinity.answer(
                    exchange.answerFields(),
                    status,
                    method() == Method.POST,
                    mayBeKept,
                    lease.server().id());
        }
        var refusal = exchange.refusal(status);
        if (refusal.isPresent()) {
            finish(status, false);
            facts.noAnswer();
            refusal.get().run();
            return;
        }
        if (from.framing().kind() == BodyFraming.Kind.TUNNEL) {
            state = State.TUNNEL;
            exchange.beginTunnel(head.reason());
            client.flush();
            // The client may have gone on without waiting for the answer.
            client.resumeBody();
        } else {
            state = State.ANSWERING;
            exchange.beginAnswer(status, head.reason(), from.framing().length());
        }
    }

    @Override
    public void answerData(MemorySegment from, int offset, int count) {
        attempt.data(count);
        client.sendBody(from, offset, count);
    }

    /** What was put together for the client is sent; a client that is slow slows its server. */
    @Override
    public void flush() {
        if (state == State.ANSWERING || state == State.TUNNEL) {
            client.flush();
            if (server != null && client.isSlow(plan.configured().mostBufferBytes())) {
                server.pause(true);
            }
        }
    }

    @Override
    public void answerEnded() {
        var from = server;
        if (from != null) {
            passTrailers(from);
            finish(from.head().status(), bodyEnded && from.hasSentAll());
            exchange.complete();
        }
    }

    private void passTrailers(ServerConnection from) {
        var trailers = from.trailers();
        if (trailers != null && trailers.count() > 0) {
            facts.trailers(trailers);
            if (plan.passesTrailers() && client.acceptsTrailers()) {
                var passed = worker.passed(trailers, plan);
                client.sendTrailers(passed);
                facts.sentTrailers(passed);
            }
        }
    }

    /** The server's answer is no HTTP. */
    @Override
    public void answerMalformed() {
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
            if (isBadAnswer) {
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
            if (lease != null) {
                lease.failed(failure);
            }
            releaseServer(false);
            state = State.DONE;
            client.breakAnswer();
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
        boolean wasStale = server != null
                && server.isReused()
                && server.receivedBytes() == 0
                && reason == Reason.ERROR
                && !hadFreeTry
                && mayRepeat();
        boolean isAnswered = failure == Lease.Failure.BAD_RESPONSE;
        var second = hedge;
        if (second != null) {
            record(status);
            releaseServer(false);
            held.failed(failure);
            goOnWith(second);
            return;
        }
        // Of an answer it was decided before.
        boolean another = wasStale || isAnswered || isReason(failure, reason) && mayTryAnother();
        record(status);
        releaseServer(false);
        if (wasStale) {
            // It closed an idle connection just as we used it: that says nothing of the server.
            hadFreeTry = true;
            held.cancelled();
        } else {
            held.failed(failure);
        }
        state = State.PICKING;
        retries += wasStale ? 0 : 1;
        if (!another) {
            progress.termination(termination(failure, reason));
            fail(status);
        } else if (!wasStale) {
            progress.retrying();
            chooseNext(failure == Lease.Failure.CONNECT_ERROR);
        }
    }

    /** Whether a request is repeated for it, by nginx's name or by HAProxy's. */
    private boolean isReason(Lease.Failure failure, Reason reason) {
        var reasons = plan.configured().retry().reasons();
        var finer = switch (failure) {
            case CONNECT_ERROR, CONNECT_TIMEOUT -> Reason.CONNECT_FAILURE;
            case READ_TIMEOUT -> Reason.RESPONSE_TIMEOUT;
            case BROKEN ->
                reason == Reason.ERROR && (server == null || server.receivedBytes() == 0)
                        ? Reason.EMPTY_RESPONSE
                        : reason;
            case BAD_RESPONSE -> reason;
        };
        return reasons.contains(reason) || reasons.contains(finer);
    }

    /** How HAProxy's log calls it. */
    private static String termination(Lease.Failure failure, Reason reason) {
        return switch (failure) {
            case CONNECT_ERROR -> "SC";
            case CONNECT_TIMEOUT -> "sC";
            case READ_TIMEOUT -> "sH";
            case BROKEN -> reason == Reason.INVALID_HEADER ? "PH" : "SH";
            case BAD_RESPONSE -> Progress.IN_ORDER;
        };
    }

    /** HAProxy: whether the next try goes to another server, and how long the same is left alone. */
    private void chooseNext(boolean wasRefused) {
        var rule = plan.configured().retry().sameServer();
        if (rule.isEmpty()) {
            return;
        }
        goesElsewhere =
                rule.get().goesElsewhere(retries, plan.configured().retry().tries() - 1);
        long pauseNs = rule.get().pause().toNanos();
        if (wasRefused && !goesElsewhere && pauseNs > 0) {
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
        dropHedge();
        exchange.replyError(status);
    }

    /** Whether the request can be sent once more. */
    private boolean mayRepeat() {
        boolean isUnsafe = attempt.isSent()
                && switch (method()) {
                    case POST, LOCK, PATCH -> true;
                    default -> false;
                };
        boolean isBodyLost = isBodySent && !collectsBody();
        return !isBodyLost && (!isUnsafe || plan.configured().retry().repeatsUnsafe());
    }

    private boolean mayTryAnother() {
        var held = lease;
        if (held == null || balancer == null) {
            return false;
        }
        var retry = plan.configured().retry();
        int servers = balancer.pool().servers().size();
        int tries = retry.tries() == 0
                ? servers
                : retry.sameServer().isPresent() ? retry.tries() : Math.min(retry.tries(), servers);
        return mayRepeat()
                && held.attempts() < tries
                && client.nowNs() - firstTryNs < plan.retryTimeoutNs()
                && balancer.mayTryAgain();
    }

    private void record(int status) {
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
        if (server != null && !client.isSlow(plan.configured().mostBufferBytes() / 2)) {
            lastActivityNs = client.nowNs();
            server.pause(false);
        }
    }

    /** The answer is no longer wanted; it says nothing of the server. */
    void cancel() {
        if (state == State.QUEUED && balancer != null) {
            balancer.cancel(this);
            leaveQueue();
        }
        dropHedge();
        if (lease != null && lease.isHeld()) {
            record(attempt.isAnswered() && server != null ? server.head().status() : 499);
            lease.cancelled();
        }
        releaseServer(false);
        state = State.DONE;
    }

    boolean isOn(String pool, String serverId) {
        return balancer != null
                && lease != null
                && lease.isHeld()
                && balancer.pool().name().equals(pool)
                && lease.server().id().equals(serverId);
    }

    /** Gives back what it held. */
    void end() {
        state = State.DONE;
        worker.loop().timers().cancel(this);
        dropHedge();
        body.close();
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
                if (balancer != null) {
                    balancer.cancel(this);
                }
                leaveQueue();
                progress.noServer();
                progress.termination("sQ");
                fail(noServerStatus());
            }
            case PAUSING -> pick();
            case CONNECTING -> connectFailed(true);
            case WAITING, ANSWERING, TUNNEL -> onServerQuiet(nowNs);
            default -> {}
        }
    }

    /**
     * The server neither sent nor took anything for a time. While it takes nothing, it is not waited for to send; once it answers, it need not
     * take the rest (nginx).
     */
    private void onServerQuiet(long nowNs) {
        boolean isBlocked = state != State.ANSWERING && server != null && !server.hasSentAll();
        long deadlineNs = isBlocked ? lastWriteNs + plan.sendTimeoutNs() : lastActivityNs + plan.readTimeoutNs();
        if (deadlineNs - nowNs > 0) {
            // What is written meanwhile may be blocked from then on.
            setDeadline(isBlocked ? deadlineNs : Math.min(deadlineNs, nowNs + plan.sendTimeoutNs()));
        } else if (isBlocked && state == State.TUNNEL) {
            finishTunnel();
        } else if (isBlocked) {
            serverFailed(Lease.Failure.READ_TIMEOUT, Reason.TIMEOUT, 504);
        } else if (client.isSlow(0) || state == State.WAITING && !client.isBodyRead()) {
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
