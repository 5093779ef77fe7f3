package io.steelyard.tck;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Threads that pick while the pool is replaced under them, each new picker built from the one still in use. A thread loads the published
 * state once for each pick and judges the answer by that state's candidates alone.
 */
final class SwapTrial {
    private static final int THREADS = 4;
    private static final int PICKS_OF_EACH_THREAD = 2_000;
    private static final int STATES_OF_EACH_THREAD = 20;
    private static final int LEAST_SWAPS = 50;
    private static final long MOST_NS = 20_000_000_000L;

    private record State(Candidates candidates, Picker picker) {}

    private final Scheduler scheduler;
    private final boolean mayRefuse;

    /** Written by the building thread, read by the picking ones: a volatile store publishes candidates and picker together. */
    private volatile @Nullable State state;

    /** Set once by the building thread when it is done. */
    private volatile boolean isOver;

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();
    private final AtomicInteger satisfied = new AtomicInteger();

    SwapTrial(Scheduler scheduler, boolean mayRefuse) {
        this.scheduler = scheduler;
        this.mayRefuse = mayRefuse;
    }

    /** Runs to the end. @return what went wrong first, or null */
    @Nullable
    Throwable run() throws InterruptedException {
        var first = PoolFixture.ofSize(5, 1, 2, 3).candidates();
        state = new State(first, scheduler.build(first, null));
        var finished = new CountDownLatch(THREADS);
        for (int i = 0; i < THREADS; i++) {
            int seed = i;
            Thread.ofPlatform().daemon().name("picker-" + i).start(() -> {
                try {
                    pickUntilOver(seed);
                } catch (Throwable wrong) {
                    failure.compareAndSet(null, wrong);
                } finally {
                    finished.countDown();
                }
            });
        }
        try {
            swap();
        } catch (RuntimeException | Error wrong) {
            failure.compareAndSet(null, wrong);
        } finally {
            isOver = true;
            finished.await();
        }
        return failure.get();
    }

    private void swap() {
        long startNs = System.nanoTime();
        for (int swaps = 0; System.nanoTime() - startNs < MOST_NS; swaps++) {
            if (failure.get() != null || swaps >= LEAST_SWAPS && satisfied.get() == THREADS) {
                return;
            }
            // Sizes from 1 to 9, weights and an unusable server that move on: an index of another state is soon out of
            // range or unusable.
            int size = 1 + swaps * 7 % 9;
            var fixture = PoolFixture.ofSize(size, 1 + swaps % 3, 1 + swaps % 5, 2);
            if (size > 1) {
                fixture.down("s" + swaps % size);
            }
            var current = state;
            var candidates = fixture.candidates();
            state = new State(candidates, scheduler.build(candidates, current == null ? null : current.picker()));
            Thread.yield();
        }
    }

    private void pickUntilOver(int seed) {
        var flows = new SeededFlows(seed);
        State last = null;
        int states = 0;
        boolean isSatisfied = false;
        for (int picks = 1; !isOver && failure.get() == null; picks++) {
            var current = Objects.requireNonNull(state);
            states += current == last ? 0 : 1;
            last = current;
            if (!isSatisfied && picks >= PICKS_OF_EACH_THREAD && states >= STATES_OF_EACH_THREAD) {
                isSatisfied = true;
                satisfied.incrementAndGet();
            }
            var flow = flows.next();
            int index = current.picker().pick(flow);
            if (index == Picker.NONE) {
                if (!mayRefuse) {
                    throw new AssertionError("NONE although a server can serve");
                }
            } else if (index < 0
                    || index >= current.candidates().size()
                    || !current.candidates().isEligible(index, flow)) {
                throw new AssertionError("picked " + index + " of "
                        + current.candidates().size() + " candidates, which is none of this state's that can serve");
            }
        }
    }
}
