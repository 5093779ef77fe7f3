package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Configuration;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.linux.DatagramBatch;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** UDP sessions with real sockets: what is carried where, and when a session is over. */
@Timeout(60)
class DatagramProxyTest extends DatagramStage {
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
                        .idleTimeout(Duration.ofSeconds(2))
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
                ProxyOptions.builder().downloadRate(10_000).responses(4).build());
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
}
