package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.Configuration;
import io.steelyard.api.Personality;
import io.steelyard.api.Settings;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.core.Steelyard;
import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The same datagrams through a real nginx and through us, with the same servers and options: what each does is compared, and never with a
 * clock. A datagram to a second port, with a server of its own, shows that the proxy has dealt with all that came before it.
 */
@Timeout(120)
class NginxAgreementTest {
    private static final int DATAGRAMS = 7;
    private static final int SESSIONS = 4;
    private static final Duration NEVER = Duration.ofHours(1);

    /** Long enough for an answer on loopback. */
    private static final Duration SOON = Duration.ofMillis(400);

    private static final String LOG_FORMAT =
            "$status $bytes_received $bytes_sent $upstream_bytes_sent $upstream_bytes_received";

    @TempDir
    private Path folder;

    @BeforeEach
    void needsNginx() {
        assumeTrue(Nginx.isInstalled(), "needs nginx and libnginx-mod-stream");
    }

    @ParameterizedTest(name = "proxy_requests {0}, proxy_responses {1}, {2} answers, silent first server: {3}")
    @CsvSource({
        "0, -1, 1, false",
        "0,  0, 1, false",
        "0,  1, 1, false",
        "0,  2, 2, false",
        "0,  3, 1, false",
        "1,  1, 1, false",
        "1,  0, 1, false",
        "2,  1, 1, false",
        "2,  2, 2, false",
        "2,  2, 1, false",
        "3, -1, 1, false",
        "2,  0, 1, false",
        "0,  1, 1, true",
        "1,  1, 1, true",
        "2, -1, 1, true",
    })
    void datagramsAndAnswersGoWhereNginxSendsThem(int requests, int responses, int answers, boolean isFirstSilent)
            throws Exception {
        compare(new Rules(requests, responses, NEVER, 0), isFirstSilent ? 0 : answers, answers, (stage, servers) -> {
            var seen = new ArrayList<String>();
            try (var client = new UdpClient(stage.port())) {
                for (int i = 0; i < DATAGRAMS; i++) {
                    client.send("" + i);
                    servers.awaitServed(i + 1);
                    stage.settle();
                    seen.add(servers.whoGot("" + i) + " answered " + client.heard());
                }
            }
            return seen;
        });
    }

    @ParameterizedTest(name = "proxy_requests {0}, proxy_responses {1}, {2} answers, first server: {3}")
    @CsvSource({
        "0, -1, 1, answers",
        "0,  1, 1, silent",
        "0,  2, 1, answers",
        "2,  1, 1, answers",
        "2,  2, 1, silent",
        "0, -1, 1, gone",
        "0,  1, 1, gone",
        "2,  1, 1, gone",
    })
    void silentAndRefusedSessionsEndAsWithNginx(int requests, int responses, int answers, String first)
            throws Exception {
        compare(new Rules(requests, responses, SOON, 0), first, answers, (stage, servers) -> {
            var seen = new ArrayList<String>();
            try (var client = new UdpClient(stage.port())) {
                for (int i = 0; i < SESSIONS; i++) {
                    client.send("" + i);
                    int ended = i + 1;
                    await().atMost(Duration.ofSeconds(30))
                            .until(() -> stage.logged().size() >= ended);
                    seen.add(servers.whoGot("" + i));
                }
            }
            seen.addAll(stage.logged());
            return seen;
        });
    }

    @Test
    void fullServersAreLeftOutAsWithNginx() throws Exception {
        compare(new Rules(0, -1, NEVER, 1), 1, 1, (stage, servers) -> {
            var seen = new ArrayList<String>();
            var clients = new ArrayList<UdpClient>();
            for (int i = 0; i < 5; i++) {
                var client = new UdpClient(stage.port());
                clients.add(client);
                client.send("" + i);
                stage.settle();
                servers.awaitServed(Math.min(i + 1, 3));
                stage.settle();
                seen.add(servers.whoGot("" + i) + " answered " + client.heard());
            }
            clients.forEach(UdpClient::close);
            return seen;
        });
    }

    /** At 10 bytes a second, 1000 bytes are followed by 100 s of waiting. */
    @ParameterizedTest(name = "proxy_upload_rate {0}, proxy_download_rate {1}")
    @CsvSource({"10, 0", "0, 10", "10, 10", "0, 0"})
    void whatTheRatesHoldBackIsTheSameAsWithNginx(int uploadRate, int downloadRate) throws Exception {
        compare(new Rules(0, -1, NEVER, 0, uploadRate, downloadRate), 2, 2, (stage, servers) -> {
            var seen = new ArrayList<String>();
            var kilobyte = "x".repeat(999);
            try (var client = new UdpClient(stage.port())) {
                for (int i = 0; i < 3; i++) {
                    client.send(kilobyte + i);
                    stage.settle();
                    servers.awaitServed(uploadRate > 0 ? 1 : i + 1);
                    stage.settle();
                    seen.add(servers.whoGot(kilobyte + i) + " answered " + client.heard());
                }
            }
            return seen;
        });
    }

    // ---- the two proxies

    /** @param maxConnections 0 for no limit */
    private record Rules(
            int requests, int responses, Duration idle, int maxConnections, int uploadRate, int downloadRate) {
        Rules(int requests, int responses, Duration idle, int maxConnections) {
            this(requests, responses, idle, maxConnections, 0, 0);
        }
    }

    /** A proxy to play with. */
    private record Stage(int port, int settlePort, Path log) {
        static Stage of(Path log) {
            return new Stage(FreePort.udp(), FreePort.udp(), log);
        }

