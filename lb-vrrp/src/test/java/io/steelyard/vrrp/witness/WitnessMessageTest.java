package io.steelyard.vrrp.witness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WitnessMessageTest {
    private static final WitnessMessage QUESTION = new WitnessMessage(
            WitnessMessage.Kind.ASK, "default/IPV4/51", "gate1/ab", 150, 7, 3_000_000_000L, 5, false, false);

    @Test
    void aMessageIsReadAsItWasWritten() {
        var key = WitnessMessage.key("0123456789abcdef");
        assertThat(WitnessMessage.decode(QUESTION.encode(key), key)).contains(QUESTION);
        var answer = QUESTION.answer(true, 6, true);
        assertThat(WitnessMessage.decode(answer.encode(key), key)).contains(answer);
        assertThat(answer.sequence()).isEqualTo(7);
        assertThat(answer.encode(key).remaining())
                .isLessThanOrEqualTo(QUESTION.encode(key).remaining());
    }

    @Test
    void anotherKeyIsNotHeard() {
        var datagram = QUESTION.encode(WitnessMessage.key("0123456789abcdef"));
        assertThat(WitnessMessage.decode(datagram, WitnessMessage.key("0123456789abcdeF")))
                .isEmpty();
    }

    @Test
    void noOctetCanBeChangedAndNothingCutOff() {
        var key = WitnessMessage.key("0123456789abcdef");
        var datagram = QUESTION.encode(key);
        var bytes = new byte[datagram.remaining()];
        datagram.get(bytes);
        for (int i = 0; i < bytes.length; i++) {
            var changed = bytes.clone();
            changed[i] ^= 1;
            assertThat(WitnessMessage.decode(ByteBuffer.wrap(changed), key)).isEmpty();
            assertThat(WitnessMessage.decode(ByteBuffer.wrap(Arrays.copyOf(bytes, i)), key))
                    .isEmpty();
        }
    }

    @Test
    void noiseIsNoMessage() {
        var key = WitnessMessage.key("0123456789abcdef");
        var random = new Random(1);
        for (int i = 0; i < 10_000; i++) {
            var noise = new byte[random.nextInt(120)];
            random.nextBytes(noise);
            assertThat(WitnessMessage.decode(ByteBuffer.wrap(noise), key)).isEmpty();
        }
    }

    @Test
    void namesThatAreTooLongAreRefused() {
        var key = WitnessMessage.key("0123456789abcdef");
        var longName = new WitnessMessage(WitnessMessage.Kind.ASK, "x".repeat(256), "a", 1, 1, 1, 0, false, false);
        assertThatThrownBy(() -> longName.encode(key)).isInstanceOf(IllegalArgumentException.class);
    }
}
