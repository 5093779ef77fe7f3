package io.steelyard.api.affinity;

/**
 * What a {@link StickTable} counts under one key. Safe for all threads; counting takes no lock and allocates nothing.
 *
 * <p>Without an index, the first of an array is meant. What is no array has the index 0 alone. Where the table counts an array, {@link
 * StickCount#GPC0} and its like are elements of it. An index that the table does not have is not counted; it may be any number.
 */
public interface CountedKey {
    /** The key, as the table's {@link StickTable.Keys} have it. */
    String key();

    /** Whether the table counts this. */
    boolean has(StickCount count, int index);

    /** Whether the table counts this. */
    default boolean has(StickCount count) {
        return has(count, 0);
    }

    /** How much was counted; of a rate, in its period up to now. 0 for what the table does not count. */
    long value(StickCount count, int index);

    /** How much was counted, as {@link #value(StickCount, int)} has it. */
    default long value(StickCount count) {
        return value(count, 0);
    }

    /** Counts, where the table does. @return the sum; of a rate, that of its current period */
    long add(StickCount count, int index, long amount);

    /** Counts, where the table does. @return the sum; of a rate, that of its current period */
    default long add(StickCount count, long amount) {
        return add(count, 0, amount);
    }

    /** Sets what was counted; of a rate, to so many events in its period up to now. */
    void set(StickCount count, int index, long value);

    /** Sets what was counted; of a rate, to so many events in its period up to now. */
    default void set(StickCount count, long value) {
        set(count, 0, value);
    }

    /** How many connections and requests track it. */
    int trackers();

    /** Milliseconds until it is forgotten; {@link Long#MAX_VALUE} where it is not. */
    long leftMs();
}
