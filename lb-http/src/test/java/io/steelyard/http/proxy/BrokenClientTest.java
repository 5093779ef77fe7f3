package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.pool.ConnectionReuse;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.text.Template;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that leave, are slow, or say too much: nothing they held stays, and others are served. */
@Timeout(240)
@Execution(ExecutionMode.SAME_THREAD)
class BrokenClientTest {
    private static final String REQUEST =
            "POST /a HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\nabc\r\n0\r\nX: y\r\n\r\n";

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void clientThatIsResetAtAnyByteOfItsRequestLeavesNothing(boolean isCollected) throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(pool(server)),
                        root -> root.content(HttpProxy.toPool("web")
                                .buffersRequest(isCollected)
                                .build()))) {
            settle(proxy);
            long before = descriptors();
            for (int length = 0; length <= REQUEST.length(); length++) {
                try (var client = proxy.client()) {
                    client.send(REQUEST.substring(0, length));
                    client.socket().setSoLinger(true, 0);
                }
            }
            assertNothingIsLeft(proxy, before);
        }
    }

    @Test
    void clientThatIsResetAtAnyByteOfItsAnswerLeavesNothing() throws IOException {
        var answer = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n3\r\nabc\r\n0\r\n\r\n";
        int[] sent = {0};
        try (var server = new ScriptedServer((request, connection) -> {
                    int length = Integer.parseInt(request.line().split(" ")[1].substring(1));
                    connection.send(answer.substring(0, length));
                    // The rest comes when the client is gone.
                    connection.in().read();
                    return false;
                });
                var proxy = Fixture.start(
                        configuration -> configuration.pool(pool(server)),
                        root -> root.content(HttpProxy.toPool("web").build()))) {
            settle(proxy);
            long before = descriptors();
            for (int length = 0; length < answer.length(); length++) {
                int waitsFor = length;
                try (var client = proxy.client()) {
                    client.send("GET /" + length + " HTTP/1.1\r\nHost: s\r\n\r\n");
                    await().atMost(Duration.ofSeconds(30))
                            .until(() -> server.requests().size() > waitsFor);
                    client.socket().setSoLinger(true, 0);
                }
                sent[0]++;
            }
            assertNothingIsLeft(proxy, before);
            assertThat(sent[0]).isEqualTo(answer.length());
        }
    }

    @Test
    void slowBodyIsEndedWith408() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(pool(server)),
                        root -> root.content(HttpProxy.toPool("web").build()),
                        options().bodyTimeout(Duration.ofMillis(200)).build())) {
            settle(proxy);
            long before = descriptors();
            try (var client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 9\r\n\r\nx");
                assertThat(client.answer().status()).isEqualTo(408);
                assertThat(client.isAtEnd()).isTrue();
            }
            assertNothingIsLeft(proxy, before);
        }
    }

    @Test
    void clientThatDoesNotReadIsResetAfterTheSendTimeoutAndOthersAreServed() throws IOException {
        var large = new byte[8 << 20];
        new Random(1).nextBytes(large);
        try (var server = new ScriptedServer((request, connection) -> {
                    if (request.line().contains("large")) {
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + large.length + "\r\n\r\n");
                        connection.send(large);
                    } else {
                        connection.reply(200, "small");
                    }
                    return true;
                });
                var proxy = Fixture.start(
                        configuration -> configuration.pool(pool(server)),
                        root -> root.content(HttpProxy.toPool("web").build()),
                        options().sendTimeout(Duration.ofMillis(500)).build())) {
            settle(proxy);
            long before = descriptors();
            try (var lazy = proxy.client();
                    var other = proxy.client()) {
                lazy.send("GET /large HTTP/1.1\r\nHost: s\r\n\r\n");
                assertThat(other.get("/").text()).isEqualTo("small");
                await().atMost(Duration.ofSeconds(30)).until(() -> proxy.openConnections() == 1);
                assertThat(other.get("/").text()).isEqualTo("small");
            }
            assertNothingIsLeft(proxy, before);
        }
    }

    @Test
    void bytesBehindABodyAreTheNextRequestAndNeverPartOfTheFirst() throws IOException {
        try (var server = new ScriptedServer((request, connection) ->
                        connection.reply(200, request.line() + new String(request.body(), StandardCharsets.US_ASCII)));
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            client.send("POST /one HTTP/1.1\r\nHost: s\r\nContent-Length: 3\r\n\r\nabc"
                    + "GET /two HTTP/1.1\r\nHost: s\r\n\r\nnonsense\r\n\r\n");
            assertThat(client.answer().text()).isEqualTo("POST /one HTTP/1.1abc");
            assertThat(client.answer().text()).isEqualTo("GET /two HTTP/1.1");
            assertThat(client.answer().status()).isEqualTo(400);
            assertThat(client.isAtEnd()).isTrue();
            assertThat(server.requests()).hasSize(2);
        }
    }

    @Test
    void bodyOfARequestThatWasAnsweredEarlyIsNeverTakenForARequest() throws IOException {
        var smuggled = "GET /smuggled HTTP/1.1\r\nHost: s\r\n\r\n";
        try (var proxy = Fixture.start(
                        configuration -> configuration,
                        root -> root.content(
                                new Content.Reply(200, Template.parse("$request_method $request_uri"), "text/plain")));
                var client = proxy.client()) {
            client.send("POST /one HTTP/1.1\r\nHost: s\r\nContent-Length: " + smuggled.length() + "\r\n\r\n");
            assertThat(client.answer().text()).isEqualTo("POST /one");
            client.send(smuggled + "GET /real HTTP/1.1\r\nHost: s\r\n\r\n");
            assertThat(client.answer().text()).isEqualTo("GET /real");
        }
    }

    private static HttpClientOptions.Builder options() {
        return HttpClientOptions.builder();
    }

    private static ServerPool.Builder pool(ScriptedServer server) {
        return Fixture.pool("web", server).reuse(ConnectionReuse.NONE);
    }

    /** What is opened once only has been opened. */
    private static void settle(Fixture proxy) throws IOException {
        try (var client = proxy.client()) {
            client.send("GET /0 HTTP/1.1\r\nHost: s\r\nConnection: close\r\n\r\n");
            client.socket().shutdownOutput();
        }
        await().atMost(Duration.ofSeconds(30)).until(() -> proxy.openConnections() == 0);
    }

    private static void assertNothingIsLeft(Fixture proxy, long before) {
        await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> {
            assertThat(proxy.openConnections()).as("clients").isZero();
            for (var pool : proxy.balancer().status().pools()) {
                for (var server : pool.servers()) {
                    assertThat(server.active()).as("leases of " + server.id()).isZero();
                }
            }
            assertThat(descriptors()).as("descriptors").isLessThanOrEqualTo(before);
        });
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException closed) {
            return false;
        }
    }

    private static long descriptors() throws IOException {
        try (var all = Files.list(Path.of("/proc/self/fd"))) {
            return all.filter(BrokenClientTest::isSocket).count();
        }
    }
}
