package io.steelyard.pool.limit;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many connections each key has. A key without connections takes no room. Safe for all threads. */
final class KeyCounts {
    /** A longer key is not counted (nginx). */
    static final int MAX_KEY_BYTES = 255;

    /** Bytes compared by content; never changed once made. */
    record Key(String raw) {
        static Key of(byte[] bytes) {
            return new Key(new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1));
        }
    }

    private final int capacity;
    private final ConcurrentHashMap<Key, Integer> counts = new ConcurrentHashMap<>();
    /** Keys in {@link #counts}: raised before a key is put in and lowered after it is gone, so never below their number. */
    private final AtomicInteger keys = new AtomicInteger();

    KeyCounts(int capacity) {
        this.capacity = capacity;
    }

    /** Counts one more, unless there are {@code most} already or there is no room for a new key. */
    Optional<Key> add(byte[] bytes, int most) {
        var key = Key.of(bytes);
        boolean[] isCounted = {false};
        counts.compute(key, (same, count) -> {
            if (count != null) {
                isCounted[0] = count < most;
                return isCounted[0] ? Integer.valueOf(count + 1) : count;
            }
            if (keys.incrementAndGet() > capacity) {
                keys.decrementAndGet();
                return null;
            }
            isCounted[0] = true;
            return 1;
        });
        return isCounted[0] ? Optional.of(key) : Optional.empty();
    }

    void remove(Key key) {
        counts.computeIfPresent(key, (same, count) -> {
            if (count > 1) {
                return count - 1;
            }
            keys.decrementAndGet();
            return null;
        });
    }

    /** Keys that have connections. */
    int size() {
        return counts.size();
    }
}
