package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.schedule.Flow;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AccessFilterTest {
    private static boolean admits(AccessFilter filter, String client) {
        var flow = new Flow(0).client(ServerAddress.numericAddress(client), 1);
        return filter.admits(flow.clientHigh(), flow.clientLow());
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.0.1",
        "10.0.0.0/8, 11.0.0.1",
        "10.1.2.3/8, 10.9.9.9",
        "0.0.0.0/0, 192.0.2.1",
        "0.0.0.0/0, ::1",
        "::/0, 192.0.2.1",
        "::/0, 2001:db8::1",
        "2001:db8::/32, 2001:db8:ffff::1",
        "2001:db8::/32, 2001:db9::1",
        "2001:db8::1, 2001:db8::1",
        "2001:db8::1, 2001:db8::2",
        "2001:db8::/65, 2001:db8:0:0:7fff::1",
        "2001:db8::/65, 2001:db8:0:0:8000::1",
        "192.0.2.7, 192.0.2.7",
        "192.0.2.6/31, 192.0.2.8",
    })
    void agreesWithTheRuleItself(String network, String client) {
        var rule = AccessRule.parse(false, network);
        boolean matches = rule.matches(ServerAddress.numericAddress(client));
        assertThat(admits(AccessFilter.of(List.of(rule)), client)).isEqualTo(!matches);
    }

    @Test
    void theFirstRuleThatMatchesDecides() {
        var filter = AccessFilter.of(List.of(
                AccessRule.parse(false, "10.1.0.0/16"),
                AccessRule.parse(true, "10.0.0.0/8"),
                AccessRule.parse(false, "0.0.0.0/0")));
        assertThat(admits(filter, "10.1.0.1")).isFalse();
        assertThat(admits(filter, "10.2.0.1")).isTrue();
        assertThat(admits(filter, "192.0.2.1")).isFalse();
        assertThat(admits(filter, "::1")).isTrue();
    }
}
