package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers that are looked up by {@code resolvers}: HAProxy and ours on one file, beside one name server. */
@Timeout(300)
class HaproxyResolversIT {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int ADDRESS = 73;
    private static final int WEIGHT = 18;
    private static final int STATUS = 17;

    @TempDir
    private Path folder;

    @BeforeEach
    void areInstalled() {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        assumeTrue(Dnsmasq.isInstalled(), "needs dnsmasq (package dnsmasq-base)");
    }

    /** What is common to all files; failures are forgiven for a second. */
    private static String head(Path own, Dnsmasq names) {
        return """
                global
                  stats socket %s level admin
                resolvers d
                  nameserver one %s
                  resolve_retries 2
                  timeout retry 300ms
                  timeout resolve 300ms
                  hold valid 300ms
                  hold nx 1s
                  hold timeout 1s
                  hold other 1s
                  hold refused 1s
                defaults
                  mode tcp
                  timeout client 1m
                  timeout connect 5s
                  timeout server 1m
                  retries 0
                """.formatted(own.resolve("s"), names.address());
    }

    /** What {@code show stat} tells of a backend's servers: address and weight of those in service, MAINT of the others; sorted. */
    private static List<String> servers(Side side, String pool) throws IOException {
        var found = new ArrayList<String>();
        for (var line : CommandCall.ask(side, "show stat").lines().toList()) {
            var cells = line.split(",", -1);
            if (cells[0].equals(pool) && !List.of("FRONTEND", "BACKEND").contains(cells[1])) {
                boolean isOut = cells[STATUS].startsWith("MAINT");
                found.add(isOut ? "MAINT" : cells[ADDRESS] + " " + cells[WEIGHT]);
            }
        }
        return found.stream().sorted().toList();
    }

    /** What is not zero in {@code show resolvers}. */
    private static List<String> counts(Side side) throws IOException {
        return CommandCall.ask(side, "show resolvers d")
                .lines()
                .filter(line -> !line.isBlank() && !line.contains("nameserver") && !line.endsWith(" 0"))
                .map(line -> line.strip().split(":")[0])
                .toList();
    }

    /** The counters, in their order, without their values. */
    private static List<String> names(Side side) throws IOException {
        return CommandCall.ask(side, "show resolvers d")
                .lines()
                .filter(line -> line.startsWith("  "))
                .map(line -> line.substring(0, 15))
                .toList();
    }

