package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code lb haproxy}, by a link named haproxy, beside the real program. */
class HaproxyCommandLineIT {
    private static final Path REAL = Path.of("/usr/sbin/haproxy");

    @TempDir
    private Path directory;

    private StandIn haproxy;
    private EchoServer one;
    private EchoServer two;
    private int port;
    private Path file;
    private Path pidFile;
    private Path commands;

    @BeforeEach
    void write() throws IOException {
        haproxy = new StandIn(directory, "haproxy");
        one = new EchoServer("one");
        two = new EchoServer("two");
        port = StandIn.freePort();
        file = directory.resolve("haproxy.cfg");
        pidFile = directory.resolve("haproxy.pid");
        commands = directory.resolve("commands.sock");
        write("");
    }

    @AfterEach
    void close() throws IOException {
        one.close();
        two.close();
    }

    private void write(String global) throws IOException {
        Files.writeString(file, """
                global
                  stats socket %s mode 600 level admin
                  %s
                defaults
                  mode http
                  timeout connect 5s
                  timeout client 30s
                  timeout server 30s
                frontend front
                  bind "127.0.0.1:${PORT}"
                  default_backend web
                backend web
                  server s1 127.0.0.1:%d
                  server s2 127.0.0.1:%d disabled
                """.formatted(commands, global, one.port(), two.port()));
    }

    private LbProcess start(String... arguments) throws IOException {
        var words = new ArrayList<>(List.of("-f", file.toString(), "-p", pidFile.toString()));
        words.addAll(List.of(arguments));
        return haproxy.start(Map.of("PORT", Integer.toString(port)), words.toArray(String[]::new));
    }

