package io.steelyard.core.session;

import io.steelyard.api.Event;
import io.steelyard.api.proxy.AccessLog;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Access logs, written by one thread so that no loop ever waits for a disk. A line that finds 65,536 others waiting is dropped and counted.
 *
 * <p>{@link #write} and {@link #reopen} are safe for all threads; files belong to the writing thread.
 */
public final class LogFiles implements AutoCloseable {
    private static final int WAITING_LINES = 65_536;
    private static final long IDLE_MS = 100;
    private static final long TELL_EVERY_NS = TimeUnit.SECONDS.toNanos(10);

    private final Consumer<Event> events;
    private final ArrayBlockingQueue<Line> waiting = new ArrayBlockingQueue<>(WAITING_LINES);
    private final AtomicLong dropped = new AtomicLong();
    private final Map<Path, LogFile> files = new HashMap<>();
    private long toldDropped;
    private long toldAtNs = System.nanoTime() - TELL_EVERY_NS;

    /** Written by whoever asks, read by the writer. */
    private volatile boolean wantsReopen;

    private volatile boolean isClosed;

    /** Started by the first line; guarded by this. */
    private @Nullable Thread writer;

    private record Line(AccessLog log, byte[] bytes) {}

    public LogFiles(Consumer<Event> events) {
        this.events = events;
    }

    /** Takes a line for a log. Never waits. */
    public void write(AccessLog log, byte[] line) {
        startWriter();
        if (isClosed || !waiting.offer(new Line(log, line))) {
            dropped.incrementAndGet();
        }
    }

    /** How many lines were dropped. */
    public long dropped() {
        return dropped.get();
    }

    /** Closes every file; the next line opens it again by name. */
    public void reopen() {
        wantsReopen = true;
    }

    /** Writes what is waiting and closes. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            isClosed = true;
            running = writer;
        }
        boolean wasInterrupted = false;
        while (running != null && running.isAlive()) {
            try {
                running.join();
            } catch (InterruptedException interrupted) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void startWriter() {
        if (writer == null) {
            synchronized (this) {
                if (writer == null && !isClosed) {
                    writer = Thread.ofPlatform().name("lb-log").daemon().start(this::run);
                }
            }
        }
    }

    private void run() {
        try {
            while (!isClosed || !waiting.isEmpty()) {
                var line = waiting.poll(IDLE_MS, TimeUnit.MILLISECONDS);
                if (wantsReopen) {
                    wantsReopen = false;
                    closeFiles();
                }
                for (; line != null; line = waiting.poll()) {
                    append(line);
                }
                long nowNs = System.nanoTime();
                files.values().forEach(file -> flush(file, nowNs));
                tellDropped(nowNs);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            closeFiles();
        }
    }

    private void append(Line line) {
        var file = files.computeIfAbsent(line.log().file(), LogFile::new);
        try {
            file.append(line.log(), line.bytes());
        } catch (IOException failed) {
            failed(file, failed);
        }
    }

    private void flush(LogFile file, long nowNs) {
        try {
            file.flushIfDue(nowNs);
        } catch (IOException failed) {
            failed(file, failed);
        }
    }

    private void failed(LogFile file, IOException failed) {
        long lost = dropped.incrementAndGet();
        if (lost == 1 || !file.hasFailed) {
            events.accept(new Event.Trouble("access log " + file.path + " cannot be written: " + failed.getMessage()
                    + "; its lines are lost until that is mended"));
        }
        file.hasFailed = true;
    }

    private void tellDropped(long nowNs) {
        long now = dropped.get();
        if (now != toldDropped && nowNs - toldAtNs >= TELL_EVERY_NS) {
            events.accept(new Event.Trouble((now - toldDropped) + " access log lines were dropped"));
            toldDropped = now;
            toldAtNs = nowNs;
        }
    }

    private void closeFiles() {
        for (var file : files.values()) {
            try {
                file.close();
            } catch (IOException failed) {
                failed(file, failed);
            }
        }
        files.clear();
    }

    /** One file and what is held back of it. Owned by the writing thread. */
    private static final class LogFile {
        private final Path path;
        private @Nullable FileChannel channel;
        private final java.io.ByteArrayOutputStream held = new java.io.ByteArrayOutputStream();
        private long flushAtNs = Long.MAX_VALUE;
        private boolean hasFailed;

        LogFile(Path path) {
            this.path = path;
        }

        void append(AccessLog log, byte[] line) throws IOException {
            if (held.size() > 0 && held.size() + line.length > Math.max(log.bufferBytes(), 0)) {
                flush();
            }
            held.writeBytes(line);
            if (log.bufferBytes() == 0) {
                flushAtNs = Long.MIN_VALUE;
            } else if (!log.flush().isZero() && flushAtNs == Long.MAX_VALUE) {
                flushAtNs = System.nanoTime() + log.flush().toNanos();
            }
        }

        void flushIfDue(long nowNs) throws IOException {
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
            hasFailed = false;
        }

        void close() throws IOException {
            if (held.size() > 0) {
                flush();
            }
            if (channel != null) {
                channel.close();
            }
        }
    }
}
