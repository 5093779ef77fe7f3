package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static io.steelyard.pool.Fixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Personality;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.Affinity;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.PassiveHealth.MaxFails;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Lease.Failure;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class AffinityTest {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);
    private final Fixture fixture = new Fixture();

    private static ServerPool.Builder affine(String... ids) {
        return pool(ids).scheduler("rotating").affinity(Affinity.bySource(TIMEOUT));
    }

    private String serve(PoolRuntime runtime, String client) {
        fixture.flow.clear().client(ServerAddress.numericAddress(client), 1234);
        return fixture.serve(runtime);
    }

    @Test
    void aClientComesBackToItsServer() {
        var runtime = fixture.start(affine("a", "b", "c"));
        var one = serve(runtime, "192.0.2.1");
        var two = serve(runtime, "192.0.2.2");
        assertThat(two).isNotEqualTo(one);
        for (int i = 0; i < 5; i++) {
            assertThat(serve(runtime, "192.0.2.1")).isEqualTo(one);
            assertThat(serve(runtime, "192.0.2.2")).isEqualTo(two);
        }
    }

    @Test
    void prefixesJoinClients() {
        var runtime =
                fixture.start(pool("a", "b", "c").scheduler("rotating").affinity(new Affinity(24, 56, TIMEOUT, 100)));
        var one = serve(runtime, "192.0.2.1");
        assertThat(serve(runtime, "192.0.2.255")).isEqualTo(one);
        assertThat(serve(runtime, "192.0.3.1")).isNotEqualTo(one);
        var six = serve(runtime, "2001:db8:1:100::1");
        assertThat(serve(runtime, "2001:db8:1:1ff:ffff::1")).isEqualTo(six);
        assertThat(serve(runtime, "2001:db8:1:200::1")).isNotEqualTo(six);
    }

    @Test
    void anEntryLivesFromTheLastBeginOrEnd() {
        var runtime = fixture.start(affine("a", "b"));
        fixture.flow.clear().clientIpv4(7, 1);
        var lease = fixture.open(runtime);
        var first = lease.server().id();
        fixture.pass(TIMEOUT.multipliedBy(3));
        lease.completed();
        fixture.pass(TIMEOUT.minusNanos(1));
        assertThat(serve(runtime, "0.0.0.7")).as("the end of a flow renews").isEqualTo(first);
        fixture.pass(TIMEOUT);
        assertThat(serve(runtime, "0.0.0.7")).as("idle for the whole timeout").isNotEqualTo(first);
    }

    @Test
    void survivesChangesAndForgetsRemovedServers() {
        var runtime = fixture.start(affine("a", "b", "c"));
        var one = serve(runtime, "192.0.2.1");
        var two = serve(runtime, "192.0.2.2");
        runtime.apply(affine("d", "e", one).build());
        assertThat(serve(runtime, "192.0.2.1")).isEqualTo(one);
        var moved = serve(runtime, "192.0.2.2");
        assertThat(moved).isNotEqualTo(two);
        assertThat(serve(runtime, "192.0.2.2")).isEqualTo(moved);
    }

    @Test
    void survivesAChangeOfCapacityAndTimeout() {
        var runtime = fixture.start(affine("a", "b", "c"));
        var one = serve(runtime, "192.0.2.1");
        serve(runtime, "192.0.2.2");
        runtime.apply(pool("a", "b", "c")
                .scheduler("rotating")
                .affinity(new Affinity(32, 128, TIMEOUT.multipliedBy(2), 1_000))
                .build());
        assertThat(serve(runtime, "192.0.2.1")).isEqualTo(one);
    }

    @Test
    void downAndDisabledServersLoseTheirClientsForGood() {
        var runtime = fixture.start(affine("a", "b"));
        var first = serve(runtime, "192.0.2.1");
        runtime.health(first, HealthState.DOWN, "gone");
        var second = serve(runtime, "192.0.2.1");
        assertThat(second).isNotEqualTo(first);
        runtime.health(first, HealthState.UP, "back");
        assertThat(serve(runtime, "192.0.2.1")).isEqualTo(second);
        runtime.adminState(second, AdminState.DISABLED);
        assertThat(serve(runtime, "192.0.2.1")).isEqualTo(first);
    }

    @Test
    void drainingAndWeightlessServersKeepTheirClients() {
        for (var personality : Personality.values()) {
            var runtime = fixture.start(affine("a", "b").personality(personality));
            var first = serve(runtime, "192.0.2.1");
            runtime.adminState(first, AdminState.DRAINING);
            assertThat(serve(runtime, "192.0.2.1")).isEqualTo(first);
            for (int client = 10; client < 20; client++) {
                assertThat(serve(runtime, "192.0.2." + client)).isNotEqualTo(first);
            }
            var other = first.equals("a") ? "b" : "a";
            runtime.apply(pool().scheduler("rotating")
                    .personality(personality)
                    .affinity(Affinity.bySource(TIMEOUT))
                    .server(server(first).weight(0).build())
                    .server(server(other).build())
                    .build());
            runtime.adminState(first, AdminState.ENABLED);
            assertThat(serve(runtime, "192.0.2.1")).isEqualTo(first);
            assertThat(serve(runtime, "192.0.2.77")).isEqualTo(other);
        }
    }

    @Test
    void aFullServerSendsItsClientElsewhereOnlyForNow() {
        var runtime = fixture.start(pool().scheduler("first")
                .affinity(Affinity.bySource(TIMEOUT))
                .server(server("a").maxConnections(1).build())
                .server(server("b").build()));
        fixture.flow.clear().clientIpv4(1, 1);
        var lease = fixture.open(runtime);
        assertThat(lease.server().id()).isEqualTo("a");
        assertThat(serve(runtime, "0.0.0.1")).isEqualTo("b");
        lease.completed();
        assertThat(serve(runtime, "0.0.0.1")).isEqualTo("a");
    }

    @Test
    void lvsAffinityIgnoresOverload() {
        var runtime = fixture.start(pool().personality(Personality.LVS)
                .scheduler("first")
                .affinity(Affinity.bySource(TIMEOUT))
                .server(server("a").maxConnections(2).build())
                .server(server("b").build()));
        fixture.flow.clear().clientIpv4(1, 1);
        fixture.open(runtime);
        fixture.open(runtime);
        assertThat(serve(runtime, "0.0.0.2")).isEqualTo("b");
        assertThat(serve(runtime, "0.0.0.1")).isEqualTo("a");
    }

    @Test
    void aServerThatFailedItsClientLosesIt() {
        var runtime = fixture.start(affine("a", "b").passiveHealth(new MaxFails()));
        var first = serve(runtime, "192.0.2.1");
        var lease = fixture.open(runtime);
        lease.failed(Failure.CONNECT_ERROR);
        runtime.pick(fixture.flow, lease);
        var second = lease.server().id();
        assertThat(second).isNotEqualTo(first);
        lease.completed();
        assertThat(serve(runtime, "192.0.2.1")).isEqualTo(second);
    }

    @Test
    void affinityGoesBeforeTiers() {
        var runtime = fixture.start(affine("a").server(server("x").backup().build()));
        runtime.health("a", HealthState.DOWN, "gone");
        assertThat(serve(runtime, "192.0.2.1")).isEqualTo("x");
        runtime.health("a", HealthState.UP, "back");
        assertThat(serve(runtime, "192.0.2.1")).isEqualTo("x");
        assertThat(serve(runtime, "192.0.2.2")).isEqualTo("a");
    }

    @Test
    void clientsWithoutAnAddressHaveNone() {
        var runtime = fixture.start(affine("a", "b"));
        fixture.flow.clear();
        assertThat(fixture.serve(runtime)).isNotEqualTo(fixture.serve(runtime));
    }
}
