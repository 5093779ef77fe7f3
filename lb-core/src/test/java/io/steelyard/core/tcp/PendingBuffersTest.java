package io.steelyard.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PendingBuffersTest {
    private final PendingBuffers buffers = new PendingBuffers();

    @ParameterizedTest
    @CsvSource({
        "1,1024",
        "1024,1024",
        "1025,2048",
        "65536,65536",
        "65537,131072",
        "16777217,33554432",
        "67108864,67108864"
    })
    void bufferIsOfTheNextPowerOfTwo(int asked, long given) {
        var buffer = buffers.take(asked);
        assertThat(buffer.byteSize()).isEqualTo(given);
        assertThat(buffers.lentBytes()).isEqualTo(given);
        buffers.giveBack(buffer);
        assertThat(buffers.lentBytes()).isZero();
        assertThat(buffers.lent()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, PendingBuffers.MOST_BYTES + 1, Integer.MAX_VALUE})
    void sizeThatCannotBeLentIsRefusedInWords(int asked) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> buffers.take(asked))
                .withMessageContaining(asked + " bytes")
                .withMessageContaining("" + PendingBuffers.MOST_BYTES);
        assertThat(buffers.lent()).isZero();
    }

    @Test
    void bufferIsLentAgain() {
        var first = buffers.take(4_096);
        buffers.giveBack(first);
        assertThat(buffers.take(4_096).address()).isEqualTo(first.address());
    }

    @Test
    void whatManyHeldGoesBackToTheSystem() {
        for (int round = 0; round < 3; round++) {
            List<MemorySegment> all = new ArrayList<>();
            for (int i = 0; i < 1_000; i++) {
                all.add(buffers.take(64 << 10));
            }
            assertThat(buffers.heldBytes()).isEqualTo(1_000L * (64 << 10));
            all.forEach(buffers::giveBack);
            assertThat(buffers.heldBytes()).isEqualTo(PendingBuffers.MOST_FREE_BYTES);
        }
    }
}
