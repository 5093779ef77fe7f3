package io.steelyard.schedulers.sampled;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.tck.ManualClock;
import io.steelyard.tck.PoolFixture;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What schedulers that sample promise beyond the contract. */
class TwoChoicesTest {
    private static final long MS = 1_000_000;

    private final ManualClock clock = new ManualClock(-Duration.ofMinutes(1).toNanos());
    private final Flow flow = new Flow(7);

    private static Scheduler scheduler(SchedulerProvider provider, Map<String, String> options) {
        return provider.create(Options.of(provider.options(), options));
    }

    private Map<String, Integer> counts(Candidates candidates, Picker picker, int picks) {
        var counts = new TreeMap<String, Integer>();
        for (int i = 0; i < picks; i++) {
            int index = picker.pick(flow.clear().nowNs(clock.nowNs()));
            counts.merge(index == Picker.NONE ? "-" : candidates.id(index), 1, Integer::sum);
        }
        return counts;
    }

    // ---- the draw

    @ParameterizedTest
    @ValueSource(strings = {"a", "a=1,b=1", "a=1,b=2,c=3,d=94", "a=65535,b=1,c=0", "a=7,b=11,c=13,d=17,e=19"})
    void drawFollowsTheWeights(String pool) {
        var candidates = PoolFixture.of(pool).candidates();
        var draw = new WeightedDraw(candidates, index -> true);
        var counts = new int[candidates.size()];
        for (int i = 0; i < 100_000; i++) {
            counts[draw.draw(flow)]++;
        }
        double sum = 0;
        for (int i = 0; i < counts.length; i++) {
            sum += candidates.weight(i);
        }
        for (int i = 0; i < counts.length; i++) {
            assertThat((double) counts[i]).isCloseTo(100_000.0 * candidates.weight(i) / sum, within(800.0));
        }
    }

    @Test
    void secondDrawIsAnotherServerByTheWeightsOfTheRest() {
        var candidates = PoolFixture.of("a=90,b=1,c=3,d=6").candidates();
        var draw = new WeightedDraw(candidates, index -> true);
        var counts = new int[4];
        for (int i = 0; i < 100_000; i++) {
            counts[draw.drawOther(flow, 0)]++;
        }
        assertThat(counts[0]).isZero();
        assertThat((double) counts[1]).isCloseTo(10_000, within(500.0));
        assertThat((double) counts[2]).isCloseTo(30_000, within(800.0));
        assertThat((double) counts[3]).isCloseTo(60_000, within(800.0));
    }

    // ---- p2c

    @Test
    void busierServerOfTwoIsNeverTaken() {
        var candidates =
                PoolFixture.of("a=10,b=1").active("a", 20).active("b", 1).candidates();
        var picker = scheduler(new PowerOfTwoProvider(), Map.of()).build(candidates, null);
        assertThat(counts(candidates, picker, 1_000)).containsOnlyKeys("b");
    }

    @Test
    void onlyServersThatCanServeAreFoundAmongThousands() {
        var fixture = PoolFixture.ofSize(5_000, 3);
        for (int i = 0; i < 5_000; i++) {
            if (i != 1_234 && i != 4_321) {
                fixture.ejected("s" + i);
            }
        }
        var candidates = fixture.candidates();
        var picker = scheduler(new PowerOfTwoProvider(), Map.of()).build(candidates, null);
        assertThat(counts(candidates, picker, 200)).containsOnlyKeys("s1234", "s4321");
    }

    // ---- peak-ewma

    private Picker peak(Candidates candidates, Map<String, String> options) {
        return scheduler(new PeakLatencyProvider(), options).build(candidates, null);
    }

    /** Lets time pass and makes the picker notice. */
    private void pass(Picker picker, Duration duration) {
        clock.advance(duration);
        picker.pick(flow.clear().nowNs(clock.nowNs()));
    }

