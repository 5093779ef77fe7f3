package io.steelyard.vrrp.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class WitnessServerTest extends WitnessContract {
    private static final String KEY = "a key of the test's own";
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private static WitnessServer server;

    @BeforeAll
    static void start() throws Exception {
        server = WitnessServer.builder()
                .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .key(KEY)
                .longestLease(LONGEST)
                .start();
        // A witness that has just begun grants nothing new.
        try (var probe = new SteelyardWitness("probe", server.address(), WitnessMessage.key(KEY))) {
            await().atMost(Duration.ofSeconds(40))
                    .pollInterval(Duration.ofMillis(100))
                    .until(() -> isGranted(probe, 0));
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static long sequence;

    private static boolean isGranted(Witness witness, long heldEpoch) throws Exception {
        var answered = new CompletableFuture<Boolean>();
        witness.ask(new Witness.Question("probe", 1, LONGEST.toNanos(), ++sequence, heldEpoch), new Witness.Listener() {
            @Override
            public void answered(Witness.Answer answer) {
                answered.complete(answer.isGranted());
            }

            @Override
            public void failed(String problem) {
                answered.completeExceptionally(new AssertionError(problem));
            }
        });
        return answered.get(30, TimeUnit.SECONDS);
    }

    @Override
    Witness witness(String asker) {
        try {
            return new SteelyardWitness(asker, server.address(), WitnessMessage.key(KEY));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    @Test
    void afterARestartItsHolderKeepsTheLeaseAndOthersWait() throws Exception {
        var begun = WitnessServer.builder()
                .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .key(KEY)
                .longestLease(Duration.ofMinutes(10))
                .start();
        try (begun;
                var holder = new SteelyardWitness("holder", begun.address(), WitnessMessage.key(KEY));
                var other = new SteelyardWitness("other", begun.address(), WitnessMessage.key(KEY))) {
            assertThat(isGranted(other, 0)).isFalse();
            assertThat(isGranted(holder, 4)).isTrue();
            assertThat(isGranted(other, 3)).isFalse();
            assertThat(begun.granted()).isEqualTo(1);
            assertThat(begun.refused()).isEqualTo(2);
        }
    }

    @Test
    void aLeaseLongerThanTheLongestIsRefused() throws Exception {
        try (var one = witness("one")) {
            var answered = new CompletableFuture<Boolean>();
            var question = new Witness.Question("long", 1, LONGEST.toNanos() + 1, 1, 0);
            one.ask(question, new Witness.Listener() {
                @Override
                public void answered(Witness.Answer answer) {
                    answered.complete(answer.isGranted());
                }

                @Override
                public void failed(String problem) {
                    answered.completeExceptionally(new AssertionError(problem));
                }
            });
            assertThat(answered.get(30, TimeUnit.SECONDS)).isFalse();
        }
    }

    @Test
    void noiseAndOtherKeysAreCountedAndNotAnswered() throws Exception {
        long before = server.dropped();
        var silent = new AtomicReference<String>("nothing");
        try (var stranger = new SteelyardWitness("x", server.address(), WitnessMessage.key("some other key of 16"));
                var noise = DatagramChannel.open()) {
            stranger.ask(new Witness.Question("stranger", 1, 1_000_000L, 1, 0), new Witness.Listener() {
                @Override
                public void answered(Witness.Answer answer) {
                    silent.set("an answer");
                }

                @Override
                public void failed(String problem) {
                    silent.set(problem);
                }
            });
            noise.send(java.nio.ByteBuffer.wrap(new byte[] {1, 2, 3}), server.address());
            await().atMost(Duration.ofSeconds(30)).until(() -> server.dropped() == before + 2);
        }
        assertThat(silent.get()).isEqualTo("nothing");
        assertThat(server.leases()).noneMatch(lease -> lease.lease().equals("stranger"));
    }

    @Test
    void whatAWitnessNeedsIsSaid() {
        assertThatThrownBy(() -> WitnessServer.builder().start()).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> WitnessServer.builder()
                        .address(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                        .key("short")
                        .start())
                .hasMessageContaining("at least 16");
        assertThatThrownBy(() -> WitnessServer.builder()
                        .address(server.address())
                        .key(KEY)
                        .start())
                .isInstanceOf(IOException.class);
    }
}
