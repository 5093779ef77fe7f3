package io.steelyard.pool.limit;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One leaky bucket for each key, as nginx keeps them ({@code ngx_http_limit_req_module.c}): a request pours 1000 thousandths in, and the
 * bucket runs down at a fixed rate. There is room for so many buckets; the one that was asked for least recently makes room for a new one,
 * unless a request is just being decided by it.
 *
 * <p>Times are in milliseconds of any clock that all callers share; one that is slightly behind another counts as standing still.
 *
 * <p>Safe for all threads: everything is guarded by this object's monitor, which is held for one look-up in a map and a few additions, and
 * never while anything is waited for. Keys come in an order of least recent use, which every request changes, so that without a lock there
 * would be no such order.
 */
final class LeakyBuckets {
    /** Fullness of one request. */
    static final long REQUEST = 1_000;

    /** An empty bucket that nobody asked for in this time may be forgotten before there is need. */
    private static final long FORGOTTEN_AFTER_MS = 60_000;

    /** The answer to a request that finds its bucket full. */
    static final long FULL = -1;

    /** The answer to a request of a new key for which there is no room. */
    static final long NO_ROOM = -2;

    /** How full one key's bucket is. */
    static final class Bucket {
        private final String key;
        private long excess;
        private long lastMs;

        /** Nothing was poured in yet. */
        private boolean isNew = true;

        /** Requests that are being decided by it, so that it must not be forgotten. */
        private int held;

        private @Nullable Bucket newer;
        private @Nullable Bucket older;

        private Bucket(String key) {
            this.key = key;
        }
    }

    /** What a request found. Filled by {@link #ask}; owned by the caller. */
    static final class Answer {
        /** Thousandths of a request in the bucket above the rate, this one with it; FULL or NO_ROOM where it cannot be taken. */
        long excess;

        /** How full it was found where it was FULL. */
        long found;

        /** Held until {@link #pour} or {@link #release}; null where nothing is held. */
        @Nullable
        Bucket bucket;
    }

    private final int capacity;
    private final long ratePerSecond;
    private final Map<String, Bucket> buckets = new HashMap<>();
    private @Nullable Bucket newest;
    private @Nullable Bucket oldest;

    /**
     * @param capacity how many buckets there is room for, at least 1
     * @param ratePerSecond how many thousandths of a request run out each second, at least 1
     */
    LeakyBuckets(int capacity, long ratePerSecond) {
        this.capacity = capacity;
        this.ratePerSecond = ratePerSecond;
    }

    /** How long so many thousandths take to run out, in milliseconds. */
    long delayMs(long excess) {
        return excess * 1_000 / ratePerSecond;
    }

    /**
     * Asks for one request.
     *
     * @param burst thousandths the bucket holds
     * @param pours whether the request is poured in at once; else its bucket is held, for others have a say in it
     */
    synchronized void ask(String key, long burst, boolean pours, long nowMs, Answer answer) {
        answer.bucket = null;
        answer.found = 0;
        var bucket = buckets.get(key);
        if (bucket == null) {
            bucket = add(key, nowMs);
            if (bucket == null) {
                answer.excess = NO_ROOM;
                return;
            }
            answer.excess = 0;
        } else {
            unlink(bucket);
            linkNewest(bucket);
            answer.excess = excess(bucket, nowMs);
            if (answer.excess > burst) {
                answer.found = answer.excess;
                answer.excess = FULL;
                return;
            }
        }
        if (pours) {
            fill(bucket, answer.excess, nowMs);
        } else {
            bucket.held++;
            answer.bucket = bucket;
        }
    }

    /** Pours a request into the bucket that is held for it. @return thousandths above the rate */
    synchronized long pour(Bucket bucket, long nowMs) {
        long excess = excess(bucket, nowMs);
        fill(bucket, excess, nowMs);
        bucket.held--;
        return excess;
    }

    /** Holds a bucket no longer, without a request. */
    synchronized void release(Bucket bucket) {
        bucket.held--;
    }

    /** How many keys are remembered. */
    synchronized int size() {
        return buckets.size();
    }

    private long excess(Bucket bucket, long nowMs) {
        return bucket.isNew
                ? 0
                : Math.max(0, bucket.excess - ratePerSecond * elapsedMs(bucket, nowMs) / 1_000 + REQUEST);
    }

    private static void fill(Bucket bucket, long excess, long nowMs) {
        if (bucket.isNew || elapsedMs(bucket, nowMs) != 0) {
            bucket.lastMs = nowMs;
        }
        bucket.isNew = false;
        bucket.excess = excess;
    }

    /** A clock far behind is another clock, and its time is taken; one slightly behind stands still. */
    private static long elapsedMs(Bucket bucket, long nowMs) {
        long elapsed = nowMs - bucket.lastMs;
        return elapsed < -FORGOTTEN_AFTER_MS ? 1 : Math.max(elapsed, 0);
    }

    // ---- which keys are remembered

    private @Nullable Bucket add(String key, long nowMs) {
        for (int i = 0; i < 2 && isForgettable(oldest, nowMs); i++) {
            forgetOldest();
        }
        if (buckets.size() >= capacity) {
            if (oldest == null || oldest.held > 0) {
                return null;
            }
            forgetOldest();
        }
        var bucket = new Bucket(key);
        bucket.lastMs = nowMs;
        buckets.put(key, bucket);
        linkNewest(bucket);
        return bucket;
    }

    private boolean isForgettable(@Nullable Bucket bucket, long nowMs) {
        if (bucket == null || bucket.held > 0) {
            return false;
        }
        long elapsed = Math.abs(nowMs - bucket.lastMs);
        return elapsed >= FORGOTTEN_AFTER_MS && bucket.excess - ratePerSecond * elapsed / 1_000 <= 0;
    }

    private void forgetOldest() {
        var bucket = oldest;
        if (bucket != null) {
            unlink(bucket);
            buckets.remove(bucket.key);
        }
    }

    private void linkNewest(Bucket bucket) {
        bucket.older = newest;
        bucket.newer = null;
        if (newest != null) {
            newest.newer = bucket;
        } else {
            oldest = bucket;
        }
        newest = bucket;
    }

    private void unlink(Bucket bucket) {
        var newer = bucket.newer;
        var older = bucket.older;
        if (newer != null) {
            newer.older = older;
        } else {
            newest = older;
        }
        if (older != null) {
            older.newer = newer;
        } else {
            oldest = newer;
        }
        bucket.newer = null;
        bucket.older = null;
    }
}
