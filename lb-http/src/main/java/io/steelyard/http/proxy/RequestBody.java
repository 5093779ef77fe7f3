package io.steelyard.http.proxy;

import io.steelyard.core.tcp.PendingBuffers;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * A request's body that is read as a whole before a server is asked: in memory while it is small, else in a temporary file (nginx
 * {@code client_body_buffer_size}). It is sent as fast as a server takes it, and can be sent more than once. Owned by one loop.
 */
final class RequestBody {
    private static final int MEMORY_BYTES = 16 << 10;
    private static final int PIECE_BYTES = 32 << 10;

    private final PendingBuffers buffers;
    private final TemporaryFile file = new TemporaryFile();
    private @Nullable MemorySegment memory;
    private long size;

    RequestBody(PendingBuffers buffers) {
        this.buffers = buffers;
    }

    long size() {
        return size;
    }

    /** @throws java.io.UncheckedIOException where it cannot be kept */
    void add(MemorySegment from, long offset, long count) {
        if (file.isOpen() || size + count > MEMORY_BYTES) {
            if (memory != null) {
                file.append(memory, 0, size);
                buffers.giveBack(memory);
                memory = null;
            }
            file.append(from, offset, count);
        } else {
            memory = memory == null ? buffers.take(MEMORY_BYTES) : memory;
            MemorySegment.copy(from, offset, memory, size, count);
        }
        size += count;
    }

    /**
     * Hands one piece of it to a server's connection, which is to have sent all from before.
     *
     * @param at where the piece begins, less than {@link #size}
     * @return the piece's length, or a negative errno where the connection is broken
     */
    int sendPiece(ServerConnection server, long at) {
        if (memory != null) {
            int count = (int) (size - at);
            int result = server.send(memory, at, count);
            return result < 0 ? result : count;
        }
        var piece = buffers.take(PIECE_BYTES);
        try {
            int count = file.read(piece, (int) Math.min(PIECE_BYTES, size - at), at);
            int result = server.send(piece, 0, count);
            return result < 0 ? result : count;
        } finally {
            buffers.giveBack(piece);
        }
    }

    /** Its first bytes, as many as are kept in memory at most, each as one character. */
    String start() {
        int count = (int) Math.min(size, MEMORY_BYTES);
        if (count == 0) {
            return "";
        }
        var kept = memory;
        if (kept != null) {
            return text(kept, count);
        }
        var piece = buffers.take(MEMORY_BYTES);
        try {
            return text(piece, file.read(piece, count, 0));
        } finally {
            buffers.giveBack(piece);
        }
    }

    private static String text(MemorySegment from, int count) {
        return new String(from.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1);
    }

    void close() {
        if (memory != null) {
            buffers.giveBack(memory);
            memory = null;
        }
        file.close();
    }
}
