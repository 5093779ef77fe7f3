package io.steelyard.api.pool;

/** What an operator wants of a real server. */
public enum AdminState {
    /** Takes flows. */
    ENABLED,
    /** Takes no new flow except those affinity brings back; the flows it has finish. */
    DRAINING,
    /** Takes no flow at all; the flows it has finish. */
    DISABLED
}
