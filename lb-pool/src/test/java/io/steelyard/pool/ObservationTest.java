package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static io.steelyard.pool.Fixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.health.ServerAdvice;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.Observation;
import io.steelyard.api.pool.Observation.Layer;
import io.steelyard.api.pool.Observation.Reaction;
import io.steelyard.api.schedule.Lease.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What real traffic and agents say of servers, as HAProxy 2.6 takes it ({@code __health_adjust}, {@code srv_update_status}). */
class ObservationTest {
    private static final ProbeResult GOOD = ProbeResult.passed("fine");
    private static final ProbeResult BAD = ProbeResult.failed("bad");

    private final Fixture fixture = new Fixture();
    private final List<String> told = new ArrayList<>();

    private PoolRuntime observed(Layer layer) {
        var runtime = fixture.start(pool().server(server("a")
                .observation(new Observation(layer, 3, Reaction.FAILED_PROBE))
                .build()));
        runtime.onErrors((id, reaction, reason) -> told.add(id + " " + reason));
        return runtime;
    }

    /**
     * A flow for each letter: {@code c} cannot connect, {@code o} goes well, {@code r} is not answered, {@code b} breaks behind the beginning of
     * an answer, a digit is the answer's status in hundreds, {@code x} is 501.
     */
    private void serve(PoolRuntime runtime, String flows) {
        for (char flow : flows.toCharArray()) {
            var lease = fixture.open(runtime);
            if (flow != 'c') {
                lease.connected();
            }
            switch (flow) {
                case 'c' -> lease.failed(Failure.CONNECT_ERROR);
                case 'r' -> lease.failed(Failure.READ_TIMEOUT);
                case 'b' -> {
                    lease.answered(200);
                    lease.failed(Failure.BROKEN);
                }
                case 'o' -> lease.completed();
                default -> {
                    lease.answered(flow == 'x' ? 501 : (flow - '0') * 100);
                    lease.completed();
                }
            }
        }
    }

    @ParameterizedTest
    @CsvSource({
        "CONNECTION, cc, ''",
        "CONNECTION, ccc, L4 unsuccessful connection",
        "CONNECTION, ccocc, ''",
        "CONNECTION, ccoccc, L4 unsuccessful connection",
        "CONNECTION, c5c5c5, ''",
        "CONNECTION, rrrrr, ''",
        "ANSWER, ccc, L4 unsuccessful connection",
        "ANSWER, cco, ''",
        "ANSWER, 555, Wrong http response",
        "ANSWER, c5r, Read timeout (http)",
        "ANSWER, 55255, ''",
        "ANSWER, 55x55, ''",
        "ANSWER, 55455, ''",
        "ANSWER, bbbbb, ''"
    })
    void failuresInARowAreTold(Layer layer, String flows, String how) {
        serve(observed(layer), flows);
        assertThat(told)
                .isEqualTo(
                        how.isEmpty() ? List.of() : List.of("a Detected 3 consecutive errors, last one was: " + how));
    }

    @Test
    void aRowBeginsAnewOnceItWasTold() {
        serve(observed(Layer.CONNECTION), "cccccccc");
        assertThat(told).hasSize(2);
    }

    @Test
    void attemptsOnTheSameServerCount() {
        var lease = fixture.open(observed(Layer.CONNECTION));
        lease.failedOnce(Failure.CONNECT_TIMEOUT);
        lease.failedOnce(Failure.CONNECT_ERROR);
        assertThat(told).isEmpty();
        lease.failed(Failure.CONNECT_ERROR);
        assertThat(told).hasSize(1);
    }

    @Test
    void aPassedProbeBeginsTheRowAnew() {
        var runtime = observed(Layer.CONNECTION);
        serve(runtime, "cc");
        runtime.probePassed("a");
        serve(runtime, "cc");
        assertThat(told).isEmpty();
    }

    /** Health as a bar of rise + fall - 1 steps, of which the lower are DOWN. */
    @ParameterizedTest
    @CsvSource({
        "+, PROBE_SOON, UP, UP",
        "+, FAILED_PROBE, UP, UP",
        "+--, FAILED_PROBE, DOWN, DOWN",
        "+, LAST_FAILED_PROBE, UP, DOWN",
        "+--, LAST_FAILED_PROBE, DOWN, DOWN",
        "+, DOWN, DOWN, DOWN",
        "'', FAILED_PROBE, DOWN, DOWN",
        "'', LAST_FAILED_PROBE, DOWN, DOWN",
        "-+, FAILED_PROBE, DOWN, DOWN",
        "-+, PROBE_SOON, DOWN, DOWN"
    })
    void failuresStandForProbes(String probes, Reaction reaction, HealthState state, HealthState afterOneMore) {
        var tracker = HealthTracker.of(
                List.of(HealthCheckSpec.builder("tcp").rise(2).fall(3).build()));
        for (char probe : probes.toCharArray()) {
            tracker = tracker.onResult(0, probe == '+' ? GOOD : BAD, 0, 0.5).tracker();
        }
        tracker = tracker.onErrors(0, reaction, "errors");
        assertThat(tracker.state()).isEqualTo(state);
        assertThat(tracker.onResult(0, BAD, 0, 0.5).tracker().state()).isEqualTo(afterOneMore);
    }

