package io.steelyard.linux.netlink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.linux.Errno;
import io.steelyard.linux.Linux;
import io.steelyard.linux.PrivateNetwork;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The tables of a real kernel, in a network namespace of the test's own. Needs root. */
@Timeout(120)
class TablesTest {
    private static final int WAIT_MS = 30_000;

    private PrivateNetwork network;
    private PrivateNetwork neighbour;
    private NetlinkSocket socket;
    private AddressTable addresses;
    private LinkTable links;
    private RouteTable routes;
    private RuleTable rules;
    private int eth0;

    @BeforeEach
    void createNetwork() throws Exception {
        assumeTrue(PrivateNetwork.missing().isEmpty(), PrivateNetwork::missing);
        network = PrivateNetwork.create();
        neighbour = PrivateNetwork.create();
        PrivateNetwork.join(network, "eth0", neighbour, "eth0");
        socket = network.call(NetlinkSocket::open);
        addresses = new AddressTable(socket);
        links = new LinkTable(socket);
        routes = new RouteTable(socket);
        rules = new RuleTable(socket);
        eth0 = links.find("eth0").orElseThrow().index();
    }

    @AfterEach
    void closeNetwork() {
        if (socket != null) {
            socket.close();
        }
        if (network != null) {
            network.close();
        }
        if (neighbour != null) {
            neighbour.close();
        }
    }

    @Test
    void setsAndListsAndRemovesAnIpv4Address() throws Exception {
        var address = AssignedAddress.of(inet("10.1.2.3"), 24, eth0)
                .withLabel("eth0:vip")
                .withScope(253)
                .withBroadcast(inet("10.1.2.255"));

        addresses.add(address);

        assertThat(addresses.list(eth0)).contains(address.withFlags(AssignedAddress.PERMANENT));
        assertThat(network.ip("-4", "addr", "show", "dev", "eth0"))
                .contains("inet 10.1.2.3/24 brd 10.1.2.255 scope link eth0:vip");
        assertThat(addresses.remove(address)).isTrue();
        assertThat(addresses.remove(address)).isFalse();
        assertThat(network.ip("-4", "addr", "show", "dev", "eth0")).doesNotContain("10.1.2.3");
    }

    @Test
    void setsAnIpv6AddressThatIsUsableAtOnce() throws Exception {
        var address = AssignedAddress.of(inet("2001:db8::9"), 64, eth0).withFlags(AssignedAddress.NO_DAD);

        addresses.add(address);

        assertThat(addresses.list(eth0))
                .filteredOn(found -> found.address().equals(address.address()))
                .singleElement()
                .satisfies(found ->
                        assertThat(found.has(AssignedAddress.TENTATIVE)).isFalse());
        assertThat(addresses.remove(address)).isTrue();
    }

    @Test
    void setsAnAddressOfAPointToPointLink() throws Exception {
        var address = AssignedAddress.of(inet("10.1.2.3"), 32, eth0).withPeer(inet("10.1.2.4"));

        addresses.add(address);

        assertThat(network.ip("-4", "addr", "show", "dev", "eth0")).contains("inet 10.1.2.3 peer 10.1.2.4/32");
        assertThat(addresses.list(eth0)).extracting(AssignedAddress::peer).contains(address.peer());
        assertThat(addresses.remove(address)).isTrue();
    }

    @Test
    void anAddressThatIsThereIsRefusedWithTheKernelsReason() throws Exception {
        var address = AssignedAddress.of(inet("10.1.2.3"), 24, eth0);
        addresses.add(address);

        assertThatThrownBy(() -> addresses.add(address))
                .isInstanceOf(NetlinkException.class)
                .hasMessageContaining("add address 10.1.2.3/24 of interface " + eth0)
                .hasMessageContaining("EEXIST")
                .satisfies(refused ->
                        assertThat(((NetlinkException) refused).errno()).isEqualTo(Errno.EEXIST));
        assertThatThrownBy(() -> addresses.add(AssignedAddress.of(inet("10.1.2.3"), 24, 99_999)))
                .hasMessageContaining("ENODEV");
    }

