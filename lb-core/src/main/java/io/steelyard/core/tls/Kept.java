package io.steelyard.core.tls;

import io.steelyard.core.tcp.PendingBuffers;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** Bytes that wait in lent memory, which is given back once they are gone. Owned by one loop. */
final class Kept {
    private final PendingBuffers buffers;
    private @Nullable MemorySegment memory;
    private int start;
    private int end;

    Kept(PendingBuffers buffers) {
        this.buffers = buffers;
    }

    int size() {
        return end - start;
    }

    boolean isEmpty() {
        return end == start;
    }

    /** The byte at an index from 0 to {@link #size}. */
    int at(int index) {
        return memory == null ? -1 : memory.get(java.lang.foreign.ValueLayout.JAVA_BYTE, start + index) & 0xFF;
    }

    /** Keeps a copy; nothing may be kept before. */
    void keep(MemorySegment from, long offset, int count) {
        if (!isEmpty()) {
            throw new IllegalStateException("bytes wait already");
        }
        if (count > 0) {
            var lent = buffers.take(count);
            MemorySegment.copy(from, offset, lent, 0, count);
            memory = lent;
            start = 0;
            end = count;
        }
    }

    /** Moves up to {@code most} bytes. @return how many */
    int take(MemorySegment into, long offset, long most) {
        int count = (int) Math.min(most, size());
        if (memory != null && count > 0) {
            MemorySegment.copy(memory, start, into, offset, count);
            taken(count);
        }
        return count;
    }

    /** The memory, from {@link #start} on; only where something is kept. */
    MemorySegment memory() {
        if (memory == null) {
            throw new IllegalStateException("nothing is kept");
        }
        return memory;
    }

    int start() {
        return start;
    }

    /** The first bytes are gone. */
    void taken(int count) {
        start += count;
        if (start == end) {
            drop();
        }
    }

    void drop() {
        if (memory != null) {
            buffers.giveBack(memory);
            memory = null;
        }
        start = 0;
        end = 0;
    }
}
