package io.steelyard.config.yaml;

import io.steelyard.api.affinity.StickTable;
import java.time.Duration;
import java.util.List;

/** {@link StickTable}. */
final class StickTableSection extends Section<StickTable> {
    private final Key<StickTable, Integer> capacity = required(
            "capacity", Forms.whole(1, 1 << 24), StickTable::capacity, "How many keys are remembered at most.");
    private final Key<StickTable, Integer> keyBytes =
            optional("keyBytes", Forms.whole(1, 1024), StickTable::keyBytes, 32, "Longer keys are cut.");
    private final Key<StickTable, Duration> expire = optional(
            "expire",
            Forms.time(),
            StickTable::expire,
            Duration.ZERO,
            "How long a key is remembered after its last use; `0s` for as long as there is room.");
    private final Key<StickTable, Boolean> purges = optional(
            "purges",
            Forms.flag(),
            StickTable::purges,
            true,
            "In a full table the key that was not used for longest gives way; `false`: a new key is not stored.");

    private final Key<StickTable, StickTable.Keys> keys = optional(
            "keys",
            Forms.word(StickTable.Keys.class),
            StickTable::keys,
            StickTable.Keys.STRING,
            "What is counted under: addresses that are none, and the like, are not stored.");
    private final Key<StickTable, List<StickTable.Counter>> counters = optional(
            "counters",
            Forms.list(Forms.shortened(new CounterSection(), "count")),
            StickTable::counters,
            List.of(),
            "What is counted under each key. A text alone names what is no rate.");

    StickTableSection() {
        super("stick table");
    }

    @Override
    StickTable make(Values values) {
        return new StickTable(
                values.name(),
                values.or(keyBytes, 32),
                values.get(capacity),
                values.or(expire, Duration.ZERO),
                values.or(purges, true),
                values.or(keys, StickTable.Keys.STRING),
                values.or(counters, List.of()));
    }
}
