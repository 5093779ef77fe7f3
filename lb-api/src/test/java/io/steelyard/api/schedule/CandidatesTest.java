package io.steelyard.api.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.pool.RealServer;
import org.junit.jupiter.api.Test;

class CandidatesTest {
    private static final RealServer A =
            RealServer.builder("10.0.0.1:80").id("a").build();
    private static final RealServer B =
            RealServer.builder("10.0.0.2:80").id("b").weight(3).build();
    private static final RealServer LIMITED =
            RealServer.builder("10.0.0.3:80").id("limited").maxConnections(2).build();

    @Test
    void orderAndWeightsAreAsGiven() {
        var candidates = Candidates.builder()
                .add(B)
                .add(A, 7, true, new ServerLoad(), null)
                .build();
        assertThat(candidates.size()).isEqualTo(2);
        assertThat(candidates.id(0)).isEqualTo("b");
        assertThat(candidates.server(1)).isSameAs(A);
        assertThat(candidates.weight(0)).isEqualTo(3);
        assertThat(candidates.weight(1)).isEqualTo(7);
        assertThat(candidates.indexOf("a")).isEqualTo(1);
        assertThat(candidates.indexOf("c")).isEqualTo(-1);
        assertThat(candidates.usableCount()).isEqualTo(2);
    }

    @Test
    void weightZeroIsNotUsable() {
        var candidates = Candidates.builder()
                .add(A, 0, true, new ServerLoad(), null)
                .add(B, 1, false, new ServerLoad(), null)
                .build();
        assertThat(candidates.isUsable(0)).isFalse();
        assertThat(candidates.isUsable(1)).isFalse();
        assertThat(candidates.usableCount()).isZero();
        assertThat(candidates.isEligible(0, new Flow(1))).isFalse();
        assertThat(candidates.weight(1)).isEqualTo(1);
    }

    @Test
    void limitCountsFlowsThatAreOverButTracked() {
        var load = new ServerLoad();
        var candidates = Candidates.builder().add(LIMITED, 1, true, load, null).build();
        assertThat(candidates.hasRoom(0)).isTrue();
        load.addActive(1);
        load.addInactive(1);
        assertThat(candidates.hasRoom(0)).isFalse();
        load.addInactive(-1);
        assertThat(candidates.hasRoom(0)).isTrue();
        load.overloaded(true);
        assertThat(candidates.hasRoom(0))
                .as("until it is below its resume mark")
                .isFalse();
    }

    @Test
    void countsNearTheGreatestIntegerLeaveNoRoom() {
        var load = new ServerLoad();
        var candidates = Candidates.builder().add(LIMITED, 1, true, load, null).build();
        load.addActive(Integer.MAX_VALUE);
        load.addInactive(Integer.MAX_VALUE);
        assertThat(candidates.hasRoom(0)).isFalse();
    }

    @Test
    void serverWithoutLimitAlwaysHasRoom() {
        var load = new ServerLoad();
        load.addActive(1_000_000);
        assertThat(Candidates.builder().add(A, 1, true, load, null).build().hasRoom(0))
                .isTrue();
    }

    @Test
    void triedAndRefusedServersAreNotEligible() {
        var candidates = Candidates.builder()
                .add(A)
                .add(B, 1, true, new ServerLoad(), nowNs -> nowNs >= 100)
                .build();
        var flow = new Flow(1).nowNs(99);
        assertThat(candidates.isEligible(0, flow)).isTrue();
        assertThat(candidates.isEligible(1, flow)).isFalse();
        assertThat(candidates.isEligible(1, flow.nowNs(100))).isTrue();
        assertThat(candidates.isEligible(0, flow.markTried(0))).isFalse();
        assertThat(candidates.isUsable(0)).isTrue();
    }

    @Test
    void openFlowsOfThePoolAreSummedUp() {
        var candidates = Candidates.builder().add(A).add(B).build();
        candidates.load(0).addActive(3);
        candidates.load(1).addActive(4);
        assertThat(candidates.poolActive()).isEqualTo(7);
        candidates.load(0).addActive(Integer.MAX_VALUE - 3);
        assertThat(candidates.poolActive()).isEqualTo(Integer.MAX_VALUE);
        assertThat(Candidates.builder().add(A).poolActive(() -> 42).build().poolActive())
                .isEqualTo(42);
    }

    @Test
    void countersCountUpToTheirLimitAlone() {
        var load = new ServerLoad();
        assertThat(load.tryAddActive(2)).isTrue();
        assertThat(load.tryAddActive(2)).isTrue();
        assertThat(load.tryAddActive(2)).isFalse();
        load.addActive(-1);
        load.addInactive(1);
        assertThat(load.tryAddActive(2)).isFalse();
        load.countServed();
        load.countFailure();
        load.addQueued(2);
        assertThat(load.active()).isEqualTo(1);
        assertThat(load.inactive()).isEqualTo(1);
        assertThat(load.served()).isEqualTo(1);
        assertThat(load.failures()).isEqualTo(1);
        assertThat(load.queued()).isEqualTo(2);
    }
}
