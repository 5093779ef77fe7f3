package io.steelyard.config.yaml;

import io.steelyard.api.affinity.StickCount;
import io.steelyard.api.affinity.StickTable;
import java.time.Duration;

/** {@link StickTable.Counter}. */
final class CounterSection extends Section<StickTable.Counter> {
    private final Key<StickTable.Counter, StickCount> count = required(
            "count",
            Forms.word(StickCount.class),
            StickTable.Counter::count,
            "What is counted, by HAProxy's names: `httpReqRate` is its `http_req_rate`.");
    private final Key<StickTable.Counter, Duration> period = optional(
            "period",
            Forms.time(),
            StickTable.Counter::period,
            Duration.ZERO,
            "Of a rate: how long back it looks. What is no rate has none.");

    CounterSection() {
        super("counter");
    }

    @Override
    StickTable.Counter make(Values values) {
        return new StickTable.Counter(values.get(count), values.or(period, Duration.ZERO));
    }
}
