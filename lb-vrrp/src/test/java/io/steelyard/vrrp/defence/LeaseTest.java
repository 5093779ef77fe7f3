package io.steelyard.vrrp.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.VirtualRouter;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LeaseTest {
    private static final long SECOND = 1_000_000_000L;
    private static final SplitBrainDefence.Witness WITNESS =
            new SplitBrainDefence.Witness("test", Map.of(), Duration.ofSeconds(3), 10);

    @Test
    void aLeaseIsCountedFromTheQuestionLessTheDrift() {
        var keeper = new LeaseKeeper(WITNESS);
        keeper.want(10 * SECOND);
        assertThat(keeper.takeTurn(10 * SECOND)).isTrue();
        keeper.granted(10 * SECOND, 1);
        long end = 10 * SECOND + 2_970_000_000L;
        assertThat(keeper.isHeld(end - 1)).isTrue();
        assertThat(keeper.isHeld(end)).isFalse();
        assertThat(keeper.leftNs(end - SECOND)).isEqualTo(SECOND);
    }

    @Test
    void itIsAskedForAgainEverySixthOfIt() {
        var keeper = new LeaseKeeper(WITNESS);
        assertThat(keeper.takeTurn(0)).isFalse();
        keeper.want(0);
        assertThat(keeper.takeTurn(0)).isTrue();
        assertThat(keeper.takeTurn(SECOND / 2 - 1)).isFalse();
        assertThat(keeper.takeTurn(SECOND / 2)).isTrue();
    }

    @Test
    void anAnswerFromBeforeItWasGivenUpCountsNothing() {
        var keeper = new LeaseKeeper(WITNESS);
        keeper.want(SECOND);
        keeper.giveUp(2 * SECOND);
        keeper.want(2 * SECOND);
        assertThat(keeper.granted(SECOND, 1)).isFalse();
        assertThat(keeper.isHeld(2 * SECOND)).isFalse();
        assertThat(keeper.granted(2 * SECOND + 1, 1)).isTrue();
    }

    @Test
    void oneAtATimeHoldsALeaseAndTheNextOnlyAfterItsEnd() {
        var table = new LeaseTable(0, 1);
        assertThat(table.ask("gate", "a", 100, 3 * SECOND, 1, 0, 0).isGranted()).isTrue();
        assertThat(table.ask("gate", "b", 100, 3 * SECOND, 1, 0, 3 * SECOND - 1).isGranted())
                .isFalse();
        var next = table.ask("gate", "b", 100, 3 * SECOND, 2, 0, 3 * SECOND);
        assertThat(next.isGranted()).isTrue();
        assertThat(next.epoch()).isEqualTo(2);
        assertThat(table.ask("gate", "a", 100, 3 * SECOND, 2, 0, 3 * SECOND).isGranted())
                .isFalse();
    }

    @Test
    void aHigherPriorityIsPassedOnToTheHolder() {
        var table = new LeaseTable(0, 1);
        table.ask("gate", "a", 100, 3 * SECOND, 1, 0, 0);
        table.ask("gate", "b", 90, 3 * SECOND, 1, 0, 1);
        assertThat(table.ask("gate", "a", 100, 3 * SECOND, 2, 0, 2).isWanted()).isFalse();
        table.ask("gate", "b", 200, 3 * SECOND, 2, 0, 3);
        assertThat(table.ask("gate", "a", 100, 3 * SECOND, 3, 0, 4).isWanted()).isTrue();
        assertThat(table.ask("gate", "a", 100, 3 * SECOND, 4, 0, 5).isWanted()).isFalse();
    }

    @Test
    void whatWasOvertakenByALaterMessageCountsNothing() {
        var table = new LeaseTable(0, 1);
        table.ask("gate", "a", 100, 3 * SECOND, 5, 0, 0);
        table.giveUp("gate", "a", 4, 1);
        assertThat(table.ask("gate", "b", 100, 3 * SECOND, 1, 0, 2).isGranted()).isFalse();
        table.giveUp("gate", "a", 6, 3);
        assertThat(table.ask("gate", "a", 100, 3 * SECOND, 5, 0, 4).isGranted()).isFalse();
        assertThat(table.ask("gate", "b", 100, 3 * SECOND, 2, 0, 5).isGranted()).isTrue();
        table.giveUp("gate", "a", 9, 6);
        assertThat(table.ask("gate", "c", 100, 3 * SECOND, 1, 0, 7).isGranted())
                .as("nobody gives up what another holds")
                .isFalse();
    }

    @Test
    void aWitnessThatForgotGrantsNothingForAWhile() {
        var table = new LeaseTable(3 * SECOND, 1);
        assertThat(table.ask("gate", "a", 100, 3 * SECOND, 1, 0, 3 * SECOND - 1).isGranted())
                .isFalse();
        assertThat(table.ask("gate", "a", 100, 3 * SECOND, 2, 0, 3 * SECOND).isGranted())
                .isTrue();
    }

    @Test
    void afterARestartWhoHeldTheLeaseKeepsItAndNobodyElseGetsIt() {
        var table = new LeaseTable(10 * SECOND, 1);
        assertThat(table.ask("gate", "b", 200, 3 * SECOND, 1, 0, 0).isGranted()).isFalse();
        var again = table.ask("gate", "a", 100, 3 * SECOND, 7, 5, 1);
        assertThat(again.isGranted()).isTrue();
        assertThat(again.epoch()).isEqualTo(5);
        assertThat(table.ask("gate", "b", 100, 3 * SECOND, 2, 4, 2).isGranted())
                .as("one only")
                .isFalse();
        assertThat(table.holdings(2)).extracting(LeaseTable.Holding::holder).containsExactly("a");
        assertThat(table.ask("gate", "b", 100, 3 * SECOND, 3, 0, 9 * SECOND).isGranted())
                .as("free, and still quiet")
                .isFalse();
        assertThat(table.ask("gate", "b", 100, 3 * SECOND, 4, 0, 10 * SECOND).epoch())
                .isEqualTo(6);
    }

    @Test
    void epochsGrowOverARestart() {
        var table = new LeaseTable(0, 1_000);
        assertThat(table.ask("gate", "a", 100, SECOND, 1, 0, 0).epoch()).isEqualTo(1_000);
        assertThat(table.ask("gate", "b", 100, SECOND, 1, 0, SECOND).epoch()).isEqualTo(1_001);
    }

    @Test
    void aMessageFromBeforeARestartOpensNothingToWhoHoldsTheLeaseNoMore() {
        var table = new LeaseTable(10 * SECOND, 1);
        table.ask("gate", "a", 100, 3 * SECOND, 7, 5, SECOND);
        assertThat(table.ask("gate", "a", 100, 3 * SECOND, 9, 0, 2 * SECOND).isGranted())
                .isFalse();
    }

    @Test
    void theKernelLetsGoBeforeTheLeaseEnds() {
        var lifetime = KernelLifetime.of(
                VirtualRouter.builder("gate", "eth0", 1).address("192.0.2.1").build());
        assertThat(lifetime.seconds()).isEqualTo(3);
        assertThat(lifetime.refreshNs()).isEqualTo(SECOND);
        assertThat(lifetime.seconds(2_970_000_000L)).isEqualTo(2);
        assertThat(lifetime.seconds(10 * SECOND)).isEqualTo(3);
        assertThat(lifetime.seconds(SECOND - 1)).isZero();
        assertThat(lifetime.seconds(-5)).isZero();
    }

    @Test
    void shortIntervalsAreRoundedUpToAWholeSecondAndToldAgainInTime() {
        var lifetime = KernelLifetime.of(VirtualRouter.builder("gate", "eth0", 1)
                .address("192.0.2.1")
                .advertInterval(Duration.ofMillis(10))
                .build());
        assertThat(lifetime.seconds()).isEqualTo(1);
        assertThat(lifetime.refreshNs()).isEqualTo(250_000_000L);
        var slow = KernelLifetime.of(VirtualRouter.builder("gate", "eth0", 1)
                .address("192.0.2.1")
                .advertInterval(Duration.ofSeconds(4))
                .defence(SplitBrainDefence.builder().lifetimeAdverts(2).build())
                .build());
        assertThat(slow.seconds()).isEqualTo(8);
        assertThat(slow.refreshNs()).isLessThan(3 * SECOND);
    }

    @Test
    void aPauseIsWhatIsBeyondThePlan() {
        var watch = new PauseWatch();
        assertThat(watch.lateNs(Long.MAX_VALUE, SECOND)).isZero();
        assertThat(watch.lateNs(2 * SECOND, SECOND)).isZero();
        assertThat(watch.lateNs(2 * SECOND, 5 * SECOND)).isEqualTo(3 * SECOND);
        assertThat(watch.lateNs(2 * SECOND, 5 * SECOND + 1)).as("told already").isZero();
        assertThat(watch.lateNs(2 * SECOND, 6 * SECOND)).as("once more").isEqualTo(SECOND);
    }
}
