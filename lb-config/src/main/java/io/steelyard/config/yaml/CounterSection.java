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
    private final Key<StickTable.Counter, Integer> size = optional(
            "size",
            Forms.whole(1, StickTable.MOST_OF_ARRAY),
            StickTable.Counter::size,
            1,
            "Of `gpt`, `gpc` and `gpcRate`: how many there are. An array stands for `gpt0`, `gpc0` and the like, which cannot be beside it.");

    CounterSection() {
        super("counter");
    }

    @Override
    StickTable.Counter make(Values values) {
        return new StickTable.Counter(values.get(count), values.or(period, Duration.ZERO), values.or(size, 1));
    }
}
