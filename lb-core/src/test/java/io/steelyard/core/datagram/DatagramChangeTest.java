package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ConnectionLimit;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** UDP sessions with real sockets: changes of the configuration, targets worked out, limits and logs. */
@Timeout(60)
class DatagramChangeTest extends DatagramStage {
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
        int second = FreePort.udp();
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
                        .listen("127.0.0.1:" + FreePort.udp())
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
        int first = FreePort.udp();
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
                        .options(ProxyOptions.builder().requests(2).responses(1).build())
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
        var first = keep(new UdpClient(port));
        assertThat(first.ask("12345")).isEqualTo("a:12345");
        keep(new UdpClient(port)).send("refused");
        await().untilAsserted(() -> assertThat(logged(file)).containsExactly("503 UDP 7 0 - - -"));
        assertThat(first.ask("678")).isEqualTo("a:678");
        await().untilAsserted(
                        () -> assertThat(logged(file)).last().isEqualTo("200 UDP 8 12 " + server.address() + " 8 12"));
    }

    private static List<String> logged(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    @Test
    void whatIsSentWhileANameIsLookedUpComesAfterTheFirstOrIsCounted() throws Exception {
        var server = keep(UdpServer.named("named"));
        int serverPort = Integer.parseInt(server.address().split(":")[1]);
        var forwarder = forwarder(
                pool(servers("a")),
                VirtualServer.udp("front")
                        .listen("127.0.0.1:" + port)
                        .target(new Target.Named(Template.parse("localhost:" + serverPort))),
                1);
        var client = keep(new UdpClient(port));
        for (int i = 10; i < 40; i++) {
            client.send("" + i);
        }
        await().untilAsserted(() -> assertThat(
                        server.received().size() + forwarder.drops().get("waiting_for_name"))
                .isEqualTo(30));
        assertThat(server.received()).first().isEqualTo("10");
        assertThat(server.received()).isSorted();
        assertThat(forwarder.openFlows()).isOne();
    }

    @Test
    void refusedSessionsAreLoggedWithTheirStatus(@TempDir Path folder) throws Exception {
        var file = folder.resolve("access.log");
        // The client's address without a port is no target.
        var forwarder = forwarder(
                pool(servers("a")),
                VirtualServer.udp("front")
                        .listen("127.0.0.1:" + port)
                        .target(new Target.Named(Template.parse("$remote_addr")))
                        .access(AccessRule.parse(false, "127.0.0.7/32"))
                        .accessLog(new AccessLog(
                                file,
                                Template.parse("$remote_addr $status $bytes_received $upstream_addr"),
                                AccessLog.Escape.DEFAULT,
                                Optional.empty(),
                                0,
                                Duration.ZERO)),
                1);
        keep(new UdpClient("127.0.0.7", "127.0.0.1", port)).send("abc");
        keep(new UdpClient("127.0.0.8", "127.0.0.1", port)).send("defg");
        await().untilAsserted(() -> assertThat(logged(file)).containsExactly("127.0.0.7 403 3 -", "127.0.0.8 500 4 -"));
        assertThat(forwarder.drops()).containsEntry("target_unknown", 1L).containsEntry("client_not_admitted", 1L);
        assertThat(forwarder.refusedFlows()).isEqualTo(2);
    }
}
