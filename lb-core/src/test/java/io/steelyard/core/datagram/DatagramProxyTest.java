package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.Event;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Settings;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.AdminState;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.Forwarder;
import io.steelyard.api.proxy.ForwarderContext;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.schedule.Balancer;
import io.steelyard.api.text.Template;
import io.steelyard.core.Steelyard;
import io.steelyard.core.loop.LoopGroup;
import io.steelyard.core.session.Sessions;
import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** UDP proxying with real sockets on loopback. */
@Timeout(60)
class DatagramProxyTest {
    private static final Plugins PLUGINS =
            Plugins.builder().register(new Rotating()).build();
    private static final ProxyOptions DEFAULTS = ProxyOptions.defaults();

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final int port = freePort();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    // ---- carrying

    @Test
    void carriesDatagramsBothWays() throws Exception {
        start(pool(keep(UdpServer.named("a")).address()), DEFAULTS);
        var client = keep(new UdpClient(port));
        assertThat(client.ask("1")).isEqualTo("a:1");
        assertThat(client.ask("2")).isEqualTo("a:2");
    }

    @Test
    void carriesTheLargestDatagramWhole() throws Exception {
        start(pool(keep(UdpServer.echo(InetAddress.getByName("127.0.0.1"))).address()), DEFAULTS);
        var data = new byte[65_507];
        new Random(3).nextBytes(data);
        var client = keep(new UdpClient(port));
        client.send(data);
        assertThat(client.receive(10_000)).isEqualTo(data);
    }

    /** With system calls of ours, as the JDK's sockets send no empty datagram. */
    @Test
    void carriesEmptyDatagrams() throws Exception {
        int server = Linux.udpSocket(false);
        opened.add(() -> Linux.close(server));
        int client = Linux.udpSocket(false);
        opened.add(() -> Linux.close(client));
        var address = SocketAddressBuffer.allocate();
        address.set(InetAddress.getByName("127.0.0.1"), 0);
        assertThat(Linux.bind(server, address)).isZero();
        assertThat(Linux.localAddress(server, address)).isZero();
        start(pool(address.toString()), DEFAULTS);
        address.set(InetAddress.getByName("127.0.0.1"), port);
        assertThat(Linux.connect(client, address)).isZero();

        var batch = DatagramBatch.allocate(2, 100);
        assertThat(Linux.send(client, batch.buffer(0), 0, 0)).isZero();
        assertThat(Linux.poll(server, Linux.POLLIN, 10_000)).isEqualTo(Linux.POLLIN);
        assertThat(batch.receive(server)).isOne();
        assertThat(batch.lengthBytes(0)).isZero();
        assertThat(batch.send(server, 0, 1)).isOne();
        assertThat(Linux.poll(client, Linux.POLLIN, 10_000)).isEqualTo(Linux.POLLIN);
        assertThat(Linux.recv(client, batch.buffer(0), 0, 100)).isZero();
    }

    @Test
    void carriesBetweenTheFamilies() throws Exception {
        var ipv6 = keep(UdpServer.echo(InetAddress.getByName("::1")));
        var ipv4 = keep(UdpServer.echo(InetAddress.getByName("127.0.0.1")));
        start(Configuration.builder()
                .pool(pool(ipv6.address()))
                .pool(ServerPool.builder("four").scheduler("rotating").server(RealServer.of(ipv4.address())))
                .virtualServer(front(DEFAULTS))
                .virtualServer(VirtualServer.udp("six").listen("[::1]:" + port).pool("four"))
                .build());
        assertThat(keep(new UdpClient(port)).ask("from four")).isEqualTo("from four");
        assertThat(keep(new UdpClient("::1", "::1", port)).ask("from six")).isEqualTo("from six");
    }

