package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.linux.Linux;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Commands about sessions, frontends, checks and agents on the socket: the replies of HAProxy and ours, and what follows. */
@Timeout(300)
class HaproxyCommandsIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int SIGUSR2 = 12;
    private static final int STATUS = 17;
    private static final int LIMIT = 6;

    private final HaproxyStreamPeers peers = new HaproxyStreamPeers();
    private HaproxyPair pair;

    @TempDir
    private Path folder;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        int silent = peers.server(HaproxyStreamPeers.silent());
        int agent = peers.server(client -> client.getOutputStream().write("up\n".getBytes(StandardCharsets.US_ASCII)));
        int nonsense = peers.server(client -> {
            client.getInputStream().read(new byte[4_096]);
            client.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nX: y\r\nno colon\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            client.getInputStream().readAllBytes();
        });
        pair = HaproxyPair.start(folder, 3, (ports, own) -> """
                global
                  nbthread 1
                  stats socket %s level admin
                defaults
                  timeout client 1m
                  timeout connect 5s
                  timeout server 1m
                frontend f
                  bind 127.0.0.1:%d
                  mode tcp
                  maxconn 55
                  default_backend b
                backend b
                  mode tcp
                  server s1 127.0.0.1:%d
                  server s2 127.0.0.1:%d check inter 100ms rise 1 agent-check agent-port %d agent-inter 1h disabled
                frontend h
                  bind 127.0.0.1:%d
                  mode http
                  use_backend bad if { path /bad }
                  default_backend hb
                backend hb
                  mode http
                  server s1 127.0.0.1:%d
                backend bad
                  mode http
                  server s9 127.0.0.1:%d
                frontend gone
                  bind 127.0.0.1:%d
                  mode tcp
                """.formatted(
                own.resolve("s"), ports.get(0), silent, silent, agent, ports.get(1), silent, nonsense, ports.get(2)));
    }

    @AfterEach
    void stop() throws Exception {
        if (pair != null) {
            pair.close();
        }
        peers.close();
    }

    private List<Side> sides() {
        return List.of(pair.theirs(), pair.ours());
    }

    private Socket connect(Side side, int port) throws IOException {
        return peers.keep(new Socket("127.0.0.1", side.ports().get(port)));
    }

    /** A column of a row of {@code show stat}. */
    private static String stat(Side side, String proxy, String server, int column) throws IOException {
        return CommandCall.ask(side, "show stat")
                .lines()
                .filter(line -> line.startsWith(proxy + "," + server + ","))
                .map(line -> line.split(",", -1)[column])
                .findFirst()
                .orElseThrow();
    }

    private static void awaitStatus(Side side, String proxy, String server, String status) {
        await(side.name() + ": " + proxy + "/" + server + " is " + status)
                .atMost(PATIENCE)
                .until(() -> stat(side, proxy, server, STATUS).startsWith(status));
    }

    @Test
    void repliesAreHaproxys() throws Exception {
        var commands = """
                disable frontend f
                disable frontend f
                enable frontend f
                enable frontend f
                enable frontend zz
                disable frontend
                set maxconn frontend f 77
                set maxconn frontend f
                set maxconn frontend f -1
                set maxconn frontend zz 5
                set maxconn server b/s1
                set maxconn server b/s1 x
                set maxconn server b/s1 9
                set maxconn global
                shutdown session 0x1
                shutdown session
                shutdown session all
                shutdown sessions server b/s1
                shutdown sessions server b/zz
                shutdown sessions server zz/s1
                show sess 0x77
                shutdown frontend
                shutdown frontend zz
                shutdown frontend gone
                shutdown frontend gone
                disable frontend gone
                enable frontend gone
                disable health b/s2
                enable health b/s1
                enable health b/s2
                disable health
                disable health b/zz
                disable agent b/s2
                set server b/s2 agent up
                set server b/s2 agent-send abc
                enable agent b/s1
                enable agent b/s2
                set server b/s2 agent up
                set server b/s2 agent x
                set server b/s2 agent-send abc
                set server b/s2 agent-addr 127.0.0.1
                set server b/s2 agent-port 18
                set server b/s1 agent up
                set server b/s1 health down
                set server b/s1 health stopping
                set server b/s1 health up
                set server b/s1 health x
                set server b/s1 check-port 99
                set server b/s2 check-port 99
                set server b/s2 check-port x
                set server b/s2 check-port 99999
                set server b/s2 check-addr 127.0.0.9 port 99
                set server b/s2 check-addr zz
                set server b/s1 ssl on
                """;
        for (var command : commands.lines().toList()) {
            assertThat(CommandCall.ask(pair.ours(), command).strip())
                    .as(command)
                    .isEqualTo(CommandCall.ask(pair.theirs(), command).strip());
        }
        for (var side : sides()) {
            assertThat(stat(side, "gone", "FRONTEND", STATUS)).as(side.name()).isEqualTo("STOP");
            assertThat(stat(side, "f", "FRONTEND", LIMIT)).as(side.name()).isEqualTo("77");
        }
    }

    /** The lines of sessions but for the socket's own, without numbers and ports, up to the age. */
    private static List<String> sessions(Side side) throws IOException {
        return CommandCall.ask(side, "show sess")
                .lines()
                .filter(line -> !line.isEmpty() && !line.contains("fe=GLOBAL"))
                .map(line -> line.replaceFirst("^0x[0-9a-f]+: ", "")
                        .replaceFirst("127.0.0.1:\\d+", "127.0.0.1:N")
                        .replaceFirst("age=.*", "age"))
                .sorted()
                .toList();
    }

    private static String number(Side side, String frontend) throws IOException {
        return CommandCall.ask(side, "show sess")
                .lines()
                .filter(line -> line.contains(" fe=" + frontend + " "))
                .map(line -> line.substring(0, line.indexOf(':')))
                .findFirst()
                .orElseThrow();
    }

    /** What came before the end. */
    private static String answer(Socket client) throws IOException {
        client.setSoTimeout((int) PATIENCE.toMillis());
        var bytes = client.getInputStream().readNBytes("HTTP/1.1 502 Bad Gateway\r\n".length());
        return new String(bytes, StandardCharsets.US_ASCII);
    }

    private static void awaitEnd(Socket client) throws IOException {
        client.setSoTimeout((int) PATIENCE.toMillis());
        try {
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        } catch (SocketException reset) {
            // That is an end as well.
        }
    }

    @Test
    void sessionsAreListedAndEnded() throws Exception {
        for (var side : sides()) {
            var first = connect(side, 0);
            var second = connect(side, 0);
            var request = connect(side, 1);
            request.getOutputStream().write("GET / HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            var tcp = "proto=tcpv4 src=127.0.0.1:N fe=f be=b srv=s1 ts=00 epoch=0 age";
            var http = "proto=tcpv4 src=127.0.0.1:N fe=h be=hb srv=s1 ts=00 epoch=0 age";
            await(side.name())
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(sessions(side)).containsExactly(tcp, tcp, http));

            var known = CommandCall.ask(side, "show sess " + number(side, "h"));
            assertThat(known)
                    .as(side.name())
                    .containsPattern("frontend=h \\(id=\\d+ mode=http\\)")
                    .containsPattern("backend=hb \\(id=\\d+ mode=http\\)")
                    .contains("server=s1 (id=1)");

            assertThat(CommandCall.ask(side, "shutdown session " + number(side, "h")))
                    .isEqualTo("\n");
            assertThat(answer(request)).as(side.name()).startsWith("HTTP/1.1 502 Bad Gateway\r\n");
            await(side.name())
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(sessions(side)).containsExactly(tcp, tcp));
            assertThat(CommandCall.ask(side, "shutdown sessions server b/s1")).isEqualTo("\n");
            awaitEnd(first);
            awaitEnd(second);
            await(side.name()).atMost(PATIENCE).until(() -> sessions(side).isEmpty());
        }
    }

    /** What both tell of broken messages: all but the time, ports, numbers of proxies, and the states of HAProxy's parser. */
    private static List<String> errors(Side side) throws IOException {
        return CommandCall.ask(side, "show errors")
                .lines()
                .filter(line -> !line.matches("  (buffer|len|H1) .*"))
                .map(line -> line.replaceAll("\\[[^]]+] ?", "")
                        .replaceAll("127.0.0.1:\\d+", "N")
                        .replaceAll("([hd]) \\(#\\d+\\)", "$1"))
                .toList();
    }

    @Test
    void theLastBrokenMessagesAreShown() throws Exception {
        var request = "GET /" + "a".repeat(200) + " HTTP/1.1\r\nHost: a\r\nnone\\\t\u00e9 here\r\n\r\n";
        for (var side : sides()) {
            HaproxyStreamPeers.ask(side.ports().get(1), request);
            HaproxyStreamPeers.ask(side.ports().get(1), "GET /bad HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        }
        assertThat(errors(pair.ours())).hasSizeGreaterThan(10).isEqualTo(errors(pair.theirs()));
        assertThat(CommandCall.ask(pair.ours(), "show errors h request"))
                .contains("error in the line at position 225: a header line has no colon")
                .doesNotContain("invalid response");
        assertThat(CommandCall.ask(pair.ours(), "show errors bad"))
                .contains("invalid response")
                .doesNotContain("invalid request");
    }

    @Test
    void aFrontendGivesUpItsAddressAndTakesItAgain() throws Exception {
        for (var side : sides()) {
            var before = connect(side, 0);
            await(side.name()).atMost(PATIENCE).until(() -> sessions(side).size() == 1);
            CommandCall.ask(side, "disable frontend f");

            assertThat(stat(side, "f", "FRONTEND", STATUS)).isEqualTo("PAUSED");
            assertThatThrownBy(() -> connect(side, 0)).as(side.name()).isInstanceOf(ConnectException.class);
            // What changes meanwhile does not bring it back, and connections go on.
            CommandCall.ask(side, "set server b/s1 weight 5");
            assertThat(stat(side, "f", "FRONTEND", STATUS)).isEqualTo("PAUSED");
            assertThat(sessions(side)).hasSize(1);

            CommandCall.ask(side, "enable frontend f");
            assertThat(stat(side, "f", "FRONTEND", STATUS)).isEqualTo("OPEN");
            connect(side, 0);
            await(side.name()).atMost(PATIENCE).until(() -> sessions(side).size() == 2);
            assertThat(before.isClosed()).isFalse();
        }
    }

    @Test
    void healthIsSetAndChecksStop() throws Exception {
        for (var side : sides()) {
            CommandCall.ask(side, "enable server b/s2");
            awaitStatus(side, "b", "s2", "UP");
            CommandCall.ask(side, "set server b/s2 health down");
            // Its next check finds it up again.
            awaitStatus(side, "b", "s2", "UP");

            CommandCall.ask(side, "disable health b/s2; set server b/s2 health stopping");
            assertThat(stat(side, "b", "s2", STATUS)).as(side.name()).startsWith("NOLB");
            CommandCall.ask(side, "set server b/s2 health down");
            assertThat(stat(side, "b", "s2", STATUS)).as(side.name()).startsWith("DOWN");
            CommandCall.ask(side, "set server b/s1 weight 3");
            assertThat(stat(side, "b", "s2", STATUS)).as(side.name()).startsWith("DOWN");
            CommandCall.ask(side, "enable health b/s2");
            awaitStatus(side, "b", "s2", "UP");

            CommandCall.ask(side, "set server b/s2 check-port " + peers.refusing());
            awaitStatus(side, "b", "s2", "DOWN");
        }
    }

    @Test
    void whatWasStoppedProbesAgainAfterAReload() throws Exception {
        var ours = pair.ours();
        CommandCall.ask(ours, "enable server b/s2");
        awaitStatus(ours, "b", "s2", "UP");
        CommandCall.ask(ours, "disable agent b/s2; disable health b/s2; set server b/s2 health down");
        assertThat(stat(ours, "b", "s2", STATUS)).startsWith("DOWN");
        assertThat(CommandCall.ask(ours, "set server b/s2 agent up")).contains("not enabled");

        var process = (LbProcess) ours.process();
        assertThat(Linux.signal(process.handle().pid(), SIGUSR2)).isZero();

        awaitStatus(ours, "b", "s2", "UP");
        await().atMost(PATIENCE)
                .until(() -> CommandCall.ask(ours, "set server b/s2 agent up").equals("\n"));
    }
}
