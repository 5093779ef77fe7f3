package io.steelyard.core.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerAddress;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.api.text.VariableDefinition;
import io.steelyard.core.ListedFirst;
import io.steelyard.core.Steelyard;
import io.steelyard.core.TestServer;
import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Variables, limits, targets and logs of connections, with real sockets. */
@Timeout(60)
class StreamSessionTest {
    @TempDir
    private Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final int port = FreePort.tcp();
    private final TestServer a = keep(TestServer.named("a"));
    private final TestServer b = keep(TestServer.named("b"));

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void writesALineWhenAConnectionHasEnded() throws IOException {
        var file = folder.resolve("access.log");
        start(front().pool("a").accessLog(log(file, "$remote_addr $protocol $status $bytes_sent $upstream_addr", 0)));

        assertThat(ask()).isEqualTo("a");

        await().untilAsserted(() ->
                assertThat(file).exists().content().isEqualTo("127.0.0.1 TCP 200 1 " + a.address() + "\n"));
    }

    @Test
    void logsEveryServerTriedAndWhyNoneServed() throws IOException {
        var file = folder.resolve("access.log");
        var refusing = "127.0.0.1:" + FreePort.tcp();
        start(
                front().pool("refusing").accessLog(log(file, "$status $upstream_addr", 0)),
                ServerPool.builder("refusing").scheduler("listed-first").server(RealServer.of(refusing)));

        assertThat(ask()).isEmpty();

        await().untilAsserted(() -> assertThat(file).exists().content().startsWith("502 " + refusing));
    }

    @Test
    void holdsLinesBackUntilItIsClosed() throws Exception {
        var file = folder.resolve("access.log");
        var balancer = start(front().pool("a").accessLog(log(file, "$status", 65_536)));
        assertThat(ask()).isEqualTo("a");
        await().untilAsserted(() ->
                assertThat(balancer.status().listeners().getFirst().open()).isZero());

        balancer.close();

        assertThat(file).content().isEqualTo("200\n");
    }

