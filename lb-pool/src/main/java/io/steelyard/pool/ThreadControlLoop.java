package io.steelyard.pool;

import java.lang.invoke.VarHandle;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A control loop on a daemon thread of its own, which sleeps while there is nothing to do. */
final class ThreadControlLoop extends ControlLoop {
    private static final long LONGEST_SLEEP_NS = Duration.ofMinutes(1).toNanos();
    private static final long LIVENESS_CHECK_MS = 100;

    private final Thread thread;

    /** Written by the loop before it looks for tasks a last time, read by givers of tasks after they queued one; a fence on both sides. */
    private volatile boolean isAsleep;

    /** Written by whoever closes, read by all: volatile. */
    private volatile boolean isClosed;

    private ThreadControlLoop(String threadName, Consumer<Throwable> onError) {
        super(onError);
        thread = Thread.ofPlatform().name(threadName).daemon().unstarted(this::loop);
    }

    static ControlLoop startThread(String threadName, Consumer<Throwable> onError) {
        var loop = new ThreadControlLoop(threadName, onError);
        loop.thread.start();
        return loop;
    }

    @Override
    public long nowNs() {
        return System.nanoTime();
    }

    @Override
    public boolean isCurrentThread() {
        return Thread.currentThread() == thread;
    }

    @Override
    public void execute(Runnable task) {
        if (isClosed) {
            throw new RejectedExecutionException("the control loop is closed");
        }
        enqueue(task);
        wake();
    }

    @Override
    public <T> T call(Callable<T> task) {
        if (isCurrentThread()) {
            return unwrapped(task);
        }
        var result = new CompletableFuture<T>();
        execute(() -> {
            try {
                result.complete(task.call());
            } catch (Throwable thrown) {
                result.completeExceptionally(thrown);
            }
        });
        return unwrapped(() -> join(result));
    }

    private <T> T join(CompletableFuture<T> result) throws Exception {
        while (true) {
            try {
                return result.get(LIVENESS_CHECK_MS, TimeUnit.MILLISECONDS);
            } catch (TimeoutException stillWaiting) {
                if (!thread.isAlive() && !result.isDone()) {
                    throw new RejectedExecutionException("the control loop was closed before the task ran");
                }
            } catch (ExecutionException thrown) {
                if (thrown.getCause() instanceof Error error) {
                    throw error;
                }
                throw thrown.getCause() instanceof Exception exception ? exception : thrown;
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException("interrupted while waiting for the control loop", interrupted);
            }
        }
    }

    @Override
    public void close() {
        isClosed = true;
        wake();
        boolean wasInterrupted = false;
        while (!isCurrentThread() && thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                wasInterrupted = true;
            }
        }
        if (wasInterrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void wake() {
        VarHandle.fullFence();
        if (isAsleep) {
            LockSupport.unpark(thread);
        }
    }

    private void loop() {
        while (!isClosed) {
            runTasks();
            long nowNs = nowNs();
            while (runFirstDue(nowNs) && !hasTasks()) {
                // Each turn runs one; tasks go before further timers.
            }
            sleep();
        }
        runTasks();
        dropTimers();
    }

    private void sleep() {
        isAsleep = true;
        VarHandle.fullFence();
        if (!hasTasks() && !isClosed) {
            long sleepNs = Math.min(untilNextNs(nowNs()), LONGEST_SLEEP_NS);
            if (sleepNs > 0) {
                LockSupport.parkNanos(this, sleepNs);
            }
        }
        isAsleep = false;
    }
}
