package io.steelyard.pool.stick;

import io.steelyard.api.affinity.CountedKey;
import io.steelyard.api.affinity.StickCount;
import io.steelyard.api.schedule.EventRate;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.function.LongSupplier;

/**
 * One key of a {@link KeyTable}. Its counters are written by the loops of all that track it, each by atomic addition, and read by any thread:
 * a value that is a moment old is as good.
 */
final class KeyCounters implements CountedKey {
    private final String key;
    private final KeyTable.CounterPlaces places;
    private final LongSupplier clockMs;
    private final long expireMs;
    private final AtomicLongArray sums;
    private final EventRate[] rates;

    /** Raised under the monitor of its part, so that what is given up there is tracked by nobody; lowered anywhere. */
    private final AtomicInteger trackers = new AtomicInteger();

    /** When it was used last. Any thread; the newest of several at one time need not win. */
    private volatile long usedMs;

    /** Whether it was used since its part looked at it last. The same. */
    private volatile boolean isUsed;

    KeyCounters(String key, KeyTable.CounterPlaces places, LongSupplier clockMs, long expireMs) {
        this.key = key;
        this.places = places;
        this.clockMs = clockMs;
        this.expireMs = expireMs;
        sums = new AtomicLongArray(places.sums());
        rates = places.newRates();
    }

    void touch() {
        usedMs = clockMs.getAsLong();
        isUsed = true;
    }

    /** Whether it was used since this was asked last. */
    boolean takeUsed() {
        boolean was = isUsed;
        isUsed = false;
        return was;
    }

    void track(int change) {
        if (change != 0) {
            trackers.addAndGet(change);
        }
    }

    boolean isExpired() {
        return trackers.get() == 0 && clockMs.getAsLong() - usedMs >= expireMs;
    }

    @Override
    public String key() {
        return key;
    }

    @Override
    public boolean has(StickCount count, int index) {
        return places.of(count, index) >= 0;
    }

    @Override
    public long value(StickCount count, int index) {
        int place = places.of(count, index);
        if (place < 0) {
            return 0;
        }
        return count.isRate() ? rates[place].rate(places.periodMs(count), clockMs.getAsLong()) : sums.getOpaque(place);
    }

    @Override
    public long add(StickCount count, int index, long amount) {
        int place = places.of(count, index);
        if (place < 0) {
            return 0;
        }
        return count.isRate()
                ? rates[place].add(amount, places.periodMs(count), clockMs.getAsLong())
                : sums.addAndGet(place, amount);
    }

    @Override
    public void set(StickCount count, int index, long value) {
        int place = places.of(count, index);
        if (place >= 0 && count.isRate()) {
            rates[place].add(0, places.periodMs(count), clockMs.getAsLong());
            rates[place].clear();
            rates[place].add(value, places.periodMs(count), clockMs.getAsLong());
        } else if (place >= 0) {
            sums.set(place, value);
        }
    }

    @Override
    public int trackers() {
        return trackers.get();
    }

    @Override
    public long leftMs() {
        return expireMs == Long.MAX_VALUE ? Long.MAX_VALUE : Math.max(0, usedMs + expireMs - clockMs.getAsLong());
    }
}