    @Test
    void slowServerIsLeftAloneAtItsFirstSlowFlow() {
        var candidates = PoolFixture.of("a,b").candidates();
        var picker = peak(candidates, Map.of());
        pass(picker, Duration.ofSeconds(1));
        picker.onFirstByte(0, 5 * MS);
        picker.onFirstByte(1, 5 * MS);
        picker.onFirstByte(0, 500 * MS);
        assertThat(counts(candidates, picker, 100)).containsOnlyKeys("b");
    }

    @Test
    void peakIsForgottenWithTime() {
        var candidates = PoolFixture.of("a,b").active("b", 9).candidates();
        var picker = peak(candidates, Map.of("tau", "10s"));
        pass(picker, Duration.ofSeconds(1));
        picker.onFirstByte(0, 100 * MS);
        picker.onFirstByte(1, 5 * MS);
        assertThat(counts(candidates, picker, 50))
                .as("100 ms * 1 against 5 ms * 10")
                .containsOnlyKeys("b");
        pass(picker, Duration.ofSeconds(8));
        picker.onFirstByte(1, 5 * MS);
        assertThat(counts(candidates, picker, 50))
                .as("45 ms * 1 against 5 ms * 10")
                .containsOnlyKeys("a");
    }

    @Test
    void serverThatFailsQuicklyDoesNotLookFast() {
        var candidates = PoolFixture.of("a,b").active("b", 3).candidates();
        var picker = peak(candidates, Map.of("penalty", "2s"));
        pass(picker, Duration.ofSeconds(1));
        picker.onFirstByte(0, 10 * MS);
        picker.onFirstByte(1, 10 * MS);
        picker.onFailed(0, 1_000);
        assertThat(counts(candidates, picker, 100)).containsOnlyKeys("b");
    }

    @Test
    void serverThatOwesItsFirstAnswerGetsNoMore() {
        var candidates = PoolFixture.of("a,b").active("a", 1).candidates();
        var picker = peak(candidates, Map.of());
        pass(picker, Duration.ofSeconds(1));
        picker.onFirstByte(1, 900 * MS);
        assertThat(counts(candidates, picker, 100)).containsOnlyKeys("b");
    }

    @Test
    void latencyIsKeptByIdWhenThePoolChanges() {
        var scheduler = scheduler(new PeakLatencyProvider(), Map.of());
        var before = PoolFixture.of("x,slow,fast").candidates();
        var picker = scheduler.build(before, null);
        pass(picker, Duration.ofSeconds(1));
        picker.onFirstByte(1, 800 * MS);
        picker.onFirstByte(2, 8 * MS);
        var after = PoolFixture.of("fast,slow").candidates();
        var next = scheduler.build(after, picker);
        assertThat(counts(after, next, 100)).containsOnlyKeys("fast");
        picker.onFirstByte(2, 5_000 * MS);
        assertThat(counts(after, next, 100))
                .as("a report to the old picker counts")
                .containsOnlyKeys("slow");
    }

    @ParameterizedTest
    @CsvSource({"connect", "first-byte", "last-byte"})
    void chosenReportIsTheLatency(String measure) {
        var candidates = PoolFixture.of("a,b").candidates();
        var picker = peak(candidates, Map.of("measure", measure));
        pass(picker, Duration.ofSeconds(1));
        long slowMs = 100 * MS;
        picker.onConnected(0, measure.equals("connect") ? slowMs : MS);
        picker.onFirstByte(0, measure.equals("first-byte") ? slowMs : MS);
        picker.onCompleted(0, measure.equals("last-byte") ? slowMs : MS);
        picker.onConnected(1, measure.equals("connect") ? MS : slowMs);
        picker.onFirstByte(1, measure.equals("first-byte") ? MS : slowMs);
        picker.onCompleted(1, measure.equals("last-byte") ? MS : slowMs);
        assertThat(counts(candidates, picker, 100)).containsOnlyKeys("b");
    }

