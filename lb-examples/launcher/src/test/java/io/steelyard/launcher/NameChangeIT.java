package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A server's name that changes, vanishes and comes back while the launcher runs; a file of the JDK's stands for the system's resolver. */
@Timeout(300)
class NameChangeIT {
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    private Path folder;

    @Test
    void serversFollowTheirNameAndStayWhereItVanishes() throws Exception {
        var hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 app.test\n");
        try (var one = telling("127.0.0.1", 0, "one");
                var two = telling("127.0.0.2", one.getLocalPort(), "two")) {
            assertThat(two.isBound()).isTrue();
            int port = FreePort.tcp();
            var file = Files.writeString(folder.resolve("nginx.conf"), """
                    stream {
                      upstream app { zone app 64k; server app.test:%d; }
                      server { listen 127.0.0.1:%d; proxy_pass app; }
                    }
                    """.formatted(one.getLocalPort(), port));
            try (var lb = start(hosts, file)) {
                await().atMost(PATIENCE).until(() -> answer(port).equals("one"));
                Files.writeString(hosts, "127.0.0.2 app.test\n");
                await().atMost(PATIENCE).until(() -> answer(port).equals("two"));
                Files.writeString(hosts, "");
                lb.awaitErr(line -> line.contains("host name 'app.test' has no address any more"));
                assertThat(answer(port)).isEqualTo("two");
                Files.writeString(hosts, "127.0.0.1 app.test\n");
                await().atMost(PATIENCE).until(() -> answer(port).equals("one"));
                lb.awaitErr(line -> line.contains("host name 'app.test' has addresses again"));
            }
        }
    }

    private static LbProcess start(Path hosts, Path file) throws IOException {
        return LbProcess.start(new ProcessBuilder(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djdk.net.hosts.file=" + hosts,
                "-cp",
                System.getProperty("java.class.path"),
                Lb.class.getName(),
                "run",
                file.toString())));
    }

    /** A server that tells each client its name. */
    private static ServerSocket telling(String address, int port, String name) throws IOException {
        var socket = new ServerSocket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
        Thread.ofVirtual().start(() -> {
            while (!socket.isClosed()) {
                try (var client = socket.accept()) {
                    client.getOutputStream().write(name.getBytes(StandardCharsets.US_ASCII));
                } catch (IOException closed) {
                    // The test is over, or the client has left.
                }
            }
        });
        return socket;
    }

    /** Empty where nobody listens. */
    private static String answer(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException notYet) {
            return "";
        }
    }
}
