package io.steelyard.core.ocsp;

import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The one thread that tends all staples, and its clock; tests put their own in its place. */
interface Timing extends AutoCloseable {
    /** Milliseconds since 1970. */
    long nowMs();

    /** Any thread: runs a task on the thread after a while. */
    void after(long delayMs, Runnable task);

    @Override
    void close();

    /** A thread of its own, which starts with its first task. */
    static Timing real() {
        var thread = new ScheduledThreadPoolExecutor(
                1, Thread.ofPlatform().daemon().name("stapling").factory());
        // What is due after the end is not done.
        thread.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
        thread.setRejectedExecutionHandler((task, ended) -> {});
        return new Timing() {
            @Override
            public long nowMs() {
                return System.currentTimeMillis();
            }

            @Override
            public void after(long delayMs, Runnable task) {
                thread.schedule(task, delayMs, TimeUnit.MILLISECONDS);
            }

            @Override
            public void close() {
                thread.shutdown();
            }
        };
    }
}
