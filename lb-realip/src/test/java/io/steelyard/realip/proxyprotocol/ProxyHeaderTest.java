package io.steelyard.realip.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.realip.address.AddressText;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Command;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Family;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Transport;
import io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder.Result;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProxyHeaderTest {
    private static final String SIGNATURE = "0d0a0d0a000d0a515549540a";

    private final ProxyHeaderDecoder decoder = new ProxyHeaderDecoder();
    private final ProxyHeader header = new ProxyHeader();
    private final TlvCursor tlv = new TlvCursor();

    private Result decode(byte[] bytes) {
        return decoder.decode(ByteBuffer.wrap(bytes), header);
    }

    private Result decodeLine(String line) {
        return decode(line.replace("\\r", "\r").replace("\\n", "\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    private Result decodeHex(String hexadecimal) {
        return decode(
                HexFormat.of().parseHex(hexadecimal.replace("SIG", SIGNATURE).replace(" ", "")));
    }

    private String addresses() {
        return AddressText.of(header.sourceHigh(), header.sourceLow()) + " " + header.sourcePort() + " "
                + AddressText.of(header.destinationHigh(), header.destinationLow()) + " " + header.destinationPort();
    }

    // ---- version 1

    @ParameterizedTest
    @CsvSource({
        "PROXY TCP4 192.0.2.1 198.51.100.7 56324 443\\r\\n, 192.0.2.1 56324 198.51.100.7 443, IPV4",
        "PROXY TCP4 255.255.255.255 255.255.255.255 65535 65535\\r\\n, 255.255.255.255 65535 255.255.255.255 65535, IPV4",
        "PROXY TCP4 0.0.0.0 0.0.0.0 0 0\\r\\n, 0.0.0.0 0 0.0.0.0 0, IPV4",
        "PROXY TCP6 2001:db8::1 2001:DB8::2 1 2\\r\\n, 2001:db8::1 1 2001:db8::2 2, IPV6",
        "PROXY TCP6 ::ffff:10.0.0.1 ::1 1 2\\r\\n, 10.0.0.1 1 ::1 2, IPV6",
    })
    void version1TellsAddresses(String line, String expected, Family family) {
        assertThat(decodeLine(line + "GET /")).isEqualTo(Result.COMPLETE);
        assertThat(addresses()).isEqualTo(expected);
        assertThat(header.family()).isEqualTo(family);
        assertThat(header.version()).isEqualTo(1);
        assertThat(header.lengthBytes()).isEqualTo(line.length() - 2);
        assertThat(header.hasIpAddresses()).isTrue();
        assertThat(header.tlvs(tlv).next()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "PROXY UNKNOWN\\r\\n",
                "PROXY UNKNOWN ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\\r\\n",
                "PROXY UNKNOWN any thing  at all\\r\\n",
            })
    void unknownLeavesTheRealAddresses(String line) {
        assertThat(decodeLine(line)).isEqualTo(Result.COMPLETE);
        assertThat(header.hasIpAddresses()).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "GET / HTTP/1.1\\r\\n, NOT_A_HEADER",
        "PROXX, NOT_A_HEADER",
        "proxy TCP4 1.1.1.1 2.2.2.2 1 2\\r\\n, NOT_A_HEADER",
        "PROXY  TCP4 1.1.1.1 2.2.2.2 1 2\\r\\n, BAD_TRANSPORT",
        "PROXY TCP5 1.1.1.1 2.2.2.2 1 2\\r\\n, BAD_TRANSPORT",
        "PROXY UDP4 1.1.1.1 2.2.2.2 1 2\\r\\n, BAD_TRANSPORT",
        "PROXY UNKNOWNX\\r\\n, BAD_TRANSPORT",
        "PROXY \\r\\n, BAD_TRANSPORT",
        "PROXY TCP4\\r\\n, BAD_TRANSPORT",
        "PROXY TCP4 \\r\\n, BAD_SOURCE",
        "PROXY TCP4  1.1.1.1 2.2.2.2 1 2\\r\\n, BAD_SOURCE",
        "PROXY TCP4 ::1 ::2 1 2\\r\\n, BAD_SOURCE",
        "PROXY TCP4 1.1.1.256 2.2.2.2 1 2\\r\\n, BAD_SOURCE",
        "PROXY TCP4 01.1.1.1 2.2.2.2 1 2\\r\\n, BAD_SOURCE",
        "PROXY TCP4 ::ffff:1.1.1.1 2.2.2.2 1 2\\r\\n, BAD_SOURCE",
        "PROXY TCP6 1.1.1.1 2.2.2.2 1 2\\r\\n, BAD_SOURCE",
        "PROXY TCP6 ::1 2.2.2.2 1 2\\r\\n, BAD_DESTINATION",
        "PROXY TCP4 1.1.1.1\\r\\n, BAD_DESTINATION",
        "PROXY TCP4 1.1.1.1  2.2.2.2 1 2\\r\\n, BAD_DESTINATION",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1\\r\\n, BAD_PORT",
        "PROXY TCP4 1.1.1.1 2.2.2.2 01 2\\r\\n, BAD_PORT",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 65536\\r\\n, BAD_PORT",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 -2\\r\\n, BAD_PORT",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1  2\\r\\n, BAD_PORT",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 \\r\\n, BAD_PORT",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2 3\\r\\n, BAD_PORT",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\\n, BARE_LINE_END",
        "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\\rx, BARE_LINE_END",
        "PROXY UNKNOWN a\\nb\\r\\n, BARE_LINE_END",
    })
    void version1RefusesWhatTheProtocolDoesNotAllow(String line, HeaderProblem problem) {
        assertThat(decodeLine(line)).isEqualTo(Result.INVALID);
        assertThat(decoder.problem()).isEqualTo(problem);
    }

    @Test
    void aLineOf107BytesIsTheLongest() {
        var longest = "PROXY UNKNOWN " + "x".repeat(91) + "\r\n";

        assertThat(longest).hasSize(107);
        assertThat(decodeLine(longest)).isEqualTo(Result.COMPLETE);
        assertThat(decodeLine(longest.replace("\r\n", "x\r\n"))).isEqualTo(Result.INVALID);
        assertThat(decoder.problem()).isEqualTo(HeaderProblem.LINE_TOO_LONG);
    }

    // ---- version 2

    @Test
    void version2TellsAddresses() {
        assertThat(decodeHex("SIG 21 11 000c c0000201 c6336407 dc04 01bb aabb")).isEqualTo(Result.COMPLETE);
        assertThat(addresses()).isEqualTo("192.0.2.1 56324 198.51.100.7 443");
        assertThat(header.command()).isEqualTo(Command.PROXY);
        assertThat(header.transport()).isEqualTo(Transport.STREAM);
        assertThat(header.lengthBytes()).isEqualTo(28);

        assertThat(decodeHex(
                        "SIG 21 22 0024 20010db8000000000000000000000001 20010db8000000000000000000000002 0001 0002"))
                .isEqualTo(Result.COMPLETE);
        assertThat(addresses()).isEqualTo("2001:db8::1 1 2001:db8::2 2");
        assertThat(header.family()).isEqualTo(Family.IPV6);
        assertThat(header.transport()).isEqualTo(Transport.DATAGRAM);
    }

    @Test
    void version2TellsUnixPaths() {
        var source = "2f72756e2f61" + "00".repeat(102);
        var abstractOne = "0061" + "00".repeat(106);

        assertThat(decodeHex("SIG 21 31 00d8" + source + abstractOne)).isEqualTo(Result.COMPLETE);
        assertThat(header.family()).isEqualTo(Family.UNIX);
        assertThat(header.hasIpAddresses()).isFalse();
        assertThat(header.sourceUnixPath()).isEqualTo("/run/a");
        assertThat(header.destinationUnixPath()).isEqualTo("@a");
    }

    @Test
    void localIsSkippedWhateverItHolds() {
        assertThat(decodeHex("SIG 20 00 0000")).isEqualTo(Result.COMPLETE);
        assertThat(header.command()).isEqualTo(Command.LOCAL);
        assertThat(decodeHex("SIG 20 ff 0005 0102030405")).isEqualTo(Result.COMPLETE);
        assertThat(header.lengthBytes()).isEqualTo(21);
        assertThat(header.hasIpAddresses()).isFalse();
        assertThat(header.tlvs(tlv).next()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "SIG 21 00 0003 040000",
                "SIG 21 10 000c c0000201 c6336407 dc04 01bb",
                "SIG 21 01 0000",
            })
    void unspecifiedLeavesTheRealAddresses(String bytes) {
        assertThat(decodeHex(bytes)).isEqualTo(Result.COMPLETE);
        assertThat(header.hasIpAddresses()).isFalse();
        assertThat(header.command()).isEqualTo(Command.PROXY);
    }

    @ParameterizedTest
    @CsvSource({
        "0d0a0d0b, NOT_A_HEADER",
        "0d0a0d0a000d0a515549540b, NOT_A_HEADER",
        "SIG 11, BAD_VERSION",
        "SIG 31 11 000c, BAD_VERSION",
        "SIG 22, BAD_COMMAND",
        "SIG 21 41 0000, BAD_FAMILY",
        "SIG 21 13 000c c0000201 c6336407 dc04 01bb, BAD_FAMILY",
        "SIG 21 11 000b, TOO_SHORT",
        "SIG 21 21 0023, TOO_SHORT",
        "SIG 21 31 00d7, TOO_SHORT",
        "SIG 21 11 0ff1, TOO_LONG",
        "SIG 21 11 000d c0000201 c6336407 dc04 01bb 04, BAD_TLV",
        "SIG 21 11 000e c0000201 c6336407 dc04 01bb 0400, BAD_TLV",
        "SIG 21 11 000f c0000201 c6336407 dc04 01bb 040001, BAD_TLV",
        "SIG 21 11 0010 c0000201 c6336407 dc04 01bb 04000000, BAD_TLV",
        "SIG 21 11 0013 c0000201 c6336407 dc04 01bb 03000400000000, BAD_CHECKSUM",
        "SIG 21 11 0012 c0000201 c6336407 dc04 01bb 030003000000, BAD_CHECKSUM",
        "SIG 21 11 0013 c0000201 c6336407 dc04 01bb 20000401000000, BAD_TLV",
        "SIG 21 11 0015 c0000201 c6336407 dc04 01bb 200006010000000021, BAD_TLV",
    })
    void version2RefusesWhatTheProtocolDoesNotAllow(String bytes, HeaderProblem problem) {
        assertThat(decodeHex(bytes)).isEqualTo(Result.INVALID);
        assertThat(decoder.problem()).isEqualTo(problem);
    }

    @Test
    void aUniqueIdHasAtMost128Bytes() {
        assertThat(decode(withFields(out -> out.tlv(TlvType.UNIQUE_ID, new byte[128]))))
                .isEqualTo(Result.COMPLETE);
        assertThat(decode(withFields(out -> out.tlv(TlvType.UNIQUE_ID, new byte[129]))))
                .isEqualTo(Result.INVALID);
        assertThat(decoder.problem()).isEqualTo(HeaderProblem.BAD_UNIQUE_ID);
    }

    @Test
    void aLongerHeaderIsTakenWhereThatIsAllowed() {
        var bytes = withFields(out -> out.tlv(TlvType.NOOP, new byte[60_000]));

        assertThat(decode(bytes)).isEqualTo(Result.INVALID);
        assertThat(decoder.problem()).isEqualTo(HeaderProblem.TOO_LONG);
        assertThat(new ProxyHeaderDecoder(ProxyHeaderDecoder.GREATEST_BYTES).decode(ByteBuffer.wrap(bytes), header))
                .isEqualTo(Result.COMPLETE);
    }

    @Test
    void fieldsAreViewed() {
        var bytes = withFields(out -> {
            out.tlv(TlvType.ALPN, "h2".getBytes(StandardCharsets.US_ASCII));
            out.tlv(TlvType.AUTHORITY, "example.org".getBytes(StandardCharsets.UTF_8));
            int ssl = out.beginSsl(TlvType.CLIENT_SSL | TlvType.CLIENT_CERT_CONN, 0);
            out.tlv(TlvType.SSL_VERSION, "TLSv1.3".getBytes(StandardCharsets.US_ASCII));
            out.tlv(TlvType.SSL_CN, "client".getBytes(StandardCharsets.UTF_8)).endSsl(ssl);
            out.tlv(0xEA, new byte[] {1, 2});
        });

        assertThat(decode(bytes)).isEqualTo(Result.COMPLETE);
        assertThat(header.tlvs(tlv).next(TlvType.AUTHORITY)).isTrue();
        assertThat(tlv.text()).isEqualTo("example.org");
        assertThat(tlv.next(TlvType.SSL)).isTrue();
        assertThat(tlv.sslClientFlags()).isEqualTo(3);
        assertThat(tlv.sslVerifyResult()).isZero();
        var inner = tlv.sslFields(new TlvCursor());
        assertThat(inner.next(TlvType.SSL_CN)).isTrue();
        assertThat(inner.text()).isEqualTo("client");
        assertThat(tlv.next()).isTrue();
        assertThat(tlv.type()).isEqualTo(0xEA);
        assertThat(tlv.value()).containsExactly(1, 2);
    }

    @Test
    void aChangedByteBreaksTheChecksum() {
        var out = ByteBuffer.allocate(200).position(7);
        new ProxyHeaderEncoder()
                .begin(out, Transport.STREAM, 0, 0xFFFF_0A00_0001L, 1, 0, 0xFFFF_0A00_0002L, 2)
                .tlv(TlvType.NETNS, "blue".getBytes(StandardCharsets.US_ASCII))
                .endWithChecksum();
        var bytes = new byte[out.position() - 7];
        out.get(7, bytes);

        assertThat(decode(bytes)).isEqualTo(Result.COMPLETE);
        for (int i = 16; i < 28; i++) {
            bytes[i] ^= 1;
            assertThat(decode(bytes)).isEqualTo(Result.INVALID);
            assertThat(decoder.problem()).isEqualTo(HeaderProblem.BAD_CHECKSUM);
            bytes[i] ^= 1;
        }
    }

    // ---- in pieces

    @ParameterizedTest
    @ValueSource(
            strings = {
                "50524f585920544350342031302e302e302e312031302e302e302e3220312032 0d0a",
                "SIG 21 11 000f c0000201 c6336407 dc04 01bb 040000",
                "SIG 20 00 0000",
            })
    void everyPieceButTheWholeAsksForMore(String hexadecimal) {
        var whole =
                HexFormat.of().parseHex(hexadecimal.replace("SIG", SIGNATURE).replace(" ", ""));
        for (int length = 0; length < whole.length; length++) {
            var piece = ByteBuffer.wrap(whole, 0, length);

            assertThat(decoder.decode(piece, header)).isEqualTo(Result.NEED_MORE);
            assertThat(piece.position()).isZero();
        }
        var buffer = ByteBuffer.wrap(whole);
        assertThat(decoder.decode(buffer, header)).isEqualTo(Result.COMPLETE);
        assertThat(buffer.hasRemaining()).isFalse();
    }

    private static byte[] withFields(java.util.function.Consumer<ProxyHeaderEncoder> fields) {
        var out = ByteBuffer.allocate(70_000);
        var encoder =
                new ProxyHeaderEncoder().begin(out, Transport.STREAM, 0, 0xFFFF_0A00_0001L, 1, 0, 0xFFFF_0A00_0002L, 2);
        fields.accept(encoder);
        encoder.end();
        var bytes = new byte[out.position()];
        out.get(0, bytes);
        return bytes;
    }
}
