package io.steelyard.schedulers.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.tck.PoolFixture;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What the recordings cannot show: random choices, limits of options, functions HAProxy 2.6 has not. */
class HaproxyOptionsTest {
    private static Picker picker(SchedulerProvider provider, Candidates candidates, Map<String, String> options) {
        return provider.create(Options.of(provider.options(), options)).build(candidates, null);
    }

    @Test
    void functionNoneTakesTheKeyAsANumber() {
        var candidates = PoolFixture.of("a,b,c").candidates();
        var picker = picker(new HashProvider(), candidates, Map.of("function", "none"));
        var flow = new Flow(1);
        Map.of(
                        "0",
                        0,
                        "1",
                        1,
                        "5",
                        2,
                        "12x",
                        0,
                        "4294967296",
                        0,
                        "4294967297",
                        1,
                        "-1",
                        (int) (0xFFFFFFFFL % 3),
                        "x",
                        0)
                .forEach((key, index) ->
                        assertThat(picker.pick(flow.clear().key(key))).as(key).isEqualTo(index));
    }

    @Test
    void aBalanceFactorUpToAHundredIsRefused() {
        for (var provider : new SchedulerProvider[] {new HashProvider(), new SourceProvider(), new RandomProvider()}) {
            var options = Options.of(provider.options(), Map.of("hash-balance-factor", "100"));
            assertThatThrownBy(() -> provider.create(options)).hasMessageContaining("expected 0 or more than 100");
        }
    }

    @Test
    void drawsMustBeAtLeastOne() {
        var provider = new RandomProvider();
        var options = Options.of(provider.options(), Map.of("draws", "0"));
        assertThatThrownBy(() -> provider.create(options)).hasMessageContaining("expected 1 to");
    }

    @Test
    void theLeastLoadedForItsWeightOfManyDrawsIsPicked() {
        var candidates = PoolFixture.of("a=1,b=4").active("a", 2).active("b", 7).candidates();
        var picker = picker(new RandomProvider(), candidates, Map.of("draws", "50"));
        var flow = new Flow(1);
        assertThat(PoolFixture.sequence(candidates, picker, flow::clear, 50)).isEqualTo("b".repeat(50));
    }

    @Test
    void ofEquallyLoadedServersTheOneWithFewerFlowsInTheLastSecondIsPicked() {
        var candidates = PoolFixture.of("a,b").candidates();
        var picker = picker(new RandomProvider(), candidates, Map.of("draws", "50"));
        var flow = new Flow(1);
        int[] counts = new int[2];
        for (int i = 0; i < 100; i++) {
            counts[picker.pick(flow.clear().nowNs(i))]++;
        }
        assertThat(counts).containsExactly(50, 50);
    }

    @Test
    void ratesFadeWithinASecond() {
        var rates = new PickRates(PoolFixture.of("a").candidates(), null);
        for (int i = 0; i < 10; i++) {
            rates.count(0, 5_000_000_000L);
        }
        assertThat(rates.milliPicks(0, 5_900_000_000L)).isEqualTo(10_000);
        assertThat(rates.milliPicks(0, 6_250_000_000L)).isEqualTo(7_500);
        assertThat(rates.milliPicks(0, 7_000_000_000L)).isZero();
    }

    @Test
    void theMapIsTheOneTheRuleDealsOut() {
        var random = new Random(1);
        for (int round = 0; round < 100; round++) {
            var weights = random.ints(1 + random.nextInt(8), 1, 10).toArray();
            weights[0] = 7;
            weights = weights.length == 1 ? new int[] {1} : weights;
            var candidates = PoolFixture.ofSize(weights.length, weights).candidates();
            var picker = picker(new StaticRoundRobinProvider(), candidates, Map.of());
            var flow = new Flow(1);
            int divisor = Arrays.stream(weights).reduce(0, HaproxyOptionsTest::gcd);
            var reduced = Arrays.stream(weights).map(weight -> weight / divisor).toArray();
            assertThat(IntStream.range(0, Arrays.stream(reduced).sum()).map(i -> picker.pick(flow)))
                    .containsExactly(dealtOut(reduced));
        }
    }

    /** The rule as HAProxy's manual of the static map has it, slot by slot over all servers. */
    private static Integer[] dealtOut(int[] weights) {
        int slots = Arrays.stream(weights).sum();
        var scores = new int[weights.length];
        var map = new Integer[slots];
        for (int slot = 0; slot < slots; slot++) {
            int best = -1;
            for (int i = 0; i < weights.length; i++) {
                scores[i] += weights[i];
                if (best < 0 || (scores[i] + slots) / slots > (scores[best] + slots) / slots) {
                    best = i;
                }
            }
            scores[best] -= slots;
            map[slot] = best;
        }
        return map;
    }

    private static int gcd(int one, int other) {
        return other == 0 ? one : gcd(other, one % other);
    }
}
