package io.steelyard.http.proxy;

import io.steelyard.core.tcp.PendingBuffers;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** What was received of a client and waits until something can be done with it, in lent memory. Owned by one loop. */
final class HeldInput {
    private static final int MOST_HELD_BYTES = 64 << 10;

    private final PendingBuffers buffers;
    private @Nullable MemorySegment memory;
    private int start;
    private int end;
    private boolean isBeingRead;
    private boolean isDropped;

    HeldInput(PendingBuffers buffers) {
        this.buffers = buffers;
    }

    /** How many bytes wait; while they are being read, how many waited before. */
    int size() {
        return end - start;
    }

    /**
     * Keeps a copy of what came.
     *
     * @throws IllegalStateException where some waits already
     */
    void keep(MemorySegment from, int offset, int count) {
        if (memory != null) {
            throw new IllegalStateException("input is read while some waits");
        }
        var lent = buffers.take(Math.clamp(count, 1, Math.max(count, MOST_HELD_BYTES)));
        MemorySegment.copy(from, offset, lent, 0, count);
        memory = lent;
        start = 0;
        end = count;
    }

    /** Has what waits looked at; what is left in the buffer goes on waiting. Does nothing within itself. */
    void read(ClientProtocol by) {
        var lent = memory;
        if (lent == null || isBeingRead) {
            return;
        }
        isBeingRead = true;
        isDropped = false;
        try {
            var in = lent.asByteBuffer().limit(end).position(start);
            by.consume(in, lent);
            start = in.position();
        } finally {
            isBeingRead = false;
        }
        if (start == end || isDropped) {
            drop();
        }
    }

    /** Forgets what waits. */
    void drop() {
        isDropped = true;
        if (memory != null && !isBeingRead) {
            buffers.giveBack(memory);
            memory = null;
            start = 0;
            end = 0;
        }
    }
}
