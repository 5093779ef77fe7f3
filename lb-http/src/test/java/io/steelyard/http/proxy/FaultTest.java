package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.pool.ConnectionQueue;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What clients and servers do wrong, one by one: what comes of it, under which name it is counted, and that another client is served all the
 * while. That nothing stays is seen as each balancer closes.
 */
@Timeout(240)
class FaultTest {
    private static final Duration LONG = Duration.ofSeconds(60);
    private static final int IDLE_CLIENTS = 2_000;

    private static final HttpClientOptions IMPATIENT = HttpClientOptions.builder()
            .headerTimeout(Duration.ofSeconds(2))
            .bodyTimeout(Duration.ofSeconds(2))
            .build();

    /** What a client sends, what it gets, and how that is counted. */
    enum ClientFault {
        SLOW_HEADER("GET / HTTP/1.1\r\nHost: s\r\nX-Half: ", 408, "slow_header"),
        SLOW_FIRST_LINE("GE", 408, "slow_header"),
        SLOW_BODY("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 9\r\n\r\nhalf", 408, "slow_body"),
        SLOW_CHUNK("POST / HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\n9\r\nhalf", 408, "slow_body"),
        MALFORMED_CHUNK(
                "POST / HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\nnone\r\n", 400, "malformed_request"),
        TWO_LENGTHS(
                "GET / HTTP/1.1\r\nHost: s\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
                400,
                "malformed_request"),
        NO_HTTP("\u0016\u0003\u0001 not TLS either\r\n\r\n", 400, "malformed_request"),
        LONG_LINE("GET /" + "a".repeat(9_000) + " HTTP/1.1\r\nHost: s\r\n\r\n", 414, "malformed_request"),
        LARGE_HEADER("GET / HTTP/1.1\r\nHost: s\r\nX: " + "a".repeat(40_000) + "\r\n\r\n", 431, "malformed_request"),
        MANY_FIELDS("GET / HTTP/1.1\r\nHost: s\r\n" + "X: y\r\n".repeat(200) + "\r\n", 431, "malformed_request");

        private final String sent;
        private final int status;
        private final String counter;

        ClientFault(String sent, int status, String counter) {
            this.sent = sent;
            this.status = status;
            this.counter = counter;
        }
    }

    /** What a server sends to whoever asks for {@code /bad}, what the client gets, and how that is counted. */
    enum ServerFault {
        GARBAGE("\u0001\u0002 I am no HTTP\r\n\r\n", 502, "malformed_answer"),
        INTERIM_FLOOD("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n".repeat(1_000), 502, "malformed_answer"),
        OVERSIZED_FIELD("HTTP/1.1 200 OK\r\nX: " + "a".repeat(1 << 20) + "\r\n\r\n", 502, "malformed_answer"),
        TOO_MANY_FIELDS("HTTP/1.1 200 OK\r\n" + "X: y\r\n".repeat(20_000) + "\r\n", 502, "malformed_answer"),
        ENDLESS_HEADER_LINE("HTTP/1.1 200 " + "O".repeat(1 << 20), 502, "malformed_answer"),
        TWO_LENGTHS("HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 502, "malformed_answer"),
        CLOSES_IN_ITS_HEADER("HTTP/1.1 200 OK\r\nContent-Le", 502, ""),
        CLOSES_BEFORE_IT("", 502, ""),
        CLOSES_IN_ITS_BODY("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\npart", 200, "broken_answer"),
        CLOSES_IN_A_CHUNK("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n9\r\npart", 200, "broken_answer"),
        GARBAGE_FOR_A_CHUNK("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 200, "broken_answer");

        private final String sent;
        private final int status;
        private final String counter;

        ServerFault(String sent, int status, String counter) {
            this.sent = sent;
            this.status = status;
            this.counter = counter;
        }
    }

    private static Fixture impatient(ScriptedServer server) throws IOException {
        return Fixture.start(
                configuration -> configuration.pool(Fixture.pool("web", server)),
                root -> root.content(
                        HttpProxy.toPool("web").buffersRequest(false).build()),
                IMPATIENT);
    }

    /** What was counted, but for zeros. */
    private static Map<String, Long> counted(Fixture proxy) {
        return proxy.drops().entrySet().stream()
                .filter(entry -> entry.getValue() != 0)
                .collect(Collectors.toMap(Map.Entry::getKey, Map.Entry::getValue));
    }

    @ParameterizedTest
    @EnumSource
    void clientIsAnsweredAndCountedAndAnotherServed(ClientFault fault) throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = impatient(server);
                var client = proxy.client()) {
            client.send(fault.sent);
            try (var other = proxy.client()) {
                assertThat(other.get("/").text()).isEqualTo("one");
            }
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(fault.status);
            assertThat(endOf(client)).as("bytes behind the answer").isZero();
            assertThat(counted(proxy)).isEqualTo(Map.of(fault.counter, 1L));
            await().atMost(LONG).until(() -> proxy.activeFlows() == 0);
        }
    }

    /** How much came until the connection ended. */
    private static long endOf(RawClient client) throws IOException {
        try {
            return client.in().transferTo(java.io.OutputStream.nullOutputStream());
        } catch (SocketException reset) {
            return 0;
        }
    }

