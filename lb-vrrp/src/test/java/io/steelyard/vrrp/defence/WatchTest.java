package io.steelyard.vrrp.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.Authentication;
import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VrrpVersion;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class WatchTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void aMachineIsIsolatedAfterSomeSilentRoundsAndBackAfterOneGoodOne() {
        var vote = new ReachabilityVote(SplitBrainDefence.Reachability.gateway());
        vote.nextRound();
        for (int round = 0; round < 3; round++) {
            assertThat(vote.isIsolated()).isFalse();
            vote.nextRound();
        }
        assertThat(vote.isIsolated()).isTrue();
        vote.answered();
        assertThat(vote.isIsolated()).isFalse();
    }

    @Test
    void oneSilentPathIsASuspicionAndAllAreSilence() {
        var matrix = new HearingMatrix("a", List.of("multicast", "cable"), 3 * SECOND);
        assertThat(matrix.verdict("b", 0)).isEqualTo(HearingMatrix.Verdict.SILENT);
        matrix.heard("b", "multicast", 0);
        matrix.heard("b", "cable", 0);
        assertThat(matrix.verdict("b", 3 * SECOND)).isEqualTo(HearingMatrix.Verdict.HEARD);
        matrix.heard("b", "cable", 2 * SECOND);
        assertThat(matrix.verdict("b", 3 * SECOND + 1)).isEqualTo(HearingMatrix.Verdict.SUSPECT);
        assertThat(matrix.silentPaths("b", 3 * SECOND + 1)).containsExactly("multicast");
        assertThat(matrix.verdict("b", 5 * SECOND + 1)).isEqualTo(HearingMatrix.Verdict.SILENT);
    }

    @Test
    void hearingThatGoesOneWayOnlyIsSeen() {
        var matrix = new HearingMatrix("a", List.of("multicast"), 3 * SECOND);
        matrix.heard("b", "multicast", 0);
        matrix.says("b", List.of(), 0);
        assertThat(matrix.asymmetries(SECOND)).containsExactly(new HearingMatrix.Asymmetry("a", "b"));
        matrix.says("b", List.of("a"), SECOND);
        assertThat(matrix.asymmetries(SECOND)).isEmpty();
        assertThat(matrix.hears(SECOND)).containsExactly("b");
    }

    @Test
    void aForeignClaimIsReportedWhenItComesAgainAndThenOnceInAWhile() {
        var watch = new ConflictWatch(SECOND, 60 * SECOND);
        assertThat(watch.claimed(0, 0xAL, 0xAL, true, 0)).as("our own").isEqualTo(ConflictWatch.Verdict.NOTHING);
        assertThat(watch.claimed(0, 0xBL, 0xAL, false, 0)).as("as backup").isEqualTo(ConflictWatch.Verdict.NOTHING);
        assertThat(watch.claimed(0, 0xBL, 0xAL, true, 0)).isEqualTo(ConflictWatch.Verdict.ASK_AGAIN);
        assertThat(watch.claimed(0, 0xBL, 0xAL, true, SECOND - 1)).isEqualTo(ConflictWatch.Verdict.NOTHING);
        assertThat(watch.claimed(0, 0xBL, 0xAL, true, SECOND)).isEqualTo(ConflictWatch.Verdict.REPORT);
        assertThat(watch.claimed(0, 0xBL, 0xAL, true, 61 * SECOND - 1)).isEqualTo(ConflictWatch.Verdict.NOTHING);
        assertThat(watch.claimed(1, 0xBL, 0xAL, true, SECOND)).isEqualTo(ConflictWatch.Verdict.ASK_AGAIN);
        assertThat(watch.claimed(0, 0xBL, 0xAL, true, 61 * SECOND)).isEqualTo(ConflictWatch.Verdict.REPORT);
        assertThat(watch.conflicts()).isEqualTo(6);
    }

    @Test
    void aClaimOfLongAgoDoesNotConfirmANewOne() {
        var watch = new ConflictWatch(SECOND, 60 * SECOND);
        watch.claimed(0, 0xBL, 0xAL, true, 0);
        assertThat(watch.claimed(0, 0xBL, 0xAL, true, 60 * SECOND)).isEqualTo(ConflictWatch.Verdict.ASK_AGAIN);
        watch.forget();
        assertThat(watch.claimed(0, 0xBL, 0xAL, true, 62 * SECOND)).isEqualTo(ConflictWatch.Verdict.ASK_AGAIN);
    }

    @Test
    void whatDiffersBetweenPeersIsNamedAndSecretsAreNot() {
        var router = VirtualRouter.builder("gate", "eth0", 51)
                .version(VrrpVersion.V2)
                .address("192.0.2.1/24")
                .address("192.0.2.2/24")
                .authentication(new Authentication.Password("1111"));
        var ours = ConfigFingerprint.of(router.build());
        var sameElsewhere = VirtualRouter.builder("other name", "ens3", 51)
                .version(VrrpVersion.V2)
                .priority(50)
                .address("192.0.2.2/32")
                .address("192.0.2.1/32")
                .authentication(new Authentication.Password("1111"));
        assertThat(ours.differences(ConfigFingerprint.of(sameElsewhere.build())))
                .isEmpty();
        var theirs = ConfigFingerprint.of(sameElsewhere
                .advertInterval(Duration.ofSeconds(2))
                .authentication(new Authentication.Password("1112"))
                .address("192.0.2.3")
                .build());
        assertThat(ours.differences(theirs))
                .containsExactly(
                        "intervalMs: 1000, 2000",
                        "addresses: 192.0.2.1 192.0.2.2, 192.0.2.1 192.0.2.2 192.0.2.3",
                        "authentication: not the same");
        assertThat(ours.toString()).doesNotContain("1111");
    }
}
