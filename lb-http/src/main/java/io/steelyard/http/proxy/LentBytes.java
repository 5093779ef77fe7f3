package io.steelyard.http.proxy;

import io.steelyard.core.tcp.PendingBuffers;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Bytes that wait, in lent memory: added behind, taken from the front. Holds no memory while it is empty. Owned by one loop. */
final class LentBytes {
    private static final int LEAST_BYTES = 4 << 10;

    private final PendingBuffers buffers;
    private @Nullable MemorySegment memory;
    private int start;
    private int end;

    LentBytes(PendingBuffers buffers) {
        this.buffers = buffers;
    }

    int size() {
        return end - start;
    }

    boolean isEmpty() {
        return end == start;
    }

    void add(MemorySegment from, long offset, int length) {
        if (length == 0) {
            return;
        }
        int size = size();
        var target = memory;
        if (target == null || target.byteSize() < size + length) {
            var larger = buffers.take(Math.max(size + length, LEAST_BYTES));
            if (target != null) {
                MemorySegment.copy(target, start, larger, 0, size);
                buffers.giveBack(target);
            }
            target = larger;
            start = 0;
        } else if (target.byteSize() - end < length) {
            MemorySegment.copy(target, start, target, 0, size);
            start = 0;
        }
        MemorySegment.copy(from, offset, target, start + size, length);
        end = start + size + length;
        memory = target;
    }

    /** The memory the bytes lie in, from {@link #start} on; null while there are none. */
    @Nullable
    MemorySegment memory() {
        return memory;
    }

    int start() {
        return start;
    }

    /** The first bytes are not needed any more. */
    void remove(int length) {
        start += length;
        if (start == end) {
            clear();
        }
    }

    void clear() {
        if (memory != null) {
            buffers.giveBack(memory);
            memory = null;
        }
        start = 0;
        end = 0;
    }
}
