package io.steelyard.vrrp.system;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.proxy.Network;
import io.steelyard.api.vrrp.AddressFamily;
import io.steelyard.api.vrrp.VirtualRoute;
import io.steelyard.api.vrrp.VirtualRule;
import io.steelyard.vrrp.lab.PrivateNetwork;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Routes and rules as we put them to the kernel are those that ip(8) makes of the same words. Needs root. */
@Timeout(120)
@Execution(ExecutionMode.CONCURRENT)
class RoutesInKernelTest {
    private static final List<String> ROUTES = List.of(
            "10.1.0.0/16 via 10.0.0.9",
            "10.2.0.0/16 dev eth0",
            "10.3.0.0/16 via 10.0.0.9 dev eth0 table 1000 metric 7",
            "10.4.0.0/16 dev eth0 scope host src 10.0.0.1",
            "10.5.0.0/16 nexthop via 10.0.0.9 dev eth0 weight 3 nexthop via 10.0.0.8 dev eth0 weight 256",
            "10.6.0.0/16 nexthop via 10.99.0.9 dev eth0 weight 1 onlink nexthop via 10.0.0.8 dev eth0 weight 2",
            "10.7.0.0/16 via 10.98.0.9 dev eth0 onlink",
            "10.8.0.0/16 via inet6 fe80::9 dev eth0",
            "10.9.0.0/16 via 10.0.0.9 mtu lock 1400 hoplimit 64 advmss 1300 rtt 100ms rttvar 50ms reordering 4 window 2000"
                    + " cwnd lock 7 initcwnd 20 initrwnd 30 ssthresh 9 rto_min 200ms features ecn quickack 1 congctl reno",
            "10.10.0.0/16 via 10.0.0.9 rtt 100 rttvar 50 fastopen_no_cookie 1",
            "10.11.0.0/16 via 10.0.0.9 tos 0x10 realms 3/4",
            "blackhole 10.12.0.0/16",
            "unreachable 10.13.0.0/16 metric 9",
            "prohibit 10.14.0.0/16",
            "throw 10.15.0.0/16 table 1000",
            "local 10.16.0.1/32 dev eth0",
            "broadcast 10.17.0.0/32 dev eth0",
            "multicast 224.9.0.0/16 dev eth0",
            "0.0.0.0/0 via 10.0.0.9",
            "2001:db8:1::/48 via fd00::9",
            "2001:db8:2::/48 dev eth0 metric 77",
            "2001:db8:3::/48 via fd00::9 dev eth0 pref high mtu 1300 table 1000",
            "2001:db8:4::/48 nexthop via fd00::9 dev eth0 weight 2 nexthop via fd00::8 dev eth0 weight 1",
            "blackhole 2001:db8:5::/48",
            "anycast 2001:db8:6::1/128 dev eth0",
            "::/0 via fd00::9");

    private static final List<String> RULES = List.of(
            "from 10.1.0.0/16 table 100 priority 300",
            "not from 10.2.0.0/16 to 10.3.0.0/16 table 1000 priority 301",
            "from 10.4.0.0/16 goto 400 priority 302",
            "from 10.5.0.0/16 nop priority 303",
            "from 10.6.0.0/16 blackhole priority 304",
            "from 10.7.0.0/16 unreachable priority 305",
            "from 10.8.0.0/16 prohibit priority 306",
            "iif eth0 l3mdev priority 307",
            "iif eth0 oif lo fwmark 24/12 tos 0x10 table 100 priority 308",
            "fwmark 7 table 100 realms 3/4 priority 309",
            "tunnel-id 77 table 100 priority 310",
            "from 10.9.0.0/16 table 100 suppress_prefixlength 0 suppress_ifgroup 5 priority 311",
            "uidrange 5-9 table 100 priority 312",
            "ipproto tcp sport 10-20 dport 80 table 100 priority 313",
            "from 2001:db8::/32 table 100 suppress_prefixlength 0 priority 314",
            "not to 2001:db8::/32 ipproto udp dport 53-54 table 100 priority 315",
            "to 10.10.0.0/16 table 100");

