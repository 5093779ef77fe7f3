package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A user's own parts of an nginx.conf with HTTP servers, run as they are: in a network where their addresses exist, with nginx as the three
 * servers. Needs root, nginx and curl.
 */
@Timeout(300)
class SeedHttpTest {
    @TempDir
    private Path folder;

    private SeedServers servers;
    private NetworkNamespace network;

    @BeforeEach
    void startServers() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "needs curl (package curl)");
        servers = SeedServers.start(
                folder,
                "h",
                "set_real_ip_from 192.168.0.160;",
                "ADDRESS client $remote_addr header $http_x_real_ip\\n");
        network = servers.balancer();
    }

    @AfterEach
    void closeNetwork() throws Exception {
        if (servers != null) {
            servers.close();
        }
    }

    @Test
    void roundRobinTakesTurns() throws Exception {
        run(seed("0-http-rr"));

        assertThat(servedBy(9)).isEqualTo("abcabcabc");
    }

    @Test
    void weightsAreSpreadSmoothly() throws Exception {
        run(seed("0-http-weighted"));

        assertThat(servedBy(20)).isEqualTo("cbcacbccbc".repeat(2));
    }

    @Test
    void leastConnectionsTakeTurnsWhereAllAreIdle() throws Exception {
        run(seed("0-http-least-conn"));

        assertThat(servedBy(9)).isEqualTo("abcabcabc");
    }

    @Test
    void clientStaysOnItsServerByTheHashOfItsAddress() throws Exception {
        run(seed("0-http-ip-hash"));

        assertThat(servedBy(10)).containsPattern("^([abc])\\1{9}$");
    }

    @Test
    void serversLearnTheClientsAddress() throws Exception {
        var pool = Files.writeString(folder.resolve("pool.conf"), "upstream myweb1 { server 192.168.0.161; }");
        run(pool, seed("0-realip-balancer"));

        assertThat(curl(1, "-H", "X-Real-IP: 6.6.6.6")).isEqualTo("192.168.0.161 client 127.0.0.1 header 127.0.0.1\n");
    }

    @Test
    void killedServerCostsNoRequest() throws Exception {
        run(seed("0-http-rr"));
        var before = servedBy(6);
        var killed = servers.nginx("192.168.0.162");
        killed.destroy();
        killed.onExit().get(10, TimeUnit.SECONDS);

        assertThat(before).isEqualTo("abcabc");
        assertThat(servedBy(20)).matches("[ac]{20}");
    }

    private Path seed(String name) throws IOException {
        var file = folder.resolve(name + ".conf");
        try (var seed = SeedHttpTest.class.getResourceAsStream("/seeds/" + name + ".nginx-fragment.conf")) {
            Files.write(file, seed.readAllBytes());
        }
        return file;
    }

    private void run(Path... files) throws Exception {
        var command = new ArrayList<>(List.of(
                ProcessHandle.current().info().command().orElse("java"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Lb.class.getName(),
                "run",
                "--as",
                "http"));
        for (var file : files) {
            command.add(file.toString());
        }
        network.start(folder.resolve("lb.out"), command.toArray(String[]::new));
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() ->
                        assertThat(Files.readString(folder.resolve("lb.out"))).contains("ready http 0.0.0.0:80"));
    }

    /** Which server answered each of so many requests, one after the other: a, b or c. */
    private String servedBy(int requests) throws Exception {
        var letters = new StringBuilder();
        curl(requests)
                .lines()
                .forEach(line -> letters.append((char) ('a' + SeedServers.ADDRESSES.indexOf(line.split(" ")[0]))));
        return letters.toString();
    }

    private String curl(int requests, String... more) throws Exception {
        var command = new ArrayList<>(List.of("curl", "-sS", "-m", "20", "-H", "Host: www.sc.com"));
        command.addAll(List.of(more));
        command.add("http://127.0.0.1/[1-" + requests + "]");
        return network.output(folder.resolve("curl.out"), command.toArray(String[]::new));
    }
}
