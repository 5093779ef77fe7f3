package io.steelyard.pool;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.health.CheckFinding;
import io.steelyard.api.health.CheckStatus;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HealthTrackerTest {
    private static final ProbeResult GOOD = ProbeResult.passed("good");
    private static final ProbeResult BAD = ProbeResult.failed("bad");

    private static HealthCheckSpec.Builder spec() {
        return HealthCheckSpec.builder("probe")
                .interval(Duration.ofSeconds(2))
                .rise(2)
                .fall(3)
                .jitter(0);
    }

    /** The state after results written as + and -. */
    private static HealthTracker after(HealthTracker tracker, String results) {
        for (char c : results.toCharArray()) {
            tracker = tracker.onResult(0, c == '+' ? GOOD : BAD, 0, 0.5).tracker();
        }
        return tracker;
    }

    @ParameterizedTest
    @CsvSource({
        "'', UNKNOWN",
        "+, UP",
        "-, DOWN",
        "+--, UP",
        "+---, DOWN",
        "+--+--, UP",
        "-+, DOWN",
        "-++, UP",
        "-+-+, DOWN",
        "+---+, DOWN",
        "+---++, UP",
        "+---++--, UP"
    })
    void riseAndFall(String results, HealthState expected) {
        for (boolean isMandatory : new boolean[] {false, true}) {
            var tracker = HealthTracker.of(List.of(spec().mandatory(isMandatory).build()));
            assertThat(after(tracker, results).state()).isEqualTo(expected);
        }
    }

    /** What comes of results written as +, - and 4, which is a pass of a server that wants no new clients. */
    @ParameterizedTest
    @CsvSource({
        "4, true",
        "+4, true",
        "4+, false",
        "4-, true",
        "4--, true",
        "4---, false",
        "4---+, false",
        "4---++, false",
        "4---4, false",
        "4---44, true"
    })
    void aServerStopsWhileItIsUpAndLastPassedSo(String results, boolean stops) {
        var tracker = HealthTracker.of(List.of(spec().build()));
        var conditional = ProbeResult.of(new CheckFinding(CheckStatus.ANSWERED_CONDITIONALLY, 404, ""));
        for (char c : results.toCharArray()) {
            var result = c == '4' ? conditional : c == '+' ? GOOD : BAD;
            tracker = tracker.onResult(0, result, 0, 0.5).tracker();
        }
        assertThat(tracker.isStopping()).isEqualTo(stops);
    }

    @Test
    void intervalsOfTheTransitionAndOfServersThatAreDownMayBeTheirOwn() {
        var tracker = HealthTracker.of(List.of(spec().transitionInterval(Duration.ofMillis(700))
                .downInterval(Duration.ofSeconds(9))
                .build()));
        var delays = new java.util.ArrayList<Long>();
        for (char c : "+---++".toCharArray()) {
            var step = tracker.onResult(0, c == '+' ? GOOD : BAD, 0, 0.5);
            delays.add(step.nextProbeNs() / 1_000_000);
            tracker = step.tracker();
        }
        assertThat(delays).containsExactly(2_000L, 700L, 700L, 9_000L, 700L, 2_000L);
    }

    @Test
    void changesAreToldOnce() {
        var tracker = HealthTracker.of(List.of(spec().build()));
        var text = new StringBuilder();
        for (char c : "++---+--++++".toCharArray()) {
            var step = tracker.onResult(0, c == '+' ? GOOD : BAD, 0, 0.5);
            text.append(step.isChanged() ? step.tracker().state().name().charAt(0) : '.');
            tracker = step.tracker();
        }
        assertThat(text).hasToString("U...D....U..");
    }

    @Test
    void anyFailingCheckIsDown() {
        var tracker = HealthTracker.of(
                List.of(spec().fall(1).rise(1).build(), spec().fall(1).rise(1).build()));
        tracker = tracker.onResult(0, GOOD, 0, 0).tracker();
        assertThat(tracker.state()).isEqualTo(HealthState.UP);
        tracker = tracker.onResult(1, ProbeResult.failed("status 503"), 0, 0).tracker();
        assertThat(tracker.state()).isEqualTo(HealthState.DOWN);
        assertThat(tracker.reason()).isEqualTo("status 503");
        tracker = tracker.onResult(0, GOOD, 0, 0).tracker();
        assertThat(tracker.state()).isEqualTo(HealthState.DOWN);
        tracker = tracker.onResult(1, GOOD, 0, 0).tracker();
        assertThat(tracker.state()).isEqualTo(HealthState.UP);
    }

    @Test
    void everyMandatoryCheckIsAwaited() {
        var tracker =
                HealthTracker.of(List.of(spec().build(), spec().mandatory(true).build()));
        tracker = tracker.onResult(0, GOOD, 0, 0).tracker();
        assertThat(tracker.state()).isEqualTo(HealthState.UNKNOWN);
        assertThat(tracker.onResult(1, GOOD, 0, 0).tracker().state()).isEqualTo(HealthState.UP);
        assertThat(HealthTracker.of(
                                List.of(spec().build(), spec().mandatory(true).build()))
                        .onResult(1, GOOD, 0, 0)
                        .tracker()
                        .state())
                .isEqualTo(HealthState.UP);
    }

    @ParameterizedTest
    @CsvSource({"+, 2000", "+-, 500", "+--, 500", "+---, 2000", "-, 2000", "-+, 500", "-++, 2000"})
    void probesMoreOftenOnTheWay(String results, long expectedMs) {
        var tracker = HealthTracker.of(List.of(spec().build()));
        long startNs = 77;
        HealthTracker.Step step = null;
        for (char c : results.toCharArray()) {
            step = tracker.onResult(0, c == '+' ? GOOD : BAD, startNs, 0.3);
            tracker = step.tracker();
        }
        assertThat(step).isNotNull();
        assertThat(step.nextProbeNs() - startNs)
                .isEqualTo(Duration.ofMillis(expectedMs).toNanos());
    }

    @Test
    void shortIntervalsAreNotDividedBelowATenthOfASecond() {
        var tracker =
                HealthTracker.of(List.of(spec().interval(Duration.ofMillis(200)).build()));
        var up = tracker.onResult(0, GOOD, 0, 0).tracker();
        assertThat(up.onResult(0, BAD, 0, 0).nextProbeNs()).isEqualTo(100_000_000);
        var shorter = HealthTracker.of(
                        List.of(spec().interval(Duration.ofMillis(10)).build()))
                .onResult(0, GOOD, 0, 0)
                .tracker();
        assertThat(shorter.onResult(0, BAD, 0, 0).nextProbeNs()).isEqualTo(10_000_000);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 0.1, 0.5, 1})
    void jitterMovesProbesToEitherSide(double jitter) {
        var random = new Random(3);
        var tracker = HealthTracker.of(List.of(spec().jitter(jitter).build()));
        double least = 9;
        double most = 0;
        double sum = 0;
        for (int i = 0; i < 10_000; i++) {
            double share = tracker.onResult(0, GOOD, 0, random.nextDouble()).nextProbeNs() / 2e9;
            least = Math.min(least, share);
            most = Math.max(most, share);
            sum += share;
        }
        assertThat(least).isBetween(Math.max(0.1, 1 - jitter), Math.max(0.1, 1 - jitter) + 0.01);
        assertThat(most).isBetween(1 + jitter - 0.01, 1 + jitter);
        assertThat(sum / 10_000).isBetween(0.98, 1.03);
    }

    @Test
    void firstProbesAreSpreadButSoon() {
        var slow = spec().interval(Duration.ofMinutes(10)).build();
        assertThat(HealthTracker.firstDelayNs(slow, 0)).isZero();
        assertThat(HealthTracker.firstDelayNs(slow, 0.5)).isEqualTo(500_000_000);
        var fast = spec().interval(Duration.ofMillis(100)).build();
        assertThat(HealthTracker.firstDelayNs(fast, 0.5)).isEqualTo(50_000_000);
    }

    @Test
    void changedNumbersKeepTheFindingsAndChangedProbesDoNot() {
        var tracker = after(HealthTracker.of(List.of(spec().build())), "+");
        assertThat(tracker.withSpecs(List.of(spec().fall(9).build())).state()).isEqualTo(HealthState.UP);
        assertThat(tracker.withSpecs(List.of(spec().port(81).build())).state()).isEqualTo(HealthState.UNKNOWN);
        assertThat(tracker.withSpecs(List.of(spec().option("path", "/x").build()))
                        .state())
                .isEqualTo(HealthState.UNKNOWN);
    }

    @Test
    void agreesWithCountingOnRandomHistories() {
        for (int seed = 0; seed < 300; seed++) {
            var random = new Random(seed);
            int rise = 1 + random.nextInt(4);
            int fall = 1 + random.nextInt(4);
            var tracker = HealthTracker.of(List.of(spec().rise(rise).fall(fall).build()));
            var history = new StringBuilder();
            var expected = HealthState.UNKNOWN;
            for (int i = 0; i < 60; i++) {
                boolean isGood = random.nextInt(3) > 0;
                history.append(isGood ? '+' : '-');
                if (expected == HealthState.UNKNOWN) {
                    expected = isGood ? HealthState.UP : HealthState.DOWN;
                } else if (history.toString().endsWith("+".repeat(rise))) {
                    expected = HealthState.UP;
                } else if (history.toString().endsWith("-".repeat(fall))) {
                    expected = HealthState.DOWN;
                }
                tracker = tracker.onResult(0, isGood ? GOOD : BAD, 0, 0.5).tracker();
                assertThat(tracker.state())
                        .as("%s rise %s fall %s", history, rise, fall)
                        .isEqualTo(expected);
            }
        }
    }
}
