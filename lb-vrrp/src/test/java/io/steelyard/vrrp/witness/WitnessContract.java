package io.steelyard.vrrp.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What every witness must do. */
abstract class WitnessContract {
    /** What nobody waits for to end. */
    private static final long LONG_NS = 10_000_000_000L;

    private static final long SHORT_NS = 2_000_000_000L;

    private final String lease = "gate" + System.nanoTime();
    private long sequence = System.currentTimeMillis() * 1_000_000;

    /** A way to one and the same third place, for another asker. */
    abstract Witness witness(String asker);

    private Witness.Answer ask(Witness witness, int priority, long heldEpoch) throws Exception {
        return ask(witness, priority, LONG_NS, heldEpoch);
    }

    private Witness.Answer ask(Witness witness, int priority, long leaseNs, long heldEpoch) throws Exception {
        var answered = new CompletableFuture<Witness.Answer>();
        var question = new Witness.Question(lease, priority, leaseNs, ++sequence, heldEpoch);
        witness.ask(question, new Witness.Listener() {
            @Override
            public void answered(Witness.Answer answer) {
                answered.complete(answer);
            }

            @Override
            public void failed(String problem) {
                answered.completeExceptionally(new AssertionError(problem));
            }
        });
        return answered.get(30, TimeUnit.SECONDS);
    }

    @Test
    void oneHasTheLeaseAndKeepsItByAsking() throws Exception {
        try (var one = witness("one");
                var other = witness("other")) {
            var first = ask(one, 100, 0);
            assertThat(first.isGranted()).isTrue();
            assertThat(first.epoch()).isPositive();
            assertThat(ask(other, 100, 0).isGranted()).isFalse();
            var again = ask(one, 100, first.epoch());
            assertThat(again.isGranted()).isTrue();
            assertThat(again.epoch()).isEqualTo(first.epoch());
            assertThat(again.isWanted()).isFalse();
        }
    }

    @Test
    void whatIsGivenUpIsTheNextOnesAtOnceAndUnderAnotherEpoch() throws Exception {
        try (var one = witness("one");
                var other = witness("other")) {
            var first = ask(one, 100, 0);
            assertThat(first.isGranted()).isTrue();
            one.giveUp(lease, ++sequence);
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                var next = ask(other, 100, 0);
                other.giveUp("gone", ++sequence);
                return next.isGranted() && next.epoch() > first.epoch();
            });
            assertThat(ask(one, 100, 0).isGranted()).isFalse();
        }
    }

    @Test
    void whatIsNotAskedForAnyMoreEnds() throws Exception {
        try (var one = witness("one");
                var other = witness("other")) {
            long askedNs = System.nanoTime();
            assertThat(ask(one, 100, SHORT_NS, 0).isGranted()).isTrue();
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(50))
                    .until(() -> ask(other, 100, SHORT_NS, 0).isGranted());
            assertThat(System.nanoTime() - askedNs).as("not before its end").isGreaterThanOrEqualTo(SHORT_NS);
        }
    }

    @Test
    void theHolderLearnsThatAHigherPriorityWaits() throws Exception {
        try (var one = witness("one");
                var low = witness("low");
                var high = witness("high")) {
            var first = ask(one, 100, 0);
            assertThat(first.isGranted()).isTrue();
            assertThat(ask(low, 50, 0).isGranted()).isFalse();
            assertThat(ask(one, 100, first.epoch()).isWanted()).isFalse();
            await().atMost(Duration.ofSeconds(30)).until(() -> {
                assertThat(ask(high, 200, 0).isGranted()).isFalse();
                var again = ask(one, 100, first.epoch());
                assertThat(again.isGranted()).isTrue();
                return again.isWanted();
            });
        }
    }
}