    private String ask(String line) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(commands));
            channel.write(ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8)));
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-c -f good.cfg",
                "-c -q -f good.cfg",
                "-c -f unknown.cfg",
                "-f unknown.cfg",
                "-c -f missing.cfg",
                "-c -f folder",
                "-C DIRECTORY -c -f good.cfg",
                "-cc version_atleast(2.4)",
                "-cc version_atleast(9.4)",
                "-cc bogus(",
                "-zz",
                ""
            })
    void answersAndExitCodesAreThoseOfHaproxy(String arguments) throws Exception {
        assumeTrue(Files.isExecutable(REAL), "needs haproxy (package haproxy)");
        var good = "defaults\n timeout connect 1s\n timeout client 1s\n timeout server 1s\nlisten l\n bind 127.0.0.1:"
                + port + "\n server s 127.0.0.1:1\n";
        Files.writeString(directory.resolve("good.cfg"), good);
        Files.writeString(directory.resolve("unknown.cfg"), good + " bogus 1\n");
        Files.createDirectories(directory.resolve("folder"));
        Files.writeString(directory.resolve("folder/a.cfg"), good);
        var words = new ArrayList<String>();
        for (var word : arguments.split(" ")) {
            if (word.equals("DIRECTORY")) {
                words.add(directory.toString());
            } else if (word.endsWith(".cfg") || word.equals("folder")) {
                words.add(directory.resolve(word).toString());
            } else if (!word.isEmpty()) {
                words.add(word);
            }
        }
        var theirs = new ArrayList<>(List.of(REAL.toString()));
        theirs.addAll(words);
        try (var real = LbProcess.start(new ProcessBuilder(theirs));
                var ours = haproxy.start(words.toArray(String[]::new))) {
            assertThat(ours.finish()).isEqualTo(real.finish());
            assertThat(alerts(ours.err())).isEqualTo(alerts(real.err()));
            assertThat(ours.out().contains("Configuration file is valid"))
                    .isEqualTo(real.out().contains("Configuration file is valid"));
        }
    }

    /** The errors of a configuration, without the number of the process. */
    private static List<String> alerts(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("[ALERT]") && line.contains("config : "))
                .map(line -> line.replaceFirst("\\(\\d+\\)", "(PID)"))
                .toList();
    }

    @Test
    void theVersionNamesTargetFeaturesAndServices() throws Exception {
        try (var lb = haproxy.start("-vv")) {
            assertThat(lb.finish()).isZero();
            assertThat(lb.out().getFirst()).matches("HAProxy version \\d+\\.\\d+\\.\\d+.*");
            assertThat(lb.out())
                    .anyMatch(line -> line.startsWith("  TARGET  = "))
                    .anyMatch(line -> line.startsWith("Feature list : +"))
                    .anyMatch(line -> line.startsWith("Available services : "));
        }
    }

    @ParameterizedTest
    @CsvSource({"-W, INT, 130", "-W, TERM, 0", "-W, USR1, 0", "-d, INT, 0", "-db, TERM, 0", "-db, USR1, 0"})
    void signalsEndItWithHaproxysExitCodes(String mode, String signal, int code) throws Exception {
        try (var lb = start(mode)) {
            assertThat(StandIn.awaitText(pidFile))
                    .isEqualTo(Long.toString(lb.handle().pid()));
            assertThat(StandIn.get(port, "/")).contains("one");
            lb.signal(signal);
            assertThat(lb.exitCode()).isEqualTo(code);
            assertThat(commands).doesNotExist();
        }
    }

    @Test
    void aSoftStopLetsConnectionsFinish() throws Exception {
        try (var lb = start("-W")) {
            StandIn.awaitText(pidFile);
            try (var open = StandIn.connect(port)) {
                open.getOutputStream().write("GET / HTTP/1.1\r\nHo".getBytes(StandardCharsets.US_ASCII));
                assertThat(StandIn.get(port, "/")).contains("one");
                lb.signal("USR1");
                StandIn.await("nothing new is accepted", () -> {
                    try (var refused = StandIn.connect(port)) {
                        return refused.getInputStream().read() < 0;
                    } catch (IOException expected) {
                        return true;
                    }
                });
                open.getOutputStream().write("st: h\r\nConnection: close\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
                assertThat(new String(open.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .startsWith("HTTP/1.1 200");
            }
            assertThat(lb.exitCode()).isZero();
        }
    }

    @Test
    void commandsChangeWhereRequestsGo() throws Exception {
        try (var lb = start("-W")) {
            StandIn.awaitText(pidFile);
            assertThat(StandIn.get(port, "/")).contains("one");
            assertThat(ask("disable server web/s1; enable server web/s2")).isEqualTo("\n\n");
            StandIn.await(
                    "requests go to the other", () -> StandIn.get(port, "/").contains("two"));
            assertThat(ask("show stat web 4 1")).contains("web,s1,").contains(",MAINT,");
            assertThat(ask("show info")).contains("\nPid: " + lb.handle().pid() + "\n");
            assertThat(ask("set weight web/s2 7; get weight web/s2")).isEqualTo("\n7 (initial 1)\n\n");
            lb.signal("USR2");
            lb.awaitErr(line -> line.contains("Reloading HAProxy"));
            StandIn.await(
                    "the file's weight is back", () -> ask("get weight web/s2").equals("1 (initial 1)\n\n"));
            lb.signal("TERM");
            assertThat(lb.exitCode()).isZero();
        }
    }

    @Test
    void inTheBackgroundItReturnsWhenItListensAndTheNextOneEndsIt() throws Exception {
        try (var lb = start("-D")) {
            assertThat(lb.finish()).isZero();
            assertThat(StandIn.get(port, "/")).contains("one");
            long first = Long.parseLong(StandIn.awaitText(pidFile));
            Files.writeString(file, Files.readString(file).replace(":" + one.port(), ":" + two.port()));
            try (var next = start("-D", "-sf", Long.toString(first))) {
                assertThat(next.finish()).isZero();
                StandIn.await(
                        "the first is gone",
                        () -> ProcessHandle.of(first)
                                .map(process -> !process.isAlive())
                                .orElse(true));
                assertThat(StandIn.get(port, "/")).contains("two");
                assertThat(ask("show info"))
                        .contains("\nPid: " + Files.readString(pidFile).strip() + "\n");
                Linux.signal(Long.parseLong(Files.readString(pidFile).strip()), 15);
            }
        }
    }

    @Test
    void theServiceManagerIsToldWhenItListens() throws Exception {
        var path = directory.resolve("notify.sock");
        var address = SocketAddressBuffer.allocate();
        address.setUnix(path.toString());
        int fd = Linux.unixDatagramSocket();
        assertThat(Linux.bind(fd, address)).isZero();
        try (var arena = Arena.ofConfined();
                var lb = haproxy.start(
                        Map.of("PORT", Integer.toString(port), "NOTIFY_SOCKET", path.toString()),
                        "-Ws",
                        "-f",
                        file.toString())) {
            var buffer = arena.allocate(256);
            assertThat(Linux.poll(fd, Linux.POLLIN, 60_000)).isPositive();
            long count = Linux.recv(fd, buffer, 0, 256);
            assertThat(buffer.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE))
                    .startsWith("READY=1\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(StandIn.get(port, "/")).contains("one");
            lb.signal("TERM");
            assertThat(lb.exitCode()).isZero();
        } finally {
            Linux.close(fd);
        }
    }

    @Test
    void aServersEndIsLoggedInHaproxysWords() throws Exception {
        try (var log = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            log.setSoTimeout(60_000);
            write("log 127.0.0.1:" + log.getLocalPort() + " local0");
            var text = Files.readString(file);
            var server = "server s1 127.0.0.1:" + one.port();
            Files.writeString(file, text.replace(server, "option log-health-checks\n  " + server + " check inter 100"));
            try (var lb = start("-db")) {
                StandIn.awaitText(pidFile);
                assertThat(StandIn.get(port, "/")).contains("one");
                one.close();
                assertThat(receive(log, "status: 0/2"))
                        .matches("<133>\\w{3} [ \\d]\\d [\\d:]{8} haproxy\\["
                                + lb.handle().pid()
                                + "]: Health check for server web/s1 failed, reason: Layer4 connection problem,"
                                + " info: \"Connection refused\", check duration: \\d+ms, status: 0/2 DOWN\\.");
                assertThat(receive(log, "Server web/s1"))
                        .contains("Server web/s1 is DOWN. 0 active and 0 backup servers left. ");
                lb.signal("TERM");
                assertThat(lb.exitCode()).isZero();
            }
        }
    }

    private static String receive(DatagramSocket log, String wanted) throws IOException {
        while (true) {
            var packet = new DatagramPacket(new byte[2_048], 2_048);
            log.receive(packet);
            var text = new String(packet.getData(), 0, packet.getLength(), StandardCharsets.UTF_8);
            if (text.contains(wanted)) {
                return text;
            }
        }
    }
}
