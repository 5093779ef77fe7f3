package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static io.steelyard.pool.Fixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Personality;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.schedule.Balancer.Outcome;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Lease;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Limits that grow with the pool's flows (HAProxy 2.6 {@code srv_dynamic_maxconn}). */
class GrowingLimitTest {
    private final Fixture fixture = new Fixture();

    @ParameterizedTest
    @CsvSource({
        "10, 100, 1000, 0, 10",
        "10, 100, 1000, 98, 10",
        "10, 100, 1000, 99, 10",
        "10, 100, 1000, 109, 11",
        "10, 100, 1000, 499, 50",
        "10, 100, 1000, 998, 99",
        "10, 100, 1000, 999, 100",
        "10, 100, 1000, 5000, 100",
        "0, 100, 1000, 5, 100",
        "100, 100, 1000, 5, 100",
        "10, 100, 0, 5, 100",
        "1, 3, 9, 3, 1",
        "1, 3, 9, 5, 2",
        "1, 3, 9, 8, 3"
    })
    void theLimitFollowsFromTheFlowsThatAreThere(int least, int most, int full, int others, int expected) {
        var candidates = Candidates.builder()
                .add(server("a").maxConnections(most).minConnections(least).build())
                .fullConnections(full)
                .poolActive(() -> others / 2)
                .poolWaiting(() -> others - others / 2)
                .build();
        assertThat(candidates.limit(0)).isEqualTo(expected);
        if (others > 0) {
            var waiting = Candidates.builder()
                    .add(server("a").maxConnections(most).minConnections(least).build())
                    .fullConnections(full)
                    .poolActive(() -> others)
                    .poolWaiting(() -> 1)
                    .build();
            assertThat(waiting.limitForWaiting(0))
                    .as("one that waits is counted once")
                    .isEqualTo(expected);
        }
    }

    /** As many as HAProxy was seen to serve with one server of minconn 1 and maxconn 4, and fullconn 8. */
    @Test
    void flowsThatWaitLetOthersIn() {
        var runtime = fixture.start(pool().personality(Personality.HAPROXY)
                .scheduler("first")
                .fullConnections(8)
                .queue(new ConnectionQueue(100, Duration.ofMinutes(1)))
                .server(server("a").maxConnections(4).minConnections(1).build()));
        var served = new ArrayList<Integer>();
        var leases = new ArrayList<Lease>();
        var woken = new AtomicInteger();
        for (int i = 0; i < 10; i++) {
            var lease = runtime.newLease();
            leases.add(lease);
            if (runtime.pick(fixture.flow, lease) != Outcome.PICKED) {
                runtime.await(lease, woken::incrementAndGet);
            }
            served.add(runtime.activeFlows() + woken.get());
        }
        assertThat(served.getFirst()).isEqualTo(1);
        assertThat(served.getLast()).isEqualTo(4);
        assertThat(served).isSorted();
    }

    @Test
    void otherPersonalitiesHaveFixedLimits() {
        var runtime = fixture.start(pool().personality(Personality.NATIVE)
                .scheduler("first")
                .fullConnections(8)
                .server(server("a").maxConnections(2).minConnections(1).build()));
        fixture.open(runtime);
        fixture.open(runtime);
        assertThat(fixture.serve(runtime)).isEqualTo("ALL_FULL");
    }
}
