package io.steelyard.vrrp.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.InitialState;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class StartTest {
    @Test
    void everythingAnEarlierProcessLeftIsRemovedFirst() {
        var desk = new Desk(Desk.router());
        assertThat(desk.on(ElectionEvent.Start.now()).getFirst())
                .isEqualTo(new Effect.Apply(Effect.Step.REMOVE_LEFTOVERS));
    }

    @Test
    void aRouterStartsAsBackupAndBecomesActiveAfterTheDownInterval() {
        var desk = Desk.backup(Desk.router());
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        desk.passUs(3_609_374);
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        assertThat(desk.effects).isEmpty();
        desk.passUs(1);
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void aTimerThatIsToldTooEarlyDoesNothing() {
        var desk = Desk.backup(Desk.router());
        desk.nowNs += 3_609_375_000L - 1;
        assertThat(desk.on(new ElectionEvent.TimerExpired())).isEmpty();
        desk.nowNs += 1;
        assertThat(desk.on(new ElectionEvent.TimerExpired())).isNotEmpty();
    }

    @Test
    void anInitialStateOfActiveWaitsAllTheSame() {
        var desk = Desk.backup(Desk.router().initialState(InitialState.ACTIVE).priority(254));
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        assertThat(desk.waitsUs()).isEqualTo(3_007_812);
    }

    @Test
    void anInitialStateOfActiveWaitsOneIntervalInAGroupOfBackups() {
        var desk = new Desk(Desk.router().initialState(InitialState.ACTIVE));
        desk.on(new ElectionEvent.Start(true, true, true, 0));
        assertThat(desk.waitsUs()).isEqualTo(1_003_906);
    }

    @Test
    void theOwnerIsActiveAfterAMicrosecond() {
        var desk = new Desk(Desk.router().priority(255));
        desk.on(ElectionEvent.Start.now());
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        desk.passUs(1);
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
        assertThat(desk.reason()).isEqualTo(Effect.Reason.OWNER);
    }

    @Test
    void noTimerExpiresWithinTheStartDelay() {
        var desk = new Desk(Desk.router().priority(255));
        desk.on(new ElectionEvent.Start(
                true, true, false, Duration.ofSeconds(30).toNanos()));
        desk.passUs(29_999_999);
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        desk.passUs(1);
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void advertsAreHeardWithinTheStartDelay() {
        var desk = new Desk(Desk.router());
        desk.on(new ElectionEvent.Start(true, true, false, Duration.ofSeconds(5).toNanos()));
        desk.pass(Duration.ofSeconds(4));
        desk.hear(200, Desk.HIGHER);
        desk.pass(Duration.ofSeconds(2));
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        assertThat(desk.state.activePriority()).isEqualTo(200);
    }

    @Test
    void withADownTrackerARouterStartsInFault() {
        var desk = new Desk(Desk.router());
        desk.on(new ElectionEvent.Start(true, false, false, 0));
        assertThat(desk.phase()).isEqualTo(Phase.FAULT);
        desk.pass(Duration.ofMinutes(1));
        assertThat(desk.phase()).isEqualTo(Phase.FAULT);
        desk.on(new ElectionEvent.Health(true));
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        assertThat(desk.waitsUs()).isEqualTo(3_609_375);
    }

    @Test
    void untilAScriptHasRunARouterIsInInitialize() {
        var desk = new Desk(Desk.router());
        desk.on(new ElectionEvent.Start(false, true, false, 0));
        desk.pass(Duration.ofMinutes(1));
        assertThat(desk.phase()).isEqualTo(Phase.INITIALIZE);
        desk.on(new ElectionEvent.Health(true));
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        var failing = new Desk(Desk.router());
        failing.on(new ElectionEvent.Start(false, true, false, 0));
        failing.on(new ElectionEvent.Health(false));
        assertThat(failing.phase()).isEqualTo(Phase.FAULT);
    }
}
