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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A user's own haproxy.cfg files run as they are, with servers at their addresses: nginx, in a network namespace of its own. HAProxy of today
 * refuses the file of mode http, whose words are of its first versions.
 */
@Timeout(180)
class SeedHaproxyTest {
    private static final List<String> SERVERS = List.of("192.168.60.30", "192.168.60.40");

    @TempDir
    private Path folder;

    private NetworkNamespace servers;
    private NetworkNamespace network;

    @BeforeEach
    void startServers() throws Exception {
        assumeTrue(NetworkNamespace.missing().isEmpty(), NetworkNamespace::missing);
        assumeTrue(Files.isExecutable(Path.of("/usr/sbin/nginx")), "needs nginx (package nginx)");
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/curl")), "needs curl (package curl)");
        servers = NetworkNamespace.create("ksrv");
        network = NetworkNamespace.create("kbal");
        NetworkNamespace.join(
                network,
                List.of("192.168.60.1/24"),
                servers,
                SERVERS.stream().map(address -> address + "/24").toList());
        for (var address : SERVERS) {
            startNginx(address);
        }
    }

    @AfterEach
    void closeNetwork() throws Exception {
        if (network != null) {
            network.close();
        }
        if (servers != null) {
            servers.close();
        }
    }

    @Test
    void theHttpFileSpreadsRequestsByItsWeights() throws Exception {
        run("3-http");

        assertThat(servedBy(10)).isEqualTo("ababbababb");
    }

    @Test
    void theTcpFileTakesTurns() throws Exception {
        run("3-tcp");

        assertThat(servedBy(1) + servedBy(1) + servedBy(1) + servedBy(1)).matches("abab|baba");
    }

    private void run(String name) throws Exception {
        var file = folder.resolve(name + ".cfg");
        try (var seed = SeedHaproxyTest.class.getResourceAsStream("/seeds/" + name + ".haproxy.cfg")) {
            Files.write(file, seed.readAllBytes());
        }
        network.start(
                folder.resolve("lb.out"),
                ProcessHandle.current().info().command().orElse("java"),
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Lb.class.getName(),
                "run",
                file.toString());
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(Files.readString(folder.resolve("lb.out")))
                        .containsPattern("ready (http|tcp) 0\\.0\\.0\\.0:80"));
    }

    /** Which server answered each of so many requests, one after the other: a or b. */
    private String servedBy(int requests) throws Exception {
        var command = new ArrayList<>(List.of("curl", "-sS", "-m", "20", "http://127.0.0.1/[1-" + requests + "]"));
        var output = network.output(folder.resolve("curl.out"), command.toArray(String[]::new));
        var letters = new StringBuilder();
        output.lines().forEach(line -> letters.append((char) ('a' + SERVERS.indexOf(line))));
        return letters.toString();
    }

    private void startNginx(String address) throws IOException {
        var home = Files.createDirectory(folder.resolve(address));
        var file = Files.writeString(home.resolve("nginx.conf"), """
                daemon off; master_process off; pid %1$s/pid; error_log %1$s/error.log;
                events { worker_connections 1024; }
                http { access_log off; client_body_temp_path %1$s; proxy_temp_path %1$s; fastcgi_temp_path %1$s;
                       uwsgi_temp_path %1$s; scgi_temp_path %1$s;
                       server { listen %2$s:80; return 200 "%2$s\\n"; } }
                """.formatted(home, address));
        servers.start(home.resolve("out"), "nginx", "-e", home + "/error.log", "-c", file.toString());
        await().atMost(Duration.ofSeconds(30)).until(() -> Files.exists(home.resolve("pid")));
    }
}
