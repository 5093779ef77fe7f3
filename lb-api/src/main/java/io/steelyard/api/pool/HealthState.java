package io.steelyard.api.pool;

/** What health checks and passive detection say of a real server. */
public enum HealthState {
    /** Not checked yet; takes flows unless its check is mandatory. */
    UNKNOWN,
    /** Takes flows. */
    UP,
    /** Takes no new flow. */
    DOWN
}
