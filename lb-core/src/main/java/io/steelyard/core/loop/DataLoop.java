package io.steelyard.core.loop;

import io.netty.channel.IoEventLoop;
import io.netty.channel.IoRegistration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * One data-plane thread: an epoll set, commands from other threads, timers. Everything but {@link #execute}, {@link #call} and
 * {@link #index} is for its own thread.
 */
public final class DataLoop {
    private final int index;
    private final IoEventLoop loop;
    private final TimerWheel timers;
    private int descriptors;

    DataLoop(int index, IoEventLoop loop) {
        this.index = index;
        this.loop = loop;
        timers =
                new TimerWheel(System::nanoTime, (delayNs, task) -> loop.schedule(task, delayNs, TimeUnit.NANOSECONDS));
    }

    /** 0 to the number of loops less one. */
    public int index() {
        return index;
    }

    /** Runs {@code command} on the loop, after what was given before. Any thread. */
    public void execute(Runnable command) {
        loop.execute(command);
    }

    /** Runs {@code command} on the loop and gives its result. Any thread; joining it on a loop's thread would wait for ever. */
    public <T> CompletableFuture<T> call(Supplier<T> command) {
        return CompletableFuture.supplyAsync(command, loop);
    }

    public boolean isCurrentThread() {
        return loop.inEventLoop();
    }

    /**
     * Takes over a non-blocking descriptor. Nothing is reported before {@link FdRegistration#interest(int)} asks for it.
     *
     * @throws IllegalStateException where the loop is shutting down; the descriptor is closed then
     */
    public FdRegistration register(int fd, FdHandler handler) {
        var registration = new FdRegistration(fd, handler, this);
        descriptors++;
        var future = loop.register(registration.handle());
        // On the loop's own thread the registration is complete when register returns.
        IoRegistration done = future.getNow();
        if (done == null) {
            registration.close();
            throw new IllegalStateException("the loop takes no descriptor any more", future.cause());
        }
        registration.registered(done);
        return registration;
    }

    void onClosed() {
        descriptors--;
    }

    /** Descriptors that were taken over and are not closed. */
    public int descriptors() {
        return descriptors;
    }

    /** The loop's timers. */
    public TimerWheel timers() {
        return timers;
    }
}
