package io.steelyard.pool.limit;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.ConnectionLimit.Level;
import io.steelyard.api.text.Template;
import io.steelyard.pool.variable.Evaluation;
import io.steelyard.pool.variable.VariableTable;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class LimitZonesTest {
    private static final VariableTable VARIABLES = VariableTable.of(List.of());

    private final LimitZones zones = LimitZones.of(
            List.of(
                    new ConnectionLimit.Zone("each", Template.parse("$remote_addr"), 2),
                    new ConnectionLimit.Zone("all", Template.parse("all"), 1)),
            VARIABLES);

    @Test
    void oneMoreThanTheLimitIsRefusedUntilOneCloses() {
        var limits = List.of(limit("each", 2, false));
        var first = zones.acquire(limits, client("a"));
        var second = zones.acquire(limits, client("a"));
        var third = zones.acquire(limits, client("a"));
        assertThat(first.isGranted()).isTrue();
        assertThat(second.isGranted()).isTrue();
        assertThat(third.isGranted()).isFalse();
        assertThat(third.reached()).contains(limits.getFirst());
        third.close();
        assertThat(zones.acquire(limits, client("a")).isGranted()).isFalse();
        first.close();
        first.close();
        assertThat(zones.acquire(limits, client("a")).isGranted()).isTrue();
        assertThat(zones.acquire(limits, client("a")).isGranted()).isFalse();
    }

    @Test
    void refusalGivesBackWhatEarlierLimitsCounted() {
        var limits = List.of(limit("each", 1, false), limit("all", 1, false));
        var first = zones.acquire(limits, client("a"));
        assertThat(zones.acquire(limits, client("b")).isGranted()).isFalse();
        first.close();
        assertThat(zones.acquire(limits, client("b")).isGranted()).isTrue();
    }

    @Test
    void dryRunGrantsAndTells() {
        var limits = List.of(limit("each", 1, true));
        zones.acquire(limits, client("a"));
        var second = zones.acquire(limits, client("a"));
        assertThat(second.isGranted()).isTrue();
        assertThat(second.reached()).isPresent();
    }

    @Test
    void emptyAndOverlongKeysAreNotCounted() {
        var limits = List.of(limit("each", 1, false));
        for (var key : List.of("", "x".repeat(256))) {
            assertThat(zones.acquire(limits, client(key)).isGranted()).isTrue();
            assertThat(zones.acquire(limits, client(key)).isGranted()).isTrue();
        }
    }

    @Test
    void fullZoneRefusesNewKeysAndKeepsOldOnes() {
        var limits = List.of(limit("each", 5, false));
        var first = zones.acquire(limits, client("a"));
        zones.acquire(limits, client("b"));
        assertThat(zones.acquire(limits, client("c")).isGranted()).isFalse();
        assertThat(zones.acquire(limits, client("a")).isGranted()).isTrue();
        first.close();
        assertThat(zones.acquire(limits, client("c")).isGranted()).isFalse();
    }

    @Test
    void sameZoneGoesOnCountingAfterAChange() {
        var limits = List.of(limit("each", 1, false));
        var before = zones.acquire(limits, client("a"));
        var same = zones.successor(
                List.of(new ConnectionLimit.Zone("each", Template.parse("$remote_addr"), 2)), VARIABLES);
        var other = zones.successor(
                List.of(new ConnectionLimit.Zone("each", Template.parse("$remote_port"), 2)), VARIABLES);
        assertThat(same.acquire(limits, client("a")).isGranted()).isFalse();
        assertThat(other.acquire(limits, client("a")).isGranted()).isTrue();
        before.close();
        assertThat(same.acquire(limits, client("a")).isGranted()).isTrue();
    }

    @Test
    void neverGrantsMoreThanTheLimitToManyThreads() throws Exception {
        var counts = new KeyCounts(3);
        var open = new AtomicInteger();
        var most = new AtomicInteger();
        try (var threads = Executors.newFixedThreadPool(4)) {
            var done = new ArrayList<Future<?>>();
            for (int thread = 0; thread < 4; thread++) {
                done.add(threads.submit(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        counts.add(new byte[] {1}, 2).ifPresent(key -> {
                            most.accumulateAndGet(open.incrementAndGet(), Math::max);
                            open.decrementAndGet();
                            counts.remove(key);
                        });
                        counts.add(new byte[] {2, (byte) i}, 1).ifPresent(counts::remove);
                    }
                }));
            }
            for (var future : done) {
                future.get();
            }
        }
        assertThat(most.get()).isBetween(1, 2);
        assertThat(counts.size()).isZero();
        assertThat(counts.add(new byte[] {9}, 1)).isPresent();
        assertThat(counts.add(new byte[] {8}, 1)).isPresent();
        assertThat(counts.add(new byte[] {7}, 1)).isPresent();
        assertThat(counts.add(new byte[] {6}, 1)).isEmpty();
    }

    private static ConnectionLimit limit(String zone, int most, boolean isDryRun) {
        return new ConnectionLimit(zone, most, isDryRun, Level.ERROR);
    }

    private static Evaluation client(String address) {
        return VARIABLES.open(variable -> address);
    }
}
