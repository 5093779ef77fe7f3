package io.steelyard.schedulers.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.schedule.Candidates;
import io.steelyard.api.schedule.Flow;
import io.steelyard.tck.PoolFixture;
import java.util.ArrayList;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rotation for all threads picks as the queue it stands for. That the queue picks as HAProxy does, the recordings show. */
class FairRotationTest {
    private static int[] weights(Candidates candidates) {
        return IntStream.range(0, candidates.size())
                .map(i -> candidates.isUsable(i) ? candidates.weight(i) : 0)
                .toArray();
    }

    private static FairQueue queue(Candidates candidates) {
        var queue = new FairQueue(weights(candidates));
        queue.start(IntStream.range(0, candidates.size())
                .filter(candidates::isUsable)
                .toArray());
        return queue;
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
    void picksAsTheQueueWhateverHappens(long seed) {
        var random = new Random(seed);
        int size = 1 + random.nextInt(6);
        var fixture = PoolFixture.of("");
        for (int i = 0; i < size; i++) {
            fixture.add("s" + i + "=" + (1 + random.nextInt(7)));
        }
        var candidates = fixture.candidates();
        var rotation = new FairRotation(candidates, null);
        var queue = queue(candidates);
        var flow = new Flow(seed);
        for (int step = 0; step < 20_000; step++) {
            flow.clear();
            if (random.nextInt(100) == 0) {
                int index = random.nextInt(size);
                switch (random.nextInt(6)) {
                    case 0 -> fixture.down("s" + index);
                    case 1 -> fixture.weight("s" + index, random.nextInt(9));
                    case 2, 3 -> flow.markTried(index);
                    default -> fixture.up("s" + index);
                }
                if (!flow.hasTriedAny()) {
                    candidates = fixture.candidates();
                    rotation = new FairRotation(candidates, rotation);
                    var next = new FairQueue(weights(candidates));
                    next.goOnFrom(queue, IntStream.range(0, size).toArray());
                    queue = next;
                }
            }
            assertThat(rotation.pick(flow)).as("pick %d", step).isEqualTo(queue.pick(candidates, flow));
        }
    }

    @Test
    void aRoundThatChangesTheOrderIsFollowed() {
        var candidates = PoolFixture.of("a=6,b=3,c=2,d=5,e=2,f=7,g=2").candidates();
        var rotation = new FairRotation(candidates, null);
        var queue = queue(candidates);
        var flow = new Flow(1);
        for (int step = 0; step < 5_000; step++) {
            assertThat(rotation.pick(flow)).as("pick %d", step).isEqualTo(queue.pick(candidates, flow));
        }
    }

    @Test
    void weightsTooGreatForAnArrayAreFollowed() {
        var candidates = PoolFixture.of("a=65535,b=9000,c=30000").candidates();
        var rotation = new FairRotation(candidates, null);
        var queue = queue(candidates);
        var flow = new Flow(1);
        for (int step = 0; step < 5_000; step++) {
            assertThat(rotation.pick(flow)).as("pick %d", step).isEqualTo(queue.pick(candidates, flow));
        }
    }

    @Test
    void twoThreadsGiveEveryServerExactlyItsShare() throws InterruptedException {
        var candidates = PoolFixture.of("a,b,c").candidates();
        var rotation = new FairRotation(candidates, null);
        var counts = new AtomicIntegerArray(3);
        var start = new CountDownLatch(1);
        var threads = new ArrayList<Thread>();
        for (int i = 0; i < 2; i++) {
            var flow = new Flow(i);
            threads.add(Thread.ofPlatform().start(() -> {
                try {
                    start.await();
                } catch (InterruptedException stop) {
                    return;
                }
                for (int n = 0; n < 4_500; n++) {
                    counts.incrementAndGet(rotation.pick(flow));
                }
            }));
        }
        start.countDown();
        for (var thread : threads) {
            thread.join();
        }
        assertThat(new int[] {counts.get(0), counts.get(1), counts.get(2)}).containsExactly(3_000, 3_000, 3_000);
    }
}
