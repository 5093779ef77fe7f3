package io.steelyard.realip.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.realip.address.Addresses;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Command;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Transport;
import io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder.Result;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ProxyHeaderRoundTripTest {
    private final ProxyHeaderEncoder encoder = new ProxyHeaderEncoder();
    private final ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
    private final ProxyHeader header = new ProxyHeader();
    private final ByteBuffer buffer = ByteBuffer.allocate(4_096);

    @Test
    void whatIsWrittenIsRead() {
        var random = new Random(42);
        for (int i = 0; i < 20_000; i++) {
            long[] address = {random.nextInt(3) == 0 ? 0 : random.nextLong(), random.nextLong(), 0, random.nextLong()};
            if (address[0] == 0) {
                address[1] = Addresses.ofIpv4(random.nextInt());
            }
            if (random.nextBoolean()) {
                address[3] = Addresses.ofIpv4(random.nextInt());
            }
            int sourcePort = random.nextInt(65_536);
            int destinationPort = random.nextInt(65_536);
            buffer.clear();
            if (i % 2 == 0) {
                encoder.text(buffer, address[0], address[1], sourcePort, address[2], address[3], destinationPort);
                assertThat(buffer.position()).isLessThanOrEqualTo(ProxyHeaderEncoder.TEXT_BYTES);
            } else {
                encoder.begin(
                        buffer,
                        Transport.STREAM,
                        address[0],
                        address[1],
                        sourcePort,
                        address[2],
                        address[3],
                        destinationPort);
                if (i % 3 == 0) {
                    encoder.endWithChecksum();
                } else {
                    encoder.end();
                }
                assertThat(buffer.position())
                        .isLessThanOrEqualTo(ProxyHeaderEncoder.BINARY_BYTES + ProxyHeaderEncoder.CHECKSUM_BYTES);
            }
            int length = buffer.position();
            buffer.put((byte) 'x').flip();

            assertThat(decoder.decode(buffer, header)).isEqualTo(Result.COMPLETE);
            assertThat(buffer.position()).isEqualTo(length);
            assertThat(new long[] {
                        header.sourceHigh(), header.sourceLow(), header.destinationHigh(), header.destinationLow()
                    })
                    .containsExactly(address);
            assertThat(header.sourcePort()).isEqualTo(sourcePort);
            assertThat(header.destinationPort()).isEqualTo(destinationPort);
        }
    }

    @Test
    void headersWithoutAddressesAreReadToo() {
        encoder.textUnknown(buffer);
        assertThat(decoder.decode(buffer.flip(), header)).isEqualTo(Result.COMPLETE);
        assertThat(header.hasIpAddresses()).isFalse();

        buffer.clear();
        encoder.beginLocal(buffer).end();
        assertThat(decoder.decode(buffer.flip(), header)).isEqualTo(Result.COMPLETE);
        assertThat(header.command()).isEqualTo(Command.LOCAL);

        buffer.clear();
        encoder.beginUnspecified(buffer).endWithChecksum();
        assertThat(decoder.decode(buffer.flip(), header)).isEqualTo(Result.COMPLETE);
        assertThat(header.command()).isEqualTo(Command.PROXY);
    }

    @Test
    void oneIpv4AddressOfTwoIsWrittenMapped() {
        encoder.text(buffer, 0x20010DB8_00000000L, 1, 5, 0, Addresses.ofIpv4(0x0A000001), 80);

        assertThat(new String(buffer.array(), 0, buffer.position(), StandardCharsets.US_ASCII))
                .isEqualTo("PROXY TCP6 2001:db8::1 ::ffff:10.0.0.1 5 80\r\n");
    }
}
