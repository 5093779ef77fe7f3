package io.steelyard.api.schedule;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.pool.ServerAddress;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FlowTest {
    @Test
    void ipv4AddressesAreMapped() {
        var flow = new Flow(1).client(ServerAddress.numericAddress("192.168.1.2"), 4_000);
        assertThat(flow.isClientIpv4()).isTrue();
        assertThat(flow.clientHigh()).isZero();
        assertThat(flow.clientLow()).isEqualTo(0x0000_FFFF_C0A8_0102L);
        assertThat(flow.clientPort()).isEqualTo(4_000);
        var same = new Flow(1).clientIpv4(0xC0A8_0102, 4_000);
        assertThat(same.clientLow()).isEqualTo(flow.clientLow());
    }

    @Test
    void ipv6AddressesAreKeptWhole() {
        var flow = new Flow(1).destination(ServerAddress.numericAddress("2001:db8::ff02"), 53);
        assertThat(flow.hasDestinationAddress()).isTrue();
        assertThat(flow.isDestinationIpv4()).isFalse();
        assertThat(flow.destinationHigh()).isEqualTo(0x2001_0DB8_0000_0000L);
        assertThat(flow.destinationLow()).isEqualTo(0xFF02L);
        assertThat(flow.destinationPort()).isEqualTo(53);
    }

    @Test
    void flowWithoutAddressIsOfNoFamily() {
        var flow = new Flow(1);
        assertThat(flow.hasClientAddress()).isFalse();
        assertThat(flow.isClientIpv4()).isFalse();
        assertThat(flow.hasDestinationAddress()).isFalse();
    }

    @Test
    void keyIsCopiedAndGrows() {
        var bytes = "a key".getBytes(StandardCharsets.US_ASCII);
        var flow = new Flow(1).key(bytes, 2, 3);
        bytes[2] = 'X';
        assertThat(new String(flow.key(), 0, flow.keyLength(), StandardCharsets.US_ASCII))
                .isEqualTo("key");
        var longKey = "k".repeat(1_000);
        flow.key(longKey);
        assertThat(new String(flow.key(), 0, flow.keyLength(), StandardCharsets.US_ASCII))
                .isEqualTo(longKey);
        assertThat(flow.key("short").keyLength()).isEqualTo(5);
    }

    @Test
    void emptyKeyIsNone() {
        var flow = new Flow(1);
        assertThat(flow.hasKey()).isFalse();
        assertThat(flow.keyLength()).isZero();
        assertThat(flow.key("x").hasKey()).isTrue();
        assertThat(flow.key("").hasKey()).isFalse();
        assertThat(flow.key("x").noKey().hasKey()).isFalse();
    }

    @Test
    void triedServersAreRememberedUntilCleared() {
        var flow = new Flow(1);
        assertThat(flow.hasTriedAny()).isFalse();
        for (int index : new int[] {0, 63, 64, 5_000}) {
            assertThat(flow.hasTried(index)).isFalse();
            flow.markTried(index);
            assertThat(flow.hasTried(index)).isTrue();
        }
        assertThat(flow.hasTriedAny()).isTrue();
        assertThat(flow.hasTried(1)).isFalse();
        assertThat(flow.hasTried(65)).isFalse();
        assertThat(flow.hasTried(1_000_000)).isFalse();
        flow.clearTried();
        assertThat(flow.hasTried(0) || flow.hasTried(63) || flow.hasTried(64) || flow.hasTried(5_000))
                .isFalse();
        assertThat(flow.hasTriedAny()).isFalse();
    }

    @Test
    void clearForgetsAllButTheRandomNumbers() {
        var flow = new Flow(5)
                .clientIpv4(1, 2)
                .destination(1, 2, 3)
                .udp(true)
                .key("k")
                .markTried(3);
        long first = new Flow(5).nextLong();
        assertThat(flow.nextLong()).isEqualTo(first);
        flow.clear();
        assertThat(flow.hasClientAddress() || flow.hasDestinationAddress() || flow.isUdp() || flow.hasKey())
                .isFalse();
        assertThat(flow.hasTried(3)).isFalse();
        assertThat(flow.clientPort() + flow.destinationPort()).isZero();
        var other = new Flow(5);
        other.nextLong();
        assertThat(flow.nextLong()).isEqualTo(other.nextLong());
    }

    @Test
    void randomNumbersAreSplitMix64() {
        var flow = new Flow(1_234_567);
        assertThat(Long.toUnsignedString(flow.nextLong())).isEqualTo("6457827717110365317");
        assertThat(Long.toUnsignedString(flow.nextLong())).isEqualTo("3203168211198807973");
    }

    @Test
    void boundedNumbersAreInRangeAndEven() {
        var flow = new Flow(3);
        var counts = new int[7];
        for (int i = 0; i < 70_000; i++) {
            counts[flow.nextInt(7)]++;
        }
        for (int count : counts) {
            assertThat(count).isBetween(9_500, 10_500);
        }
        assertThat(flow.nextInt(1)).isZero();
        for (int i = 0; i < 1_000; i++) {
            assertThat(flow.nextInt(Integer.MAX_VALUE)).isNotNegative();
        }
    }
}
