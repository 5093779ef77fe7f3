package io.steelyard.realip.header;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.proxy.Network;
import io.steelyard.realip.address.Endpoint;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RealIpRuleTest {
    private static final Endpoint PEER = Endpoint.of(0, 0xFFFF_7F00_0001L, 4_000);

    private static RealIpRule.Builder rule() {
        return RealIpRule.builder()
                .trusted(List.of(Network.parse("127.0.0.1"), Network.parse("10.0.0.0/8")))
                .header("X-Forwarded-For");
    }

    private static String client(RealIpRule rule, Endpoint peer, String... lines) {
        var client = rule.client(peer, List.of(lines));
        return client == null ? "peer" : client.addressText() + (client.port() == 0 ? "" : " " + client.port());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "1.1.1.1, 2.2.2.2, 10.0.0.5 | 10.0.0.5 | 2.2.2.2",
                "garbage, 10.0.0.5 | 10.0.0.5 | 10.0.0.5",
                "10.0.0.4, 10.0.0.5 | 10.0.0.5 | 10.0.0.4",
                "unknown | peer | peer",
                "1.1.1.1,,10.0.0.5 | 10.0.0.5 | 1.1.1.1",
                "1.1.1.1 10.0.0.5 | 10.0.0.5 | 1.1.1.1",
                "9.9.9.9:8080, 10.0.0.5:443 | 10.0.0.5 443 | 9.9.9.9 8080",
                "[2001:db8::1]:80, 10.0.0.5 | 10.0.0.5 | 2001:db8::1 80",
                "2001:db8::1 | 2001:db8::1 | 2001:db8::1",
                "[2001:db8::1] | peer | peer",
                "10.0.0.5, 1.1.1.1 , | 1.1.1.1 | 1.1.1.1",
                ",10.0.0.5 | peer | peer",
                "1..2.3 | 1.0.2.3 | 1.0.2.3",
                "01.002.3.4 | 1.2.3.4 | 1.2.3.4",
                "255.255.255.255 | peer | peer",
            })
    void takesTheWordOfTrustedHops(String line, String once, String recursive) {
        assertThat(client(rule().build(), PEER, line)).isEqualTo(once);
        assertThat(client(rule().recursive(true).build(), PEER, line)).isEqualTo(recursive);
    }

    @Test
    void linesCountFromTheLastToTheFirst() {
        assertThat(client(rule().recursive(true).build(), PEER, "9.9.9.9", "10.0.0.5"))
                .isEqualTo("9.9.9.9");
        assertThat(client(rule().build(), PEER, "9.9.9.9", "10.0.0.5")).isEqualTo("10.0.0.5");
        assertThat(client(rule().recursive(true).build(), PEER, "9.9.9.9", "x, 10.0.0.5"))
                .isEqualTo("10.0.0.5");
        assertThat(client(rule().recursive(true).build(), PEER)).isEqualTo("peer");
    }

    @Test
    void ofOtherHeadersOnlyTheFirstLineCounts() {
        var rule = rule().header("X-Real-IP").recursive(true).build();

        assertThat(client(rule, PEER, "10.0.0.5", "9.9.9.9")).isEqualTo("10.0.0.5");
        assertThat(client(rule, PEER, "9.9.9.9, 10.0.0.5")).isEqualTo("9.9.9.9");
    }

    @Test
    void theWordOfOthersIsNotTaken() {
        var stranger = Endpoint.of(0, 0xFFFF_0808_0808L, 1);

        assertThat(client(rule().build(), stranger, "1.1.1.1")).isEqualTo("peer");
        assertThat(rule().build().proxied(stranger, PEER)).isNull();
        assertThat(rule().build().proxied(PEER, stranger)).isEqualTo(stranger);
        assertThat(rule().build().proxied(PEER, Endpoint.UNIX)).isNull();
    }

    @Test
    void unixPeersAreTrustedWhereThatIsSaid() {
        assertThat(client(rule().build(), Endpoint.UNIX, "1.1.1.1")).isEqualTo("peer");
        assertThat(client(rule().trustsUnix(true).build(), Endpoint.UNIX, "1.1.1.1"))
                .isEqualTo("1.1.1.1");
        assertThat(client(RealIpRule.builder().build(), PEER, "1.1.1.1")).isEqualTo("peer");
    }
}
