package io.steelyard.http.proxy;

import io.steelyard.api.Personality;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.core.loop.Timer;
import io.steelyard.http.message.Method;
import io.steelyard.http.route.ProxyPlan;
import org.jspecify.annotations.Nullable;

/**
 * The search for a server of a pool that a request is sent to: once, and again after each that failed. Owned by the request's loop.
 *
 * <pre>
 *                 no room
 *   PICKING ─────────────────► QUEUED
 *    ▲  │  ◄──────room───────────┘
 *    │  ▼
 *    │ IDLE (a server is asked, or none can be)
 *    │  │
 *    └──┴── again, perhaps after PAUSING
 * </pre>
 */
final class ServerSearch extends Timer implements Balancer.Waiter {
    private enum State {
        IDLE,
        PICKING,
        QUEUED,
        PAUSING
    }

    private final Forwarding request;
    private final Exchange exchange;
    private final ClientSide client;
    private final HttpWorker worker;
    private final ProxyPlan plan;
    private final Progress progress;
    private final Retries retries;
    private State state = State.IDLE;
    private boolean isPicking;
    private @Nullable Balancer balancer;
    private @Nullable Lease lease;
    private boolean isInQueue;
    private long queuedNs;

    ServerSearch(Forwarding request, Exchange exchange, ProxyPlan plan) {
        this.request = request;
        this.exchange = exchange;
        this.plan = plan;
        client = exchange.client();
        worker = client.worker();
        progress = exchange.progress();
        retries = new Retries(plan.configured().retry(), plan.retryTimeoutNs());
    }

    /** The servers to choose from are known. */
    void begin(Balancer found) {
        balancer = found;
        progress.pool(found.pool().name());
        lease = found.newLease();
        retries.begin(client.nowNs());
    }

    /** Null while the servers to choose from are not known. */
    @Nullable
    Balancer balancer() {
        return balancer;
    }

    /** The hold on the server picked last; null while the servers to choose from are not known. */
    @Nullable
    Lease lease() {
        return lease;
    }

    /** The request goes on with a server that was picked elsewhere. */
    void lease(Lease other) {
        lease = other;
    }

    Retries retries() {
        return retries;
    }

    boolean isHaproxy() {
        return balancer != null && balancer.pool().personality() == Personality.HAPROXY;
    }

    boolean isNginx() {
        return balancer != null && balancer.pool().personality() == Personality.NGINX;
    }

    /** Whether the server that failed is left alone for a moment. */
    boolean isPausing() {
        return state == State.PAUSING;
    }

    // ---- picking

    /** Picks a server and has it asked, and others where that fails at once. */
    void pick() {
        var from = balancer;
        var held = lease;
        if (from == null || held == null) {
            return;
        }
        state = State.PICKING;
        isPicking = true;
        while (state == State.PICKING) {
            switch (from.pick(flow(from, held), held)) {
                case PICKED -> {
                    state = State.IDLE;
                    request.ask(from, held, leaveQueueAt(client.nowNs()));
                }
                case ALL_FULL -> enqueue(from, held);
                case NONE_AVAILABLE -> {
                    if (retries.turnsBack()) {
                        continue;
                    }
                    progress.termination("SC");
                    reportNoServer(from);
                    fail(from);
                }
            }
        }
        isPicking = false;
    }

    /** The server failed, and another may be tried. @param pauseNs how long to wait before that */
    void again(long pauseNs) {
        if (pauseNs > 0) {
            state = State.PAUSING;
            worker.loop().timers().set(this, client.nowNs() + pauseNs);
        } else {
            state = State.PICKING;
            if (!isPicking) {
                pick();
            }
        }
    }

    /** Whether the request may be sent to one more server. */
    boolean mayTryAnother() {
        return lease != null
                && balancer != null
                && retries.hasTryLeft(balancer.pool().servers().size(), lease.attempts(), client.nowNs())
                && balancer.mayTryAgain();
    }

    /** Whether the request can be sent once more. */
    boolean mayRepeat(Method method, boolean wasSent) {
        return retries.mayRepeat(method, wasSent);
    }

    /** Who asks, and which servers it wants. */
    private Flow flow(Balancer from, Lease held) {
        var flow = RequestFlow.of(exchange, from);
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

    /** No server of the pool can be had. */
    private void fail(Balancer from) {
        int status = isNginx() ? 502 : 503;
        progress.noServer();
        exchange.facts().servers().add(ServerTry.none(from.pool().name(), status, leaveQueueAt(client.nowNs())));
        request.fail(status);
    }

    // ---- the queue

    private void enqueue(Balancer from, Lease held) {
        if (!isInQueue) {
            isInQueue = true;
            queuedNs = client.nowNs();
            worker.loop()
                    .timers()
                    .set(this, queuedNs + from.pool().queue().timeout().toNanos());
        }
        state = State.QUEUED;
        if (!from.await(held, this)) {
            progress.termination("SQ");
            fail(from);
        }
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
            } else if (request.isDone() && balancer != null && lease != null && !lease.isHeld()) {
                // It left as it was called. Taking the room and giving it back calls whoever waits behind it.
                var flow = worker.loop().flow().clear();
                var address = client.address();
                if (address != null) {
                    flow.client(address, client.clientPort());
                }
                if (balancer.pick(flow, lease) == Balancer.Outcome.PICKED) {
                    lease.cancelled();
                }
            }
        });
    }

    @Override
    protected void onDeadline(long nowNs) {
        var from = balancer;
        if (state == State.PAUSING) {
            pick();
        } else if (state == State.QUEUED && from != null) {
            from.cancel(this);
            leaveQueue();
            progress.termination("sQ");
            fail(from);
        }
    }

    // ---- its end

    /** No server is wanted: a queue it waits in is left. */
    void cancel() {
        if (state == State.QUEUED && balancer != null) {
            balancer.cancel(this);
            leaveQueue();
        }
        stop();
    }

    /** Nothing more is picked. */
    void stop() {
        state = State.IDLE;
        worker.loop().timers().cancel(this);
    }

    /** Gives back what it held. */
    void end() {
        stop();
        if (lease != null) {
            lease.reset();
        }
    }
}
