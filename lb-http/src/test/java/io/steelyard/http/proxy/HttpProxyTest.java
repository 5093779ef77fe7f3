package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.http.ClientAddressRule;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.ErrorPage;
import io.steelyard.api.http.FieldChange;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.PathMatch;
import io.steelyard.api.http.RetryRule;
import io.steelyard.api.http.RetryRule.Reason;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.Network;
import io.steelyard.api.text.Template;
import java.io.EOFException;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

@Timeout(120)
@Execution(ExecutionMode.SAME_THREAD)
class HttpProxyTest {
    // ---- requests and answers

    @Test
    void requestReachesTheServerAndItsAnswerTheClient() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            var answer = client.send(
                            "GET /a%20b?c=d HTTP/1.1\r\nHost: site\r\nX-One: 1\r\nConnection: x-two\r\nX-Two: 2\r\n\r\n")
                    .answer();

            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.text()).isEqualTo("one");
            var request = server.requests().getFirst();
            assertThat(request.line()).isEqualTo("GET /a%20b?c=d HTTP/1.1");
            assertThat(request.field("X-One")).isEqualTo("1");
            assertThat(request.field("X-Two")).as("named by Connection").isEmpty();
            assertThat(request.field("Host")).isEqualTo("web");
        }
    }

    @Test
    void configuredFieldsAreSetOnTheWayToTheServerAndBack() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-Secret: s\r\nX-Kept: k\r\n\r\n");
                    return true;
                });
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.content(HttpProxy.toPool("web")
                                        .requestField(FieldChange.set("Host", "$host"))
                                        .requestField(FieldChange.set("X-Real-IP", "$remote_addr"))
                                        .requestField(FieldChange.set("X-Gone", ""))
                                        .hiddenFields(Set.of("x-secret"))
                                        .build())
                                .responseField(FieldChange.add("X-Served-By", "$upstream_addr")));
                var client = proxy.client()) {
            var head = client.send(
                            "GET / HTTP/1.1\r\nHost: www.Example.com:81\r\nX-Gone: 1\r\nX-Real-IP: 6.6.6.6\r\n\r\n")
                    .head();

            var request = server.requests().getFirst();
            assertThat(request.field("Host")).isEqualTo("www.example.com");
            assertThat(request.field("X-Real-IP")).isEqualTo("127.0.0.1");
            assertThat(request.head()).doesNotContain("X-Gone").doesNotContain("6.6.6.6");
            assertThat(head).contains("X-Kept: k").doesNotContain("X-Secret");
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        try (var server = new ScriptedServer((request, connection) ->
                        connection.reply(200, request.line().split(" ")[1]));
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            client.send(
                    "GET /1 HTTP/1.1\r\nHost: s\r\n\r\nGET /2 HTTP/1.1\r\nHost: s\r\n\r\nGET /3 HTTP/1.1\r\nHost: s\r\n\r\n");

            assertThat(client.answer().text()).isEqualTo("/1");
            assertThat(client.answer().text()).isEqualTo("/2");
            assertThat(client.answer().text()).isEqualTo("/3");
        }
    }

    @Test
    void chunkedBodiesPassBothWays() throws IOException {
        var bytes = randomBytes(300_000);
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
                    for (int at = 0; at < request.body().length; at += 70_000) {
                        int count = Math.min(70_000, request.body().length - at);
                        connection.send(Integer.toHexString(count) + "\r\n");
                        connection.out().write(request.body(), at, count);
                        connection.send("\r\n");
                    }
                    connection.send("0\r\n\r\n");
                    return true;
                });
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\n493e0\r\n")
                    .send(bytes)
                    .send("\r\n0\r\n\r\n");
            var answer = client.answer();

            assertThat(answer.body()).isEqualTo(bytes);
            assertThat(server.requests().getFirst().field("Transfer-Encoding")).isEqualTo("chunked");
        }
    }

    @Test
    void bodyThatIsBufferedIsSentWithItsLength() throws IOException {
        var bytes = randomBytes(300_000);
        try (var server = new ScriptedServer((request, connection) ->
                        connection.reply(200, "" + java.util.Arrays.hashCode(request.body())));
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.content(
                                HttpProxy.toPool("web").buffersRequest(true).build()));
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\n493e0\r\n")
                    .send(bytes)
                    .send("\r\n0\r\n\r\n");

            assertThat(client.answer().text()).isEqualTo("" + java.util.Arrays.hashCode(bytes));
            assertThat(server.requests().getFirst().field("Content-Length")).isEqualTo("300000");
        }
    }

    @Test
    void answersToHeadHaveNoBody() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n");
                    return true;
                });
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            for (int i = 0; i < 2; i++) {
                client.send("HEAD / HTTP/1.1\r\nHost: s\r\n\r\n");
                assertThat(client.head()).contains("Content-Length: 1000");
            }
            assertThat(server.connections()).isEqualTo(1);
        }
    }

    @Test
    void oldClientGetsAnAnswerOfUnknownLengthUntilTheEnd() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n");
                    return true;
                });
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            client.send("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

            assertThat(client.head()).contains("Connection: close").doesNotContain("chunked");
            assertThat(new String(client.in().readAllBytes())).isEqualTo("abc");
        }
    }

    @Test
    void clientIsInvitedToSendTheBodyItWaitsWith() throws IOException {
        try (var server =
                        new ScriptedServer((request, connection) -> connection.reply(200, new String(request.body())));
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
            assertThat(client.head()).startsWith("HTTP/1.1 100 ");
            client.send("abc");

            assertThat(client.answer().text()).isEqualTo("abc");
            assertThat(server.requests().getFirst().head()).doesNotContain("Expect");
        }
    }

    @Test
    void interimAnswersAreNotTakenForTheAnswer() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("HTTP/1.1 103 Early Hints\r\nLink: a\r\n\r\n");
                    return connection.reply(200, "real");
                });
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            assertThat(client.get("/").text()).isEqualTo("real");
        }
    }

    // ---- answers of our own

    @Test
    void routesAnswerByThemselves() throws IOException {
        try (var proxy = Fixture.start(
                        configuration -> configuration,
                        root -> root.route(HttpRoute.builder("hi")
                                        .match(new PathMatch.Exact("/hi"))
                                        .content(new Content.Reply(
                                                200, Template.parse("$request_method $uri"), "text/plain"))
                                        .build())
                                .route(HttpRoute.builder("go")
                                        .match(new PathMatch.Prefix("/go", false))
                                        .content(new Content.Reply(302, Template.parse("/there"), ""))
                                        .build()));
                var client = proxy.client()) {
            assertThat(client.get("/hi").text()).isEqualTo("GET /hi");
            assertThat(client.get("/go/x").head()).contains("302").contains("Location: http://site:");
            assertThat(client.get("/other").status()).isEqualTo(404);
        }
    }

    @Test
    void bodyThatIsTooLargeIsRefused() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.mostBodyBytes(10)
                                .content(HttpProxy.toPool("web").build()))) {
            try (var client = proxy.client()) {
                client.send("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 11\r\n\r\n12345678901");
                assertThat(client.answer().status()).isEqualTo(413);
            }
            try (var client = proxy.client()) {
                client.send(
                        "POST / HTTP/1.1\r\nHost: s\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n12345678901\r\n0\r\n\r\n");
                assertThat(client.answer().status()).isEqualTo(413);
            }
        }
    }

    @Test
    void malformedRequestIsRefusedAndTheConnectionEnded() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            client.send(
                    "GET / HTTP/1.1\r\nHost: s\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(400);
            assertThat(client.isAtEnd()).isTrue();
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void slowHeaderIsAnsweredWith408() throws IOException {
        var quick =
                HttpClientOptions.builder().headerTimeout(Duration.ofMillis(50)).build();
        try (var proxy = Fixture.start(configuration -> configuration, root -> root, quick);
                var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost:");

            assertThat(client.answer().status()).isEqualTo(408);
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void connectionEndsWhereABodyWasWaitedWithAndNotAskedFor() throws IOException {
        try (var proxy = Fixture.start(configuration -> configuration, root -> root);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");

            assertThat(client.answer().head()).startsWith("HTTP/1.1 404 ").contains("Connection: close");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void errorPageIsGotFromItsServer() throws IOException {
        try (var pages = new ScriptedServer((request, connection) ->
                        connection.reply(200, request.line() + " " + request.field("Content-Length")));
                var gone = ScriptedServer.named("gone")) {
            try (var proxy = Fixture.start(
                            configuration -> configuration
                                    .pool(Fixture.pool("pages", pages))
                                    .pool(Fixture.pool("gone", gone)),
                            root -> root.content(HttpProxy.toPool("gone").build())
                                    .errorPage(new ErrorPage(
                                            Set.of(502), Template.parse("/sorry"), OptionalInt.empty(), false))
                                    .route(HttpRoute.builder("/sorry")
                                            .match(new PathMatch.Exact("/sorry"))
                                            .isInternal(true)
                                            .content(HttpProxy.toPool("pages").build())
                                            .build()));
                    var client = proxy.client()) {
                gone.close();
                client.send("POST /x HTTP/1.1\r\nHost: s\r\nContent-Length: 3\r\n\r\nabc");

                var answer = client.answer();
                assertThat(answer.status()).isEqualTo(502);
                assertThat(answer.text()).isEqualTo("GET /sorry HTTP/1.1 ");
                assertThat(client.get("/sorry").status())
                        .as("asked for by a client")
                        .isEqualTo(404);
            }
        }
    }

    @Test
    void trustedPeerNamesTheClient() throws IOException {
        var rule = new ClientAddressRule(
                List.of(Network.parse("127.0.0.0/8"), Network.parse("10.0.0.0/8")), "X-Forwarded-For", true);
        try (var proxy = Fixture.start(
                        configuration -> configuration,
                        root -> root.clientAddress(rule)
                                .access(AccessRule.parse(false, "6.6.6.6"))
                                .content(new Content.Reply(
                                        200, Template.parse("$remote_addr by $realip_remote_addr"), "text/plain")));
                var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: s\r\nX-Forwarded-For: 1.1.1.1, 2.2.2.2, 10.0.0.5\r\n\r\n");
            assertThat(client.answer().text()).isEqualTo("2.2.2.2 by 127.0.0.1");
            assertThat(client.get("/").text())
                    .as("not kept for the next request")
                    .isEqualTo("127.0.0.1 by 127.0.0.1");
            client.send("GET / HTTP/1.1\r\nHost: s\r\nX-Forwarded-For: 6.6.6.6\r\n\r\n");
            assertThat(client.answer().status()).as("access rules see it").isEqualTo(403);
        }
    }

    // ---- connections to servers

    @Test
    void connectionToTheServerIsUsedAgain() throws IOException {
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.inFrontOf(server)) {
            for (int i = 0; i < 5; i++) {
                try (var client = proxy.client()) {
                    assertThat(client.get("/").text()).isEqualTo("one");
                    assertThat(client.get("/").text()).isEqualTo("one");
                }
            }
            // Each loop has its own.
            assertThat(server.connections())
                    .isLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
        }
    }

    @Test
    void serverThatClosesAnIdleConnectionAsItIsUsedCostsNoRequest() throws IOException {
        var isFirst = new AtomicBoolean(true);
        try (var server = new ScriptedServer((request, connection) -> {
                    if (request.line().contains("/second") && isFirst.getAndSet(false)) {
                        return false;
                    }
                    return connection.reply(200, "well");
                });
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            assertThat(client.get("/first").text()).isEqualTo("well");
            assertThat(client.get("/second").text()).isEqualTo("well");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    @Test
    void connectionWithBytesNobodyAskedForIsNotUsedAgain() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nwellHTTP/1.1 200 OK\r\n");
                    return true;
                });
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            assertThat(client.get("/1").text()).isEqualTo("well");
            assertThat(client.get("/2").text()).isEqualTo("well");
            assertThat(server.connections()).isEqualTo(2);
        }
    }

    // ---- servers that fail

    @Test
    void anotherServerIsTriedWhereOneCannotBeConnectedTo() throws IOException {
        try (var server = ScriptedServer.named("one");
                var gone = ScriptedServer.named("gone")) {
            try (var proxy = Fixture.inFrontOf(gone, server);
                    var client = proxy.client()) {
                gone.close();
                for (int i = 0; i < 10; i++) {
                    assertThat(client.get("/").text()).isEqualTo("one");
                }
            }
        }
    }

    @Test
    void anotherServerIsTriedForAStatusAndTheLastOnesAnswerPassedOn() throws IOException {
        var tries = new AtomicInteger();
        ScriptedServer.Script failing = (request, connection) -> connection.reply(503, "no " + tries.incrementAndGet());
        try (var first = new ScriptedServer(failing);
                var second = new ScriptedServer(failing);
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", first, second)),
                        root -> root.content(HttpProxy.toPool("web")
                                .retry(new RetryRule(Set.of(Reason.ERROR, Reason.STATUS_503), false, 0, Duration.ZERO))
                                .build()));
                var client = proxy.client()) {
            var answer = client.get("/");

            assertThat(answer.status()).isEqualTo(503);
            assertThat(answer.text()).isEqualTo("no 2");
        }
    }

    @Test
    void postIsNotSentTwice() throws IOException {
        var seen = new AtomicInteger();
        ScriptedServer.Script closing = (request, connection) -> {
            seen.incrementAndGet();
            return false;
        };
        try (var first = new ScriptedServer(closing);
                var second = new ScriptedServer(closing);
                var proxy = Fixture.inFrontOf(first, second);
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 0\r\n\r\n");

            assertThat(client.answer().status()).isEqualTo(502);
            assertThat(seen).hasValue(1);
            assertThat(client.get("/").status()).as("a GET is").isEqualTo(502);
        }
    }

    @Test
    void garbageIsAnsweredWith502() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("\u0001\u0002 I am no HTTP\r\n\r\n");
                    return true;
                });
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            assertThat(client.get("/").status()).isEqualTo(502);
        }
    }

    @Test
    void floodOfInterimAnswersIsAnsweredWith502() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    for (int i = 0; i < 100; i++) {
                        connection.send("HTTP/1.1 102 Processing\r\n\r\n");
                    }
                    return connection.reply(200, "late");
                });
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            assertThat(client.get("/").status()).isEqualTo(502);
        }
    }

    @Test
    void silentServerIsAnsweredForWith504() throws IOException {
        var end = new CountDownLatch(1);
        try (var server = new ScriptedServer((request, connection) -> {
                    awaitQuietly(end);
                    return false;
                });
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.content(HttpProxy.toPool("web")
                                .readTimeout(Duration.ofMillis(100))
                                .build()));
                var client = proxy.client()) {
            assertThat(client.get("/").status()).isEqualTo(504);
            end.countDown();
        }
    }

    @Test
    void answerThatBreaksOffIsNotTakenForTheWhole() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\npart");
                    return false;
                });
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            assertThatThrownBy(() -> client.get("/")).isInstanceOf(IOException.class);
        }
    }

    @Test
    void serverMayAnswerBeforeItHasTheWholeRequest() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> true);
                var early = new EarlyServer();
                var proxy = Fixture.start(
                        configuration -> configuration.pool(early.pool()),
                        root -> root.content(HttpProxy.toPool("web").build()));
                var client = proxy.client()) {
            client.send("POST / HTTP/1.1\r\nHost: s\r\nContent-Length: 100\r\n\r\nsome");

            assertThat(client.answer().status()).isEqualTo(403);
            assertThat(server.requests()).isEmpty();
        }
    }

    @Test
    void allServersDownIsAnsweredAtOnce() throws IOException {
        var gone = ScriptedServer.named("gone");
        var alsoGone = ScriptedServer.named("gone");
        try (var proxy = Fixture.inFrontOf(gone, alsoGone);
                var client = proxy.client()) {
            gone.close();
            alsoGone.close();
            for (int i = 0; i < 3; i++) {
                assertThat(client.get("/").status()).isEqualTo(502);
            }
        }
    }

    // ---- tunnels, clients that leave, configuration changes

    @Test
    void upgradedConnectionIsATunnel() throws IOException {
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send(
                            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nhello ");
                    connection.send(connection.in().readNBytes(5));
                    return false;
                });
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.content(HttpProxy.toPool("web")
                                .requestField(FieldChange.set("Upgrade", "$http_upgrade"))
                                .requestField(FieldChange.set("Connection", "upgrade"))
                                .build()));
                var client = proxy.client()) {
            // The first bytes of the tunnel follow at once.
            client.send("GET / HTTP/1.1\r\nHost: s\r\nUpgrade: echo\r\nConnection: Upgrade\r\n\r\nwo");
            assertThat(client.head()).startsWith("HTTP/1.1 101 ").containsIgnoringCase("upgrade: echo");
            client.send("rld");

            assertThat(new String(Wire.exactly(client.in(), 11))).isEqualTo("hello world");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void clientThatLeavesEndsTheServersWork() throws Exception {
        var began = new CountDownLatch(1);
        var ended = new CountDownLatch(1);
        try (var server = new ScriptedServer((request, connection) -> {
                    began.countDown();
                    if (connection.in().read() < 0) {
                        ended.countDown();
                    }
                    return false;
                });
                var proxy = Fixture.inFrontOf(server)) {
            try (var client = proxy.client()) {
                client.send("GET / HTTP/1.1\r\nHost: s\r\n\r\n");
                began.await();
            }
            ended.await();
            await().untilAsserted(() -> assertThat(proxy.balancer()
                            .status()
                            .pools()
                            .getFirst()
                            .servers()
                            .getFirst()
                            .active())
                    .isZero());
        }
    }

    @Test
    void slowClientSlowsTheServerAndGetsEverything() throws IOException {
        var piece = randomBytes(1 << 20);
        int pieces = 64;
        var written = new AtomicInteger();
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + pieces * piece.length + "\r\n\r\n");
                    for (int i = 0; i < pieces; i++) {
                        connection.send(piece);
                        written.incrementAndGet();
                    }
                    return true;
                });
                var proxy = Fixture.inFrontOf(server);
                var client = proxy.client()) {
            client.send("GET / HTTP/1.1\r\nHost: s\r\n\r\n").head();
            for (int i = 0; i < pieces; i++) {
                assertThat(Wire.exactly(client.in(), piece.length)).isEqualTo(piece);
                // What the kernel's buffers hold at most, and ours, which are small beside them.
                assertThat(written.get() - i).as("MiB under way").isLessThan(32);
            }
        }
    }

    @Test
    void configurationChangesWithoutAFailedRequest() throws Exception {
        try (var one = ScriptedServer.named("one");
                var two = ScriptedServer.named("two");
                var proxy = Fixture.inFrontOf(one)) {
            var failed = new AtomicInteger();
            var served = new AtomicInteger();
            var goesOn = new AtomicBoolean(true);
            var load = Thread.ofVirtual().start(() -> {
                while (goesOn.get()) {
                    try (var client = proxy.client()) {
                        for (int i = 0; i < 20; i++) {
                            served.incrementAndGet();
                            if (client.get("/").status() != 200) {
                                failed.incrementAndGet();
                            }
                        }
                    } catch (IOException broken) {
                        failed.incrementAndGet();
                    }
                }
            });
            for (int i = 0; i < 20; i++) {
                var server = i % 2 == 0 ? two : one;
                int before = served.get();
                proxy.apply(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.content(HttpProxy.toPool("web").build()));
                await().until(() -> served.get() > before + 5);
            }
            goesOn.set(false);
            load.join();

            assertThat(failed).hasValue(0);
            assertThat(two.requests()).isNotEmpty();
        }
    }

    private static byte[] randomBytes(int length) {
        var bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private static void awaitQuietly(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException interrupted) {
            throw new EOFException("interrupted");
        }
    }
}
