package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static io.steelyard.pool.Fixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Personality;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Lease;
import io.steelyard.api.schedule.Lease.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** nginx's rule with three failures and three seconds, as in its laboratory runs. */
class MaxFailsTest {
    private final Fixture fixture = new Fixture();

    private PoolRuntime start(String... ids) {
        return fixture.start(nginxPool(ids));
    }

    private static ServerPool.Builder nginxPool(String... ids) {
        var builder = pool().personality(Personality.NGINX).passiveHealth(new PassiveHealth.MaxFails());
        for (var id : ids) {
            builder.server(
                    server(id).maxFails(3).failTimeout(Duration.ofSeconds(3)).build());
        }
        return builder;
    }

    @Test
    void failuresFurtherApartThanTheWindowStillAddUp() {
        var runtime = start("a", "b");
        for (int i = 0; i < 3; i++) {
            fixture.fail(runtime, "a");
            fixture.pass(Duration.ofMillis(2_500));
        }
        assertThat(fixture.serve(runtime)).as("5 s from the first to the third").isEqualTo("b");

        var slower = start("a", "b");
        for (int i = 0; i < 3; i++) {
            fixture.pass(Duration.ofMillis(4_200));
            fixture.fail(slower, "a");
        }
        assertThat(fixture.serve(slower)).as("no success between").isEqualTo("b");
    }

    @Test
    void onlyASuccessThatBeganLateEnoughClearsTheCount() {
        var runtime = start("a", "b");
        fixture.fail(runtime, "a");
        fixture.fail(runtime, "a");
        fixture.pass(Duration.ofSeconds(3));
        fixture.serve(runtime);
        fixture.fail(runtime, "a");
        assertThat(fixture.serve(runtime))
                .as("a success within failTimeout clears nothing")
                .isEqualTo("b");

        var other = start("a", "b");
        fixture.fail(other, "a");
        fixture.fail(other, "a");
        fixture.pass(Duration.ofSeconds(4));
        fixture.serve(other);
        fixture.fail(other, "a");
        fixture.fail(other, "a");
        assertThat(fixture.serve(other)).isEqualTo("a");
    }

    @Test
    void exactlyOneFlowInEachFailTimeoutTriesASkippedServer() {
        var runtime = start("a", "b");
        for (int i = 0; i < 3; i++) {
            fixture.fail(runtime, "a");
        }
        fixture.pass(Duration.ofSeconds(3));
        assertThat(fixture.serve(runtime)).as("not yet more than 3 s").isEqualTo("b");
        fixture.pass(Duration.ofSeconds(1));
        var probe = fixture.open(runtime);
        assertThat(probe.server().id()).isEqualTo("a");
        assertThat(fixture.serve(runtime)).isEqualTo("b");
        fixture.pass(Duration.ofSeconds(3));
        assertThat(fixture.serve(runtime)).isEqualTo("b");
        fixture.pass(Duration.ofSeconds(1));
        var second = fixture.open(runtime);
        assertThat(second.server().id()).as("the first one is still under way").isEqualTo("a");
        assertThat(fixture.serve(runtime)).isEqualTo("b");
        second.failed(Failure.CONNECT_TIMEOUT);
        assertThat(fixture.serve(runtime)).isEqualTo("b");
        assertThat(fixture.ejections()).containsExactly("-a");
        fixture.pass(Duration.ofSeconds(4));
        assertThat(fixture.serve(runtime)).isEqualTo("a");
        assertThat(fixture.serve(runtime)).isEqualTo("a");
        assertThat(fixture.ejections()).containsExactly("-a", "+a");
        probe.cancelled();
    }

    @Test
    void allSkippedIsNoneAvailableAtOnceAndCountersAreNotReset() {
        var runtime = start("a", "b");
        for (int i = 0; i < 3; i++) {
            fixture.fail(runtime, "a");
        }
        for (int i = 0; i < 3; i++) {
            fixture.fail(runtime, "b");
        }
        assertThat(fixture.serve(runtime)).isEqualTo("NONE_AVAILABLE");
        assertThat(fixture.serve(runtime)).isEqualTo("NONE_AVAILABLE");
        fixture.pass(Duration.ofSeconds(3));
        assertThat(fixture.serve(runtime)).isEqualTo("NONE_AVAILABLE");
    }

    @Test
    void aTcpFlowSucceedsWhenItIsConnected() {
        var runtime = start("a", "b");
        for (int i = 0; i < 3; i++) {
            fixture.fail(runtime, "a");
        }
        fixture.pass(Duration.ofSeconds(4));
        var probe = fixture.open(runtime);
        probe.connected();
        assertThat(fixture.serve(runtime)).as("before the probing flow ends").isEqualTo("a");
        probe.completed();
    }

