package io.steelyard.realip.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.steelyard.realip.greeting.ClientHello.Result;
import java.util.Arrays;

/**
 * Any bytes at all: nothing is thrown, and what a piece of them says, the whole says too. A build runs the inputs kept beside it;
 * {@code JAZZER_FUZZ=1 mvn -pl lb-realip test -Dtest=ClientHelloFuzzTest} looks for new ones.
 */
class ClientHelloFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void readsAnything(byte[] bytes) {
        var whole = ClientHello.parse(bytes, bytes.length);
        for (int length = 0; length < bytes.length; length += 1 + length / 8) {
            var piece = ClientHello.parse(Arrays.copyOf(bytes, length), length);
            assertThat(piece instanceof Result.NeedMore || piece.equals(whole)).isTrue();
        }
        if (whole instanceof Result.Found found) {
            assertThat(found.hello().serverName().length()).isLessThanOrEqualTo(bytes.length);
            assertThat(found.hello().protocolName()).isNotNull();
        }
    }
}
