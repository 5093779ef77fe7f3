package io.steelyard.core.stream;

import io.steelyard.api.Event;
import io.steelyard.api.schedule.Flow;
import io.steelyard.core.loop.DataLoop;
import io.steelyard.core.loop.TimerWheel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What one loop's TCP connections share: buffers, pipes, the flow to pick with, the list of them. Owned by the loop.
 */
final class StreamWorker {
    private static final int MOST_BUFFER_BYTES = 16 << 20;
    private static final long REPORT_EVERY_NS = 10_000_000_000L;

    private final DataLoop loop;
    private final Consumer<Event> events;
    private final ConnectionLimit limit;
    private final Arena arena = Arena.ofShared();
    private final PendingBuffers buffers = new PendingBuffers(arena);
    private final PipePool pipes = new PipePool();
    private final Connector connector = new Connector(arena);
    private final Flow flow = new Flow();
    private MemorySegment readBuffer = arena.allocate(64 << 10);
    private @Nullable StreamConnection first;
    private long lastReportNs = Long.MIN_VALUE / 2;

    StreamWorker(DataLoop loop, Consumer<Event> events, ConnectionLimit limit) {
        this.loop = loop;
        this.events = events;
        this.limit = limit;
    }

    /** How many clients are connected over all loops, and how many may be. Safe for all threads. */
    static final class ConnectionLimit {
        private final AtomicInteger open = new AtomicInteger();
        private volatile int most = Integer.MAX_VALUE;

        /** @param value 0 for no limit */
        void most(int value) {
            most = value == 0 ? Integer.MAX_VALUE : value;
        }

        boolean isReached() {
            return open.get() >= most;
        }
    }

    DataLoop loop() {
        return loop;
    }

    TimerWheel timers() {
        return loop.timers();
    }

    Arena arena() {
        return arena;
    }

    PendingBuffers buffers() {
        return buffers;
    }

    PipePool pipes() {
        return pipes;
    }

    Connector connector() {
        return connector;
    }

    Flow flow() {
        return flow;
    }

    ConnectionLimit limit() {
        return limit;
    }

    /** Where pumps read to; its content is nobody's after the pump that read it has run. */
    MemorySegment readBuffer() {
        return readBuffer;
    }

    /** Makes the read buffer large enough for a virtual server's buffers. */
    void needsBuffer(int bytes) {
        if (readBuffer.byteSize() < Math.min(bytes, MOST_BUFFER_BYTES)) {
            readBuffer = arena.allocate(bytes);
        }
    }

    void onOpened(StreamConnection connection) {
        limit.open.incrementAndGet();
        connection.next = first;
        if (first != null) {
            first.previous = connection;
        }
        first = connection;
    }

    void onClosed(StreamConnection connection) {
        limit.open.decrementAndGet();
        var next = connection.next;
        var previous = connection.previous;
        if (next != null) {
            next.previous = previous;
        }
        if (previous != null) {
            previous.next = next;
        } else {
            first = next;
        }
        connection.listener().onClosed();
    }

    /** Resets the connections on one server. */
    void cut(String pool, String serverId) {
        for (var connection = first; connection != null; ) {
            var following = connection.next;
            if (connection.isOn(pool, serverId)) {
                connection.reset();
            }
            connection = following;
        }
    }

    /** Resets the connections of one listener. */
    void cut(StreamListener listener) {
        for (var connection = first; connection != null; ) {
            var following = connection.next;
            if (connection.listener() == listener) {
                connection.reset();
            }
            connection = following;
        }
    }

    /** Tells the application of trouble, at most once in ten seconds. */
    void report(String what) {
        long nowNs = timers().nowNs();
        if (nowNs - lastReportNs >= REPORT_EVERY_NS) {
            lastReportNs = nowNs;
            events.accept(new Event.Trouble(what));
        }
    }

    /** Resets every connection and frees everything. */
    void close() {
        for (var connection = first; connection != null; connection = first) {
            connection.reset();
        }
        pipes.close();
    }
}
