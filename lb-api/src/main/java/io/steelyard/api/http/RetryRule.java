package io.steelyard.api.http;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/**
 * When a request is given to another server after one failed it, while nothing of an answer was sent to the client.
 *
 * @param reasons what counts as a server's failure; for passive health too
 * @param repeatsUnsafe whether requests with POST, LOCK or PATCH are repeated though the failed server may have carried them out
 * @param tries servers tried in all; 0 for as many as there are
 * @param timeout how long after the first try another may begin; zero for no limit
 * @param sameServer whether the server that failed is asked again; absent for another server at each try
 */
public record RetryRule(
        Set<Reason> reasons, boolean repeatsUnsafe, int tries, Duration timeout, Optional<SameServer> sameServer) {
    /** Another server for errors and timeouts (nginx's default). */
    public static final RetryRule DEFAULT =
            new RetryRule(Set.of(Reason.ERROR, Reason.TIMEOUT), false, 0, Duration.ZERO);

    /** No other server is ever tried. */
    public static final RetryRule NEVER = new RetryRule(Set.of(), false, 0, Duration.ZERO);

    /**
     * HAProxy's way: the server that failed is asked again, and another only where that is said. {@link RetryRule#tries} counts all tries
     * ({@code retries} and one), and is not bound by the number of servers.
     *
     * @param redispatch which tries go to another server: 0 for none; n for every nth retry; -1 for the last retry, -n for every (retries + 1 -
     *     n)th ({@code option redispatch})
     * @param pause before a server that refused a connection is asked again (HAProxy: the connect timeout, at most one second)
     */
    public record SameServer(int redispatch, Duration pause) {
        public SameServer {
            if (pause.isNegative()) {
                throw new IllegalArgumentException("pause is negative");
            }
        }

        /**
         * Whether a retry goes to another server.
         *
         * @param retry from 1
         * @param retries how many there may be
         */
        public boolean goesElsewhere(int retry, int retries) {
            return redispatch > 0 && retry % redispatch == 0
                    || redispatch < 0 && retries + 1 + redispatch > 0 && retry % (retries + 1 + redispatch) == 0;
        }
    }

    /** A way in which a server fails a request. */
    public enum Reason {
        /** It cannot be connected to, or not in time (HAProxy {@code conn-failure}). */
        CONNECT_FAILURE,
        /** It closes the connection before anything of an answer is there (HAProxy {@code empty-response}). */
        EMPTY_RESPONSE,
        /** Its answer does not begin in time (HAProxy {@code response-timeout}). */
        RESPONSE_TIMEOUT,
        /** It cannot be connected to, or the connection breaks before the answer's header is there. */
        ERROR,
        /** It is not connected to, written to or read from in time. */
        TIMEOUT,
        /** Its answer is empty or no HTTP. */
        INVALID_HEADER,
        STATUS_401,
        STATUS_403,
        STATUS_404,
        STATUS_408,
        STATUS_425,
        STATUS_429,
        STATUS_500,
        STATUS_501,
        STATUS_502,
        STATUS_503,
        STATUS_504
    }

    public RetryRule {
        reasons = Set.copyOf(reasons);
        Objects.requireNonNull(timeout, "timeout");
        Objects.requireNonNull(sameServer, "sameServer");
        if (tries < 0) {
            throw new IllegalArgumentException("tries is " + tries + ", expected at least 0");
        }
        if (timeout.isNegative()) {
            throw new IllegalArgumentException("timeout is negative");
        }
    }

    /** Another server at each try. */
    public RetryRule(Set<Reason> reasons, boolean repeatsUnsafe, int tries, Duration timeout) {
        this(reasons, repeatsUnsafe, tries, timeout, Optional.empty());
    }

    /**
     * Whether an answer with this status, where it is one of the reasons, speaks of the server and not of the request: what a client may not
     * have or what is not there (401, 403, 404, 425) may be asked of another server, but no server is held to have failed for it (nginx: 403
     * and 404).
     */
    public static boolean isOfServer(int status) {
        return switch (status) {
            case 401, 403, 404, 425 -> false;
            default -> true;
        };
    }

    /** Whether an answer with this status is a failure. */
    public boolean isFailure(int status) {
        return switch (status) {
            case 401 -> reasons.contains(Reason.STATUS_401);
            case 408 -> reasons.contains(Reason.STATUS_408);
            case 425 -> reasons.contains(Reason.STATUS_425);
            case 501 -> reasons.contains(Reason.STATUS_501);
            case 403 -> reasons.contains(Reason.STATUS_403);
            case 404 -> reasons.contains(Reason.STATUS_404);
            case 429 -> reasons.contains(Reason.STATUS_429);
            case 500 -> reasons.contains(Reason.STATUS_500);
            case 502 -> reasons.contains(Reason.STATUS_502);
            case 503 -> reasons.contains(Reason.STATUS_503);
            case 504 -> reasons.contains(Reason.STATUS_504);
            default -> false;
        };
    }
}
