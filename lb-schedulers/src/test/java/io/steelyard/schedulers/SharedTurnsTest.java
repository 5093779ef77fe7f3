package io.steelyard.schedulers;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.ServerLoad;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Four threads that pick from one rotation at different, seeded paces: no turn is lost and none is taken twice, so shares are exact. */
class SharedTurnsTest {
    private static final int THREADS = 4;
    private static final int[] WEIGHTS = {5, 1, 3, 1};
    private static final int ROUND = 10;
    private static final int ROUNDS_OF_A_THREAD = 4_000;

    @ParameterizedTest
    @CsvSource({
        "lvs.rr, 1",
        "lvs.rr, 2",
        "lvs.wrr, 1",
        "lvs.wrr, 2",
        "nginx.round_robin, 1",
        "nginx.round_robin, 2",
        "nginx.least_conn, 1",
        "haproxy.static-rr, 1",
        "haproxy.static-rr, 2",
        "haproxy.roundrobin, 1",
        "haproxy.roundrobin, 2"
    })
    void fourThreadsTogetherGiveEveryServerItsShare(String scheduler, long seed) throws InterruptedException {
        boolean isWeighted = !scheduler.equals("lvs.rr");
        var builder = Candidates.builder();
        for (int i = 0; i < WEIGHTS.length; i++) {
            builder.add(RealServer.of("10.0.0." + (i + 1) + ":80"), WEIGHTS[i], true, new ServerLoad(), null);
        }
        var provider = Plugins.installed().scheduler(scheduler).orElseThrow();
        var picker = provider.create(Options.of(provider.options(), Map.of())).build(builder.build(), null);

        var counts = new AtomicIntegerArray(WEIGHTS.length);
        var start = new CountDownLatch(THREADS);
        var threads = IntStream.range(0, THREADS)
                .mapToObj(number -> Thread.ofPlatform().start(() -> {
                    start.countDown();
                    while (start.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    pickAll(picker, new Flow(seed * THREADS + number), counts);
                }))
                .toList();
        for (var thread : threads) {
            thread.join();
        }

        int picks = THREADS * ROUNDS_OF_A_THREAD * ROUND;
        for (int i = 0; i < WEIGHTS.length; i++) {
            int share = isWeighted ? picks / ROUND * WEIGHTS[i] : picks / WEIGHTS.length;
            assertThat(counts.get(i)).as("picks of server %d", i).isEqualTo(share);
        }
    }

    private static void pickAll(Picker picker, Flow flow, AtomicIntegerArray counts) {
        for (int pick = 0; pick < ROUNDS_OF_A_THREAD * ROUND; pick++) {
            counts.incrementAndGet(picker.pick(flow));
            for (int pause = flow.nextInt(32); pause > 24; pause--) {
                Thread.onSpinWait();
            }
        }
    }
}
