package io.steelyard.pool.limit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.http.RateLimit;
import io.steelyard.api.proxy.ConnectionLimit.Level;
import io.steelyard.api.text.Template;
import io.steelyard.pool.limit.RateVerdict.Outcome;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.VariableTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/** In virtual time: each request says when it comes, in milliseconds. */
class RateZonesTest {
    private static final VariableTable VARIABLES = VariableTable.of(List.of());

    /** 10 requests a second: one each 100 ms. */
    private static final RateLimit.Zone TEN = zone("ten", "$remote_addr", 100, 600);

    private static final RateLimit.Zone ALL = zone("all", "everybody", 100, 1_200);
    private static final RateLimit.Zone TWO_KEYS = zone("two", "$remote_addr", 2, 600);

    private final RateZones zones = RateZones.of(List.of(TEN, ALL, TWO_KEYS), VARIABLES);

    @Test
    void requestsWithinTheRatePassAndOneTooEarlyIsRefused() {
        var limits = List.of(limit("ten", 0, 0));
        assertThat(ask(limits, "a", 0).outcome()).isEqualTo(Outcome.PASSED);
        assertThat(ask(limits, "a", 99).outcome()).isEqualTo(Outcome.REJECTED);
        assertThat(ask(limits, "a", 99).excess()).as("thousandths").isEqualTo(10);
        assertThat(ask(limits, "b", 99).outcome()).as("another key").isEqualTo(Outcome.PASSED);
        assertThat(ask(limits, "a", 100).outcome()).isEqualTo(Outcome.PASSED);
        assertThat(ask(limits, "a", 199).outcome())
                .as("a refused one took nothing")
                .isEqualTo(Outcome.REJECTED);
        assertThat(ask(limits, "a", 200).outcome()).isEqualTo(Outcome.PASSED);
    }

    @Test
    void requestsOfTheBurstWaitUntilTheirTimeByTheRate() {
        var limits = List.of(limit("ten", 3, 0));
        assertThat(ask(limits, "a", 1_000)).isEqualTo(RateVerdict.PASSED);
        assertThat(ask(limits, "a", 1_000).delayMs()).isEqualTo(100);
        assertThat(ask(limits, "a", 1_000).delayMs()).isEqualTo(200);
        assertThat(ask(limits, "a", 1_050).delayMs()).as("half of one ran out").isEqualTo(250);
        assertThat(ask(limits, "a", 1_050).outcome())
                .as("the bucket holds three")
                .isEqualTo(Outcome.REJECTED);
        assertThat(ask(limits, "a", 1_100).delayMs()).isEqualTo(300);
    }

    @Test
    void undelayedRequestsOfTheBurstPassAtOnceAndTheOthersWaitForThem() {
        var limits = List.of(limit("ten", 3, 2));
        assertThat(ask(limits, "a", 0).outcome()).isEqualTo(Outcome.PASSED);
        assertThat(ask(limits, "a", 0).outcome()).isEqualTo(Outcome.PASSED);
        assertThat(ask(limits, "a", 0).outcome()).isEqualTo(Outcome.PASSED);
        var waits = ask(limits, "a", 0);
        assertThat(waits.outcome()).isEqualTo(Outcome.DELAYED);
        assertThat(waits.delayMs()).isEqualTo(100);
        assertThat(waits.message()).isEqualTo("delaying request, excess: 3.000, by zone \"ten\"");
        var refused = ask(limits, "a", 0);
        assertThat(refused.message()).isEqualTo("limiting requests, excess: 4.000 by zone \"ten\"");
        assertThat(refused.status()).isEqualTo("REJECTED");
    }

    @Test
    void longestDelayOfSeveralLimitsHolds() {
        var limits = List.of(limit("ten", 5, 0), limit("all", 5, 0));
        assertThat(ask(limits, "a", 0).outcome()).isEqualTo(Outcome.PASSED);
        var second = ask(limits, "a", 0);
        assertThat(second.limit()).isEqualTo(limits.getFirst());
        assertThat(second.delayMs()).isEqualTo(100);
        assertThat(ask(limits, "b", 0).delayMs())
                .as("two are in the bucket of all")
                .isEqualTo(100);
        assertThat(ask(limits, "b", 0).limit()).isEqualTo(limits.getLast());
    }

    @Test
    void requestThatOneLimitRefusesCountsInNone() {
        var limits = List.of(limit("ten", 5, 0), limit("all", 0, 0));
        assertThat(ask(limits, "a", 0).outcome()).isEqualTo(Outcome.PASSED);
        for (int i = 0; i < 10; i++) {
            assertThat(ask(limits, "a", 0).limit()).isEqualTo(limits.getLast());
        }
        assertThat(ask(List.of(limits.getFirst()), "a", 0).delayMs()).isEqualTo(100);
    }

    @Test
    void limitWithoutKeyIsLeftOutThoughItIsTheLast() {
        var none = RateZones.of(List.of(TEN, zone("none", "$arg_none", 9, 60)), VARIABLES);
        var limits = List.of(limit("ten", 0, 0), limit("none", 0, 0));
        assertThat(none.ask(limits, client("a"), 0).outcome()).isEqualTo(Outcome.PASSED);
        var only = List.of(limit("none", 0, 0));
        assertThat(none.ask(only, client("a"), 0)).isEqualTo(RateVerdict.NOT_COUNTED);
        assertThat(none.ask(only, client("a"), 0).status()).isNull();
        assertThat(none.ask(limits, client("a"), 0).outcome()).isEqualTo(Outcome.REJECTED);
    }

