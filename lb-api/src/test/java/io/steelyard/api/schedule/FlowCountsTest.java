package io.steelyard.api.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.pool.RealServer;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FlowCountsTest {
    private static final int THREADS = 4;
    private static final int STEPS = 50_000;
    private static final long DEADLINE_NS = 60_000_000_000L;

    /** What one thread did to one server. */
    private record Tally(int[] active, int[] inactive) {}

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void sumOfWhatFourThreadsDidIsExact(long seed) throws InterruptedException {
        // Three servers that were made one after the other: their words share a cache line.
        var loads = List.of(new ServerLoad(), new ServerLoad(), new ServerLoad());
        var tallies = Stream.generate(() -> new Tally(new int[3], new int[3]))
                .limit(THREADS)
                .toList();
        inParallel(thread -> change(loads, tallies.get(thread), new Flow(seed * 31 + thread)));
        var candidates = of(loads);
        for (int i = 0; i < loads.size(); i++) {
            int server = i;
            int active =
                    tallies.stream().mapToInt(tally -> tally.active[server]).sum();
            int inactive =
                    tallies.stream().mapToInt(tally -> tally.inactive[server]).sum();
            assertThat(loads.get(i).active()).isEqualTo(active);
            assertThat(loads.get(i).inactive()).isEqualTo(inactive);
            assertThat(candidates.active(i)).isEqualTo(active);
            assertThat(candidates.flows(i)).isEqualTo(((long) active << 32) + inactive);
        }
    }

    private static void change(List<ServerLoad> loads, Tally tally, Flow random) {
        for (int step = 0; step < STEPS; step++) {
            int i = random.nextInt(loads.size());
            var load = loads.get(i);
            switch (random.nextInt(4)) {
                case 0 -> {
                    load.addActive(1);
                    tally.active[i]++;
                }
                case 1 -> tally.active[i] += load.tryAddActive(THREADS * STEPS) ? 1 : 0;
                case 2 -> {
                    // A flow that is over but tracked, as far as this thread has one open.
                    int ended = tally.active[i] > 0 ? 1 : 0;
                    load.addActive(-ended);
                    load.addInactive(ended);
                    tally.active[i] -= ended;
                    tally.inactive[i] += ended;
                }
                default -> {
                    int forgotten = tally.inactive[i] > 0 ? 1 : 0;
                    load.addInactive(-forgotten);
                    tally.inactive[i] -= forgotten;
                }
            }
        }
    }

    @Test
    void limitIsNeverPassedByThreadsThatRace() throws InterruptedException {
        var load = new ServerLoad();
        load.addInactive(2);
        var most = new int[THREADS];
        inParallel(thread -> {
            for (int step = 0; step < STEPS; step++) {
                if (load.tryAddActive(5)) {
                    most[thread] = Math.max(most[thread], load.active());
                    load.addActive(-1);
                }
            }
        });
        assertThat(Arrays.stream(most)).allMatch(seen -> seen <= 3);
        assertThat(load.active()).isZero();
        assertThat(load.inactive()).isEqualTo(2);
    }

    @Test
    void serversOfOnePoolMayBeInSeveralTables() {
        var loads = IntStream.rangeClosed(0, FlowCounts.SIZE)
                .mapToObj(i -> new ServerLoad())
                .toList();
        assertThat(loads.stream().map(ServerLoad::flowCounts).distinct().count())
                .as("tables")
                .isGreaterThan(1);
        var candidates = of(loads);
        for (int i = 0; i < loads.size(); i++) {
            loads.get(i).addActive(i);
        }
        for (int i = 0; i < loads.size(); i++) {
            assertThat(candidates.active(i)).isEqualTo(i);
        }
    }

    @Test
    void placesOfServersThatAreGoneAreGivenOutAgainWithCountsOfZero() {
        var stays = new ServerLoad();
        stays.addActive(7);
        // Ten tables of servers that come and go, each with a count that nobody takes back; were places not given out
        // again, ten tables would remain.
        for (int i = 0; i < 10 * FlowCounts.SIZE; i++) {
            var goes = new ServerLoad();
            assertThat(goes.active()).isZero();
            assertThat(goes.inactive()).isZero();
            goes.addActive(3);
            goes.addInactive(4);
        }
        long start = System.nanoTime();
        while (FlowCounts.tables() > 2 && System.nanoTime() - start < DEADLINE_NS) {
            System.gc();
        }
        assertThat(FlowCounts.tables()).isLessThanOrEqualTo(2);
        assertThat(stays.active()).isEqualTo(7);
        assertThat(IntStream.range(0, FlowCounts.SIZE).mapToObj(i -> new ServerLoad()))
                .as("servers after those that are gone")
                .allMatch(load -> load.active() == 0 && load.inactive() == 0);
        Reference.reachabilityFence(stays);
    }

    @Test
    void serverThatIsStillReferredToKeepsItsPlaceWhileOthersComeAndGo() {
        var kept = new ArrayList<ServerLoad>();
        for (int round = 0; round < 20; round++) {
            var load = new ServerLoad();
            load.addActive(round + 1);
            kept.add(load);
            for (int i = 0; i < 500; i++) {
                new ServerLoad().addActive(1_000);
            }
            System.gc();
        }
        for (int round = 0; round < 20; round++) {
            assertThat(kept.get(round).active()).isEqualTo(round + 1);
        }
        assertThat(kept.stream()
                        .map(load -> load.flowCounts() + " " + load.place())
                        .distinct())
                .hasSize(20);
    }

    @ParameterizedTest
    @ValueSource(ints = {3, FlowCounts.SIZE + 5})
    void searchesFindTheNextServerWhereverCountsLie(int servers) {
        var loads = IntStream.range(0, servers).mapToObj(i -> new ServerLoad()).toList();
        var candidates = of(loads);
        int last = servers - 1;
        loads.forEach(load -> load.addActive(5));
        loads.get(last).addActive(-2);
        loads.get(0).addInactive(9);
        int[] forward = IntStream.range(0, servers).toArray();
        int[] backward = IntStream.range(0, servers).map(i -> last - i).toArray();
        var scan = candidates.scan(forward);
        assertThat(scan.size()).isEqualTo(servers);
        assertThat(scan.nextBelow(0, servers, FlowScan.limit(5))).isEqualTo(last);
        assertThat(scan.nextBelow(0, last, FlowScan.limit(5)))
                .as("nothing before it")
                .isEqualTo(last);
        assertThat(scan.nextBelow(0, servers, FlowScan.limit(3))).isEqualTo(servers);
        assertThat(scan.nextBelow(0, servers, FlowScan.limit(6))).isZero();
        assertThat(scan.nextAtLeast(last, servers, FlowScan.limit(4))).isEqualTo(servers);
        assertThat(scan.nextAtLeast(last, servers, FlowScan.limit(3))).isEqualTo(last);
        assertThat(scan.nextAtLeast(0, servers, FlowScan.limit(5))).isZero();
        assertThat(scan.nextBelow(0, servers, FlowScan.limit(1L << 40))).isZero();
        var reversed = candidates.scan(backward);
        assertThat(reversed.nextBelow(0, servers, FlowScan.limit(5))).isZero();
        assertThat(reversed.nextBelow(1, servers, FlowScan.limit(5))).isEqualTo(servers);
        assertThat(reversed.index(0)).isEqualTo(last);
        assertThat(reversed.nextAtLeast(0, servers, FlowScan.limit(4))).isOne();
        assertThat(reversed.flows(last)).isEqualTo((5L << 32) + 9);
    }

    private interface Work {
        void run(int thread);
    }

    private static void inParallel(Work work) throws InterruptedException {
        var start = new CountDownLatch(THREADS);
        var threads = IntStream.range(0, THREADS)
                .mapToObj(number -> Thread.ofPlatform().start(() -> {
                    start.countDown();
                    while (start.getCount() > 0) {
                        Thread.onSpinWait();
                    }
                    work.run(number);
                }))
                .toList();
        for (var thread : threads) {
            thread.join();
        }
    }

    private static Candidates of(List<ServerLoad> loads) {
        var builder = Candidates.builder();
        loads.forEach(load -> builder.add(RealServer.of("10.0.0.1:80"), 1, true, load, null));
        return builder.build();
    }
}
