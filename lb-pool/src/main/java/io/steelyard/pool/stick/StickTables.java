package io.steelyard.pool.stick;

import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.schedule.TrafficCounts;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The stick tables of a configuration, by name. Immutable but for what the tables learn; safe for all threads. */
public final class StickTables {
    private final Map<String, LearnedServers> tables = new HashMap<>();
    private final Map<String, KeyTable> counted = new HashMap<>();

    private StickTables() {}

    /** Empty tables. */
    public static StickTables of(List<StickTable> specifications) {
        return new StickTables().successor(specifications);
    }

    /** The tables of a changed configuration; those with the same name, capacity and length of keys keep what they learned. */
    public StickTables successor(List<StickTable> specifications) {
        var next = new StickTables();
        for (var specification : specifications) {
            var known = tables.get(specification.name());
            next.tables.put(
                    specification.name(),
                    known == null ? LearnedServers.of(specification) : known.successor(specification));
            var counters = counted.get(specification.name());
            next.counted.put(
                    specification.name(),
                    counters == null
                            ? KeyTable.of(specification, () -> TrafficCounts.milliseconds(System.nanoTime()))
                            : counters.successor(specification));
        }
        return next;
    }

    /** The counters of the table of a name; null where there is no such table. */
    public @Nullable KeyTable counted(String name) {
        return counted.get(name);
    }

    /**
     * The table of a name.
     *
     * @throws IllegalArgumentException where there is none
     */
    public LearnedServers table(String name) {
        var table = tables.get(name);
        if (table == null) {
            throw new IllegalArgumentException("unknown stick table '" + name + "'");
        }
        return table;
    }
}
