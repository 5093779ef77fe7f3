package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.IngressPolicy;
import io.steelyard.api.proxy.AccessLog;
import io.steelyard.api.text.Template;
import io.steelyard.http.h2.Frame;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** HTTP/2 with programs that others wrote: curl, nghttp and h2load as clients, and nginx as the proxy beside ours. */
@Timeout(240)
class Http2PeersTest {
    @TempDir
    private Path directory;

    private static ScriptedServer echo() throws IOException {
        return new ScriptedServer((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nX-Line: " + request.line() + "\r\nContent-Length: "
                    + request.body().length + "\r\n\r\n");
            if (!request.line().startsWith("HEAD")) {
                connection.send(request.body());
            }
            return true;
        });
    }

    private static Fixture inFrontOf(ScriptedServer server) throws IOException {
        return Fixture.start(
                configuration -> configuration.pool(Fixture.pool("web", server)),
                root -> root.content(HttpProxy.toPool("web").build()),
                HttpClientOptions.builder()
                        .http2(true)
                        .mostRequests(1 << 20)
                        .ingress(IngressPolicy.KEEP)
                        .build());
    }

    /** What a program says on both its outputs; it is to end well. */
    private String run(String... command) throws Exception {
        var output = Files.createTempFile(directory, "output", "");
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean hasEnded = process.waitFor(120, TimeUnit.SECONDS);
        var said = Files.readString(output, StandardCharsets.ISO_8859_1);
        if (!hasEnded) {
            process.destroyForcibly();
        }
        assertThat(hasEnded && process.exitValue() == 0).as(said).isTrue();
        return said;
    }

    @Test
    void curlSendsAndReceivesLargeBodies() throws Exception {
        var body = new byte[5_000_000];
        new Random(4).nextBytes(body);
        var sent = Files.write(directory.resolve("sent"), body);
        var received = directory.resolve("received");
        try (var server = echo();
                var proxy = inFrontOf(server)) {
            var said = run(
                    "curl",
                    "-sS",
                    "--http2-prior-knowledge",
                    "-w",
                    "%{http_version} %{http_code}",
                    "--data-binary",
                    "@" + sent,
                    "-o",
                    received.toString(),
                    "http://127.0.0.1:" + proxy.port() + "/up");
            assertThat(said).isEqualTo("2 200");
            assertThat(Files.readAllBytes(received)).isEqualTo(body);
        }
    }

    @Test
    void curlAsksForAHeadAlone() throws Exception {
        try (var server = echo();
                var proxy = inFrontOf(server)) {
            var said = run("curl", "-sS", "--http2-prior-knowledge", "-I", "http://127.0.0.1:" + proxy.port() + "/a");
            assertThat(said).startsWith("HTTP/2 200").contains("x-line: HEAD /a HTTP/1.1");
        }
    }

    @Test
    void nghttpMultiplexesRequests() throws Exception {
        try (var server = echo();
                var proxy = inFrontOf(server)) {
            var said = run("nghttp", "-nsv", "-m", "40", "http://127.0.0.1:" + proxy.port() + "/many");
            assertThat(server.requests()).hasSize(40);
            assertThat(said).contains(":status: 200").doesNotContain("RST_STREAM");
        }
    }

    @Test
    void h2loadSucceedsWithEveryRequest() throws Exception {
        try (var server = ScriptedServer.named("hello");
                var proxy = inFrontOf(server)) {
            var said = run("h2load", "-n", "3000", "-c", "4", "-m", "25", "http://127.0.0.1:" + proxy.port() + "/");
            assertThat(said).contains("3000 succeeded, 0 failed, 0 errored, 0 timeout");
            assertThat(server.requests()).hasSize(3_000);
        }
    }

    /** More than is kept for a client that does not read, within one round of the loop. */
    @Test
    void largeAnswersOnManyStreamsAllEnd() throws Exception {
        var body = "x".repeat(300_000);
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
                    return true;
                });
                var proxy = inFrontOf(server)) {
            var said = run(
                    "h2load",
                    "-n",
                    "400",
                    "-c",
                    "4",
                    "-m",
                    "25",
                    "-w",
                    "24",
                    "-W",
                    "26",
                    "http://127.0.0.1:" + proxy.port() + "/");
            assertThat(said).contains("400 succeeded, 0 failed, 0 errored, 0 timeout");
        }
    }

    private static List<Frame[]> requests() {
        var requests = new ArrayList<Frame[]>();
        for (var path : List.of("/", "/a?b=c", "/a//b/../c", "/%61%2fb", "/a;b", "/a?%20")) {
            requests.add(new Frame[] {Frame.get(1, path)});
        }
        requests.add(new Frame[] {get(1, "x-a", "b", "x-a", "c", "accept", "*/*")});
        requests.add(new Frame[] {get(1, "cookie", "a=b", "cookie", "c=d", "cookie", "e=f")});
        requests.add(new Frame[] {get(1, "x_underscore", "b")});
        requests.add(new Frame[] {Frame.post(1, "/", "content-length", "5"), Frame.data(1, true, "hello")});
        requests.add(new Frame[] {Frame.post(1, "/"), Frame.data(1, false, "he"), Frame.data(1, true, "llo")});
        requests.add(new Frame[] {Frame.post(1, "/", "content-length", "0").with(1)});
        requests.add(new Frame[] {
            Frame.headers(1, true, ":method", "HEAD", ":scheme", "http", ":path", "/", ":authority", "site")
        });
        requests.add(new Frame[] {
            Frame.headers(1, true, ":method", "DELETE", ":scheme", "http", ":path", "/x", ":authority", "site:81")
        });
        return requests;
    }

    private static Frame get(int stream, String... more) {
        var fields = new ArrayList<>(List.of(":method", "GET", ":scheme", "http", ":path", "/", ":authority", "site"));
        fields.addAll(List.of(more));
        return Frame.headers(stream, true, fields.toArray(String[]::new));
    }

    /** What of a request has a meaning for the server; how its body is framed is each proxy's own business. */
    private static String received(ScriptedServer.Request request) {
        var fields = new TreeSet<String>();
        request.head().lines().skip(1).filter(line -> !line.isEmpty()).forEach(line -> {
            int colon = line.indexOf(':');
            var name = line.substring(0, colon).toLowerCase(Locale.ROOT);
            if (!List.of("connection", "host", "content-length", "transfer-encoding")
                    .contains(name)) {
                fields.add(name + line.substring(colon));
            }
        });
        return request.line() + fields + new String(request.body(), StandardCharsets.ISO_8859_1);
    }

    @Test
    void serverReceivesFromUsWhatItReceivesFromNginx() throws Exception {
        int port = Fixture.freePort();
        try (var server = echo();
                var proxy = inFrontOf(server)) {
            var nginx = startNginx(port, server.address());
            try {
                for (var request : requests()) {
                    int before = server.requests().size();
                    ask(proxy.port(), request);
                    ask(port, request);
                    var both =
                            server.requests().subList(before, server.requests().size());
                    assertThat(both).hasSize(2);
                    assertThat(received(both.get(0))).isEqualTo(received(both.get(1)));
                }
            } finally {
                nginx.destroy();
                nginx.waitFor(60, TimeUnit.SECONDS);
            }
        }
    }

    private static void ask(int port, Frame[] request) throws IOException {
        try (var client = new FrameClient(port, request)) {
            assertThat(client.answer(1).status()).isEqualTo(200);
        }
    }

    private Process startNginx(int port, String server) throws Exception {
        var configuration = directory.resolve("nginx.conf");
        Files.writeString(configuration, """
                daemon off; master_process off; user root; pid D/nginx.pid; error_log D/nginx.log;
                events { worker_connections 64; }
                http {
                    access_log off; client_body_temp_path D/1; proxy_temp_path D/2; fastcgi_temp_path D/3;
                    uwsgi_temp_path D/4; scgi_temp_path D/5;
                    server {
                        listen 127.0.0.1:PORT http2;
                        location / { proxy_http_version 1.1; proxy_pass http://SERVER; }
                    }
                }
                """.replace("D/", directory + "/")
                .replace("PORT", Integer.toString(port))
                .replace("SERVER", server));
        var process = new ProcessBuilder("nginx", "-c", configuration.toString(), "-p", directory.toString())
                .redirectErrorStream(true)
                .redirectOutput(directory.resolve("nginx.out").toFile())
                .start();
        long deadlineNs = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            try (var probe = new RawClient(port)) {
                return process;
            } catch (IOException notYet) {
                if (!process.isAlive() || System.nanoTime() > deadlineNs) {
                    throw new IOException(
                            "nginx does not listen: " + Files.readString(directory.resolve("nginx.out")), notYet);
                }
                process.waitFor(20, TimeUnit.MILLISECONDS);
            }
        }
    }

    @Test
    void logTellsTheVersion() throws Exception {
        var log = directory.resolve("access.log");
        var lines = new AccessLog(
                log,
                Template.parse("$request|$server_protocol|$http2|$body_bytes_sent|$request_completion"),
                AccessLog.Escape.DEFAULT,
                Optional.empty(),
                0,
                Duration.ZERO);
        try (var server = ScriptedServer.named("one");
                var proxy = Fixture.start(
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        root -> root.accessLog(lines)
                                .content(HttpProxy.toPool("web").build()),
                        HttpClientOptions.builder().http2(true).build());
                var client = new FrameClient(proxy, Frame.post(1, "/x"), Frame.data(1, true, "hello"))) {
            assertThat(client.answer(1).status()).isEqualTo(200);
            try (var old = proxy.client()) {
                old.get("/y");
            }
            await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
                assertThat(log).exists();
                assertThat(Files.readAllLines(log))
                        .containsExactlyInAnyOrder(
                                "POST /x HTTP/2.0|HTTP/2.0|h2c|3|OK", "GET /y HTTP/1.1|HTTP/1.1||3|OK");
            });
        }
    }
}
