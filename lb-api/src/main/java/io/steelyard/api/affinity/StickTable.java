package io.steelyard.api.affinity;

import java.time.Duration;
import java.util.Objects;

/**
 * What is remembered of clients, under keys of at most {@code keyBytes} bytes: the server each had last. One for the whole process, whichever
 * loop serves a client; it survives configuration changes that leave its capacity and its keys as they are.
 *
 * @param name unique within a configuration
 * @param keyBytes longer keys are cut (HAProxy {@code string len}), 1 to 1024
 * @param capacity how many keys at most, 1 to 16777216
 * @param expire how long a key is remembered after its last use; zero for as long as there is room
 * @param purges whether the key that was not used for longest gives way to a new one in a full table; else the new one is not stored (HAProxy
 *     {@code nopurge})
 */
public record StickTable(String name, int keyBytes, int capacity, Duration expire, boolean purges) {
    public StickTable {
        Objects.requireNonNull(name, "name");
        if (keyBytes < 1 || keyBytes > 1024) {
            throw new IllegalArgumentException("keyBytes is " + keyBytes + ", expected 1 to 1024");
        }
        if (capacity < 1 || capacity > 1 << 24) {
            throw new IllegalArgumentException("capacity is " + capacity + ", expected 1 to 16777216");
        }
        if (expire.isNegative()) {
            throw new IllegalArgumentException("expire is negative");
        }
    }

    /** Keys of up to 32 bytes, as HAProxy has them. */
    public static StickTable of(String name, int capacity, Duration expire) {
        return new StickTable(name, 32, capacity, expire, true);
    }
}
