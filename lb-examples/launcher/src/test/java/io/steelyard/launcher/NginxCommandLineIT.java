package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code lb nginx}, by a link named nginx, beside the real program. */
class NginxCommandLineIT {
    private static final Path REAL = Path.of("/usr/sbin/nginx");

    @TempDir
    private Path prefix;

    private StandIn nginx;
    private int port;
    private Path pidFile;
    private Path errorLog;

    @BeforeEach
    void write() throws IOException {
        nginx = new StandIn(prefix, "nginx");
        port = StandIn.freePort();
        Files.createDirectories(prefix.resolve("conf"));
        Files.createDirectories(prefix.resolve("logs"));
        pidFile = prefix.resolve("logs/nginx.pid");
        errorLog = prefix.resolve("logs/error.log");
        conf("nginx.conf", "daemon off;", "return 200 one;");
    }

    private void conf(String name, String main, String location) throws IOException {
        Files.writeString(prefix.resolve("conf").resolve(name), """
                %s
                pid logs/nginx.pid;
                error_log logs/error.log notice;
                events {}
                http {
                    access_log off;
                    server { listen 127.0.0.1:%d; location / { %s } }
                }
                """.formatted(main, port, location));
    }

    private LbProcess start(String... more) throws IOException {
        var arguments = new ArrayList<>(List.of("-p", prefix + "/", "-c", "conf/nginx.conf"));
        arguments.addAll(List.of(more));
        return nginx.start(arguments.toArray(String[]::new));
    }

    private int signal(String word) throws IOException, InterruptedException {
        try (var asked = start("-s", word)) {
            return asked.finish();
        }
    }

    private boolean logs(String text) throws IOException {
        return Files.readString(errorLog).contains(text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "-t -c conf/nginx.conf",
                "-tq -c conf/nginx.conf",
                "-T -c conf/nginx.conf",
                "-t -c conf/unknown.conf",
                "-t -q -c conf/unknown.conf",
                "-t -c conf/missing.conf",
                "-c conf/unknown.conf",
                "-t -c conf/nginx.conf -g bogus;",
                "-s bogus",
                "-x",
                "bogus",
                "-c"
            })
    void answersAndExitCodesAreThoseOfNginx(String arguments) throws Exception {
        assumeTrue(Files.isExecutable(REAL), "needs nginx (package nginx)");
        Files.writeString(prefix.resolve("conf/unknown.conf"), "daemon off;\nevents {}\nhttp { bogus x; }\n");
        var words = new ArrayList<String>();
        if (arguments.contains("-c ")) {
            words.addAll(List.of("-p", prefix + "/"));
        }
        words.addAll(List.of(arguments.split(" ")));
        var theirs = new ArrayList<>(List.of(REAL.toString()));
        theirs.addAll(words);
        try (var real = LbProcess.start(new ProcessBuilder(theirs));
                var ours = nginx.start(words.toArray(String[]::new))) {
            assertThat(ours.finish()).isEqualTo(real.finish());
            assertThat(normal(ours.err())).isEqualTo(normal(real.err()));
            assertThat(ours.out()).isEqualTo(real.out());
        }
    }

    /** Debian's nginx writes what goes to its log to standard error, with the time. */
    private static List<String> normal(List<String> lines) {
        return lines.stream()
                .map(line -> line.replaceFirst("^\\d{4}/\\d\\d/\\d\\d [\\d:]{8} (\\[\\w+]) \\d+#\\d+: ", "nginx: $1 "))
                .filter(line -> !line.startsWith("nginx: [notice] "))
                .toList();
    }

    @Test
    void theVersionNamesTheModules() throws Exception {
        try (var lb = nginx.start("-V")) {
            assertThat(lb.finish()).isZero();
            assertThat(lb.err().getFirst()).matches("nginx version: nginx/1\\.\\d+\\.\\d+");
            assertThat(lb.err())
                    .anyMatch(line -> line.startsWith("configure arguments: ")
                            && line.contains(" --with-stream_ssl_preread_module"));
        }
    }

    @Test
    void thePidFileAppearsWhenItListensAndNamesTheProcessThatWasStarted() throws Exception {
        try (var lb = start()) {
            var pid = StandIn.awaitText(pidFile);
            assertThat(StandIn.get(port, "/")).endsWith("one");
            assertThat(pid).isEqualTo(Long.toString(lb.handle().pid()));
            assertThat(errorLog).exists();
            lb.signal("TERM");
            assertThat(lb.exitCode()).isZero();
            assertThat(pidFile).doesNotExist();
        }
    }

    @Test
    void aTakenAddressEndsItWithoutAPidFile() throws Exception {
        try (var first = start()) {
            StandIn.awaitText(pidFile);
            Files.delete(pidFile);
            try (var second = start()) {
                assertThat(second.finish()).isEqualTo(1);
                assertThat(second.err())
                        .contains(
                                "nginx: [emerg] bind() to 127.0.0.1:" + port + " failed (98: Address already in use)");
                assertThat(pidFile).doesNotExist();
            }
            first.signal("QUIT");
            assertThat(first.exitCode()).isZero();
        }
    }

