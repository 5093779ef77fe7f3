package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.Socket;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code option tcplog} says of connections that end in different ways: HAProxy and ours on one file. */
@Timeout(300)
class HaproxyStreamLogIT {
    private static final String LINE = "127\\.0\\.0\\.1:\\d+ \\[.*\\] \\S+ \\S+/\\S+ .*";

    private final HaproxyStreamPeers peers = new HaproxyStreamPeers();

    @TempDir
    private Path folder;

    @AfterEach
    void stop() throws Exception {
        peers.close();
    }

    /** What a client does; it returns when its connection is over, or left to the program. */
    private interface Client {
        void go(int port) throws IOException;
    }

    private static void talk(int port) throws IOException {
        HaproxyStreamPeers.ask(port, "hello\n");
    }

    private static void reset(int port) throws IOException {
        var socket = new Socket("127.0.0.1", port);
        socket.getOutputStream().write('x');
        socket.getInputStream().read();
        socket.setSoLinger(true, 0);
        socket.close();
    }

    @Test
    void linesTellHowConnectionsEnded() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        var theirLog = peers.log();
        var ourLog = peers.log();
        int talking = peers.server(HaproxyStreamPeers.named("hello"));
        int refusing = peers.refusing();
        int cutting = peers.server(HaproxyStreamPeers.cutting());
        int silent = peers.server(HaproxyStreamPeers.silent());
        int greeting = peers.server(client -> {
            client.getOutputStream().write('g');
            client.getInputStream().read(new byte[8]);
            client.getInputStream().read();
        });
        var clients = new LinkedHashMap<String, Client>();
        var proxies = new LinkedHashMap<String, String>();
        proxies.put("normal", "server s 127.0.0.1:" + talking);
        clients.put("normal", HaproxyStreamLogIT::talk);
        proxies.put("refused", "retries 1|timeout connect 100ms|server s 127.0.0.1:" + refusing);
        clients.put("refused", HaproxyStreamLogIT::talk);
        proxies.put(
                "redispatched",
                "balance leastconn|retries 1|option redispatch|timeout connect 100ms|server s 127.0.0.1:" + refusing
                        + "|server t 127.0.0.1:" + talking);
        clients.put("redispatched", HaproxyStreamLogIT::talk);
        proxies.put("none", "server s 127.0.0.1:" + talking + " disabled");
        clients.put("none", HaproxyStreamLogIT::talk);
        proxies.put("cut", "server s 127.0.0.1:" + cutting);
        clients.put("cut", HaproxyStreamLogIT::talk);
        proxies.put("left", "server s 127.0.0.1:" + greeting);
        clients.put("left", HaproxyStreamLogIT::reset);
        proxies.put("idle", "timeout server 300ms|server s 127.0.0.1:" + silent);
        clients.put("idle", HaproxyStreamLogIT::talk);
        proxies.put("idler", "timeout client 300ms|server s 127.0.0.1:" + silent);
        clients.put("idler", HaproxyStreamLogIT::talk);
        proxies.put("rejected", "tcp-request content reject|server s 127.0.0.1:" + talking);
        clients.put("rejected", HaproxyStreamLogIT::talk);
        proxies.put("queued", "timeout queue 300ms|server s 127.0.0.1:" + greeting + " maxconn 1");
        clients.put("queued", port -> {
            try (var first = new Socket("127.0.0.1", port)) {
                first.getInputStream().read();
                talk(port);
            }
        });
        proxies.put(
                "unsaid",
                "option dontlognull|tcp-request session reject if { src 127.0.0.1 }|server s 127.0.0.1:" + talking);
        var names = List.copyOf(proxies.keySet());
        try (var pair = HaproxyPair.start(folder, names.size(), (ports, own) -> {
            var text = new StringBuilder("""
                    global
                      nbthread 1
                      log 127.0.0.1:%d local0 info
                    defaults
                      mode tcp
                      log global
                      option tcplog
                      timeout client 1m
                      timeout connect 60s
                      timeout server 1m
                    """.formatted((own.endsWith("theirs") ? theirLog : ourLog).getLocalPort()));
            for (int i = 0; i < names.size(); i++) {
                text.append("listen ")
                        .append(names.get(i))
                        .append("\n bind 127.0.0.1:")
                        .append(ports.get(i))
                        .append('\n');
                proxies.get(names.get(i)).lines().forEach(lines -> {
                    for (var line : lines.split("\\|")) {
                        text.append(' ').append(line).append('\n');
                    }
                });
            }
            return text.toString();
        })) {
            var theirs = lines(pair.theirs(), theirLog, names, clients);
            var ours = lines(pair.ours(), ourLog, names, clients);
            assertThat(ours).isEqualTo(theirs);
            assertThat(ours.get("normal")).contains(" normal/s ").contains(" 5 -- ");
        }
    }

    private static Map<String, String> lines(
            Side side, DatagramSocket log, List<String> names, Map<String, Client> clients) throws IOException {
        var lines = new LinkedHashMap<String, String>();
        HaproxyStreamPeers.ask(side.ports().get(names.indexOf("unsaid")), "unsaid\n");
        for (var client : clients.entrySet()) {
            client.getValue().go(side.ports().get(names.indexOf(client.getKey())));
            lines.put(client.getKey(), masked(HaproxyStreamPeers.next(log, LINE)));
            if (client.getKey().equals("queued")) {
                lines.put("queued first", masked(HaproxyStreamPeers.next(log, LINE)));
            }
        }
        return lines;
    }

    /** Without the port, the date and the durations that there are. */
    private static String masked(String line) {
        var words = line.split(" ");
        words[0] = words[0].replaceFirst(":\\d+", ":P");
        words[1] = words[1].replaceAll("\\d", "9");
        words[4] = words[4].replaceAll("(?<!-)\\d+(?=/|$)", "T");
        return String.join(" ", words);
    }
}
