package io.steelyard.config.keepalived;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.vrrp.VirtualRoute;
import io.steelyard.api.vrrp.VirtualRouter;
import io.steelyard.api.vrrp.VirtualRule;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code virtual_routes} and {@code virtual_rules}: all words of ip-route(8) and ip-rule(8) that keepalived knows. */
class RoutesAndRulesTest {
    @TempDir
    private Path folder;

    private static VirtualRoute route(String line) {
        return Read.router("virtual_routes {", line, "}").routes().getFirst();
    }

    private static VirtualRule rule(String line) {
        return Read.router("virtual_rules {", line, "}").rules().getFirst();
    }

    private static List<String> errors(String block, String line) {
        return Read.findings(Read.instance(block + " {", line, "}")).stream()
                .filter(text -> !text.contains("warning") && !text.contains("notice"))
                .toList();
    }

    @Test
    void routesHaveAllAttributes() {
        var route =
                route("10.1.0.0/16 via 10.0.0.1 dev eth0 dsfield 0x10 mtu lock 1400 hoplimit 64 advmss 1300 rtt 100ms"
                        + " rttvar 50 reordering 4 window 2000 cwnd lock 7 initcwnd 20 initrwnd 30 ssthresh 9 rto_min 0.2s"
                        + " features ecn quickack 1 congctl lock bbr realms 3/4 fastopen_no_cookie 1 ttl-propagate enabled"
                        + " scope global protocol static priority 7");

        assertThat(route.attributes())
                .containsAllEntriesOf(Map.of(
                        "tos", "0x10", "mtu", "lock 1400", "rtt", "100ms", "congctl", "lock bbr", "realms", "3/4"))
                .hasSize(19);
        assertThat(route.metric()).hasValue(7);
        assertThat(route("2001:db8::/32 dev eth0 pref high expires 60").attributes())
                .isEqualTo(Map.of("pref", "high", "expires", "60"));
        assertThat(route("default via 10.0.0.1").destination()).hasToString("0.0.0.0/0");
        assertThat(route("inet6 default dev eth0").destination().address().getAddress())
                .hasSize(16);
        assertThat(route("10.1.0.0/16 via inet6 fe80::1 dev eth0")
                        .nextHops()
                        .getFirst()
                        .gateway())
                .hasValueSatisfying(gateway -> assertThat(gateway.getAddress()).hasSize(16));
    }

    @Test
    void routesHaveSeveralNextHops() {
        var route = route("10.1.0.0/16 nexthop via 10.0.0.1 dev eth0 weight 3 onlink nexthop via 10.0.0.2");

        assertThat(route.nextHops()).hasSize(2);
        assertThat(route.nextHops().getFirst().weight()).isEqualTo(3);
        assertThat(route.nextHops().getFirst().isOnLink()).isTrue();
        assertThat(route.nextHops().getLast().isOnLink()).isFalse();
    }

    @Test
    void rulesHaveAllSelectors() {
        var rule = rule(
                "not from 10.1.0.0/16 to 10.2.0.0/16 iif eth0 oif eth1 fwmark 24/12 tos 0x10 realms 3/4 tunnel-id 77"
                        + " suppress_prefixlen 0 suppress_ifgroup default uidrange 5-9 protocol static ipproto tcp sport 10-20"
                        + " dport 80 table 100 preference 300");

        assertThat(rule.isInverted()).isTrue();
        assertThat(rule.selectors())
                .containsEntry("suppress_prefixlength", "0")
                .containsEntry("suppress_ifgroup", "0")
                .containsEntry("protocol", "4")
                .containsEntry("ipproto", "6")
                .hasSize(13);
        assertThat(rule("goto 400 preference 300").action()).isEqualTo(new VirtualRule.Action.GoTo(400));
        assertThat(rule("nop preference 300").action()).isEqualTo(new VirtualRule.Action.Nothing());
        assertThat(rule("iif eth0 l3mdev preference 300").action()).isEqualTo(new VirtualRule.Action.InterfaceTable());
    }

    @Test
    void rulesWithoutAPriorityGetKeepalivedsEachFamilyForItself() {
        VirtualRouter router = Read.configuration("static_rules {\nfrom 10.8.0.0/16 table 9\n}\n"
                        + Read.instance(
                                "virtual_rules {",
                                "from 10.9.0.0/16 table 100",
                                "inet6 fwmark 3 table 100",
                                "from 10.7.0.0/16 table 100",
                                "}"))
                .virtualRouters()
                .getFirst();

        assertThat(router.rules())
                .extracting(rule -> rule.priority().orElseThrow())
                .containsExactly(16_383, 16_384, 16_382);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "10.1.0.0/16 dev eth0 mtu large | 'mtu' is 'large'",
                "10.1.0.0/16 dev eth0 scope wide | 'scope' is 'wide'",
                "10.1.0.0/16 dev eth0 protocol nobody | 'protocol' is 'nobody'",
                "10.1.0.0/16 dev eth0 table nowhere | nowhere",
                "10.1.0.0/16 dev eth0 rtt 5h | 'rtt' is '5h'",
                "10.1.0.0/16 dev eth0 pref best | 'pref' is 'best'",
                "10.1.0.0/16 dev eth0 tos 300 | 'tos' is '300'",
                "10.1.0.0/16 dev eth0 realms 70000 | 'realms' is '70000'",
                "10.1.0.0/16 dev eth0 encap ip | 'encap'",
                "10.1.0.0/16 dev eth0 vrf blue | 'vrf'"
            })
    void routesThatCannotBeAreErrorsOfTheirLine(String line, String expected) {
        assertThat(errors("virtual_routes", line))
                .isNotEmpty()
                .first()
                .asString()
                .contains(expected, "k:8");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            value = {
                "from 10.1.0.0/16 goto 200 preference 300 | goes to one of a higher priority number",
                "fwmark many table 9 preference 300 | 'fwmark' is 'many'",
                "uidrange 9-5 table 9 preference 300 | ends before it begins",
                "sport 70000 table 9 preference 300 | 'sport' is '70000'",
                "ipproto ether-net table 9 preference 300 | 'ipproto' is 'ether-net'",
                "suppress_ifgroup nobodys table 9 preference 300 | 'suppress_ifgroup' is 'nobodys'",
                "table 0 preference 300 | table"
            })
    void rulesThatCannotBeAreErrorsOfTheirLine(String line, String expected) {
        assertThat(errors("virtual_rules", line))
                .isNotEmpty()
                .first()
                .asString()
                .contains(expected, "k:8");
    }

    @Test
    void namesAreThoseOfTheMachine() throws Exception {
        Files.writeString(folder.resolve("rt_tables"), "# names\n255\tlocal\n100 blue # ours\n");
        Files.createDirectory(folder.resolve("rt_tables.d"));
        Files.writeString(folder.resolve("rt_tables.d/more.conf"), "101 green\n");
        Files.writeString(folder.resolve("rt_tables.d/other.txt"), "102 red\n");
        Files.writeString(folder.resolve("protocols"), "tcp\t6\tTCP\t# transmission\n");
        var names = new MachineNames(folder, folder.resolve("protocols"));

        assertThat(names.resolve(MachineNames.Kind.TABLE, "blue")).isEqualTo("100");
        assertThat(names.resolve(MachineNames.Kind.TABLE, "green")).isEqualTo("101");
        assertThat(names.resolve(MachineNames.Kind.TABLE, "red")).isEqualTo("red");
        assertThat(names.resolve(MachineNames.Kind.IP_PROTOCOL, "TCP")).isEqualTo("6");
        assertThat(names.resolve(MachineNames.Kind.REALM, "3")).isEqualTo("3");
    }
}
