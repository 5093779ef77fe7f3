package io.steelyard.api.http;

/**
 * What becomes of header fields about the client that a request already has, such as {@code X-Forwarded-For}, {@code X-Real-IP} and
 * {@code Forwarded}, and what is added to them. A stranger can write into them what it likes.
 */
public enum IngressPolicy {
    /** They go, whoever sent them, and ours take their place: the rule at the edge, and the one that holds if nothing is said. */
    OVERWRITE,
    /** A trusted peer's X-Forwarded-For and Forwarded are kept and ours appended; anybody else's go as with {@link #OVERWRITE}. */
    APPEND,
    /** They stay as they are, and nothing is added: nginx's and HAProxy's rule, whose files say themselves what is told to servers. */
    KEEP
}
