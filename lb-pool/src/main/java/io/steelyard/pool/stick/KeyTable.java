package io.steelyard.pool.stick;

import io.steelyard.api.affinity.CountedKey;
import io.steelyard.api.affinity.CountedKeys;
import io.steelyard.api.affinity.StickCount;
import io.steelyard.api.affinity.StickTable;
import io.steelyard.api.schedule.EventRate;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The counters of one {@link StickTable} at work (HAProxy's stick tables).
 *
 * <p>Safe for all threads. Finding and storing a key is done in one of up to 16 parts, each guarded by its own monitor, which is held for one
 * look-up; counting takes no lock ({@link KeyCounters}). The keys of a part are in the order in which they were stored or used through the
 * table; one that was used otherwise since is moved behind the others when its turn to go would come. A full part gives up a key of its own, and
 * never one that is tracked.
 */
public final class KeyTable implements CountedKeys {
    private static final int MOST_PARTS = 16;
    private static final int LEAST_KEYS_OF_A_PART = 4_096;

    /** How many keys are looked at for one that may go, so that a part of keys that are all tracked costs no more. */
    private static final int MOST_LOOKED_AT = 16;

    /** Guarded by its own monitor. */
    private static final class Part {
        private final int capacity;
        private final LinkedHashMap<String, KeyCounters> entries = new LinkedHashMap<>();

        private Part(int capacity) {
            this.capacity = capacity;
        }
    }

    private final StickTable specification;
    private final LongSupplier nowMs;
    private final long expireMs;
    private final CounterPlaces places;
    private final Part[] parts;

    private KeyTable(StickTable specification, LongSupplier nowMs, Part[] parts) {
        this.specification = specification;
        this.nowMs = nowMs;
        this.parts = parts;
        places = new CounterPlaces(specification.counters());
        expireMs = specification.expire().isZero()
                ? Long.MAX_VALUE
                : specification.expire().toMillis();
    }

    /**
     * An empty table.
     *
     * @param nowMs milliseconds of a clock that does not go back
     */
    public static KeyTable of(StickTable specification, LongSupplier nowMs) {
        int most = Math.clamp(specification.capacity() / LEAST_KEYS_OF_A_PART, 1, MOST_PARTS);
        var parts = new Part[Integer.highestOneBit(most)];
        for (int i = 0; i < parts.length; i++) {
            parts[i] = new Part(
                    specification.capacity() / parts.length + (i < specification.capacity() % parts.length ? 1 : 0));
        }
        return new KeyTable(specification, nowMs, parts);
    }

    KeyTable successor(StickTable changed) {
        boolean keeps = changed.capacity() == specification.capacity()
                && changed.keyBytes() == specification.keyBytes()
                && changed.keys() == specification.keys()
                && changed.counters().equals(specification.counters());
        return keeps ? new KeyTable(changed, nowMs, parts) : of(changed, nowMs);
    }

    @Override
    public StickTable specification() {
        return specification;
    }

    @Override
    public @Nullable CountedKey find(String key) {
        var wanted = TableKeys.of(specification, key);
        if (wanted == null) {
            return null;
        }
        var part = part(wanted);
        synchronized (part) {
            return live(part, wanted);
        }
    }

    @Override
    public @Nullable CountedKey use(String key) {
        return use(key, 0);
    }

    @Override
    public @Nullable CountedKey track(String key) {
        return use(key, 1);
    }

    private @Nullable CountedKey use(String key, int tracks) {
        var wanted = TableKeys.of(specification, key);
        if (wanted == null) {
            return null;
        }
        var part = part(wanted);
        synchronized (part) {
            var entry = live(part, wanted);
            if (entry == null) {
                if (part.entries.size() >= part.capacity && !makesRoom(part)) {
                    return null;
                }
                entry = new KeyCounters(wanted, places, nowMs, expireMs);
                part.entries.put(wanted, entry);
            } else {
                part.entries.putLast(wanted, entry);
            }
            // Within the monitor, so that nobody gives up an entry that is about to be tracked.
            entry.track(tracks);
            entry.touch();
            return entry;
        }
    }

    @Override
    public void release(CountedKey tracked) {
        var entry = (KeyCounters) tracked;
        entry.touch();
        entry.track(-1);
    }

    @Override
    public boolean remove(String key) {
        var wanted = TableKeys.of(specification, key);
        if (wanted == null) {
            return true;
        }
        var part = part(wanted);
        synchronized (part) {
            var entry = part.entries.get(wanted);
            if (entry != null && entry.trackers() > 0) {
                return false;
            }
            part.entries.remove(wanted);
            return true;
        }
    }

    @Override
    public List<CountedKey> all() {
        var all = new ArrayList<CountedKey>();
        for (var part : parts) {
            synchronized (part) {
                part.entries.values().removeIf(KeyCounters::isExpired);
                all.addAll(part.entries.values());
            }
        }
        all.sort(Comparator.comparing(CountedKey::key));
        return all;
    }

    private static @Nullable KeyCounters live(Part part, String key) {
        var entry = part.entries.get(key);
        if (entry != null && entry.isExpired()) {
            part.entries.remove(key);
            return null;
        }
        return entry;
    }

    /** Gives up the key that was not used for longest, where one may go. */
    private boolean makesRoom(Part part) {
        for (int i = 0; i < MOST_LOOKED_AT && !part.entries.isEmpty(); i++) {
            var eldest = part.entries.pollFirstEntry();
            var entry = eldest.getValue();
            if (entry.isExpired()) {
                return true;
            }
            boolean isUsedSince = entry.takeUsed() || entry.trackers() > 0;
            if (!isUsedSince && specification.purges()) {
                return true;
            }
            part.entries.putLast(eldest.getKey(), entry);
        }
        return false;
    }

    private Part part(String key) {
        int hash = key.hashCode();
        return parts[(hash ^ hash >>> 16) & parts.length - 1];
    }

    /** Where an entry has the counters of its table. Immutable. */
    static final class CounterPlaces {
        private final int[] places = new int[StickCount.values().length];

        /** 0 for what is not counted. */
        private final int[] sizes = new int[StickCount.values().length];

        private final long[] periodsMs = new long[StickCount.values().length];
        private int sums;
        private int rates;

        private CounterPlaces(List<StickTable.Counter> counters) {
            for (var counter : counters) {
                var count = counter.count();
                places[count.ordinal()] = count.isRate() ? rates : sums;
                sizes[count.ordinal()] = counter.size();
                periodsMs[count.ordinal()] = counter.period().toMillis();
                if (count.isRate()) {
                    rates += counter.size();
                } else {
                    sums += counter.size();
                }
            }
            for (var count : StickCount.values()) {
                var array = count.array();
                if (array != null && sizes[array.ordinal()] > count.element()) {
                    places[count.ordinal()] = places[array.ordinal()] + count.element();
                    sizes[count.ordinal()] = 1;
                    periodsMs[count.ordinal()] = periodsMs[array.ordinal()];
                }
            }
        }

        /** -1 where it is not counted. */
        int of(StickCount count, int index) {
            int kind = count.ordinal();
            return index >= 0 && index < sizes[kind] ? places[kind] + index : -1;
        }

        long periodMs(StickCount count) {
            return periodsMs[count.ordinal()];
        }

        int sums() {
            return sums;
        }

        EventRate[] newRates() {
            var made = new EventRate[rates];
            for (int i = 0; i < rates; i++) {
                made[i] = new EventRate();
            }
            return made;
        }
    }
}
