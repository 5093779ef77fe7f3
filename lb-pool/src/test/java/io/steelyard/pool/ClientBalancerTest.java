package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.health.HealthCheck;
import io.steelyard.api.health.HealthCheckProvider;
import io.steelyard.api.health.ProbeResult;
import io.steelyard.api.plugin.Options;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.HealthCheckSpec;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Balancer.Outcome;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease.Failure;
import java.time.Duration;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClientBalancerTest {
    private final Queue<Event> events = new ConcurrentLinkedQueue<>();
    private final Set<String> broken = ConcurrentHashMap.newKeySet();

    private final class SwitchProvider implements HealthCheckProvider {
        @Override
        public String name() {
            return "switch";
        }

        @Override
        public String description() {
            return "fails for broken servers";
        }

        @Override
        public HealthCheck create(Options options) {
            return target ->
                    broken.contains(target.server().id()) ? ProbeResult.failed("broken") : ProbeResult.passed("fine");
        }
    }

    private ClientBalancer start(ServerPool pool) {
        var plugins = Plugins.builder()
                .register(new Fixture.FirstProvider())
                .register(new SwitchProvider())
                .build();
        return ClientBalancer.builder(pool)
                .plugins(plugins)
                .seed(4)
                .onEvent(events::add)
                .start();
    }

    private static String serve(ClientBalancer client) {
        var lease = client.newLease();
        var outcome = client.pick(new Flow(1), lease);
        if (outcome != Outcome.PICKED) {
            return outcome.name();
        }
        lease.completed();
        return lease.server().id();
    }

    private static void await(BooleanSupplier condition) {
        while (!condition.getAsBoolean()) {
            LockSupport.parkNanos(1_000_000);
        }
    }

    @Test
    void followsHealthAndAdminStateAndChanges() {
        var check = HealthCheckSpec.builder("switch")
                .interval(Duration.ofMillis(10))
                .rise(1)
                .fall(1)
                .build();
        try (var client = start(pool("a", "b").healthCheck(check).build())) {
            await(() -> client.status().servers().stream().allMatch(server -> server.health() == HealthState.UP));
            assertThat(serve(client)).isEqualTo("a");
            broken.add("a");
            await(() -> serve(client).equals("b"));
            assertThat(client.status().servers().getFirst().reason()).isEqualTo("broken");
            client.adminState("b", AdminState.DISABLED);
            assertThat(serve(client)).isEqualTo("NONE_AVAILABLE");
            client.apply(pool("c").build());
            assertThat(serve(client)).isEqualTo("c");
            assertThat(client.pool().servers()).hasSize(1);
        }
        assertThat(events)
                .contains(new Event.ServerHealthChanged("web", "a", HealthState.UP, HealthState.DOWN, "broken"));
    }

    @Test
    void passiveEventsArriveOnTheControlThread() {
        var rule = new PassiveHealth.SlidingWindow(1, Duration.ofSeconds(1), Duration.ofMillis(30), 50);
        try (var client = start(pool("a", "b").passiveHealth(rule).build())) {
            var lease = client.newLease();
            client.pick(new Flow(1), lease);
            lease.failed(Failure.CONNECT_ERROR);
            assertThat(serve(client)).isEqualTo("b");
            await(() -> events.size() == 2);
            assertThat(events)
                    .extracting(Event::toString)
                    .containsExactly(
                            "server a in web is left alone: 1 failure within 1s, for 30ms",
                            "server a in web is tried again: its time of 30ms has passed");
        }
    }

    @Test
    void hostNamesBecomeServers() {
        try (var client = start(pool().server(RealServer.of("localhost:80")).build())) {
            assertThat(serve(client)).startsWith("localhost:80@");
        }
    }

    @Test
    void whatIsWrongIsRefusedAndLeavesNoThread() {
        assertThatThrownBy(() -> start(pool("a").scheduler("nobody").build()))
                .isInstanceOf(ConfigurationException.class);
        try (var client = start(pool("a").build())) {
            assertThatThrownBy(() -> client.apply(pool("b").scheduler("nobody").build()))
                    .isInstanceOf(ConfigurationException.class);
            assertThatThrownBy(() -> client.adminState("z", AdminState.DISABLED))
                    .isInstanceOf(IllegalArgumentException.class);
            assertThat(serve(client)).isEqualTo("a");
        }
        await(() -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().equals("steelyard-web")));
    }

    @Test
    void leasesMayEndAfterClosing() {
        var client = start(pool("a", "b")
                .passiveHealth(new PassiveHealth.SlidingWindow(1, Duration.ofSeconds(1), Duration.ofSeconds(1), 50))
                .build());
        var lease = client.newLease();
        client.pick(new Flow(1), lease);
        client.close();
        client.close();
        lease.failed(Failure.BROKEN);
        assertThat(serve(client)).isEqualTo("b");
    }
}
