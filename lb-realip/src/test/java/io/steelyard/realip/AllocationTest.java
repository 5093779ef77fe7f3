package io.steelyard.realip;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.proxy.Network;
import io.steelyard.realip.address.AddressReader;
import io.steelyard.realip.address.Addresses;
import io.steelyard.realip.address.CidrTrie;
import io.steelyard.realip.proxyprotocol.ProxyHeader;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Transport;
import io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder;
import io.steelyard.realip.proxyprotocol.ProxyHeaderEncoder;
import io.steelyard.realip.proxyprotocol.TlvCursor;
import io.steelyard.tck.Allocation;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class AllocationTest {
    private static void allocatesNothing(Runnable work) {
        assertThat(Allocation.bytes(10_000, work)).isZero();
    }

    @Test
    void lookingUpAnAddressAllocatesNothing() {
        var trie = CidrTrie.of(List.of(Network.parse("10.0.0.0/8"), Network.parse("2001:db8::/32")));
        var reader = new AddressReader();
        var text = "10.1.2.3".getBytes(StandardCharsets.US_ASCII);

        allocatesNothing(() -> {
            assertTrue(trie.contains(0, Addresses.ofIpv4(0x0A010203)));
            assertTrue(trie.contains(0x20010DB8_00000000L, 5));
            assertTrue(trie.find(text, 0, text.length, reader) != null);
        });
    }

    @Test
    void writingAndReadingAHeaderAllocatesNothing() {
        var encoder = new ProxyHeaderEncoder();
        var decoder = new ProxyHeaderDecoder();
        var header = new ProxyHeader();
        var tlv = new TlvCursor();
        var buffer = ByteBuffer.allocateDirect(512);
        var value = new byte[] {1, 2, 3};

        allocatesNothing(() -> {
            buffer.clear();
            encoder.text(buffer, 0x20010DB8_00000000L, 1, 5, 0, Addresses.ofIpv4(0x0A000001), 80);
            assertTrue(decoder.decode(buffer.flip(), header) == ProxyHeaderDecoder.Result.COMPLETE);
            buffer.clear();
            encoder.begin(buffer, Transport.STREAM, 0, Addresses.ofIpv4(1), 5, 0, Addresses.ofIpv4(2), 80)
                    .tlv(0xE0, value)
                    .endWithChecksum();
            assertTrue(decoder.decode(buffer.flip(), header) == ProxyHeaderDecoder.Result.COMPLETE);
            assertTrue(header.tlvs(tlv).next(0xE0));
        });
    }

    private static void assertTrue(boolean condition) {
        if (!condition) {
            throw new AssertionError();
        }
    }
}
