package io.steelyard.schedulers.nginx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.tck.PoolFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The estimate of least_time, number by number; the servers' fail_timeout is 10 seconds. */
class LeastTimeProviderTest {
    private static final long MS = 1_000_000;
    private static final long SECOND = 1_000 * MS;

    private long tickNs;

    private static ResponseTimes times(Candidates candidates) {
        return new ResponseTimes(candidates, ResponseTimes.What.FIRST_BYTE, null, null);
    }

    @Test
    void aServerNeverUsedCountsAsTwentyMilliseconds() {
        assertThat(times(PoolFixture.of("a").candidates()).estimate(0, 0)).isEqualTo(20);
    }

    @Test
    void timesAreRaisedToTheNextMultipleOfTwentyAndCutAtFiveSeconds() {
        for (var expected : Map.of(
                        0, 20, 19, 20, 20, 40, 39, 40, 4_999, 5_000, 5_000, 5_020, 5_001, 5_000, 90_000, 5_000)
                .entrySet()) {
            var times = times(PoolFixture.of("a").candidates());
            times.onPicked(0, 0);
            times.onFirstByte(0, expected.getKey() * MS);
            assertThat(times.estimate(0, 0))
                    .as("after " + expected.getKey() + " ms")
                    .isEqualTo((long) expected.getValue());
        }
    }

    @Test
    void aSampleCountsForATwentiethOfTheAverage() {
        var times = times(PoolFixture.of("a").candidates());
        times.onPicked(0, 0);
        times.onFirstByte(0, 100 * MS);
        times.onFirstByte(0, 1_100 * MS);
        // 0.95 * 100 + 0.05 * 1100 = 150
        assertThat(times.estimate(0, 0)).isEqualTo(160);
    }

    @Test
    void otherMomentsAndFailuresAreNoSamples() {
        var times = times(PoolFixture.of("a").candidates());
        times.onPicked(0, 0);
        times.onConnected(0, 900 * MS);
        times.onCompleted(0, 900 * MS);
        times.onFailed(0, 900 * MS);
        assertThat(times.estimate(0, 0)).isEqualTo(20);
    }

    @Test
    void openFlowsMultiplyTheTime() {
        var times = times(PoolFixture.of("a").active("a", 4).candidates());
        assertThat(times.estimate(0, 0)).isEqualTo(20 * 5);
    }

    @Test
    void theTimeOfAServerNotPickedIsHalvedOncePerFailTimeoutAndSecond() {
        var times = times(PoolFixture.of("a").candidates());
        times.onPicked(0, 0);
        times.onFirstByte(0, 1_000 * MS);
        assertThat(times.estimate(0, 10 * SECOND)).as("not yet").isEqualTo(1_020);
        assertThat(times.estimate(0, 11 * SECOND)).as("once").isEqualTo(520);
        assertThat(times.estimate(0, 22 * SECOND)).as("twice").isEqualTo(260);
        assertThat(times.estimate(0, 10_000 * SECOND)).as("to nothing").isEqualTo(20);
        times.onPicked(0, 22 * SECOND);
        assertThat(times.estimate(0, 22 * SECOND)).as("picked again").isEqualTo(1_020);
    }

    @Test
    void flowsThatStillWaitCountWhereTheyAreWatched() {
        var fixture = PoolFixture.of("a").active("a", 1);
        var times = new ResponseTimes(fixture.candidates(), ResponseTimes.What.LAST_BYTE, () -> tickNs, null);
        times.onPicked(0, 0);
        times.onConsidered(0, 3_000 * MS);
        assertThat(times.estimate(0, 3_000 * MS)).as("a flow waits for 3 s").isEqualTo(3_020 * 2);
        tickNs = 3_000 * MS;
        times.onCompleted(0, 3_000 * MS);
        fixture.active("a", 0);
        assertThat(times.estimate(0, 3_000 * MS)).as("its time is a sample now").isEqualTo(3_020);
    }

    @Test
    void flowsThatEndedWithoutAReportDoNotWaitForever() {
        var fixture = PoolFixture.of("a").active("a", 1);
        var times = new ResponseTimes(fixture.candidates(), ResponseTimes.What.LAST_BYTE, () -> tickNs, null);
        times.onPicked(0, 0);
        fixture.active("a", 0);
        times.onConsidered(0, 9 * SECOND);
        assertThat(times.estimate(0, 9 * SECOND)).isEqualTo(20);
    }

    @Test
    void theFasterServerForItsWeightIsPickedAndItsTimesSurviveANewPool() {
        var provider = new LeastTimeProvider();
        var scheduler = provider.create(Options.of(provider.options(), Map.of("what", "header")));
        var fixture = PoolFixture.of("a=1,b=1,c=1");
        var picker = scheduler.build(fixture.candidates(), null);
        var flow = new Flow(1);
        for (int i = 0; i < 3; i++) {
            int index = picker.pick(flow.clear());
            picker.onFirstByte(index, (index == 1 ? 30 : 300) * MS);
        }
        assertThat(picker.pick(flow.clear())).isEqualTo(1);
        var next = scheduler.build(fixture.remove("a").candidates(), picker);
        assertThat(next.pick(flow.clear())).isZero();
        var heavier = scheduler.build(fixture.weight("c", 10).candidates(), next);
        assertThat(heavier.pick(flow.clear()))
                .as("300 ms by weight 10 is less than 30 ms")
                .isEqualTo(1);
    }

    @Test
    void serversInOneBucketTakeTurns() {
        var provider = new LeastTimeProvider();
        var candidates = PoolFixture.of("a,b,c").candidates();
        Picker picker = provider.create(Options.defaults(provider.options())).build(candidates, null);
        var flow = new Flow(1);
        assertThat(PoolFixture.sequence(candidates, picker, flow::clear, 6)).isEqualTo("abcabc");
    }

    @Test
    void randomByTimeNeedsTwo() {
        var provider = new RandomProvider();
        var options = Options.of(provider.options(), Map.of("method", "least_time"));
        assertThatThrownBy(() -> provider.create(options))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("two=true");
    }

    @Test
    void theBetterOfTwoRandomServersIsPicked() {
        var provider = new RandomProvider();
        var candidates = PoolFixture.of("a,b").active("a", 3).active("b", 2).candidates();
        var picker = provider.create(Options.of(provider.options(), Map.of("two", "true")))
                .build(candidates, null);
        var flow = new Flow(1);
        assertThat(PoolFixture.sequence(candidates, picker, flow::clear, 20)).isEqualTo("b".repeat(20));
    }
}
