package io.steelyard.api;

/**
 * Whose observable habits a pool has where programs differ: passive-failure rule, backup rule, retry rule, default scheduler, the meaning of
 * a connection limit. A configuration reader selects its own; a builder defaults to {@link #NATIVE}.
 */
public enum Personality {
    /** Ours: sliding-window passive failures, every backup used, {@code p2c}. */
    NATIVE("p2c"),
    /** nginx: {@code max_fails}/{@code fail_timeout}, every backup used, smooth weighted round robin. */
    NGINX("nginx.round_robin"),
    /** HAProxy: first usable backup only, {@code random}. */
    HAPROXY("haproxy.random"),
    /** LVS: connection limits with hysteresis, {@code wlc}. */
    LVS("lvs.wlc");

    private final String defaultScheduler;

    Personality(String defaultScheduler) {
        this.defaultScheduler = defaultScheduler;
    }

    /** The scheduler of a pool that names none. */
    public String defaultScheduler() {
        return defaultScheduler;
    }
}
