package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Configuration;
import io.steelyard.api.Settings;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.VirtualServer;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** UDP sessions with real sockets: servers that fail, and what is dropped. */
@Timeout(60)
class DatagramFaultTest extends DatagramStage {
    // ---- servers that fail

    @Test
    void aRefusalIsItsServersFailureAndTheNextDatagramGoesElsewhere() throws Exception {
        start(pool(RealServer.of(UdpServer.nobody()), keepServer("good")), ProxyOptions.defaults());
        var client = keep(new UdpClient(port));
        client.send("lost");
        await().untilAsserted(() -> assertThat(failures()).isOne());
        assertThat(client.ask("next")).isEqualTo("good:next");
    }

    @Test
    void aBurstToADeadServerMovesToAnother() throws Exception {
        var good = keep(UdpServer.named("good"));
        start(pool(RealServer.of(UdpServer.nobody()), RealServer.of(good.address())), ProxyOptions.defaults());
        var client = keep(new UdpClient(port));
        for (int i = 0; i < 200; i++) {
            client.send("" + i);
        }
        // The first is lost on its way to the dead server; those behind it are told so before they are sent.
        await().untilAsserted(() -> assertThat(good.received()).contains("199"));
        assertThat(failures()).isOne();
    }

    @Test
    void aServerOfAnUnreachableNetworkIsSkipped() throws Exception {
        // The socket to it cannot even be connected: a source address of the other family.
        start(
                pool(RealServer.of("[2001:db8::1]:9"), keepServer("good")),
                ProxyOptions.builder().sourceAddress("127.0.0.9").build());
        assertThat(keep(new UdpClient(port)).ask("x")).isEqualTo("good:x");
        assertThat(failures()).isOne();
    }

    @Test
    void theSourceAddressIsUsed() throws Exception {
        try (var server = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            start(
                    pool("127.0.0.1:" + server.getLocalPort()),
                    ProxyOptions.builder().sourceAddress("127.0.0.9").build());
            keep(new UdpClient(port)).send("x");
            var packet = new java.net.DatagramPacket(new byte[9], 9);
            server.setSoTimeout(10_000);
            server.receive(packet);
            assertThat(packet.getAddress().getHostAddress()).isEqualTo("127.0.0.9");
        }
    }

    @Test
    void aDatagramTooLongForTheServersFamilyIsDroppedAlone() throws Exception {
        // 20 bytes less of a datagram are left to its payload with IPv4 than with IPv6.
        var server = keep(UdpServer.named("a"));
        var forwarder =
                forwarder(pool(server.address()), VirtualServer.udp("front").listen("[::1]:" + port), 1);
        var client = keep(new UdpClient("::1", "::1", port));
        client.send(new byte[65_520]);
        assertThat(client.ask("short")).isEqualTo("a:short");
        assertThat(forwarder.drops()).containsEntry("too_long_for_server", 1L);
        assertThat(forwarder.acceptedFlows()).isOne();
        assertThat(failures()).isZero();
    }

    @Test
    void anAnswerTooLongForTheClientsFamilyIsDroppedAlone() throws Exception {
        var server =
                keep(UdpServer.answering(InetAddress.getByName("::1"), request -> List.of(new byte[65_520], request)));
        var forwarder = forwarder(pool(server.address()), DEFAULTS, 1);
        assertThat(keep(new UdpClient(port)).ask("short")).isEqualTo("short");
        assertThat(forwarder.drops()).containsEntry("client_unreachable", 1L);
        assertThat(failures()).isZero();
    }

    @Test
    void whatThisMachineLacksIsNotTheServersFailure() throws Exception {
        // No interface has this source address: EADDRNOTAVAIL.
        var forwarder = forwarder(
                pool(servers("a")),
                ProxyOptions.builder().sourceAddress("192.0.2.9").build(),
                1);
        var client = keep(new UdpClient(port));
        client.send("x");
        await().untilAsserted(() -> assertThat(forwarder.drops()).containsEntry("out_of_resources", 1L));
        client.send("y");
        await().untilAsserted(() -> assertThat(forwarder.drops()).containsEntry("out_of_resources", 2L));
        assertThat(failures()).isZero();
        assertThat(forwarder.openFlows()).isZero();
        assertThat(active()).as("flows counted on the server").isZero();
    }

