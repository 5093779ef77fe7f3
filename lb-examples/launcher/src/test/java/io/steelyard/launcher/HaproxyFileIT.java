package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One haproxy.cfg, run by HAProxy and by {@code lb run}: the same servers serve the same clients in the same order. */
@Timeout(300)
class HaproxyFileIT {
    private static final int CONNECTIONS = 20;
    private static final int TRIES = 3;

    /** Each has a listener of its own; {@code A} to {@code C} are servers, {@code X} is an address nobody listens on. */
    private static final Map<String, String> PROXIES = new LinkedHashMap<>();

    static {
        PROXIES.put("roundrobin", "balance roundrobin|server a A weight 1|server b B weight 3|server c C weight 6");
        PROXIES.put("equals", "balance roundrobin|server a A|server b B|server c C");
        PROXIES.put("default", "server a A weight 2|server b B weight 3");
        PROXIES.put("static", "balance static-rr|server a A weight 1|server b B weight 3|server c C weight 6");
        PROXIES.put("leastconn", "balance leastconn|server a A weight 1|server b B weight 3|server c C");
        PROXIES.put("first", "balance first|server a A|server b B");
        PROXIES.put("source", "balance source|server a A|server b B|server c C");
        PROXIES.put("consistent", "balance source|hash-type consistent|server a A|server b B|server c C weight 9");
        PROXIES.put("hash", "balance hash src|hash-type map-based wt6|server a A|server b B|server c C weight 9");
        PROXIES.put("backup", "server x X check inter 200ms fall 1|server b B backup|server c C backup");
        PROXIES.put(
                "backups", "option allbackups|server x X check inter 200ms fall 1|server b B backup|server c C backup");
        PROXIES.put("disabled", "server a A disabled|server b B|server c C weight 0");
        PROXIES.put("retry", "timeout connect 50ms|retries 1|server x X|server b B|server c C");
        PROXIES.put("retry-turning", "option redispatch|server x X|server b B|server c C");
        PROXIES.put(
                "retry-leastconn",
                "balance leastconn|timeout connect 50ms|option redispatch|server x X|server b B|server c C");
        PROXIES.put("redispatch", "balance source|timeout connect 100ms|option redispatch|server x X|server b B");
        PROXIES.put("rejected", "tcp-request connection reject if { src 127.0.0.0/8 }|server a A");
        PROXIES.put(
                "admitted",
                "tcp-request connection accept if { src 127.0.0.1 }|tcp-request connection reject|server a A");
        PROXIES.put(
                "chosen",
                "acl here dst_port P|use_backend other if here { src 127.0.0.1 }|default_backend nobody|server a A");
    }