    private static void awaitBoth(HaproxyPair pair, String pool, String... servers) {
        for (var side : List.of(pair.theirs(), pair.ours())) {
            await(side.name() + ": " + pool)
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(servers(side, pool)).containsExactly(servers));
        }
    }

    @Test
    void placesFollowTheAnswersOfTheNameServer() throws Exception {
        try (var names = Dnsmasq.start(folder, List.of("127.0.0.11 web.test", "127.0.0.12 web.test"));
                var pair = HaproxyPair.start(
                        folder, 1, (ports, own) -> head(own, names) + """
                        listen one
                          bind 127.0.0.1:%d
                          server s web.test:8001 resolvers d init-addr none
                        backend three
                          server-template t 3 web.test:8001 resolvers d init-addr none
                        backend fixed
                          server s web.test:8001 resolvers d init-addr libc,127.0.0.9
                        backend shared
                          server a web.test:8001 resolvers d init-addr none resolve-opts allow-dup-ip resolve-net 127.0.0.12/32
                          server b web.test:8002 resolvers d init-addr none resolve-opts allow-dup-ip resolve-net 127.0.0.12/32
                        """.formatted(ports.getFirst()))) {
            awaitBoth(pair, "three", "127.0.0.11:8001 1", "127.0.0.12:8001 1", "MAINT");
            awaitBoth(pair, "shared", "127.0.0.12:8001 1", "127.0.0.12:8002 1");
            for (var side : List.of(pair.theirs(), pair.ours())) {
                assertThat(servers(side, "one")).hasSize(1).doesNotContain("MAINT");
            }
            names.knows("127.0.0.13 web.test", "127.0.0.14 web.test", "127.0.0.12 web.test");
            awaitBoth(pair, "three", "127.0.0.12:8001 1", "127.0.0.13:8001 1", "127.0.0.14:8001 1");
            names.knows("127.0.0.13 web.test");
            awaitBoth(pair, "three", "127.0.0.13:8001 1", "MAINT", "MAINT");
            awaitBoth(pair, "fixed", "127.0.0.13:8001 1");
            names.knows("127.0.0.13 other.test");
            awaitBoth(pair, "three", "MAINT", "MAINT", "MAINT");
            awaitBoth(pair, "one", "MAINT");
            for (var side : List.of(pair.theirs(), pair.ours())) {
                assertThat(counts(side))
                        .as(side.name())
                        .startsWith("Resolvers section d")
                        .contains("sent", "valid", "any_err", "nx")
                        .doesNotContain("refused", "other");
            }
            assertThat(names(pair.ours())).isEqualTo(names(pair.theirs()));
            names.knows("127.0.0.11 web.test");
            awaitBoth(pair, "three", "127.0.0.11:8001 1", "MAINT", "MAINT");
            names.beSilent();
            awaitBoth(pair, "three", "MAINT", "MAINT", "MAINT");
            awaitBoth(pair, "fixed", "MAINT");
            names.speak();
            awaitBoth(pair, "three", "127.0.0.11:8001 1", "MAINT", "MAINT");
        }
    }

    @Test
    void recordsOfAServiceGivePortsAndWeights() throws Exception {
        try (var names = Dnsmasq.start(
                        folder,
                        List.of("127.0.0.21 a.test", "127.0.0.22 b.test"),
                        "--srv-host=_http._tcp.web.test,a.test,8081,10,256",
                        "--srv-host=_http._tcp.web.test,b.test,8082,20,600",
                        "--srv-host=_http._tcp.web.test,a.test,8083,20,0");
                var pair = HaproxyPair.start(
                        folder, 1, (ports, own) -> head(own, names) + """
                        listen srv
                          bind 127.0.0.1:%d
                          server-template t 4 _http._tcp.web.test resolvers d init-addr none
                        backend plain
                          server-template t 3 _http._tcp.web.test resolvers d init-addr none resolve-opts ignore-weight weight 7
                        """.formatted(ports.getFirst()))) {
            awaitBoth(pair, "srv", "127.0.0.21:8081 1", "127.0.0.21:8083 0", "127.0.0.22:8082 3", "MAINT");
            awaitBoth(pair, "plain", "127.0.0.21:8081 7", "127.0.0.21:8083 7", "127.0.0.22:8082 7");
        }
    }

    @Test
    void clientsGetTheServerThatTheNameMeansNow() throws Exception {
        try (var first = new ServerSocket()) {
            first.bind(new InetSocketAddress("127.0.0.11", 0));
            try (var second = new ServerSocket();
                    var names = Dnsmasq.start(folder, List.of("127.0.0.99 other.test"))) {
                second.bind(new InetSocketAddress("127.0.0.12", first.getLocalPort()));
                speak(first);
                speak(second);
                try (var pair = HaproxyPair.start(
                        folder,
                        1,
                        (ports, own) -> head(own, names) + """
                        listen one
                          bind 127.0.0.1:%d
                          server s web.test:%d resolvers d init-addr none check inter 200ms
                        """.formatted(ports.getFirst(), first.getLocalPort()))) {
                    awaitSaid(pair, "");
                    names.knows("127.0.0.11 web.test");
                    awaitSaid(pair, "127.0.0.11");
                    names.knows("127.0.0.12 web.test");
                    awaitSaid(pair, "127.0.0.12");
                    // What an operator takes out stays out, whatever the name does.
                    for (var side : List.of(pair.theirs(), pair.ours())) {
                        CommandCall.ask(side, "set server one/s state maint");
                    }
                    names.knows("127.0.0.11 web.test");
                    awaitBoth(pair, "one", "MAINT");
                    awaitSaid(pair, "");
                    for (var side : List.of(pair.theirs(), pair.ours())) {
                        CommandCall.ask(side, "set server one/s state ready");
                    }
                    awaitSaid(pair, "127.0.0.11");
                }
            }
        }
    }

    private static void awaitSaid(HaproxyPair pair, String expected) {
        for (var side : List.of(pair.theirs(), pair.ours())) {
            await(side.name() + " leads to '" + expected + "'")
                    .atMost(PATIENCE)
                    .until(() -> said(side.ports().getFirst()).equals(expected));
        }
    }

    private static String said(int port) {
        try (var client = new Socket("127.0.0.1", port)) {
            client.setSoTimeout(10_000);
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException reset) {
            return "";
        }
    }

    /** Tells each client the server's address, and ends. */
    private static void speak(ServerSocket server) {
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try (var client = server.accept()) {
                    client.getOutputStream()
                            .write(server.getInetAddress().getHostAddress().getBytes(StandardCharsets.US_ASCII));
                } catch (IOException closed) {
                    // The test is over, or the client is gone.
                }
            }
        });
    }
}
