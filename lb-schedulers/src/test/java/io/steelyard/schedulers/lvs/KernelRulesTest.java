package io.steelyard.schedulers.lvs;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.plugin.Options;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Scheduler;
import io.steelyard.api.schedule.SchedulerProvider;
import io.steelyard.tck.PoolFixture;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The pick sequences of the kernel's rules. Servers A, B, C are 10.0.0.1:80, 10.0.0.2:80, 10.0.0.3:80; where the kernel was told of A first,
 * its list is C, B, A.
 */
class KernelRulesTest {
    private static final Map<String, SchedulerProvider> PROVIDERS = Map.ofEntries(
            Map.entry("rr", new RoundRobinProvider()),
            Map.entry("wrr", new WeightedRoundRobinProvider()),
            Map.entry("lc", new LeastConnectionProvider()),
            Map.entry("wlc", new WeightedLeastConnectionProvider()),
            Map.entry("sed", new ShortestExpectedDelayProvider()),
            Map.entry("nq", new NeverQueueProvider()),
            Map.entry("fo", new WeightedFailoverProvider()),
            Map.entry("ovf", new OverflowProvider()));

    private static Scheduler scheduler(String name) {
        return PROVIDERS.get(name).create(Options.defaults(PROVIDERS.get(name).options()));
    }

    private static String sequence(String name, PoolFixture pool, int count) {
        var candidates = pool.candidates();
        var flow = new Flow(1);
        return PoolFixture.sequence(candidates, scheduler(name).build(candidates, null), () -> flow, count);
    }

    @ParameterizedTest(name = "{0} of {1}: {2}")
    @CsvSource(
            delimiter = ';',
            value = {
                "rr;  C,B,A;             CBACBAC",
                "rr;  C=0,B=1,A=5;       BABAB",
                "wrr; A=4,B=3,C=2;       AABABCABCAABABCABC",
                "wrr; C=2,B=3,A=4;       ABACBACBA",
                "wrr; A=5,B=1,C=1;       AAAAABC",
                "wrr; A=1,B=2,C=3;       CBCABC",
                "wrr; A=100,B=50;        AABAAB",
                "wrr; A=10,B=0,C=5;      AACAAC",
                "wrr; A=3,B=7;           BBBBABABAB",
                "lc;  A=1,B=2,C=3;       AAA",
                "wlc; A=1,B=2,C=3;       AAA",
                "sed; A=1,B=2,C=3;       CCC",
                "nq;  A=1,B=2,C=3;       AAA",
                "fo;  A=1,B=2,C=3;       CCC",
                "ovf; A=1,B=2,C=3;       CCC",
            })
    void idlePoolIsServedInThisOrder(String name, String pool, String picks) {
        assertThat(sequence(name, PoolFixture.of(pool), picks.length())).isEqualTo(picks);
    }

    @Test
    void fullServerIsSkippedInTheRotation() {
        assertThat(sequence("rr", PoolFixture.of("C,B,A").full("B"), 5)).isEqualTo("CACAC");
        assertThat(sequence("wrr", PoolFixture.of("A=4,B=3,C=2").full("A"), 8)).isEqualTo("BBCBCBBC");
    }

    @ParameterizedTest(name = "{0} of {1} with {2}: {3}")
    @CsvSource(
            delimiter = ';',
            value = {
                "lc;  A,B,C;         1/0 0/255 0/256; B",
                "wlc; A,B,C;         1/0 0/255 0/256; B",
                "lc;  A=1,B=2,C=3;   10/0 15/0 40/0;  A",
                "wlc; A=1,B=2,C=3;   10/0 15/0 40/0;  B",
                "sed; A=1,B=2,C=3;   10/0 15/0 40/0;  B",
                "nq;  A=1,B=2,C=3;   10/0 15/0 40/0;  B",
                "fo;  A=1,B=2,C=3;   10/0 15/0 40/0;  C",
                "ovf; A=1,B=2,C=3;   10/0 15/0 40/0;  -",
                "lc;  A=1,B=3;       0/0 1/0;         A",
                "wlc; A=1,B=3;       0/0 1/0;         A",
                "sed; A=1,B=3;       0/0 1/0;         B",
                "nq;  A=1,B=3;       0/0 1/0;         A",
                "lc;  A=1,B=2,C=3;   2/0 4/0 6/0;     A",
                "wlc; A=1,B=2,C=3;   2/0 4/0 6/0;     A",
                "sed; A=1,B=2,C=3;   2/0 4/0 6/0;     C",
                "nq;  A=1,B=2,C=3;   2/0 4/0 6/0;     C",
            })
    void loadDecides(String name, String pool, String loads, String pick) {
        var fixture = PoolFixture.of(pool);
        var names = new String[] {"A", "B", "C"};
        int server = 0;
        for (var load : loads.split(" +")) {
            var counts = load.split("/");
            fixture.active(names[server++], Integer.parseInt(counts[0]), Integer.parseInt(counts[1]));
        }
        assertThat(sequence(name, fixture, 1)).isEqualTo(pick);
    }

    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource(
            delimiter = ';',
            value = {
                "lc;  A=1,B=2,C=3; ABCABCABCABCABCABC",
                "wlc; A=1,B=2,C=3; ABCCBCABCCBCABCCBC",
                "sed; A=1,B=2,C=3; CBCABCCBCABCCBCABC",
                "nq;  A=1,B=2,C=3; ABCCBCCBCABCCBCABC",
                "ovf; A=3,B=2;     AAAABBB--",
            })
    void poolFillsInThisOrder(String name, String pool, String picks) {
        var candidates = PoolFixture.of(pool).candidates();
        var flow = new Flow(1);
        var picker = scheduler(name).build(candidates, null);
        assertThat(PoolFixture.fillingSequence(candidates, picker, () -> flow, picks.length()))
                .isEqualTo(picks);
    }