    private PrivateNetwork ours;
    private PrivateNetwork theirs;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(PrivateNetwork.missing().isEmpty(), PrivateNetwork::missing);
        ours = network();
        theirs = network();
    }

    private static PrivateNetwork network() throws Exception {
        var network = PrivateNetwork.create();
        network.ip("link", "add", "eth0", "type", "veth", "peer", "name", "eth1");
        for (var name : List.of("eth0", "eth1")) {
            network.ip("link", "set", name, "addrgenmode", "none");
            network.ip("link", "set", name, "up");
        }
        network.ip("addr", "add", "10.0.0.1/24", "dev", "eth0");
        network.ip("addr", "add", "fd00::1/64", "dev", "eth0", "nodad");
        return network;
    }

    @AfterEach
    void end() throws Exception {
        for (var network : new PrivateNetwork[] {ours, theirs}) {
            if (network != null) {
                network.close();
            }
        }
    }

    @Test
    void everyRouteIsWhatIpMakesOfItsWords() throws Exception {
        var before = shown(ours, "route", "table", "all");
        for (var words : ROUTES) {
            var command = new ArrayList<>(List.of("route", "add"));
            command.addAll(List.of(words.split(" ")));
            int hops = command.indexOf("nexthop");
            command.addAll(hops < 0 ? command.size() : hops, List.of("proto", "18"));
            if (words.contains(":") && !words.contains("inet6")) {
                command.addFirst("-6");
            }
            theirs.ip(command.toArray(String[]::new));
        }
        var routes = ROUTES.stream().map(RoutesInKernelTest::route).toList();
        ours.call(() -> {
            try (var kernel = Kernel.open()) {
                var held = new HeldRoutes("test", routes, List.of(), kernel);
                held.addRoutes();
                assertThat(held.refusals()).isZero();
                assertThat(held.isAnyMissing()).isFalse();
                for (var route : routes) {
                    var wanted = KernelRoute.of(route, kernel.interfaces());
                    assertThat(kernel.routes().list(wanted.isIpv6(), wanted.table(), wanted.protocol()))
                            .filteredOn(found -> found.destination().equals(wanted.destination())
                                    && found.prefixLength() == wanted.prefixLength())
                            .singleElement()
                            .satisfies(found -> {
                                assertThat(found.details()).isEqualTo(wanted.details());
                                assertThat(found.gateway()).isEqualTo(wanted.gateway());
                                assertThat(found.type()).isEqualTo(wanted.type());
                            });
                }
                assertThat(shown(ours, "route", "table", "all")).isEqualTo(shown(theirs, "route", "table", "all"));
                held.removeRoutes();
                assertThat(held.refusals()).isZero();
            }
            return null;
        });
        assertThat(shown(ours, "route", "table", "all")).isEqualTo(before);
    }

    @Test
    void everyRuleIsWhatIpMakesOfItsWords() throws Exception {
        var before = shown(ours, "rule");
        for (var words : RULES) {
            var command = new ArrayList<>(List.of("rule", "add"));
            // What keepalived calls tunnel-id.
            command.addAll(List.of(words.replace("tunnel-id", "tun_id").split(" ")));
            command.addAll(List.of("protocol", "18"));
            if (words.contains(":")) {
                command.addFirst("-6");
            }
            theirs.ip(command.toArray(String[]::new));
        }
        var rules = RULES.stream().map(RoutesInKernelTest::rule).toList();
        ours.call(() -> {
            try (var kernel = Kernel.open()) {
                var held = new HeldRoutes("test", List.of(), rules, kernel);
                held.addRules();
                assertThat(held.refusals()).isZero();
                assertThat(held.isAnyMissing()).isFalse();
                assertThat(shown(ours, "rule")).isEqualTo(shown(theirs, "rule"));
                held.removeRules();
                assertThat(held.refusals()).isZero();
            }
            return null;
        });
        assertThat(shown(ours, "rule")).isEqualTo(before);
    }

    @Test
    void aRouteOfSomebodyElseStays() throws Exception {
        ours.ip("route", "add", "default", "via", "10.0.0.7");
        var routes = List.of(route("0.0.0.0/0 via 10.0.0.9"));
        ours.call(() -> {
            try (var kernel = Kernel.open()) {
                var held = new HeldRoutes("test", routes, List.of(), kernel);
                held.addRoutes();
                assertThat(shown(ours, "route")).contains("via 10.0.0.9", "via 10.0.0.7");
                held.removeRoutes();
            }
            return null;
        });
        assertThat(shown(ours, "route")).contains("via 10.0.0.7").doesNotContain("10.0.0.9");
    }

    private static String shown(PrivateNetwork network, String... what) throws Exception {
        var text = new StringBuilder();
        for (var family : List.of("-4", "-6")) {
            var command = new ArrayList<>(List.of("ip", "-d", family));
            command.addAll(Arrays.asList(what).subList(0, 1));
            command.add("show");
            command.addAll(Arrays.asList(what).subList(1, what.length));
            // What is run on the network's own thread may be asked from that thread, too.
            text.append(
                    Thread.currentThread().getName().equals("private-network")
                            ? new String(new ProcessBuilder(command)
                                    .start()
                                    .getInputStream()
                                    .readAllBytes())
                            : network.run(command.toArray(String[]::new)));
        }
        return text.toString();
    }

    // ---- the words of ip(8), as far as these tests use them

    private static VirtualRoute route(String line) {
        var words = new ArrayList<>(List.of(line.split(" ")));
        var type = VirtualRoute.Type.UNICAST;
        if (Character.isLetter(words.getFirst().charAt(0)) && !words.getFirst().contains(":")) {
            type = VirtualRoute.Type.valueOf(words.removeFirst().toUpperCase(Locale.ROOT));
        }
        var builder = VirtualRoute.builder(Network.parse(words.removeFirst())).type(type);
        Optional<InetAddress> gateway = Optional.empty();
        Optional<String> device = Optional.empty();
        int weight = 1;
        boolean isOnLink = false;
        while (!words.isEmpty()) {
            var word = words.removeFirst();
            switch (word) {
                case "nexthop" -> {
                    if (gateway.isPresent()) {
                        builder.nextHop(new VirtualRoute.NextHop(gateway, device, weight, isOnLink));
                    }
                    isOnLink = false;
                }
                case "via" -> {
                    if (words.getFirst().equals("inet6")) {
                        words.removeFirst();
                    }
                    gateway = Optional.of(InetAddress.ofLiteral(words.removeFirst()));
                }
                case "dev" -> device = Optional.of(words.removeFirst());
                case "weight" -> weight = Integer.parseInt(words.removeFirst());
                case "onlink" -> isOnLink = true;
                case "table" -> builder.table(Integer.parseInt(words.removeFirst()));
                case "metric" -> builder.metric(Integer.parseInt(words.removeFirst()));
                case "scope" -> builder.scope(words.removeFirst());
                case "src" -> builder.source(InetAddress.ofLiteral(words.removeFirst()));
                default -> {
                    var value = words.removeFirst();
                    builder.attribute(word, value.equals("lock") ? "lock " + words.removeFirst() : value);
                }
            }
        }
        if (gateway.isPresent() || device.isPresent()) {
            builder.nextHop(new VirtualRoute.NextHop(gateway, device, weight, isOnLink));
        }
        return builder.build();
    }

    private static VirtualRule rule(String line) {
        var words = new ArrayList<>(List.of(line.split(" ")));
        VirtualRule.Action action = null;
        var settings = new ArrayList<java.util.function.Consumer<VirtualRule.Builder>>();
        while (!words.isEmpty()) {
            var word = words.removeFirst();
            switch (word) {
                case "not" -> settings.add(builder -> builder.inverted(true));
                case "l3mdev" -> action = new VirtualRule.Action.InterfaceTable();
                case "nop" -> action = new VirtualRule.Action.Nothing();
                case "blackhole" -> action = new VirtualRule.Action.Blackhole();
                case "unreachable" -> action = new VirtualRule.Action.Unreachable();
                case "prohibit" -> action = new VirtualRule.Action.Prohibit();
                case "table" -> action = new VirtualRule.Action.Lookup(Integer.parseInt(words.removeFirst()));
                case "goto" -> action = new VirtualRule.Action.GoTo(Integer.parseInt(words.removeFirst()));
                default -> {
                    var value = words.removeFirst();
                    settings.add(builder -> {
                        switch (word) {
                            case "from" -> builder.from(Network.parse(value));
                            case "to" -> builder.to(Network.parse(value));
                            case "priority" -> builder.priority(Integer.parseInt(value));
                            default -> builder.selector(word, value);
                        }
                    });
                }
            }
        }
        var builder = VirtualRule.builder(line.contains(":") ? AddressFamily.IPV6 : AddressFamily.IPV4, action);
        settings.forEach(setting -> setting.accept(builder));
        return builder.build();
    }
}
