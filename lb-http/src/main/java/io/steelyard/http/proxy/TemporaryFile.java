package io.steelyard.http.proxy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/**
 * Bytes of a message's body in a file that has no name: written behind, read from anywhere. There is no file before the first byte. Reads and
 * writes are those of one piece, which the kernel's page cache takes and gives. Owned by one loop.
 */
final class TemporaryFile {
    private @Nullable FileChannel channel;
    private long size;

    long size() {
        return size;
    }

    boolean isOpen() {
        return channel != null;
    }

    /** @throws UncheckedIOException where there is no room, or no such file can be made; nothing of it was added then */
    void append(MemorySegment from, long offset, long count) {
        try {
            var to = channel;
            if (to == null) {
                to = open();
                channel = to;
            }
            var bytes = from.asSlice(offset, count).asByteBuffer();
            for (long at = size; bytes.hasRemaining(); ) {
                at += to.write(bytes, at);
            }
            size += count;
        } catch (IOException failed) {
            throw new UncheckedIOException("a body cannot be kept in a temporary file", failed);
        }
    }

    /**
     * Reads a piece.
     *
     * @return how many bytes were read, at least 1
     * @throws UncheckedIOException where nothing can be read there
     */
    int read(MemorySegment into, int most, long at) {
        try {
            var from = channel;
            int count = from == null ? -1 : from.read(into.asByteBuffer().limit(most), at);
            if (count <= 0) {
                throw new IOException("the temporary file ends at byte " + at + " of " + size);
            }
            return count;
        } catch (IOException failed) {
            throw new UncheckedIOException("a body cannot be read back from its temporary file", failed);
        }
    }

    /** Forgets what it holds; what follows is written to its start. */
    void clear() {
        size = 0;
    }

    void close() {
        size = 0;
        var open = channel;
        channel = null;
        if (open != null) {
            try {
                open.close();
            } catch (IOException ignored) {
                // It was only read and written by us, and is gone either way.
            }
        }
    }

    private static FileChannel open() throws IOException {
        var path = Files.createTempFile("lb-body", null);
        return FileChannel.open(
                path, StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
    }
}
