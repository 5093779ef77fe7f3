package io.steelyard.realip.greeting;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.realip.greeting.ClientHello.Result;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ClientHelloTest {
    private static final List<String> NEW = List.of("TLSv1.3", "TLSv1.2");

    private static Result parse(byte[] bytes) {
        return ClientHello.parse(bytes, bytes.length);
    }

    private static ClientHello found(byte[] bytes) {
        return ((Result.Found) parse(bytes)).hello();
    }

    @Test
    void tellsNameVersionAndProtocols() throws Exception {
        var hello = found(Greetings.hello("shop.example", NEW, List.of("h2", "http/1.1")));

        assertThat(hello).isEqualTo(new ClientHello("shop.example", 0x0304, List.of("h2", "http/1.1"), true));
        assertThat(hello.protocolName()).isEqualTo("TLSv1.3");
    }

    @Test
    void whatIsNotAskedForIsEmpty() throws Exception {
        var hello = found(Greetings.hello("", List.of("TLSv1.2"), List.of()));

        assertThat(hello).isEqualTo(new ClientHello("", 0x0303, List.of(), true));
        assertThat(hello.protocolName()).isEqualTo("TLSv1.2");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 4, 7, 50, 200})
    void recordsMayPartItAnywhere(int most) throws Exception {
        var whole = Greetings.hello("shop.example", NEW, List.of("h2"));

        assertThat(found(Greetings.inRecordsOf(most, whole))).isEqualTo(found(whole));
    }

    @Test
    void everyPieceButTheWholeAsksForMore() throws Exception {
        for (var whole : List.of(
                Greetings.hello("shop.example", NEW, List.of("h2")),
                Greetings.inRecordsOf(9, Greetings.hello("a.example", NEW, List.of())))) {
            for (int length = 0; length < whole.length; length++) {
                assertThat(ClientHello.parse(whole, length)).isInstanceOf(Result.NeedMore.class);
            }
            assertThat(ClientHello.parse(whole, whole.length)).isInstanceOf(Result.Found.class);
        }
    }

    @Test
    void whatFollowsItDoesNotCount() throws Exception {
        var whole = Greetings.hello("shop.example", NEW, List.of());
        var more = Arrays.copyOf(whole, whole.length + 100);

        assertThat(found(more)).isEqualTo(found(whole));
    }

    @Test
    void theGreetingOfSsl2IsKnown() {
        assertThat(found(HexFormat.of().parseHex("802e010301")))
                .isEqualTo(new ClientHello("", 0x0301, List.of(), false));
        assertThat(found(HexFormat.of().parseHex("802e010002")).protocolName()).isEqualTo("SSLv2");
        assertThat(parse(HexFormat.of().parseHex("80"))).isInstanceOf(Result.NeedMore.class);
        assertThat(parse(HexFormat.of().parseHex("802e020301"))).isInstanceOf(Result.NotTls.class);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "47",
                "15",
                "1602",
                "1603010000",
                "160301ffff",
                "16030100010f",
                "160301000401000000",
                "16030100080100000403030000",
            })
    void otherBytesAreNone(String hexadecimal) {
        assertThat(parse(HexFormat.of().parseHex(hexadecimal))).isInstanceOf(Result.NotTls.class);
    }

    @Test
    void brokenLengthsLeadNowhere() throws Exception {
        var whole = Greetings.hello("shop.example", NEW, List.of("h2", "http/1.1"));
        var random = new Random(5);
        for (int i = 0; i < 50_000; i++) {
            var broken = whole.clone();
            for (int changes = 1 + random.nextInt(3); changes > 0; changes--) {
                broken[random.nextInt(broken.length)] = (byte) random.nextInt();
            }
            if (parse(broken) instanceof Result.Found found) {
                assertThat(found.hello().serverName().length()).isLessThan(whole.length);
            }
        }
        assertThat(parse("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))
                .isInstanceOf(Result.NotTls.class);
    }
}
