package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A user's own nginx.conf with a stream block, run as it is: in a network where its addresses exist, with nginx as its three servers. Needs
 * root and nginx.
 */
@Timeout(300)
class SeedStreamTest {
    @TempDir
    private Path folder;

    private SeedServers servers;
    private NetworkNamespace network;
    private Path configuration;
    private Process balancer;

    @BeforeEach
    void startServers() throws Exception {
        servers = SeedServers.start(folder, "s", "", "ADDRESS");
        network = servers.balancer();
        configuration = folder.resolve("nginx.conf");
        try (var seed = SeedStreamTest.class.getResourceAsStream("/seeds/0-stream.nginx.conf")) {
            Files.write(configuration, seed.readAllBytes());
        }
        balancer = network.start(folder.resolve("lb.out"), lb("run", configuration.toString()));
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(
                        () -> assertThat(output()).contains("ready tcp 0.0.0.0:80 scweb nginx.round_robin 3 servers"));
    }

    @AfterEach
    void closeNetwork() throws Exception {
        if (servers != null) {
            servers.close();
        }
    }

    @Test
    void balancesNineThousandConnectionsThreeThousandEach() throws Exception {
        assertThat(load(9_000)).isEqualTo("192.168.0.161 3000\n192.168.0.162 3000\n192.168.0.163 3000\nfailed 0\n");
    }

    @Test
    void losesNothingDuringReloadsAndAKilledServer() throws Exception {
        var reloading = Thread.ofVirtual().start(this::reloadTwentyTimes);
        var first = load(4_500);
        var killed = servers.nginx("192.168.0.162");
        killed.destroy();
        killed.onExit().get(10, TimeUnit.SECONDS);
        var second = load(4_500);
        reloading.join();

        assertThat(first)
                .contains("192.168.0.161 ", "192.168.0.162 ", "192.168.0.163 ")
                .endsWith("failed 0\n");
        assertThat(second).doesNotContain("192.168.0.162 ").endsWith("failed 0\n");
        assertThat(output()).contains("configuration applied");
    }

    @Test
    void aBadFileChangesNothingAndSaysWhy() throws Exception {
        Files.writeString(configuration, "stream { server { listen 80; proxy_pas scweb; } }");
        hangUp();
        await().atMost(Duration.ofSeconds(20))
                .untilAsserted(
                        () -> assertThat(output()).contains("nginx.conf:1:30").contains("proxy_pas"));

        assertThat(load(30)).endsWith("failed 0\n");
    }

    @Test
    void endsWithZeroWhenToldTo() throws Exception {
        balancer.destroy();

        assertThat(balancer.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(balancer.exitValue()).isZero();
    }

    private void reloadTwentyTimes() {
        try {
            for (int i = 1; i <= 20; i++) {
                var changed = Files.readString(configuration)
                        .replaceFirst(
                                "proxy_pass scweb;(?: proxy_timeout \\d+s;)?",
                                "proxy_pass scweb; proxy_timeout " + (60 + i) + "s;");
                Files.writeString(configuration, changed);
                int times = i;
                hangUp();
                await().atMost(Duration.ofSeconds(20)).until(() -> applied() > times);
            }
        } catch (IOException failed) {
            throw new java.io.UncheckedIOException(failed);
        }
    }

    private long applied() throws IOException {
        return output().lines()
                .filter(line -> line.contains("configuration applied"))
                .count();
    }

    private void hangUp() throws IOException {
        new ProcessBuilder("kill", "-HUP", Long.toString(balancer.pid())).start();
    }

    private String load(int connections) throws Exception {
        return network.output(
                folder.resolve("load.out"),
                java(),
                "-cp",
                System.getProperty("java.class.path"),
                LoadClient.class.getName(),
                "127.0.0.1",
                "80",
                Integer.toString(connections),
                "8");
    }

    private String output() throws IOException {
        return Files.readString(folder.resolve("lb.out"));
    }

    private static String java() {
        return ProcessHandle.current().info().command().orElse("java");
    }

    private static String[] lb(String... arguments) {
        var start = new java.util.ArrayList<>(List.of(
                java(),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Lb.class.getName()));
        start.addAll(List.of(arguments));
        return start.toArray(String[]::new);
    }
}