    @Test
    void answersComeFromTheAddressTheClientSpokeTo() throws Exception {
        var server = keep(UdpServer.named("a"));
        start(pool(server.address()), VirtualServer.udp("front").listen("*:" + port));
        for (var address : List.of("127.0.0.1", "127.0.0.2", "127.9.8.7")) {
            assertThat(keep(new UdpClient("127.0.0.1", address, port)).ask(address))
                    .isEqualTo("a:" + address);
        }
    }

    @Test
    void aSocketOfBothFamiliesAnswersFromTheAddressSpokenTo() throws Exception {
        var server = keep(UdpServer.named("a"));
        var both = new ListenAddress(InetAddress.getByName("::"), port, port, 0, false, false);
        start(pool(server.address()), VirtualServer.udp("front").listen(both));
        assertThat(keep(new UdpClient("127.0.0.1", "127.0.0.5", port)).ask("four"))
                .isEqualTo("a:four");
        assertThat(keep(new UdpClient("::1", "::1", port)).ask("six")).isEqualTo("a:six");
    }

    @Test
    void oneClientThatSpeaksToTwoAddressesHasTwoSessions() throws Exception {
        start(pool(servers("a", "b")), VirtualServer.udp("front").listen("*:" + port));
        try (var socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            for (var to : List.of("127.0.0.1", "127.0.0.2")) {
                socket.send(new java.net.DatagramPacket(new byte[] {'x'}, 1, InetAddress.getByName(to), port));
            }
            await().untilAsserted(() -> assertThat(open()).isEqualTo(2));
        }
    }

    @Test
    void aBurstLongerThanABatchArrivesInOrder() throws Exception {
        var server = keep(UdpServer.named("a"));
        start(pool(server.address()), DEFAULTS);
        var client = keep(new UdpClient(port));
        var expected = new ArrayList<String>();
        for (int i = 0; i < 150; i++) {
            client.send("" + i);
            expected.add("" + i);
        }
        await().untilAsserted(() -> assertThat(server.received()).isEqualTo(expected));
        for (int i = 0; i < 150; i++) {
            assertThat(client.receive()).isEqualTo("a:" + i);
        }
        assertThat(accepted()).isOne();
    }

    // ---- sessions

    @Test
    void aClientStaysWithItsServer() throws Exception {
        start(pool(servers("a", "b", "c")), DEFAULTS);
        var seen = new TreeSet<String>();
        for (int i = 0; i < 9; i++) {
            var client = keep(new UdpClient(port));
            var first = client.ask("x");
            seen.add(first);
            for (int again = 0; again < 5; again++) {
                assertThat(client.ask("x")).isEqualTo(first);
            }
        }
        assertThat(seen).containsExactly("a:x", "b:x", "c:x");
        assertThat(open()).isEqualTo(9);
        assertThat(accepted()).isEqualTo(9);
    }

    @Test
    void clientsWithOneHashKeyShareAServer() throws Exception {
        var pool = ServerPool.builder("web")
                .scheduler("rotating")
                .hashKey("$remote_addr")
                .servers(List.of(servers("a", "b", "c")))
                .build();
        start(pool, DEFAULTS);
        var seen = new TreeSet<String>();
        for (int host = 1; host <= 6; host++) {
            var first =
                    keep(new UdpClient("127.0.0." + host, "127.0.0.1", port)).ask("x");
            var second =
                    keep(new UdpClient("127.0.0." + host, "127.0.0.1", port)).ask("x");
            assertThat(second).isEqualTo(first);
            seen.add(first);
        }
        assertThat(seen).hasSize(3);
    }

    @Test
    void withoutExpectedResponsesEachDatagramIsGivenAServer() throws Exception {
        var a = keep(UdpServer.named("a"));
        var b = keep(UdpServer.named("b"));
        start(
                pool(RealServer.of(a.address()), RealServer.of(b.address())),
                ProxyOptions.builder().responses(0).build());
        var client = keep(new UdpClient(port));
        for (int i = 0; i < 10; i++) {
            client.send("" + i);
        }
        await().untilAsserted(() -> {
            assertThat(a.received()).containsExactly("0", "2", "4", "6", "8");
            assertThat(b.received()).containsExactly("1", "3", "5", "7", "9");
        });
        assertThat(open()).isZero();
        assertThat(accepted()).isEqualTo(10);
    }

