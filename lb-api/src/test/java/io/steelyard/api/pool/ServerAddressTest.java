package io.steelyard.api.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.1:80",
                "255.255.255.255:65535",
                "[2001:db8:0:0:0:0:0:1]:443",
                "db.example:5432",
                "under_score-1:1",
                "unix:/run/app.sock"
            })
    void whatIsReadIsWrittenTheSame(String text) {
        var address = ServerAddress.parse(text);
        assertThat(address.text()).isEqualTo(text);
        assertThat(address).hasToString(text).isEqualTo(ServerAddress.parse(text));
    }

    @Test
    void formsAreToldApart() {
        assertThat(ServerAddress.parse("10.0.0.1:80")).isInstanceOf(ServerAddress.Ip.class);
        assertThat(ServerAddress.parse("[::1]:80")).isInstanceOf(ServerAddress.Ip.class);
        assertThat(ServerAddress.parse("10.0.0.example:80")).isInstanceOf(ServerAddress.Name.class);
        assertThat(ServerAddress.parse("unix:relative:80")).isEqualTo(new ServerAddress.Unix("relative:80"));
        assertThat(ServerAddress.parse("DB.Example:80").text()).isEqualTo("db.example:80");
    }

    @ParameterizedTest
    @CsvSource({"10.0.0.1,10.0.0.1:8080", "[::1],[0:0:0:0:0:0:0:1]:8080", "db.example,db.example:8080", "h:1,h:1"})
    void portMayBeADefault(String text, String whole) {
        assertThat(ServerAddress.parse(text, 8_080).text()).isEqualTo(whole);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "10.0.0.1;        has no port",
                "[::1];           has no port",
                "db.example;      has no port",
                "10.0.0.1:;       is not a port",
                "10.0.0.1:http;   is not a port",
                "10.0.0.1:-1;     is not a port",
                "10.0.0.1:0;      out of range",
                "10.0.0.1:70000;  out of range",
                "10.0.0.1:99999999999999; is not a port",
                "::1:80;          without [ ]",
                "[::1]80;         text after ']'",
                "[::1:80;         has no port",
                "[zz::1]:80;      not a numeric IP address",
                "256.0.0.1:80;    neither an IPv4 address nor a host name",
                "10.0.0:80;       neither an IPv4 address nor a host name",
                "a b:80;          not a host name",
                "exämple:80;      not a host name",
                "unix:;           not a socket path",
            })
    void anythingElseIsRefusedWithTheReason(String text, String reason) {
        assertThatThrownBy(() -> ServerAddress.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void socketPathHasALimit() {
        assertThat(new ServerAddress.Unix("/" + "x".repeat(106)).text()).hasSize(112);
        assertThatThrownBy(() -> new ServerAddress.Unix("/" + "x".repeat(107)))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"localhost", "", "1.2.3", "1.2.3.4.5", "1.2.3.999", "0x7f.0.0.1", "[1.2.3", "a:b"})
    void onlyNumbersAreNumericAddresses(String text) {
        assertThatThrownBy(() -> ServerAddress.numericAddress(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
