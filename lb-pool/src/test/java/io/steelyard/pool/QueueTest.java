package io.steelyard.pool;

import static io.steelyard.pool.Fixture.pool;
import static io.steelyard.pool.Fixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Event;
import io.steelyard.api.Personality;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Balancer.Outcome;
import io.steelyard.api.schedule.Balancer.Waiter;
import io.steelyard.api.schedule.Lease;
import io.steelyard.api.schedule.Lease.Failure;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class QueueTest {
    private final Fixture fixture = new Fixture();
    private final List<String> woken = new ArrayList<>();

    private static ServerPool.Builder queued(int capacity, int limit) {
        return pool().queue(new ConnectionQueue(capacity, Duration.ofSeconds(5)))
                .server(server("a").maxConnections(limit).build());
    }

    /** A flow that finds everything full and waits; woken, it picks again. */
    private Lease wait(PoolRuntime runtime, String name) {
        var lease = runtime.newLease();
        assertThat(runtime.pick(fixture.flow, lease)).isEqualTo(Outcome.ALL_FULL);
        assertThat(runtime.await(lease, () -> {
                    woken.add(name);
                    runtime.pick(fixture.flow, lease);
                }))
                .isTrue();
        return lease;
    }

    @Test
    void theEndOfAFlowWakesTheFirstWaiter() {
        var runtime = fixture.start(queued(10, 1));
        var holder = fixture.open(runtime);
        var first = wait(runtime, "first");
        var second = wait(runtime, "second");
        assertThat(runtime.status().queued()).isEqualTo(2);
        holder.completed();
        assertThat(woken).containsExactly("first");
        assertThat(first.isHeld()).isTrue();
        first.failed(Failure.CONNECT_ERROR);
        assertThat(woken).containsExactly("first", "second");
        second.cancelled();
        assertThat(runtime.status().queued()).isZero();
        assertThat(runtime.status().servers().getFirst().active()).isZero();
    }

    @Test
    void thePlaceInTheQueueIsHowManyWereLetOutSince() {
        var runtime = fixture.start(queued(10, 1));
        var holder = fixture.open(runtime);
        assertThat(holder.queuePosition()).isZero();
        var first = wait(runtime, "first");
        var second = wait(runtime, "second");
        holder.completed();
        var third = wait(runtime, "third");
        assertThat(first.queuePosition()).isEqualTo(1);
        first.completed();
        assertThat(second.queuePosition()).isEqualTo(2);
        second.completed();
        assertThat(third.queuePosition()).isEqualTo(2);
        assertThat(third.waitedForServer()).isFalse();
        third.completed();
        third.reset();
        assertThat(third.queuePosition()).isZero();
    }

    @Test
    void whoGivesUpWasNextToThoseLetOutBefore() {
        var runtime = fixture.start(queued(10, 1));
        fixture.open(runtime);
        var left = new ArrayList<Lease>();
        for (int i = 0; i < 2; i++) {
            var lease = runtime.newLease();
            Waiter waiter = () -> woken.add("never");
            runtime.pick(fixture.flow, lease);
            assertThat(runtime.await(lease, waiter)).isTrue();
            assertThat(runtime.cancel(waiter)).isTrue();
            left.add(lease);
        }
        assertThat(left).extracting(Lease::queuePosition).containsExactly(1, 1);
    }

    @Test
    void whoWaitsForItsServerIsCountedApart() {
        var runtime = fixture.start(queued(10, 1).personality(Personality.HAPROXY));
        var holder = fixture.open(runtime);
        var anywhere = wait(runtime, "anywhere");
        fixture.flow.wanted(new String[] {"a"}, false);
        var bound = wait(runtime, "bound");
        holder.completed();
        anywhere.completed();
        assertThat(bound.waitedForServer()).isTrue();
        assertThat(bound.queuePosition()).isEqualTo(1);
        assertThat(anywhere.waitedForServer()).isFalse();
        assertThat(anywhere.queuePosition()).isEqualTo(1);
    }

    @Test
    void aFullQueueAndNoQueueRefuse() {
        var runtime = fixture.start(queued(1, 1));
        fixture.open(runtime);
        wait(runtime, "one");
        var lease = runtime.newLease();
        runtime.pick(fixture.flow, lease);
        assertThat(runtime.await(lease, () -> woken.add("never"))).isFalse();
        var none = fixture.start(queued(0, 1));
        fixture.open(none);
        var other = none.newLease();
        none.pick(fixture.flow, other);
        assertThat(none.await(other, () -> woken.add("never"))).isFalse();
    }

    @Test
    void aCancelledWaiterIsNotWoken() {
        var runtime = fixture.start(queued(2, 1));
        var holder = fixture.open(runtime);
        var lease = runtime.newLease();
        runtime.pick(fixture.flow, lease);
        Waiter waiter = () -> woken.add("cancelled");
        runtime.await(lease, waiter);
        wait(runtime, "stays");
        assertThat(runtime.cancel(waiter)).isTrue();
        assertThat(runtime.cancel(waiter)).isFalse();
        holder.completed();
        assertThat(woken).containsExactly("stays");
        assertThat(runtime.cancel(waiter)).isFalse();
    }

    @Test
    void roomFreedBetweenPickAndAwaitIsNotMissed() {
        var runtime = fixture.start(queued(2, 1));
        var holder = fixture.open(runtime);
        var lease = runtime.newLease();
        assertThat(runtime.pick(fixture.flow, lease)).isEqualTo(Outcome.ALL_FULL);
        holder.completed();
        assertThat(runtime.await(lease, () -> woken.add("at once"))).isTrue();
        assertThat(woken).containsExactly("at once");
        assertThat(runtime.queued()).isZero();
    }

    @Test
    void aWaiterIsNotWokenForAServerItHasTried() {
        var runtime =
                fixture.start(queued(5, 1).server(server("b").maxConnections(1).build()));
        var tired = fixture.open(runtime);
        var onB = fixture.open(runtime);
        tired.failed(Failure.CONNECT_ERROR);
        assertThat(runtime.pick(fixture.flow, tired)).isEqualTo(Outcome.ALL_FULL);
        assertThat(runtime.await(tired, () -> woken.add("tired"))).isTrue();
        assertThat(woken).as("a has room, but it has tried a").isEmpty();
        var onA = fixture.open(runtime);
        var fresh = wait(runtime, "fresh");
        onA.completed();
        assertThat(woken).containsExactly("fresh");
        onB.completed();
        assertThat(woken).containsExactly("fresh", "tired");
        fresh.completed();
    }

    @Test
    void aServerThatComesUpWakesAsManyAsItHasRoomFor() {
        var runtime =
                fixture.start(queued(5, 1).server(server("b").maxConnections(2).build()));
        runtime.health("b", HealthState.DOWN, "gone");
        fixture.open(runtime);
        wait(runtime, "1");
        wait(runtime, "2");
        wait(runtime, "3");
        runtime.health("b", HealthState.UP, "back");
        assertThat(woken).containsExactly("1", "2");
    }

    @Test
    void aRaisedLimitWakes() {
        var runtime = fixture.start(queued(5, 1));
        fixture.open(runtime);
        wait(runtime, "1");
        wait(runtime, "2");
        runtime.apply(queued(5, 2).build());
        assertThat(woken).containsExactly("1");
    }

    @Test
    void roomOfABackupThatWaitsForPrimariesToBeDownWakesNobody() {
        var runtime = fixture.start(queued(5, 1)
                .personality(Personality.HAPROXY)
                .server(server("x").backup().build()));
        fixture.open(runtime);
        wait(runtime, "1");
        assertThat(woken).isEmpty();
        runtime.tick(fixture.nowNs.get());
        assertThat(woken).isEmpty();
        runtime.health("a", HealthState.DOWN, "gone");
        assertThat(woken).containsExactly("1");
    }

    @Test
    void aWaiterThatDoesNotUseItsRoomDelaysTheNextOnlyUntilTheTick() {
        var runtime = fixture.start(queued(5, 1));
        var holder = fixture.open(runtime);
        var gone = runtime.newLease();
        runtime.pick(fixture.flow, gone);
        runtime.await(gone, () -> woken.add("gone"));
        wait(runtime, "next");
        holder.completed();
        assertThat(woken).containsExactly("gone");
        assertThat(runtime.tick(fixture.nowNs.get()))
                .isEqualTo(fixture.nowNs.get() + Duration.ofSeconds(1).toNanos());
        assertThat(woken).containsExactly("gone", "next");
    }

    @Test
    void aWaiterThatThrowsIsReportedAndHarmsNobody() {
        var runtime = fixture.start(queued(5, 1));
        var holder = fixture.open(runtime);
        var lease = runtime.newLease();
        runtime.pick(fixture.flow, lease);
        runtime.await(lease, () -> {
            throw new IllegalStateException("no");
        });
        holder.completed();
        assertThat(fixture.events).singleElement().isInstanceOf(Event.Trouble.class);
        assertThat(fixture.serve(runtime)).isEqualTo("a");
    }
}
