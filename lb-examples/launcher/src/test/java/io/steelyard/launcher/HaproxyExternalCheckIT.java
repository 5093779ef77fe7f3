package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Programs that check servers: what they are told, and what is made of how they end, by HAProxy and by us on one file. */
@Timeout(300)
class HaproxyExternalCheckIT {
    private static final List<String> BACKENDS = List.of("good", "bad", "late", "missing", "found");
    private static final String SCRIPT = """
            #!/bin/sh
            {
              echo "$#" "$@"
              /usr/bin/env | /usr/bin/sort | /bin/grep -v '^PWD='
              echo end
            } > FOLDER/new.$HAPROXY_PROXY_NAME
            /bin/mv FOLDER/new.$HAPROXY_PROXY_NAME FOLDER/told.$HAPROXY_PROXY_NAME
            case $HAPROXY_PROXY_NAME in
              bad) exit 3;;
              late) exec /bin/sleep 50;;
            esac
            """;

    private final HaproxyStreamPeers peers = new HaproxyStreamPeers();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() throws Exception {
        peers.close();
    }

    @Test
    void programsAreToldAndJudgedAsByHaproxy() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        var logs = Map.of("theirs", peers.log(), "ours", peers.log());
        try (var pair = HaproxyPair.start(folder, 1, (ports, own) -> """
                global
                  nbthread 1
                  max-spread-checks 50
                  external-check
                  insecure-fork-wanted
                  log 127.0.0.1:%d local0
                  stats socket %s level admin
                defaults
                  mode http
                  log global
                  timeout client 1m
                  timeout connect 20s
                  timeout server 1m
                  timeout check 20s
                  default-server inter 20s fastinter 1s downinter 1s rise 1 fall 1
                  option log-health-checks
                  option external-check
                  external-check command %s
                listen good
                  bind 127.0.0.1:%d
                  external-check path /usr/bin:/bin
                  server s 127.0.0.1:81 check maxconn 7
                backend bad
                  mode tcp
                  server s 127.0.0.2:82 check port 9 weight 3
                backend late
                  timeout connect 700ms
                  server s [::1]:83 check
                backend missing
                  external-check command /nonexistent/program
                  server s 127.0.0.1:84 check
                backend found
                  external-check command check.sh
                  external-check path %s
                  server s 127.0.0.1:85 check
                """.formatted(
                        logs.get(own.getFileName().toString()).getLocalPort(),
                        own.resolve("s"),
                        script(own),
                        ports.getFirst(),
                        own))) {
            var theirs = facts(pair.theirs(), logs.get("theirs"));
            assertThat(facts(pair.ours(), logs.get("ours"))).isEqualTo(theirs);
            assertThat(theirs.get("late")).anyMatch(fact -> fact.contains("PROCTOUT"));
            assertThat(theirs.get("good")).anyMatch(fact -> fact.contains("HAPROXY_SERVER_MAXCONN=7"));
        }
    }

    private static Path script(Path own) {
        try {
            var file = Files.writeString(own.resolve("check.sh"), SCRIPT.replace("FOLDER", own.toString()));
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** What a side told each program first, what it logs of it, and what show stat says. */
    private static Map<String, List<String>> facts(Side side, DatagramSocket log) throws IOException {
        var lines = new TreeMap<String, String>();
        while (lines.size() < BACKENDS.size()) {
            var line = HaproxyStreamPeers.next(log, "Health check for server .*")
                    .replaceAll("check duration: \\d+ms", "check duration: Nms");
            lines.putIfAbsent(line.replaceFirst("^.*?server ([^/]+)/.*", "$1"), line);
        }
        var rows = StatisticsRows.atRest(side, "s", BACKENDS);
        var facts = new TreeMap<String, List<String>>();
        for (var backend : BACKENDS) {
            var row = rows.get(backend);
            var told = side.folder().resolve("told." + backend);
            facts.put(
                    backend,
                    List.of(
                            row.get(17),
                            row.get(36),
                            row.get(37),
                            row.get(56),
                            row.get(65),
                            String.valueOf(lines.get(backend)),
                            Files.exists(told)
                                    ? Files.readString(told)
                                            .replace(side.folder().toString(), "FOLDER")
                                            .replace(side.ports().getFirst().toString(), "PORT")
                                    : "nothing"));
        }
        return facts;
    }
}
