package io.steelyard.admin.runtime;

/** What a user of a socket may do (HAProxy 2.6, {@code stats socket … level}); each may what those before it may. */
public enum Level {
    /** Sees counters and states. */
    USER,
    /** Sees everything, and clears what does no harm. */
    OPERATOR,
    /** Changes everything. */
    ADMIN
}
