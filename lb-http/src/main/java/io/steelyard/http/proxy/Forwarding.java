package io.steelyard.http.proxy;

import io.steelyard.api.http.RetryRule;
import io.steelyard.api.http.RetryRule.Reason;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.session.EndingLetter;
import io.steelyard.http.route.ProxyPlan;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A request being handed to servers, until one answers it: finds the pool, collects the body where it is sent as a whole, has a server searched
 * for and asked, and says what becomes of the request when that fails. Owned by its client's loop.
 *
 * <pre>
 *   RESOLVING (a server by host name)
 *      │
 *      ▼
 *   COLLECTING (the request's body, where it is sent as a whole)
 *      │
 *      ▼
 *   SEARCHING ({@link ServerSearch}) ◄──failed, another may be tried──┐
 *      │                                                              │
 *      ├──► ASKING ({@link ServerExchange}) ──────────────────────────┤
 *      │         │ answered                                           │ failed for good: an error is answered
 *      └─────────┴──────────────► DONE ◄──────────────────────────────┘
 * </pre>
 */
final class Forwarding {
    private enum State {
        RESOLVING,
        COLLECTING,
        SEARCHING,
        ASKING,
        DONE
    }

    private final Exchange exchange;
    private final ClientSide client;
    private final HttpWorker worker;
    private final ProxyPlan plan;
    private final Progress progress;
    private final Upload upload;
    private final Delivery delivery;
    private final ServerSearch search;
    private final ServerExchange asked;

    /** Null where the route asks no second server. */
    private final @Nullable Hedging hedging;

    private State state = State.RESOLVING;

    Forwarding(Exchange exchange, ProxyPlan plan) {
        this.exchange = exchange;
        this.plan = plan;
        client = exchange.client();
        worker = client.worker();
        progress = exchange.progress();
        var body = exchange.takeBody();
        upload = body == null
                ? new Upload(worker, plan, exchange.framing(), !exchange.sendsBody() || client.isBodyRead())
                : new Upload(worker, plan, body);
        exchange.upload(upload);
        delivery = new Delivery(exchange, plan);
        search = new ServerSearch(this, exchange, plan);
        asked = new ServerExchange(this, exchange, plan, search, upload, delivery);
        hedging = plan.configured().hedging().isPresent() ? new Hedging(this, worker, plan) : null;
    }

    // ---- finding a server

    void begin() {
        PoolLookup.find(exchange, plan, (found, path) -> {
            if (state == State.RESOLVING) {
                asked.givenPath(path);
                use(found);
            }
        });
    }

    private void use(@Nullable Balancer found) {
        if (found == null) {
            fail(502);
            return;
        }
        search.begin(found);
        if (upload.isToBeCollected()) {
            state = State.COLLECTING;
            client.invite();
            client.resumeBody();
        } else {
            search();
        }
    }

    private void search() {
        state = State.SEARCHING;
        search.pick();
    }

    /** A server was picked. @param waitedMs in the pool's queue; {@link Attempt#NEVER} where it did not */
    void ask(Balancer from, Lease held, long waitedMs) {
        long nowNs = client.nowNs();
        state = State.ASKING;
        progress.trying(held.server().id(), held.traffic(), nowNs);
        if (hedging != null
                && search.retries().isFirstTry()
                && upload.isEmpty()
                && !asked.asksForUpgrade()
                && Hedging.isFor(asked.method())) {
            hedging.arm(from, nowNs);
        }
        asked.open(from, held, waitedMs);
    }

    boolean isDone() {
        return state == State.DONE;
    }

    // ---- a second server

    /** The server that is asked. */
    ServerExchange asked() {
        return asked;
    }

    /** The first server has had its time. */
    void hedge() {
        var balancer = search.balancer();
        var lease = search.lease();
        if (hedging != null
                && asked.isUnanswered()
                && balancer != null
                && lease != null
                && lease.isHeld()
                && balancer.mayTryAgain()) {
            hedging.ask(exchange, balancer, lease.server().id());
        }
    }

    /** The second server's answer began first. */
    void hedgeAnswered(Hedge winner) {
        var lease = search.lease();
        if (hedging == null || !hedging.isOn(winner) || lease == null) {
            winner.cancel();
            return;
        }
        asked.record(ServerExchange.CUT);
        lease.cancelled();
        asked.release(false);
        hedging.take();
        goOnWith(winner);
        asked.answerHead();
    }

    void hedgeFailed(Hedge loser) {
        if (hedging != null && hedging.isOn(loser)) {
            hedging.take();
        }
    }

    /** Makes the second server the request's only one. */
    private void goOnWith(Hedge second) {
        search.lease(second.lease());
        state = State.ASKING;
        asked.goOnWith(second);
    }

    /** No second server is wanted any more. */
    void dropHedge() {
        if (hedging != null) {
            hedging.drop();
        }
    }

    // ---- the request's body

    boolean wantsBody() {
        return state == State.COLLECTING || state == State.ASKING && asked.wantsBody();
    }

    boolean isTunnel() {
        return state == State.ASKING && asked.isTunnel();
    }

    void onBody(MemorySegment from, int offset, int count) {
        if (state == State.COLLECTING) {
            collect(from, offset, count);
        } else if (exchange.sendsBody() || isTunnel()) {
            // What the request went without must not follow it: its server would take it for the next one.
            asked.send(from, offset, count);
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
            search();
        } else if (exchange.sendsBody()) {
            asked.sendEnd();
        }
    }

    // ---- failures

    /** The server failed after its answer began, or another is picked, or the client is told. */
    void serverFailed(Lease.Failure failure, Reason reason, int status) {
        if (!client.hasAnswerBegun()) {
            failed(failure, reason, status);
            return;
        }
        asked.record(asked.attempt().statusOr(status));
        progress.termination(failure == Lease.Failure.READ_TIMEOUT ? "sD" : "SD");
        exchange.plan().faults().count(Fault.BROKEN_ANSWER);
        var lease = search.lease();
        if (lease != null) {
            lease.failed(failure);
        }
        asked.release(false);
        state = State.DONE;
        delivery.breakOff();
    }

    /** The server failed before its answer began: another is picked, or the client is told. */
    void failed(Lease.Failure failure, Reason reason, int status) {
        var held = search.lease();
        if (held == null) {
            return;
        }
        var retries = search.retries();
        boolean wasSilent = asked.attempt().wasSilent();
        boolean wasStale = asked.attempt().isReused()
                && wasSilent
                && reason == Reason.ERROR
                && retries.hasFreeTry()
                && mayRepeat();
        var second = hedging == null ? null : hedging.take();
        if (second != null) {
            asked.record(status);
            asked.release(false);
            held.failed(failure);
            goOnWith(second);
            return;
        }
        // Of an answer it was decided before.
        boolean isAnswered = failure == Lease.Failure.BAD_RESPONSE;
        boolean another = wasStale || isAnswered || retries.isReason(failure, reason, wasSilent) && mayTryAnother();
        asked.record(status);
        asked.release(false);
        state = State.SEARCHING;
        if (wasStale) {
            // It closed an idle connection just as we used it: that says nothing of the server.
            retries.tookFreeTry();
            held.withdrawn();
            search.again(0);
            return;
        }
        if (isAnswered && !RetryRule.isOfServer(status)) {
            held.declined();
        } else {
            held.failed(failure);
        }
        retries.failed();
        if (another) {
            progress.retrying();
            search.again(retries.pauseNs(failure == Lease.Failure.CONNECT_ERROR));
        } else {
            progress.termination(Retries.termination(failure, reason));
            fail(status);
        }
    }

    /** No server answers: the client is told. */
    void fail(int status) {
        state = State.DONE;
        search.stop();
        asked.stop();
        dropHedge();
        exchange.replyError(status);
    }

    /** Whether the request can be sent once more. */
    private boolean mayRepeat() {
        return !upload.isLost()
                && search.mayRepeat(asked.method(), asked.attempt().isSent());
    }

    boolean mayTryAnother() {
        return mayRepeat() && search.mayTryAnother();
    }

    /** The server has done its work, or is no longer needed. */
    void done() {
        state = State.DONE;
    }

    // ---- the client

    void clientHasRoom() {
        if (delivery.clientHasRoom()) {
            asked.clientHasRoom();
        }
    }

    /** The client ended its side of a tunnel. */
    void finishTunnel() {
        asked.finishTunnel();
    }

    /** The answer is no longer wanted; it says nothing of the server. */
    void cancel() {
        search.cancel();
        dropHedge();
        asked.cancel();
        state = State.DONE;
    }

    long keptBytes() {
        return asked.attempt().pendingBytes();
    }

    boolean isOn(String pool, String serverId) {
        var balancer = search.balancer();
        var lease = search.lease();
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

    /** The server it is on is left, as HAProxy does where a server's connections are ended. */
    void serverGone(Forwarder.Ending why) {
        progress.termination("" + EndingLetter.of(why) + phase());
        if (isTunnel()) {
            asked.finishTunnel();
            return;
        }
        boolean wasConnected = asked.isConnected();
        boolean hasBegun = client.hasAnswerBegun();
        asked.record(hasBegun ? asked.attempt().statusOr(ServerExchange.CUT) : ServerExchange.CUT);
        var lease = search.lease();
        if (lease != null) {
            lease.cancelled();
        }
        asked.release(false);
        if (hasBegun) {
            dropHedge();
            state = State.DONE;
            delivery.breakOff();
        } else {
            fail(wasConnected && search.isHaproxy() ? 502 : 503);
        }
    }

    /** Its answer is not used: the request's body is needed no more. */
    void dropBody() {
        upload.close();
    }

    /** Gives back what it held. */
    void end() {
        state = State.DONE;
        dropHedge();
        upload.close();
        delivery.close();
        asked.release(false);
        search.end();
    }

    /** The letter that HAProxy's log has for how far it has come. */
    char phase() {
        return switch (state) {
            case RESOLVING, COLLECTING -> 'R';
            case SEARCHING -> search.isPausing() ? 'C' : 'Q';
            case ASKING -> asked.phase();
            case DONE -> 'D';
        };
    }
}
