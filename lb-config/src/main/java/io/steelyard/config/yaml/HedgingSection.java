package io.steelyard.config.yaml;

import io.steelyard.api.http.Hedging;
import java.time.Duration;

/** {@link Hedging}. */
final class HedgingSection extends Section<Hedging> {
    private final Key<Hedging, Duration> delay = required(
            "delay",
            Forms.positiveTime(),
            Hedging::delay,
            "How long the first server has until its answer begins; with a percentile, how long at least.");
    private final Key<Hedging, Double> percentile = optional(
            "percentile",
            Forms.decimal(0, 100),
            Hedging::percentile,
            0.0,
            "Of the pool's recent times until an answer began, below 100, after which another is asked; 0 for `delay` alone.");

    HedgingSection() {
        super("hedging");
    }

    @Override
    Hedging make(Values values) {
        return new Hedging(values.get(delay), values.or(percentile, 0.0));
    }
}
