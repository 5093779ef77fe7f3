package io.steelyard.vrrp.lab;

import static io.steelyard.vrrp.lab.Pair.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.SplitBrainDefence;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.tck.Allocation;
import io.steelyard.vrrp.RouterStatus;
import io.steelyard.vrrp.VirtualRouters;
import io.steelyard.vrrp.election.Phase;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.parallel.Isolated;

/** What adverts cost in memory, sent and heard by routers at work. Needs root. */
@Isolated("it measures the threads of its own routers")
@Timeout(180)
class AdvertAllocationTest {
    private static final int ROUTERS = 20;
    private static final long WARM_UP = 20_000;
    private static final long MEASURED = 1_000;
    private static final long MOST_BYTES = 4 * MEASURED;
    private static final int ROUNDS = 40;

    @RegisterExtension
    private final Pair pair = new Pair();

    @Test
    void anAdvertAllocatesNothingWithWhoSendsItAndWithWhoHearsIt() throws Exception {
        var active = pair.start(pair.lab.one, routers(200));
        long sending = onlyThreadBut(-1);
        until("active", () -> active.status().stream().allMatch(each -> each.phase() == Phase.ACTIVE));
        var backup = pair.start(pair.lab.other, routers(100));
        long hearing = onlyThreadBut(sending);
        until("warm", () -> count(backup, "advert_rcvd") > WARM_UP);

        // To look makes objects, too: so the one is counted by the other.
        measure(sending, backup, "advert_rcvd");
        measure(hearing, active, "advert_sent");
    }

    /**
     * Announcements and checks have their own time now and then: the round with the least of them counts. An object for each advert would be sixteen
     * bytes at least.
     */
    private static void measure(long thread, VirtualRouters counted, String counter) {
        long least = Long.MAX_VALUE;
        for (int round = 0; round < ROUNDS && least >= MOST_BYTES; round++) {
            long first = count(counted, counter);
            long before = allocated(thread);
            until("measured", () -> count(counted, counter) - first > MEASURED);
            least = Math.min(least, allocated(thread) - before);
        }
        assertThat(least).as("bytes for %d adverts", MEASURED).isLessThan(MOST_BYTES);
    }

    private static long allocated(long thread) {
        return Allocation.byThread("vrrp").getOrDefault(thread, 0L);
    }

    private static long onlyThreadBut(long known) {
        return Allocation.byThread("vrrp").keySet().stream()
                .filter(thread -> thread != known)
                .findFirst()
                .orElseThrow();
    }

    private static long count(VirtualRouters routers, String counter) {
        return routers.status().stream()
                .map(RouterStatus::counters)
                .mapToLong(counters -> counters.get(counter))
                .sum();
    }

    private static VirtualRouters.Builder routers(int priority) {
        var builder = VirtualRouters.builder();
        for (int id = 1; id <= ROUTERS; id++) {
            builder.router(VirtualRouter.builder("r" + id, "eth0", id)
                    .priority(priority)
                    .advertInterval(Duration.ofMillis(10))
                    .defence(SplitBrainDefence.builder()
                            .pauseAware(false)
                            .lifetimeAdverts(0)
                            .build())
                    .address("10.9.1." + id + "/24")
                    .build());
        }
        return builder;
    }
}
