package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static io.steelyard.pool.Fixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Personality;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Balancer.Outcome;
import io.steelyard.api.schedule.Lease;
import io.steelyard.api.schedule.Lease.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Flows that want a server, and flows that wait by priority. */
class WantedServerTest {
    private static final String[] B = {"b"};
    private static final String[] NOBODY = {};

    private final Fixture fixture = new Fixture();
    private final List<String> woken = new ArrayList<>();

    private static ServerPool.Builder three(Personality personality) {
        return pool().personality(personality)
                .queue(new ConnectionQueue(10, Duration.ofSeconds(5)))
                .server(server("a").build())
                .server(server("b").maxConnections(1).maxQueued(1).build())
                .server(server("c").build());
    }

    private Lease pick(PoolRuntime runtime, String[] wanted, boolean insists) {
        var lease = runtime.newLease();
        assertThat(runtime.pick(fixture.flow.wanted(wanted, insists), lease)).isEqualTo(Outcome.PICKED);
        return lease;
    }

    @Test
    void wantedServerIsPickedWhateverTheSchedulerThinks() {
        var runtime = fixture.start(three(Personality.NATIVE));
        for (int i = 0; i < 5; i++) {
            var lease = pick(runtime, B, false);
            assertThat(lease.server().id()).isEqualTo("b");
            lease.completed();
        }
    }

    @Test
    void drainingServerOfWeightZeroIsGivenToThoseWhoWantIt() {
        for (var personality : Personality.values()) {
            var runtime = fixture.start(pool().personality(personality)
                    .server(server("a").build())
                    .server(server("b")
                            .weight(0)
                            .adminState(AdminState.DRAINING)
                            .build()));
            assertThat(pick(runtime, B, false).server().id()).isEqualTo("b");
            assertThat(pick(runtime, NOBODY, false).server().id()).isEqualTo("a");
        }
    }

    @Test
    void serverThatIsDownIsGivenToThoseOnlyWhoInsist() {
        var runtime = fixture.start(three(Personality.HAPROXY));
        runtime.health("b", HealthState.DOWN, "test");
        assertThat(pick(runtime, B, false).server().id()).isNotEqualTo("b");
        assertThat(pick(runtime, B, true).server().id()).isEqualTo("b");
    }

    @Test
    void serverThatFailedIsGivenAgainToThoseOnlyWhoInsist() {
        var runtime = fixture.start(three(Personality.HAPROXY));
        var lease = pick(runtime, B, false);
        lease.failed(Failure.CONNECT_ERROR);
        assertThat(runtime.pick(fixture.flow.wanted(B, true), lease)).isEqualTo(Outcome.PICKED);
        assertThat(lease.server().id()).isEqualTo("b");
        lease.failed(Failure.CONNECT_ERROR);
        assertThat(runtime.pick(fixture.flow.wanted(B, false), lease)).isEqualTo(Outcome.PICKED);
        assertThat(lease.server().id()).isNotEqualTo("b");
    }

    @Test
    void avoidedServerIsNotGiven() {
        var runtime = fixture.start(three(Personality.NATIVE));
        for (int i = 0; i < 6; i++) {
            var lease = runtime.newLease();
            assertThat(runtime.pick(fixture.flow.wanted(NOBODY, false).avoided("a"), lease))
                    .isEqualTo(Outcome.PICKED);
            assertThat(lease.server().id()).isNotEqualTo("a");
            lease.completed();
        }
    }

    @Test
    void clientsOfAFullServerGoElsewhereButWithHaproxy() {
        for (var personality : List.of(Personality.NATIVE, Personality.NGINX)) {
            var runtime = fixture.start(three(personality));
            pick(runtime, B, false);
            assertThat(pick(runtime, B, false).server().id()).isNotEqualTo("b");
        }
    }

    @Test
    void clientOfAFullServerWaitsForItAloneWithHaproxy() {
        var runtime = fixture.start(three(Personality.HAPROXY));
        var holder = pick(runtime, B, false);
        var other = pick(runtime, new String[] {"a"}, false);
        var waiting = await(runtime, "waiting", B, 0, 0);
        other.completed();
        assertThat(woken).isEmpty();
        assertThat(pick(runtime, B, false).server().id())
                .as("the server's own queue is full")
                .isNotEqualTo("b");
        holder.completed();
        assertThat(woken).containsExactly("waiting");
        assertThat(waiting.server().id()).isEqualTo("b");
    }

    @Test
    void whoWaitsForAServerThatGoesDownTakesAnother() {
        var runtime = fixture.start(three(Personality.HAPROXY));
        pick(runtime, B, false);
        var waiting = await(runtime, "waiting", B, 0, 0);
        runtime.health("b", HealthState.DOWN, "test");
        assertThat(woken).containsExactly("waiting");
        assertThat(waiting.server().id()).isNotEqualTo("b");
    }

    @Test
    void lowestClassIsFirstAndThenWhoIsDueFirst() {
        var runtime = fixture.start(pool().queue(new ConnectionQueue(10, Duration.ofSeconds(5)))
                .server(server("a").maxConnections(1).build()));
        var holder = fixture.open(runtime);
        var waiting = List.of(
                await(runtime, "usual", NOBODY, 0, 0),
                await(runtime, "late", NOBODY, 0, 1_000),
                await(runtime, "early", NOBODY, 0, -1_000),
                await(runtime, "lower", NOBODY, 5, -9_000),
                await(runtime, "higher", NOBODY, -5, 9_000),
                await(runtime, "usual too", NOBODY, 0, 0));
        holder.completed();
        for (int i = 0; i < waiting.size(); i++) {
            waiting.stream().filter(Lease::isHeld).findFirst().orElseThrow().completed();
        }
        assertThat(woken).containsExactly("higher", "early", "usual", "usual too", "late", "lower");
    }

    private Lease await(PoolRuntime runtime, String name, String[] wanted, int waitingClass, int offsetMs) {
        var lease = runtime.newLease();
        fixture.flow.clear().wanted(wanted, false).priority(waitingClass, offsetMs);
        assertThat(runtime.pick(fixture.flow, lease)).isEqualTo(Outcome.ALL_FULL);
        assertThat(runtime.await(lease, () -> {
                    woken.add(name);
                    runtime.pick(fixture.flow.clear().wanted(wanted, false), lease);
                }))
                .isTrue();
        return lease;
    }
}
