package io.steelyard.pool;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Which server each client had last: a table of fixed size from 128-bit keys to server numbers, in sets of up to eight places. A new client
 * takes a free or expired place of its set, else that of the one that was idle longest. Looking up and storing allocate nothing.
 *
 * <p>A place is two words: a tag of 44 hashed bits of the key and 20 bits of server number, and the time of last use. That the tag is one word
 * makes every change one compare-and-set, so no thread ever waits for another. The price: in a full table of 65,536 clients, about one
 * unknown client of 270 million is taken for a known one, and gets that one's server.
 *
 * <p>Safe for all threads. Tags are read and changed with volatile semantics; times are stored opaquely before the tag they belong to: at
 * worst an old client lives a little longer. Two threads that store one client agree on one server but where both evict others from a full set
 * at the same moment.
 */
final class AffinityTable {
    /** No server is known. */
    static final int NONE = -1;

    /** Server numbers are below this. */
    static final int NUMBERS = (1 << 20) - 1;

    private static final int MOST_WAYS = 8;
    private static final int WORDS = 2;
    private static final int USED_NS = 1;
    private static final int NUMBER_BITS = 20;
    private static final long NUMBER_MASK = (1L << NUMBER_BITS) - 1;
    /** Times that a thread begins anew because another changed the place it wanted; then it leaves the client as it is. */
    private static final int MOST_TRIES = 64;

    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);

    private final int capacity;
    private final int ways;
    private final int sets;
    private final long seed;
    /** For each place its tag (server number + 1 in the low bits, 0 for a free place) and its time. */
    private final long[] words;

    /**
     * An empty table.
     *
     * @param capacity how many clients at most, 1 and up; up to seven fewer fit
     * @param seed keeps clients from choosing addresses that fall into one set
     */
    AffinityTable(int capacity, long seed) {
        this(capacity, seed, Math.min(MOST_WAYS, capacity));
    }

    private AffinityTable(int capacity, long seed, int ways) {
        this.capacity = capacity;
        this.seed = seed;
        this.ways = ways;
        sets = capacity / ways;
        words = new long[sets * ways * WORDS];
    }

    int capacity() {
        return capacity;
    }

    /** The server of a client, whose entry then counts as used now; {@link #NONE} where it is unknown or has been idle too long. */
    int find(long high, long low, long nowNs, long timeoutNs) {
        long fingerprint = fingerprint(high, low);
        int at = place(start(fingerprint), fingerprint);
        if (at < 0) {
            return NONE;
        }
        long tag = tag(at);
        boolean isStillIts = tag != 0 && (tag & ~NUMBER_MASK) == fingerprint;
        if (!isStillIts || nowNs - usedNs(at) >= timeoutNs) {
            return NONE;
        }
        usedNs(at, nowNs);
        return number(tag);
    }

    /**
     * Binds a client to a server unless it has one.
     *
     * @param number the server it is to have
     * @param unusable a server it may have had until now and is to lose; {@link #NONE} for none
     * @return the server it has now: another thread may have been first with another
     */
    int claim(long high, long low, int number, int unusable, long nowNs, long timeoutNs) {
        return claim(fingerprint(high, low), number, unusable, nowNs, timeoutNs);
    }

    private int claim(long fingerprint, int number, int unusable, long nowNs, long timeoutNs) {
        int start = start(fingerprint);
        long wanted = fingerprint | (number + 1);
        for (int tries = 0; tries < MOST_TRIES; tries++) {
            int at = place(start, fingerprint);
            long before;
            if (at >= 0) {
                before = tag(at);
                if ((before & ~NUMBER_MASK) != fingerprint) {
                    continue;
                }
                int bound = number(before);
                if (bound == number || (bound != unusable && nowNs - usedNs(at) < timeoutNs)) {
                    usedNs(at, nowNs);
                    return bound;
                }
            } else {
                at = idlest(start, nowNs);
                before = tag(at);
                if (before != 0 && (before & ~NUMBER_MASK) == fingerprint) {
                    // Another flow of the client has just taken the place.
                    continue;
                }
            }
            usedNs(at, nowNs);
            if (LONGS.compareAndSet(words, at, before, wanted)) {
                return settled(start, at, fingerprint, wanted, nowNs);
            }
        }
        return number;
    }

    /** Gives the place just taken up again where the client has one before it in the set. */
    private int settled(int start, int at, long fingerprint, long wanted, long nowNs) {
        int first = place(start, fingerprint);
        if (first >= 0 && first < at) {
            LONGS.compareAndSet(words, at, wanted, 0L);
            long tag = tag(first);
            if ((tag & ~NUMBER_MASK) == fingerprint) {
                usedNs(first, nowNs);
                return number(tag);
            }
        }
        return number(wanted);
    }

    /** Copies every client that is not idle for too long. What other threads store meanwhile may be left out. */
    void copyTo(AffinityTable other, long nowNs, long timeoutNs) {
        for (int at = 0; at < words.length; at += WORDS) {
            long tag = tag(at);
            long usedNs = usedNs(at);
            if (tag != 0 && nowNs - usedNs < timeoutNs) {
                other.claim(tag & ~NUMBER_MASK, number(tag), NONE, usedNs, timeoutNs);
            }
        }
    }

    /** The first place of the set that has the client; -1 where none has. */
    private int place(int start, long fingerprint) {
        for (int at = start; at < start + ways * WORDS; at += WORDS) {
            long tag = tag(at);
            if ((tag & ~NUMBER_MASK) == fingerprint && tag != 0) {
                return at;
            }
        }
        return -1;
    }

    private int idlest(int start, long nowNs) {
        int best = start;
        for (int at = start; at < start + ways * WORDS; at += WORDS) {
            if (tag(at) == 0) {
                return at;
            }
            if (nowNs - usedNs(at) > nowNs - usedNs(best)) {
                best = at;
            }
        }
        return best;
    }

    /** The set follows from the bits the tag keeps, so that a table of another size can take places over. */
    private int start(long fingerprint) {
        return (int) ((fingerprint >>> 32) * sets >>> 32) * ways * WORDS;
    }

    /** In the upper 44 bits. */
    private long fingerprint(long high, long low) {
        long z = (high + seed) * 0x9E3779B97F4A7C15L;
        z = (z ^ (z >>> 32) ^ low) * 0xFF51AFD7ED558CCDL;
        z = (z ^ (z >>> 33)) * 0xC4CEB9FE1A85EC53L;
        return (z ^ (z >>> 33)) & ~NUMBER_MASK;
    }

    private static int number(long tag) {
        return (int) (tag & NUMBER_MASK) - 1;
    }

    private long tag(int at) {
        return (long) LONGS.getVolatile(words, at);
    }

    private long usedNs(int at) {
        return (long) LONGS.getOpaque(words, at + USED_NS);
    }

    private void usedNs(int at, long value) {
        LONGS.setOpaque(words, at + USED_NS, value);
    }
}
