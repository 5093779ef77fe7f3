package io.steelyard.core.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Settings;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.pool.PassiveHealth;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.ListedFirst;
import io.steelyard.core.Steelyard;
import io.steelyard.core.TestServer;
import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TCP proxying with real sockets on loopback. */
@Timeout(60)
class StreamProxyTest {
    private final List<AutoCloseable> opened = new ArrayList<>();
    private final int port = FreePort.tcp();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    // ---- carrying

    @Test
    void carriesBytesBothWays() throws Exception {
        start(pool(echo().address()), ProxyOptions.defaults());

        try (var client = connect()) {
            write(client, "hello");
            assertThat(read(client, 5)).isEqualTo("hello");
            write(client, "again");
            assertThat(read(client, 5)).isEqualTo("again");
        }
    }

    @Test
    void keepsHalfClose() throws Exception {
        var server = keep(TestServer.start(connection -> {
            var all = connection.getInputStream().readAllBytes();
            connection.getOutputStream().write(("got " + all.length).getBytes(StandardCharsets.US_ASCII));
        }));
        start(pool(server.address()), ProxyOptions.defaults());

        try (var client = connect()) {
            write(client, "12345");
            client.shutdownOutput();
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("got 5");
        }
    }

    @Test
    void withoutHalfCloseTheEndOfOneSideEndsBoth() throws Exception {
        var ended = new CountDownLatch(1);
        var server = keep(TestServer.start(connection -> {
            connection.getInputStream().readAllBytes();
            ended.countDown();
            new CountDownLatch(1).await();
        }));
        start(pool(server.address()), ProxyOptions.builder().halfClose(false).build());

        try (var client = connect()) {
            write(client, "12345");
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
            assertThat(ended.await(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void carriesLargeFlowsWhole(boolean splice) throws Exception {
        var data = new byte[48 << 20];
        new Random(7).nextBytes(data);
        start(pool(echo().address()), ProxyOptions.builder().splice(splice).build());

        try (var client = connect()) {
            var sending = CompletableFuture.runAsync(() -> {
                try {
                    client.getOutputStream().write(data);
                    client.shutdownOutput();
                } catch (IOException failed) {
                    throw new java.io.UncheckedIOException(failed);
                }
            });
            var back = client.getInputStream().readAllBytes();
            sending.get(30, TimeUnit.SECONDS);
            assertThat(digest(back)).isEqualTo(digest(data));
        }
    }

    @Test
    void passesAResetFromTheClientOnAsReset() throws Exception {
        var seen = new CompletableFuture<Throwable>();
        var server = keep(TestServer.start(connection -> {
            try {
                connection.getOutputStream().write('x');
                while (connection.getInputStream().read() >= 0) {}
                seen.complete(new AssertionError("the connection ended in order"));
            } catch (SocketException reset) {
                seen.complete(reset);
            }
        }));
        start(pool(server.address()), ProxyOptions.defaults());

        var client = connect();
        read(client, 1);
        client.setSoLinger(true, 0);
        client.close();

        assertThat(seen.get(10, TimeUnit.SECONDS)).hasMessageContaining("reset");
    }

    @Test
    void passesAResetFromTheServerOnAsReset() throws Exception {
        var server = keep(TestServer.start(connection -> {
            connection.getInputStream().read();
            connection.setSoLinger(true, 0);
        }));
        start(pool(server.address()), ProxyOptions.defaults());

        try (var client = connect()) {
            write(client, "x");
            assertThatThrownBy(() -> client.getInputStream().read()).hasMessageContaining("reset");
        }
    }

    @Test
    void aReaderThatStopsStopsTheWriter() throws Exception {
        var mayRead = new CountDownLatch(1);
        var server = keep(TestServer.start(connection -> {
            mayRead.await();
            connection.getInputStream().transferTo(java.io.OutputStream.nullOutputStream());
        }));
        start(pool(server.address()), ProxyOptions.defaults());

        try (var channel = java.nio.channels.SocketChannel.open(new InetSocketAddress("127.0.0.1", port))) {
            channel.configureBlocking(false);
            var chunk = ByteBuffer.allocate(1 << 20);
            long sent = 0;
            int stalled = 0;
            while (stalled < 20_000) {
                chunk.clear();
                int written = channel.write(chunk);
                sent += written;
                stalled = written == 0 ? stalled + 1 : 0;
                Thread.onSpinWait();
            }
            // What the kernel's socket buffers and one pipe take, and no more.
            assertThat(sent).isLessThan(64L << 20);
            mayRead.countDown();
            long before = sent;
            await().atMost(Duration.ofSeconds(10)).until(() -> {
                chunk.clear();
                return channel.write(chunk) > 0;
            });
            assertThat(before).isPositive();
        }
    }

    @Test
    void limitsTheRate() throws Exception {
        var server =
                keep(TestServer.start(connection -> connection.getOutputStream().write(new byte[3_000])));
        start(pool(server.address()), ProxyOptions.builder().downloadRate(1_000).build());

        long begun = System.nanoTime();
        try (var client = connect()) {
            assertThat(client.getInputStream().readAllBytes()).hasSize(3_000);
        }
        // 1000 bytes are due at once, then 1000 with each second that begins: never sooner than two seconds.
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).isGreaterThan(Duration.ofMillis(1_900));
    }

    @Test
    void speaksIpv6OnBothSides() throws Exception {
        var server = keep(TestServer.start(
                InetAddress.getByName("::1"),
                connection -> connection.getInputStream().transferTo(connection.getOutputStream())));
        start(
                pool(server.address()),
                VirtualServer.tcp("front").listen("[::1]:" + port).pool("web").build());

        try (var client = new Socket("::1", port)) {
            write(client, "six");
            assertThat(read(client, 3)).isEqualTo("six");
        }
    }

    @Test
    void reachesServersOnUnixSockets() throws Exception {
        var path = Files.createTempDirectory("lb").resolve("s.sock");
        var listening = keep(ServerSocketChannel.open(StandardProtocolFamily.UNIX));
        listening.bind(UnixDomainSocketAddress.of(path));
        Thread.ofVirtual().start(() -> {
            try (var connection = listening.accept()) {
                connection.write(ByteBuffer.wrap("unix".getBytes(StandardCharsets.US_ASCII)));
            } catch (IOException closed) {
                // The test is over.
            }
        });
        start(pool("unix:" + path), ProxyOptions.defaults());

        try (var client = connect()) {
            assertThat(read(client, 4)).isEqualTo("unix");
        }
        Files.delete(path);
    }

    @Test
    void connectsFromTheSourceAddress() throws Exception {
        var peer = new CompletableFuture<InetAddress>();
        var server = keep(TestServer.start(connection -> peer.complete(connection.getInetAddress())));
        start(
                pool(server.address()),
                ProxyOptions.builder().sourceAddress("127.0.0.77").build());

        try (var client = connect()) {
            client.getInputStream().read();
        }
        assertThat(peer.get(5, TimeUnit.SECONDS).getHostAddress()).isEqualTo("127.0.0.77");
    }

    // ---- choosing a server

    @Test
    void triesAnotherServerWhereOneRefuses() throws Exception {
        start(pool("127.0.0.1:" + FreePort.tcp(), keep(TestServer.named("b")).address()), ProxyOptions.defaults());

        try (var client = connect()) {
            assertThat(read(client, 1)).isEqualTo("b");
        }
    }

    @Test
    void triesNoOtherServerWhereThatIsOff() throws Exception {
        var balancer = start(
                pool("127.0.0.1:" + FreePort.tcp(), keep(TestServer.named("b")).address()),
                ProxyOptions.builder().nextServer(false).build());

        try (var client = connect()) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        await().untilAsserted(() ->
                assertThat(balancer.status().listeners().getFirst().refused()).isEqualTo(1));
    }

    @Test
    void triesTheSameServerAgainUntilItIsThere() throws Exception {
        int late = FreePort.tcp();
        start(
                pool("127.0.0.1:" + late, keep(TestServer.named("b")).address()),
                ProxyOptions.builder()
                        .sameServerRetries(3_000)
                        .retryDelay(Duration.ofMillis(10))
                        .build());

        try (var client = connect()) {
            await().until(() -> balancer.status().listeners().getFirst().accepted() == 1);
            try (var listening = new ServerSocket(late, 1, InetAddress.getLoopbackAddress());
                    var connection = listening.accept()) {
                connection.getOutputStream().write('a');
                assertThat(read(client, 1)).isEqualTo("a");
            }
        }
    }

    @Test
    void triesAnotherServerAfterTheSameOneFailedToTheLast() throws Exception {
        start(
                pool("127.0.0.1:" + FreePort.tcp(), keep(TestServer.named("b")).address()),
                ProxyOptions.builder()
                        .sameServerRetries(2)
                        .retryDelay(Duration.ofMillis(1))
                        .build());

        try (var client = connect()) {
            assertThat(read(client, 1)).isEqualTo("b");
        }
    }

    @Test
    void aClientThatLeavesBetweenTwoTriesGivesItsPlaceBack() throws Exception {
        start(
                pool("127.0.0.1:" + FreePort.tcp()),
                ProxyOptions.builder()
                        .sameServerRetries(1)
                        .retryDelay(Duration.ofMinutes(10))
                        .build());

        try (var client = connect()) {
            await().until(() -> active() == 1);
            client.setSoLinger(true, 0);
        }
        await().until(() -> active() == 0);
    }

    @Test
    void triesAnotherServerWhereOneDoesNotAnswerInTime() throws Exception {
        try (var silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var first = new Socket();
                var second = new Socket()) {
            // A full accept queue drops further connection attempts.
            first.connect(silent.getLocalSocketAddress());
            second.connect(silent.getLocalSocketAddress());
            start(
                    pool(
                            "127.0.0.1:" + silent.getLocalPort(),
                            keep(TestServer.named("b")).address()),
                    ProxyOptions.builder()
                            .connectTimeout(Duration.ofMillis(200))
                            .build());

            try (var client = connect()) {
                assertThat(read(client, 1)).isEqualTo("b");
            }
        }
    }

    @Test
    void closesAtOnceWhereNoServerCanServe() throws Exception {
        var balancer = start(pool("127.0.0.1:" + FreePort.tcp()), ProxyOptions.defaults());

        try (var client = connect()) {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
        await().untilAsserted(() -> {
            assertThat(balancer.status().listeners().getFirst().refused()).isEqualTo(1);
            assertThat(balancer.status().listeners().getFirst().open()).isZero();
        });
    }

    @Test
    void waitsForRoomInTheQueue() throws Exception {
        var server = echo();
        start(
                ServerPool.builder("web")
                        .scheduler("listed-first")
                        .server(RealServer.builder(server.address())
                                .maxConnections(1)
                                .build())
                        .queue(new ConnectionQueue(1, Duration.ofSeconds(30)))
                        .build(),
                ProxyOptions.defaults());

        try (var first = connect()) {
            write(first, "1");
            assertThat(read(first, 1)).isEqualTo("1");
            try (var waiting = connect();
                    var tooMany = connectAfter(() -> queued() == 1)) {
                assertThat(tooMany.getInputStream().read()).isEqualTo(-1);
                write(waiting, "2");
                first.close();
                assertThat(read(waiting, 1)).isEqualTo("2");
            }
        }
        assertThat(server.accepted()).isEqualTo(2);
    }

    @Test
    void leavesTheQueueWhenItsTimeIsOver() throws Exception {
        var server = echo();
        start(
                ServerPool.builder("web")
                        .scheduler("listed-first")
                        .server(RealServer.builder(server.address())
                                .maxConnections(1)
                                .build())
                        .queue(new ConnectionQueue(8, Duration.ofMillis(100)))
                        .build(),
                ProxyOptions.defaults());

        try (var first = connect()) {
            write(first, "1");
            assertThat(read(first, 1)).isEqualTo("1");
            try (var waiting = connect()) {
                assertThat(waiting.getInputStream().read()).isEqualTo(-1);
            }
        }
        await().untilAsserted(() -> assertThat(queued()).isZero());
    }

    @Test
    void turnsAwayClientsTheAccessRulesKeepOut() throws Exception {
        start(
                pool(echo().address()),
                VirtualServer.tcp("front")
                        .listen("127.0.0.1:" + port)
                        .pool("web")
                        .access(AccessRule.parse(false, "127.0.0.9"))
                        .build());

        try (var kept = new Socket(InetAddress.getByName("127.0.0.1"), port, InetAddress.getByName("127.0.0.9"), 0)) {
            assertThat(kept.getInputStream().read()).isEqualTo(-1);
        }
        try (var client = connect()) {
            write(client, "x");
            assertThat(read(client, 1)).isEqualTo("x");
        }
    }

    @Test
    void endsConnectionsThatAreIdleTooLong() throws Exception {
        start(
                pool(echo().address()),
                ProxyOptions.builder().idleTimeout(Duration.ofMillis(150)).build());

        try (var client = connect()) {
            write(client, "x");
            assertThat(read(client, 1)).isEqualTo("x");
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void endsHalfClosedConnectionsByATimeoutOfTheirOwn() throws Exception {
        var server = keep(TestServer.start(connection -> {
            connection.getInputStream().readAllBytes();
            new CountDownLatch(1).await();
        }));
        start(
                pool(server.address()),
                ProxyOptions.builder().halfClosedTimeout(Duration.ofMillis(150)).build());

        try (var client = connect()) {
            write(client, "x");
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void furtherClientsWaitWhileTheVirtualServerHasAllItMay() throws Exception {
        var server = echo();
        start(pool(server.address()), ProxyOptions.builder().maxConnections(1).build());

        try (var first = connect()) {
            write(first, "x");
            assertThat(read(first, 1)).isEqualTo("x");
            try (var second = connect()) {
                write(second, "y");
                for (int i = 0; i < 100; i++) {
                    write(first, "x");
                    assertThat(read(first, 1)).isEqualTo("x");
                }
                assertThat(server.accepted()).isEqualTo(1);
                first.close();
                assertThat(read(second, 1)).isEqualTo("y");
            }
        }
    }

    // ---- a new configuration

    @Test
    void aChangedPoolDropsNoConnectionOfAServerThatStays() throws Exception {
        var stays = echo();
        var goes = keep(TestServer.named("old"));
        var balancer = start(pool(stays.address(), goes.address()), ProxyOptions.defaults());

        try (var client = connect()) {
            write(client, "1");
            assertThat(read(client, 1)).isEqualTo("1");
            balancer.apply(configuration(
                    pool(keep(TestServer.named("new")).address(), stays.address()), front(ProxyOptions.defaults())));
            write(client, "2");
            assertThat(read(client, 1)).isEqualTo("2");
            try (var later = connect()) {
                assertThat(read(later, 3)).isEqualTo("new");
            }
        }
    }

    @Test
    void aRemovedServerDrainsAndIsCutAtTheDeadline() throws Exception {
        var goes = echo();
        var stays = keep(TestServer.named("b"));
        var balancer = start(pool(goes.address(), stays.address()), ProxyOptions.defaults());

        try (var client = connect()) {
            write(client, "1");
            assertThat(read(client, 1)).isEqualTo("1");
            balancer.apply(Configuration.builder()
                    .settings(new Settings(0, Duration.ofMillis(300), 0))
                    .pool(pool(stays.address()))
                    .virtualServer(front(ProxyOptions.defaults()))
                    .build());
            write(client, "2");
            assertThat(read(client, 1)).isEqualTo("2");
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
        }
    }

    @Test
    void aRefusedConfigurationChangesNothing() throws Exception {
        var server = echo();
        var balancer = start(pool(server.address()), ProxyOptions.defaults());
        try (var taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                var client = connect()) {
            var before = balancer.configuration();
            var changed = Configuration.builder()
                    .pool(pool(server.address()))
                    .virtualServer(front(ProxyOptions.defaults()))
                    .virtualServer(VirtualServer.tcp("second")
                            .listen("127.0.0.1:" + taken.getLocalPort())
                            .pool("web")
                            .build())
                    .build();

            assertThatThrownBy(() -> balancer.apply(changed))
                    .hasMessageContaining("127.0.0.1:" + taken.getLocalPort())
                    .hasMessageContaining("EADDRINUSE");

            assertThat(balancer.configuration()).isEqualTo(before);
            write(client, "x");
            assertThat(read(client, 1)).isEqualTo("x");
        }
    }

    @Test
    void aRenamedVirtualServerKeepsItsListener() throws Exception {
        var server = echo();
        var balancer = start(pool(server.address()), ProxyOptions.defaults());
        try (var client = connect()) {
            balancer.apply(configuration(
                    pool(server.address()),
                    VirtualServer.tcp("renamed")
                            .listen("127.0.0.1:" + port)
                            .pool("web")
                            .build()));
            write(client, "x");
            assertThat(read(client, 1)).isEqualTo("x");
            try (var later = connect()) {
                write(later, "y");
                assertThat(read(later, 1)).isEqualTo("y");
            }
        }
    }

    @Test
    void drainWaitsForOpenConnectionsAndAcceptsNoOther() throws Exception {
        var balancer = start(pool(echo().address()), ProxyOptions.defaults());
        try (var client = connect()) {
            write(client, "1");
            assertThat(read(client, 1)).isEqualTo("1");
            var drained = CompletableFuture.runAsync(() -> balancer.drain(Duration.ofSeconds(30)));
            await().untilAsserted(() -> assertThatThrownBy(this::connect).isInstanceOf(IOException.class));
            write(client, "2");
            assertThat(read(client, 1)).isEqualTo("2");
            assertThat(drained).isNotDone();
            client.close();
            drained.get(10, TimeUnit.SECONDS);
        }
    }

    // ---- the stage

    private LoadBalancer balancer;

    private LoadBalancer start(ServerPool pool, ProxyOptions options) {
        return start(pool, front(options));
    }

    private LoadBalancer start(ServerPool pool, VirtualServer server) {
        balancer = keep(Steelyard.builder().plugins(ListedFirst.plugins()).start(configuration(pool, server)));
        return balancer;
    }

    private static Configuration configuration(ServerPool pool, VirtualServer server) {
        return Configuration.builder().pool(pool).virtualServer(server).build();
    }

    private VirtualServer front(ProxyOptions options) {
        return VirtualServer.tcp("front")
                .listen("127.0.0.1:" + port)
                .pool("web")
                .options(options)
                .build();
    }

    private static ServerPool pool(String... servers) {
        return ServerPool.builder("web")
                .scheduler("listed-first")
                .passiveHealth(new PassiveHealth.Off())
                .servers(Arrays.stream(servers).map(RealServer::of).toList())
                .build();
    }

    private int active() {
        return balancer.status().pools().getFirst().servers().getFirst().active();
    }

    private int queued() {
        return balancer.status().pools().getFirst().queued();
    }

    private TestServer echo() {
        return keep(TestServer.echo());
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    private Socket connect() throws IOException {
        var client = new Socket("127.0.0.1", port);
        client.setSoTimeout(20_000);
        return client;
    }

    private Socket connectAfter(java.util.concurrent.Callable<Boolean> condition) throws IOException {
        await().until(condition);
        return connect();
    }

    private static void write(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    }

    private static String read(Socket client, int bytes) throws IOException {
        return new String(client.getInputStream().readNBytes(bytes), StandardCharsets.US_ASCII);
    }

    private static String digest(byte[] data) throws Exception {
        return java.util.HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256").digest(data));
    }
}
