package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.DatagramSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that ask for no new clients by the status 404 of a check: HAProxy and ours on one file, before the same servers. */
@Timeout(300)
class HaproxyDrainIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LINE = "Health check for .*|(Backup )?Server .* is .*|.* has no server available!";

    private final HaproxyStreamPeers peers = new HaproxyStreamPeers();
    private final AtomicReference<String> checked = new AtomicReference<>("200 OK");

    @TempDir
    private Path folder;

    @AfterEach
    void stop() throws Exception {
        peers.close();
    }

    /** Answers checks as the test says, and all else with its name. */
    private HaproxyStreamPeers.Manner named(String name) {
        return client -> {
            var request = new byte[4_096];
            int count = Math.max(0, client.getInputStream().read(request));
            var text = new String(request, 0, count, StandardCharsets.ISO_8859_1);
            boolean isChanging = text.startsWith("OPTIONS") && name.equals("one");
            var answer = "HTTP/1.0 " + (isChanging ? checked.get() : "200 OK") + "\r\nContent-Length: 3\r\n\r\n" + name;
            client.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
        };
    }

    @Test
    void aServerThatDrainsKeepsItsClientsAndGetsNoOthers() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        int one = peers.server(named("one"));
        int two = peers.server(named("two"));
        var logs = Map.of("theirs", peers.log(), "ours", peers.log());
        try (var pair = HaproxyPair.start(folder, 1, (ports, own) -> """
                global
                  nbthread 1
                  max-spread-checks 50
                  log 127.0.0.1:%d local0
                  stats socket %s level admin
                defaults
                  mode http
                  log global
                  timeout client 1m
                  timeout connect 5s
                  timeout server 1m
                  timeout check 20s
                  default-server inter 100ms rise 2 fall 2
                  option httpchk
                  http-check disable-on-404
                listen web
                  bind 127.0.0.1:%d
                  option log-health-checks
                  cookie S insert
                  balance first
                  server s 127.0.0.1:%d check cookie a
                  server t 127.0.0.1:%d check cookie b
                backend quiet
                  server s 127.0.0.1:%d check
                """.formatted(
                        logs.get(own.getFileName().toString()).getLocalPort(),
                        own.resolve("s"),
                        ports.getFirst(),
                        one,
                        two,
                        one))) {
            var all = new TreeMap<String, List<String>>();
            for (var side : List.of(pair.theirs(), pair.ours())) {
                var told = new ArrayList<String>();
                awaitStatus(side, "UP");
                told.addAll(answers(side));
                all.put(side.name(), told);
            }
            for (var next : List.of("404 Not Now", "200 OK", "404 Again", "500 Broken", "404 Not Now", "200 OK")) {
                checked.set(next);
                for (var side : List.of(pair.theirs(), pair.ours())) {
                    awaitStatus(
                            side, next.startsWith("200") ? "UP" : next.startsWith("5") ? "DOWN" : status(next, side));
                    all.get(side.name()).addAll(answers(side));
                }
            }
            var theirs = lines(logs.get("theirs"));
            assertThat(all.get("lb")).isEqualTo(all.get("haproxy"));
            assertThat(all.get("haproxy")).contains("one", "two");
            assertThat(lines(logs.get("ours"))).isEqualTo(theirs);
            assertThat(theirs.get("quiet/s")).anyMatch(line -> line.contains("is stopping, reason: Layer7 check cond"));
        }
    }

    /** A server that is down stays so at the status 404. */
    private static String status(String next, Side side) throws IOException {
        return StatisticsRows.of(side, "s").get("web").get(17).startsWith("DOWN") ? "DOWN" : "NOLB";
    }

    private static void awaitStatus(Side side, String status) {
        await(side.name() + " says " + status)
                .atMost(PATIENCE)
                .until(() -> StatisticsRows.of(side, "s").entrySet().stream()
                        .filter(entry -> List.of("web", "quiet").contains(entry.getKey()))
                        .allMatch(entry -> entry.getValue().get(17).equals(status)));
    }

    /** Who answers a new client, and the client of each server. */
    private static List<String> answers(Side side) throws IOException {
        var found = new ArrayList<String>();
        for (var cookie : List.of("", "Cookie: S=a\r\n", "Cookie: S=b\r\n")) {
            var answer = HaproxyStreamPeers.ask(side.ports().getFirst(), "GET / HTTP/1.0\r\n" + cookie + "\r\n");
            found.add(answer.substring(answer.length() - 3));
        }
        return found;
    }

    /** The lines of each server, until both are up for the last time. */
    private static Map<String, List<String>> lines(DatagramSocket log) throws IOException {
        var found = new TreeMap<String, List<String>>();
        int ups = 0;
        while (ups < 4) {
            var line = HaproxyStreamPeers.next(log, LINE).replaceAll("check duration: \\d+ms", "check duration: Nms");
            var name = line.contains("erver ") ? line.replaceFirst("^.*?[Ss]erver (\\S+) .*", "$1") : "none left";
            found.computeIfAbsent(name, ignored -> new ArrayList<>()).add(line);
            ups += line.matches("Server (web|quiet)/s is UP.*") ? 1 : 0;
        }
        return found;
    }
}