    @Test
    void anAnsweredSessionIsOver() throws Exception {
        start(pool(servers("a", "b")), ProxyOptions.builder().responses(1).build());
        var client = keep(new UdpClient(port));
        assertThat(client.ask("1")).isEqualTo("a:1");
        await().untilAsserted(() -> assertThat(open()).isZero());
        assertThat(client.ask("2")).isEqualTo("b:2");
        await().untilAsserted(() -> assertThat(open()).isZero());
        assertThat(failures()).isZero();
    }

    @Test
    void everyExpectedResponseIsAwaited() throws Exception {
        start(
                pool(keep(UdpServer.named("a", 3)).address()),
                ProxyOptions.builder().responses(3).build());
        var client = keep(new UdpClient(port));
        client.send("x");
        for (int i = 0; i < 3; i++) {
            assertThat(client.receive()).isEqualTo("a:x");
        }
        await().untilAsserted(() -> assertThat(open()).isZero());
    }

    @Test
    void afterItsRequestsAClientBeginsAnotherSession() throws Exception {
        start(pool(servers("a", "b")), ProxyOptions.builder().requests(2).build());
        var client = keep(new UdpClient(port));
        assertThat(client.ask("1")).isEqualTo("a:1");
        assertThat(client.ask("2")).isEqualTo("a:2");
        assertThat(client.ask("3")).isEqualTo("b:3");
        assertThat(client.ask("4")).isEqualTo("b:4");
        assertThat(client.ask("5")).isEqualTo("a:5");
        assertThat(open()).as("responses are not counted, so all wait").isEqualTo(3);
    }

    @Test
    void aBurstIsCutIntoSessionsOfTheirRequests() throws Exception {
        var a = keep(UdpServer.named("a"));
        var b = keep(UdpServer.named("b"));
        start(
                pool(RealServer.of(a.address()), RealServer.of(b.address())),
                ProxyOptions.builder().requests(3).responses(1).build());
        var client = keep(new UdpClient(port));
        for (int i = 0; i < 12; i++) {
            client.send("" + i);
        }
        await().untilAsserted(() -> {
            assertThat(a.received()).containsExactly("0", "1", "2", "6", "7", "8");
            assertThat(b.received()).containsExactly("3", "4", "5", "9", "10", "11");
            assertThat(open()).isZero();
        });
    }

    @Test
    void aSilentSessionEndsAndIsNobodysFault() throws Exception {
        start(
                pool(keep(UdpServer.named("a")).address()),
                ProxyOptions.builder().idleTimeout(Duration.ofMillis(50)).build());
        keep(new UdpClient(port)).ask("x");
        await().untilAsserted(() -> assertThat(open()).isZero());
        assertThat(failures()).isZero();
    }

    @Test
    void aMissingAnswerIsItsServersFailure() throws Exception {
        var silent = keep(UdpServer.named("silent", 0));
        var good = keep(UdpServer.named("good"));
        start(
                pool(RealServer.of(silent.address()), RealServer.of(good.address())),
                ProxyOptions.builder()
                        .responses(1)
                        .idleTimeout(Duration.ofMillis(50))
                        .build());
        var client = keep(new UdpClient(port));
        client.send("1");
        await().untilAsserted(() -> assertThat(failures()).isOne());
        assertThat(open()).isZero();
        // Left alone after one failure: both of the next two go to the other.
        assertThat(client.ask("2")).isEqualTo("good:2");
        await().untilAsserted(() -> assertThat(open()).isZero());
        assertThat(client.ask("3")).isEqualTo("good:3");
    }

