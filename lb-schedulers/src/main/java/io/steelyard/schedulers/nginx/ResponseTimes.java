package io.steelyard.schedulers.nginx;

import io.steelyard.api.schedule.Candidates;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How long servers take, as nginx's least_time reckons it. Times are whole milliseconds; an average takes in a sample as
 * {@code 0.95 * average + 0.05 * sample}, rounded, the first sample as it is. The estimate for one more flow is
 * {@code time * (1 + open flows)}. There the time is the average; halved for every fail_timeout and second in which the server was not
 * picked; not less than the average age of flows that still wait, where those are watched; then raised to the next multiple of 20 ms, or
 * 5000 ms where it is more than that. A server never used counts as 20 ms.
 *
 * <p>Safe for all threads. Averages and marks are written by pickers and reporters and read by pickers, opaquely: of two samples at one
 * moment one may be lost, which an average does not show. Counts of waiting flows change by atomic addition or compare-and-set. Events do
 * not carry the time, so where waiting flows are watched, what passed since the last pick is read from a ticker.
 */
final class ResponseTimes {
    /** Which moment of a flow is timed, from the pick on. */
    enum What {
        CONNECT,
        FIRST_BYTE,
        LAST_BYTE;

        static What of(String word) {
            return switch (word) {
                case "connect" -> CONNECT;
                case "last_byte" -> LAST_BYTE;
                default -> FIRST_BYTE;
            };
        }
    }

    private static final int BUCKET_MS = 20;
    private static final int MAX_MS = 5_000;
    private static final long NEVER = Long.MIN_VALUE / 2;
    private static final VarHandle LONGS = MethodHandles.arrayElementVarHandle(long[].class);
    private static final VarHandle INTS = MethodHandles.arrayElementVarHandle(int[].class);
    private static final VarHandle LAST_PICK;
    private static final VarHandle LAST_TICK;

    static {
        try {
            LAST_PICK = MethodHandles.lookup().findVarHandle(ResponseTimes.class, "lastPickNs", long.class);
            LAST_TICK = MethodHandles.lookup().findVarHandle(ResponseTimes.class, "lastTickNs", long.class);
        } catch (ReflectiveOperationException impossible) {
            throw new ExceptionInInitializerError(impossible);
        }
    }

    private final Candidates candidates;
    private final What what;
    private final @Nullable LongSupplier ticker;
    private final long[] failTimeoutSeconds;

    private final int[] averageMs;
    private final int[] waitAverageMs;
    private final long[] checkedSecond;
    private final int[] waiting;
    private final long[] waitingSinceMs;

    @SuppressWarnings("unused") // through its VarHandle
    private long lastPickNs;

    @SuppressWarnings("unused") // through its VarHandle
    private long lastTickNs;

    /**
     * @param ticker nanoseconds of a monotonic clock; null where waiting flows are not watched
     * @param previous where averages go on from, by server id
     */
    ResponseTimes(Candidates candidates, What what, @Nullable LongSupplier ticker, @Nullable ResponseTimes previous) {
        int size = candidates.size();
        this.candidates = candidates;
        this.what = what;
        this.ticker = ticker;
        failTimeoutSeconds = new long[size];
        averageMs = new int[size];
        waitAverageMs = new int[size];
        checkedSecond = new long[size];
        waiting = new int[size];
        waitingSinceMs = new long[size];
        for (int i = 0; i < size; i++) {
            failTimeoutSeconds[i] = candidates.server(i).failTimeout().toSeconds();
        }
        Arrays.fill(checkedSecond, NEVER);
        if (previous != null) {
            carryFrom(previous);
        }
    }

    /** What one more flow on the server would cost, not yet by weight; 20 and up. */
    long estimate(int index, long nowNs) {
        long timeMs = (int) INTS.getOpaque(averageMs, index);
        long idle = TimeUnit.NANOSECONDS.toSeconds(nowNs) - (long) LONGS.getOpaque(checkedSecond, index);
        if (timeMs > 0 && idle > failTimeoutSeconds[index]) {
            timeMs >>= Math.min(63, idle / (failTimeoutSeconds[index] + 1));
        }
        if (ticker != null && (int) INTS.getOpaque(waiting, index) > 0) {
            timeMs = Math.max(timeMs, (int) INTS.getOpaque(waitAverageMs, index));
        }
        timeMs = timeMs > MAX_MS ? MAX_MS : timeMs + BUCKET_MS - timeMs % BUCKET_MS;
        return timeMs * (1 + candidates.active(index));
    }

