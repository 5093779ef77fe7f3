package io.steelyard.realip.address;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressReaderTest {
    private final AddressReader reader = new AddressReader();

    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0, 0000ffff00000000",
        "255.255.255.255, 0, 0000ffffffffffff",
        "10.0.200.1, 0, 0000ffff0a00c801",
        "::, 0, 0",
        "::1, 0, 1",
        "1::, 0001000000000000, 0",
        "2001:DB8::a:0:1, 20010db800000000, 000000000a00000001",
        "1:2:3:4:5:6:7:8, 0001000200030004, 0005000600070008",
        "1:2:3:4:5:6:7::, 0001000200030004, 0005000600070000",
        "::2:3:4:5:6:7:8, 0000000200030004, 0005000600070008",
        "::ffff:1.2.3.4, 0, 0000ffff01020304",
        "64:ff9b::1.2.3.4, 0064ff9b00000000, 01020304",
        "1:2:3:4:5:6:1.2.3.4, 0001000200030004, 0005000601020304",
    })
    void readsAddresses(String text, String high, String low) {
        assertThat(reader.read(text, 0, text.length())).isTrue();
        assertThat(reader.high()).isEqualTo(Long.parseUnsignedLong(high, 16));
        assertThat(reader.low()).isEqualTo(Long.parseUnsignedLong(low.replaceFirst("^0+(?=.)", ""), 16));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1",
                "1.2.3",
                "1.2.3.4.",
                ".1.2.3.4",
                "1.2.3.4.5",
                "1.2.3.256",
                "01.2.3.4",
                "1.2.3.4 ",
                " 1.2.3.4",
                "1..2.3",
                "1.2.3.0004",
                "0x1.2.3.4",
                ":",
                ":::",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "1:2:3:4:5:6:7:8::",
                "::1::",
                "12345::",
                "::1%eth0",
                "[::1]",
                "::1.2.3",
                "::1.2.3.4:5",
                "1:2:3:4:5:6:7:1.2.3.4",
                "1:",
                ":1",
                "1::2:",
                "::g",
                "1.2.3.4:80",
                "localhost",
                "::ffff:01.2.3.4",
                "\u0661.2.3.4"
            })
    void readsNothingElse(String text) {
        assertThat(reader.read(text, 0, text.length())).isFalse();
    }

    @Test
    void everyAddressWrittenIsReadBack() throws Exception {
        var random = new Random(7);
        var text = new byte[2 * AddressText.MAX_LENGTH];
        for (int i = 0; i < 20_000; i++) {
            long high = sparse(random);
            long low = i % 4 == 0 ? Addresses.ofIpv4(random.nextInt()) : sparse(random);
            if (i % 4 == 0) {
                high = 0;
            }
            int end = AddressText.write(high, low, text, 3);

            assertThat(reader.read(ByteBuffer.wrap(text), 3, end)).isTrue();
            assertThat(reader.high()).isEqualTo(high);
            assertThat(reader.low()).isEqualTo(low);
            assertThat(Addresses.inetAddress(high, low))
                    .isEqualTo(InetAddress.getByName(new String(text, 3, end - 3, StandardCharsets.US_ASCII)));
        }
    }

    private static long sparse(Random random) {
        long value = random.nextLong();
        for (int shift = 0; shift < 64; shift += 16) {
            if (random.nextInt(3) > 0) {
                value &= ~(0xFFFFL << shift);
            }
        }
        return value;
    }
}
