package io.steelyard.api.schedule;

import io.steelyard.api.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;

/**
 * What passed through a listener, a pool or a server, for statistics. Nothing is decided by it.
 *
 * <p>Safe for all threads, and without locks: sums are kept in parts that loops write apart from each other, the greatest values by
 * compare-and-set only where they grow. What is read is right, though not all of one moment.
 */
public final class TrafficCounts {
    private static final long SECOND_MS = 1_000;
    private static final int CLASSES = 6;

    private final LongAdder bytesIn = new LongAdder();
    private final LongAdder bytesOut = new LongAdder();
    private final LongAdder requests = new LongAdder();
    private final LongAdder[] answers = new LongAdder[CLASSES];
    private final EventRate flowRate = new EventRate();
    private final EventRate requestRate = new EventRate();
    private final AtomicLong mostOpen = new AtomicLong();
    private final AtomicLong mostFlowRate = new AtomicLong();
    private final AtomicLong mostRequestRate = new AtomicLong();

    /** When the last flow began; 0 for never. Any value another thread wrote last is as good. */
    private final AtomicLong lastFlowMs = new AtomicLong();

    public TrafficCounts() {
        for (int i = 0; i < CLASSES; i++) {
            answers[i] = new LongAdder();
        }
    }

    /** Milliseconds of the clock that {@link System#nanoTime} is. */
    public static long milliseconds(long nowNs) {
        return Math.floorDiv(nowNs, 1_000_000L);
    }

    /**
     * A flow began.
     *
     * @param open how many there are with it
     */
    public void flowBegan(long open, long nowNs) {
        long nowMs = milliseconds(nowNs);
        raise(mostOpen, open);
        raise(mostFlowRate, flowRate.add(1, SECOND_MS, nowMs));
        lastFlowMs.setOpaque(nowMs);
    }

    /** Bytes from the client and to it. */
    public void transferred(long in, long out) {
        bytesIn.add(in);
        bytesOut.add(out);
    }

    /** An HTTP request began. */
    public void requestBegan(long nowNs) {
        requests.increment();
        raise(mostRequestRate, requestRate.add(1, SECOND_MS, milliseconds(nowNs)));
    }

    /** An HTTP request was answered. @param status 0 where it got no answer */
    public void answered(int status) {
        int hundreds = status / 100;
        if (status != 0) {
            answers[hundreds < CLASSES ? hundreds : 0].increment();
        }
    }

    private static void raise(AtomicLong most, long value) {
        if (value > most.getOpaque()) {
            most.accumulateAndGet(value, Math::max);
        }
    }

    /** All of it now. */
    public Traffic read(long nowNs) {
        long nowMs = milliseconds(nowNs);
        var byClass = new ArrayList<Long>();
        for (var each : answers) {
            byClass.add(each.sum());
        }
        long last = lastFlowMs.getOpaque();
        return new Traffic(
                bytesIn.sum(),
                bytesOut.sum(),
                mostOpen.getOpaque(),
                flowRate.rate(SECOND_MS, nowMs),
                mostFlowRate.getOpaque(),
                last == 0 ? -1 : (nowMs - last) / SECOND_MS,
                requests.sum(),
                requestRate.rate(SECOND_MS, nowMs),
                mostRequestRate.getOpaque(),
                List.copyOf(byClass));
    }
}