    /** What {@link #estimate} is not less than, whatever the server's times. */
    long leastEstimate(int index) {
        return BUCKET_MS * (1L + candidates.active(index));
    }

    /** Whether flows that still wait are watched, so that {@link #onConsidered} has something to do. */
    boolean isWatchingWaits() {
        return ticker != null;
    }

    /** Takes the age of waiting flows into its average, as every look at the server does. */
    void onConsidered(int index, long nowNs) {
        int count = ticker == null ? 0 : (int) INTS.getOpaque(waiting, index);
        if (count <= 0) {
            return;
        }
        int open = candidates.active(index);
        if (count > open && INTS.compareAndSet(waiting, index, count, open)) {
            // Flows that ended without a report are no longer among the open ones; the rest keep their average age.
            long since = (long) LONGS.getOpaque(waitingSinceMs, index);
            LONGS.getAndAdd(waitingSinceMs, index, since / count * open - since);
            count = open;
        }
        if (count > 0) {
            long ageMs = TimeUnit.NANOSECONDS.toMillis(nowNs) - (long) LONGS.getOpaque(waitingSinceMs, index) / count;
            sample(waitAverageMs, index, ageMs);
        }
    }

    void onPicked(int index, long nowNs) {
        long second = TimeUnit.NANOSECONDS.toSeconds(nowNs);
        if (second - (long) LONGS.getOpaque(checkedSecond, index) > failTimeoutSeconds[index]) {
            LONGS.setOpaque(checkedSecond, index, second);
        }
        LAST_PICK.setOpaque(this, nowNs);
        if (ticker != null) {
            LAST_TICK.setOpaque(this, ticker.getAsLong());
            INTS.getAndAdd(waiting, index, 1);
            LONGS.getAndAdd(waitingSinceMs, index, TimeUnit.NANOSECONDS.toMillis(nowNs));
        }
    }

    void onConnected(int index, long elapsedNs) {
        reached(What.CONNECT, index, elapsedNs);
    }

    void onFirstByte(int index, long elapsedNs) {
        reached(What.FIRST_BYTE, index, elapsedNs);
    }

    void onCompleted(int index, long elapsedNs) {
        reached(What.LAST_BYTE, index, elapsedNs);
    }

    /** A failure is no sample; it counts as a look at the server. */
    void onFailed(int index, long elapsedNs) {
        LONGS.setOpaque(checkedSecond, index, TimeUnit.NANOSECONDS.toSeconds((long) LAST_PICK.getOpaque(this)));
        endWait(index, elapsedNs);
    }

    private void reached(What moment, int index, long elapsedNs) {
        if (moment == what) {
            sample(averageMs, index, TimeUnit.NANOSECONDS.toMillis(elapsedNs));
            endWait(index, elapsedNs);
        }
    }

    private void endWait(int index, long elapsedNs) {
        if (ticker == null) {
            return;
        }
        long nowNs = (long) LAST_PICK.getOpaque(this) + ticker.getAsLong() - (long) LAST_TICK.getOpaque(this);
        int count = (int) INTS.getOpaque(waiting, index);
        if (count > 0 && INTS.compareAndSet(waiting, index, count, count - 1)) {
            long since = (long) LONGS.getOpaque(waitingSinceMs, index);
            LONGS.getAndAdd(
                    waitingSinceMs, index, count == 1 ? -since : -TimeUnit.NANOSECONDS.toMillis(nowNs - elapsedNs));
        }
    }

    private static void sample(int[] averages, int index, long sampleMs) {
        int average = (int) INTS.getOpaque(averages, index);
        long sample = Math.clamp(sampleMs, 0, Integer.MAX_VALUE / 2);
        INTS.setOpaque(averages, index, (int) (average == 0 ? sample : 0.5 + sample * 0.05 + average * 0.95));
    }

    private void carryFrom(ResponseTimes previous) {
        for (int i = 0; i < averageMs.length; i++) {
            int from =
                    i < previous.averageMs.length && previous.candidates.id(i).equals(candidates.id(i))
                            ? i
                            : previous.candidates.indexOf(candidates.id(i));
            if (from >= 0) {
                averageMs[i] = (int) INTS.getOpaque(previous.averageMs, from);
                checkedSecond[i] = (long) LONGS.getOpaque(previous.checkedSecond, from);
            }
        }
        lastPickNs = (long) LAST_PICK.getOpaque(previous);
        lastTickNs = (long) LAST_TICK.getOpaque(previous);
    }
}
