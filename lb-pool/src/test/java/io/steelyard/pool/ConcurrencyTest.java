package io.steelyard.pool;

import static io.steelyard.pool.Fixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Event;
import io.steelyard.api.Personality;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.Affinity;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.pool.HealthState;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Balancer.Outcome;
import io.steelyard.api.schedule.Balancer.Waiter;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.api.schedule.Lease.Failure;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ConcurrencyTest {
    private static final int THREADS = 4;

    private final Queue<Throwable> errors = new ConcurrentLinkedQueue<>();
    private final Queue<Event> events = new ConcurrentLinkedQueue<>();

    private PoolRuntime start(ServerPool pool) {
        return PoolRuntime.create(pool, Fixture.plugins(), System::nanoTime, 5, events::add);
    }

    private interface Work {
        void run(int thread) throws Exception;
    }

    private void inThreads(int count, Work work) throws InterruptedException {
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < count; t++) {
            int thread = t;
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    work.run(thread);
                } catch (Throwable thrown) {
                    errors.add(thrown);
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertThat(errors).isEmpty();
    }

    private static ServerPool changing(Personality personality, int variant) {
        var builder = ServerPool.builder("web")
                .personality(personality)
                .scheduler(List.of("least", "rotating", "weights", "first").get(variant % 4))
                .affinity(Affinity.bySource(Duration.ofMillis(5)))
                .passiveHealth(
                        variant % 2 == 0
                                ? new PassiveHealth.MaxFails()
                                : new PassiveHealth.SlidingWindow(3, Duration.ofMillis(20), Duration.ofMillis(1), 50));
        for (int i = 0; i < 6; i++) {
            if ((i + variant) % 5 != 0) {
                builder.server(server("" + (char) ('a' + i))
                        .maxConnections(2 + i % 2)
                        .failTimeout(Duration.ZERO)
                        .tier(i / 4)
                        .weight(1 + i)
                        .build());
            }
        }
        return builder.build();
    }

    /**
     * Counts for itself how many leases each server has; a server's own number never changes, so its limit holds whatever is applied. LVS is
     * left out: there affinity goes beyond the limit.
     */
    @ParameterizedTest
    @EnumSource(value = Personality.class, names = "LVS", mode = EnumSource.Mode.EXCLUDE)
    void limitsHoldAndCountsReturnToZeroWhilePoolAndHealthChange(Personality personality) throws Exception {
        var runtime = start(changing(personality, 0));
        Map<String, AtomicInteger> held = new ConcurrentHashMap<>();
        var isOver = new AtomicBoolean();
        var exceeded = new ConcurrentLinkedQueue<String>();
        var changer = Thread.ofPlatform().start(() -> change(runtime, personality, isOver));
        inThreads(THREADS, thread -> {
            var random = new Random(thread);
            var flow = new Flow(thread);
            var open = new ArrayDeque<Lease>();
            for (int i = 0; i < 30_000; i++) {
                var lease = open.size() < 4 ? runtime.newLease() : end(open.poll(), random, held);
                flow.clear().clientIpv4(random.nextInt(50), 1);
                if (runtime.pick(flow, lease) == Outcome.PICKED) {
                    int now = held.computeIfAbsent(lease.server().id(), id -> new AtomicInteger())
                            .incrementAndGet();
                    if (now > lease.server().maxConnections()) {
                        exceeded.add(lease.server().id() + " has " + now);
                    }
                    open.add(lease);
                } else {
                    lease.reset();
                }
            }
            while (!open.isEmpty()) {
                end(open.poll(), random, held);
            }
        });
        isOver.set(true);
        changer.join();
        assertThat(errors).isEmpty();
        assertThat(exceeded).isEmpty();
        for (int variant = 0; variant < 5; variant++) {
            runtime.apply(changing(personality, variant));
            assertThat(runtime.status().servers())
                    .allSatisfy(server -> assertThat(server.active()).isZero());
        }
        assertThat(runtime.draining()).isEmpty();
        assertThat(events).noneMatch(Event.Trouble.class::isInstance);
    }

    @Test
    void aLimitIsExactWhereEveryThreadWantsTheLastPlace() throws Exception {
        var runtime = start(
                Fixture.pool().server(server("a").maxConnections(1).build()).build());
        var inside = new AtomicInteger();
        var most = new AtomicInteger();
        inThreads(THREADS, thread -> {
            var flow = new Flow(thread);
            var lease = runtime.newLease();
            for (int i = 0; i < 300_000; i++) {
                if (runtime.pick(flow, lease) == Outcome.PICKED) {
                    most.accumulateAndGet(inside.incrementAndGet(), Math::max);
                    inside.decrementAndGet();
                    lease.completed();
                }
            }
        });
        assertThat(most).hasValue(1);
        assertThat(runtime.activeFlowsOf("a")).isZero();
    }

    private static Lease end(Lease lease, Random random, Map<String, AtomicInteger> held) {
        // The count goes down first, so that it is never higher than the pool's own.
        held.get(lease.server().id()).decrementAndGet();
        switch (random.nextInt(4)) {
            case 0 -> lease.failed(Failure.CONNECT_ERROR);
            case 1 -> lease.cancelled();
            default -> {
                lease.connected();
                lease.completed();
            }
        }
        lease.reset();
        return lease;
    }

    private void change(PoolRuntime runtime, Personality personality, AtomicBoolean isOver) {
        try {
            var random = new Random(99);
            for (int i = 0; !isOver.get(); i++) {
                if (i % 50 == 0) {
                    runtime.apply(changing(personality, random.nextInt(20)));
                }
                var ids = runtime.pool().servers();
                var id = ids.get(random.nextInt(ids.size())).id();
                runtime.health(id, random.nextInt(3) == 0 ? HealthState.DOWN : HealthState.UP, "test");
                runtime.adminState(id, random.nextInt(4) == 0 ? AdminState.DRAINING : AdminState.ENABLED);
                runtime.tick(System.nanoTime());
            }
        } catch (Throwable thrown) {
            errors.add(thrown);
        }
    }

    /** Every flow is served in the end, though most wait, some leave, and nobody ticks: nobody is lost or woken twice. */
    @Test
    void everyWaiterIsWokenOnceOrCancelled() throws Exception {
        int flowsEach = 3_000;
        var runtime = start(ServerPool.builder("web")
                .scheduler("least")
                .passiveHealth(new PassiveHealth.Off())
                .queue(new ConnectionQueue(1_000_000, Duration.ofSeconds(5)))
                .server(server("a").maxConnections(1).build())
                .server(server("b").maxConnections(2).build())
                .build());
        var served = new AtomicInteger();
        var cancelled = new AtomicInteger();
        var wokenTwice = new AtomicInteger();
        var done = new CountDownLatch(THREADS * flowsEach);
        inThreads(THREADS, thread -> {
            var random = new Random(thread);
            var open = new ArrayDeque<Visitor>();
            var mailbox = new ConcurrentLinkedQueue<Visitor>();
            for (int i = 0; i < flowsEach; i++) {
                var visitor = new Visitor(runtime, mailbox, wokenTwice);
                open.add(visitor);
                visitor.arrive();
                settle(open, mailbox, random, served, cancelled, done);
            }
            while (!open.isEmpty()) {
                settle(open, mailbox, random, served, cancelled, done);
                Thread.onSpinWait();
            }
        });
        assertThat(done.getCount()).isZero();
        assertThat(served.get() + cancelled.get()).isEqualTo(THREADS * flowsEach);
        assertThat(cancelled.get()).isPositive();
        assertThat(wokenTwice).hasValue(0);
        assertThat(runtime.queued()).isZero();
        assertThat(runtime.status().servers())
                .allSatisfy(server -> assertThat(server.active()).isZero());
    }

    /** Ends what is served, picks again for the woken, lets some that wait leave. Like a loop: wakes are messages to the flow's thread. */
    private static void settle(
            Queue<Visitor> open,
            Queue<Visitor> mailbox,
            Random random,
            AtomicInteger served,
            AtomicInteger cancelled,
            CountDownLatch done) {
        for (var visitor = mailbox.poll(); visitor != null; visitor = mailbox.poll()) {
            visitor.arrive();
        }
        open.removeIf(visitor -> {
            if (visitor.lease.isHeld() && random.nextBoolean()) {
                visitor.lease.completed();
                served.incrementAndGet();
                done.countDown();
                return true;
            }
            if (visitor.isWaiting.get() && random.nextInt(200) == 0 && visitor.leave()) {
                cancelled.incrementAndGet();
                done.countDown();
                return true;
            }
            return false;
        });
    }

    private static final class Visitor implements Waiter {
        private final PoolRuntime runtime;
        private final Queue<Visitor> mailbox;
        private final AtomicInteger wokenTwice;
        private final Flow flow = new Flow(3);
        private final AtomicBoolean isWaiting = new AtomicBoolean();
        final Lease lease;

        Visitor(PoolRuntime runtime, Queue<Visitor> mailbox, AtomicInteger wokenTwice) {
            this.runtime = runtime;
            this.mailbox = mailbox;
            this.wokenTwice = wokenTwice;
            lease = runtime.newLease();
        }

        void arrive() {
            if (runtime.pick(flow, lease) != Outcome.PICKED) {
                isWaiting.set(true);
                if (!runtime.await(lease, this)) {
                    throw new AssertionError("the queue is large enough");
                }
            }
        }

        boolean leave() {
            return runtime.cancel(this);
        }

        @Override
        public void onRoom() {
            if (!isWaiting.compareAndSet(true, false)) {
                wokenTwice.incrementAndGet();
            }
            mailbox.add(this);
        }
    }

    @Test
    void flowsOfOneClientJoinOneServer() throws Exception {
        for (int round = 0; round < 300; round++) {
            var runtime = start(ServerPool.builder("web")
                    .scheduler("rotating")
                    .affinity(Affinity.bySource(Duration.ofMinutes(1)))
                    .servers(List.of(
                            server("a").build(),
                            server("b").build(),
                            server("c").build()))
                    .build());
            var picked = ConcurrentHashMap.<String>newKeySet();
            var start = new CountDownLatch(THREADS);
            inThreads(THREADS, thread -> {
                var flow = new Flow(1).clientIpv4(77, 1);
                var lease = runtime.newLease();
                start.countDown();
                start.await();
                runtime.pick(flow, lease);
                picked.add(lease.server().id());
                lease.completed();
            });
            assertThat(picked).as("round " + round).hasSize(1);
            assertThat(runtime.status().servers())
                    .allSatisfy(server -> assertThat(server.active()).isZero());
        }
    }

    @Test
    void aRemovedServersDrainIsReportedExactlyOnce() throws Exception {
        for (int round = 0; round < 200; round++) {
            var runtime = start(Fixture.pool("a").build());
            var drained = new ConcurrentLinkedQueue<String>();
            runtime.onDrained(drained::add);
            var leases = new ArrayList<Lease>();
            for (int i = 0; i < THREADS; i++) {
                var lease = runtime.newLease();
                runtime.pick(new Flow(1), lease);
                leases.add(lease);
            }
            inThreads(THREADS + 1, thread -> {
                if (thread == THREADS) {
                    runtime.apply(Fixture.pool("b").build());
                } else {
                    leases.get(thread).completed();
                }
            });
            assertThat(drained).as("round " + round).containsExactly("a");
        }
    }
}