        /** Returns when the proxy has dealt with what was on its way to it. */
        void settle() {
            try (var client = new UdpClient(settlePort)) {
                assertThat(client.ask("settled?")).isEqualTo("settle:settled?");
            }
        }

        List<String> logged() throws IOException {
            return Files.exists(log) ? Files.readAllLines(log) : List.of();
        }
    }

    /** What is played, and what is seen of it. */
    @FunctionalInterface
    private interface Play {
        List<String> on(Stage stage, Servers servers) throws Exception;
    }

    private void compare(Rules rules, int answersOfFirst, int answers, Play play) throws Exception {
        compare(rules, answersOfFirst == 0 ? "silent" : "answers", answers, play);
    }

    private void compare(Rules rules, String first, int answers, Play play) throws Exception {
        // The servers come first: their ports, which the system chooses, cannot be those of a proxy that has not begun.
        List<String> theirs;
        try (var servers = new Servers(first, answers)) {
            var stage = Stage.of(folder.resolve("theirs.log"));
            try (var nginx = Nginx.start(
                    folder, streamBlock(stage, servers, rules), List.of(stage.port(), stage.settlePort()))) {
                assertThat(nginx).isNotNull();
                theirs = play.on(stage, servers);
            }
        }
        List<String> ours;
        try (var servers = new Servers(first, answers)) {
            var stage = Stage.of(folder.resolve("ours.log"));
            try (var balancer =
                    Steelyard.builder().plugins(Plugins.installed()).start(configuration(stage, servers, rules))) {
                assertThat(balancer.status().listeners()).hasSize(2);
                ours = play.on(stage, servers);
            }
        }
        assertThat(ours).isEqualTo(theirs);
    }

    private static String streamBlock(Stage stage, Servers servers, Rules rules) {
        var upstream = new StringBuilder();
        for (var server : servers.addresses()) {
            upstream.append("server %s fail_timeout=1h max_conns=%d;\n".formatted(server, rules.maxConnections()));
        }
        return """
                log_format ends '%s';
                upstream u { %s }
                server {
                  listen 127.0.0.1:%d udp;
                  proxy_timeout %dms;
                  %s
                  %s
                  proxy_upload_rate %d;
                  proxy_download_rate %d;
                  proxy_pass u;
                  access_log %s ends;
                }
                server {
                  listen 127.0.0.1:%d udp;
                  proxy_responses 1;
                  proxy_pass %s;
                }
                """.formatted(
                        LOG_FORMAT,
                        upstream,
                        stage.port(),
                        rules.idle().toMillis(),
                        rules.requests() == 0 ? "" : "proxy_requests " + rules.requests() + ";",
                        rules.responses() < 0 ? "" : "proxy_responses " + rules.responses() + ";",
                        rules.uploadRate(),
                        rules.downloadRate(),
                        stage.log(),
                        stage.settlePort(),
                        servers.settle.address());
    }

    private static Configuration configuration(Stage stage, Servers servers, Rules rules) {
        var pool = ServerPool.builder("u").personality(Personality.NGINX).scheduler("nginx.round_robin");
        for (var server : servers.addresses()) {
            pool.server(RealServer.builder(server)
                    .failTimeout(Duration.ofHours(1))
                    .maxConnections(rules.maxConnections())
                    .build());
        }
        return Configuration.builder()
                .settings(new Settings(1, Duration.ofSeconds(1), 0))
                .pool(pool)
                .pool(ServerPool.builder("settle")
                        .scheduler("nginx.round_robin")
                        .server(RealServer.of(servers.settle.address())))
                .virtualServer(VirtualServer.udp("front")
                        .listen("127.0.0.1:" + stage.port())
                        .pool("u")
                        .options(ProxyOptions.builder()
                                .idleTimeout(rules.idle())
                                .requests(rules.requests())
                                .responses(rules.responses())
                                .uploadRate(rules.uploadRate())
                                .downloadRate(rules.downloadRate())
                                .build())
                        .accessLog(new AccessLog(
                                stage.log(),
                                Template.parse(LOG_FORMAT),
                                AccessLog.Escape.DEFAULT,
                                Optional.empty(),
                                0,
                                Duration.ZERO)))
                .virtualServer(VirtualServer.udp("settle")
                        .listen("127.0.0.1:" + stage.settlePort())
                        .pool("settle")
                        .options(ProxyOptions.builder().responses(1).build()))
                .build();
    }

    /** Three servers named a, b and c, and the one that tells when all is settled. */
    private static final class Servers implements AutoCloseable {
        private final UdpServer settle = UdpServer.named("settle");
        private final List<UdpServer> all;

        /** @param first what a does: "answers", "silent", "gone" */
        Servers(String first, int answers) {
            all = List.of(
                    UdpServer.named("a", first.equals("answers") ? answers : 0),
                    UdpServer.named("b", answers),
                    UdpServer.named("c", answers));
            if (first.equals("gone")) {
                all.getFirst().close();
            }
        }

        List<String> addresses() {
            return all.stream().map(UdpServer::address).toList();
        }

        void awaitServed(int requests) {
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(1))
                    .until(() -> all.stream().mapToInt(UdpServer::served).sum() >= requests);
        }

        String whoGot(String text) {
            for (int i = 0; i < all.size(); i++) {
                if (all.get(i).received().contains(text)) {
                    return "" + (char) ('a' + i);
                }
            }
            return "nobody";
        }

        @Override
        public void close() {
            all.forEach(UdpServer::close);
            settle.close();
        }
    }
}
