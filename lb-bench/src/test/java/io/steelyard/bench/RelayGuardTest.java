package io.steelyard.bench;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.bench.relay.Relay;
import java.io.IOException;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A relayed TCP read and a relayed datagram allocate nothing in the loop, and cost its thread no more than a multiple of the bare system
 * calls, timed in the same run by {@link Turns} as processor time.
 */
@Timeout(300)
class RelayGuardTest {
    private static final int EXCHANGES = 200;
    private static final int SHORT_ROUND = 10;
    private static final int LONG_ROUND = 2_000;
    private static final double BYTES_OF_ALARMS = 4;
    private static final long PATIENCE_NS = 40_000_000_000L;

    @ParameterizedTest
    @CsvSource({Relay.TCP + "," + Relay.TCP_BASELINE + ",3", Relay.UDP + "," + Relay.UDP_BASELINE + ",3"})
    void relayedMessageAllocatesNothingAndCostsLittleMoreThanItsSystemCalls(String path, String baseline, double bound)
            throws Exception {
        try (var bare = Relay.open(baseline);
                var relay = Relay.open(path)) {
            double ratio = Turns.ratio(() -> processorNs(relay), () -> processorNs(bare), bound);
            System.out.printf("%s: %.2f times the bare system calls%n", path, ratio);
            assertThat(ratio)
                    .as("processor time of a message relayed by %s, as a multiple of %s", path, baseline)
                    .isLessThan(bound);

            // The timers' alarm allocates some hundred times a second: nothing at all where it does not ring, and
            // little where
            // it does.
            assertThat(least(relay, SHORT_ROUND, 0))
                    .as("bytes the loop allocated for %d messages", Relay.MESSAGES * SHORT_ROUND)
                    .isZero();
            assertThat(least(relay, LONG_ROUND, BYTES_OF_ALARMS) / (double) (Relay.MESSAGES * LONG_ROUND))
                    .as("bytes the loop allocated for a message, the timers' alarm included")
                    .isLessThanOrEqualTo(BYTES_OF_ALARMS);
        }
    }

    /** Processor time of the loop's thread for a message, over one round. */
    private static double processorNs(Relay relay) {
        long before = relay.cost().processorNs();
        exchange(relay, EXCHANGES);
        return (relay.cost().processorNs() - before) / (double) (EXCHANGES * Relay.MESSAGES);
    }

    /**
     * The fewest bytes that the loop allocated in a round, of rounds that are repeated until one has no more than {@code enough} a message: code
     * that is not yet compiled allocates more.
     */
    private static long least(Relay relay, int exchanges, double enough) {
        long start = System.nanoTime();
        long least = Long.MAX_VALUE;
        do {
            long before = relay.cost().allocatedBytes();
            exchange(relay, exchanges);
            least = Math.min(least, relay.cost().allocatedBytes() - before);
        } while (least > enough * Relay.MESSAGES * exchanges && System.nanoTime() - start < PATIENCE_NS);
        return least;
    }

    private static void exchange(Relay relay, int times) {
        try {
            for (int i = 0; i < times; i++) {
                relay.exchange();
            }
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }
}
