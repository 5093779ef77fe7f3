package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static io.steelyard.pool.Fixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Event;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class RunningPoolTest {
    private final ManualControlLoop loop = ManualControlLoop.at(0, thrown -> {
        throw new AssertionError(thrown);
    });
    private final List<Event> events = new ArrayList<>();

    @Test
    void slowStartAndEjectionsGoOnByThemselves() {
        var rule = new PassiveHealth.SlidingWindow(1, Duration.ofSeconds(10), Duration.ofSeconds(10), 50);
        var base = pool("a", "b").scheduler("weights").passiveHealth(rule);
        var running = RunningPool.start(base.build(), Fixture.plugins(), loop, 1, events::add);
        running.apply(base.server(
                        server("c").weight(10).slowStart(Duration.ofSeconds(10)).build())
                .build());
        var weights = new ArrayList<Integer>();
        for (int i = 0; i < 10; i++) {
            loop.advance(Duration.ofSeconds(1));
            weights.add(running.status().servers().get(2).weight());
        }
        assertThat(weights).containsExactly(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
        var lease = running.balancer().newLease();
        running.balancer().pick(new Flow(1), lease);
        lease.failed(Failure.CONNECT_ERROR);
        loop.advance(Duration.ofSeconds(11));
        assertThat(events).hasSize(2).allMatch(Event.ServerEjected.class::isInstance);
        running.close();
        loop.advance(Duration.ofMinutes(1));
        assertThat(running.balancer().pool().servers()).hasSize(3);
    }
}
