package io.steelyard.schedulers.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.pool.RealServer;
import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.api.schedule.Picker;
import io.steelyard.api.schedule.ServerLoad;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SmoothRotationTest {
    private static final int MAX_FAILS = 3;

    /** A server and what the plain algorithm knows of it. */
    private static final class Plain {
        final RealServer server;
        final ServerLoad load = new ServerLoad();
        boolean isUp = true;
        boolean isAdmitted = true;
        long current;
        int effective;

        Plain(int number, int weight, int limit) {
            server = RealServer.builder("10.0.0." + number + ":80")
                    .weight(weight)
                    .maxFails(MAX_FAILS)
                    .maxConnections(limit)
                    .build();
            effective = weight;
        }

        boolean isEligible(boolean hasTried) {
            return isUp && isAdmitted && !hasTried && (server.maxConnections() == 0 || load.active() == 0);
        }
    }

    /** The algorithm as nginx writes it: O(n), one thread. */
    private static int plainPick(List<Plain> servers, Flow flow) {
        Plain best = null;
        long total = 0;
        for (int i = 0; i < servers.size(); i++) {
            var server = servers.get(i);
            if (!server.isEligible(flow.hasTried(i))) {
                continue;
            }
            server.current += server.effective;
            total += server.effective;
            if (server.effective < server.server.weight()) {
                server.effective++;
            }
            if (best == null || server.current > best.current) {
                best = server;
            }
        }
        if (best == null) {
            return Picker.NONE;
        }
        best.current -= total;
        return servers.indexOf(best);
    }

    private static Candidates candidates(List<Plain> servers) {
        var builder = Candidates.builder();
        for (var server : servers) {
            builder.add(server.server, server.server.weight(), server.isUp, server.load, nowNs -> server.isAdmitted);
        }
        return builder.build();
    }

    private static List<Plain> pool(int... weights) {
        var servers = new ArrayList<Plain>();
        for (int weight : weights) {
            servers.add(new Plain(servers.size() + 1, weight, 0));
        }
        return servers;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
    void picksAsThePlainAlgorithmWhateverHappens(long seed) {
        var random = new Random(seed);
        var servers = new ArrayList<Plain>();
        for (int i = 1 + random.nextInt(6); i > 0; i--) {
            servers.add(new Plain(servers.size() + 1, 1 + random.nextInt(7), random.nextInt(3) == 0 ? 1 : 0));
        }
        var flow = new Flow(seed);
        var rotation = new SmoothRotation(candidates(servers), null);
        int inPeriod = 0;
        for (int step = 0; step < 20_000; step++) {
            flow.clear();
            if (random.nextInt(150) == 0) {
                var server = servers.get(random.nextInt(servers.size()));
                switch (random.nextInt(5)) {
                    case 0 -> {
                        server.isUp ^= true;
                        rotation = new SmoothRotation(candidates(servers), rotation);
                    }
                    case 1 -> server.load.addActive(1 - 2 * server.load.active());
                    case 2 -> flow.markTried(servers.indexOf(server));
                    case 3 -> {
                        // As passive health does it: a server is refused only after a failure.
                        if (servers.size() > 1) {
                            server.effective = Math.max(0, server.effective - server.server.weight() / MAX_FAILS);
                            rotation.onFailed(servers.indexOf(server));
                        }
                        server.isAdmitted = random.nextBoolean() || servers.size() == 1;
                    }
                    default -> servers.forEach(each -> each.isAdmitted = true);
                }
            }
            inPeriod += rotation.isInPeriod() ? 1 : 0;
            assertThat(rotation.pick(flow)).as("pick %d", step).isEqualTo(plainPick(servers, flow));
        }
        assertThat(inPeriod).as("picks from the order that repeats").isPositive();
    }

    @Test
    void findsThePeriodOfAnyWeights() {
        var random = new Random(1);
        for (int round = 0; round < 200; round++) {
            var weights = random.ints(1 + random.nextInt(30), 1, 12).toArray();
            var servers = pool(weights);
            var rotation = new SmoothRotation(candidates(servers), null);
            var flow = new Flow(1);
            for (int step = 0; step < 500; step++) {
                assertThat(rotation.pick(flow)).isEqualTo(plainPick(servers, flow));
                assertThat(rotation.isInPeriod()).isTrue();
            }
        }
    }

    @Test
    void comesBackToItsPeriodWhenNothingDisturbsItAnyMore() {
        var servers = pool(5, 1, 3);
        var rotation = new SmoothRotation(candidates(servers), null);
        var flow = new Flow(1);
        rotation.pick(flow);
        rotation.onFailed(0);
        rotation.pick(flow);
        assertThat(rotation.isInPeriod()).isFalse();
        for (int i = 0; i < 30; i++) {
            rotation.pick(flow);
        }
        assertThat(rotation.isInPeriod()).isTrue();
    }

    @Test
    void aNewPoolDoesNotStartAgainAtTheFirstServer() {
        var servers = pool(1, 1, 1);
        var flow = new Flow(1);
        var rotation = new SmoothRotation(candidates(servers), null);
        var picks = new ArrayList<Integer>();
        for (int i = 0; i < 9; i++) {
            picks.add(rotation.pick(flow));
            rotation = new SmoothRotation(candidates(servers), rotation);
        }
        assertThat(picks).containsExactly(0, 1, 2, 0, 1, 2, 0, 1, 2);
    }

    @Test
    void twoThreadsGiveEveryServerExactlyItsShare() throws InterruptedException {
        var servers = pool(1, 1, 1);
        var rotation = new SmoothRotation(candidates(servers), null);
        assertThat(countsOf(servers, 2, 4_500, flow -> rotation.pick(flow))).containsExactly(3_000, 3_000, 3_000);
    }

    @Test
    void threadsThatDisturbEachOtherStillShareByWeight() throws InterruptedException {
        var servers = pool(3, 2, 1);
        var rotation = new SmoothRotation(candidates(servers), null);
        var counts = countsOf(servers, 4, 15_000, flow -> {
            if (flow.nextInt(4) == 0) {
                rotation.onFailed(flow.nextInt(3));
            }
            return rotation.pick(flow);
        });
        assertThat(counts.stream().mapToInt(Integer::intValue).sum()).isEqualTo(60_000);
        assertThat(counts).allSatisfy(count -> assertThat(count).isPositive());
        // Once no one disturbs, shares are exact again.
        var flow = new Flow(1);
        for (int i = 0; i < 10_000 && !rotation.isInPeriod(); i++) {
            rotation.pick(flow);
        }
        assertThat(countsOf(servers, 2, 3_000, undisturbed -> rotation.pick(undisturbed)))
                .satisfiesExactly(
                        count -> assertThat(count).isBetween(2_990, 3_010),
                        count -> assertThat(count).isBetween(1_990, 2_010),
                        count -> assertThat(count).isBetween(990, 1_010));
    }

    private interface Pick {
        int pick(Flow flow);
    }

    private static List<Integer> countsOf(List<Plain> servers, int threads, int picks, Pick pick)
            throws InterruptedException {
        var counts = new AtomicIntegerArray(servers.size());
        var start = new CountDownLatch(1);
        var running = new ArrayList<Thread>();
        for (int i = 0; i < threads; i++) {
            var flow = new Flow(i);
            running.add(Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                } catch (InterruptedException stop) {
                    return;
                }
                for (int n = 0; n < picks; n++) {
                    counts.incrementAndGet(pick.pick(flow));
                }
            }));
        }
        start.countDown();
        for (var thread : running) {
            thread.join();
        }
        var list = new ArrayList<Integer>();
        for (int i = 0; i < counts.length(); i++) {
            list.add(counts.get(i));
        }
        return list;
    }
}
