package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketOption;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code silent-drop} wherever it may stand: the balancer has forgotten the connection, and its client takes it for open. */
@Timeout(300)
class HaproxySilentDropIT {
    private static final List<String> RULES = List.of(
            "mode tcp|tcp-request connection silent-drop",
            "mode tcp|tcp-request session silent-drop",
            "mode tcp|tcp-request inspect-delay 30s|tcp-request content silent-drop if { req.len gt 0 }",
            "mode http|tcp-request connection silent-drop",
            "mode http|tcp-request session silent-drop",
            "mode http|tcp-request content silent-drop",
            "mode http|http-request silent-drop if { path / }",
            "mode http|http-response silent-drop",
            "mode tcp|tcp-request connection reject",
            "mode http|http-request reject");

    @TempDir
    private Path folder;

    @Test
    void clientsHearNothing() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        assumeTrue(mayRepair(), "needs the capability CAP_NET_ADMIN");
        try (var pair = HaproxyPair.start(folder, RULES.size() + 1, (ports, own) -> configuration(ports))) {
            var ours = fates(pair.ours());
            assertThat(ours).isEqualTo(fates(pair.theirs()));
            assertThat(ours.subList(0, 8)).allSatisfy(fate -> assertThat(fate).endsWith(": nothing"));
            assertThat(ours.subList(8, 10)).allSatisfy(fate -> assertThat(fate).endsWith(": end"));
        }
    }

    private static boolean mayRepair() {
        int fd = Linux.tcpSocket(false);
        boolean may = Linux.set(fd, SocketOption.TCP_REPAIR, 1) >= 0;
        Linux.close(fd);
        return may;
    }

    private static String configuration(List<Integer> ports) {
        var text = new StringBuilder("""
                global
                  nbthread 1
                defaults
                  mode http
                  timeout client 1m
                  timeout connect 5s
                  timeout server 1m
                frontend answers
                  bind 127.0.0.1:%d
                  http-request return status 200
                """.formatted(ports.getLast()));
        for (int i = 0; i < RULES.size(); i++) {
            text.append("listen l").append(i).append("\n  bind 127.0.0.1:").append(ports.get(i));
            text.append("\n  ").append(RULES.get(i).replace("|", "\n  "));
            text.append("\n  server answers 127.0.0.1:").append(ports.getLast()).append('\n');
        }
        return text.toString();
    }

    private static List<String> fates(Side side) throws IOException {
        var found = new ArrayList<String>();
        for (int i = 0; i < RULES.size(); i++) {
            found.add(RULES.get(i) + ": " + fate(side.ports().get(i), RULES.get(i)));
        }
        return found;
    }

    /** What a client hears once the balancer has no connection any more. */
    private static String fate(int port, String rule) throws IOException {
        try (var client = new Socket(InetAddress.getLoopbackAddress(), port)) {
            // Words that come when the connection is forgotten would be answered by the kernel.
            if (rule.contains("content") || rule.contains("http-re")) {
                client.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            await().atMost(Duration.ofSeconds(60)).until(() -> isForgotten(port, client.getLocalPort()));
            client.setSoTimeout(1);
            return client.getInputStream().read() < 0 ? "end" : "an answer";
        } catch (SocketTimeoutException silence) {
            return "nothing";
        } catch (IOException reset) {
            return "end";
        }
    }

    /** Whether the kernel knows no connection of these ports, seen from the balancer, or one that is being closed. */
    private static boolean isForgotten(int port, int clientPort) throws IOException {
        var local = ":%04X".formatted(port);
        var remote = ":%04X".formatted(clientPort);
        return Stream.of("/proc/net/tcp", "/proc/net/tcp6")
                .flatMap(HaproxySilentDropIT::lines)
                .map(line -> line.strip().split("\\s+"))
                .noneMatch(fields -> fields.length > 3
                        && fields[1].endsWith(local)
                        && fields[2].endsWith(remote)
                        && fields[3].equals("01"));
    }

    private static Stream<String> lines(String file) {
        try {
            return Files.readAllLines(Path.of(file)).stream();
        } catch (IOException absent) {
            return Stream.empty();
        }
    }
}
