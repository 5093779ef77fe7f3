package io.steelyard.pool;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AffinityTableTest {
    private static final long TIMEOUT_NS = 1_000;

    @Test
    void firstClaimWins() {
        var table = new AffinityTable(64, 1);
        assertThat(table.find(1, 2, 0, TIMEOUT_NS)).isEqualTo(AffinityTable.NONE);
        assertThat(table.claim(1, 2, 5, AffinityTable.NONE, 0, TIMEOUT_NS)).isEqualTo(5);
        assertThat(table.claim(1, 2, 6, AffinityTable.NONE, 0, TIMEOUT_NS)).isEqualTo(5);
        assertThat(table.claim(1, 2, 6, 5, 0, TIMEOUT_NS)).isEqualTo(6);
        assertThat(table.find(1, 2, 0, TIMEOUT_NS)).isEqualTo(6);
        assertThat(table.find(2, 1, 0, TIMEOUT_NS)).isEqualTo(AffinityTable.NONE);
    }

    @Test
    void findRenewsAndTimeEnds() {
        var table = new AffinityTable(8, 1);
        table.claim(0, 0, 0, AffinityTable.NONE, 0, TIMEOUT_NS);
        assertThat(table.find(0, 0, 999, TIMEOUT_NS)).isZero();
        assertThat(table.find(0, 0, 1_998, TIMEOUT_NS)).isZero();
        assertThat(table.find(0, 0, 2_998, TIMEOUT_NS)).isEqualTo(AffinityTable.NONE);
        assertThat(table.claim(0, 0, 3, AffinityTable.NONE, 2_998, TIMEOUT_NS)).isEqualTo(3);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 7, 8, 9, 100, 1_000})
    void neverHoldsMoreThanItsCapacityAndTheIdlestGivesWay(int capacity) {
        var table = new AffinityTable(capacity, 3);
        for (int client = 0; client < capacity * 10; client++) {
            table.claim(0, client, client, AffinityTable.NONE, client, Long.MAX_VALUE);
            assertThat(table.find(0, client, client, Long.MAX_VALUE)).isEqualTo(client);
        }
        long known = IntStream.range(0, capacity * 10)
                .filter(client -> table.find(0, client, 1_000_000, Long.MAX_VALUE) == client)
                .count();
        assertThat(known).isBetween((long) Math.max(1, capacity - 7), (long) capacity);
        if (capacity <= 8) {
            assertThat(table.find(0, capacity * 10L - 1, 1_000_000, Long.MAX_VALUE))
                    .isEqualTo(capacity * 10 - 1);
        }
    }

    @Test
    void agreesWithAMapWhereNothingGivesWay() {
        var random = new Random(11);
        var table = new AffinityTable(1 << 16, 9);
        var map = new HashMap<Long, Integer>();
        var usedNs = new HashMap<Long, Long>();
        long nowNs = Long.MAX_VALUE - 5_000;
        for (int step = 0; step < 100_000; step++) {
            nowNs += random.nextInt(5);
            long client = random.nextInt(500);
            boolean isLive = map.containsKey(client) && nowNs - usedNs.get(client) < TIMEOUT_NS;
            if (random.nextBoolean()) {
                assertThat(table.find(client * 31, client, nowNs, TIMEOUT_NS))
                        .isEqualTo(isLive ? map.get(client) : AffinityTable.NONE);
                if (isLive) {
                    usedNs.put(client, nowNs);
                }
            } else {
                int number = random.nextInt(4);
                int unusable = random.nextInt(4) - 1;
                boolean isKept = isLive && map.get(client) != unusable;
                map.put(client, isKept ? map.get(client) : number);
                usedNs.put(client, nowNs);
                assertThat(table.claim(client * 31, client, number, unusable, nowNs, TIMEOUT_NS))
                        .isEqualTo(map.get(client));
            }
        }
    }

    @Test
    void neverGivesOneClientsServerToAnother() throws Exception {
        var table = new AffinityTable(16, 5);
        var wrong = new AtomicInteger();
        var threads = new ArrayList<Thread>();
        for (int t = 0; t < 4; t++) {
            int seed = t;
            threads.add(Thread.ofPlatform().start(() -> {
                var random = new Random(seed);
                for (int i = 0; i < 200_000; i++) {
                    int client = random.nextInt(64);
                    int found = random.nextInt(4) == 0
                            ? table.claim(~client, client, client, AffinityTable.NONE, i, TIMEOUT_NS)
                            : table.find(~client, client, i, TIMEOUT_NS);
                    if (found != AffinityTable.NONE && found != client) {
                        wrong.incrementAndGet();
                    }
                }
            }));
        }
        for (var thread : threads) {
            thread.join();
        }
        assertThat(wrong).hasValue(0);
    }
}
