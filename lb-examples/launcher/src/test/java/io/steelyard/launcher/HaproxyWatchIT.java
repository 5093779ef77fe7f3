package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What servers are watched by besides checks, and what follows: HAProxy and ours on one file. */
@Timeout(300)
class HaproxyWatchIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LINE = "127\\.0\\.0\\.1:\\d+ \\[.*\\] \\S+ \\S+/\\S+ .*";
    private static final String GET = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";

    private final HaproxyStreamPeers peers = new HaproxyStreamPeers();

    /** Released by each server that was sent something. */
    private final Semaphore reached = new Semaphore(0);

    @TempDir
    private Path folder;

    @BeforeEach
    void isInstalled() {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
    }

    @AfterEach
    void stop() throws Exception {
        peers.close();
    }

    /** What is common to all files: a log, and a socket for commands. */
    private static String head(Path own, DatagramSocket log, String mode) {
        return """
                global
                  nbthread 1
                  max-spread-checks 100
                  log 127.0.0.1:%d local0 info
                  stats socket %s level admin
                defaults
                  mode %s
                  log global
                  option %slog
                  timeout client 1m
                  timeout connect 5s
                  timeout server 1m
                  retries 0
                """.formatted(log.getLocalPort(), own.resolve("s"), mode, mode);
    }

    /** Columns of {@code show stat} of one server. */
    private static List<String> stat(Side side, String pool, String server, int... columns) throws IOException {
        for (var line : CommandCall.ask(side, "show stat").lines().toList()) {
            var cells = line.split(",", -1);
            if (cells[0].equals(pool) && cells[1].equals(server)) {
                var found = new ArrayList<String>();
                for (int column : columns) {
                    found.add(cells[column]);
                }
                return found;
            }
        }
        throw new AssertionError("no " + pool + "/" + server);
    }

    private static String state(Side side, String pool) throws IOException {
        return stat(side, pool, "s", 17).getFirst().split(" ")[0];
    }

    private static void awaitState(Side side, String pool, String state) {
        await(side.name() + ": " + pool + " is " + state)
                .atMost(PATIENCE)
                .until(() -> state(side, pool).equals(state));
    }

    /** Answers checks with 200 and requests with 500. */
    private static HaproxyStreamPeers.Manner bad() {
        return client -> {
            var request = new byte[4_096];
            int count = Math.max(0, client.getInputStream().read(request));
            var text = new String(request, 0, count, StandardCharsets.ISO_8859_1);
            client.getOutputStream()
                    .write(("HTTP/1.0 " + (text.startsWith("OPTIONS") ? "200 OK" : "500 Bad") + "\r\n\r\n")
                            .getBytes(StandardCharsets.ISO_8859_1));
        };
    }

    /** After each failure in turn, whether the server is up; checks come too seldom to matter. */
    @Test
    void failuresOfRealTrafficBringServersDown() throws Exception {
        var log = peers.log();
        int bad = peers.server(bad());
        int fine = peers.server(client -> client.getInputStream().read());
        int gone = peers.refusing();
        var options = Map.of(
                "failcheck", "observe layer7 error-limit 2 fall 2",
                "death", "observe layer7 error-limit 2 on-error sudden-death fall 5",
                "down", "observe layer7 error-limit 3 on-error mark-down fall 5",
                "soon", "observe layer7 error-limit 1 on-error fastinter fall 1",
                "limit", "observe layer7 on-error mark-down",
                "blind", "observe layer4 error-limit 1 on-error mark-down",
                "refused", "observe layer4 error-limit 3 on-error mark-down");
        var names = options.keySet().stream().sorted().toList();
        try (var pair = HaproxyPair.start(folder, names.size(), (ports, own) -> {
            var text = new StringBuilder(head(own, log, "http"));
            for (int i = 0; i < names.size(); i++) {
                boolean isRefused = names.get(i).equals("refused");
                text.append(
                        "listen %s\n bind 127.0.0.1:%d\n %s server s 127.0.0.1:%d check inter 1h fastinter 1h %s%s\n"
                                .formatted(
                                        names.get(i),
                                        ports.get(i),
                                        isRefused ? "" : "option httpchk\n",
                                        isRefused ? gone : bad,
                                        isRefused ? "port " + fine + " " : "",
                                        options.get(names.get(i))));
            }
            return text.toString();
        })) {
            assertThat(ups(pair.ours(), names))
                    .isEqualTo(ups(pair.theirs(), names))
                    .hasSize(names.size());
        }
    }

    private static Map<String, String> ups(Side side, List<String> names) throws Exception {
        var found = new ConcurrentHashMap<String, String>();
        for (var name : names) {
            await(side.name() + ": " + name + " is checked")
                    .atMost(PATIENCE)
                    .until(() -> stat(side, name, "s", 36).getFirst().matches("L[47]OK"));
        }
        for (int i = 0; i < names.size(); i++) {
            var states = new StringBuilder();
            for (int request = 0; request < 12; request++) {
                var answer = HaproxyStreamPeers.ask(side.ports().get(i), GET);
                // What it leads to is decided before the answer is sent, or stands before the command in the queue of
                // the thread that decides.
                states.append(state(side, names.get(i)).charAt(0))
                        .append(answer, 9, 12)
                        .append(' ');
            }
            found.put(names.get(i), states.toString());
        }
        return found;
    }

    @Test
    void agentsAreObeyed() throws Exception {
        var log = peers.log();
        int server = peers.server(HaproxyStreamPeers.named("hello"));
        var said = new ConcurrentHashMap<String, String>();
        int agent = peers.server(client -> {
            var asked = new byte[64];
            int count = Math.max(0, client.getInputStream().read(asked));
            var name = new String(asked, 0, count, StandardCharsets.ISO_8859_1).strip();
            client.getOutputStream().write(said.getOrDefault(name, "").getBytes(StandardCharsets.ISO_8859_1));
        });
        try (var pair = HaproxyPair.start(
                folder,
                1,
                (ports, own) -> head(own, log, "tcp")
                        + """
                        listen l
                          bind 127.0.0.1:%d
                          balance roundrobin
                          server s 127.0.0.1:%d weight 40 agent-check agent-port %d agent-inter 50ms agent-send "%s\\n"
                          server t 127.0.0.1:%d backup
                        """.formatted(ports.getFirst(), server, agent, own.getFileName(), server))) {
            // The words, and the status, weight and limit that follow.
            for (var step : List.of(
                    List.of("up", "no check", "40", ""),
                    List.of("down # full", "DOWN (agent)", "40", ""),
                    List.of("50%", "DOWN (agent)", "20", ""),
                    List.of("up", "no check", "20", ""),
                    List.of("maint", "MAINT", "20", ""),
                    List.of("ready", "no check", "20", ""),
                    List.of("drain", "DRAIN (agent)", "20", ""),
                    List.of("200%", "DRAIN (agent)", "80", ""),
                    List.of("ready up 100%", "no check", "40", ""),
                    List.of("maxconn:7", "no check", "40", "7"),
                    List.of("fail", "DOWN (agent)", "40", "7"),
                    List.of("up 30% maxconn:9", "no check", "12", "9"),
                    List.of("ready 0%", "no check", "0", "9"))) {
                said.put("theirs", step.getFirst() + "\n");
                said.put("ours", step.getFirst() + "\r\nmore");
                for (var side : List.of(pair.theirs(), pair.ours())) {
                    await(side.name() + ": " + step.getFirst())
                            .atMost(PATIENCE)
                            .untilAsserted(() ->
                                    assertThat(stat(side, "l", "s", 17, 18, 6)).isEqualTo(step.subList(1, 4)));
                }
            }
        }
    }

    /** What clients got, and what the log says of them, when their server is disabled, and when a backup is not needed any more. */
    private List<String> ended(Side side, DatagramSocket log, boolean isHttp, boolean hasAnswer) throws Exception {
        var found = new ArrayList<String>();
        for (var command : List.of("disable server l/s", "enable server l/s")) {
            try (var client = new Socket("127.0.0.1", side.ports().getFirst())) {
                client.setSoTimeout((int) PATIENCE.toMillis());
                client.getOutputStream().write((isHttp ? GET : "hello\n").getBytes(StandardCharsets.ISO_8859_1));
                assertThat(reached.tryAcquire(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                        .isTrue();
                if (hasAnswer) {
                    client.getInputStream().read();
                }
                CommandCall.ask(side, command);
                var rest = new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
                found.add(rest.lines().findFirst().orElse(""));
            }
            found.add(ending(HaproxyStreamPeers.next(log, LINE)));
        }
        return found;
    }

    /** The server, the status where there is one, and how it ended. */
    private static String ending(String line) {
        var words = line.split(" ");
        boolean isHttp = words[6].matches("\\d+");
        return words[3] + " " + (isHttp ? words[5] + " " + words[9] : words[6]);
    }

    private void compareEndings(String mode, String answer) throws Exception {
        HaproxyStreamPeers.Manner manner = client -> {
            client.getInputStream().read(new byte[4_096]);
            reached.release();
            client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
            client.getInputStream().readAllBytes();
        };
        boolean hasAnswer = !answer.isEmpty();
        var theirLog = peers.log();
        var ourLog = peers.log();
        int server = peers.server(manner);
        try (var pair = HaproxyPair.start(
                folder,
                1,
                (ports, own) -> head(own, own.endsWith("theirs") ? theirLog : ourLog, mode)
                        + """
                        listen l
                          bind 127.0.0.1:%d
                          server s 127.0.0.1:%d on-marked-down shutdown-sessions on-marked-up shutdown-backup-sessions
                          server b 127.0.0.1:%d backup
                        """.formatted(ports.getFirst(), server, server))) {
            var theirs = ended(pair.theirs(), theirLog, mode.equals("http"), hasAnswer);
            assertThat(ended(pair.ours(), ourLog, mode.equals("http"), hasAnswer))
                    .isEqualTo(theirs);
            assertThat(theirs.get(1)).contains(" D");
            assertThat(theirs.get(3)).contains(" U");
        }
    }

    @Test
    void connectionsOfServersThatAreTakenOutEnd() throws Exception {
        compareEndings("tcp", "g");
    }

    @Test
    void requestsThatAreNotAnsweredYetEnd() throws Exception {
        compareEndings("http", "");
    }

    @Test
    void answersThatWereBegunEnd() throws Exception {
        compareEndings("http", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nabc");
    }

    /** How many connections the server has, with one more client each time. */
    @Test
    void limitsGrowWithTheLoad() throws Exception {
        var log = peers.log();
        int server = peers.server(HaproxyStreamPeers.silent());
        try (var pair = HaproxyPair.start(
                folder,
                3,
                (ports, own) -> head(own, log, "tcp")
                        + """
                        listen said
                          bind 127.0.0.1:%d
                          balance leastconn
                          fullconn 20
                          server s 127.0.0.1:%d minconn 2 maxconn 8
                        listen derived
                          bind 127.0.0.1:%d
                          balance leastconn
                          maxconn 195
                          server s 127.0.0.1:%d minconn 1 maxconn 5
                        listen fixed
                          bind 127.0.0.1:%d
                          server s 127.0.0.1:%d minconn 4
                        """.formatted(ports.get(0), server, ports.get(1), server, ports.get(2), server))) {
            var names = List.of("said", "derived", "fixed");
            for (int i = 0; i < names.size(); i++) {
                var theirs = served(pair.theirs(), i, names.get(i));
                assertThat(served(pair.ours(), i, names.get(i))).isEqualTo(theirs);
                assertThat(theirs).contains(List.of("8", "5", "4").get(i));
            }
        }
    }

    private List<String> served(Side side, int port, String name) throws Exception {
        var found = new ArrayList<String>();
        for (int i = 1; i <= 24; i++) {
            peers.keep(new Socket("127.0.0.1", side.ports().get(port)))
                    .getOutputStream()
                    .write('x');
            int all = i;
            await(side.name() + ": all came").atMost(PATIENCE).until(() -> {
                int active = Integer.parseInt(stat(side, name, "s", 4).getFirst());
                int queued = Integer.parseInt(stat(side, name, "BACKEND", 2).getFirst());
                return active + queued == all;
            });
            found.add(stat(side, name, "s", 4).getFirst());
        }
        return found;
    }
}
