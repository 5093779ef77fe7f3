package io.steelyard.api.affinity;

/** What a {@link StickTable} counts under one key. Safe for all threads; counting takes no lock and allocates nothing. */
public interface CountedKey {
    /** The key, as the table's {@link StickTable.Keys} have it. */
    String key();

    /** Whether the table counts this. */
    boolean has(StickCount count);

    /** How much was counted; of a rate, in its period up to now. 0 for what the table does not count. */
    long value(StickCount count);

    /** Counts, where the table does. @return the sum; of a rate, that of its current period */
    long add(StickCount count, long amount);

    /** Sets what was counted; of a rate, to so many events in its period up to now. */
    void set(StickCount count, long value);

    /** How many connections and requests track it. */
    int trackers();

    /** Milliseconds until it is forgotten; {@link Long#MAX_VALUE} where it is not. */
    long leftMs();
}
