package io.steelyard.vrrp.election;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.wire.Bytes;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ActiveTest {
    private static final VirtualRouter.Dialect SILENT =
            new VirtualRouter.Dialect(false, false, VirtualRouter.AddressCheck.ALWAYS, false);

    @Test
    void anAdvertIsSentEachInterval() {
        var desk = Desk.active(Desk.router());
        desk.passUs(999_999);
        assertThat(desk.adverts()).isEmpty();
        desk.passUs(1);
        assertThat(desk.adverts()).containsExactly(100);
        desk.pass(Duration.ofSeconds(10));
        assertThat(desk.adverts()).hasSize(11);
    }

    @Test
    void aLateTimerSendsOneAdvertAndNotAll() {
        var desk = Desk.active(Desk.router());
        desk.nowNs += 10_000_000_000L;
        desk.on(new ElectionEvent.TimerExpired());
        assertThat(desk.adverts()).hasSize(1);
        assertThat(desk.waitsUs()).isEqualTo(1_000_000);
    }

    @Test
    void priorityZeroIsAnsweredAtOnceAndNothingElseHappens() {
        var desk = Desk.active(Desk.router());
        desk.passUs(400_000);
        assertThat(desk.hear(0, Desk.HIGHER)).containsExactly(new Effect.SendAdvert(100));
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
        assertThat(desk.waitsUs()).isEqualTo(1_000_000);
    }

    @Test
    void aLowerPriorityIsAnsweredAtOnceAndNeighboursAreToldAgain() {
        var desk = Desk.active(Desk.router());
        assertThat(desk.hear(99, Desk.HIGHER))
                .containsExactly(
                        new Effect.SendAdvert(100),
                        new Effect.Announce(Effect.Cause.LOWER_PRIORITY),
                        new Effect.LowerPriorityHeard(99));
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void theSamePriorityWithALowerAddressIsALowerPriority() {
        var desk = Desk.active(Desk.router());
        desk.hear(100, Desk.LOWER);
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
        assertThat(desk.adverts()).containsExactly(100);
    }

    @Test
    void byTheEarlierRfcsALowerPriorityGetsNoAnswerAndNeighboursAreToldAllTheSame() {
        var desk = Desk.active(Desk.router().dialect(SILENT));
        assertThat(desk.hear(99, Desk.HIGHER))
                .containsExactly(new Effect.Announce(Effect.Cause.LOWER_PRIORITY), new Effect.LowerPriorityHeard(99));
    }

    @Test
    void aHigherPriorityMakesItBackupWithoutAWord() {
        var desk = Desk.active(Desk.router().dialect(SILENT));
        desk.hear(101, Desk.LOWER, 50);
        assertThat(desk.effects)
                .isEqualTo(List.of(
                        new Effect.Apply(Effect.Step.REMOVE_RULES),
                        new Effect.Apply(Effect.Step.REMOVE_ROUTES),
                        new Effect.StopAnnouncing(),
                        new Effect.Apply(Effect.Step.REMOVE_ADDRESSES),
                        new Effect.Apply(Effect.Step.REMOVE_EXCLUDED_ADDRESSES),
                        new Effect.Changed(Phase.ACTIVE, Phase.BACKUP, 100, Effect.Reason.HIGHER_PRIORITY)));
        assertThat(desk.waitsUs()).as("learned").isEqualTo(3 * 500_000 + 304_687);
    }

    @Test
    void aHigherPriorityIsAnsweredOnceWhereAsked() {
        var desk = Desk.active(Desk.router());
        desk.hear(101, Desk.LOWER);
        assertThat(desk.effects.getFirst()).isEqualTo(new Effect.SendAdvert(100));
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
    }

    @Test
    void theSamePriorityWithAHigherAddressWins() {
        var desk = Desk.active(Desk.router());
        desk.hear(100, Desk.HIGHER);
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
    }

    @Test
    void theSamePriorityAndAddressIsReportedAndBothStay() {
        var desk = Desk.active(Desk.router());
        assertThat(desk.hear(100, Desk.OURS))
                .containsExactly(new Effect.Report(Effect.Suspicion.SAME_ADDRESS, 0, Bytes.low(Desk.OURS)));
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void ofTwoOwnersTheOneWithTheLowerAddressStepsDown() {
        var desk = Desk.active(Desk.router().priority(255));
        desk.hear(255, Desk.HIGHER);
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        assertThat(desk.reason()).isEqualTo(Effect.Reason.OTHER_OWNER);
    }

    @Test
    void ofTwoOwnersTheOneWithTheHigherAddressGivesTheOtherTwoAdvertsAndALittleMore() {
        var desk = Desk.active(Desk.router().priority(255));
        desk.hear(255, Desk.LOWER);
        assertThat(desk.adverts()).containsExactly(255);
        desk.passUs(1_000_000);
        assertThat(desk.adverts()).containsExactly(255, 255);
        desk.passUs(1_199_999);
        desk.hear(255, Desk.LOWER);
        assertThat(desk.phase()).as("one tick before").isEqualTo(Phase.ACTIVE);
        desk.passUs(1);
        desk.hear(255, Desk.LOWER);
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        assertThat(desk.state.priority()).isEqualTo(254);
    }

    @Test
    void anOwnerThatYieldedIsOwnerAgainWhenTheOtherIsGone() {
        var desk = Desk.active(Desk.router().priority(255));
        desk.hear(255, Desk.LOWER);
        desk.passUs(2_200_000);
        desk.hear(255, Desk.LOWER);
        desk.passUs(desk.waitsUs());
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
        assertThat(desk.state.priority()).isEqualTo(255);
    }

    @Test
    void anotherOwnerThatFellSilentIsForgotten() {
        var desk = Desk.active(Desk.router().priority(255));
        desk.hear(255, Desk.LOWER);
        desk.pass(Duration.ofSeconds(20));
        desk.effects.clear();
        desk.hear(255, Desk.LOWER);
        assertThat(desk.phase()).as("it begins anew").isEqualTo(Phase.ACTIVE);
        assertThat(desk.adverts()).containsExactly(255);
    }

    @Test
    void stoppingSaysSoBeforeTheAddressesGo() {
        var desk = Desk.active(Desk.router());
        desk.on(new ElectionEvent.Stop());
        assertThat(desk.effects.getFirst()).isEqualTo(new Effect.SendAdvert(0));
        assertThat(desk.effects).contains(new Effect.Apply(Effect.Step.REMOVE_ADDRESSES));
        assertThat(desk.phase()).isEqualTo(Phase.INITIALIZE);
        assertThat(desk.waitsUs()).isEqualTo(-1);
    }

    @Test
    void aFaultSaysSoAndEndsInFault() {
        var desk = Desk.active(Desk.router());
        desk.on(new ElectionEvent.Health(false));
        assertThat(desk.adverts()).containsExactly(0);
        assertThat(desk.phase()).isEqualTo(Phase.FAULT);
        assertThat(desk.hear(255, Desk.HIGHER)).as("nobody is listened to").isEmpty();
        desk.pass(Duration.ofMinutes(1));
        assertThat(desk.phase()).isEqualTo(Phase.FAULT);
    }

    @Test
    void afterAFaultTheWholeDownIntervalIsWaited() {
        var desk = Desk.active(Desk.router());
        desk.on(new ElectionEvent.Health(false));
        desk.on(new ElectionEvent.Health(true));
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        assertThat(desk.waitsUs()).isEqualTo(3_609_375);
        var owner = Desk.active(Desk.router().priority(255));
        owner.on(new ElectionEvent.Health(false));
        owner.on(new ElectionEvent.Health(true));
        owner.passUs(1);
        assertThat(owner.phase()).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void anAddressThatSomebodyTookAwayMakesItBackup() {
        var desk = Desk.active(Desk.router());
        desk.on(new ElectionEvent.AddressLost());
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        assertThat(desk.adverts()).isEmpty();
    }

    @Test
    void aDemandedReleaseTakesTheAddressesAwayBeforeItSpeaks() {
        var desk = Desk.active(Desk.router());
        desk.on(new ElectionEvent.MustRelease());
        int removed = desk.effects.indexOf(new Effect.Apply(Effect.Step.REMOVE_ADDRESSES));
        assertThat(desk.effects.indexOf(new Effect.SendAdvert(0))).isGreaterThan(removed);
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
    }

    @Test
    void aPauseLongerThanHalfTheDownIntervalMakesItBackupWithoutAWord() {
        long halfNs = 3_609_375_000L / 2;
        var desk = Desk.active(Desk.router());
        desk.nowNs += halfNs;
        assertThat(desk.on(new ElectionEvent.Paused(halfNs))).as("not longer").isEmpty();
        desk.on(new ElectionEvent.Paused(halfNs + 1));
        assertThat(desk.phase()).isEqualTo(Phase.BACKUP);
        assertThat(desk.adverts()).isEmpty();
        assertThat(desk.reason()).isEqualTo(Effect.Reason.PAUSED);
    }

    @Test
    void aPauseOfABackupStartsItsTimerAnew() {
        var desk = Desk.backup(Desk.router());
        desk.nowNs += 3_600_000_000L;
        desk.on(new ElectionEvent.Paused(3_600_000_000L));
        assertThat(desk.waitsUs()).isEqualTo(3_609_375);
    }

    @Test
    void withoutTheDefenceAPauseIsNotNoticed() {
        var desk = Desk.active(Desk.router().defence(SplitBrainDefence.NONE));
        assertThat(desk.on(new ElectionEvent.Paused(60_000_000_000L))).isEmpty();
        assertThat(desk.phase()).isEqualTo(Phase.ACTIVE);
    }

    @Test
    void aChangeOfPriorityIsSaidInTheNextAdvertAndAnOwnersIsNone() {
        var desk = Desk.active(Desk.router());
        desk.on(new ElectionEvent.PriorityChanged(80));
        desk.passUs(1_000_000);
        assertThat(desk.adverts()).containsExactly(80);
        var owner = Desk.active(Desk.router().priority(255));
        owner.on(new ElectionEvent.PriorityChanged(80));
        assertThat(owner.state.priority()).isEqualTo(255);
    }
}
