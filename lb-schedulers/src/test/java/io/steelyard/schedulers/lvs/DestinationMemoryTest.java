package io.steelyard.schedulers.lvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.tck.ManualClock;
import io.steelyard.tck.PoolFixture;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code lvs.lblc} and {@code lvs.lblcr} remember of a destination. */
class DestinationMemoryTest {
    private final ManualClock clock = new ManualClock(1L << 50);
    private final Flow flow = new Flow(1);

    private String pick(Candidates candidates, Picker picker, int destination) {
        flow.clear().nowNs(clock.nowNs()).destination(0, 0xFFFF_0000_0000L | destination, 80);
        int index = picker.pick(flow);
        return index == Picker.NONE ? "-" : candidates.id(index);
    }

    private static Scheduler scheduler(SchedulerProvider provider, String... options) {
        return provider.create(
                Options.of(provider.options(), options.length == 0 ? Map.of() : Map.of(options[0], options[1])));
    }

    @Test
    void destinationStaysWithItsServer() {
        for (SchedulerProvider provider :
                new SchedulerProvider[] {new LocalityLeastConnectionProvider(), new ReplicatedLocalityProvider()}) {
            var pool = PoolFixture.of("A=4,B=4");
            var candidates = pool.candidates();
            var picker = scheduler(provider).build(candidates, null);
            assertThat(pick(candidates, picker, 1)).isEqualTo("A");
            pool.active("A", 3);
            assertThat(pick(candidates, picker, 1)).as("though B is idle").isEqualTo("A");
            assertThat(pick(candidates, picker, 2)).as("another destination").isEqualTo("B");
        }
    }

    @Test
    void overloadMovesTheDestinationOnlyWhenAnotherServerHasTime() {
        var pool = PoolFixture.of("A=4,B=4");
        var candidates = pool.candidates();
        var picker = scheduler(new LocalityLeastConnectionProvider()).build(candidates, null);
        assertThat(pick(candidates, picker, 1)).isEqualTo("A");
        pool.active("A", 4).active("B", 0);
        assertThat(pick(candidates, picker, 1))
                .as("as many flows as its weight")
                .isEqualTo("A");
        pool.active("A", 5).active("B", 2);
        assertThat(pick(candidates, picker, 1)).as("B is half busy").isEqualTo("A");
        pool.active("B", 1);
        assertThat(pick(candidates, picker, 1)).isEqualTo("B");
        pool.active("A", 0);
        assertThat(pick(candidates, picker, 1)).as("B is remembered now").isEqualTo("B");
    }

    @Test
    void replicatedSetKeepsBothServers() {
        var pool = PoolFixture.of("A=4,B=4");
        var candidates = pool.candidates();
        var picker = scheduler(new ReplicatedLocalityProvider()).build(candidates, null);
        assertThat(pick(candidates, picker, 1)).isEqualTo("A");
        pool.active("A", 5);
        assertThat(pick(candidates, picker, 1)).isEqualTo("B");
        pool.active("A", 1).active("B", 2);
        assertThat(pick(candidates, picker, 1)).as("the less loaded of its set").isEqualTo("A");
        pool.active("A", 2).active("B", 2);
        assertThat(pick(candidates, picker, 1))
                .as("the newest of its set on ties")
                .isEqualTo("B");
    }

    @Test
    void replicatedSetLosesItsMostLoadedServerWhenItDidNotChangeForLong() {
        var pool = PoolFixture.of("A=4,B=4,C=4");
        var candidates = pool.candidates();
        var picker =
                scheduler(new ReplicatedLocalityProvider(), "expiration", "1h").build(candidates, null);
        assertThat(pick(candidates, picker, 1)).isEqualTo("A");
        pool.active("A", 5);
        assertThat(pick(candidates, picker, 1)).isEqualTo("B");
        pool.active("A", 2).active("B", 1);
        clock.advance(Duration.ofMinutes(61));
        assertThat(pick(candidates, picker, 1)).isEqualTo("B");
        pool.active("A", 0).active("B", 1);
        assertThat(pick(candidates, picker, 1)).as("A left the set").isEqualTo("B");
    }

    @Test
    void replicatedSetHoldsEightServers() {
        var pool = PoolFixture.ofSize(12, 1);
        var candidates = pool.candidates();
        var picker = scheduler(new ReplicatedLocalityProvider()).build(candidates, null);
        for (int i = 0; i < 12; i++) {
            assertThat(pick(candidates, picker, 1)).isEqualTo("s" + i);
            pool.active("s" + i, 2);
        }
        for (int i = 0; i < 12; i++) {
            pool.active("s" + i, 1);
        }
        pool.active("s0", 0).active("s4", 0);
        assertThat(pick(candidates, picker, 1)).as("s0 to s3 made room").isEqualTo("s4");
    }

    @Test
    void unusedDestinationIsForgotten() {
        var pool = PoolFixture.of("A=4,B=4");
        var candidates = pool.candidates();
        var picker = scheduler(new LocalityLeastConnectionProvider(), "expiration", "1m")
                .build(candidates, null);
        assertThat(pick(candidates, picker, 1)).isEqualTo("A");
        pool.active("A", 1);
        clock.advance(Duration.ofSeconds(50));
        assertThat(pick(candidates, picker, 1)).isEqualTo("A");
        clock.advance(Duration.ofSeconds(50));
        assertThat(pick(candidates, picker, 1)).as("used meanwhile").isEqualTo("A");
        clock.advance(Duration.ofSeconds(70));
        assertThat(pick(candidates, picker, 1)).isEqualTo("B");
    }

    @Test
    void memorySurvivesAChangeOfServersByTheirIds() {
        for (SchedulerProvider provider :
                new SchedulerProvider[] {new LocalityLeastConnectionProvider(), new ReplicatedLocalityProvider()}) {
            var scheduler = scheduler(provider);
            var pool = PoolFixture.of("A=4,B=4,C=4").active("A", 1);
            var before = pool.candidates();
            var picker = scheduler.build(before, null);
            assertThat(pick(before, picker, 1)).isEqualTo("B");
            pool.remove("A").add("D=4").active("B", 3);
            var after = pool.candidates();
            var next = scheduler.build(after, picker);
            assertThat(pick(after, next, 1)).isEqualTo("B");
            pool.remove("B");
            var without = pool.candidates();
            assertThat(pick(without, scheduler.build(without, next), 1)).isEqualTo("C");
        }
    }

    @Test
    void leastRecentlyUsedDestinationMakesRoom() {
        var pool = PoolFixture.of("A=100,B=100");
        var candidates = pool.candidates();
        var picker = scheduler(new LocalityLeastConnectionProvider(), "table-size", "8")
                .build(candidates, null);
        for (int destination = 1; destination <= 8; destination++) {
            assertThat(pick(candidates, picker, destination)).isEqualTo("A");
            clock.advance(Duration.ofSeconds(5));
        }
        pool.active("A", 1);
        assertThat(pick(candidates, picker, 1)).isEqualTo("A");
        assertThat(pick(candidates, picker, 9)).as("takes the place of 2").isEqualTo("B");
        assertThat(pick(candidates, picker, 3)).isEqualTo("A");
        assertThat(pick(candidates, picker, 2)).isEqualTo("B");
    }
}
