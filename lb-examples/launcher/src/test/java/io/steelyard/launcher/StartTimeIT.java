package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How long {@code lb nginx} and {@code lb haproxy} take from their start until they accept: reported, as the machine may be busy. */
@Timeout(300)
class StartTimeIT {
    private static final int STARTS = 3;
    private static final Duration LOOK_EVERY = Duration.ofMillis(10);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final System.Logger LOG = System.getLogger(StartTimeIT.class.getName());

    @TempDir
    private Path folder;

    @Test
    void nginxsCommandLineListens() throws Exception {
        for (int i = 0; i < STARTS; i++) {
            int port = CurlCall.freePorts(1).getFirst();
            var file = folder.resolve("nginx.conf");
            Files.writeString(
                    file,
                    "daemon off; pid " + folder.resolve("pid") + "; error_log stderr;\nevents { }\n"
                            + "http { access_log off; server { listen 127.0.0.1:" + port + "; return 200 ok; } }\n");
            report("lb nginx", port, "nginx", "-p", folder.toString(), "-c", file.toString());
        }
    }

    @Test
    void haproxysCommandLineListens() throws Exception {
        for (int i = 0; i < STARTS; i++) {
            int port = CurlCall.freePorts(1).getFirst();
            var file = folder.resolve("haproxy.cfg");
            Files.writeString(
                    file,
                    "defaults\n  mode http\n  timeout client 1m\n  timeout connect 1m\n  timeout server 1m\n"
                            + "frontend f\n  bind 127.0.0.1:" + port + "\n  http-request return status 200\n");
            report("lb haproxy", port, "haproxy", "-W", "-f", file.toString());
        }
    }

    private static void report(String what, int port, String... arguments) throws Exception {
        long startNs = System.nanoTime();
        try (var lb = LbProcess.start(arguments)) {
            Awaitility.await(what)
                    .pollInterval(LOOK_EVERY)
                    .atMost(PATIENCE)
                    .until(() -> isListening(port) || !lb.handle().isAlive());
            assertThat(lb.handle().isAlive())
                    .as(() -> what + " ended: " + lb.err())
                    .isTrue();
            long tookMs = (System.nanoTime() - startNs) / 1_000_000;
            LOG.log(Level.INFO, "{0} listens {1} ms after its start", what, tookMs);
        }
    }

    private static boolean isListening(int port) {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }
}
