package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunIT {
    @TempDir
    private Path directory;

    private DemoServer one;
    private DemoServer two;
    private int port;
    private Path file;

    @BeforeEach
    void start() throws IOException {
        one = new DemoServer("one");
        two = new DemoServer("two");
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        file = directory.resolve("lb.yaml");
        write(one.address());
    }

    @AfterEach
    void stop() {
        one.close();
        two.close();
    }

    private void write(String server) throws IOException {
        Files.writeString(file, """
                settings: {drainTimeout: 20s}
                pools:
                  web: {scheduler: nginx.round_robin, servers: "%s"}
                virtualServers:
                  front: {listen: "127.0.0.1:%d", pool: web}
                """.formatted(server, port));
    }

    private String get() throws IOException {
        try (var socket = connect()) {
            return answer(socket);
        }
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), port);
    }

    private static String answer(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        socket.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes());
        return new String(socket.getInputStream().readAllBytes()).lines().reduce("", (before, line) -> line);
    }

    /** Whether the other side has closed or reset the connection; waits for it. */
    private static boolean isEnded(Socket socket) throws IOException {
        socket.setSoTimeout(20_000);
        try {
            return socket.getInputStream().read() == -1;
        } catch (SocketException reset) {
            return true;
        }
    }

    private LbProcess run() throws IOException, InterruptedException {
        var lb = LbProcess.start("run", file.toString());
        lb.awaitOut(line -> line.equals("ready tcp 127.0.0.1:" + port + " web nginx.round_robin 1 server"));
        return lb;
    }

    @Test
    void servesUntilItIsToldToEnd() throws Exception {
        try (var lb = run()) {
            assertThat(get()).isEqualTo("one");
            lb.signal("TERM");
            assertThat(lb.exitCode()).isZero();
        }
    }

    @Test
    void openFlowsFinishBeforeItEnds() throws Exception {
        try (var lb = run();
                var socket = connect()) {
            // A first answer on another connection shows that this one was accepted before it.
            assertThat(get()).isEqualTo("one");
            lb.signal("TERM");
            lb.awaitErr(line -> line.contains("stopping"));
            assertThat(answer(socket)).isEqualTo("one");
            socket.close();
            assertThat(lb.exitCode()).isZero();
        }
    }

    @Test
    void aSecondSignalEndsItAtOnce() throws Exception {
        try (var lb = run();
                var socket = connect()) {
            assertThat(get()).isEqualTo("one");
            lb.signal("INT");
            lb.awaitErr(line -> line.contains("stopping"));
            lb.signal("INT");
            assertThat(lb.exitCode()).isZero();
            assertThat(isEnded(socket)).isTrue();
        }
    }

    @Test
    void aHangUpAppliesTheFileAnewAndABadFileChangesNothing() throws Exception {
        try (var lb = run()) {
            write(two.address());
            lb.signal("HUP");
            lb.awaitErr(line -> line.contains("server " + one.address() + " in web is removed"));
            assertThat(get()).isEqualTo("two");

            write("127.0.0.1:70000");
            lb.signal("HUP");
            lb.awaitErr(line -> line.contains("lb.yaml:3:48: error: port 70000 is out of range"));
            lb.awaitErr(line -> line.contains("stays as it is"));
            assertThat(get()).isEqualTo("two");
        }
    }

    @Test
    void aLogThatWasMovedAwayIsLeftAloneAfterASignalAndNoLineIsLost() throws Exception {
        var log = directory.resolve("access.log");
        var moved = directory.resolve("access.log.1");
        Files.writeString(
                file,
                Files.readString(file)
                        .replace("pool: web}", "pool: web, accessLogs: [{file: %s, format: $status}]}".formatted(log)));
        int asked = 0;
        try (var lb = run()) {
            for (; asked < 5; asked++) {
                assertThat(get()).isEqualTo("one");
            }
            while (!Files.exists(log)) {
                Thread.onSpinWait();
            }
            Files.move(log, moved);
            // Lines go on into the file that was moved until the signal has been carried out, which the new file shows.
            lb.signal("USR1");
            for (; !Files.exists(log); asked++) {
                assertThat(get()).isEqualTo("one");
            }
            var movedLines = Files.readAllLines(moved);
            assertThat(get()).isEqualTo("one");
            asked++;
            lb.signal("TERM");
            assertThat(lb.exitCode()).isZero();
            assertThat(Files.readAllLines(moved)).isEqualTo(movedLines).isNotEmpty();
            assertThat(Files.readAllLines(log).size() + movedLines.size()).isEqualTo(asked);
        }
    }

    @Test
    void anAddressThatIsTakenIsExplained() throws Exception {
        try (var taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress());
                var lb = LbProcess.start("run", file.toString())) {
            lb.awaitErr(line -> line.contains("127.0.0.1:" + port) && line.contains("another program has it"));
            assertThat(lb.exitCode()).isEqualTo(1);
            assertThat(taken.isClosed()).isFalse();
        }
    }

    @Test
    void aBadFileStartsNothing() throws Exception {
        Files.writeString(file, "pools:\n  web: {servers: [a:1, b:0]}\n  x: 1\n");
        try (var lb = LbProcess.start("run", file.toString())) {
            lb.awaitErr(line -> line.contains("lb.yaml:2:"));
            lb.awaitErr(line -> line.contains("lb.yaml:3:"));
            assertThat(lb.exitCode()).isEqualTo(2);
        }
    }

    @Test
    void theDemoLosesNoRequest() throws Exception {
        try (var lb = LbProcess.start("demo", "--requests", "60")) {
            lb.awaitOut(line -> line.equals("60 requests answered, 0 failed"));
            assertThat(lb.exitCode()).isZero();
        }
    }
}
