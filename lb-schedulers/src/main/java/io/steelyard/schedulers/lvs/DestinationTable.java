package io.steelyard.schedulers.lvs;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Which servers a destination address was given: a fixed table of entries in sets of eight, the least recently used of which makes room. It
 * belongs to a pool and outlives its pickers; servers stand in it as numbers that stay with their id. Safe for all threads, without locks.
 *
 * <p>An entry is one cache line of eight words:
 *
 * <pre>
 *   0 version: odd while the entry is written      4, 5 up to eight server numbers of 16 bits, newest lowest; 0 for none
 *   1, 2 the address                               3 ticks of last use (upper half) and of last change (lower half)
 * </pre>
 *
 * <p>A writer makes the version odd by compare-and-set, writes, and makes it even by a release store; one that fails leaves its write out:
 * the other one knows as much. A reader compares the version before (acquire) and after (behind an acquire fence) reading and takes a
 * difference for a miss.
 */
final class DestinationTable {
    /** Servers an entry has room for. */
    static final int SET_SIZE = 8;

    private static final int WAYS = 8;
    private static final int WORDS = 8;
    private static final int WORDS_BITS = 3;
    private static final int HIGH = 1;
    private static final int LOW = 2;
    private static final int TIMES = 3;
    private static final int SERVERS = 4;
    private static final int NUMBER_BITS = 16;
    private static final int MOST_NUMBERS = (1 << NUMBER_BITS) - 1;

    /** A tick is 2^30 ns, about 1.07 s. */
    static final int TICK_BITS = 30;

    private static final VarHandle WORD = MethodHandles.arrayElementVarHandle(long[].class);

    private final long[] words;
    private final int sets;

    /** Written by the control thread alone, when it builds a picker. */
    private final Map<String, Integer> numbers = new HashMap<>();

    /**
     * An empty table.
     *
     * @param entries at least 1; rounded up to eight times a power of two
     */
    DestinationTable(int entries) {
        sets = Integer.highestOneBit(Math.max(1, (entries + WAYS - 1) / WAYS) * 2 - 1);
        words = new long[sets * WAYS * WORDS];
    }

    /** Whether every candidate can have a number; if not, a new table has to begin. */
    boolean hasNumbersFor(Candidates candidates) {
        int fresh = 0;
        for (int i = 0; i < candidates.size(); i++) {
            fresh += numbers.containsKey(candidates.id(i)) ? 0 : 1;
        }
        return numbers.size() + fresh <= MOST_NUMBERS;
    }

    /** The number of each candidate, 1 to 65535. Control thread only. */
    int[] numbersOf(Candidates candidates) {
        var result = new int[candidates.size()];
        for (int i = 0; i < result.length; i++) {
            result[i] = numbers.computeIfAbsent(candidates.id(i), id -> numbers.size() + 1);
        }
        return result;
    }

    /** From server numbers back to indexes; -1 for servers that are no candidates. */
    int[] indexesOf(int[] numbersOfCandidates) {
        var indexes = new int[numbers.size() + 1];
        Arrays.fill(indexes, -1);
        for (int i = 0; i < numbersOfCandidates.length; i++) {
            indexes[numbersOfCandidates[i]] = i;
        }
        return indexes;
    }

    /** The tick of a time. */
    static int tick(long nowNs) {
        return (int) (nowNs >> TICK_BITS);
    }

    /** The entry of the flow's destination, or -1. */
    int find(Flow flow) {
        int first = firstOf(flow);
        for (int way = 0; way < WAYS; way++) {
            int entry = first + way * WORDS;
            long version = (long) WORD.getAcquire(words, entry);
            if (version != 0
                    && (version & 1) == 0
                    && word(entry + HIGH) == flow.destinationHigh()
                    && word(entry + LOW) == flow.destinationLow()) {
                return entry;
            }
        }
        return -1;
    }

    /** An entry's version, to be compared by {@link #isUnchanged} once all that is wanted was read. */
    long version(int entry) {
        return (long) WORD.getAcquire(words, entry);
    }