    @Test
    void answersHeldBackByTheRateComeLater() throws Exception {
        start(
                pool(keep(UdpServer.named("a", 4)).address()),
                ProxyOptions.builder()
                        .downloadRate(10_000)
                        .idleTimeout(Duration.ofMillis(50))
                        .build());
        var client = keep(new UdpClient(port));
        var text = "x".repeat(998);
        client.send(text);
        for (int i = 0; i < 4; i++) {
            assertThat(client.receive()).isEqualTo("a:" + text);
        }
        await().untilAsserted(() -> assertThat(open()).isZero());
        assertThat(failures()).isZero();
    }

    @Test
    void whatComesFasterThanTheUploadRateIsLost() throws Exception {
        var server = keep(UdpServer.named("a"));
        var forwarder = forwarder(
                pool(server.address()), ProxyOptions.builder().uploadRate(10).build(), 1);
        var client = keep(new UdpClient(port));
        for (int i = 0; i < 5; i++) {
            client.send("y".repeat(1_000));
        }
        await().untilAsserted(() -> assertThat(forwarder.drops()).containsEntry("over_upload_rate", 4L));
        assertThat(server.received()).hasSize(1);
        assertThat(forwarder.openFlows()).isOne();
    }

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

    // ---- changes

    @Test
    void sessionsSurviveAChangedVirtualServer() throws Exception {
        start(pool(servers("a", "b")), DEFAULTS);
        var old = keep(new UdpClient(port));
        assertThat(old.ask("1")).isEqualTo("a:1");
        var changed = front(ProxyOptions.builder().responses(1).build());
        balancer.apply(Configuration.builder()
                .pool(balancer.configuration().pools().getFirst())
                .virtualServer(changed)
                .build());
        for (int i = 0; i < 4; i++) {
            assertThat(old.ask("" + i)).isEqualTo("a:" + i);
        }
        assertThat(open()).isOne();
        assertThat(keep(new UdpClient(port)).ask("x")).isEqualTo("b:x");
        await().untilAsserted(() ->
                assertThat(open()).as("the new rule holds for new sessions").isOne());
    }

    @Test
    void sessionsGoOnWhereTheirAddressIsTakenOver() throws Exception {
        var pool = pool(servers("a", "b"));
        start(pool, DEFAULTS);
        var old = keep(new UdpClient(port));
        assertThat(old.ask("1")).isEqualTo("a:1");
        int second = freePort();
        for (var address : List.of("127.0.0.1:" + second, "127.0.0.1:" + port)) {
            balancer.apply(Configuration.builder()
                    .pool(pool)
                    .virtualServer(VirtualServer.udp("front").listen(address).pool("web"))
                    .build());
            assertThat(old.ask("2")).isEqualTo("a:2");
        }
        assertThat(keep(new UdpClient(port)).ask("x")).isEqualTo("b:x");
        assertThat(open()).isEqualTo(2);
    }

    @Test
    void anAddressNobodyUsesIsFree() throws Exception {
        var pool = pool(servers("a"));
        start(pool, DEFAULTS);
        balancer.apply(Configuration.builder()
                .pool(pool)
                .virtualServer(VirtualServer.udp("front")
                        .listen("127.0.0.1:" + freePort())
                        .pool("web"))
                .build());
        await().untilAsserted(() -> new DatagramSocket(new InetSocketAddress("127.0.0.1", port)).close());
    }

    @Test
    void drainingLetsSessionsGoOnAndTakesNoOther() throws Exception {
        var forwarder = forwarder(pool(servers("a")), DEFAULTS, 2);
        var old = keep(new UdpClient(port));
        assertThat(old.ask("1")).isEqualTo("a:1");
        forwarder.stopAccepting();
        keep(new UdpClient(port)).send("late");
        await().untilAsserted(() -> assertThat(forwarder.drops()).containsEntry("not_listening", 1L));
        assertThat(old.ask("2")).isEqualTo("a:2");
        forwarder.close();
        assertThat(forwarder.openFlows()).isZero();
        await().untilAsserted(() -> new DatagramSocket(new InetSocketAddress("127.0.0.1", port)).close());
    }