    @Test
    void withoutAnotherTryARefusalEndsTheSession() throws Exception {
        var forwarder = forwarder(
                pool(UdpServer.nobody(), UdpServer.nobody()),
                ProxyOptions.builder().nextServer(false).build(),
                1);
        var client = keep(new UdpClient(port));
        await().untilAsserted(() -> {
            client.send("x");
            assertThat(failures()).isPositive();
        });
        await().untilAsserted(() -> assertThat(forwarder.openFlows()).isZero());
        assertThat(active()).isZero();
    }

    @Test
    void aFloodOfClientsIsBoundedAndThoseThatAreServedStay() throws Exception {
        var server = keep(UdpServer.named("a"));
        int most = 20;
        start(Configuration.builder()
                .settings(new Settings(1, Duration.ofSeconds(1), most))
                .pool(pool(server.address()))
                .virtualServer(front(DEFAULTS))
                .build());
        var first = keep(new UdpClient(port));
        assertThat(first.ask("1")).isEqualTo("a:1");
        for (int i = 0; i < 3 * most; i++) {
            keep(new UdpClient("127.0.1." + i, "127.0.0.1", port)).send("flood");
        }
        await().untilAsserted(() -> assertThat(refused()).isEqualTo(2L * most + 1));
        assertThat(open()).isEqualTo(most);
        assertThat(first.ask("2")).isEqualTo("a:2");
    }

    // ---- what is dropped

    @Test
    void withoutAServerDatagramsAreDroppedAndCounted() throws Exception {
        var forwarder = forwarder(pool(servers("a")), DEFAULTS, 2);
        balancer.adminState(
                "web",
                balancer.configuration().pools().getFirst().servers().getFirst().id(),
                AdminState.DISABLED);
        var client = keep(new UdpClient(port));
        for (int i = 0; i < 3; i++) {
            client.send("x");
        }
        await().untilAsserted(() ->
                assertThat(forwarder.drops()).containsEntry("no_server", 3L).containsEntry("not_listening", 0L));
        assertThat(forwarder.refusedFlows()).isEqualTo(3);
        assertThat(forwarder.openFlows()).isZero();
    }

    @Test
    void aFullServerTakesNoMore() throws Exception {
        var server = keep(UdpServer.named("a"));
        var forwarder = forwarder(
                pool(RealServer.builder(server.address()).maxConnections(1).build()), DEFAULTS, 2);
        assertThat(keep(new UdpClient(port)).ask("first")).isEqualTo("a:first");
        keep(new UdpClient(port)).send("second");
        await().untilAsserted(() -> assertThat(forwarder.drops()).containsEntry("all_servers_full", 1L));
    }

    @Test
    void clientsKeptOutAreDropped() throws Exception {
        var server = keep(UdpServer.named("a"));
        var forwarder = forwarder(
                pool(server.address()),
                VirtualServer.udp("front").listen("127.0.0.1:" + port).access(AccessRule.parse(false, "127.0.0.7/32")),
                2);
        keep(new UdpClient("127.0.0.7", "127.0.0.1", port)).send("x");
        await().untilAsserted(() -> assertThat(forwarder.drops()).containsEntry("client_not_admitted", 1L));
        assertThat(keep(new UdpClient("127.0.0.8", "127.0.0.1", port)).ask("y")).isEqualTo("a:y");
    }

    @Test
    void sessionsBeyondTheLimitAreDropped() throws Exception {
        var server = keep(UdpServer.named("a"));
        start(Configuration.builder()
                .settings(new Settings(2, Duration.ofSeconds(1), 2))
                .pool(pool(server.address()))
                .virtualServer(front(DEFAULTS))
                .build());
        assertThat(keep(new UdpClient(port)).ask("1")).isEqualTo("a:1");
        assertThat(keep(new UdpClient(port)).ask("2")).isEqualTo("a:2");
        keep(new UdpClient(port)).send("3");
        await().untilAsserted(() ->
                assertThat(balancer.status().listeners().getFirst().refused()).isOne());
        assertThat(server.received()).containsExactly("1", "2");
    }
}
