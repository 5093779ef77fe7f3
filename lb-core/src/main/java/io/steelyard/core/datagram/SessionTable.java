package io.steelyard.core.datagram;

import org.jspecify.annotations.Nullable;

/**
 * Sessions by the client's address, its port, and the local address it spoke to. Open addressing with linear probing; finding, and adding up
 * to a size it had before, allocate nothing. Grows to stay at most half full and never shrinks. Owned by one loop.
 *
 * <p>Clients choose most of the key, so the hash begins with a random seed.
 */
final class SessionTable<S> {
    private static final int WORDS = 5;
    private static final int FIRST_CAPACITY = 64;

    private final long seed;
    private long[] keys = new long[FIRST_CAPACITY * WORDS];
    private @Nullable Object[] sessions = new Object[FIRST_CAPACITY];
    private int size;

    SessionTable(long seed) {
        this.seed = seed;
    }

    int size() {
        return size;
    }

    /** @param port the client's port, and the scope of its address above it */
    @Nullable
    @SuppressWarnings("unchecked")
    S find(long high, long low, long port, long localHigh, long localLow) {
        return (S) sessions[slot(high, low, port, localHigh, localLow)];
    }

    /** Adds a session, or puts it in the place of the one of this key. */
    void put(long high, long low, long port, long localHigh, long localLow, S session) {
        int slot = slot(high, low, port, localHigh, localLow);
        if (sessions[slot] == null) {
            if ((size + 1) * 2 > sessions.length) {
                grow();
                slot = slot(high, low, port, localHigh, localLow);
            }
            size++;
            int at = slot * WORDS;
            keys[at] = high;
            keys[at + 1] = low;
            keys[at + 2] = port;
            keys[at + 3] = localHigh;
            keys[at + 4] = localLow;
        }
        sessions[slot] = session;
    }

    /** Removes the session of this key where it is {@code session}. */
    void remove(long high, long low, long port, long localHigh, long localLow, S session) {
        int hole = slot(high, low, port, localHigh, localLow);
        if (sessions[hole] != session) {
            return;
        }
        size--;
        int mask = sessions.length - 1;
        // Moves back what was pushed past the hole, so that no search ends too early.
        for (int at = hole + 1 & mask; sessions[at] != null; at = at + 1 & mask) {
            int home = home(at, mask);
            if ((at - home & mask) >= (at - hole & mask)) {
                sessions[hole] = sessions[at];
                System.arraycopy(keys, at * WORDS, keys, hole * WORDS, WORDS);
                hole = at;
            }
        }
        sessions[hole] = null;
    }

    private int slot(long high, long low, long port, long localHigh, long localLow) {
        int mask = sessions.length - 1;
        int slot = (int) hash(high, low, port, localHigh, localLow) & mask;
        while (sessions[slot] != null && !isKeyOf(slot, high, low, port, localHigh, localLow)) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private boolean isKeyOf(int slot, long high, long low, long port, long localHigh, long localLow) {
        int at = slot * WORDS;
        return keys[at + 1] == low
                && keys[at + 2] == port
                && keys[at] == high
                && keys[at + 4] == localLow
                && keys[at + 3] == localHigh;
    }

    private int home(int slot, int mask) {
        int at = slot * WORDS;
        return (int) hash(keys[at], keys[at + 1], keys[at + 2], keys[at + 3], keys[at + 4]) & mask;
    }

    private long hash(long high, long low, long port, long localHigh, long localLow) {
        long h = mix(seed ^ low);
        h = mix(h ^ port);
        h = mix(h ^ high);
        h = mix(h ^ localLow);
        return mix(h ^ localHigh);
    }

    /** The finalizer of SplitMix64. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private void grow() {
        var oldKeys = keys;
        var oldSessions = sessions;
        keys = new long[oldKeys.length * 2];
        sessions = new Object[oldSessions.length * 2];
        for (int i = 0; i < oldSessions.length; i++) {
            if (oldSessions[i] != null) {
                int at = i * WORDS;
                int slot = slot(oldKeys[at], oldKeys[at + 1], oldKeys[at + 2], oldKeys[at + 3], oldKeys[at + 4]);
                sessions[slot] = oldSessions[i];
                System.arraycopy(oldKeys, at, keys, slot * WORDS, WORDS);
            }
        }
    }
}
