package io.steelyard.vrrp.system;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import io.steelyard.linux.EpollSet;
import io.steelyard.linux.Errno;
import io.steelyard.linux.ErrnoException;
import io.steelyard.linux.Linux;
import io.steelyard.vrrp.defence.PauseWatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one thread of all virtual routers: waits for descriptors and for the earliest timer, and runs what others hand it. All it runs must be
 * short and must not block. An idle thread costs nothing but its memory, and a running one allocates nothing by itself.
 *
 * <p><b>Sockets come before timers.</b> When a timer is due, every ready descriptor is served once more first. A process that was held up for
 * longer than a down interval so hears the adverts that have arrived meanwhile before any timer says that there were none.
 *
 * <p>{@link #execute} and {@link #call} are for all threads, the rest for this thread, or for anyone before it starts.
 */
final class ControlThread implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ControlThread.class);
    private static final int MOST_READY = 64;
    private static final long WAKE_UP = 0;
    private static final long CLOCK = 1;
    private static final int FIRST_WATCHED = 2;

    private final EpollSet set = EpollSet.create(MOST_READY);
    private final int wakeUp;
    private final int clock;
    private final MemorySegment counter = Arena.ofAuto().allocate(8, 8);
    private final Timers timers = new Timers();
    private final PauseWatch pauses = new PauseWatch();
    private final Thread thread;

    /** By tag; null where none is any more. */
    private final List<@Nullable Runnable> watched = new ArrayList<>();

    /** Handed in by any thread, taken by this one. */
    private final Queue<Runnable> commands = new ConcurrentLinkedQueue<>();

    /** Guards {@link #isClosing} and that {@link #wakeUp} is open while it is not set: a command is either refused or run, and never wakes another. */
    private final Object door = new Object();

    private boolean isClosing;

    private LongConsumer onLate = gapNs -> {};
    private long timerSetForNs;
    private boolean isTimerSet;
    private long nowNs = System.nanoTime();

    /** @throws ErrnoException where there is no descriptor left */
    ControlThread(String name) throws ErrnoException {
        wakeUp = Errno.check(Linux.eventfd(), "eventfd");
        clock = Errno.check(Linux.timerfd(), "timerfd");
        Errno.check(set.add(wakeUp, WAKE_UP), "epoll_ctl");
        Errno.check(set.add(clock, CLOCK), "epoll_ctl");
        for (int tag = 0; tag < FIRST_WATCHED; tag++) {
            watched.add(null);
        }
        thread = Thread.ofPlatform().name(name).daemon().unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    boolean isThisThread() {
        return Thread.currentThread() == thread;
    }

    /** Who is told, before anything else, by how many nanoseconds the earliest timer is late: the process stood still so long, or nearly. */
    void onLate(LongConsumer given) {
        onLate = given;
    }

    /** The time at which this round began. */
    long nowNs() {
        return nowNs;
    }

    /**
     * Calls {@code onReady} whenever a descriptor is readable or has an error, until it is unwatched. The handler must read until there is
     * nothing left or a bound of its own is reached; what it leaves is reported again.
     *
     * @return what {@link #unwatch} wants
     */
    int watch(int fd, Runnable onReady) throws ErrnoException {
        int tag = watched.size();
        for (int i = FIRST_WATCHED; i < tag; i++) {
            if (watched.get(i) == null) {
                tag = i;
                break;
            }
        }
        Errno.check(set.add(fd, tag), "epoll_ctl");
        if (tag == watched.size()) {
            watched.add(onReady);
        } else {
            watched.set(tag, onReady);
        }
        return tag;
    }

    /** Ends watching; before the descriptor is closed. */
    void unwatch(int tag, int fd) {
        set.remove(fd);
        watched.set(tag, null);
    }

    /** A timer whose action runs on this thread. */
    Timers.Timer timer(Runnable action) {
        return timers.timer(() -> guarded(action));
    }

    /**
     * Has something run on this thread.
     *
     * @throws RejectedExecutionException where the thread has ended or is about to
     */
    void execute(Runnable command) {
        synchronized (door) {
            if (isClosing) {
                throw new RejectedExecutionException("the virtual routers have been closed");
            }
            commands.add(command);
            wake();
        }
    }

    /** As {@link #execute}, with a result. */
    <T> CompletableFuture<T> call(Callable<T> command) {
        var result = new CompletableFuture<T>();
        execute(() -> {
            try {
                result.complete(command.call());
            } catch (Throwable failed) {
                result.completeExceptionally(failed);
            }
        });
        return result;
    }

    private void wake() {
        var one = Arena.ofAuto().allocate(8, 8);
        one.set(JAVA_LONG, 0, 1);
        Linux.write(wakeUp, one, 0, 8);
    }

    private void run() {
        try {
            while (!isClosing()) {
                setClock();
                round(set.await(-1));
            }
        } finally {
            synchronized (door) {
                isClosing = true;
            }
            for (Runnable left; (left = commands.poll()) != null; ) {
                guarded(left);
            }
            closeDescriptors();
        }
    }

    private boolean isClosing() {
        synchronized (door) {
            return isClosing;
        }
    }

    private void closeDescriptors() {
        Linux.close(wakeUp);
        Linux.close(clock);
        Linux.close(set.fd());
    }

    /** @param ready what await gave: how many descriptors are ready; an error number is EINTR and means none */
    private void round(int ready) {
        nowNs = System.nanoTime();
        noticeLateness();
        serve(ready);
        for (Runnable command; (command = commands.poll()) != null; ) {
            guarded(command);
        }
        nowNs = System.nanoTime();
        if (timers.isDue(nowNs)) {
            noticeLateness();
            // Timers are judged by a time before the sockets are read: whatever had arrived by then has been heard,
            // however long this takes.
            serve(set.await(0));
            timers.run(nowNs);
        }
    }

    private void noticeLateness() {
        long lateNs = timers.isEmpty() ? 0 : pauses.lateNs(timers.earliestNs(), nowNs);
        if (lateNs > 0) {
            onLate.accept(lateNs);
        }
    }

    private void serve(int ready) {
        for (int i = 0; i < ready; i++) {
            int tag = (int) set.tag(i);
            if (tag == WAKE_UP) {
                Linux.read(wakeUp, counter, 0, 8);
            } else if (tag == CLOCK) {
                Linux.read(clock, counter, 0, 8);
                isTimerSet = false;
            } else {
                var onReady = watched.get(tag);
                if (onReady != null) {
                    guarded(onReady);
                }
            }
        }
    }

    private void setClock() {
        if (timers.isEmpty()) {
            if (isTimerSet) {
                Linux.stopTimer(clock);
                isTimerSet = false;
            }
            return;
        }
        long earliest = timers.earliestNs();
        if (!isTimerSet || earliest != timerSetForNs) {
            Linux.setTimer(clock, earliest);
            timerSetForNs = earliest;
            isTimerSet = true;
        }
    }

    private static void guarded(Runnable action) {
        try {
            action.run();
        } catch (RuntimeException | Error failed) {
            LOG.error("a task of the virtual routers failed", failed);
        }
    }

    /** Ends the thread after what was handed in before. Again without effect. */
    @Override
    public void close() {
        synchronized (door) {
            if (isClosing) {
                return;
            }
            isClosing = true;
            if (thread.getState() == Thread.State.NEW) {
                closeDescriptors();
            } else {
                wake();
            }
        }
    }

    /** Waits until the thread has ended. */
    void join() {
        boolean isInterrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException interrupted) {
                isInterrupted = true;
            }
        }
        if (isInterrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
