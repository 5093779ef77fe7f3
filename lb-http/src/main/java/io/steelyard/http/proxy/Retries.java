package io.steelyard.http.proxy;

import io.steelyard.api.http.RetryRule;
import io.steelyard.api.http.RetryRule.Reason;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.http.message.Method;

/**
 * Whether a request that a server failed is tried once more, and where: nginx's rule ({@code proxy_next_upstream}) or, with
 * {@link RetryRule#sameServer}, HAProxy's ({@code retries}, {@code option redispatch}). Decides only; owned by one loop.
 */
final class Retries {
    private static final String[] NOBODY = {};

    private final RetryRule rule;
    private final long timeoutNs;
    private long firstTryNs;
    private int count;
    private boolean hadFreeTry;

    /** Whether the next try is to go to another server than the one that failed. */
    private boolean goesElsewhere;

    /** @param timeoutNs how long after the first try another may begin */
    Retries(RetryRule rule, long timeoutNs) {
        this.rule = rule;
        this.timeoutNs = timeoutNs;
    }

    /** The servers to choose from are known. */
    void begin(long nowNs) {
        firstTryNs = nowNs;
    }

    /** Whether no server has failed yet. */
    boolean isFirstTry() {
        return count == 0;
    }

    /** Tells the scheduler which servers are wanted after the last one failed. */
    void tell(Flow flow, String lastServer) {
        if (count > 0 && rule.sameServer().isPresent()) {
            flow.wanted(goesElsewhere ? NOBODY : new String[] {lastServer}, !goesElsewhere);
        }
    }

    /** HAProxy: where no other server is left, the one that failed is asked again. @return whether that is still to be done */
    boolean turnsBack() {
        boolean turns = goesElsewhere;
        goesElsewhere = false;
        return turns;
    }

    /** Whether a request that may have reached its server can be sent again. */
    boolean mayRepeat(Method method, boolean wasSent) {
        boolean isUnsafe = wasSent
                && switch (method) {
                    case POST, LOCK, PATCH -> true;
                    default -> false;
                };
        return !isUnsafe || rule.repeatsUnsafe();
    }

    /**
     * Whether there is time and a server left for another try.
     *
     * @param servers of the pool
     * @param tries servers tried so far
     */
    boolean hasTryLeft(int servers, int tries, long nowNs) {
        int most = rule.tries() == 0
                ? servers
                : rule.sameServer().isPresent() ? rule.tries() : Math.min(rule.tries(), servers);
        return tries < most && nowNs - firstTryNs < timeoutNs;
    }

    /** Whether a failure is one that requests are repeated for, by nginx's name of it or by HAProxy's. */
    boolean isReason(Lease.Failure failure, Reason reason, boolean wasSilent) {
        var finer = switch (failure) {
            case CONNECT_ERROR, CONNECT_TIMEOUT -> Reason.CONNECT_FAILURE;
            case READ_TIMEOUT -> Reason.RESPONSE_TIMEOUT;
            case BROKEN -> reason == Reason.ERROR && wasSilent ? Reason.EMPTY_RESPONSE : reason;
            case BAD_RESPONSE -> reason;
        };
        return rule.reasons().contains(reason) || rule.reasons().contains(finer);
    }

    /** Whether a kept connection that turned out dead is replaced without counting: once a request. */
    boolean hasFreeTry() {
        return !hadFreeTry;
    }

    void tookFreeTry() {
        hadFreeTry = true;
    }

    /** A server failed. */
    void failed() {
        count++;
    }

    /**
     * Chooses whether the next try goes to another server.
     *
     * @param wasRefused whether the server could not be connected to
     * @return how long the same server is left alone first, in ns
     */
    long pauseNs(boolean wasRefused) {
        if (rule.sameServer().isEmpty()) {
            return 0;
        }
        var same = rule.sameServer().get();
        goesElsewhere = same.goesElsewhere(count, rule.tries() - 1);
        return wasRefused && !goesElsewhere ? same.pause().toNanos() : 0;
    }

    /** How HAProxy's log calls a failure. */
    static String termination(Lease.Failure failure, Reason reason) {
        return switch (failure) {
            case CONNECT_ERROR -> "SC";
            case CONNECT_TIMEOUT -> "sC";
            case READ_TIMEOUT -> "sH";
            case BROKEN -> reason == Reason.INVALID_HEADER ? "PH" : "SH";
            case BAD_RESPONSE -> Progress.IN_ORDER;
        };
    }
}
