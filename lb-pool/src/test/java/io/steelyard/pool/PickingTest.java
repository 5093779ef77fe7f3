package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static io.steelyard.pool.Fixture.server;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.Event;
import io.steelyard.api.Personality;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.schedule.Balancer.Outcome;
import io.steelyard.api.schedule.Lease.Failure;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class PickingTest {
    private final Fixture fixture = new Fixture();

    @Test
    void countsAFlowFromPickToEnd() {
        var runtime = fixture.start(pool("a"));
        var lease = fixture.open(runtime);
        assertThat(runtime.status().servers().getFirst().active()).isEqualTo(1);
        assertThat(lease.isHeld()).isTrue();
        lease.completed();
        assertThat(lease.isHeld()).isFalse();
        assertThat(lease.server().id()).isEqualTo("a");
        assertThat(runtime.status().servers().getFirst())
                .satisfies(server -> assertThat(server.active()).isZero())
                .satisfies(server -> assertThat(server.served()).isEqualTo(1))
                .satisfies(server -> assertThat(server.failures()).isZero());
    }

    @Test
    void triesEveryServerOnceAndThenNone() {
        var runtime = fixture.start(pool("a", "b", "c"));
        var lease = fixture.open(runtime);
        var tried = new ArrayList<String>();
        do {
            tried.add(lease.server().id());
            lease.failed(Failure.CONNECT_TIMEOUT);
        } while (runtime.pick(fixture.flow, lease) == Outcome.PICKED);
        assertThat(tried).containsExactly("a", "b", "c");
        assertThat(lease.attempts()).isEqualTo(3);
        assertThat(runtime.pick(fixture.flow, lease)).isEqualTo(Outcome.NONE_AVAILABLE);
        lease.reset();
        assertThat(runtime.pick(fixture.flow, lease)).isEqualTo(Outcome.PICKED);
        assertThat(lease.attempts()).isEqualTo(1);
    }

    @Test
    void aWithdrawnTryDoesNotCountAndWhatFailedBeforeIsNotAskedAgain() {
        var runtime = fixture.start(pool("a", "b"));
        var lease = fixture.open(runtime);
        lease.failed(Failure.CONNECT_ERROR);
        assertThat(runtime.pick(fixture.flow, lease)).isEqualTo(Outcome.PICKED);
        lease.withdrawn();
        assertThat(lease.attempts()).isEqualTo(1);
        assertThat(runtime.pick(fixture.flow, lease)).isEqualTo(Outcome.PICKED);
        assertThat(lease.server().id()).isEqualTo("b");
        assertThat(lease.attempts()).isEqualTo(2);
        lease.failed(Failure.BROKEN);
        assertThat(runtime.pick(fixture.flow, lease)).isEqualTo(Outcome.NONE_AVAILABLE);
        assertThat(runtime.status().servers())
                .allSatisfy(server -> assertThat(server.active()).isZero());
    }

    @Test
    void aSharedFlowDoesNotCarryWhatAnotherTried() {
        var runtime = fixture.start(pool("a", "b"));
        var failing = fixture.open(runtime);
        failing.failed(Failure.CONNECT_ERROR);
        assertThat(fixture.serve(runtime)).isEqualTo("a");
        runtime.pick(fixture.flow, failing);
        assertThat(failing.server().id()).isEqualTo("b");
        assertThat(fixture.serve(runtime)).isEqualTo("a");
    }

    @Test
    void aFailedLeaseKeepsItsSnapshotAndAFreshOneTakesTheNewest() {
        var runtime = fixture.start(pool("a", "b"));
        var lease = fixture.open(runtime);
        runtime.apply(pool("c").build());
        lease.failed(Failure.BROKEN);
        runtime.pick(fixture.flow, lease);
        assertThat(lease.server().id()).isEqualTo("b");
        lease.completed();
        runtime.pick(fixture.flow, lease);
        assertThat(lease.server().id()).isEqualTo("c");
    }

    @Test
    void pickingWithAHeldLeaseIsRefused() {
        var runtime = fixture.start(pool("a"));
        var lease = fixture.open(runtime);
        assertThatThrownBy(() -> runtime.pick(fixture.flow, lease))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("still holds server a");
        assertThatThrownBy(() -> runtime.newLease().completed()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> runtime.newLease().server()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> fixture.start(pool("a")).pick(fixture.flow, lease))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void drainingDisabledDownAndWeightlessServersReceiveNoNewFlows() {
        var runtime = fixture.start(
                pool("a", "b", "c", "d").server(server("e").weight(0).build()));
        runtime.adminState("a", AdminState.DRAINING);
        runtime.adminState("b", AdminState.DISABLED);
        runtime.health("c", HealthState.DOWN, "connection refused");
        assertThat(fixture.serve(runtime)).isEqualTo("d");
        runtime.adminState("d", AdminState.DRAINING);
        assertThat(fixture.serve(runtime)).isEqualTo("NONE_AVAILABLE");
        runtime.health("c", HealthState.UP, "connected");
        assertThat(fixture.serve(runtime)).isEqualTo("c");
        assertThat(fixture.events)
                .map(Event::toString)
                .containsExactly("server c in web is DOWN: connection refused", "server c in web is UP: connected");
    }

    @Test
    void anEmptyPoolHasNoServer() {
        assertThat(fixture.serve(fixture.start(pool()))).isEqualTo("NONE_AVAILABLE");
    }

    @Test
    void mandatoryCheckKeepsServersOutUntilTheyPass() {
        var check = HealthCheckSpec.builder("probe").mandatory(true).build();
        var plugins = io.steelyard.api.plugin.Plugins.builder()
                .register(new Fixture.FirstProvider())
                .register(new HealthFixture.ProbeProvider())
                .build();
        var runtime = PoolRuntime.create(
                pool("a").healthCheck(check).build(), plugins, fixture.nowNs::get, 1, fixture.events::add);
        assertThat(fixture.serve(runtime)).isEqualTo("NONE_AVAILABLE");
        runtime.health("a", HealthState.UP, "passed");
        assertThat(fixture.serve(runtime)).isEqualTo("a");
    }

    @Test
    void aServersOwnChecksReplaceThePools() {
        var check = HealthCheckSpec.builder("probe").mandatory(true).build();
        var plugins = io.steelyard.api.plugin.Plugins.builder()
                .register(new Fixture.FirstProvider())
                .register(new HealthFixture.ProbeProvider())
                .build();
        var runtime = PoolRuntime.create(
                pool("a")
                        .server(server("b").healthChecks(List.of()).build())
                        .healthCheck(check)
                        .build(),
                plugins,
                fixture.nowNs::get,
                1,
                fixture.events::add);
        assertThat(fixture.serve(runtime)).as("b needs no probe").isEqualTo("b");
        runtime.health("a", HealthState.UP, "passed");
        assertThat(fixture.serve(runtime)).isEqualTo("a");
    }

    // ---- limits

    @Test
    void aFullServerGivesWayAndAllFullIsToldFromNoneAvailable() {
        var runtime = fixture.start(pool().server(server("a").maxConnections(1).build())
                .server(server("b").maxConnections(1).build()));
        var first = fixture.open(runtime);
        var second = fixture.open(runtime);
        assertThat(List.of(first.server().id(), second.server().id())).containsExactly("a", "b");
        assertThat(fixture.serve(runtime)).isEqualTo("ALL_FULL");
        runtime.health("a", HealthState.DOWN, "gone");
        assertThat(fixture.serve(runtime)).isEqualTo("ALL_FULL");
        runtime.health("b", HealthState.DOWN, "gone");
        assertThat(fixture.serve(runtime)).isEqualTo("NONE_AVAILABLE");
        first.completed();
        runtime.health("a", HealthState.UP, "back");
        assertThat(fixture.serve(runtime)).isEqualTo("a");
        second.cancelled();
    }

    @Test
    void aTriedFullServerDoesNotCountAsFull() {
        var runtime = fixture.start(pool().server(server("a").maxConnections(1).build()));
        var lease = fixture.open(runtime);
        lease.failed(Failure.CONNECT_ERROR);
        var other = fixture.open(runtime);
        assertThat(runtime.pick(fixture.flow, lease)).isEqualTo(Outcome.NONE_AVAILABLE);
        other.completed();
    }

    @Test
    void lvsLimitHasHysteresis() {
        var runtime = fixture.start(pool().personality(Personality.LVS)
                .server(server("a").maxConnections(8).build())
                .server(server("b").maxConnections(8).resumeConnections(3).build()));
        var flows = IntStream.range(0, 16).mapToObj(i -> fixture.open(runtime)).toList();
        assertThat(fixture.serve(runtime)).isEqualTo("ALL_FULL");
        flows.get(0).completed();
        flows.get(1).completed();
        assertThat(fixture.serve(runtime))
                .as("6 of 8 is not below three quarters")
                .isEqualTo("ALL_FULL");
        flows.get(2).completed();
        assertThat(fixture.serve(runtime)).isEqualTo("a");
        runtime.adminState("a", AdminState.DISABLED);
        flows.subList(8, 13).forEach(lease -> lease.completed());
        assertThat(fixture.serve(runtime)).as("3 is not below 3").isEqualTo("ALL_FULL");
        flows.get(13).completed();
        assertThat(fixture.serve(runtime)).isEqualTo("b");
    }

    // ---- tiers

    @Test
    void backupsServeWhenNoPrimaryCan() {
        var runtime = fixture.start(pool("a")
                .server(server("x").backup().build())
                .server(server("y").tier(2).build())
                .scheduler("rotating"));
        assertThat(fixture.serve(runtime)).isEqualTo("a");
        runtime.health("a", HealthState.DOWN, "gone");
        assertThat(fixture.serve(runtime)).isEqualTo("x");
        runtime.health("x", HealthState.DOWN, "gone");
        assertThat(fixture.serve(runtime)).isEqualTo("y");
        runtime.health("a", HealthState.UP, "back");
        assertThat(fixture.serve(runtime)).isEqualTo("a");
    }

    @ParameterizedTest
    @EnumSource(Personality.class)
    void backupsByPersonality(Personality personality) {
        var runtime = fixture.start(pool("a")
                .personality(personality)
                .server(server("x").backup().build())
                .server(server("y").backup().build())
                .scheduler("rotating"));
        runtime.health("a", HealthState.DOWN, "gone");
        var served = List.of(fixture.serve(runtime), fixture.serve(runtime), fixture.serve(runtime));
        if (personality == Personality.HAPROXY) {
            assertThat(served).containsExactly("x", "x", "x");
            runtime.health("x", HealthState.DOWN, "gone");
            assertThat(fixture.serve(runtime)).isEqualTo("y");
        } else {
            assertThat(served).contains("x", "y");
        }
    }

    @Test
    void allBackupsServeWhereThatIsAsked() {
        var runtime = fixture.start(pool("a")
                .personality(Personality.HAPROXY)
                .allBackups(true)
                .server(server("x").backup().build())
                .server(server("y").backup().build())
                .scheduler("rotating"));
        runtime.health("a", HealthState.DOWN, "gone");
        assertThat(List.of(fixture.serve(runtime), fixture.serve(runtime))).containsExactlyInAnyOrder("x", "y");
    }

    @ParameterizedTest
    @EnumSource(Personality.class)
    void fullPrimariesOverflowToBackupsByPersonality(Personality personality) {
        var runtime = fixture.start(pool().personality(personality)
                .server(server("a").maxConnections(1).build())
                .server(server("x").backup().build()));
        fixture.open(runtime);
        boolean isOnlyWhenDown = personality == Personality.HAPROXY || personality == Personality.LVS;
        assertThat(fixture.serve(runtime)).isEqualTo(isOnlyWhenDown ? "ALL_FULL" : "x");
    }

    @Test
    void nginxStaysInTheBackupTierOnceThere() {
        for (var personality : List.of(Personality.NGINX, Personality.NATIVE)) {
            var runtime = fixture.start(pool().personality(personality)
                    .server(server("a").maxConnections(1).build())
                    .server(server("x").backup().build()));
            var occupant = fixture.open(runtime);
            var lease = fixture.open(runtime);
            assertThat(lease.server().id()).isEqualTo("x");
            lease.failed(Failure.CONNECT_ERROR);
            occupant.completed();
            assertThat(runtime.pick(fixture.flow, lease))
                    .isEqualTo(personality == Personality.NGINX ? Outcome.NONE_AVAILABLE : Outcome.PICKED);
        }
    }

    // ---- schedulers

    @Test
    void rotationSurvivesChanges() {
        var runtime = fixture.start(pool("a", "b", "c").scheduler("rotating"));
        assertThat(fixture.serve(runtime)).isEqualTo("a");
        runtime.apply(pool("a", "b", "c")
                .scheduler("rotating")
                .passiveHealth(PassiveHealth.SlidingWindow.defaults())
                .build());
        assertThat(fixture.serve(runtime)).isEqualTo("b");
        runtime.adminState("a", AdminState.DISABLED);
        assertThat(fixture.serve(runtime)).isEqualTo("c");
    }

    @ParameterizedTest
    @ValueSource(strings = {"pick", "build", "wild"})
    void aBrokenSchedulerIsReplacedByChanceAndReportedOnce(String how) {
        var runtime = fixture.start(pool("a", "b").scheduler("broken", Map.of("how", how)));
        var served =
                IntStream.range(0, 64).mapToObj(i -> fixture.serve(runtime)).toList();
        assertThat(served).contains("a", "b").doesNotContain("NONE_AVAILABLE");
        assertThat(fixture.events).singleElement().isInstanceOf(Event.Trouble.class);
    }

    @Test
    void writesTheHashKeyWhereTheSchedulerWantsOneAndTheFlowHasNone() {
        var runtime = fixture.start(pool("a", "b", "c").scheduler("sum.hash").hashKey("$remote_port"));
        fixture.flow.clientIpv4(1, 1);
        var one = fixture.serve(runtime);
        fixture.flow.clear().clientIpv4(1, 2);
        var two = fixture.serve(runtime);
        assertThat(List.of(one, two)).containsExactly(id('1'), id('2'));
        fixture.flow.clear().clientIpv4(1, 2).key("1");
        assertThat(fixture.serve(runtime)).isEqualTo(one);
    }

    @Test
    void poolActiveSpansTiers() {
        var runtime = fixture.start(pool("a").server(server("x").backup().build()));
        fixture.open(runtime);
        runtime.adminState("a", AdminState.DRAINING);
        fixture.open(runtime);
        assertThat(runtime.snapshot().tiers[1].candidates.poolActive()).isEqualTo(2);
    }

    // ---- changes

    @Test
    void appliedChangeKeepsCountersAndHealthOfServersThatStay() {
        var runtime = fixture.start(pool("a", "b"));
        fixture.serve(runtime);
        var lease = fixture.open(runtime);
        runtime.health("a", HealthState.DOWN, "gone");
        runtime.apply(pool("c", "a").build());
        assertThat(runtime.status().servers())
                .extracting(server -> server.id() + server.health() + server.active() + "/" + server.served())
                .containsExactly("cUNKNOWN0/0", "aUNKNOWN1/2");
        lease.completed();
    }

    @Test
    void operatorsWillOutlivesHealthAndUnrelatedChanges() {
        var runtime = fixture.start(pool("a", "b"));
        runtime.adminState("a", AdminState.DISABLED);
        runtime.health("a", HealthState.DOWN, "gone");
        runtime.health("a", HealthState.UP, "back");
        runtime.apply(pool("a", "b", "c").build());
        assertThat(fixture.serve(runtime)).isEqualTo("b");
        runtime.apply(pool().server(server("a").adminState(AdminState.DRAINING).build())
                .build());
        runtime.apply(pool("a").build());
        assertThat(fixture.serve(runtime)).isEqualTo("a");
        assertThatThrownBy(() -> runtime.adminState("z", AdminState.ENABLED))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no server 'z'; it has a");
    }

    @Test
    void aRemovedServerIsDrainedWhenItsLastFlowEnds() {
        var runtime = fixture.start(pool("a", "b"));
        var drained = new ArrayList<String>();
        runtime.onDrained(drained::add);
        var one = fixture.open(runtime);
        var two = fixture.open(runtime);
        runtime.apply(pool("c").build());
        assertThat(drained).containsExactly("b");
        assertThat(runtime.activeFlowsOf("a")).isEqualTo(2);
        assertThat(runtime.draining()).containsExactly("a");
        one.completed();
        assertThat(drained).containsExactly("b");
        two.cancelled();
        assertThat(drained).containsExactly("b", "a");
        runtime.tick(fixture.nowNs.get());
        assertThat(runtime.activeFlowsOf("a")).isZero();
        assertThat(drained).containsExactly("b", "a");
    }

    @Test
    void aServerThatReturnsWhileDrainingKeepsItsFlows() {
        var runtime = fixture.start(pool("a"));
        var drained = new ArrayList<String>();
        runtime.onDrained(drained::add);
        var lease = fixture.open(runtime);
        runtime.apply(pool("b").build());
        runtime.apply(pool("a").build());
        assertThat(runtime.status().servers().getFirst().active()).isEqualTo(1);
        lease.completed();
        assertThat(drained).containsExactly("b");
        assertThat(runtime.status().servers().getFirst().active()).isZero();
    }

    @Test
    void aServerThatReturnsSharesItsLimitWithFlowsOfAnOldSnapshot() {
        var b = server("b").maxConnections(1).build();
        var runtime = fixture.start(pool("a").server(b));
        var lease = fixture.open(runtime);
        lease.failed(Failure.CONNECT_ERROR);
        runtime.apply(pool("a").build());
        runtime.tick(fixture.nowNs.get());
        runtime.apply(pool("a").server(b).build());
        assertThat(runtime.pick(fixture.flow, lease)).isEqualTo(Outcome.PICKED);
        assertThat(lease.server().id()).isEqualTo("b");
        runtime.adminState("a", AdminState.DISABLED);
        assertThat(fixture.serve(runtime)).isEqualTo("ALL_FULL");
        lease.completed();
        assertThat(fixture.serve(runtime)).isEqualTo("b");
    }

    @Test
    void aRefusedChangeChangesNothing() {
        var runtime = fixture.start(pool("a"));
        assertThatThrownBy(() -> runtime.apply(pool("b").scheduler("nobody").build()))
                .isInstanceOf(io.steelyard.api.ConfigurationException.class)
                .hasMessageContaining("unknown scheduler 'nobody'");
        assertThat(fixture.serve(runtime)).isEqualTo("a");
    }

    private static String id(char port) {
        return List.of("a", "b", "c").get(port % 3);
    }
}