    @TempDir
    private Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<String, Integer> servers = new LinkedHashMap<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void serversServeInTheSameOrder() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "HAProxy is not installed");
        startServers();
        var haproxy = keep(RealProgram.haproxy(folder, PROXIES.size(), this::configuration));
        await().atMost(Duration.ofSeconds(60))
                .until(() -> haproxy.output().contains("Server backup/x is DOWN")
                        && haproxy.output().contains("Server backups/x is DOWN"));
        var theirs = served(
                IntStream.range(0, PROXIES.size()).mapToObj(haproxy::port).toList());
        var ours = served(startLb());
        assertThat(ours).isEqualTo(theirs);
        assertThat(ours)
                .containsEntry("roundrobin", "ccbcacbccbccbcacbccb")
                .containsEntry("rejected", "--------------------");
    }

    @Test
    void connectionsOverTheLimitWaitForTheirServer() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "HAProxy is not installed");
        var holder = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        var text =
                "defaults\n mode tcp\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n timeout queue 60s\n"
                        + "listen l\n bind 127.0.0.1:%d\n server a 127.0.0.1:" + holder.getLocalPort() + " maxconn 1\n";
        var haproxy = keep(RealProgram.haproxy(folder, 1, ports -> text.formatted(ports.getFirst())));
        assertThat(waits(holder, haproxy.port(0))).isTrue();
        assertThat(waits(
                        holder,
                        startLb(ports -> text.formatted(ports.getFirst()), 1).getFirst()))
                .isTrue();
    }

    /** Whether the second of two clients is served when the first one leaves, by the connection that follows. */
    private static boolean waits(ServerSocket server, int port) throws IOException {
        try (var first = new Socket("127.0.0.1", port);
                var served = server.accept();
                var second = new Socket("127.0.0.1", port)) {
            second.setSoTimeout(60_000);
            server.setSoTimeout(300);
            try (var early = server.accept()) {
                return false;
            } catch (java.net.SocketTimeoutException none) {
                // It waits, as far as that can be seen in this time.
            }
            server.setSoTimeout(60_000);
            served.close();
            first.close();
            try (var next = server.accept()) {
                next.getOutputStream().write('a');
                return second.getInputStream().read() == 'a';
            }
        }
    }

    // ---- the stage

    private void startServers() throws IOException {
        for (var name : List.of("a", "b", "c")) {
            var listening = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
            servers.put(name.toUpperCase(java.util.Locale.ROOT), listening.getLocalPort());
            Thread.ofVirtual().start(() -> serve(listening, name));
        }
        // Bound and never listening: connections are refused, and nobody else gets the port.
        var refusing = keep(new Socket());
        refusing.bind(new java.net.InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        servers.put("X", refusing.getLocalPort());
    }

    private static void serve(ServerSocket listening, String name) {
        while (!listening.isClosed()) {
            try (var connection = listening.accept()) {
                connection.getOutputStream().write(name.getBytes(StandardCharsets.US_ASCII));
            } catch (IOException gone) {
                // The test is over, or a client left early.
            }
        }
    }

    private String configuration(List<Integer> ports) {
        var text = new StringBuilder(
                "global\n nbthread 1\ndefaults\n mode tcp\n timeout connect 5s\n timeout client 60s\n timeout server 60s\n");
        int next = 0;
        for (var proxy : PROXIES.entrySet()) {
            int port = ports.get(next++);
            text.append("listen ")
                    .append(proxy.getKey())
                    .append("\n bind 127.0.0.1:")
                    .append(port)
                    .append('\n');
            for (var line : proxy.getValue().split("\\|")) {
                text.append(' ').append(addresses(line, port)).append('\n');
            }
        }
        text.append("backend other\n server b 127.0.0.1:")
                .append(servers.get("B"))
                .append('\n');
        text.append("backend nobody\n server x 127.0.0.1:")
                .append(servers.get("X"))
                .append('\n');
        return text.toString();
    }

    private String addresses(String line, int port) {
        var text = line.replace("dst_port P", "dst_port " + port);
        for (var server : servers.entrySet()) {
            text = text.replaceAll(" " + server.getKey() + "( |$)", " 127.0.0.1:" + server.getValue() + "$1");
        }
        return text;
    }

    private List<Integer> startLb() throws Exception {
        return startLb(this::configuration, PROXIES.size());
    }

    /** Starts {@code lb run}, and waits until the servers that are checked and gone are known to be. */
    private List<Integer> startLb(java.util.function.Function<List<Integer>, String> sections, int count)
            throws Exception {
        for (int attempt = 1; ; attempt++) {
            var ports = freePorts(count);
            var file = Files.writeString(folder.resolve("lb.cfg"), sections.apply(ports));
            var lb = keep(LbProcess.start("run", file.toString()));
            try {
                awaitReady(lb, ports);
                return ports;
            } catch (AssertionError failed) {
                // Another program may have taken a port between our asking for it and its use.
                if (attempt == TRIES) {
                    throw failed;
                }
                lb.close();
            }
        }
    }

    private static void awaitReady(LbProcess lb, List<Integer> ports) throws InterruptedException {
        for (int port : ports) {
            lb.awaitOut(line -> line.contains("ready tcp 127.0.0.1:" + port + " "));
        }
        if (ports.size() > 1) {
            lb.awaitErr(line -> line.contains("server x in backup is DOWN"));
            lb.awaitErr(line -> line.contains("server x in backups is DOWN"));
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        for (int i = 0; i < count; i++) {
            sockets.add(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
        }
        var ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
        for (var socket : sockets) {
            socket.close();
        }
        return ports;
    }

    /** Who served each client of each proxy, one client after the other; {@code -} for nobody. */
    private static Map<String, String> served(List<Integer> ports) throws Exception {
        var all = new LinkedHashMap<String, CompletableFuture<String>>();
        int next = 0;
        for (var name : PROXIES.keySet()) {
            int port = ports.get(next++);
            all.put(name, CompletableFuture.supplyAsync(() -> clients(port)));
        }
        var served = new LinkedHashMap<String, String>();
        for (var one : all.entrySet()) {
            served.put(one.getKey(), one.getValue().get(120, TimeUnit.SECONDS));
        }
        return served;
    }

    private static String clients(int port) {
        var names = new StringBuilder();
        for (int i = 0; i < CONNECTIONS; i++) {
            try (var client = new Socket("127.0.0.1", port)) {
                client.setSoTimeout(60_000);
                var name = new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
                names.append(name.isEmpty() ? "-" : name);
            } catch (java.net.SocketException reset) {
                names.append('-');
            } catch (IOException failed) {
                throw new UncheckedIOException(failed);
            }
        }
        return names.toString();
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }
}
