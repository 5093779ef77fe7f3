package io.steelyard.core.tcp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;

/**
 * Where bytes are kept that their target has no room for. Buffers are lent, so only stalled directions hold one. Owned by one loop.
 */
public final class PendingBuffers {
    private static final int LEAST_SHIFT = 10;
    private static final int CLASSES = 15;
    private static final int KEPT_PER_CLASS = 256;

    private final Arena arena;
    private final ArrayDeque<MemorySegment>[] free;
    private int lent;

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type
    PendingBuffers(Arena arena) {
        this.arena = arena;
        free = new ArrayDeque[CLASSES];
        for (int i = 0; i < CLASSES; i++) {
            free[i] = new ArrayDeque<>();
        }
    }

    /** Lends at least {@code bytes}, 1 to 16 MiB. */
    public MemorySegment take(int bytes) {
        int sizeClass = sizeClass(bytes);
        lent++;
        var buffer = free[sizeClass].pollLast();
        return buffer != null ? buffer : arena.allocate(1L << (LEAST_SHIFT + sizeClass));
    }

    public void giveBack(MemorySegment buffer) {
        lent--;
        var kept = free[sizeClass((int) buffer.byteSize())];
        if (kept.size() < KEPT_PER_CLASS) {
            kept.addLast(buffer);
        }
    }

    /** How many are lent now. */
    public int lent() {
        return lent;
    }

    private static int sizeClass(int bytes) {
        return Math.max(32 - Integer.numberOfLeadingZeros(bytes - 1) - LEAST_SHIFT, 0);
    }
}
