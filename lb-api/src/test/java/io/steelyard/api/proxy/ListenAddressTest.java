package io.steelyard.api.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ListenAddressTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1:80, 127.0.0.1:80",
        "*:80, 0.0.0.0:80",
        "80, 0.0.0.0:80",
        "[::]:80, [0:0:0:0:0:0:0:0]:80",
        "10.0.0.1:8000-8009, 10.0.0.1:8000-8009",
        "8000-8000, 0.0.0.0:8000"
    })
    void addressesAreRead(String text, String written) {
        var address = ListenAddress.parse(text);
        assertThat(address.text()).isEqualTo(written);
        assertThat(ListenAddress.parse(address.text())).isEqualTo(address);
    }

    @Test
    void rangeHasBothEnds() {
        var address = ListenAddress.parse("127.0.0.1:8000-8009");
        assertThat(address.firstPort()).isEqualTo(8_000);
        assertThat(address.lastPort()).isEqualTo(8_009);
        assertThat(address.text(8_004)).isEqualTo("127.0.0.1:8004");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "0;               out of range",
                "70000;           out of range",
                "80-79;           out of range",
                "65535-65536;     out of range",
                "'';              no valid port",
                "127.0.0.1:;      no valid port",
                "127.0.0.1:80-;   no valid port",
                "127.0.0.1:http;  no valid port",
                "::1:80;          without [ ]",
                "localhost:80;    not a numeric IP address",
            })
    void anythingElseIsRefusedWithTheReason(String text, String reason) {
        assertThatThrownBy(() -> ListenAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void unixSocketsHaveAPathInPlaceOfAPort() {
        var listen = ListenAddress.parse("unix:/run/a b.sock");
        assertThat(listen.isUnix()).isTrue();
        assertThat(listen.text()).isEqualTo("unix:/run/a b.sock");
        assertThat(listen.text(0)).isEqualTo("unix:/run/a b.sock");
        assertThat(listen.firstPort()).isZero();
        assertThat(ListenAddress.parse(listen.tls(true).backlog(7).text()).unixSocket())
                .contains(UnixSocket.of("/run/a b.sock"));
        assertThat(ListenAddress.parse("unix:@name").unixSocket().orElseThrow())
                .returns(true, UnixSocket::isAbstract)
                .returns("name", UnixSocket::name);
        for (var wrong : List.of("unix:", "unix:@", "unix:/" + "x".repeat(107), "unix:/a\0b")) {
            assertThatThrownBy(() -> ListenAddress.parse(wrong))
                    .as(wrong)
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("no path of a UNIX socket");
        }
        assertThatThrownBy(() -> new UnixSocket("/a", 01000, "", "")).hasMessageContaining("mode is 512");
        assertThatThrownBy(() -> listen.interfaceName("eth0")).hasMessageContaining("expected none of them");
    }
}
