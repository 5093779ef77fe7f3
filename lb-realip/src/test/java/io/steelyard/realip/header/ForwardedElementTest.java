package io.steelyard.realip.header;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.realip.address.Endpoint;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ForwardedElementTest {
    private static List<ForwardedElement> parse(String... lines) {
        return ForwardedElement.parse(List.of(lines)).orElseThrow();
    }

    @Test
    void readsTheExamplesOfRfc7239() {
        assertThat(parse("for=\"_gazonk\"").getFirst().forClient()).contains(ForwardedNode.obfuscated("_gazonk"));
        assertThat(parse("For=\"[2001:db8:cafe::17]:4711\"")
                        .getFirst()
                        .forClient()
                        .orElseThrow()
                        .endpoint())
                .contains(Endpoint.of(0x20010DB8CAFE0000L, 0x17, 4_711));
        var element = parse("for=192.0.2.60;proto=http;by=203.0.113.43").getFirst();
        assertThat(element.proto()).contains("http");
        assertThat(element.by().orElseThrow().text()).isEqualTo("203.0.113.43");
        assertThat(parse("for=192.0.2.43, for=198.51.100.17", "for=unknown")).hasSize(3);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '\0',
            value = {
                "for=192.0.2.1 | for=192.0.2.1",
                "FOR=192.0.2.1;Proto=https | for=192.0.2.1;proto=https",
                "host=\"a:80\" | host=\"a:80\"",
                "host=\"plain\" | host=plain",
                "host=\"a\\\"b\\\\\" | host=\"a\\\"b\\\\\"",
                "secret=\"a, b; c\" | secret=\"a, b; c\"",
                "host=\"\" | host=\"\"",
                ", ,for=_a , ,, for=_b, | for=_a, for=_b",
                "for=_a;;proto=http; | for=_a;proto=http",
            })
    void writesWhatItRead(String line, String expected) {
        assertThat(parse(line).stream().map(ForwardedElement::text).collect(Collectors.joining(", ")))
                .isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "for",
                "for=",
                "=a",
                "for=a;for=b",
                "for=a;FOR=b",
                "for =a",
                "for= a",
                "for=a ;proto=b",
                "for=a; proto=b",
                "for=a b",
                "for=\"a",
                "for=\"a\\",
                "for=\"a\"b",
                "for=[::1]",
                "for=1.2.3.4:80",
                "for=a\tb",
                "for=\"a\u0001\""
            })
    void refusesWhatTheGrammarDoesNot(String line) {
        assertThat(ForwardedElement.parse(List.of("for=_ok", line))).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1, 192.0.2.1, 0",
        "192.0.2.1:80, 192.0.2.1, 80",
        "192.0.2.1:_x, 192.0.2.1, 0",
        "[2001:DB8::1], 2001:db8::1, 0",
        "[2001:db8::1]:65535, 2001:db8::1, 65535",
    })
    void nodesAreAddresses(String text, String address, int port) {
        var end = ForwardedNode.parse(text).orElseThrow().endpoint().orElseThrow();

        assertThat(end.addressText()).isEqualTo(address);
        assertThat(end.port()).isEqualTo(port);
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "Unknown", "_hidden", "_hidden:80", "unknown:_p"})
    void nodesMayHideTheirAddress(String text) {
        assertThat(ForwardedNode.parse(text).orElseThrow().endpoint()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "_",
                "hidden",
                "2001:db8::1",
                "[2001:db8::1",
                "[192.0.2.1]",
                "[]",
                "192.0.2.1:",
                "192.0.2.1:65536",
                "192.0.2.1:123456",
                "192.0.2.1:80:80",
                "[::1]80",
                "_a b",
                "unknownx",
                ":80"
            })
    void otherTextsAreNoNodes(String text) {
        assertThat(ForwardedNode.parse(text)).isEmpty();
    }

    @Test
    void refusesToWriteWhatNoFieldMayHave() {
        assertThatThrownBy(() ->
                        ForwardedElement.of(ForwardedNode.obfuscated("_x")).with("host", "a\r\nb"))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new ForwardedElement(Map.of("a b", "c"))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> ForwardedNode.obfuscated("x")).isInstanceOf(IllegalArgumentException.class);
    }
}
