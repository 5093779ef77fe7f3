package io.steelyard.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ControlLoopTest {
    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();

    @Test
    void runsTasksInOrderOnOneDaemonThread() {
        var order = new ArrayList<Integer>();
        try (var loop = ControlLoop.start("test-control", errors::add)) {
            for (int i = 0; i < 1_000; i++) {
                int number = i;
                loop.execute(() -> order.add(number));
            }
            assertThat(loop.call(() -> Thread.currentThread().getName()
                            + Thread.currentThread().isDaemon()))
                    .isEqualTo("test-controltrue");
            assertThat(loop.isCurrentThread()).isFalse();
            assertThat(loop.call(loop::isCurrentThread)).isTrue();
            assertThat(loop.call(() -> loop.call(() -> 7)))
                    .as("a call within a call")
                    .isEqualTo(7);
        }
        assertThat(order).hasSize(1_000).isSorted();
    }

    @Test
    void everyTaskOfManyThreadsIsRunOnce() throws Exception {
        var runs = new AtomicInteger();
        try (var loop = ControlLoop.start("test-control", errors::add)) {
            var threads = new ArrayList<Thread>();
            for (int t = 0; t < 4; t++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    for (int i = 0; i < 5_000; i++) {
                        loop.execute(runs::incrementAndGet);
                        if (i % 100 == 0) {
                            loop.run(() -> {});
                        }
                    }
                }));
            }
            for (var thread : threads) {
                thread.join();
            }
        }
        assertThat(runs).hasValue(20_000);
    }

    @Test
    void throwingTasksAreReportedAndHarmNothing() {
        try (var loop = ControlLoop.start("test-control", errors::add)) {
            loop.execute(() -> {
                throw new IllegalStateException("one");
            });
            loop.execute(() -> {
                throw new StackOverflowError("two");
            });
            loop.run(() -> loop.schedule(Duration.ZERO, () -> {
                throw new AssertionError("three");
            }));
            assertThatThrownBy(() -> loop.call(() -> {
                        throw new IllegalArgumentException("four");
                    }))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessage("four");
            assertThatThrownBy(() -> loop.call(() -> {
                        throw new IOException("five");
                    }))
                    .isInstanceOf(IllegalStateException.class)
                    .hasRootCauseMessage("five");
            assertThatThrownBy(() -> loop.run(() -> {
                        throw new NoClassDefFoundError("six");
                    }))
                    .isInstanceOf(NoClassDefFoundError.class);
            assertThat(loop.call(() -> 1)).isEqualTo(1);
        }
        assertThat(errors).extracting(Throwable::getMessage).containsExactly("one", "two", "three");
    }

    @Test
    void timersWakeASleepingLoop() throws Exception {
        var done = new CountDownLatch(1);
        try (var loop = ControlLoop.start("test-control", errors::add)) {
            loop.run(() -> loop.schedule(Duration.ofMillis(20), done::countDown));
            assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void closingFinishesTasksAndRefusesMore() {
        var runs = new AtomicInteger();
        var loop = ControlLoop.start("test-control", errors::add);
        for (int i = 0; i < 100; i++) {
            loop.execute(runs::incrementAndGet);
        }
        loop.close();
        loop.close();
        assertThat(runs).hasValue(100);
        assertThatThrownBy(() -> loop.execute(runs::incrementAndGet)).isInstanceOf(RejectedExecutionException.class);
        assertThatThrownBy(() -> loop.call(() -> 1)).isInstanceOf(RejectedExecutionException.class);
    }

    @Test
    void aLoopCanCloseItself() {
        var loop = ControlLoop.start("test-control", errors::add);
        loop.run(loop::close);
        loop.close();
        assertThatThrownBy(() -> loop.call(() -> 1)).isInstanceOf(RejectedExecutionException.class);
    }

    // ---- virtual time

    @Test
    void timersRunInOrderOfTheirDeadlineWithTheClockAtIt() {
        long startNs = Long.MAX_VALUE - 50;
        var loop = ManualControlLoop.at(startNs, errors::add);
        var log = new ArrayList<String>();
        loop.schedule(startNs + 100, () -> log.add("b" + (loop.nowNs() - startNs)));
        loop.schedule(startNs + 10, () -> {
            log.add("a" + (loop.nowNs() - startNs));
            loop.schedule(loop.nowNs() + 15, () -> log.add("c" + (loop.nowNs() - startNs)));
            loop.execute(() -> log.add("t" + (loop.nowNs() - startNs)));
        });
        loop.schedule(startNs + 100, () -> log.add("d" + (loop.nowNs() - startNs)));
        loop.schedule(startNs + 50, () -> log.add("never")).cancel();
        loop.advance(Duration.ofNanos(9));
        assertThat(log).isEmpty();
        loop.advance(Duration.ofNanos(90));
        assertThat(log).containsExactly("a10", "t10", "c25");
        loop.advance(Duration.ofNanos(1));
        assertThat(log).containsExactly("a10", "t10", "c25", "b100", "d100");
        assertThat(loop.nowNs()).isEqualTo(startNs + 100);
    }

    @Test
    void aManualLoopReportsErrorsToo() {
        var loop = ManualControlLoop.at(0, errors::add);
        loop.execute(() -> {
            throw new IllegalStateException("no");
        });
        assertThat(loop.call(() -> 3)).isEqualTo(3);
        assertThat(errors).hasSize(1);
        loop.close();
        assertThatThrownBy(() -> loop.execute(() -> {})).isInstanceOf(RejectedExecutionException.class);
    }
}
