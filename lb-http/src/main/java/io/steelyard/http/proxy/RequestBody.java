package io.steelyard.http.proxy;

import io.steelyard.core.tcp.PendingBuffers;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * A request's body that is read as a whole before a server is asked: in memory while it is small, else in a temporary file that has no name
 * (nginx {@code client_body_buffer_size}). It can be sent more than once. Owned by one loop.
 */
final class RequestBody {
    private static final int MEMORY_BYTES = 16 << 10;

    private final PendingBuffers buffers;
    private @Nullable MemorySegment memory;
    private @Nullable FileChannel file;
    private long size;

    RequestBody(PendingBuffers buffers) {
        this.buffers = buffers;
    }

    long size() {
        return size;
    }

    void add(MemorySegment from, long offset, long count) {
        try {
            if (file == null && size + count > MEMORY_BYTES) {
                spill();
            }
            if (file != null) {
                write(file, from, offset, count);
            } else {
                memory = memory == null ? buffers.take(MEMORY_BYTES) : memory;
                MemorySegment.copy(from, offset, memory, size, count);
            }
            size += count;
        } catch (IOException failed) {
            throw new UncheckedIOException("a request's body cannot be kept in a temporary file", failed);
        }
    }

    /**
     * Hands all of it to a server's connection.
     *
     * @return 0, or a negative errno where the connection is broken
     */
    int sendTo(ServerConnection server) {
        if (memory != null) {
            return server.send(memory, 0, size);
        }
        if (file == null) {
            return 0;
        }
        var piece = buffers.take(64 << 10);
        try {
            int result = 0;
            for (long at = 0; at < size && result == 0; ) {
                int count = file.read(piece.asByteBuffer(), at);
                if (count <= 0) {
                    throw new IOException("the temporary file ends at byte " + at + " of " + size);
                }
                result = server.send(piece, 0, count);
                at += count;
            }
            return result;
        } catch (IOException failed) {
            throw new UncheckedIOException("a request's body cannot be read back from its temporary file", failed);
        } finally {
            buffers.giveBack(piece);
        }
    }

    void close() {
        if (memory != null) {
            buffers.giveBack(memory);
            memory = null;
        }
        if (file != null) {
            try {
                file.close();
            } catch (IOException ignored) {
                // It was only read and written by us, and is gone either way.
            }
            file = null;
        }
    }

    private void spill() throws IOException {
        var path = Files.createTempFile("lb-body", null);
        var opened = FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
        file = opened;
        if (memory != null) {
            write(opened, memory, 0, size);
            buffers.giveBack(memory);
            memory = null;
        }
    }

    private static void write(FileChannel file, MemorySegment from, long offset, long count) throws IOException {
        var bytes = from.asSlice(offset, count).asByteBuffer();
        while (bytes.hasRemaining()) {
            file.write(bytes);
        }
    }
}
