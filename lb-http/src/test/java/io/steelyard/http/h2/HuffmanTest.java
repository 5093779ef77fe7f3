package io.steelyard.http.h2;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.http.octet.Octets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HuffmanTest {
    @ParameterizedTest
    @CsvSource({
        "www.example.com, f1e3c2e5f23a6ba0ab90f4ff",
        "no-cache, a8eb10649cbf",
        "custom-key, 25a849e95ba97d7f",
        "private, aec3771a4b",
        "'Mon, 21 Oct 2013 20:13:21 GMT', d07abe941054d444a8200595040b8166e082a62d1bff"
    })
    void textsOfTheSpecificationAreCodedAsThere(String text, String hex) {
        var out = new byte[64];
        var plain = Octets.bytes(text);
        int length = Huffman.encode(plain, 0, plain.length, out, 0);
        assertThat(HexFormat.of().formatHex(out, 0, length)).isEqualTo(hex);
        assertThat(Huffman.encodedLength(plain, 0, plain.length)).isEqualTo(length);
        var back = new byte[64];
        int end = Huffman.decode(out, 0, length, back, 0);
        assertThat(Octets.text(back, 0, end)).isEqualTo(text);
    }

    @Test
    void anyOctetsComeBack() {
        var random = new Random(7);
        for (int i = 0; i < 2_000; i++) {
            var plain = new byte[random.nextInt(40)];
            random.nextBytes(plain);
            var coded = new byte[plain.length * 4 + 8];
            int length = Huffman.encode(plain, 0, plain.length, coded, 0);
            var back = new byte[Huffman.mostDecoded(length) + 1];
            int end = Huffman.decode(coded, 0, length, back, 0);
            assertThat(Arrays.copyOf(back, end)).isEqualTo(plain);
        }
    }

    /** RFC 7541 section 5.2: padding is the beginning of the end-of-string code, less than eight bits; that code itself is an error. */
    @ParameterizedTest
    @CsvSource({"padding of zeros, 18", "eight bits of padding, 1fff", "end of string, ffffffff", "only padding, ff"})
    void wrongPaddingIsRefused(String name, String hex) {
        var coded = HexFormat.of().parseHex(hex);
        assertThat(Huffman.decode(coded, 0, coded.length, new byte[16], 0))
                .as(name)
                .isNegative();
    }
}