    @Test
    void roundRobinGoesOnBehindItsPredecessorWhenTheLastPickIsRemoved() {
        var scheduler = scheduler("rr");
        var flow = new Flow(1);
        var candidates = PoolFixture.of("A,B,C,D").candidates();
        var picker = scheduler.build(candidates, null);
        assertThat(PoolFixture.sequence(candidates, picker, () -> flow, 3)).isEqualTo("ABC");
        var without = PoolFixture.of("A,B,D").candidates();
        assertThat(PoolFixture.sequence(without, scheduler.build(without, picker), () -> flow, 4))
                .isEqualTo("DABD");
    }

    @Test
    void weightedRoundRobinKeepsItsBarWhenWeightsChange() {
        var scheduler = scheduler("wrr");
        var flow = new Flow(1);
        var before = PoolFixture.of("A=4,B=3,C=2").candidates();
        var picker = scheduler.build(before, null);
        // The bar stands at 2 after AABAB.
        assertThat(PoolFixture.sequence(before, picker, () -> flow, 4)).isEqualTo("AABA");
        var after = PoolFixture.of("A=4,B=3,C=3").candidates();
        var changed = scheduler.build(after, picker);
        assertThat(PoolFixture.sequence(after, changed, () -> flow, 6)).isEqualTo("ABCABC");
        var same = PoolFixture.of("A=4,B=3,C=3").candidates();
        assertThat(PoolFixture.sequence(same, scheduler.build(same, changed), () -> flow, 1))
                .isEqualTo("A");
    }

    @Test
    void weightedRoundRobinFindsTheOnlyServerThatCanServeAtOnce() {
        var candidates = PoolFixture.of("A=65535,B=1").full("A").candidates();
        var picker = scheduler("wrr").build(candidates, null);
        var flow = new Flow(1);
        assertThat(PoolFixture.sequence(candidates, picker, () -> flow, 3)).isEqualTo("BBB");
    }

    @ParameterizedTest(name = "draws {0} and {1}: {2}")
    @CsvSource({"0,0,A", "0,2,B", "2,4,B", "4,4,C", "4,2,B", "6,0,A"})
    void twoChoicesComparesWhatWasDrawn(long first, long second, String pick) {
        var candidates = PoolFixture.of("A=1,B=2,C=3")
                .active("A", 1)
                .active("B", 1)
                .active("C", 5)
                .candidates();
        int index = TwoChoicesProvider.pick(candidates, new Flow(1), first, second);
        assertThat(candidates.id(index)).isEqualTo(pick);
    }

    @Test
    void everySchedulerGivesNoneWhenAllWeightsAreZero() {
        for (var name : PROVIDERS.keySet()) {
            assertThat(sequence(name, PoolFixture.of("A=0,B=0"), 3)).as(name).isEqualTo("---");
        }
    }

    @Test
    void activeCountsNearTheGreatestIntegerDoNotOverflow() {
        var fixture = PoolFixture.of("A=65535,B=65534")
                .active("A", Integer.MAX_VALUE, Integer.MAX_VALUE)
                .active("B", Integer.MAX_VALUE, Integer.MAX_VALUE);
        for (var name : new String[] {"wlc", "sed", "nq"}) {
            assertThat(sequence(name, fixture, 1)).as(name).isEqualTo("A");
        }
    }
}
