package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is logged of health checks: HAProxy and ours on one file, and before the same servers. */
@Timeout(300)
class HaproxyHealthLogIT {
    private static final String LINE = "(Health|Agent) check for .*|(Backup )?Server .* is .*";

    private final HaproxyStreamPeers peers = new HaproxyStreamPeers();
    private final AtomicReference<String> answer = new AtomicReference<>("");
    private final AtomicReference<String> agent = new AtomicReference<>("");

    @TempDir
    private Path folder;

    @AfterEach
    void stop() throws Exception {
        peers.close();
    }

    @Test
    void checksAreLoggedInHaproxysWords() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        int changing = peers.server(client -> {
            client.getInputStream().read(new byte[4_096]);
            client.getOutputStream().write(answer.get().getBytes(StandardCharsets.US_ASCII));
        });
        int telling = peers.server(
                client -> client.getOutputStream().write(agent.get().getBytes(StandardCharsets.US_ASCII)));
        int junk = peers.server(HaproxyStreamPeers.named("hello\r\n"));
        int refusing = peers.refusing();
        var logs = Map.of("theirs", peers.log(), "ours", peers.log());
        answer.set("HTTP/1.1 500 Broken Thing\r\nContent-Length: 0\r\n\r\n");
        agent.set("down # tired\n");
        try (var pair = HaproxyPair.start(folder, 1, (ports, own) -> """
                global
                  nbthread 1
                  log 127.0.0.1:%d local0
                defaults
                  mode http
                  log global
                  timeout client 1m
                  timeout connect 5s
                  timeout server 1m
                  timeout check 5s
                  default-server inter 100ms rise 2 fall 2
                listen web
                  bind 127.0.0.1:%d
                  option log-health-checks
                  option httpchk GET /
                  server changing 127.0.0.1:%d check
                  server junk 127.0.0.1:%d check
                  server gone 127.0.0.1:%d check backup
                  server told 127.0.0.1:%d agent-check agent-port %d agent-inter 100ms
                backend quiet
                  option httpchk GET /
                  server changing 127.0.0.1:%d check
                  server gone 127.0.0.1:%d check
                """.formatted(
                        logs.get(own.getFileName().toString()).getLocalPort(),
                        ports.getFirst(),
                        changing,
                        junk,
                        refusing,
                        changing,
                        telling,
                        changing,
                        refusing))) {
            assertThat(pair.ours().ports()).hasSize(1);
            var down = List.of("web/changing", "web/junk", "web/gone", "web/told", "quiet/changing", "quiet/gone");
            var theirs = lines(logs.get("theirs"), down, "DOWN");
            assertThat(lines(logs.get("ours"), down, "DOWN")).isEqualTo(theirs);
            assertThat(theirs.get("web/changing").getFirst()).contains("code: 500, info: \"Broken Thing\"");
            answer.set("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
            agent.set("up\n");
            var up = List.of("web/changing", "web/told", "quiet/changing");
            var back = lines(logs.get("theirs"), up, "UP");
            assertThat(lines(logs.get("ours"), up, "UP")).isEqualTo(back);
            assertThat(back.get("web/changing")).hasSize(3);
            answer.set("HTTP/1.1 503 Gone\r\nContent-Length: 0\r\n\r\n");
            var again = List.of("web/changing", "quiet/changing");
            var last = lines(logs.get("theirs"), again, "DOWN");
            assertThat(lines(logs.get("ours"), again, "DOWN")).isEqualTo(last);
            assertThat(last.get("web/changing").getFirst()).contains("status: 1/2 UP");
        }
    }

    /** The lines of servers, until each is said to be in a state. How long checks took and how many other servers are left is a matter of moments. */
    private static Map<String, List<String>> lines(DatagramSocket log, List<String> servers, String state)
            throws IOException {
        var found = new TreeMap<String, List<String>>();
        int reached = 0;
        while (reached < servers.size()) {
            var line = HaproxyStreamPeers.next(log, LINE)
                    .replaceAll("check duration: \\d+ms", "check duration: Nms")
                    .replaceAll("\\d+ active and \\d+ backup", "N active and N backup");
            var server = line.replaceFirst("^.*?[Ss]erver (\\S+) .*", "$1");
            found.computeIfAbsent(server, ignored -> new ArrayList<>()).add(line);
            reached += line.contains("erver " + server + " is " + state) ? 1 : 0;
        }
        return found;
    }
}
