package io.steelyard.pool;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;

/**
 * A control loop without a thread, in virtual time: nothing happens until {@link #advance} or {@link #runTasksNow}. For tests of what runs on
 * a control loop. The thread that advances it is the loop's thread; {@link #execute} is safe for all.
 */
public final class ManualControlLoop extends ControlLoop {
    private volatile long nowNs;
    private volatile boolean isClosed;

    private ManualControlLoop(long startNs, Consumer<Throwable> onError) {
        super(onError);
        nowNs = startNs;
    }

    /** A loop whose clock stands at {@code startNs}. */
    public static ManualControlLoop at(long startNs, Consumer<Throwable> onError) {
        return new ManualControlLoop(startNs, onError);
    }

    /** Moves the clock, stopping at the deadline of each timer on the way to run it and the tasks it leads to. */
    public void advance(Duration time) {
        long endNs = nowNs + time.toNanos();
        runTasks();
        for (long waitNs = untilNextNs(nowNs); waitNs <= endNs - nowNs; waitNs = untilNextNs(nowNs)) {
            nowNs += waitNs;
            while (runFirstDue(nowNs)) {
                runTasks();
            }
        }
        nowNs = endNs;
    }

    /** Runs the tasks given so far, and those they give. */
    public void runTasksNow() {
        runTasks();
    }

    @Override
    public long nowNs() {
        return nowNs;
    }

    /** Always true: whoever asks runs it. */
    @Override
    public boolean isCurrentThread() {
        return true;
    }

    @Override
    public void execute(Runnable task) {
        if (isClosed) {
            throw new RejectedExecutionException("the control loop is closed");
        }
        enqueue(task);
    }

    @Override
    public <T> T call(Callable<T> task) {
        runTasks();
        return unwrapped(task);
    }

    @Override
    public void close() {
        isClosed = true;
        runTasks();
        dropTimers();
    }
}
