package io.steelyard.api.affinity;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/**
 * What is remembered of clients, under keys of at most {@code keyBytes} bytes: the server each had last, and counts of what each does. One for
 * the whole process, whichever loop serves a client; it survives configuration changes that leave its capacity, its keys and its counters as
 * they are.
 *
 * @param name unique within a configuration
 * @param keyBytes longer keys are cut (HAProxy {@code string len}), 1 to 1024
 * @param capacity how many keys at most, 1 to 16777216
 * @param expire how long a key is remembered after its last use; zero for as long as there is room
 * @param purges whether the key that was not used for longest gives way to a new one in a full table; else the new one is not stored (HAProxy
 *     {@code nopurge})
 * @param keys what keys are; others are not stored
 * @param counters what is counted under each key, each thing once; an array stands for its single counters ({@link StickCount#array}), which
 *     cannot be beside it
 */
public record StickTable(
        String name, int keyBytes, int capacity, Duration expire, boolean purges, Keys keys, List<Counter> counters) {
    /** How many elements an array has at most. */
    public static final int MOST_OF_ARRAY = 100;

    /** What the keys of counters are. */
    public enum Keys {
        STRING,
        /** IPv4 addresses, also those written as IPv6 addresses. */
        IP,
        /** IPv6 addresses, IPv4 ones mapped into them. */
        IPV6,
        INTEGER,
        BINARY
    }

    /**
     * Something that is counted.
     *
     * @param period of a rate, at least a millisecond; zero for what is no rate
     * @param size how many an array has, 1 to 100; 1 for what is none
     */
    public record Counter(StickCount count, Duration period, int size) {
        public Counter {
            Objects.requireNonNull(count, "count");
            if (count.isRate() ? period.toMillis() < 1 : !period.isZero()) {
                throw new IllegalArgumentException("the period of " + count.countName() + " is " + period
                        + ", expected " + (count.isRate() ? "at least a millisecond" : "none, as it is no rate"));
            }
            if (size < 1 || size > (count.isArray() ? MOST_OF_ARRAY : 1)) {
                throw new IllegalArgumentException("the size of " + count.countName() + " is " + size + ", expected "
                        + (count.isArray() ? "1 to " + MOST_OF_ARRAY : "1, as it is no array"));
            }
        }

        /** What is no array, or an array of one. */
        public Counter(StickCount count, Duration period) {
            this(count, period, 1);
        }

        /** What is no rate. */
        public static Counter of(StickCount count) {
            return new Counter(count, Duration.ZERO);
        }
    }

    public StickTable {
        Objects.requireNonNull(name, "name");
        Objects.requireNonNull(keys, "keys");
        counters = List.copyOf(counters);
        if (keyBytes < 1 || keyBytes > 1024) {
            throw new IllegalArgumentException("keyBytes is " + keyBytes + ", expected 1 to 1024");
        }
        if (capacity < 1 || capacity > 1 << 24) {
            throw new IllegalArgumentException("capacity is " + capacity + ", expected 1 to 16777216");
        }
        if (expire.isNegative()) {
            throw new IllegalArgumentException("expire is negative");
        }
        var counted = new HashSet<StickCount>();
        for (var counter : counters) {
            if (!counted.add(counter.count())) {
                throw new IllegalArgumentException(
                        "stick table " + name + " counts " + counter.count().countName() + " twice");
            }
        }
        for (var counter : counters) {
            var array = counter.count().array();
            if (array != null && counted.contains(array)) {
                throw new IllegalArgumentException(
                        "stick table " + name + " counts " + counter.count().countName() + " and " + array.countName()
                                + ", which stands for it; leave one out");
            }
        }
    }

    /** A table that counts nothing. */
    public StickTable(String name, int keyBytes, int capacity, Duration expire, boolean purges) {
        this(name, keyBytes, capacity, expire, purges, Keys.STRING, List.of());
    }

    /** Keys of up to 32 bytes, as HAProxy has them. */
    public static StickTable of(String name, int capacity, Duration expire) {
        return new StickTable(name, 32, capacity, expire, true);
    }
}
