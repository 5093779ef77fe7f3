package io.steelyard.core.name;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.pool.ServerAddress;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DnsMessageTest {
    private static final HexFormat HEX = HexFormat.of();

    /** app.test, type A. */
    private static final byte[] QUESTION = DnsMessage.question(0x1234, "app.test", DnsRecord.A);

    private static byte[] answer(String flagsAndCounts, String records) {
        var all = HEX.formatHex(QUESTION);
        return HEX.parseHex("1234" + flagsAndCounts + all.substring(24) + records);
    }

    @Test
    void aQuestionAsksForFurtherLooking() {
        assertThat(HEX.formatHex(QUESTION))
                .isEqualTo("1234" + "0100" + "0001" + "0000" + "0000" + "0000" + "03617070" + "0474657374" + "00"
                        + "0001" + "0001");
    }

    @Test
    void namesThatCannotBeAskedForAreRefused() {
        for (var name : List.of("a..b", "a".repeat(64), "a.".repeat(130) + "b", "")) {
            assertThatThrownBy(() -> DnsMessage.question(1, name, DnsRecord.A))
                    .as(name)
                    .isInstanceOf(IllegalArgumentException.class);
        }
    }

    @Test
    void aliasesAddressesAndServicesAreRead() {
        var answer = DnsMessage.answer(
                answer(
                        "81800001000400000000",
                        // app.test is an alias of web.app.test for 60 s, by a pointer to the question's name
                        "c00c" + "0005" + "0001" + "0000003c" + "0006" + "03574542" + "c00c"
                                // and that has an address
                                + "c026" + "0001" + "0001" + "ffffffff" + "0004" + "0a000001"
                                + "c026" + "001c" + "0001" + "00000005" + "0010" + "20010db8000000000000000000000001"
                                + "c00c" + "0021" + "0001" + "00000007" + "0008" + "000a0005" + "1f90" + "c026"),
                QUESTION);
        assertThat(answer).isNotNull();
        assertThat(answer.records())
                .containsExactly(
                        new DnsRecord.Alias("app.test", 60, "web.app.test"),
                        new DnsRecord.Address("web.app.test", 0, ServerAddress.numericAddress("10.0.0.1")),
                        new DnsRecord.Address("web.app.test", 5, ServerAddress.numericAddress("2001:db8::1")),
                        new DnsRecord.Service("app.test", 7, 10, 5, 8080, "web.app.test"));
    }

    @Test
    void answersToOtherQuestionsAreNone() {
        var good = answer("81800001000000000000", "");
        assertThat(DnsMessage.answer(good, QUESTION)).isNotNull();
        for (int at : new int[] {0, 2, 5, 13, 22}) {
            var other = good.clone();
            other[at] ^= (byte) 0x81;
            assertThat(DnsMessage.answer(other, QUESTION)).as("byte %s", at).isNull();
        }
        assertThat(DnsMessage.answer(DnsMessage.question(0x1234, "APP.test", DnsRecord.A), QUESTION))
                .isNull();
    }

    @Test
    void pointersThatTurnInCirclesEnd() {
        assertThat(DnsMessage.answer(answer("81800001000100000000", "c01a00010001000000000000"), QUESTION))
                .isNull();
    }

    @Test
    void whateverIsReceivedIsReadOrIsNone() {
        var random = new Random(1);
        var good =
                answer("81800001000200000000", "c00c000500010000003c000603574542c00cc0260001000100000001000411223344");
        for (int i = 0; i < 20_000; i++) {
            var bytes = Arrays.copyOf(good, random.nextInt(good.length + 20));
            for (int change = random.nextInt(4); change > 0 && bytes.length > 0; change--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            var read = DnsMessage.answer(bytes, QUESTION);
            assertThat(read == null || read.records().size() <= bytes.length).isTrue();
        }
    }
}
