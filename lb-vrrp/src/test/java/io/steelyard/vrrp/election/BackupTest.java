package io.steelyard.vrrp.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.Preemption;
import io.steelyard.api.vrrp.VrrpVersion;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class BackupTest {
    @Test
    void anAdvertOfHigherOrEqualPriorityRestartsTheTimer() {
        for (int priority : new int[] {100, 101, 255}) {
            var desk = Desk.backup(Desk.router());
            desk.pass(Duration.ofSeconds(3));
            desk.hear(priority, Desk.LOWER);
            assertThat(desk.waitsUs()).isEqualTo(3_609_375);
            assertThat(desk.state.activePriority()).isEqualTo(priority);
        }
    }

    @Test
    void priorityZeroShortensTheWaitToTheSkew() {
        var desk = Desk.backup(Desk.router());
        desk.hear(200, Desk.HIGHER);
        desk.hear(0, Desk.HIGHER);
        desk.passUs(609_374);
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        desk.passUs(1);
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void theSkewFollowsTheLearnedInterval() {
        var desk = Desk.backup(Desk.router());
        desk.hear(200, Desk.HIGHER, 10);
        assertThat(desk.waitsUs()).isEqualTo(3 * 100_000 + 60_937);
        desk.hear(0, Desk.HIGHER, 10);
        assertThat(desk.waitsUs()).isEqualTo(60_937);
    }

    @Test
    void versionTwoLearnsNothing() {
        var desk = Desk.backup(Desk.router().version(VrrpVersion.V2));
        desk.hear(200, Desk.HIGHER, 500);
        assertThat(desk.waitsUs()).isEqualTo(3_609_375);
    }

    @Test
    void anActiveRouterSpeaksByItsOwnIntervalAgain() {
        var desk = Desk.backup(Desk.router());
        desk.hear(200, Desk.HIGHER, 10);
        desk.passUs(desk.waitsUs());
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
        assertThat(desk.waitsUs()).isEqualTo(1_000_000);
    }

    @Test
    void aLowerPriorityIsNotListenedTo() {
        var desk = Desk.backup(Desk.router());
        desk.pass(Duration.ofSeconds(3));
        desk.hear(99, Desk.HIGHER);
        desk.passUs(609_374);
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        desk.passUs(1);
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void withoutPreemptionALowerPriorityIsFollowed() {
        var desk = Desk.backup(Desk.router().preemption(Preemption.NO));
        for (int i = 0; i < 20; i++) {
            desk.pass(Duration.ofSeconds(1));
            desk.hear(50, Desk.LOWER);
        }
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        assertThat(desk.waitsUs()).isEqualTo(3_609_375);
        desk.passUs(3_609_375);
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void withAPreemptDelayALowerPriorityIsFollowedUntilItIsOver() {
        var desk = Desk.backup(Desk.router().preemption(Preemption.after(Duration.ofSeconds(10))));
        desk.hear(50, Desk.LOWER);
        for (int i = 0; i < 9; i++) {
            desk.pass(Duration.ofSeconds(1));
            desk.hear(50, Desk.LOWER);
            assertThat(desk.waitsUs()).isEqualTo(3_609_375);
        }
        desk.passUs(999_999);
        desk.hear(50, Desk.LOWER);
        assertThat(desk.waitsUs()).as("one tick before").isEqualTo(3_609_375);
        desk.passUs(1);
        desk.hear(50, Desk.LOWER);
        assertThat(desk.waitsUs()).as("the timer goes on").isEqualTo(3_609_374);
        desk.passUs(3_609_374);
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void aFaultEndsThePreemptDelay() {
        var desk = Desk.backup(Desk.router().preemption(Preemption.after(Duration.ofSeconds(10))));
        desk.hear(50, Desk.LOWER);
        desk.on(new ElectionEvent.Health(false));
        desk.pass(Duration.ofSeconds(20));
        desk.on(new ElectionEvent.Health(true));
        desk.pass(Duration.ofSeconds(1));
        desk.hear(50, Desk.LOWER);
        assertThat(desk.waitsUs()).as("the delay begins").isEqualTo(3_609_375);
        for (int i = 0; i < 10; i++) {
            desk.pass(Duration.ofSeconds(1));
            desk.hear(50, Desk.LOWER);
        }
        assertThat(desk.waitsUs()).as("the delay is over").isLessThan(3_609_375);
    }

    @Test
    void aHigherPriorityEndsThePreemptDelay() {
        var desk = Desk.backup(Desk.router().preemption(Preemption.after(Duration.ofSeconds(2))));
        desk.hear(50, Desk.LOWER);
        desk.pass(Duration.ofSeconds(1));
        desk.hear(200, Desk.HIGHER);
        desk.pass(Duration.ofMillis(1500));
        desk.hear(50, Desk.LOWER);
        assertThat(desk.waitsUs()).as("the delay begins anew").isEqualTo(3_609_375);
    }

    @Test
    void becomingActiveSpeaksFirstAndThenTakesWhatIsItsOwn() {
        var desk = Desk.backup(Desk.router().acceptsPackets(false));
        desk.passUs(3_609_375);
        assertThat(desk.effects)
                .isEqualTo(List.of(
                        new Effect.SendAdvert(100),
                        new Effect.Apply(Effect.Step.RESTRICT_PACKETS),
                        new Effect.Apply(Effect.Step.ADD_ADDRESSES),
                        new Effect.Apply(Effect.Step.ADD_EXCLUDED_ADDRESSES),
                        new Effect.Apply(Effect.Step.ADD_ROUTES),
                        new Effect.Apply(Effect.Step.ADD_RULES),
                        new Effect.Announce(Effect.Cause.BECAME_ACTIVE),
                        new Effect.Changed(Phase.BACKUP, Phase.ACTIVE, 100, Effect.Reason.NOBODY_HEARD)));
    }

    @Test
    void aChangeOfPriorityMovesTheRunningTimer() {
        var desk = Desk.backup(Desk.router());
        desk.pass(Duration.ofSeconds(1));
        desk.on(new ElectionEvent.PriorityChanged(200));
        assertThat(desk.waitsUs()).isEqualTo(2_609_375 - 609_375 + 218_750);
        desk.on(new ElectionEvent.PriorityChanged(100));
        assertThat(desk.waitsUs()).isEqualTo(2_609_375);
        assertThat(desk.effects).isEmpty();
    }

    @Test
    void aClaimWaitsForItsGrant() {
        var desk = new Desk(Desk.router(), true);
        desk.on(ElectionEvent.Start.now());
        desk.passUs(3_609_375);
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        assertThat(desk.has(Effect.SeekClaim.class)).isTrue();
        assertThat(desk.waitsUs()).isEqualTo(-1);
        desk.pass(Duration.ofMinutes(1));
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        desk.on(new ElectionEvent.ClaimGranted());
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void aRefusedClaimIsTriedAgain() {
        var desk = new Desk(Desk.router(), true);
        desk.on(ElectionEvent.Start.now());
        desk.passUs(3_609_375);
        desk.on(new ElectionEvent.ClaimRefused(500_000_000));
        desk.effects.clear();
        desk.passUs(499_999);
        assertThat(desk.effects).isEmpty();
        desk.passUs(1);
        assertThat(desk.effects).containsExactly(new Effect.SeekClaim());
    }

    @Test
    void anAdvertEndsAClaimAndALateGrantIsVoid() {
        var desk = new Desk(Desk.router(), true);
        desk.on(ElectionEvent.Start.now());
        desk.passUs(3_609_375);
        desk.effects.clear();
        desk.hear(200, Desk.HIGHER);
        assertThat(desk.effects).containsExactly(new Effect.AbandonClaim());
        desk.on(new ElectionEvent.ClaimGranted());
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
    }
}