    @Test
    void aServersSessionsCanBeCut() throws Exception {
        var a = keep(UdpServer.named("a"));
        var b = keep(UdpServer.named("b"));
        var forwarder = forwarder(pool(RealServer.of(a.address()), RealServer.of(b.address())), DEFAULTS, 2);
        var first = keep(new UdpClient(port));
        var second = keep(new UdpClient(port));
        assertThat(first.ask("1")).isEqualTo("a:1");
        assertThat(second.ask("1")).isEqualTo("b:1");
        forwarder.cutFlows("web", a.address());
        await().untilAsserted(() -> assertThat(forwarder.openFlows()).isOne());
        assertThat(second.ask("2")).isEqualTo("b:2");
    }

    @Test
    void aPortInUseIsRefusedWithWhatToDo() throws Exception {
        try (var taken = new DatagramSocket(new InetSocketAddress("127.0.0.1", port))) {
            assertThat(taken.isBound()).isTrue();
            assertThatThrownBy(() -> start(pool("127.0.0.1:9"), DEFAULTS))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("cannot bind udp 127.0.0.1:" + port + ": EADDRINUSE: address already in use;"
                            + " another program has it: find it with 'ss -lunp'");
        }
    }

    @Test
    void aRangeOfPortsIsServed() throws Exception {
        int first = freePort();
        var forwarder = forwarder(
                pool(servers("a")), VirtualServer.udp("front").listen("127.0.0.1:" + first + "-" + (first + 2)), 1);
        for (int i = 0; i < 3; i++) {
            assertThat(keep(new UdpClient(first + i)).ask("x")).isEqualTo("a:x");
        }
        assertThat(forwarder.openFlows()).isEqualTo(3);
    }

    // ---- variables, limits, logs

    @Test
    void aTextCanBeTheAnswer() throws Exception {
        start(
                pool(servers("a")),
                VirtualServer.udp("front")
                        .listen("127.0.0.1:" + port)
                        .target(new Target.Reply(Template.parse("you are $remote_addr:$remote_port over $protocol"))));
        var client = keep(new UdpClient(port));
        assertThat(client.ask("x")).isEqualTo("you are 127.0.0.1:" + client.port() + " over UDP");
        await().untilAsserted(() -> assertThat(open()).isZero());
        assertThat(accepted()).isOne();
    }

    @Test
    void theTargetCanBeWorkedOutForEachSession() throws Exception {
        var named = keep(UdpServer.named("named"));
        int serverPort = Integer.parseInt(named.address().split(":")[1]);
        for (var text : List.of("$remote_addr:" + serverPort, "localhost:" + serverPort)) {
            if (balancer != null) {
                balancer.close();
            }
            start(
                    pool(servers("a")),
                    VirtualServer.udp("front")
                            .listen("127.0.0.1:" + port)
                            .target(new Target.Named(Template.parse(text))));
            assertThat(keep(new UdpClient(port)).ask("x")).isEqualTo("named:x");
        }
    }