    @Test
    void theOnlyServerIsNeverSkipped() {
        var runtime = start("a");
        for (int i = 0; i < 10; i++) {
            fixture.fail(runtime, "a");
        }
        assertThat(fixture.serve(runtime)).isEqualTo("a");
        assertThat(fixture.ejections()).isEmpty();
    }

    @Test
    void zeroMaxFailsNeverSkips() {
        var runtime = fixture.start(pool().passiveHealth(new PassiveHealth.MaxFails())
                .server(server("a").maxFails(0).build())
                .server(server("b").build()));
        for (int i = 0; i < 10; i++) {
            fixture.fail(runtime, "a");
        }
        assertThat(fixture.serve(runtime)).isEqualTo("a");
    }

    @Test
    void countsSurviveChangesOfTheConfiguration() {
        var runtime = start("a", "b");
        fixture.fail(runtime, "a");
        fixture.fail(runtime, "a");
        runtime.apply(nginxPool("b", "a", "c").build());
        var b = fixture.open(runtime);
        b.failed(Failure.CONNECT_ERROR);
        runtime.pick(fixture.flow, b);
        assertThat(b.server().id()).isEqualTo("a");
        b.failed(Failure.CONNECT_ERROR);
        assertThat(fixture.ejections()).containsExactly("-a");
    }

    @Test
    void backupsServeWhilePrimariesAreSkipped() {
        var runtime = fixture.start(nginxPool("a").server(server("x").backup().build()));
        for (int i = 0; i < 3; i++) {
            fixture.fail(runtime, "a");
        }
        assertThat(fixture.serve(runtime)).isEqualTo("x");
    }

    @Test
    void agreesWithThePlainRuleOnRandomHistories() {
        for (int seed = 0; seed < 200; seed++) {
            var random = new Random(seed);
            int maxFails = 1 + random.nextInt(4);
            int timeout = random.nextInt(5);
            long nowNs = random.nextLong();
            var gate = MaxFailsGate.of("a", maxFails, Duration.ofSeconds(timeout), (id, out, why) -> {}, null);
            var model = new Model(maxFails, timeout);
            for (int step = 0; step < 300; step++) {
                nowNs += (long) (random.nextDouble() * 1.7e9);
                long now = Math.floorDiv(nowNs, 1_000_000_000L);
                assertThat(gate.admits(nowNs)).as("seed %s step %s", seed, step).isEqualTo(model.isEligible(now));
                switch (random.nextInt(3)) {
                    case 0 -> {
                        if (gate.admits(nowNs)) {
                            assertThat(gate.onSelected(nowNs)).isTrue();
                            model.select(now);
                        }
                    }
                    case 1 -> {
                        gate.onFailure(nowNs, new PassiveGate[] {gate});
                        model.fail(now);
                    }
                    default -> {
                        gate.onSuccess(nowNs);
                        model.succeed();
                    }
                }
            }
        }
    }

    /** The rule as it is written down, for one thread. */
    private static final class Model {
        private final int maxFails;
        private final int failTimeout;
        private int fails;
        private long accessed = Long.MIN_VALUE / 2;
        private long checked = Long.MIN_VALUE / 2;

        Model(int maxFails, int failTimeout) {
            this.maxFails = maxFails;
            this.failTimeout = failTimeout;
        }

        boolean isEligible(long now) {
            return !(maxFails > 0 && fails >= maxFails && now - checked <= failTimeout);
        }

        void select(long now) {
            if (now - checked > failTimeout) {
                checked = now;
            }
        }

        void fail(long now) {
            fails++;
            accessed = now;
            checked = now;
        }

        void succeed() {
            if (accessed < checked) {
                fails = 0;
            }
        }
    }

    @Test
    void severalThreadsSendOneProbe() throws Exception {
        for (int round = 0; round < 200; round++) {
            var runtime = start("a", "b");
            for (int i = 0; i < 3; i++) {
                fixture.fail(runtime, "a");
            }
            fixture.pass(Duration.ofSeconds(4));
            var probes = new AtomicInteger();
            var start = new CountDownLatch(1);
            var threads = new ArrayList<Thread>();
            for (int t = 0; t < 4; t++) {
                threads.add(Thread.ofPlatform().start(() -> {
                    var flow = new io.steelyard.api.schedule.Flow(1);
                    Lease lease = runtime.newLease();
                    try {
                        start.await();
                    } catch (InterruptedException stop) {
                        return;
                    }
                    runtime.pick(flow, lease);
                    probes.addAndGet(lease.server().id().equals("a") ? 1 : 0);
                }));
            }
            start.countDown();
            for (var thread : threads) {
                thread.join();
            }
            assertThat(probes).as("round " + round).hasValue(1);
        }
    }
}
