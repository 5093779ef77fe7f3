package io.steelyard.pool.stick;

import io.steelyard.api.affinity.StickTable;
import java.util.LinkedHashMap;
import org.jspecify.annotations.Nullable;

/**
 * One {@link StickTable} at work: the id of the server that each key had last. Keys are in an order of last use, so that the one that was not
 * used for longest is also the first to expire.
 *
 * <p>Safe for all threads. A table of many keys is divided into parts, each guarded by its own monitor, which is held for one look-up and never
 * while anything is waited for: every use of a key changes the order, for which there is no form without a lock. A full part gives up a key of
 * its own.
 */
public final class LearnedServers {
    private static final int MOST_PARTS = 16;
    private static final int LEAST_KEYS_OF_A_PART = 4_096;

    private static final class Entry {
        private String serverId;
        private long usedNs;

        private Entry(String serverId, long usedNs) {
            this.serverId = serverId;
            this.usedNs = usedNs;
        }
    }

    /** Guarded by its own monitor. */
    private static final class Part {
        private final int capacity;
        private final LinkedHashMap<String, Entry> entries = new LinkedHashMap<>(16, 0.75f, true);

        private Part(int capacity) {
            this.capacity = capacity;
        }
    }

    private final StickTable specification;
    private final long expireNs;
    private final Part[] parts;

    private LearnedServers(StickTable specification, Part[] parts) {
        this.specification = specification;
        this.parts = parts;
        expireNs = specification.expire().isZero()
                ? Long.MAX_VALUE
                : specification.expire().toNanos();
    }

    /** An empty table. */
    public static LearnedServers of(StickTable specification) {
        int most = Math.clamp(specification.capacity() / LEAST_KEYS_OF_A_PART, 1, MOST_PARTS);
        var parts = new Part[Integer.highestOneBit(most)];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new Part(
                    specification.capacity() / parts.length + (i < specification.capacity() % parts.length ? 1 : 0));
        }
        return new LearnedServers(specification, parts);
    }

    LearnedServers successor(StickTable changed) {
        boolean keeps =
                changed.capacity() == specification.capacity() && changed.keyBytes() == specification.keyBytes();
        return keeps ? new LearnedServers(changed, parts) : of(changed);
    }

    /**
     * The id of the server a key had last, which then counts as used now; null where the key is empty, unknown or expired.
     *
     * @param key each character one byte
     * @param nowNs of one monotonic clock for all callers
     */
    public @Nullable String find(String key, long nowNs) {
        if (key.isEmpty()) {
            return null;
        }
        var wanted = cut(key);
        var part = part(wanted);
        synchronized (part) {
            var entry = part.entries.get(wanted);
            if (entry == null) {
                return null;
            }
            if (nowNs - entry.usedNs >= expireNs) {
                part.entries.remove(wanted);
                return null;
            }
            entry.usedNs = nowNs;
            return entry.serverId;
        }
    }

    /** Remembers a key's server; nothing is done with an empty key, nor in a full table that purges none. */
    public void store(String key, String serverId, long nowNs) {
        if (key.isEmpty()) {
            return;
        }
        var wanted = cut(key);
        var part = part(wanted);
        synchronized (part) {
            var entry = part.entries.get(wanted);
            if (entry != null) {
                entry.serverId = serverId;
                entry.usedNs = nowNs;
                return;
            }
            if (part.entries.size() < part.capacity || makesRoom(part, nowNs)) {
                part.entries.put(wanted, new Entry(serverId, nowNs));
            }
        }
    }

    /** How many keys are remembered, those counted that have expired and were not asked for since. */
    public int size() {
        int size = 0;
        for (var part : parts) {
            synchronized (part) {
                size += part.entries.size();
            }
        }
        return size;
    }

    private boolean makesRoom(Part part, long nowNs) {
        var eldest = part.entries.entrySet().iterator();
        if (!specification.purges() && nowNs - eldest.next().getValue().usedNs < expireNs) {
            return false;
        }
        part.entries.pollFirstEntry();
        return true;
    }

    private String cut(String key) {
        return key.length() <= specification.keyBytes() ? key : key.substring(0, specification.keyBytes());
    }

    private Part part(String key) {
        int hash = key.hashCode();
        return parts[(hash ^ hash >>> 16) & parts.length - 1];
    }
}
