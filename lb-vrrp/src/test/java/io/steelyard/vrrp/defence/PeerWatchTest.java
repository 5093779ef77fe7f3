package io.steelyard.vrrp.defence;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.vrrp.election.Phase;
import java.util.List;
import org.junit.jupiter.api.Test;

class PeerWatchTest {
    private static final long SECOND = 1_000_000_000L;
    private static final long SILENCE = 3 * SECOND;

    private final PeerWatch watch = new PeerWatch("a", List.of("cable", "office"), SILENCE, true);
    private long sequence;

    private static ConfigFingerprint fingerprint(int id, String... addresses) {
        var router = VirtualRouter.builder("gate", "eth0", id);
        for (var address : addresses) {
            router.address(address);
        }
        return ConfigFingerprint.of(router.build());
    }

    private static PeerReport report(String node, long sequence, String... hears) {
        return new PeerReport(
                node,
                sequence,
                List.of(new PeerReport.Router(fingerprint(51, "192.0.2.1"), Phase.ACTIVE, 100, 0)),
                List.of(hears));
    }

    private boolean heard(String path, long nowNs, String... hears) {
        return watch.heard(report("b", ++sequence, hears), path, nowNs);
    }

    private static PeerReport.Router active(int priority, long epoch) {
        return new PeerReport.Router(fingerprint(51, "192.0.2.1"), Phase.ACTIVE, priority, epoch);
    }

    @Test
    void ofTwoThatAreActiveTheLaterLeaseWinsThenThePriorityThenTheName() {
        assertThat(PeerWatch.isAbove(active(100, 8), "b", 200, 7, "a")).isTrue();
        assertThat(PeerWatch.isAbove(active(200, 7), "b", 100, 8, "a")).isFalse();
        assertThat(PeerWatch.isAbove(active(200, 0), "b", 100, 8, "a")).isTrue();
        assertThat(PeerWatch.isAbove(active(100, 0), "b", 200, 0, "a")).isFalse();
        assertThat(PeerWatch.isAbove(active(100, 0), "b", 100, 0, "a")).isTrue();
        assertThat(PeerWatch.isAbove(active(100, 0), "a", 100, 0, "b")).isFalse();
    }

    @Test
    void namesThatComeOnceLeaveNothing() {
        var open = new PeerWatch("a", List.of("cable"), SILENCE, false);
        for (int i = 0; i < 1_000; i++) {
            open.heard(report("stranger" + i, 1, "a"), "cable", i * SECOND);
            open.look(i * SECOND);
        }
        open.look(10_000 * SECOND);
        assertThat(open.size()).isZero();
    }

    @Test
    void aReplayAndOurOwnVoiceDoNotCount() {
        assertThat(watch.heard(report("b", 5), "cable", 0)).isTrue();
        assertThat(watch.heard(report("b", 5), "office", 0))
                .as("the same on another path")
                .isTrue();
        assertThat(watch.heard(report("b", 5), "cable", 1)).isFalse();
        assertThat(watch.heard(report("b", 4), "cable", 1_000 * SECOND)).isFalse();
        assertThat(watch.heard(report("b", 6), "cable", 1)).isTrue();
        assertThat(watch.heard(report("a", 7), "cable", 1)).isFalse();
    }

    @Test
    void whatCameLaterOnAFasterPathIsNotOverruled() {
        assertThat(watch.heard(report("b", 6), "cable", 0)).isTrue();
        assertThat(watch.heard(report("b", 5, "a"), "office", 1)).isFalse();
        assertThat(watch.reports().getFirst().sequence()).isEqualTo(6);
        assertThat(watch.heardAgoNs("b", 2).get("office")).as("it was heard").hasValue(1);
    }

    @Test
    void anUnsignedNodeWhoseClockWentBackIsHeardAgain() {
        var open = new PeerWatch("a", List.of("cable"), SILENCE, false);
        assertThat(open.heard(report("b", 500), "cable", 0)).isTrue();
        assertThat(open.heard(report("b", 5), "cable", 4 * SILENCE)).isFalse();
        assertThat(open.heard(report("b", 5), "cable", 4 * SILENCE + 1)).isTrue();
    }

    @Test
    void aPathThatStaysSilentIsToldOnceAndItsReturnToo() {
        heard("cable", 0, "a");
        heard("office", 0, "a");
        assertThat(watch.look(SILENCE)).isEmpty();
        heard("cable", SILENCE, "a");
        assertThat(watch.look(SILENCE + 1)).as("suspected").isEmpty();
        heard("cable", 2 * SILENCE, "a");
        assertThat(watch.look(2 * SILENCE)).isEmpty();
        assertThat(watch.look(2 * SILENCE + 1))
                .containsExactly(new PeerWatch.Remark.PathSilent("b", List.of("office")));
        assertThat(watch.look(2 * SILENCE + 2)).as("once").isEmpty();
        heard("office", 2 * SILENCE + 3, "a");
        assertThat(watch.look(2 * SILENCE + 4)).containsExactly(new PeerWatch.Remark.PathBack("b"));
    }

    @Test
    void aNodeThatIsSilentOnAllPathsIsNoMatterOfPaths() {
        heard("cable", 0, "a");
        heard("office", 0, "a");
        assertThat(watch.look(SILENCE + 1)).isEmpty();
        assertThat(watch.look(3 * SILENCE)).isEmpty();
        assertThat(watch.hears(SILENCE + 1)).isEmpty();
    }

    @Test
    void hearingThatGoesOneWayIsToldWhenItLasts() {
        heard("cable", 0);
        heard("office", 0);
        assertThat(watch.look(0)).isEmpty();
        heard("cable", SILENCE - 1);
        heard("office", SILENCE - 1);
        assertThat(watch.look(SILENCE - 1)).isEmpty();
        assertThat(watch.look(SILENCE)).containsExactly(new PeerWatch.Remark.OneWay("a", "b"));
        assertThat(watch.look(SILENCE + 1)).as("once").isEmpty();
        assertThat(watch.pairs(SILENCE)).containsExactly(new HearingMatrix.Pair("a", "b", false));
        heard("cable", SILENCE + 2, "a");
        assertThat(watch.look(SILENCE + 3)).isEmpty();
        assertThat(watch.pairs(SILENCE + 3))
                .containsExactly(new HearingMatrix.Pair("a", "b", true), new HearingMatrix.Pair("b", "a", true));
    }

    @Test
    void theSameRouterIsFoundByItsIdOrElseByAnAddress() {
        var ours = fingerprint(51, "192.0.2.1", "192.0.2.2");
        var report = new PeerReport(
                "b",
                1,
                List.of(
                        new PeerReport.Router(fingerprint(51, "2001:db8::1"), Phase.BACKUP, 1, 0),
                        new PeerReport.Router(fingerprint(51, "192.0.2.9"), Phase.BACKUP, 2, 0),
                        new PeerReport.Router(fingerprint(52, "192.0.2.2"), Phase.ACTIVE, 3, 0)),
                List.of());
        assertThat(PeerWatch.same(ours, report)).hasValueSatisfying(same -> {
            assertThat(same.router().priority()).isEqualTo(2);
            assertThat(same.differences()).containsExactly("addresses: 192.0.2.1 192.0.2.2, 192.0.2.9");
        });
        assertThat(PeerWatch.same(fingerprint(60, "192.0.2.2"), report))
                .hasValueSatisfying(same -> assertThat(same.differences()).containsExactly("virtualRouterId: 60, 52"));
        assertThat(PeerWatch.same(fingerprint(60, "192.0.2.77"), report)).isEmpty();
    }
}
