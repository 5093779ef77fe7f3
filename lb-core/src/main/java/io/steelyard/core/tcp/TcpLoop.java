package io.steelyard.core.tcp;

import io.steelyard.api.Event;
import io.steelyard.api.schedule.Flow;
import io.steelyard.core.loop.DataLoop;
import io.steelyard.core.loop.TimerWheel;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** What the TCP connections of one loop share, whatever is spoken over them: buffers, the flow to pick with. Owned by the loop. */
public final class TcpLoop {
    private static final int MOST_BUFFER_BYTES = 16 << 20;
    private static final long REPORT_EVERY_NS = 10_000_000_000L;

    private final DataLoop loop;
    private final Consumer<Event> events;
    private final ConnectionLimit limit;
    private final OwnAddresses ownAddresses;
    private final Arena arena = Arena.ofShared();
    private final PendingBuffers buffers = new PendingBuffers();
    private final Connector connector = new Connector(arena);
    private final Flow flow = new Flow();
    private MemorySegment readBuffer = arena.allocate(64 << 10);
    private final List<Runnable> reliefs = new ArrayList<>();
    private long flows;
    private long lastReportNs = Long.MIN_VALUE / 2;

    public TcpLoop(DataLoop loop, Consumer<Event> events, ConnectionLimit limit, OwnAddresses ownAddresses) {
        this.loop = loop;
        this.events = events;
        this.limit = limit;
        this.ownAddresses = ownAddresses;
    }

    public DataLoop loop() {
        return loop;
    }

    public TimerWheel timers() {
        return loop.timers();
    }

    /** Lives as long as the process: descriptors may be registered until the loop's very end. */
    public Arena arena() {
        return arena;
    }

    public PendingBuffers buffers() {
        return buffers;
    }

    /** All buffers of this loop together are to stay below that. Any thread. */
    public void bufferBudget(long bytes) {
        loop.execute(() -> buffers.budget(bytes, () -> loop.execute(this::relieve)));
    }

    /** Adds who can give buffers back, while {@link PendingBuffers#isStrained}; called between events. Any thread. */
    public void onPressure(Runnable relief) {
        loop.execute(() -> reliefs.add(relief));
    }

    private void relieve() {
        reliefs.forEach(Runnable::run);
        buffers.relieved();
    }

    /** A number for a flow that no other flow of the engine has. */
    public long newFlowId() {
        flows++;
        return (long) loop.index() << 48 | flows;
    }

    public Connector connector() {
        return connector;
    }

    /** To be filled anew for each pick. */
    public Flow flow() {
        return flow;
    }

    ConnectionLimit limit() {
        return limit;
    }

    /** Shared by all loops; the control thread's. */
    OwnAddresses ownAddresses() {
        return ownAddresses;
    }

    /** Where sockets are read to; its content is nobody's after the event that read it. */
    public MemorySegment readBuffer() {
        return readBuffer;
    }

    /** Makes the read buffer large enough for a virtual server's buffers. */
    public void needsBuffer(int bytes) {
        if (readBuffer.byteSize() < Math.min(bytes, MOST_BUFFER_BYTES)) {
            readBuffer = arena.allocate(bytes);
        }
    }

    /** Tells the application of trouble, at most once in ten seconds. */
    public void report(String what) {
        report(() -> what);
    }

    /** As the other, with a text that is made only where it is told. */
    public void report(Supplier<String> what) {
        long nowNs = timers().nowNs();
        if (nowNs - lastReportNs >= REPORT_EVERY_NS) {
            lastReportNs = nowNs;
            events.accept(new Event.Trouble(what.get()));
        }
    }
}
