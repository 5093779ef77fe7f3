package io.steelyard.realip.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Family;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Transport;
import io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder.Result;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Any bytes at all: nothing is thrown, a piece of a header never says what the whole does not, and what was read and written again is read
 * the same. A build runs the inputs kept beside it; {@code JAZZER_FUZZ=1 mvn -pl lb-realip test -Dtest=ProxyHeaderFuzzTest} looks for new
 * ones.
 */
class ProxyHeaderFuzzTest {
    @FuzzTest(maxDuration = "5m")
    void readsAnything(byte[] bytes) {
        check(bytes);
    }

    static void check(byte[] bytes) {
        var decoder = new ProxyHeaderDecoder();
        var header = new ProxyHeader();
        var buffer = ByteBuffer.wrap(bytes);
        var result = decoder.decode(buffer, header);
        assertThat(decoder.problem() != HeaderProblem.NONE).isEqualTo(result == Result.INVALID);
        assertThat(buffer.position()).isEqualTo(result == Result.COMPLETE ? header.lengthBytes() : 0);
        if (result == Result.COMPLETE) {
            checkPieces(bytes, header.lengthBytes());
            decoder.decode(ByteBuffer.wrap(bytes), header);
            checkAgain(header);
        } else if (result == Result.NEED_MORE) {
            assertThat(bytes.length).isLessThan(ProxyHeaderDecoder.DEFAULT_MOST_BYTES);
        }
    }

    private static void checkPieces(byte[] bytes, int length) {
        var decoder = new ProxyHeaderDecoder();
        for (int piece = 0; piece < length; piece += 1 + piece / 8) {
            assertThat(decoder.decode(ByteBuffer.wrap(bytes, 0, piece), new ProxyHeader()))
                    .isEqualTo(Result.NEED_MORE);
        }
        assertThat(decoder.decode(ByteBuffer.wrap(Arrays.copyOf(bytes, length)), new ProxyHeader()))
                .isEqualTo(Result.COMPLETE);
    }

    private static void checkAgain(ProxyHeader header) {
        var fields = header.tlvs(new TlvCursor());
        while (fields.next()) {
            assertThat(fields.value()).hasSize(fields.length());
        }
        assertThat(fields.isAtEnd()).isTrue();
        if (header.family() == Family.UNIX) {
            assertThat(header.sourceUnixPath().length()
                            + header.destinationUnixPath().length())
                    .isLessThanOrEqualTo(216);
        }
        if (!header.hasIpAddresses()) {
            return;
        }
        var written = ByteBuffer.allocate(200);
        var again = new ProxyHeader();
        new ProxyHeaderEncoder()
                .begin(
                        written,
                        Transport.STREAM,
                        header.sourceHigh(),
                        header.sourceLow(),
                        header.sourcePort(),
                        header.destinationHigh(),
                        header.destinationLow(),
                        header.destinationPort())
                .endWithChecksum();
        assertThat(new ProxyHeaderDecoder().decode(written.flip(), again)).isEqualTo(Result.COMPLETE);
        assertThat(again.sourceHigh()).isEqualTo(header.sourceHigh());
        assertThat(again.sourceLow()).isEqualTo(header.sourceLow());
        assertThat(again.sourcePort()).isEqualTo(header.sourcePort());
        assertThat(again.destinationHigh()).isEqualTo(header.destinationHigh());
        assertThat(again.destinationLow()).isEqualTo(header.destinationLow());
        assertThat(again.destinationPort()).isEqualTo(header.destinationPort());
    }
}
