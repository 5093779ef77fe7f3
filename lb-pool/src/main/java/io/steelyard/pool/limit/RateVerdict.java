package io.steelyard.pool.limit;

import io.steelyard.api.http.RateLimit;
import org.jspecify.annotations.Nullable;

/**
 * What the rate limits of a route say of one request.
 *
 * @param limit the one that decided; null where none held the request up
 * @param excess thousandths of a request above that limit's rate
 * @param delayMs how long the request waits, in milliseconds; 0 unless it is DELAYED
 */
public record RateVerdict(Outcome outcome, @Nullable RateLimit limit, long excess, long delayMs) {
    /** What is to be done with the request. */
    public enum Outcome {
        /** It has no key that counts, and goes on. */
        NOT_COUNTED,
        /** It goes on. */
        PASSED,
        /** It waits, or would but for a dry run. */
        DELAYED,
        /** It is refused, or would be but for a dry run. */
        REJECTED
    }

    static final RateVerdict NOT_COUNTED = new RateVerdict(Outcome.NOT_COUNTED, null, 0, 0);
    static final RateVerdict PASSED = new RateVerdict(Outcome.PASSED, null, 0, 0);

    /** Whether the request goes on at once whatever the outcome. */
    public boolean isDryRun() {
        return limit != null && limit.isDryRun();
    }

    /** The outcome as nginx's {@code $limit_req_status} has it; null where no limit counted the request. */
    public @Nullable String status() {
        return switch (outcome) {
            case NOT_COUNTED -> null;
            case PASSED -> "PASSED";
            case DELAYED -> isDryRun() ? "DELAYED_DRY_RUN" : "DELAYED";
            case REJECTED -> isDryRun() ? "REJECTED_DRY_RUN" : "REJECTED";
        };
    }

    /** What is logged of a request that is held up, in nginx's words. */
    public String message() {
        return (outcome == Outcome.DELAYED ? "delaying request" : "limiting requests")
                + (isDryRun() ? ", dry run" : "")
                + ", excess: " + excess / LeakyBuckets.REQUEST + "." + thousandths(excess % LeakyBuckets.REQUEST)
                + (outcome == Outcome.DELAYED ? ", by zone \"" : " by zone \"")
                + (limit == null ? "" : limit.zone()) + "\"";
    }

    private static String thousandths(long value) {
        return (value < 10 ? "00" : value < 100 ? "0" : "") + value;
    }
}
