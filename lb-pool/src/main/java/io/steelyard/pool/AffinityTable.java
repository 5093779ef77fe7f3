package io.steelyard.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Which server each client had last: a table of fixed size from 128-bit keys to server numbers, in sets of up to eight places. A new client
 * takes a free or expired place of its set, else that of the one that was idle longest. Looking up and storing allocate nothing.
 *
 * <p>Safe for all threads. A set has a version, odd while a thread writes keys into it. Writers take it by compare-and-set; readers check
 * that it stood still while they read, so a key and its number always belong together. A thread that finds a version odd for long (its
 * writer was suspended) does not wait: the look-up misses, or the client is not stored this time. The time of last use is stored opaquely
 * without the version: at worst a client that has just taken the place lives as long as its predecessor would have.
 */
final class AffinityTable {
    /** No server is known. */
    static final int NONE = -1;

    private static final int MOST_WAYS = 8;
    private static final int MOST_TRIES = 64;
    private static final int WORDS = 4;
    private static final int KEY_HIGH = 0;
    private static final int KEY_LOW = 1;
    /** Server number + 1, so that 0 is a free place. */
    private static final int NUMBER = 2;

    private static final int USED_NS = 3;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);

    private final int capacity;
    private final int ways;
    private final int sets;
    private final long seed;
    private final long[] words;
    private final int[] versions;

    /**
     * An empty table.
     *
     * @param capacity how many clients at most, 1 and up; up to seven fewer fit
     * @param seed keeps clients from choosing addresses that fall into one set
     */
    AffinityTable(int capacity, long seed) {
        this.capacity = capacity;
        this.seed = seed;
        ways = Math.min(MOST_WAYS, capacity);
        sets = capacity / ways;
        words = new long[Math.multiplyExact(Math.multiplyExact(sets, ways), WORDS)];
        versions = new int[sets];
    }

    int capacity() {
        return capacity;
    }

    /** The server of a client, whose entry then counts as used now; {@link #NONE} where it is unknown or has been idle too long. */
    int find(long high, long low, long nowNs, long timeoutNs) {
        int set = set(high, low);
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            int version = (int) INTS.getAcquire(versions, set);
            if ((version & 1) != 0) {
                Thread.onSpinWait();
                continue;
            }
            int at = place(set, high, low);
            int number = at < 0 ? NONE : (int) word(at + NUMBER) - 1;
            boolean isLive = at >= 0 && nowNs - word(at + USED_NS) < timeoutNs;
            VarHandle.acquireFence();
            if ((int) INTS.getOpaque(versions, set) == version) {
                if (isLive && number != NONE) {
                    word(at + USED_NS, nowNs);
                    return number;
                }
                return NONE;
            }
        }
        return NONE;
    }

    /**
     * Binds a client to a server unless it has one.
     *
     * @param number the server it is to have
     * @param unusable a server it may have had until now and is to lose; {@link #NONE} for none
     * @return the server it has now: another thread may have been first with another
     */
    int claim(long high, long low, int number, int unusable, long nowNs, long timeoutNs) {
        int set = set(high, low);
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            int version = (int) INTS.getAcquire(versions, set);
            if ((version & 1) != 0 || !INTS.compareAndSet(versions, set, version, version + 1)) {
                Thread.onSpinWait();
                continue;
            }
            // The odd version is visible before any word that follows; readers that see such a word see it too.
            VarHandle.fullFence();
            int result = store(set, high, low, number, unusable, nowNs, timeoutNs);
            INTS.setRelease(versions, set, version + 2);
            return result;
        }
        return number;
    }

    private int store(int set, long high, long low, int number, int unusable, long nowNs, long timeoutNs) {
        int at = place(set, high, low);
        if (at >= 0) {
            int bound = (int) word(at + NUMBER) - 1;
            if (bound != unusable && nowNs - word(at + USED_NS) < timeoutNs) {
                word(at + USED_NS, nowNs);
                return bound;
            }
        } else {
            at = idlest(set, nowNs);
        }
        word(at + KEY_HIGH, high);
        word(at + KEY_LOW, low);
        word(at + NUMBER, number + 1L);
        word(at + USED_NS, nowNs);
        return number;
    }

    /** Copies every client that is not idle for too long. What other threads store meanwhile may be left out. */
    void copyTo(AffinityTable other, long nowNs, long timeoutNs) {
        for (int at = 0; at < words.length; at += WORDS) {
            int number = (int) word(at + NUMBER) - 1;
            long usedNs = word(at + USED_NS);
            if (number != NONE && nowNs - usedNs < timeoutNs) {
                other.claim(word(at + KEY_HIGH), word(at + KEY_LOW), number, NONE, usedNs, timeoutNs);
            }
        }
    }

    /** Where the set has the key; -1 where it has not. */
    private int place(int set, long high, long low) {
        int start = set * ways * WORDS;
        for (int at = start; at < start + ways * WORDS; at += WORDS) {
            if (word(at + KEY_LOW) == low && word(at + KEY_HIGH) == high && word(at + NUMBER) != 0) {
                return at;
            }
        }
        return -1;
    }

    private int idlest(int set, long nowNs) {
        int start = set * ways * WORDS;
        int best = start;
        for (int at = start; at < start + ways * WORDS; at += WORDS) {
            if (word(at + NUMBER) == 0) {
                return at;
            }
            if (nowNs - word(at + USED_NS) > nowNs - word(best + USED_NS)) {
                best = at;
            }
        }
        return best;
    }

    private int set(long high, long low) {
        long z = (high * 0x9E3779B97F4A7C15L ^ low) + seed;
        z = (z ^ (z >>> 33)) * 0xFF51AFD7ED558CCDL;
        z = (z ^ (z >>> 33)) * 0xC4CEB9FE1A85EC53L;
        z ^= z >>> 33;
        return (int) ((z >>> 32) * sets >>> 32);
    }

    private long word(int at) {
        return (long) LONGS.getOpaque(words, at);
    }

    private void word(int at, long value) {
        LONGS.setOpaque(words, at, value);
    }
}
