package io.steelyard.pool;

import java.time.Duration;
import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jctools.queues.atomic.MpscUnboundedAtomicArrayQueue;
import org.jspecify.annotations.Nullable;

/**
 * One thread's turn after turn of control work: tasks from any thread in the order given, and timers. All control state belongs to the thread
 * that runs it, so none of that state needs a lock.
 *
 * <p>{@link #execute}, {@link #call} and {@link #nowNs} are safe for all threads; {@link #schedule} belongs to the loop. A task that throws is
 * reported and harms nothing else.
 *
 * @see #start(String, Consumer)
 * @see ManualControlLoop
 */
public abstract sealed class ControlLoop implements Executor, AutoCloseable
        permits ThreadControlLoop, ManualControlLoop {
    private static final int QUEUE_CHUNK = 256;

    /** Something to be done at a time. Belongs to the loop. */
    public static final class Timer {
        private final long deadlineNs;
        private final long order;
        private @Nullable Runnable task;

        private Timer(long deadlineNs, long order, Runnable task) {
            this.deadlineNs = deadlineNs;
            this.order = order;
            this.task = task;
        }

        /** Makes it do nothing. */
        public void cancel() {
            task = null;
        }
    }

    /** Deadlines are compared by difference, so that a clock that wraps does no harm. */
    private static final Comparator<Timer> BY_DEADLINE = (one, other) -> one.deadlineNs != other.deadlineNs
            ? Long.signum(one.deadlineNs - other.deadlineNs)
            : Long.compare(one.order, other.order);

    private final MpscUnboundedAtomicArrayQueue<Runnable> tasks = new MpscUnboundedAtomicArrayQueue<>(QUEUE_CHUNK);
    private final PriorityQueue<Timer> timers = new PriorityQueue<>(BY_DEADLINE);
    private final Consumer<Throwable> onError;
    private long timersEver;

    ControlLoop(Consumer<Throwable> onError) {
        this.onError = onError;
    }

    /**
     * Starts a daemon thread that runs the loop on {@link System#nanoTime}.
     *
     * @param onError told of what tasks throw, on the loop's thread
     */
    public static ControlLoop start(String threadName, Consumer<Throwable> onError) {
        return ThreadControlLoop.startThread(threadName, onError);
    }

    /** The loop's clock, monotonic, in nanoseconds. */
    public abstract long nowNs();

    /** Whether the calling thread is the one that runs the loop. */
    public abstract boolean isCurrentThread();

    /**
     * Runs a task on the loop, after those given before. One given while the loop closes may be left undone.
     *
     * @throws java.util.concurrent.RejectedExecutionException where the loop is closed
     */
    @Override
    public abstract void execute(Runnable task);

    /**
     * Runs a task on the loop and waits for it; on the loop itself, at once. Unchecked exceptions and errors come out as they were thrown,
     * checked ones as the cause of an {@link IllegalStateException}.
     *
     * @throws java.util.concurrent.RejectedExecutionException where the loop is closed, or closes before the task is run
     */
    public abstract <T> T call(Callable<T> task);

    /** {@link #call} for a task without a result. */
    public void run(Runnable task) {
        call(() -> {
            task.run();
            return true;
        });
    }

    /**
     * Runs a task at a time. On the loop only.
     *
     * @param deadlineNs of {@link #nowNs()}; one that has passed is due at once
     */
    public Timer schedule(long deadlineNs, Runnable task) {
        var timer = new Timer(deadlineNs, timersEver++, task);
        timers.add(timer);
        return timer;
    }

    /** Runs a task after a time. On the loop only. */
    public Timer schedule(Duration delay, Runnable task) {
        return schedule(nowNs() + delay.toNanos(), task);
    }

    /** Finishes the tasks given so far, drops the timers and ends. Calls after the first do nothing. */
    @Override
    public abstract void close();

    final void enqueue(Runnable task) {
        tasks.add(task);
    }

    final boolean hasTasks() {
        return !tasks.isEmpty();
    }

    /** Runs every task there is. */
    final void runTasks() {
        for (var task = tasks.poll(); task != null; task = tasks.poll()) {
            guarded(task);
        }
    }

    /** Runs the first timer that is due by {@code nowNs}. @return whether there was one */
    final boolean runFirstDue(long nowNs) {
        var timer = timers.peek();
        if (timer == null || (timer.task != null && timer.deadlineNs - nowNs > 0)) {
            return false;
        }
        timers.poll();
        var task = timer.task;
        if (task != null) {
            guarded(task);
        }
        return true;
    }

    /** How long until the next timer: 0 where one is due, {@link Long#MAX_VALUE} where there is none. */
    final long untilNextNs(long nowNs) {
        for (var timer = timers.peek(); timer != null; timer = timers.peek()) {
            if (timer.task != null) {
                return Math.max(0, timer.deadlineNs - nowNs);
            }
            timers.poll();
        }
        return Long.MAX_VALUE;
    }

    final void dropTimers() {
        timers.clear();
    }

    private void guarded(Runnable task) {
        try {
            task.run();
        } catch (Throwable thrown) {
            try {
                onError.accept(thrown);
            } catch (Throwable worse) {
                System.getLogger(ControlLoop.class.getName())
                        .log(System.Logger.Level.ERROR, "the loop's own error report failed", worse);
            }
        }
    }

    /** Runs a task and lets out what it throws, checked exceptions wrapped. */
    static <T> T unwrapped(Callable<T> task) {
        try {
            return task.call();
        } catch (RuntimeException thrown) {
            throw thrown;
        } catch (Exception thrown) {
            throw new IllegalStateException(thrown);
        }
    }
}
