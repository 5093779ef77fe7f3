package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.pool.ConnectionReuse;
import io.steelyard.http.h2.ErrorCode;
import io.steelyard.http.h2.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(240)
class Http2ProxyTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    private final Semaphore credits = new Semaphore(256 << 10);

    private static HttpClientOptions.Builder http2() {
        return HttpClientOptions.builder().http2(true);
    }

    private static Fixture inFrontOf(ScriptedServer server) throws IOException {
        return inFrontOf(server, http2().build());
    }

    private static Fixture inFrontOf(ScriptedServer server, HttpClientOptions options) throws IOException {
        return Fixture.start(
                configuration -> configuration.pool(Fixture.pool("web", server).reuse(ConnectionReuse.DEFAULT)),
                root -> root.content(HttpProxy.toPool("web")
                        .buffersRequest(false)
                        .passedTrailers(Set.of("*"))
                        .build()),
                options);
    }

    private static void pause(CountDownLatch until) {
        try {
            assertThat(until.await(30, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void serverReceivesTheRequestInHttp1() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = inFrontOf(server);
                var client = new FrameClient(
                        proxy,
                        Frame.headers(
                                1,
                                true,
                                ":method",
                                "GET",
                                ":scheme",
                                "http",
                                ":path",
                                "/a%20b?c",
                                ":authority",
                                "site:80",
                                "x-a",
                                "b",
                                "cookie",
                                "a=b",
                                "cookie",
                                "c=d",
                                "te",
                                "trailers"))) {
            var answer = client.answer(1);
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("one");
            assertThat(answer.heads.getFirst()).contains("\ncontent-length: 3").contains("\ndate: ");
            var request = server.requests().getFirst();
            assertThat(request.line()).isEqualTo("GET /a%20b?c HTTP/1.1");
            assertThat(request.field("x-a")).isEqualTo("b");
            assertThat(request.field("cookie")).isEqualTo("a=b; c=d");
            assertThat(request.head()).doesNotContain(":authority").doesNotContainIgnoringCase("transfer-encoding");
        }
    }

    @Test
    void requestsAreServedAtOnceAndShareNothing() throws IOException {
        var mayAnswer = new CountDownLatch(1);
        try (var server = new ScriptedServer((request, connection) -> {
                    if (request.line().contains("slow")) {
                        pause(mayAnswer);
                    }
                    return connection.reply(200, request.line());
                });
                var proxy = inFrontOf(server);
                var client = new FrameClient(proxy, Frame.get(1, "/slow"), Frame.get(3, "/b"), Frame.get(5, "/c"))) {
            assertThat(client.answer(5).text()).isEqualTo("GET /c HTTP/1.1");
            assertThat(client.answer(3).text()).isEqualTo("GET /b HTTP/1.1");
            mayAnswer.countDown();
            assertThat(client.answer(1).text()).isEqualTo("GET /slow HTTP/1.1");
        }
    }

    @Test
    void bodiesOfAnyLengthPassBothWays() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + request.body().length + "\r\n\r\n");
                    connection.send(request.body());
                    return true;
                });
                var proxy = inFrontOf(server);
                var client = new FrameClient(proxy)) {
            var body = new byte[3_000_000];
            new Random(2).nextBytes(body);
            client.send(Frame.post(1, "/", "content-length", "" + body.length));
            var writing = Thread.ofVirtual().start(() -> sendSlowly(client, body));
            client.widens = false;
            var answer = client.on(1);
            while (!answer.hasEnded) {
                var frame = client.next();
                if (frame.type() == 8) {
                    credits.release(frame.int32At(0));
                } else if (frame.type() == 0 && frame.payload().length > 0) {
                    client.send(Frame.windowUpdate(0, frame.payload().length));
                    if (!frame.isEnd()) {
                        client.send(Frame.windowUpdate(1, frame.payload().length));
                    }
                }
            }
            writing.join();
            assertThat(answer.body.toByteArray()).isEqualTo(body);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Keeps to the stream's window by what the proxy gives back; that of the connection is larger. */
    private void sendSlowly(FrameClient client, byte[] body) {
        try {
            for (int at = 0; at < body.length; ) {
                int count = Math.min(16_384, body.length - at);
                credits.acquire(count);
                var piece = Arrays.copyOfRange(body, at, at + count);
                at += count;
                client.send(new Frame(0, at == body.length ? 1 : 0, 1, piece));
            }
        } catch (IOException | InterruptedException failed) {
            throw new IllegalStateException(failed);
        }
    }

    @Test
    void bodyOfUnknownLengthIsChunkedToTheServerAndTrailersPassBothWays() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n"
                            + "2\r\nhi\r\n0\r\nX-Sum: 7\r\n\r\n");
                    return true;
                });
                var proxy = inFrontOf(server);
                var client = new FrameClient(
                        proxy,
                        Frame.post(1, "/", "te", "trailers"),
                        Frame.data(1, false, "abc"),
                        Frame.headers(1, true, "x-check", "9"))) {
            var answer = client.answer(1);
            assertThat(answer.text()).isEqualTo("hi");
            assertThat(answer.heads.getLast()).isEqualTo("x-sum: 7");
            var request = server.requests().getFirst();
            assertThat(request.head()).contains("Transfer-Encoding: chunked");
            assertThat(new String(request.body(), StandardCharsets.US_ASCII)).isEqualTo("abc");
            assertThat(request.trailers()).contains("x-check: 9");
        }
    }

    @Test
    void answersWithoutABodyEndWithTheirHead() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send(
                            request.line().contains("/204")
                                    ? "HTTP/1.1 204 No Content\r\n\r\n"
                                    : request.line().contains("/304")
                                            ? "HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n"
                                            : "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
                    return true;
                });
                var proxy = inFrontOf(server);
                var client = new FrameClient(
                        proxy,
                        Frame.headers(1, true, ":method", "HEAD", ":scheme", "http", ":path", "/", ":authority", "s"),
                        Frame.get(3, "/204"),
                        Frame.get(5, "/304"))) {
            assertThat(client.answer(1).heads.getFirst()).contains("content-length: 5");
            assertThat(client.answer(3).heads.getFirst())
                    .contains(":status: 204")
                    .doesNotContain("content-length");
            assertThat(client.answer(5).heads.getFirst()).contains(":status: 304");
            assertThat(client.on(1).text() + client.on(3).text() + client.on(5).text())
                    .isEmpty();
        }
    }

    @Test
    void clientThatWaitsToBeInvitedIs() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = inFrontOf(server);
                var client =
                        new FrameClient(proxy, Frame.post(1, "/", "expect", "100-continue", "content-length", "2"))) {
            client.until(frame -> frame.type() == 1);
            assertThat(client.on(1).heads).containsExactly(":status: 100");
            client.send(Frame.data(1, true, "hi"));
            assertThat(client.answer(1).heads.getLast()).contains(":status: 200");
            assertThat(server.requests().getFirst().field("expect")).isEmpty();
        }
    }

    @Test
    void earlyAnswerIsFollowedByAResetWithoutError() throws IOException {
        try (var server = new EarlyServer();
                var proxy = Fixture.start(
                        configuration -> configuration.pool(server.pool()),
                        root -> root.content(
                                HttpProxy.toPool("web").buffersRequest(false).build()),
                        http2().build());
                var client = new FrameClient(proxy, Frame.post(1, "/"), Frame.data(1, false, "part"))) {
            assertThat(client.answer(1).status()).isEqualTo(403);
            var reset = client.until(frame -> frame.type() == 3);
            assertThat(reset.code()).isEqualTo(ErrorCode.NO_ERROR);
            client.send(Frame.data(1, true, "rest"), Frame.ping(0));
            assertThat(client.until(frame -> frame.type() == 6).flags()).isEqualTo(1);
        }
    }

    @Test
    void serverThatFailsWithinItsAnswerResetsThatStreamAlone() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    if (request.line().contains("broken")) {
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\npart");
                        return false;
                    }
                    return connection.reply(200, "well");
                });
                var proxy = inFrontOf(server);
                var client = new FrameClient(proxy, Frame.get(1, "/broken"))) {
            assertThat(client.answer(1).reset.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
            assertThat(client.send(Frame.get(3, "/")).answer(3).text()).isEqualTo("well");
        }
    }

    @Test
    void resetOfTheClientFreesTheServerAtOnce() throws IOException {
        var left = new CountDownLatch(1);
        try (var server = new ScriptedServer((request, connection) -> {
                    if (request.line().contains("long")) {
                        boolean isOpen = connection.in().read() >= 0;
                        left.countDown();
                        return isOpen;
                    }
                    return connection.reply(200, "well");
                });
                var proxy = inFrontOf(server);
                var client = new FrameClient(proxy, Frame.get(1, "/long"))) {
            await().atMost(LONG).until(() -> server.requests().size() == 1);
            client.send(Frame.reset(1, 8));
            pause(left);
            assertThat(client.send(Frame.get(3, "/")).answer(3).text()).isEqualTo("well");
            await().atMost(LONG)
                    .until(() -> proxy.balancer()
                                    .status()
                                    .pools()
                                    .getFirst()
                                    .servers()
                                    .getFirst()
                                    .active()
                            == 0);
        }
    }

    @Test
    void streamThatItsClientDoesNotReadSlowsItsServerAndNoOther() throws IOException {
        var sent = new AtomicLong();
        try (var server = new ScriptedServer((request, connection) -> {
                    if (request.line().contains("large")) {
                        connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + (64 << 20) + "\r\n\r\n");
                        for (int i = 0; i < 1024; i++) {
                            connection.send(new byte[64 << 10]);
                            sent.addAndGet(64 << 10);
                        }
                        return true;
                    }
                    return connection.reply(200, "small");
                });
                var proxy = inFrontOf(server);
                var client = new FrameClient(proxy, Frame.windowUpdate(0, 1 << 20), Frame.get(1, "/large"))) {
            client.until(frame -> frame.type() == 0);
            client.widens = false;
            assertThat(client.send(Frame.get(3, "/")).answer(3).text()).isEqualTo("small");
            assertThat(client.on(1).body.size()).isLessThanOrEqualTo(65_535 + 16_384);
            assertThat(sent.get()).isLessThan(64 << 20);
        }
    }

    @Test
    void streamThatIsNotReadIsResetAfterTheSendTimeoutAndTheConnectionStays() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    int length = request.line().contains("large") ? 1 << 20 : 5;
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n");
                    connection.send(new byte[length]);
                    return true;
                });
                var proxy = inFrontOf(
                        server, http2().sendTimeout(Duration.ofMillis(300)).build());
                var client = new FrameClient(proxy, Frame.windowUpdate(0, 1 << 20), Frame.get(1, "/large"))) {
            client.widens = false;
            assertThat(client.answer(1).reset.code()).isEqualTo(ErrorCode.INTERNAL_ERROR);
            assertThat(client.send(Frame.get(3, "/")).answer(3).hasEnded).isTrue();
        }
    }

    @Test
    void slowBodyIsAnswered408() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = inFrontOf(
                        server, http2().bodyTimeout(Duration.ofMillis(300)).build());
                var client = new FrameClient(proxy, Frame.post(1, "/"), Frame.data(1, false, "x"))) {
            assertThat(client.answer(1).status()).isEqualTo(408);
        }
    }

    @Test
    void slowHeaderEndsTheConnection() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = inFrontOf(
                        server, http2().headerTimeout(Duration.ofMillis(300)).build());
                var client = new FrameClient(proxy, Frame.get(1, "/").without(4))) {
            assertThat(client.until(frame -> frame.type() == 7).code()).isEqualTo(ErrorCode.PROTOCOL_ERROR);
        }
    }

    @Test
    void idleConnectionIsToldGoodbyeAndClosed() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = inFrontOf(
                        server, http2().idleTimeout(Duration.ofMillis(300)).build());
                var client = new FrameClient(proxy, Frame.get(1, "/"))) {
            assertThat(client.answer(1).text()).isEqualTo("one");
            var goodbye = client.until(frame -> frame.type() == 7);
            assertThat(goodbye.code()).isEqualTo(ErrorCode.NO_ERROR);
            assertThat(goodbye.int32At(0)).isEqualTo(1);
            assertThat(client.raw().isAtEnd()).isTrue();
        }
    }

    @Test
    void connectionEndsGracefullyAfterAsManyRequestsAsItMayServe() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = inFrontOf(server, http2().mostRequests(2).build());
                var client = new FrameClient(proxy, Frame.get(1, "/"), Frame.get(3, "/"))) {
            assertThat(client.answer(1).text()).isEqualTo("one");
            assertThat(client.answer(3).text()).isEqualTo("one");
            var told = client.ofConnection.stream()
                    .filter(frame -> frame.type() == 7)
                    .findFirst();
            assertThat(told.orElseThrow().int32At(0)).isEqualTo(Integer.MAX_VALUE);
        }
    }

    @Test
    void reloadKeepsStreamsAndNewOnesAreServedByTheNewPlan() throws IOException {
        var mayAnswer = new CountDownLatch(1);
        try (var server = new ScriptedServer((request, connection) -> {
                    pause(mayAnswer);
                    return connection.reply(200, "old");
                });
                var next = ScriptedServer.named("new");
                var proxy = inFrontOf(server);
                var client = new FrameClient(proxy, Frame.get(1, "/"))) {
            await().atMost(LONG).until(() -> server.requests().size() == 1);
            proxy.apply(
                    configuration ->
                            configuration.pool(Fixture.pool("web", server)).pool(Fixture.pool("next", next)),
                    root -> root.content(HttpProxy.toPool("next").build()));
            assertThat(client.send(Frame.get(3, "/")).answer(3).text()).isEqualTo("new");
            mayAnswer.countDown();
            assertThat(client.answer(1).text()).isEqualTo("old");
        }
    }

    @Test
    void http1IsStillSpokenAndAPrefaceThatIsNoneIsRefused() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = inFrontOf(server);
                var plain = proxy.client();
                var mixed = proxy.client()) {
            assertThat(plain.get("/").text()).isEqualTo("one");
            assertThat(plain.send("P")
                            .send("UT /x HTTP/1.1\r\nHost: s\r\nContent-Length: 1\r\n\r\nz")
                            .answer()
                            .text())
                    .isEqualTo("one");
            mixed.send("PRI * HTTP/2.0\r\n\r\nXX");
            assertThat(mixed.head()).startsWith("HTTP/1.1 505");
        }
    }

    @Test
    void http2IsNotSpokenUnlessTheListenerSaysSo() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            client.send(Frame.connection());
            assertThat(client.head()).startsWith("HTTP/1.1 505");
        }
    }

    @Test
    void rapidResetEndsItsConnectionAndOthersAreServed() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = inFrontOf(server);
                var attacker = new FrameClient(proxy);
                var other = new FrameClient(proxy, Frame.get(1, "/"))) {
            for (int i = 0; i < 201; i++) {
                attacker.send(Frame.get(2 * i + 1, "/"), Frame.reset(2 * i + 1, 8));
            }
            assertThat(attacker.until(frame -> frame.type() == 7).code()).isEqualTo(ErrorCode.ENHANCE_YOUR_CALM);
            assertThat(other.answer(1).text()).isEqualTo("one");
            await().atMost(LONG)
                    .until(() -> proxy.balancer()
                                    .status()
                                    .pools()
                                    .getFirst()
                                    .servers()
                                    .getFirst()
                                    .active()
                            == 0);
        }
    }
}
