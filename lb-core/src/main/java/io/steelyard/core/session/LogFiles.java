package io.steelyard.core.session;

import io.steelyard.api.Event;
import io.steelyard.api.proxy.AccessLog;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Access logs, written by one thread so that no loop ever waits for a disk or a syslog server. A line that finds 65,536 others waiting is dropped and counted.
 *
 * <p>{@link #write} and {@link #reopen} are safe for all threads; where lines go belongs to the writing thread.
 */
public final class LogFiles implements AutoCloseable {
    private static final int WAITING_LINES = 65_536;
    private static final long IDLE_MS = 100;
    private static final long TELL_EVERY_NS = TimeUnit.SECONDS.toNanos(10);

    private final Consumer<Event> events;
    private final ArrayBlockingQueue<Line> waiting = new ArrayBlockingQueue<>(WAITING_LINES);
    private final AtomicLong dropped = new AtomicLong();
    private final String host;
    private final Map<AccessLog.Destination, LogSink> sinks = new HashMap<>();

    /** Told of, and not written to since. */
    private final Set<AccessLog.Destination> failing = new HashSet<>();

    private long toldDropped;
    private long toldAtNs = System.nanoTime() - TELL_EVERY_NS;

    /** Written by whoever asks, read by the writer. */
    private volatile boolean wantsReopen;

    private volatile boolean isClosed;

    /** Started by the first line; guarded by this. */
    private @Nullable Thread writer;

    private record Line(AccessLog log, byte[] bytes) {}

    /** @param host this machine's name, for syslog servers */
    public LogFiles(Consumer<Event> events, String host) {
        this.events = events;
        this.host = host;
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
                sinks.forEach((destination, sink) -> attempt(destination, sink, () -> sink.flushIfDue(nowNs)));
                tellDropped(nowNs);
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        } finally {
            closeFiles();
        }
    }

    /** What may fail on its way to a disk or a server. */
    @FunctionalInterface
    private interface Writing {
        void run() throws IOException;
    }

    private void append(Line line) {
        var destination = line.log().destination();
        var sink = sinks.computeIfAbsent(destination, this::sink);
        if (attempt(destination, sink, () -> sink.append(line.log(), line.bytes()))
                && destination instanceof AccessLog.Destination.Syslog) {
            failing.remove(destination);
        }
    }

    private LogSink sink(AccessLog.Destination destination) {
        return switch (destination) {
            case AccessLog.Destination.File file -> new FileSink(file.path());
            case AccessLog.Destination.Syslog syslog -> new SyslogSink(syslog, host);
        };
    }

    /** Tells of the first failure of a destination, and again after it had worked. @return whether it worked */
    private boolean attempt(AccessLog.Destination destination, LogSink sink, Writing writing) {
        try {
            writing.run();
            return true;
        } catch (IOException failed) {
            dropped.incrementAndGet();
            if (failing.add(destination)) {
                events.accept(new Event.Trouble("access log " + sink.name() + " cannot be written: "
                        + failed.getMessage() + "; its lines are lost until that is mended"));
            }
            return false;
        }
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
        sinks.forEach((destination, sink) -> attempt(destination, sink, sink::close));
        sinks.clear();
        failing.clear();
    }
}
