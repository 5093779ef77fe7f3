package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketOption;
import io.steelyard.tck.RealProgram;
import io.steelyard.tck.TestCertificates;
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
import java.util.function.Function;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
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

    private static final Path SETPRIV = Path.of("/usr/bin/setpriv");

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

    /** Rules for clients that speak TLS, or HTTP/2. */
    private static final List<String> HTTP = List.of(
            "mode tcp|tcp-request session silent-drop",
            "mode http|http-request silent-drop if { path / }",
            "mode http|http-response silent-drop");

    /** Ours alone: HAProxy 2.6.12 resets clients of TLS here, and keeps connections of HTTP/2 until {@code timeout client}. */
    @Test
    void clientsOfTlsAndHttp2HearNothing() throws Exception {
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        assumeTrue(mayRepair(), "needs the capability CAP_NET_ADMIN");
        var certificates = new TestCertificates(folder).rsa("one", "one.example");
        var context = certificates.context("one");
        Files.copy(folder.resolve("one.key"), folder.resolve("one.pem.key"));
        var listening = LbProcess.listening(folder.resolve("haproxy.cfg"), 2 * HTTP.size() + 1, this::spoken);
        try (var lb = listening.process()) {
            assertThat(lb.handle().isAlive()).isTrue();
            assertThat(spokenFates(listening.ports(), context))
                    .hasSize(2 * HTTP.size())
                    .allSatisfy(fate -> assertThat(fate).endsWith(": silence"));
        }
    }

    private String spoken(List<Integer> ports) {
        var text = new StringBuilder(head(ports.getLast()));
        for (int i = 0; i < HTTP.size(); i++) {
            listen(text, "tls" + i, ports.get(2 * i) + " ssl crt " + folder.resolve("one.pem"), HTTP.get(i), ports);
            listen(text, "two" + i, String.valueOf(ports.get(2 * i + 1)), HTTP.get(i), ports);
        }
        return text.toString();
    }

    private static List<String> spokenFates(List<Integer> ports, SSLContext context) throws IOException {
        var found = new ArrayList<String>();
        for (int i = 0; i < HTTP.size(); i++) {
            found.add("TLS " + HTTP.get(i) + ": " + tlsFate(ports.get(2 * i), HTTP.get(i), context));
            found.add("HTTP/2 " + HTTP.get(i) + ": " + http2Fate(ports.get(2 * i + 1), HTTP.get(i)));
        }
        return found;
    }

    /** What a client of TLS hears on its connection behind the handshake. */
    private static String tlsFate(int port, String rule, SSLContext context) throws IOException {
        try (var plain = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
            var client = (SSLSocket) context.getSocketFactory().createSocket(plain, "127.0.0.1", port, false);
            client.startHandshake();
            if (rule.contains("http-re")) {
                client.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            }
            return heard(plain, port);
        }
    }

    /** The same of a client that begins with HTTP/2. */
    private static String http2Fate(int port, String rule) throws IOException {
        try (var client = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
            if (rule.contains("http-re")) {
                client.getOutputStream()
                        .write(("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
                                        // RFC 9113 section 6.5: no settings; section 6.2: one request, whose head is
                                        // RFC 7541's.
                                        + "\0\0\0\4\0\0\0\0\0"
                                        + "\0\0\6\1\5\0\0\0\1\u0082\u0084\u0086\101\1a")
                                .getBytes(StandardCharsets.ISO_8859_1));
            }
            return heard(client, port);
        }
    }

    /** Whether a client reads an end, an error, or nothing more behind what was sent before, once its connection is forgotten. */
    private static String heard(Socket client, int port) throws IOException {
        await().atMost(Duration.ofSeconds(60)).until(() -> isForgotten(port, client.getLocalPort()));
        client.setSoTimeout(1);
        try {
            client.getInputStream().readAllBytes();
            return "end";
        } catch (SocketTimeoutException silence) {
            return "silence";
        } catch (IOException reset) {
            return "reset";
        }
    }

    /** Without the capability a reset is sent that no router passes on; beside each other there is none. */
    @Test
    void withoutTheCapabilityNeighboursAreReset() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        assumeTrue(Files.isExecutable(SETPRIV), "needs setpriv (package util-linux)");
        assumeTrue(mayRepair(), "needs the capability CAP_NET_ADMIN, to do without");
        var rule = "mode http|http-request silent-drop if { path / }";
        var ours = deprived(rule, "ours", file -> LbProcess.command("haproxy", "-W", "-f", file.toString()));
        var theirs = deprived(rule, "theirs", file -> List.of("/usr/sbin/haproxy", "-db", "-f", file.toString()));
        assertThat(ours).isEqualTo(theirs).isEqualTo("reset");
    }

    /** What a client hears of a program that lacks the capability. */
    private String deprived(String rule, String name, Function<Path, List<String>> program) throws Exception {
        var ports = CurlCall.freePorts(2);
        var text = new StringBuilder(head(ports.getLast()));
        listen(text, "l", String.valueOf(ports.getFirst()), rule, ports);
        var file = Files.writeString(folder.resolve(name + ".cfg"), text);
        var command = new ArrayList<>(List.of(SETPRIV.toString(), "--bounding-set=-net_admin"));
        command.addAll(program.apply(file));
        try (var started = LbProcess.start(new ProcessBuilder(command))) {
            assertThat(started.handle().isAlive()).isTrue();
            await().atMost(Duration.ofSeconds(60)).until(() -> isListening(ports.getFirst()));
            try (var client = new Socket(InetAddress.getByName("127.0.0.1"), ports.getFirst())) {
                client.getOutputStream()
                        .write("GET / HTTP/1.1\r\nHost: a.example\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                return heard(client, ports.getFirst());
            }
        }
    }

    private static boolean isListening(int port) {
        try (var client = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
            return client.isConnected();
        } catch (IOException notYet) {
            return false;
        }
    }

    private static boolean mayRepair() {
        int fd = Linux.tcpSocket(false);
        boolean may = Linux.set(fd, SocketOption.TCP_REPAIR, 1) >= 0;
        Linux.close(fd);
        return may;
    }

    private static String configuration(List<Integer> ports) {
        var text = new StringBuilder(head(ports.getLast()));
        for (int i = 0; i < RULES.size(); i++) {
            listen(text, "l" + i, String.valueOf(ports.get(i)), RULES.get(i), ports);
        }
        return text.toString();
    }

    private static String head(int answers) {
        return """
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
                """.formatted(answers);
    }

    private static void listen(StringBuilder text, String name, String bind, String rules, List<Integer> ports) {
        text.append("listen ").append(name).append("\n  bind 127.0.0.1:").append(bind);
        text.append("\n  ").append(rules.replace("|", "\n  "));
        text.append("\n  server answers 127.0.0.1:").append(ports.getLast()).append('\n');
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