    @Test
    void anAddressGoesWithItsLifetimeUnlessRefreshed() throws Exception {
        var refreshed = AssignedAddress.of(inet("10.1.2.3"), 24, eth0).withLifetime(600, 600);
        var left = AssignedAddress.of(inet("10.1.9.3"), 24, eth0).withLifetime(1, 1);
        var left6 = AssignedAddress.of(inet("2001:db8::9"), 64, eth0)
                .withFlags(AssignedAddress.NO_DAD)
                .withLifetime(1, 1);
        addresses.add(refreshed.withLifetime(2, 2));
        try (var monitor = network.call(() -> NetworkMonitor.open(0))) {
            addresses.add(left);
            addresses.add(left6);
            addresses.replace(refreshed);

            var heard = new Heard();
            heard.await(monitor, () -> heard.removedAddresses.containsAll(List.of(left.address(), left6.address())));
        }

        assertThat(addresses.list(eth0))
                .filteredOn(found -> found.address().equals(refreshed.address()))
                .singleElement()
                .satisfies(found -> assertThat(found.validSeconds()).isBetween(500L, 600L));
    }

    @Test
    void makesAndRemovesAVirtualRoutersInterface() throws Exception {
        var mac = MacAddress.parse("00:00:5e:00:01:33");

        var made = links.createMacvlan("vrrp.51", eth0, mac, "steelyard", false);
        links.setUp(made.index(), true);

        var found = links.find("vrrp.51").orElseThrow();
        assertThat(found.hardwareAddress()).isEqualTo(mac);
        assertThat(found.kind()).isEqualTo("macvlan");
        assertThat(found.parentIndex()).isEqualTo(eth0);
        assertThat(found.has(Link.UP)).isTrue();
        assertThat(network.ip("-d", "link", "show", "dev", "vrrp.51"))
                .contains("macvlan mode private", "alias steelyard", "addrgenmode none");
        assertThatThrownBy(() -> links.createMacvlan("vrrp.51", eth0, mac, "", true))
                .hasMessageContaining("EEXIST");
        assertThatThrownBy(() -> links.createMacvlan("a name that is too long", eth0, mac, "", true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThat(links.remove(made.index())).isTrue();
        assertThat(links.remove(made.index())).isFalse();
        assertThat(links.find("vrrp.51")).isEmpty();
    }

    @Test
    void changesAnInterfacesHardwareAddressAndSettings() throws Exception {
        var mac = MacAddress.parse("02:00:00:00:00:07");
        links.setUp(eth0, false);
        links.setHardwareAddress(eth0, mac);
        network.call(() -> {
            Sysctl.setIpv4("eth0", "arp_ignore", 1);
            assertThat(Sysctl.ipv4("eth0", "arp_ignore")).isEqualTo(1);
            Sysctl.setIpv6("eth0", "accept_dad", 0);
            assertThat(Sysctl.ipv6("eth0", "accept_dad")).isZero();
            assertThatThrownBy(() -> Sysctl.setIpv4("eth7", "arp_ignore", 1))
                    .hasMessage(
                            "cannot set net.ipv4.conf.eth7.arp_ignore to 1: there is no such setting; the interface or "
                                    + "the kernel's support is missing");
            return null;
        });

        assertThat(links.find(eth0).orElseThrow().hardwareAddress()).isEqualTo(mac);
        assertThat(links.find(eth0).orElseThrow().isUsable()).isFalse();
    }

    @Test
    void setsRoutesAndRules() throws Exception {
        addresses.add(AssignedAddress.of(inet("10.1.2.3"), 24, eth0));
        var route = Route.through(inet("10.1.2.1"), inet("10.9.0.0"), 16, eth0).withTable(1_000);
        var rule = RoutingRule.from(new RoutingRule.Network(inet("10.8.0.0"), 16), 1_000, 50);

        routes.add(route);
        rules.add(rule);

        assertThat(routes.list(false)).contains(route);
        assertThat(network.ip("route", "show", "table", "1000")).contains("10.9.0.0/16 via 10.1.2.1 dev eth0");
        assertThat(rules.list(false)).contains(rule);
        assertThat(network.ip("rule", "show")).contains("50:\tfrom 10.8.0.0/16 lookup 1000");
        assertThat(routes.remove(route)).isTrue();
        assertThat(routes.remove(route)).isFalse();
        assertThat(rules.remove(rule)).isTrue();
        assertThat(rules.remove(rule)).isFalse();
        assertThatThrownBy(() -> routes.add(Route.through(inet("10.77.0.1"), inet("10.9.0.0"), 16, eth0)))
                .hasMessageContaining("ENETUNREACH")
                .hasMessageContaining("the kernel says: Nexthop has invalid gateway");
    }

    @Test
    void findsTheRouteToAnAddress() throws Exception {
        addresses.add(AssignedAddress.of(inet("10.1.2.3"), 24, eth0));
        assertThat(routes.find(inet("192.0.2.1"), eth0)).isEmpty();
        routes.add(Route.through(inet("10.1.2.1"), inet("0.0.0.0"), 0, eth0));

        assertThat(routes.find(inet("192.0.2.1"), eth0)).hasValueSatisfying(found -> {
            assertThat(found.prefixLength()).isZero();
            assertThat(found.gateway()).hasValue(inet("10.1.2.1"));
            assertThat(found.interfaceIndex()).isEqualTo(eth0);
        });
        assertThat(routes.find(inet("10.1.2.77"), 0))
                .hasValueSatisfying(found -> assertThat(found.prefixLength()).isEqualTo(24));
    }

    @Test
    void listsOneTableOfOneProtocol() throws Exception {
        addresses.add(AssignedAddress.of(inet("10.1.2.3"), 24, eth0));
        var ours = Route.through(inet("10.1.2.1"), inet("10.9.0.0"), 16, eth0);
        routes.add(ours);
        network.ip("route", "add", "10.8.0.0/16", "via", "10.1.2.1", "proto", "static");

        assertThat(routes.list(false, Route.MAIN, Route.PROTOCOL_VRRP)).containsExactly(ours);
        assertThat(routes.list(false, 77_777, 0)).isEmpty();
    }

    @Test
    void tellsOfRoutesAndRulesThatOthersRemove() throws Exception {
        addresses.add(AssignedAddress.of(inet("10.1.2.3"), 24, eth0));
        addresses.add(AssignedAddress.of(inet("2001:db8::2"), 64, eth0).withFlags(AssignedAddress.NO_DAD));
        var route = Route.through(inet("10.1.2.1"), inet("10.9.0.0"), 16, eth0);
        var route6 = Route.through(inet("2001:db8::1"), inet("2001:db8:9::"), 48, eth0)
                .withMetric(7);
        var rule = RoutingRule.from(new RoutingRule.Network(inet("10.8.0.0"), 16), 1_000, 50);
        var rule6 = RoutingRule.from(new RoutingRule.Network(inet("2001:db8::"), 32), 1_000, 50);
        routes.add(route);
        routes.add(route6);
        rules.add(rule);
        rules.add(rule6);
        try (var monitor = network.call(() -> NetworkMonitor.open(0))) {
            monitor.watchRoutes();
            network.ip("route", "del", "10.9.0.0/16");
            network.ip("route", "del", "2001:db8:9::/48");
            network.ip("rule", "del", "priority", "50");
            network.ip("-6", "rule", "del", "priority", "50");
            var heard = new Heard();
            heard.await(monitor, () -> heard.removedRoutes.containsAll(List.of(route, route6)));
            heard.await(monitor, () -> heard.removedRules.containsAll(List.of(rule, rule6)));
        }
    }

    @Test
    void setsIpv6Routes() throws Exception {
        addresses.add(AssignedAddress.of(inet("2001:db8::2"), 64, eth0).withFlags(AssignedAddress.NO_DAD));
        var route = Route.through(inet("2001:db8::1"), inet("2001:db8:9::"), 48, eth0)
                .withMetric(77);

        routes.add(route);

        assertThat(routes.list(true)).contains(route);
        assertThat(routes.remove(route)).isTrue();
    }

    @Test
    void tellsOfLinksAndAddressesThatOthersChange() throws Exception {
        try (var monitor = network.call(() -> NetworkMonitor.open(0))) {
            var heard = new Heard();
            neighbour.ip("link", "set", "eth0", "down");
            heard.await(monitor, () -> heard.links.stream().anyMatch(link -> link.index() == eth0 && !link.isUsable()));
            neighbour.ip("link", "set", "eth0", "up");
            heard.await(
                    monitor,
                    () -> heard.links.stream()
                            .reduce((first, second) -> second)
                            .filter(link -> link.index() == eth0 && link.isUsable())
                            .isPresent());
            network.ip("addr", "add", "10.3.3.3/24", "dev", "eth0");
            heard.await(monitor, () -> heard.addresses.contains(inet("10.3.3.3")));
            network.ip("addr", "del", "10.3.3.3/24", "dev", "eth0");
            heard.await(monitor, () -> heard.removedAddresses.contains(inet("10.3.3.3")));
            network.ip("link", "del", "eth0");
            heard.await(monitor, () -> heard.removedLinks.contains("eth0"));
        }
    }

    @Test
    void saysThatChangesWereLostWhenTooManyWait() throws Exception {
        try (var monitor = network.call(() -> NetworkMonitor.open(1))) {
            for (int i = 0; i < 200; i++) {
                addresses.add(AssignedAddress.of(inet("10.3." + i + ".1"), 24, eth0));
            }
            var heard = new Heard();
            heard.await(monitor, () -> heard.overruns > 0);
            assertThat(heard.addresses).hasSizeLessThan(200);
            assertThat(addresses.list(eth0)).hasSizeGreaterThanOrEqualTo(200);
        }
    }

    @Test
    void aFloodOfChangesIsToldInBoundedPieces() throws Exception {
        try (var monitor = network.call(() -> NetworkMonitor.open(4 << 20))) {
            for (int i = 0; i < 2 * NetworkMonitor.MOST_DATAGRAMS; i++) {
                addresses.add(AssignedAddress.of(inet("10.3." + i + ".1"), 24, eth0));
            }
            var heard = new Heard();
            assertThat(monitor.drain(heard)).isFalse();
            assertThat(heard.addresses).hasSize(NetworkMonitor.MOST_DATAGRAMS);
        }
    }

    private static InetAddress inet(String text) {
        try {
            return InetAddress.getByName(text);
        } catch (java.net.UnknownHostException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private static final class Heard implements NetworkMonitor.Listener {
        private final List<Link> links = new ArrayList<>();
        private final List<String> removedLinks = new ArrayList<>();
        private final List<InetAddress> addresses = new ArrayList<>();
        private final List<InetAddress> removedAddresses = new ArrayList<>();
        private final List<Route> removedRoutes = new ArrayList<>();
        private final List<RoutingRule> removedRules = new ArrayList<>();
        private int overruns;

        void await(NetworkMonitor monitor, java.util.function.BooleanSupplier condition) throws Exception {
            long deadline = System.nanoTime() + WAIT_MS * 1_000_000L;
            while (!condition.getAsBoolean()) {
                assertThat(System.nanoTime()).as("heard in time").isLessThan(deadline);
                assertThat(Linux.poll(monitor.fd(), Linux.POLLIN, WAIT_MS)).isNotZero();
                monitor.drain(this);
            }
        }

        @Override
        public void linkChanged(Link link) {
            links.add(link);
        }

        @Override
        public void linkRemoved(Link link) {
            removedLinks.add(link.name());
        }

        @Override
        public void addressChanged(AssignedAddress address) {
            addresses.add(address.address());
        }

        @Override
        public void addressRemoved(AssignedAddress address) {
            removedAddresses.add(address.address());
        }

        @Override
        public void routeRemoved(Route route) {
            removedRoutes.add(route);
        }

        @Override
        public void ruleRemoved(RoutingRule rule) {
            removedRules.add(rule);
        }

        @Override
        public void overrun() {
            overruns++;
        }
    }
}
