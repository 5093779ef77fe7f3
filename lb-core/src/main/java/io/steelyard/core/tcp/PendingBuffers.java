package io.steelyard.core.tcp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Where bytes are kept that their target has no room for. Buffers are lent, so only stalled directions hold one. Of what is given back some is
 * kept for whoever asks next, and the rest goes back to the system. Owned by one loop.
 */
public final class PendingBuffers {
    /** The largest buffer. */
    public static final int MOST_BYTES = 64 << 20;

    private static final int LEAST_SHIFT = 10;
    private static final int CLASSES = 17;

    /** How much is kept that nobody has. */
    static final long MOST_FREE_BYTES = 8 << 20;

    private final ArrayDeque<MemorySegment>[] free;

    /** What frees each buffer, by its address; looked up only where memory is got from the system or goes back. */
    private final Map<Long, Arena> owners = new HashMap<>();

    /** How much may be lent before it is told. */
    private long budgetBytes = Long.MAX_VALUE;

    private Runnable onPressure = () -> {};
    private boolean isToldOf;
    private int lent;
    private long freeBytes;

    /** Written by the loop, read by the control thread, which shows it: opaque is enough. */
    private final AtomicLong lentBytes = new AtomicLong();

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    PendingBuffers() {
        free = new ArrayDeque[CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            free[i] = new ArrayDeque<>();
        }
    }

    /**
     * Lends at least {@code bytes}.
     *
     * @throws IllegalArgumentException unless that is 1 to {@link #MOST_BYTES}
     */
    public MemorySegment take(int bytes) {
        if (bytes < 1 || bytes > MOST_BYTES) {
            throw new IllegalArgumentException(
                    "a buffer of " + bytes + " bytes is asked for, and 1 to " + MOST_BYTES + " can be lent");
        }
        int sizeClass = sizeClass(bytes);
        long size = 1L << (LEAST_SHIFT + sizeClass);
        var buffer = free[sizeClass].pollLast();
        if (buffer == null) {
            buffer = allocate(size);
        } else {
            freeBytes -= size;
        }
        lent++;
        lentBytes.setOpaque(lentBytes.getPlain() + size);
        if (lentBytes.getPlain() > budgetBytes && !isToldOf) {
            isToldOf = true;
            onPressure.run();
        }
        return buffer;
    }

    /** From how much on somebody is told that too much is lent: once, until {@link #relieved}. It lends all the same. */
    void budget(long bytes, Runnable told) {
        budgetBytes = bytes;
        onPressure = told;
    }

    /** Whoever can has given back what he could do without. */
    void relieved() {
        isToldOf = false;
    }

    /** Whether more is lent than is good: less than the budget, so that giving back has an end that lasts. */
    public boolean isStrained() {
        return lentBytes.getPlain() > budgetBytes - budgetBytes / 8;
    }

    public void giveBack(MemorySegment buffer) {
        long size = buffer.byteSize();
        lent--;
        lentBytes.setOpaque(lentBytes.getPlain() - size);
        if (freeBytes + size <= MOST_FREE_BYTES) {
            freeBytes += size;
            free[sizeClass((int) size)].addLast(buffer);
        } else {
            var owner = owners.remove(buffer.address());
            if (owner == null) {
                throw new IllegalStateException("a buffer is given back that was not lent");
            }
            owner.close();
        }
    }

    /** How many are lent now. */
    public int lent() {
        return lent;
    }

    /** How large all that are lent now are together. Any thread. */
    public long lentBytes() {
        return lentBytes.getOpaque();
    }

    /** How much memory it has of the system. */
    long heldBytes() {
        return lentBytes.getPlain() + freeBytes;
    }

    private MemorySegment allocate(long size) {
        var arena = Arena.ofConfined();
        var buffer = arena.allocate(size);
        owners.put(buffer.address(), arena);
        return buffer;
    }

    private static int sizeClass(int bytes) {
        return Math.max(32 - Integer.numberOfLeadingZeros(bytes - 1) - LEAST_SHIFT, 0);
    }
}
