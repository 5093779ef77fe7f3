package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A balancer that runs out of file descriptors waits for some, and goes on when there are. */
@Timeout(120)
class DescriptorLimitTest {
    private static final int LIMIT = 200;
    private static final int CLIENTS = 300;

    @TempDir
    private Path folder;

    @Test
    void acceptingPausesWithoutSpinningAndRecovers() throws Exception {
        var out = folder.resolve("lb.out");
        int port = freePort();
        try (var server = new ServerSocket(0, 1024, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> echo(server));
            var file = Files.writeString(
                    folder.resolve("nginx.conf"),
                    "stream { server { listen 127.0.0.1:%d; proxy_pass 127.0.0.1:%d; } }"
                            .formatted(port, server.getLocalPort()));
            var balancer = new ProcessBuilder(
                            "sh",
                            "-c",
                            "ulimit -n " + LIMIT + "; exec "
                                    + ProcessHandle.current().info().command().orElse("java")
                                    + " --enable-native-access=ALL-UNNAMED -cp '"
                                    + System.getProperty("java.class.path")
                                    + "' " + Lb.class.getName() + " run " + file)
                    .redirectErrorStream(true)
                    .redirectOutput(out.toFile())
                    .start();
            var clients = new ArrayList<Socket>();
            try {
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> Files.readString(out).contains("ready tcp"));
                for (int i = 0; i < CLIENTS; i++) {
                    clients.add(new Socket("127.0.0.1", port));
                }
                await().atMost(Duration.ofSeconds(20))
                        .untilAsserted(() -> assertThat(Files.readString(out))
                                .contains("EMFILE")
                                .contains("ulimit -n"));

                assertThat(shareOfOneProcessor(balancer)).isLessThan(0.5);

                for (var client : clients) {
                    client.close();
                }
                await().atMost(Duration.ofSeconds(20)).until(() -> answers(port));
            } finally {
                for (var client : clients) {
                    client.close();
                }
                balancer.destroy();
                assertThat(balancer.waitFor(30, TimeUnit.SECONDS)).isTrue();
            }
        }
    }

    private static boolean answers(int port) {
        try (var client = new Socket("127.0.0.1", port)) {
            client.setSoTimeout(2_000);
            client.getOutputStream().write('x');
            return client.getInputStream().read() == 'x';
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The share of one processor that a process uses over two seconds. */
    private static double shareOfOneProcessor(Process process) {
        var info = process.toHandle();
        long beforeNs = System.nanoTime();
        var before = info.info().totalCpuDuration().orElseThrow();
        await().pollDelay(Duration.ofSeconds(2)).until(() -> true);
        var used = info.info().totalCpuDuration().orElseThrow().minus(before);
        return used.toNanos() / (double) (System.nanoTime() - beforeNs);
    }

    private static void echo(ServerSocket server) {
        try {
            while (true) {
                var connection = server.accept();
                Thread.ofVirtual().start(() -> {
                    try (connection) {
                        connection.getInputStream().transferTo(connection.getOutputStream());
                    } catch (IOException left) {
                        // The test closed it.
                    }
                });
            }
        } catch (IOException closed) {
            // The test is over.
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