    @Test
    void limitsAndLogsHoldForSessions(@TempDir Path folder) throws Exception {
        var file = folder.resolve("access.log");
        var server = keep(UdpServer.named("a"));
        start(Configuration.builder()
                .pool(pool(server.address()))
                .limitZone(new ConnectionLimit.Zone("addr", Template.parse("$binary_remote_addr"), 100))
                .virtualServer(VirtualServer.udp("front")
                        .listen("127.0.0.1:" + port)
                        .pool("web")
                        .options(ProxyOptions.builder()
                                .idleTimeout(Duration.ofMillis(300))
                                .build())
                        .limit(new ConnectionLimit("addr", 1, false, ConnectionLimit.Level.INFO))
                        .accessLog(new AccessLog(
                                file,
                                Template.parse("$status $protocol $bytes_received $bytes_sent $upstream_addr"
                                        + " $upstream_bytes_sent $upstream_bytes_received"),
                                AccessLog.Escape.DEFAULT,
                                Optional.empty(),
                                0,
                                Duration.ZERO)))
                .build());
        assertThat(keep(new UdpClient(port)).ask("12345")).isEqualTo("a:12345");
        keep(new UdpClient(port)).send("refused");
        await().untilAsserted(() -> assertThat(Files.exists(file) ? Files.readAllLines(file) : List.of())
                .containsExactlyInAnyOrder("503 UDP 7 0 - - -", "200 UDP 5 7 " + server.address() + " 5 7"));
    }

    // ---- the stage

    private LoadBalancer balancer;

    private void start(ServerPool pool, ProxyOptions options) {
        start(Configuration.builder().pool(pool).virtualServer(front(options)).build());
    }

    private void start(ServerPool pool, VirtualServer.Builder server) {
        start(Configuration.builder().pool(pool).virtualServer(targeted(server)).build());
    }

    private void start(Configuration configuration) {
        balancer = keep(Steelyard.builder().plugins(PLUGINS).start(configuration));
    }

    /** A forwarder by itself, over the pools of an engine that listens nowhere. */
    private Forwarder forwarder(ServerPool pool, ProxyOptions options, int loops) throws IOException {
        return forwarder(pool, front(options).toBuilder(), loops);
    }

    private Forwarder forwarder(ServerPool pool, VirtualServer.Builder server, int loops) throws IOException {
        start(Configuration.builder().pool(pool).build());
        var group = keep(LoopGroup.start(loops));
        var sessions = keep(new Sessions(event -> {}));
        var provider = new DatagramForwarderProvider(group, sessions, event -> {});
        var forwarder = provider.open(targeted(server), new Context(balancer));
        keep(forwarder);
        return forwarder;
    }

    private record Context(LoadBalancer engine) implements ForwarderContext {
        @Override
        public Balancer balancer(String pool) {
            return engine.balancer(pool).orElseThrow();
        }

        @Override
        public Configuration configuration() {
            return engine.configuration();
        }

        @Override
        public void publish(Event event) {}
    }

    private static VirtualServer targeted(VirtualServer.Builder server) {
        try {
            return server.build();
        } catch (IllegalStateException withoutTarget) {
            return server.pool("web").build();
        }
    }

    private VirtualServer front(ProxyOptions options) {
        return VirtualServer.udp("front")
                .listen("127.0.0.1:" + port)
                .pool("web")
                .options(options)
                .build();
    }

    private static ServerPool pool(String... servers) {
        return pool(Arrays.stream(servers).map(RealServer::of).toArray(RealServer[]::new));
    }

    private static ServerPool pool(RealServer... servers) {
        return ServerPool.builder("web")
                .scheduler("rotating")
                .passiveHealth(new PassiveHealth.MaxFails())
                .servers(List.of(servers))
                .build();
    }

    private RealServer[] servers(String... names) {
        return Arrays.stream(names).map(this::keepServer).toArray(RealServer[]::new);
    }

    private RealServer keepServer(String name) {
        return RealServer.of(keep(UdpServer.named(name)).address());
    }

    private int open() {
        return balancer.status().listeners().getFirst().open();
    }

    private long accepted() {
        return balancer.status().listeners().getFirst().accepted();
    }

    private long refused() {
        return balancer.status().listeners().getFirst().refused();
    }

    private long active() {
        return balancer.status().pools().getFirst().servers().stream()
                .mapToLong(server -> server.active())
                .sum();
    }

    private long failures() {
        return balancer.status().pools().getFirst().servers().stream()
                .mapToLong(server -> server.failures())
                .sum();
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    private static int freePort() {
        try (var socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }
}