    @Test
    void averageFollowsItsFormula() {
        var cost = new LatencyCost();
        double tauNs = 1e9;
        assertThat(cost.at(5, tauNs)).isZero();
        cost.observe(-1_000, 400, tauNs);
        assertThat(cost.at(-1_000, tauNs)).isEqualTo(400);
        cost.observe(1_000_000_000 - 1_000, 100, tauNs);
        double kept = Math.exp(-1);
        assertThat(cost.at(1_000_000_000 - 1_000, tauNs)).isCloseTo(400 * kept + 100 * (1 - kept), within(1e-9));
        cost.observe(1_000_000_000 - 1_000, 900, tauNs);
        assertThat(cost.at(2_000_000_000 - 1_000, tauNs)).isCloseTo(900 * kept, within(1e-9));
    }

    // ---- locality

    private Picker north(Candidates candidates) {
        return scheduler(new LocalityProvider(), Map.of("zone", "north")).build(candidates, null);
    }

    private static PoolFixture zones() {
        return PoolFixture.of("a,b,c,d,x,y")
                .label("a", "zone", "north")
                .label("b", "zone", "north")
                .label("c", "zone", "north")
                .label("d", "zone", "north")
                .label("x", "zone", "south");
    }

    @Test
    void zoneKeepsItsFlowsWhileItCan() {
        var candidates = zones().candidates();
        assertThat(counts(candidates, north(candidates), 1_000)).containsOnlyKeys("a", "b", "c", "d");
        var oneDown = zones().down("a").candidates();
        assertThat(counts(oneDown, north(oneDown), 1_000)).as("75 %").containsOnlyKeys("b", "c", "d");
    }

    @Test
    void missingCapacitySpillsOver() {
        var half = zones().down("a").down("b").candidates();
        var counts = counts(half, north(half), 20_000);
        assertThat(counts.get("x") + counts.get("y")).as("30 % of 20,000").isBetween(5_700, 6_300);
        var none = zones().down("a").down("b").down("c").down("d").candidates();
        assertThat(counts(none, north(none), 1_000)).containsOnlyKeys("x", "y");
    }

    @Test
    void overloadedZoneSpillsOverToServersWithRoom() {
        var fixture = PoolFixture.of("");
        for (var name : new String[] {"a", "x", "y"}) {
            fixture.add(RealServer.builder("10.0.0." + name.codePointAt(0) + ":80")
                    .id(name)
                    .maxConnections(10)
                    .labels(Map.of("zone", name.equals("a") ? "north" : "south"))
                    .build());
        }
        var candidates = fixture.candidates();
        var picker = north(candidates);
        fixture.active("a", 7);
        assertThat(counts(candidates, picker, 100)).containsOnlyKeys("a");
        fixture.active("a", 8);
        assertThat(counts(candidates, picker, 100)).containsOnlyKeys("x", "y");
        fixture.active("x", 8);
        assertThat(counts(candidates, picker, 100)).containsOnlyKeys("y");
        fixture.active("y", 9);
        assertThat(counts(candidates, picker, 100)).as("all are overloaded").containsOnlyKeys("a");
        fixture.active("a", 10);
        assertThat(counts(candidates, picker, 100)).as("the zone is full").containsKeys("x");
        fixture.active("x", 10).active("y", 10);
        assertThat(counts(candidates, picker, 100)).containsOnlyKeys("-");
    }

    @Test
    void remoteZoneThatIsDownSpillsBack() {
        var candidates = zones().down("a").down("b").down("x").down("y").candidates();
        assertThat(counts(candidates, north(candidates), 1_000)).containsOnlyKeys("c", "d");
    }

    @Test
    void optionsOutOfRangeAreRefused() {
        assertThatThrownBy(() -> scheduler(new LocalityProvider(), Map.of("overload", "0")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1 to 100");
        assertThatThrownBy(() -> scheduler(new LocalityProvider(), Map.of("overprovisioning", "99")))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> scheduler(new PeakLatencyProvider(), Map.of("tau", "0s")))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
