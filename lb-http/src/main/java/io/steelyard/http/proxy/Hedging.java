package io.steelyard.http.proxy;

import io.steelyard.api.schedule.Balancer;
import io.steelyard.core.loop.Timer;
import io.steelyard.http.message.Method;
import io.steelyard.http.route.ProxyPlan;
import org.jspecify.annotations.Nullable;

/** Asks a second server when a request's first has had its time, and holds the {@link Hedge} until one of them won. Owned by the request's loop. */
final class Hedging extends Timer {
    private final Forwarding request;
    private final HttpWorker worker;
    private final ProxyPlan plan;
    private @Nullable Hedge second;

    Hedging(Forwarding request, HttpWorker worker, ProxyPlan plan) {
        this.request = request;
        this.worker = worker;
        this.plan = plan;
    }

    /** Whether a second server may be asked at all, as far as the method says. */
    static boolean isFor(Method method) {
        return switch (method) {
            case GET, HEAD, OPTIONS -> true;
            default -> false;
        };
    }

    /** The first server begins to be asked. */
    void arm(Balancer from, long nowNs) {
        var wanted = plan.configured().hedging();
        if (wanted.isPresent()) {
            var rule = wanted.get();
            long leastNs = rule.delay().toNanos();
            long delayNs = rule.percentile() == 0
                    ? leastNs
                    : Math.max(leastNs, worker.recentTimes(from.pool()).percentile(rule.percentile()));
            worker.loop().timers().set(this, nowNs + delayNs);
        }
    }

    @Override
    protected void onDeadline(long nowNs) {
        if (second == null) {
            request.hedge();
        }
    }

    /** Asks a server other than the first, where there is one with room. */
    void ask(Exchange exchange, Balancer from, String first) {
        var lease = from.newLease();
        if (from.pick(RequestFlow.of(exchange, from).avoided(first), lease) != Balancer.Outcome.PICKED) {
            return;
        }
        var opening = worker.opening();
        var connection = opening.open(from.pool(), lease.server(), plan, exchange);
        if (connection == null) {
            lease.cancelled();
            return;
        }
        var attempt = new Attempt();
        attempt.begin(
                lease.server().address(), Attempt.NEVER, worker.loop().timers().nowNs());
        var started = new Hedge(request, worker, lease, attempt, plan.readTimeoutNs());
        second = started;
        started.use(connection, plan.connectTimeoutNs());
    }

    boolean isOn(Hedge one) {
        return second == one;
    }

    /** The second server is no longer asked, and its request is whoever takes it's; null where there is none. */
    @Nullable
    Hedge take() {
        var taken = second;
        second = null;
        return taken;
    }

    /** No second server is wanted any more. */
    void drop() {
        worker.loop().timers().cancel(this);
        var dropped = take();
        if (dropped != null) {
            dropped.cancel();
        }
    }
}
