package io.steelyard.api.pool;

import java.util.Objects;

/**
 * Failures of real traffic speak to a server's active checks (HAProxy {@code observe}): a number of them in a row counts as a probe that
 * failed, or brings the next probe forward. Only where the server has a check; a probe that passes, and a flow that goes well, begin the row
 * anew.
 *
 * @param layer what is looked at
 * @param errorLimit failures in a row that cause the reaction, at least 1 (HAProxy {@code error-limit})
 * @param reaction what they cause (HAProxy {@code on-error}). Whatever it is, the next probe comes no later than the transition interval of
 *     the check says, where it has one of its own
 */
public record Observation(Layer layer, int errorLimit, Reaction reaction) {
    /** HAProxy's number of failures. */
    public static final int DEFAULT_ERROR_LIMIT = 10;

    /** What is looked at. */
    public enum Layer {
        /** Whether connections to it succeed (HAProxy {@code layer4}). */
        CONNECTION,
        /**
         * Besides that, whether it answers requests, with a status that speaks for it: 100 to 499, 501 and 505, which clients cause (HAProxy
         * {@code layer7}). A connection that succeeds says nothing then.
         */
        ANSWER
    }

    /** What failures cause. */
    public enum Reaction {
        /** The next probe comes soon. */
        PROBE_SOON,
        /** They are a probe that failed. */
        FAILED_PROBE,
        /** They are a probe that failed, and one more such will bring it DOWN. */
        LAST_FAILED_PROBE,
        /** It is DOWN. */
        DOWN
    }

    public Observation {
        Objects.requireNonNull(layer, "layer");
        Objects.requireNonNull(reaction, "reaction");
        if (errorLimit < 1) {
            throw new IllegalArgumentException("errorLimit is " + errorLimit + ", expected at least 1");
        }
    }

    /** Ten failures are a failed probe. */
    public static Observation of(Layer layer) {
        return new Observation(layer, DEFAULT_ERROR_LIMIT, Reaction.FAILED_PROBE);
    }
}