    @Test
    void aServerBroughtDownByFailuresComesUpByAsManyProbesAsEver() {
        var tracker = HealthTracker.of(
                List.of(HealthCheckSpec.builder("tcp").rise(2).fall(3).build()));
        tracker = tracker.onResult(0, GOOD, 0, 0.5).tracker().onErrors(0, Reaction.DOWN, "errors");
        assertThat(tracker.reason()).isEqualTo("errors");
        tracker = tracker.onResult(0, GOOD, 0, 0.5).tracker();
        assertThat(tracker.state()).isEqualTo(HealthState.DOWN);
        assertThat(tracker.onResult(0, GOOD, 0, 0.5).tracker().state()).isEqualTo(HealthState.UP);
    }

    @Test
    void aProbeThatDecidesNothingChangesNothing() {
        var tracker = HealthTracker.of(
                List.of(HealthCheckSpec.builder("agent").rise(1).fall(1).build()));
        tracker = tracker.onResult(0, ProbeResult.undecided("unreachable"), 0, 0.5)
                .tracker();
        assertThat(tracker.state()).isEqualTo(HealthState.UNKNOWN);
        tracker = tracker.onResult(0, BAD, 0, 0.5).tracker();
        tracker = tracker.onResult(0, ProbeResult.undecided("unreachable"), 0, 0.5)
                .tracker();
        assertThat(tracker.state()).isEqualTo(HealthState.DOWN);
    }

    // ---- flows that are ended

    private PoolRuntime ending() {
        var runtime = fixture.start(pool().server(server("a")
                        .endsFlowsWhenDown(true)
                        .endsBackupFlowsWhenUp(true)
                        .build())
                .server(server("b").backup().endsBackupFlowsWhenUp(true).build())
                .server(server("c").backup().build()));
        runtime.onEnding((id, why) -> told.add(id + " " + why));
        return runtime;
    }

    @Test
    void flowsOfAServerThatGoesDownAreEnded() {
        var runtime = ending();
        runtime.health("a", HealthState.UP, "");
        runtime.health("b", HealthState.DOWN, "");
        assertThat(told).isEmpty();
        runtime.health("a", HealthState.DOWN, "");
        assertThat(told).containsExactly("a SERVER_DOWN");
    }

    @Test
    void flowsOfBackupsAreEndedWhenAnotherServerComesUp() {
        var runtime = ending();
        runtime.health("a", HealthState.DOWN, "");
        told.clear();
        runtime.health("a", HealthState.UP, "");
        assertThat(told).containsExactly("b BACKUP_NOT_NEEDED", "c BACKUP_NOT_NEEDED");
        told.clear();
        runtime.health("b", HealthState.DOWN, "");
        runtime.health("b", HealthState.UP, "");
        assertThat(told).isEmpty();
    }

    @Test
    void anOperatorWhoDisablesAServerEndsItsFlowsToo() {
        var runtime = ending();
        runtime.adminState("a", AdminState.DRAINING);
        assertThat(told).isEmpty();
        runtime.adminState("a", AdminState.DISABLED);
        runtime.adminState("a", AdminState.ENABLED);
        assertThat(told).containsExactly("a SERVER_DOWN", "b BACKUP_NOT_NEEDED", "c BACKUP_NOT_NEEDED");
    }

    // ---- what servers ask for

    private static ServerAdvice advice(Integer percent, Integer most, AdminState state) {
        return new ServerAdvice(
                Optional.ofNullable(state),
                percent == null ? OptionalInt.empty() : OptionalInt.of(percent),
                most == null ? OptionalInt.empty() : OptionalInt.of(most));
    }

    private static int weight(PoolRuntime runtime) {
        return runtime.status().servers().getFirst().weight();
    }

    @Test
    void aServerMayAskForAShareOfItsWeight() {
        var runtime = fixture.start(
                pool().scheduler("weights").server(server("a").weight(50).build()));
        runtime.advise("a", advice(75, null, null));
        assertThat(weight(runtime)).isEqualTo(38);
        runtime.advise("a", advice(1_000, null, null));
        assertThat(weight(runtime)).as("no more than HAProxy's greatest weight").isEqualTo(256);
        runtime.advise("a", advice(null, null, null));
        assertThat(weight(runtime)).as("what is not said stays").isEqualTo(256);
        runtime.apply(pool().scheduler("weights")
                .server(server("a").weight(10).build())
                .build());
        assertThat(weight(runtime)).as("a changed configuration holds").isEqualTo(10);
    }

    @Test
    void aServerMayAskForALimitAndBeTakenOut() {
        var runtime = fixture.start(pool("a"));
        runtime.advise("a", advice(null, 1, null));
        var held = fixture.open(runtime);
        assertThat(fixture.serve(runtime)).isEqualTo("ALL_FULL");
        held.completed();
        runtime.advise("a", advice(null, null, AdminState.DISABLED));
        assertThat(fixture.serve(runtime)).isEqualTo("NONE_AVAILABLE");
        runtime.advise("a", advice(null, null, AdminState.ENABLED));
        assertThat(fixture.serve(runtime)).isEqualTo("a");
    }
}
