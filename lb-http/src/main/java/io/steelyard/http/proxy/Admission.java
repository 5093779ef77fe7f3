package io.steelyard.http.proxy;

import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.core.loop.Timer;
import io.steelyard.http.route.Route;
import io.steelyard.pool.limit.Permit;
import io.steelyard.pool.limit.RateVerdict;
import java.lang.System.Logger;
import org.jspecify.annotations.Nullable;

/**
 * What the limits of its route say of one request: first those of rate, which may have it wait, then those of how many there may be at once.
 * Each kind is asked once for a request, though it be served by another route in the end (nginx). Owned by its exchange's loop.
 */
final class Admission extends Timer {
    private static final Logger LOG = System.getLogger(Admission.class.getName());

    private final Exchange exchange;
    private boolean isRated;
    private @Nullable Permit permit;
    private @Nullable Route waiting;

    Admission(Exchange exchange) {
        this.exchange = exchange;
    }

    /** Has the exchange go on with the request, now or later, or refuse it. */
    void enter(Route route) {
        if (!isRated && !route.configured().rateLimits().isEmpty()) {
            var verdict = exchange.plan()
                    .rateZones()
                    .ask(
                            route.configured().rateLimits(),
                            exchange.evaluation(),
                            exchange.client().nowNs() / 1_000_000);
            isRated = verdict.outcome() != RateVerdict.Outcome.NOT_COUNTED;
            exchange.facts().rated(verdict.status());
            if (holdsUp(verdict, route)) {
                return;
            }
        }
        enterCounted(route);
    }

    private boolean holdsUp(RateVerdict verdict, Route route) {
        var limit = verdict.limit();
        if (limit == null) {
            return false;
        }
        boolean waits = verdict.outcome() == RateVerdict.Outcome.DELAYED;
        LOG.log(waits ? lower(limit.level()) : level(limit.level()), verdict.message());
        if (limit.isDryRun()) {
            return false;
        }
        if (waits) {
            waiting = route;
            var timers = exchange.client().worker().loop().timers();
            timers.set(this, exchange.client().nowNs() + verdict.delayMs() * 1_000_000);
        } else {
            exchange.replyError(limit.status());
        }
        return true;
    }

    private void enterCounted(Route route) {
        var limits = route.configured().limits();
        if (permit == null && !limits.isEmpty()) {
            var entered = exchange.plan().zones().acquire(limits, exchange.evaluation());
            permit = entered;
            exchange.facts().limited(entered.reached().isPresent(), entered.isGranted());
            entered.reached()
                    .ifPresent(limit -> LOG.log(
                            level(limit.level()),
                            "limiting connections" + (limit.isDryRun() ? ", dry run," : "") + " by zone \""
                                    + limit.zone() + "\""));
            if (!entered.isGranted()) {
                exchange.replyError(route.configured().limitStatus());
                return;
            }
        }
        exchange.admitted(route);
    }

    /** The request has waited long enough. */
    @Override
    protected void onDeadline(long nowNs) {
        var route = waiting;
        waiting = null;
        if (route != null) {
            enterCounted(route);
        }
    }

    /** The request waits and counts no longer. */
    void end() {
        waiting = null;
        exchange.client().worker().loop().timers().cancel(this);
        if (permit != null) {
            permit.close();
        }
    }

    private static Logger.Level level(ConnectionLimit.Level level) {
        return switch (level) {
            case INFO, NOTICE -> Logger.Level.INFO;
            case WARN -> Logger.Level.WARNING;
            case ERROR -> Logger.Level.ERROR;
        };
    }

    /** A request that waits is logged one level lower. */
    private static Logger.Level lower(ConnectionLimit.Level level) {
        return level == ConnectionLimit.Level.ERROR ? Logger.Level.WARNING : Logger.Level.INFO;
    }
}