    @Test
    void dryRunTellsAndCountsAsTheRealOneDoes() {
        var limits = List.of(new RateLimit("ten", 1, 0, true, Level.WARN, 429));
        assertThat(ask(limits, "a", 0).status()).isEqualTo("PASSED");
        assertThat(ask(limits, "a", 0).status()).isEqualTo("DELAYED_DRY_RUN");
        var refused = ask(limits, "a", 0);
        assertThat(refused.status()).isEqualTo("REJECTED_DRY_RUN");
        assertThat(refused.message()).isEqualTo("limiting requests, dry run, excess: 2.000 by zone \"ten\"");
    }

    @Test
    void rateIsKeptInThousandthsOfARequestASecond() {
        var slow = RateZones.of(List.of(zone("slow", "$remote_addr", 10, 1)), VARIABLES);
        var limits = List.of(limit("slow", 1, 0));
        assertThat(slow.ask(limits, client("a"), 0).outcome()).isEqualTo(Outcome.PASSED);
        // 1 a minute is 16 thousandths a second (nginx): 62.5 s.
        assertThat(slow.ask(limits, client("a"), 0).delayMs()).isEqualTo(62_500);
    }

    @Test
    void keyAskedForLeastRecentlyIsForgottenForANewOne() {
        var limits = List.of(limit("two", 0, 0));
        ask(limits, "a", 0);
        ask(limits, "b", 1);
        assertThat(ask(limits, "a", 2).outcome()).as("asked for again").isEqualTo(Outcome.REJECTED);
        ask(limits, "c", 3);
        assertThat(ask(limits, "a", 4).outcome()).as("remembered").isEqualTo(Outcome.REJECTED);
        assertThat(ask(limits, "b", 4).outcome()).as("forgotten").isEqualTo(Outcome.PASSED);
    }

    @Test
    void requestWithoutRoomForItsKeyIsRefused() {
        var one = RateZones.of(List.of(zone("one", "$remote_addr", 1, 600)), VARIABLES);
        var buckets = new LeakyBuckets(1, 10_000);
        var held = new LeakyBuckets.Answer();
        buckets.ask("a", 0, false, 0, held);
        var other = new LeakyBuckets.Answer();
        buckets.ask("b", 0, true, 0, other);
        assertThat(other.excess).as("while the only bucket is held").isEqualTo(LeakyBuckets.NO_ROOM);
        assertThat(one.ask(List.of(limit("one", 0, 0)), client("a"), 0).outcome())
                .isEqualTo(Outcome.PASSED);
        assertThat(one.ask(List.of(limit("one", 0, 0)), client("b"), 0).outcome())
                .isEqualTo(Outcome.PASSED);
    }

    @Test
    void bucketsThatRanOutAreForgottenAfterAMinute() {
        var buckets = new LeakyBuckets(100, 1_000);
        var answer = new LeakyBuckets.Answer();
        for (int i = 0; i < 10; i++) {
            buckets.ask("key" + i, 0, true, 0, answer);
        }
        buckets.ask("late", 0, true, 59_999, answer);
        assertThat(buckets.size()).isEqualTo(11);
        buckets.ask("later", 0, true, 60_000, answer);
        assertThat(buckets.size()).as("two went as one came").isEqualTo(10);
    }

    @Test
    void clockThatIsSlightlyBehindStandsStill() {
        var limits = List.of(limit("ten", 5, 5));
        ask(limits, "a", 1_000);
        ask(limits, "a", 990);
        assertThat(ask(limits, "a", 1_000).outcome()).isEqualTo(Outcome.PASSED);
        assertThat(ask(List.of(limit("ten", 1, 1)), "a", 1_000).excess()).isEqualTo(3_000);
    }

    @Test
    void unchangedZonesKeepTheirBucketsAndChangedOnesAreEmptied() {
        var limits = List.of(limit("ten", 0, 0));
        ask(limits, "a", 0);
        var same = zones.successor(List.of(TEN), VARIABLES);
        assertThat(same.ask(limits, client("a"), 0).outcome()).isEqualTo(Outcome.REJECTED);
        var faster = zones.successor(List.of(zone("ten", "$remote_addr", 100, 601)), VARIABLES);
        assertThat(faster.ask(limits, client("a"), 0).outcome()).isEqualTo(Outcome.PASSED);
        assertThatThrownBy(() -> faster.ask(List.of(limit("ten", 1, 0), limit("all", 0, 0)), client("a"), 0))
                .hasMessageContaining("unknown rate zone 'all'");
    }

    @Test
    void requestsFromManyThreadsAreLetThroughExactlyAsOftenAsTheBucketHolds() throws Exception {
        var limits = List.of(limit("ten", 99, 99), limit("all", 499, 499));
        var tasks = new ArrayList<Callable<Integer>>();
        for (int thread = 0; thread < 4; thread++) {
            tasks.add(() -> {
                int passed = 0;
                for (int i = 0; i < 1_000; i++) {
                    passed += ask(limits, "a", 0).outcome() == Outcome.PASSED ? 1 : 0;
                }
                return passed;
            });
        }
        int passed = 0;
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var one : threads.invokeAll(tasks)) {
                passed += one.get();
            }
        }
        assertThat(passed).as("one and the burst, and those decided at once").isBetween(100, 103);
    }

    private RateVerdict ask(List<RateLimit> limits, String client, long nowMs) {
        return zones.ask(limits, client(client), nowMs);
    }

    private static RateLimit limit(String zone, int burst, int undelayed) {
        return new RateLimit(zone, burst, undelayed, false, Level.ERROR, 503);
    }

    private static RateLimit.Zone zone(String name, String key, int capacity, int perMinute) {
        return new RateLimit.Zone(name, Template.parse(key), capacity, perMinute);
    }

    private static Evaluation client(String address) {
        return VARIABLES.open(variable -> switch (variable) {
            case REMOTE_ADDR -> address;
            default -> null;
        });
    }
}
