package io.steelyard.pool;

import static io.steelyard.pool.Fixture.server;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.steelyard.api.Personality;
import io.steelyard.api.pool.Affinity;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.schedule.Balancer.Outcome;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Lease;
import io.steelyard.api.schedule.Lease.Failure;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A flow allocates nothing, from its pick to its end. */
class AllocationTest {
    private static final int WARM_UP = 30_000;
    private static final int MEASURED = 20_000;
    /** What measuring itself may cost, once. */
    private static final int SLACK_BYTES = 2_000;

    private static PoolRuntime start(ServerPool.Builder pool) {
        return PoolRuntime.create(pool.build(), Fixture.plugins(), System::nanoTime, 5, event -> {});
    }

    private static ServerPool.Builder pool(Personality personality) {
        var builder = ServerPool.builder("web")
                .personality(personality)
                .scheduler("least")
                .queue(new ConnectionQueue(10, Duration.ofSeconds(1)));
        for (int i = 0; i < 10; i++) {
            builder.server(server("" + (char) ('a' + i))
                    .maxConnections(i % 2 == 0 ? 0 : 100)
                    .tier(i / 8)
                    .build());
        }
        return builder;
    }

    private static void assertNothingAllocated(Runnable flow) {
        var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        for (int i = 0; i < WARM_UP; i++) {
            flow.run();
        }
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < MEASURED; i++) {
            flow.run();
        }
        assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(SLACK_BYTES);
    }

    private static void serve(PoolRuntime runtime, Flow flow, Lease lease) {
        if (runtime.pick(flow, lease) != Outcome.PICKED) {
            throw new AssertionError("nothing picked");
        }
        lease.connected();
        lease.firstByte();
        lease.completed();
    }

    @ParameterizedTest
    @EnumSource(Personality.class)
    void pickAndComplete(Personality personality) {
        var runtime = start(pool(personality));
        var lease = runtime.newLease();
        var flow = new Flow(1);
        assertNothingAllocated(() -> serve(runtime, flow.clear().clientIpv4(1, 2), lease));
    }

    @Test
    void pickWithAffinityOfKnownAndNewClients() {
        var runtime = start(pool(Personality.NATIVE).affinity(new Affinity(32, 64, Duration.ofMillis(50), 256)));
        var lease = runtime.newLease();
        var flow = new Flow(1);
        assertNothingAllocated(() -> {
            serve(runtime, flow.clear().clientIpv4(flow.nextInt(1_000), 2), lease);
            serve(runtime, flow.clear().client(flow.nextInt(10), flow.nextInt(10), 2), lease);
        });
    }

    @Test
    void pickWithAHashKey() {
        var runtime = start(pool(Personality.NGINX).scheduler("sum.hash").hashKey("${remote_addr}:$remote_port"));
        var lease = runtime.newLease();
        var flow = new Flow(1);
        assertNothingAllocated(() -> serve(runtime, flow.clear().clientIpv4(1, flow.nextInt(60_000)), lease));
    }

    @Test
    void failingAndTryingAnother() {
        var runtime = start(pool(Personality.NATIVE).passiveHealth(new PassiveHealth.Off()));
        var lease = runtime.newLease();
        var flow = new Flow(1);
        assertNothingAllocated(() -> {
            runtime.pick(flow.clear(), lease);
            lease.failed(Failure.CONNECT_ERROR);
            serve(runtime, flow, lease);
        });
    }

    @Test
    void findingAllFull() {
        var runtime = start(ServerPool.builder("web")
                .scheduler("least")
                .server(server("a").maxConnections(1).build())
                .server(server("b").maxConnections(1).build()));
        var flow = new Flow(1);
        runtime.pick(flow, runtime.newLease());
        runtime.pick(flow, runtime.newLease());
        var lease = runtime.newLease();
        assertNothingAllocated(() -> {
            if (runtime.pick(flow.clear(), lease) != Outcome.ALL_FULL) {
                throw new AssertionError("not full");
            }
        });
    }
}
