package io.steelyard.core.session;

import io.steelyard.api.proxy.AccessLog;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A file, opened by the first line, and what is held back of it. */
final class FileSink implements LogSink {
    private final Path path;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private @Nullable FileChannel channel;
    private long flushAtNs = Long.MAX_VALUE;

    FileSink(Path path) {
        this.path = path;
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public void append(AccessLog log, byte[] line) throws IOException {
        if (held.size() > 0 && held.size() + line.length > log.bufferBytes()) {
            flush();
        }
        held.writeBytes(line);
        if (log.bufferBytes() == 0) {
            flushAtNs = Long.MIN_VALUE;
        } else if (!log.flush().isZero() && flushAtNs == Long.MAX_VALUE) {
            flushAtNs = System.nanoTime() + log.flush().toNanos();
        }
    }

    @Override
    public void flushIfDue(long nowNs) throws IOException {
        if (flushAtNs == Long.MIN_VALUE || (flushAtNs != Long.MAX_VALUE && flushAtNs - nowNs <= 0)) {
            flush();
        }
    }

    private void flush() throws IOException {
        flushAtNs = Long.MAX_VALUE;
        var bytes = ByteBuffer.wrap(held.toByteArray());
        held.reset();
        var open = channel;
        if (open == null) {
            open = FileChannel.open(
                    path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);
            channel = open;
        }
        while (bytes.hasRemaining()) {
            open.write(bytes);
        }
    }

    @Override
    public void close() throws IOException {
        if (held.size() > 0) {
            flush();
        }
        if (channel != null) {
            channel.close();
        }
    }
}
