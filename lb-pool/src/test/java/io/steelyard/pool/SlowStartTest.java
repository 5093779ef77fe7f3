package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static io.steelyard.pool.Fixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SlowStartTest {
    private static final Duration LENGTH = Duration.ofSeconds(100);
    private final Fixture fixture = new Fixture();

    private static RealServer slow(String id, int weight) {
        return server(id).weight(weight).slowStart(LENGTH).build();
    }

    private static ServerPool.Builder slowPool() {
        return pool().scheduler("weights").server(slow("a", 1)).server(slow("b", 3));
    }

    private double share(PoolRuntime runtime, String id) {
        var candidates = runtime.snapshot().tiers[0].candidates;
        int sum = 0;
        for (int i = 0; i < candidates.size(); i++) {
            sum += candidates.weight(i);
        }
        return (double) candidates.weight(candidates.indexOf(id)) / sum;
    }

    @Test
    void nothingIsSlowAtTheStart() {
        var runtime = fixture.start(slowPool());
        assertThat(share(runtime, "a")).isEqualTo(0.25);
        assertThat(runtime.tick(fixture.nowNs.get())).isEqualTo(Long.MAX_VALUE);
        runtime.health("a", HealthState.UP, "first check");
        assertThat(share(runtime, "a")).isEqualTo(0.25);
    }

    @Test
    void weightGrowsLinearlyAfterTheServerCameUp() {
        var runtime = fixture.start(slowPool());
        runtime.health("b", HealthState.DOWN, "gone");
        fixture.pass(Duration.ofSeconds(1_000));
        runtime.health("b", HealthState.UP, "back");
        for (int percent = 0; percent <= 100; percent += 10) {
            runtime.tick(fixture.nowNs.get());
            double grown = 3 * percent / 100.0;
            assertThat(share(runtime, "b")).isCloseTo(grown / (1 + grown), org.assertj.core.data.Offset.offset(0.01));
            assertThat(runtime.status().servers().get(1).weight()).isEqualTo(Math.max(1, (int) Math.round(grown)));
            fixture.pass(Duration.ofSeconds(10));
        }
        assertThat(runtime.snapshot().tiers[0].candidates.weight(0))
                .as("no factor is left")
                .isEqualTo(1);
        assertThat(runtime.tick(fixture.nowNs.get())).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void stepsAreAskedForWhileItGrows() {
        var runtime = fixture.start(slowPool());
        runtime.health("b", HealthState.DOWN, "gone");
        runtime.health("b", HealthState.UP, "back");
        int steps = 0;
        for (long nextNs = runtime.tick(fixture.nowNs.get());
                nextNs != Long.MAX_VALUE;
                nextNs = runtime.tick(fixture.nowNs.get())) {
            assertThat(nextNs).isGreaterThan(fixture.nowNs.get());
            fixture.nowNs.set(nextNs);
            steps++;
        }
        assertThat(steps).isEqualTo(100);
        assertThat(share(runtime, "b")).isEqualTo(0.75);
    }

    @Test
    void aServerAddedAtRunTimeIsSlow() {
        var runtime = fixture.start(slowPool());
        runtime.apply(slowPool().server(slow("c", 4)).build());
        fixture.pass(LENGTH.dividedBy(2));
        runtime.tick(fixture.nowNs.get());
        assertThat(share(runtime, "c")).isCloseTo(2.0 / 6, org.assertj.core.data.Offset.offset(0.01));
        assertThat(share(runtime, "b")).isCloseTo(3.0 / 6, org.assertj.core.data.Offset.offset(0.01));
    }

    @Test
    void goingDownEndsIt() {
        var runtime = fixture.start(slowPool());
        runtime.health("b", HealthState.DOWN, "gone");
        runtime.health("b", HealthState.UP, "back");
        runtime.health("b", HealthState.DOWN, "gone");
        assertThat(runtime.tick(fixture.nowNs.get())).isEqualTo(Long.MAX_VALUE);
        assertThat(fixture.serve(runtime)).isEqualTo("a");
    }

    @Test
    void schedulersThatDoNotFollowWeightsAreLeftAlone() {
        var runtime = fixture.start(slowPool().scheduler("sum.hash").hashKey("x"));
        runtime.health("b", HealthState.DOWN, "gone");
        runtime.health("b", HealthState.UP, "back");
        assertThat(runtime.snapshot().tiers[0].candidates.weight(1)).isEqualTo(3);
        assertThat(runtime.tick(fixture.nowNs.get())).isEqualTo(Long.MAX_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"1, 256", "65535, 256", "5000, 256", "327675000, 2", "4000000, 256", "5000000, 128", "1073741824, 1"})
    void factorKeepsSumsWithinAnInt(long sum, int factor) {
        assertThat(SlowStart.factor(sum)).isEqualTo(factor);
    }

    @Test
    void steps() {
        assertThat(SlowStart.stepNs(Duration.ofMillis(100))).isEqualTo(20_000_000);
        assertThat(SlowStart.stepNs(Duration.ofSeconds(10))).isEqualTo(200_000_000);
        assertThat(SlowStart.stepNs(Duration.ofHours(1))).isEqualTo(1_000_000_000);
    }
}
