package io.steelyard.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.tck.Allocation;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A pick of any installed scheduler allocates nothing and costs no more than a recorded multiple of its baseline: one array read, or for
 * schedulers that compare all servers a scan of them. Both are timed in the same run by {@link Turns}.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PickGuardTest {
    private static final List<Integer> SIZES = List.of(3, 100, 5_000);
    private static final long ROUND_NS = 300_000;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int PICKERS = 4;
    private static final int PICKS_OF_A_THREAD = 100_000;
    private static final String OTHERS = "others";
    private static final List<String> BASELINES = List.of(PickCase.ARRAY, PickCase.SCAN);

    private final Map<String, Bounds> bounds = new HashMap<>();

    /** Keeps results in use, so that no pick is optimized away. */
    private int sum;

    /** The case a scheduler is compared with, and the multiples of it that may not be reached, one for each of {@link #SIZES}. */
    private record Bounds(String baseline, List<Integer> multiples) {}

    @BeforeAll
    void readBounds() throws IOException {
        var resource = Objects.requireNonNull(PickGuardTest.class.getResourceAsStream("/pick-bounds.tsv"));
        try (var reader = new BufferedReader(new InputStreamReader(resource, StandardCharsets.UTF_8))) {
            reader.lines().filter(line -> !line.startsWith("#")).forEach(line -> {
                var fields = line.split("\t", -1);
                var multiples =
                        Arrays.stream(fields).skip(2).map(Integer::valueOf).toList();
                assertThat(BASELINES).contains(fields[1]);
                assertThat(multiples).hasSameSizeAs(SIZES);
                bounds.put(fields[0], new Bounds(fields[1], multiples));
            });
        }
        // The loop that measures is shared: let it see different pickers first, as it will, so that no case is timed as
        // the only one.
        for (var text : PickCase.all()) {
            picksIn(PickCase.of(text, 3), ROUND_NS);
        }
    }

    static Stream<String> schedulers() {
        return PickCase.all().stream().filter(text -> !BASELINES.contains(text));
    }

    @ParameterizedTest
    @MethodSource("schedulers")
    void pickAllocatesNothingAndCostsLittle(String scheduler) {
        var limits = Objects.requireNonNull(bounds.getOrDefault(scheduler, bounds.get(OTHERS)));
        for (int i = 0; i < SIZES.size(); i++) {
            int size = SIZES.get(i);
            int bound = limits.multiples.get(i);
            var picks = PickCase.of(scheduler, size);
            var baseline = PickCase.of(limits.baseline, size);
            double ratio = Turns.ratio(() -> picksIn(picks, ROUND_NS), () -> picksIn(baseline, ROUND_NS), bound);
            System.out.printf("%s, %d servers: %.1f times %s%n", scheduler, size, ratio, limits.baseline);
            assertThat(ratio)
                    .as("cost of a pick of %s among %d servers, as a multiple of %s", scheduler, size, limits.baseline)
                    .isLessThan(bound);
            assertThat(Allocation.bytes(2_000, () -> sum += picks.pick()))
                    .as("bytes allocated by 2000 picks of %s among %d servers", scheduler, size)
                    .isZero();
        }
    }

    /** A lock is cheap while nobody else wants it; so four threads pick at once, and none of them may ever have been blocked or parked. */
    @ParameterizedTest
    @MethodSource("schedulers")
    void pickWaitsForNoOtherThread(String scheduler) throws InterruptedException {
        var picker = PickCase.of(scheduler, 3).picker();
        var start = new CountDownLatch(PICKERS);
        var waits = new AtomicLong();
        var threads = IntStream.range(0, PICKERS)
                .mapToObj(number -> Thread.ofPlatform().start(() -> {
                    var picks = new PickCase(picker);
                    start.countDown();
                    while (start.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    // Classes are loaded and code is linked under locks of the virtual machine's own.
                    int picked = pickAll(picks);
                    long before = waitsOfThisThread();
                    picked += pickAll(picks);
                    waits.addAndGet(waitsOfThisThread() - before);
                    sum += picked;
                }))
                .toList();
        for (var thread : threads) {
            thread.join();
        }
        assertThat(waits.get()).as("times a thread was blocked or parked").isZero();
    }

    private static int pickAll(PickCase picks) {
        int picked = 0;
        for (int i = 0; i < PICKS_OF_A_THREAD; i++) {
            picked += picks.pick();
        }
        return picked;
    }

    private static long waitsOfThisThread() {
        var thread = THREADS.getThreadInfo(Thread.currentThread().threadId());
        return thread.getBlockedCount() + thread.getWaitedCount();
    }

    @Test
    void everyBoundIsOfASchedulerThatExists() {
        assertThat(PickCase.all())
                .containsAll(bounds.keySet().stream()
                        .filter(name -> !name.equals(OTHERS))
                        .toList());
    }

    /** Nanoseconds of processor time a pick, over about so long. */
    private double picksIn(PickCase picks, long forNs) {
        long start = System.nanoTime();
        long processorStart = THREADS.getCurrentThreadCpuTime();
        long picked = 0;
        do {
            for (int i = 0; i < 100; i++) {
                sum += picks.pick();
            }
            picked += 100;
        } while (System.nanoTime() - start < forNs);
        return (double) (THREADS.getCurrentThreadCpuTime() - processorStart) / picked;
    }
}