    /** Whether nothing was written since {@link #version} and the entry is this destination's. */
    boolean isUnchanged(int entry, long version, Flow flow) {
        boolean isOurs = word(entry + HIGH) == flow.destinationHigh() && word(entry + LOW) == flow.destinationLow();
        VarHandle.acquireFence();
        return isOurs && (version & 1) == 0 && word(entry) == version;
    }

    /** Four of an entry's server numbers: {@code half} is 0 or 1. */
    long servers(int entry, int half) {
        return word(entry + SERVERS + half);
    }

    /** The tick an entry was last used. */
    int lastUse(int entry) {
        return (int) (word(entry + TIMES) >>> 32);
    }

    /** The tick an entry's servers were last changed. */
    int lastChange(int entry) {
        return (int) word(entry + TIMES);
    }

    /** Notes that an entry is used. Two threads that do so at once write all but the same; a lost write costs an entry a tick of age. */
    void touch(int entry, int tick) {
        long times = word(entry + TIMES);
        if ((int) (times >>> 32) != tick) {
            WORD.compareAndSet(words, entry + TIMES, times, times(tick, (int) times));
        }
    }

    /** Replaces an entry's servers, unless it was changed since {@code version}. */
    void replace(int entry, long version, long low, long high, int useTick, int changeTick) {
        if ((version & 1) == 0 && WORD.compareAndSet(words, entry, version, version + 1)) {
            VarHandle.storeStoreFence();
            WORD.setOpaque(words, entry + SERVERS, low);
            WORD.setOpaque(words, entry + SERVERS + 1, high);
            WORD.setOpaque(words, entry + TIMES, times(useTick, changeTick));
            WORD.setRelease(words, entry, version + 2);
        }
    }

    /** Makes an entry for the flow's destination with one server, in the place of the least recently used of its set. */
    void insert(Flow flow, int number, int tick) {
        int entry = find(flow);
        if (entry < 0) {
            entry = leastRecentlyUsed(firstOf(flow), tick);
        }
        long version = version(entry);
        if ((version & 1) == 0 && WORD.compareAndSet(words, entry, version, version + 1)) {
            VarHandle.storeStoreFence();
            WORD.setOpaque(words, entry + HIGH, flow.destinationHigh());
            WORD.setOpaque(words, entry + LOW, flow.destinationLow());
            WORD.setOpaque(words, entry + SERVERS, (long) number);
            WORD.setOpaque(words, entry + SERVERS + 1, 0L);
            WORD.setOpaque(words, entry + TIMES, times(tick, tick));
            WORD.setRelease(words, entry, version + 2);
        }
    }

    private int leastRecentlyUsed(int first, int tick) {
        int oldest = first;
        int oldestAge = -1;
        for (int way = 0; way < WAYS; way++) {
            int entry = first + way * WORDS;
            if (word(entry) == 0) {
                return entry;
            }
            int age = tick - lastUse(entry);
            if (age > oldestAge) {
                oldest = entry;
                oldestAge = age;
            }
        }
        return oldest;
    }

    private int firstOf(Flow flow) {
        long mixed = (flow.destinationHigh() * 0x9E37_79B9_7F4A_7C15L ^ flow.destinationLow()) * 0xD6E8_FEB8_6659_FD93L;
        return ((int) (mixed >>> 33) & sets - 1) * WAYS << WORDS_BITS;
    }

    private long word(int at) {
        return (long) WORD.getOpaque(words, at);
    }

    private static long times(int use, int change) {
        return (long) use << 32 | Integer.toUnsignedLong(change);
    }

    /** Server number {@code position}, 0 to 3, of a word of four. */
    static int number(long servers, int position) {
        return (int) (servers >>> position * NUMBER_BITS) & MOST_NUMBERS;
    }

    /** A word of four numbers with {@code number} put in front; the last drops out. */
    static long prepend(long servers, int number) {
        return servers << NUMBER_BITS | number;
    }

    /** A word of four numbers without the one at {@code position}; the others move up and 0 comes in last. */
    static long without(long servers, int position) {
        int shift = position * NUMBER_BITS;
        long before = servers & (1L << shift) - 1;
        long after = servers >>> shift >>> NUMBER_BITS;
        return before | after << shift;
    }
}
