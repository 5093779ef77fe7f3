package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static io.steelyard.pool.Fixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.pool.PassiveHealth.SlidingWindow;
import io.steelyard.api.pool.ServerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class SlidingWindowTest {
    private static final SlidingWindow RULE = new SlidingWindow(3, Duration.ofSeconds(10), Duration.ofSeconds(20), 50);

    private final Fixture fixture = new Fixture();

    private static ServerPool.Builder windowPool(String... ids) {
        return pool(ids).passiveHealth(RULE);
    }

    private void failThrice(PoolRuntime runtime, String id) {
        for (int i = 0; i < 3; i++) {
            fixture.fail(runtime, id);
        }
    }

    @Test
    void failuresWithinTheWindowEjectAndOthersDoNot() {
        var runtime = fixture.start(windowPool("a", "b"));
        fixture.fail(runtime, "a");
        fixture.fail(runtime, "a");
        fixture.pass(Duration.ofSeconds(10).plusNanos(1));
        fixture.fail(runtime, "a");
        assertThat(fixture.serve(runtime)).isEqualTo("a");
        fixture.pass(Duration.ofSeconds(5));
        fixture.fail(runtime, "a");
        assertThat(fixture.serve(runtime)).isEqualTo("a");
        fixture.pass(Duration.ofSeconds(5));
        fixture.fail(runtime, "a");
        assertThat(fixture.serve(runtime)).as("three within exactly 10 s").isEqualTo("b");
        assertThat(fixture.ejections()).containsExactly("-a");
    }

    @Test
    void ejectionEndsByItself() {
        var runtime = fixture.start(windowPool("a", "b"));
        failThrice(runtime, "a");
        fixture.pass(Duration.ofSeconds(20).minusNanos(1));
        assertThat(fixture.serve(runtime)).isEqualTo("b");
        assertThat(runtime.tick(fixture.nowNs.get())).isEqualTo(fixture.nowNs.get() + 1);
        fixture.pass(Duration.ofNanos(1));
        assertThat(fixture.serve(runtime)).isEqualTo("a");
        runtime.tick(fixture.nowNs.get());
        runtime.tick(fixture.nowNs.get());
        assertThat(fixture.ejections()).containsExactly("-a", "+a");
        fixture.fail(runtime, "a");
        fixture.fail(runtime, "a");
        assertThat(fixture.serve(runtime)).as("old failures are forgotten").isEqualTo("a");
    }

    @Test
    void ejectionsInARowGrowUpToTenfoldAndARowEndsAfterAQuietWindow() {
        var runtime = fixture.start(windowPool("a", "b"));
        for (int row = 1; row <= 12; row++) {
            failThrice(runtime, "a");
            long length = 20L * Math.min(row, 10);
            fixture.pass(Duration.ofSeconds(length).minusNanos(1));
            assertThat(fixture.serve(runtime)).as("ejection " + row).isEqualTo("b");
            fixture.pass(Duration.ofNanos(1));
            assertThat(fixture.serve(runtime)).isEqualTo("a");
        }
        fixture.pass(Duration.ofSeconds(10).plusNanos(1));
        failThrice(runtime, "a");
        fixture.pass(Duration.ofSeconds(20));
        assertThat(fixture.serve(runtime)).isEqualTo("a");
    }

    @Test
    void neverMoreThanTheGreatestShareOfATierButOneAlways() {
        var runtime = fixture.start(windowPool("a", "b", "c", "d"));
        failThrice(runtime, "a");
        failThrice(runtime, "b");
        failThrice(runtime, "c");
        assertThat(fixture.serve(runtime)).as("half of four are out").isEqualTo("c");
        assertThat(fixture.ejections()).containsExactly("-a", "-b");

        var none = fixture.start(
                pool("a", "b").passiveHealth(new SlidingWindow(1, Duration.ofSeconds(1), Duration.ofSeconds(1), 0)));
        fixture.fail(none, "a");
        fixture.fail(none, "b");
        assertThat(fixture.serve(none)).isEqualTo("b");
    }

    @Test
    void theOnlyServerOfAPoolIsNeverEjectedAndTheOnlyOneOfATierIs() {
        var single = fixture.start(windowPool("a"));
        failThrice(single, "a");
        assertThat(fixture.serve(single)).isEqualTo("a");
        var tiers = fixture.start(windowPool("a").server(server("x").backup().build()));
        failThrice(tiers, "a");
        assertThat(fixture.serve(tiers)).isEqualTo("x");
    }

    @Test
    void failuresOfEarlierFlowsDuringAnEjectionDoNotProlongIt() {
        var runtime = fixture.start(windowPool("a", "b"));
        var late = fixture.open(runtime);
        failThrice(runtime, "a");
        fixture.pass(Duration.ofSeconds(19));
        late.failed(io.steelyard.api.schedule.Lease.Failure.BROKEN);
        fixture.pass(Duration.ofSeconds(1));
        assertThat(fixture.serve(runtime)).isEqualTo("a");
    }

    @Test
    void ejectionSurvivesChangesOfOtherServers() {
        var runtime = fixture.start(windowPool("a", "b"));
        failThrice(runtime, "a");
        runtime.apply(windowPool("a", "b", "c").build());
        assertThat(fixture.serve(runtime)).isEqualTo("b");
    }

    @Test
    void concurrentFailuresNeverEjectMoreThanTheShare() throws Exception {
        var rule = new SlidingWindow(2, Duration.ofSeconds(10), Duration.ofSeconds(20), 50);
        for (int round = 0; round < 100; round++) {
            var ejecting = new AtomicBoolean();
            var ejected = new AtomicInteger();
            var gates = new PassiveGate[4];
            for (int i = 0; i < gates.length; i++) {
                gates[i] = SlidingWindowGate.of(
                        "s" + i, rule, (id, out, why) -> ejected.incrementAndGet(), ejecting, null);
            }
            var start = new CountDownLatch(1);
            var threads = new ArrayList<Thread>();
            for (var gate : gates) {
                threads.add(Thread.ofPlatform().start(() -> {
                    try {
                        start.await();
                    } catch (InterruptedException stop) {
                        return;
                    }
                    for (int i = 0; i < 20; i++) {
                        gate.onFailure(1_000 + i, gates);
                    }
                }));
            }
            start.countDown();
            for (var thread : threads) {
                thread.join();
            }
            assertThat(ejected.get()).as("round " + round).isBetween(1, 2);
        }
    }
}
