package io.steelyard.config.haproxy.expression;

/** Whether something holds. */
public enum Verdict {
    HOLDS,
    FAILS,
    /** That depends on what has not come yet. */
    WAITS;

    Verdict not() {
        return switch (this) {
            case HOLDS -> FAILS;
            case FAILS -> HOLDS;
            case WAITS -> WAITS;
        };
    }

    Verdict or(Verdict other) {
        if (this == HOLDS || other == HOLDS) {
            return HOLDS;
        }
        return this == WAITS ? this : other;
    }
}