    @Test
    void sendsLinesToASyslogServer() throws Exception {
        try (var syslog = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            syslog.setSoTimeout(30_000);
            var destination = new AccessLog.Destination.Syslog(
                    ServerAddress.parse("127.0.0.1:" + syslog.getLocalPort()), 23, 6, "web", false);
            start(front().pool("a")
                    .accessLog(new AccessLog(
                            destination,
                            Template.parse("$status $bytes_sent"),
                            AccessLog.Escape.DEFAULT,
                            Optional.empty(),
                            0,
                            Duration.ZERO)));
            assertThat(ask()).isEqualTo("a");
            var packet = new DatagramPacket(new byte[1_000], 1_000);
            syslog.receive(packet);
            assertThat(new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII))
                    .matches("<190>[A-Z][a-z]{2} [ 1-3]\\d \\d\\d:\\d\\d:\\d\\d web: 200 1");
        }
    }

    @Test
    void opensLogsAgainByNameWhenAskedTo() throws IOException {
        var file = folder.resolve("access.log");
        var balancer = start(front().pool("a").accessLog(log(file, "$status", 0)));
        ask();
        await().untilAsserted(() -> assertThat(file).exists().isNotEmptyFile());
        Files.move(file, folder.resolve("old.log"));

        balancer.reopenLogs();
        ask();

        await().untilAsserted(() -> assertThat(file).exists().content().isEqualTo("200\n"));
    }

    @Test
    void aConnectionAboveItsLimitIsClosedAndTheNextAfterOneEndedIsNot() throws Exception {
        var echo = keep(TestServer.echo());
        var file = folder.resolve("access.log");
        start(
                front().pool("echo")
                        .limit(new ConnectionLimit("each", 1, false, ConnectionLimit.Level.ERROR))
                        .accessLog(log(file, "$status", 0)),
                ServerPool.builder("echo").scheduler("listed-first").server(RealServer.of(echo.address())));

        try (var first = connect()) {
            exchange(first);
            assertThat(ask()).isEmpty();
            await().untilAsserted(() -> assertThat(file).exists().content().isEqualTo("503\n"));
        }
        await().untilAsserted(() -> {
            try (var next = connect()) {
                exchange(next);
            }
        });
    }

    @Test
    void clientsTheRulesKeepOutAreLoggedAsForbidden() {
        var file = folder.resolve("access.log");
        start(front().pool("a").access(AccessRule.parse(false, "127.0.0.0/8")).accessLog(log(file, "$status", 0)));

        assertThat(ask()).isEmpty();

        await().untilAsserted(() -> assertThat(file).exists().content().isEqualTo("403\n"));
    }

    @Test
    void aReplyIsSentWholeEvenToAClientThatSpokeFirst() throws IOException {
        start(front().target(new Target.Reply(Template.parse("you are $remote_addr\n"))));

        try (var client = connect()) {
            client.getOutputStream().write("hello".getBytes(StandardCharsets.US_ASCII));
            assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                    .isEqualTo("you are 127.0.0.1\n");
        }
    }

    @Test
    void aTargetMayBeAPoolAnAddressOrAName() {
        start(front().target(new Target.Named(Template.parse("$route"))));

        assertThat(askFrom("127.0.0.2")).isEqualTo("a");
        assertThat(askFrom("127.0.0.3")).isEqualTo("b");
        assertThat(askFrom("127.0.0.4")).isEqualTo("b");
        assertThat(askFrom("127.0.0.5")).isEmpty();
    }

    @Test
    void aHashKeyMayUseAVariableOfItsOwn() {
        // listed-first ignores the key; what is checked is that it can be worked out.
        start(
                front().pool("keyed"),
                ServerPool.builder("keyed")
                        .scheduler("listed-first")
                        .hashKey("$route")
                        .server(RealServer.of(b.address())));

        assertThat(ask()).isEqualTo("b");
    }

    // ---- the stage

    private static VirtualServer.Builder virtualServer(int port) {
        return VirtualServer.tcp("front").listen("127.0.0.1:" + port);
    }

    private VirtualServer.Builder front() {
        return virtualServer(port);
    }

    private static AccessLog log(Path file, String format, int bufferBytes) {
        return new AccessLog(
                file, Template.parse(format), AccessLog.Escape.DEFAULT, Optional.empty(), bufferBytes, Duration.ZERO);
    }

    private LoadBalancer start(VirtualServer.Builder server, ServerPool.Builder... more) {
        var configuration = Configuration.builder()
                .limitZone(new ConnectionLimit.Zone("each", Template.parse("$binary_remote_addr"), 100))
                .variable(new VariableDefinition.TextMap(
                        "route",
                        Template.parse("$remote_addr"),
                        Template.literal("nothing there"),
                        List.of(
                                rule("127.0.0.1", "a"),
                                rule("127.0.0.2", "a"),
                                rule("127.0.0.3", b.address()),
                                rule("127.0.0.4", "localhost:" + b.port())),
                        false))
                .pool(ServerPool.builder("a").scheduler("listed-first").server(RealServer.of(a.address())))
                .virtualServer(server);
        for (var pool : more) {
            configuration.pool(pool);
        }
        return keep(Steelyard.builder().plugins(ListedFirst.plugins()).start(configuration.build()));
    }

    private static VariableDefinition.Rule rule(String key, String value) {
        return new VariableDefinition.Rule(VariableDefinition.Kind.EXACT, key, Template.literal(value));
    }

    private String ask() {
        return askFrom("127.0.0.1");
    }

    private String askFrom(String address) {
        try (var client = new Socket(InetAddress.getByName("127.0.0.1"), port, InetAddress.getByName(address), 0)) {
            client.setSoTimeout(20_000);
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private Socket connect() throws IOException {
        var client = new Socket("127.0.0.1", port);
        client.setSoTimeout(20_000);
        return client;
    }

    private static void exchange(Socket client) throws IOException {
        client.getOutputStream().write('.');
        assertThat(client.getInputStream().read()).isEqualTo('.');
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }
}
