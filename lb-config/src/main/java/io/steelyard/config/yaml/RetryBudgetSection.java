package io.steelyard.config.yaml;

import io.steelyard.api.pool.RetryBudget;
import java.time.Duration;

/** {@link RetryBudget}. */
final class RetryBudgetSection extends Section<RetryBudget> {
    private static final RetryBudget DEFAULTS = RetryBudget.DEFAULT;

    private final Key<RetryBudget, Double> share = optional(
            "share",
            Forms.decimal(0, 10),
            RetryBudget::share,
            DEFAULTS.share(),
            "Further tries each request allows for: 0.2 for one in five requests.");
    private final Key<RetryBudget, Integer> leastPerSecond = optional(
            "leastPerSecond",
            Forms.whole(0, Integer.MAX_VALUE),
            RetryBudget::leastPerSecond,
            DEFAULTS.leastPerSecond(),
            "Tries a second that are allowed in any case.");
    private final Key<RetryBudget, Duration> window = optional(
            "window",
            Forms.positiveTime(),
            RetryBudget::window,
            DEFAULTS.window(),
            "How long requests count, `1s` to `60s`.");

    RetryBudgetSection() {
        super("retry budget");
    }

    @Override
    RetryBudget make(Values values) {
        return new RetryBudget(
                values.or(share, DEFAULTS.share()),
                values.or(leastPerSecond, DEFAULTS.leastPerSecond()),
                values.or(window, DEFAULTS.window()));
    }
}
