package io.steelyard.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.http.message.FieldBlock;
import io.steelyard.http.message.FieldName;
import io.steelyard.http.octet.Octets;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HpackTest {
    private static String decode(HpackDecoder decoder, String hex) {
        return Frame.fields(decoder, HexFormat.of().parseHex(hex));
    }

    /** RFC 7541 appendix C.3 and C.4. */
    @ParameterizedTest
    @CsvSource({
        "828684410f7777772e6578616d706c652e636f6d, 828684be58086e6f2d6361636865,"
                + " 828785bf400a637573746f6d2d6b65790c637573746f6d2d76616c7565",
        "828684418cf1e3c2e5f23a6ba0ab90f4ff, 828684be5886a8eb10649cbf, 828785bf408825a849e95ba97d7f8925a849e95bb8e8b4bf"
    })
    void requestsOfTheSpecificationAreUnderstood(String first, String second, String third) {
        var decoder = new HpackDecoder(4_096);
        assertThat(decode(decoder, first))
                .isEqualTo(":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com");
        assertThat(decode(decoder, second))
                .isEqualTo(
                        ":method: GET\n:scheme: http\n:path: /\n:authority: www.example.com\ncache-control: no-cache");
        assertThat(decode(decoder, third))
                .isEqualTo(":method: GET\n:scheme: https\n:path: /index.html\n:authority: www.example.com\n"
                        + "custom-key: custom-value");
        assertThat(decoder.table().size()).isEqualTo(164);
    }

    /** RFC 7541 appendix C.5: a table of 256 octets, from which fields are evicted. */
    @Test
    void fieldsLeaveASmallTableInTheirOrder() {
        var decoder = new HpackDecoder(256);
        decode(
                decoder,
                "4803333032580770726976617465611d4d6f6e2c203231204f637420323031332032303a31333a323120474d546e1768747470"
                        + "733a2f2f7777772e6578616d706c652e636f6d");
        assertThat(decoder.table().size()).isEqualTo(222);
        assertThat(decode(decoder, "4803333037c1c0bf"))
                .isEqualTo(":status: 307\ncache-control: private\ndate: Mon, 21 Oct 2013 20:13:21 GMT\n"
                        + "location: https://www.example.com");
        assertThat(decoder.table().toString()).startsWith(":status: 307\n").doesNotContain("302");
    }

    @ParameterizedTest
    @CsvSource({
        "index 0, 80",
        "index behind the table, be",
        "name index behind the table, 7e0161",
        "integer without end, ffffffffffffffff",
        "integer cut short, ff",
        "string longer than the block, 400361",
        "string missing, 40",
        "table larger than allowed, 3fe21f",
        "size update behind a field, 8220",
        "wrong padding, 0081180161"
    })
    void malformedBlockIsRefused(String name, String hex) {
        assertThat(decode(new HpackDecoder(4_096), hex)).as(name).isEqualTo("MALFORMED");
    }

    @Test
    void fieldsBeyondTheLimitAreLeftOutAndTheTableStaysAsThePeerHasIt() {
        var decoder = new HpackDecoder(4_096);
        var fields = new FieldBlock();
        int[] told = {0};
        var block = new ByteArrayOutputStream();
        for (int i = 0; i < 3; i++) {
            block.writeBytes(HexFormat.of().parseHex("400161"));
            Frame.integer(block, 0, 7, 100);
            block.writeBytes(new byte[100]);
        }
        var result = decoder.decode(
                block.toByteArray(), 0, block.size(), fields, 200, (name, nameEnd, value, valueEnd, id) -> told[0]++);
        assertThat(result).isEqualTo(HpackDecoder.Result.TOO_LARGE);
        assertThat(told[0]).isEqualTo(1);
        assertThat(decoder.table().count()).isEqualTo(3);
        assertThat(fields.usedBytes()).isEqualTo(101);
    }

    @Test
    void hpackBombEndsSoon() {
        var decoder = new HpackDecoder(4_096);
        var block = new ByteArrayOutputStream();
        block.writeBytes(HexFormat.of().parseHex("400161"));
        Frame.integer(block, 0, 7, 4_000);
        block.writeBytes(new byte[4_000]);
        for (int i = 0; i < 28_000; i++) {
            block.write(0xbe);
        }
        var fields = new FieldBlock();
        var result = decoder.decode(
                block.toByteArray(), 0, block.size(), fields, 32_768, (name, nameEnd, value, valueEnd, id) -> {});
        assertThat(result).isEqualTo(HpackDecoder.Result.BOMB);
        assertThat(fields.usedBytes()).isLessThan(32_768);
    }

    @ParameterizedTest
    @ValueSource(ints = {4_096, 200, 0})
    void whatIsEncodedIsUnderstoodByAPeerWhateverItsTable(int tableBytes) {
        var random = new Random(tableBytes);
        var encoder = new HpackEncoder();
        var decoder = new HpackDecoder(4_096);
        encoder.peerTable(tableBytes);
        for (int round = 0; round < 500; round++) {
            var fields = new FieldBlock();
            var expected = new StringBuilder(":status: 201");
            for (int i = random.nextInt(8); i >= 0; i--) {
                var name = random.nextInt(3) == 0
                        ? "X-" + random.nextInt(50)
                        : anyOf(random, "Server", "Content-Type", "Date", "ETag", "Set-Cookie", "Vary", "Link");
                var value = "v" + random.nextInt(4) + "\u00e9 {" + "z".repeat(random.nextInt(12) * random.nextInt(12));
                fields.add(FieldName.of(name), value);
                expected.append('\n')
                        .append(name.toLowerCase(java.util.Locale.ROOT))
                        .append(": ")
                        .append(value);
            }
            encoder.begin(new byte[4]);
            encoder.status(201);
            for (int i = 0; i < fields.count(); i++) {
                encoder.field(fields, i);
            }
            var block = Arrays.copyOf(encoder.bytes(), encoder.length());
            assertThat(Frame.fields(decoder, block)).isEqualTo(expected.toString());
            assertThat(decoder.table().toString()).isEqualTo(encoder.table().toString());
            assertThat(encoder.table().size()).isLessThanOrEqualTo(tableBytes);
        }
    }

    private static String anyOf(Random random, String... texts) {
        return texts[random.nextInt(texts.length)];
    }

    @Test
    void shrunkAndGrownTableIsToldByTheSmallestSizeFirst() {
        var encoder = new HpackEncoder();
        encoder.peerTable(100);
        encoder.peerTable(3_000);
        encoder.begin(new byte[16]);
        encoder.status(200);
        assertThat(HexFormat.of().formatHex(encoder.bytes(), 0, encoder.length()))
                .isEqualTo("3f45" + "3f9917" + "88");
    }

    @Test
    void cookiesAreNeverRemembered() {
        var encoder = new HpackEncoder();
        var fields = new FieldBlock();
        fields.add(FieldName.SET_COOKIE, "a=b");
        encoder.begin(new byte[16]);
        encoder.field(fields, 0);
        assertThat(encoder.bytes()[0] & 0xf0).isEqualTo(0x10);
        assertThat(encoder.table().count()).isZero();
    }

    @Test
    void fieldThatComesAgainIsOneOctet() {
        var encoder = new HpackEncoder();
        var fields = new FieldBlock();
        fields.add(FieldName.of("X-Frame-Options"), "DENY");
        encoder.begin(new byte[64]);
        encoder.field(fields, 0);
        encoder.begin(new byte[64]);
        encoder.field(fields, 0);
        assertThat(encoder.length()).isEqualTo(1);
        assertThat(Octets.text(encoder.table().bytes(), 0, 15)).isEqualTo("x-frame-options");
    }
}