    @Test
    void reloadingFailsNoRequest() throws Exception {
        try (var lb = start()) {
            StandIn.awaitText(pidFile);
            var isOver = new AtomicBoolean();
            var answered = new AtomicInteger();
            var wrong = new ArrayList<String>();
            var client = Thread.ofPlatform().start(() -> {
                while (!isOver.get()) {
                    try {
                        var answer = StandIn.get(port, "/");
                        if (!answer.startsWith("HTTP/1.1 200 ")) {
                            wrong.add(answer);
                        }
                    } catch (IOException failed) {
                        wrong.add(failed.toString());
                    }
                    answered.incrementAndGet();
                }
            });
            for (var text : List.of("two", "three")) {
                conf("nginx.conf", "daemon off;", "return 200 " + text + ";");
                assertThat(signal("reload")).isZero();
                StandIn.await(
                        text + " is answered", () -> StandIn.get(port, "/").endsWith(text));
                int before = answered.get();
                StandIn.await("requests go on", () -> answered.get() > before + 20);
            }
            isOver.set(true);
            client.join();
            assertThat(wrong).isEmpty();
            StandIn.await("the end of the reload is logged", () -> logs("exited with code 0"));
            assertThat(errorLog)
                    .content()
                    .doesNotContain("[alert]")
                    .contains(" [notice] " + lb.handle().pid() + "#");
            lb.signal("TERM");
            assertThat(lb.exitCode()).isZero();
        }
    }

    @Test
    void aBadFileChangesNothingWhenItIsReloaded() throws Exception {
        try (var lb = start()) {
            StandIn.awaitText(pidFile);
            conf("nginx.conf", "daemon off; bogus;", "return 200 two;");
            lb.signal("HUP");
            StandIn.await(
                    "the fault is logged",
                    () -> logs("[emerg]") && logs("unknown directive \"bogus\" in " + prefix + "/conf/nginx.conf:1"));
            assertThat(StandIn.get(port, "/")).endsWith("one");
            lb.signal("INT");
            assertThat(lb.exitCode()).isZero();
        }
    }

    @Test
    void quitLetsConnectionsFinish() throws Exception {
        try (var server = new EchoServer("behind")) {
            Files.writeString(prefix.resolve("conf/nginx.conf"), """
                    daemon off;
                    pid logs/nginx.pid;
                    error_log logs/error.log notice;
                    events {}
                    stream { server { listen 127.0.0.1:%d; proxy_pass 127.0.0.1:%d; } }
                    """.formatted(port, server.port()));
            try (var lb = start()) {
                StandIn.awaitText(pidFile);
                try (var open = StandIn.connect(port)) {
                    // A first answer on another connection shows that this one was accepted before it.
                    try (var other = StandIn.connect(port)) {
                        assertThat(firstByte(other)).isEqualTo('H');
                    }
                    lb.signal("QUIT");
                    StandIn.await("it is shutting down", () -> logs("gracefully shutting down"));
                    assertThat(lb.handle().isAlive()).isTrue();
                    assertThat(firstByte(open)).isEqualTo('H');
                }
                assertThat(lb.exitCode()).isZero();
                assertThat(pidFile).doesNotExist();
            }
        }
    }

    private static int firstByte(Socket socket) throws IOException {
        socket.getOutputStream().write("GET / HTTP/1.1\r\nHost: h\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        return socket.getInputStream().read();
    }

    @Test
    void logsAreOpenedAgainByName() throws Exception {
        try (var lb = start()) {
            StandIn.awaitText(pidFile);
            Files.move(errorLog, prefix.resolve("logs/error.log.1"));
            assertThat(signal("reopen")).isZero();
            StandIn.await("the log is there again", () -> logs("reopening logs"));
            lb.signal("TERM");
            assertThat(lb.exitCode()).isZero();
        }
    }

    @Test
    void nothingIsLeftWhenItIsKilled() throws Exception {
        try (var lb = start()) {
            StandIn.awaitText(pidFile);
            var below = lb.handle().descendants().toList();
            assertThat(below).isNotEmpty();
            lb.handle().destroyForcibly();
            StandIn.await("its Java is gone", () -> below.stream().noneMatch(ProcessHandle::isAlive));
        }
    }

    @Test
    void inTheBackgroundItReturnsWhenItListens() throws Exception {
        conf("nginx.conf", "", "return 200 one;");
        try (var lb = start()) {
            assertThat(lb.finish()).isZero();
            assertThat(StandIn.get(port, "/")).endsWith("one");
            long pid = Long.parseLong(StandIn.awaitText(pidFile));
            assertThat(pid).isNotEqualTo(lb.handle().pid());
            assertThat(signal("quit")).isZero();
            StandIn.await(
                    "it is gone",
                    () -> !Files.exists(pidFile)
                            && ProcessHandle.of(pid)
                                    .map(process -> !process.isAlive())
                                    .orElse(true));
        }
    }

    @Test
    void inTheBackgroundAFaultIsToldAndReturned() throws Exception {
        conf("nginx.conf", "bogus;", "return 200 one;");
        try (var lb = start()) {
            assertThat(lb.finish()).isEqualTo(1);
            assertThat(lb.err())
                    .contains("nginx: [emerg] unknown directive \"bogus\" in " + prefix + "/conf/nginx.conf:1");
            assertThat(pidFile).doesNotExist();
        }
    }

    @Test
    void daemonOffInAnIncludedFileIsSeenToo() throws Exception {
        conf("nginx.conf", "include daemon.inc;", "return 200 one;");
        Files.writeString(prefix.resolve("conf/daemon.inc"), "daemon off;\n");
        try (var lb = start()) {
            assertThat(StandIn.awaitText(pidFile))
                    .isEqualTo(Long.toString(lb.handle().pid()));
            lb.signal("TERM");
            assertThat(lb.exitCode()).isZero();
        }
    }
}
