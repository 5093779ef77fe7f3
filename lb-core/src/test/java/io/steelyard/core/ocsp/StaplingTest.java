package io.steelyard.core.ocsp;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.tls.TlsStapling;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When staples are fetched, in virtual time. */
class StaplingTest {
    private static final long MINUTE_MS = 60_000;

    @TempDir
    static Path folder;

    private static Responses made;
    private static byte[] daily;

    @BeforeAll
    static void make() throws Exception {
        made = new Responses(folder);
        daily = made.response("good", "ca", "-ndays", "1");
    }

    /** Its tasks run when the test moves the clock. */
    private static final class ManualTiming implements Timing {
        private record Task(long atMs, long number, Runnable what) {}

        private final PriorityQueue<Task> tasks =
                new PriorityQueue<>(Comparator.comparingLong(Task::atMs).thenComparingLong(Task::number));
        private long nowMs = System.currentTimeMillis();
        private long number;
        private boolean isClosed;

        @Override
        public long nowMs() {
            return nowMs;
        }

        @Override
        public void after(long delayMs, Runnable task) {
            tasks.add(new Task(nowMs + delayMs, number++, task));
        }

        void move(long byMs) {
            long until = nowMs + byMs;
            while (!tasks.isEmpty() && tasks.peek().atMs() <= until) {
                var task = tasks.remove();
                nowMs = task.atMs();
                task.what().run();
            }
            nowMs = until;
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    /** Answers when the test does. */
    private static final class ManualResponder implements Responder {
        private final ArrayDeque<CompletableFuture<byte[]>> open = new ArrayDeque<>();
        private int asked;
        private boolean isClosed;

        @Override
        public CompletableFuture<byte[]> ask(URI request) {
            asked++;
            open.add(new CompletableFuture<>());
            return open.getLast();
        }

        @Override
        public void close() {
            isClosed = true;
        }
    }

    private final ManualTiming timing = new ManualTiming();
    private final ManualResponder responder = new ManualResponder();
    private final List<String> troubles = new ArrayList<>();
    private final Stapling stapling = new Stapling(responder, timing, troubles::add);

    private void answer(byte[] response) {
        responder.open.remove().complete(response);
        timing.move(0);
    }

    private void fail(String why) {
        responder.open.remove().completeExceptionally(new IOException(why));
        timing.move(0);
    }

    @Test
    void isFetchedFromTheStartAndAgainAfterAnHour() throws Exception {
        var staple = stapling.staple(made.question("good", Responses.VERIFIED));
        timing.move(0);
        assertThat(responder.asked).isEqualTo(1);
        assertThat(staple.at(timing.nowMs())).isNull();
        answer(daily);
        assertThat(staple.at(timing.nowMs())).isEqualTo(daily);
        timing.move(60 * MINUTE_MS - 1);
        assertThat(responder.asked).isEqualTo(1);
        timing.move(1);
        assertThat(responder.asked).isEqualTo(2);
        assertThat(troubles).isEmpty();
    }

    @Test
    void failureIsToldOnceAndTriedAgainAfterFiveMinutes() throws Exception {
        var staple = stapling.staple(made.question("good", Responses.VERIFIED));
        timing.move(0);
        fail("it answered with status 404");
        assertThat(troubles).hasSize(1);
        assertThat(troubles.getFirst())
                .contains(
                        "CN=good,O=Test from http://127.0.0.1/status: it answered with status 404; it is asked again");
        timing.move(5 * MINUTE_MS - 1);
        assertThat(responder.asked).isEqualTo(1);
        timing.move(1);
        assertThat(responder.asked).isEqualTo(2);
        fail("it answered with status 404");
        assertThat(troubles).hasSize(1);
        timing.move(5 * MINUTE_MS);
        answer(new byte[] {1, 2, 3});
        assertThat(troubles).hasSize(2);
        assertThat(troubles.getLast()).contains("what it answered is no OCSP response");
        assertThat(staple.at(timing.nowMs())).isNull();
        timing.move(5 * MINUTE_MS);
        answer(daily);
        assertThat(staple.at(timing.nowMs())).isEqualTo(daily);
        timing.move(60 * MINUTE_MS);
        fail("it answered with status 404");
        assertThat(troubles).as("anew, after a success").hasSize(3);
    }

    @Test
    void whatIsThereStaysUntilItExpiresAndNotLonger() throws Exception {
        var staple = stapling.staple(made.question("good", Responses.VERIFIED));
        timing.move(0);
        answer(daily);
        timing.move(60 * MINUTE_MS);
        fail("no");
        long rest = 22 * 60 * MINUTE_MS;
        timing.move(rest);
        assertThat(staple.at(timing.nowMs())).isEqualTo(daily);
        timing.move(2 * 60 * MINUTE_MS);
        assertThat(staple.at(timing.nowMs())).isNull();
    }

    @Test
    void nextTimeIsWellBeforeTheEndButNeverAtOnce() {
        assertThat(Stapling.refreshDelayMs(30 * MINUTE_MS, 0)).isEqualTo(25 * MINUTE_MS);
        assertThat(Stapling.refreshDelayMs(7 * MINUTE_MS, 0)).isEqualTo(5 * MINUTE_MS);
        assertThat(Stapling.refreshDelayMs(-MINUTE_MS, 0)).isEqualTo(5 * MINUTE_MS);
        assertThat(Stapling.refreshDelayMs(Long.MAX_VALUE, -5)).isEqualTo(60 * MINUTE_MS);
    }

    @Test
    void sameQuestionOfANewConfigurationHasTheSameStaple() throws Exception {
        var staple = stapling.staple(made.question("good", Responses.VERIFIED));
        assertThat(stapling.staple(made.question("good", Responses.VERIFIED))).isSameAs(staple);
        assertThat(stapling.staple(made.question("good", Responses.UNVERIFIED))).isNotSameAs(staple);
        timing.move(0);
        assertThat(responder.asked).isEqualTo(2);
    }

    @Test
    void fewAreAskedAtOnceAndAllInTheEnd() throws Exception {
        var staples = new ArrayList<Staple>();
        for (int i = 0; i < 9; i++) {
            var way = new TlsStapling(Optional.of("http://127.0.0.1/" + i), Optional.empty(), true);
            staples.add(stapling.staple(made.question("good", way)));
        }
        timing.move(0);
        assertThat(responder.asked).isEqualTo(Stapling.MOST_AT_ONCE);
        fail("no");
        assertThat(responder.asked).isEqualTo(Stapling.MOST_AT_ONCE + 1);
        while (!responder.open.isEmpty()) {
            answer(daily);
        }
        assertThat(responder.asked).isEqualTo(9);
        assertThat(staples.subList(1, 9)).allMatch(staple -> staple.at(timing.nowMs()) != null);
    }

    @Test
    void closingEndsBoth() {
        stapling.close();
        assertThat(timing.isClosed && responder.isClosed).isTrue();
    }
}