    @ParameterizedTest
    @EnumSource
    void serverIsAnsweredForAndCountedAndAnotherClientServed(ServerFault fault) throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    if (request.line().contains("/bad")) {
                        connection.send(fault.sent);
                        return false;
                    }
                    return connection.reply(200, "one");
                });
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client();
                var other = proxy.client()) {
            client.send("GET /bad HTTP/1.1\r\nHost: s\r\n\r\n");
            var head = client.head();
            assertThat(head).startsWith("HTTP/1.1 " + fault.status + " ");
            assertThat(other.get("/").text()).isEqualTo("one");
            if (fault.status == 200) {
                // It must not seem to be the whole.
                assertThat(wholeOf(client, head)).isFalse();
            }
            await().atMost(LONG)
                    .untilAsserted(() -> assertThat(counted(proxy))
                            .isEqualTo(fault.counter.isEmpty() ? Map.of() : Map.of(fault.counter, 1L)));
            await().atMost(LONG).until(() -> proxy.activeFlows() == 0);
        }
    }

    private static boolean wholeOf(RawClient client, String head) {
        try {
            Wire.body(client.in(), head);
            return true;
        } catch (IOException broken) {
            return false;
        }
    }

    @Test
    void thousandsOfIdleClientsHarmNobodyAndLeaveInTime() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.content(HttpProxy.toPool("web").build()),
                        HttpClientOptions.builder()
                                .headerTimeout(Duration.ofSeconds(10))
                                .build())) {
            var idle = new ArrayList<Socket>();
            try {
                for (int i = 0; i < IDLE_CLIENTS; i++) {
                    idle.add(new Socket("127.0.0.1", proxy.port()));
                }
                await().atMost(LONG).until(() -> proxy.openConnections() == IDLE_CLIENTS);
                try (var other = proxy.client()) {
                    for (int i = 0; i < 50; i++) {
                        assertThat(other.get("/").text()).isEqualTo("one");
                    }
                }
                await().atMost(Duration.ofSeconds(120)).until(() -> proxy.openConnections() == 0);
            } finally {
                for (var each : idle) {
                    each.close();
                }
            }
            // They never began a request; nothing is wrong with that.
            assertThat(counted(proxy)).isEmpty();
        }
    }

    @Test
    void allServersFullIsAnsweredAtOnceAndPassesAsSoonAsOneIsFree() throws IOException {
        var mayAnswer = new CountDownLatch(1);
        try (var server = new ScriptedServer((request, connection) -> {
                    awaitQuietly(mayAnswer);
                    return connection.reply(200, "one");
                });
                var proxy = Fixture.start(
                        configuration -> configuration.pool(ServerPool.builder("web")
                                .queue(ConnectionQueue.NONE)
                                .server(RealServer.builder(server.address())
                                        .maxConnections(2)
                                        .build())),
                        root -> root.content(HttpProxy.toPool("web").build()))) {
            var clients = new ArrayList<RawClient>();
            try {
                for (int i = 0; i < 2; i++) {
                    clients.add(proxy.client().send("GET / HTTP/1.1\r\nHost: s\r\n\r\n"));
                }
                await().atMost(LONG).until(() -> proxy.activeFlows() == 2);
                try (var third = proxy.client()) {
                    assertThat(third.get("/").status()).isEqualTo(503);
                    mayAnswer.countDown();
                    for (var each : clients) {
                        assertThat(each.answer().text()).isEqualTo("one");
                    }
                    await().atMost(LONG).until(() -> proxy.activeFlows() == 0);
                    assertThat(third.get("/").text()).isEqualTo("one");
                }
            } finally {
                for (var each : clients) {
                    each.close();
                }
            }
        }
    }

    @Test
    void reloadsUnderTrafficKeepWebSocketsAndFailNoRequest() throws Exception {
        try (var one = upgrading("one");
                var two = upgrading("two");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(pool("web", one)),
                        root -> root.content(HttpProxy.toPool("web").build()))) {
            var tunnels = new ArrayList<RawClient>();
            try {
                for (int i = 0; i < 5; i++) {
                    var tunnel = proxy.client();
                    tunnels.add(tunnel);
                    tunnel.send("GET /socket HTTP/1.1\r\nHost: s\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
                    assertThat(tunnel.head()).startsWith("HTTP/1.1 101 ");
                }
                try (var kept = proxy.client()) {
                    for (int i = 0; i < 20; i++) {
                        var server = i % 2 == 0 ? two : one;
                        proxy.apply(
                                configuration -> configuration
                                        .pool(pool("web", one, two))
                                        .pool(pool("other", server)),
                                root -> root.content(HttpProxy.toPool("other").build()));
                        assertThat(kept.get("/").text()).isEqualTo(i % 2 == 0 ? "two" : "one");
                        for (var tunnel : tunnels) {
                            tunnel.send("ping " + (char) ('a' + i));
                            assertThat(tunnel.text(6)).isEqualTo("ping " + (char) ('a' + i));
                        }
                    }
                }
            } finally {
                for (var each : tunnels) {
                    each.close();
                }
            }
            await().atMost(LONG).until(() -> proxy.activeFlows() == 0);
            assertThat(List.of(counted(proxy))).containsExactly(Map.of());
        }
    }

    /** Whose clients may switch protocols without more being said, unlike nginx's. */
    private static ServerPool.Builder pool(String name, ScriptedServer... servers) {
        var pool = ServerPool.builder(name);
        for (var server : servers) {
            pool.server(RealServer.of(server.address()));
        }
        return pool;
    }

    /** One that says its name, or again what a client of its tunnel says. */
    private static ScriptedServer upgrading(String name) throws IOException {
        return new ScriptedServer((request, connection) -> {
            if (!request.line().contains("/socket")) {
                return connection.reply(200, name);
            }
            connection.send("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
            connection.in().transferTo(connection.out());
            return false;
        });
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            if (!latch.await(60, TimeUnit.SECONDS)) {
                throw new IOException("nobody let it answer");
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
