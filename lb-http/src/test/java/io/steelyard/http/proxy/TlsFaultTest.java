package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Peers that break off, are slow, or begin a second handshake, over TLS: each is counted, and others are served. */
@Timeout(240)
class TlsFaultTest {
    private static final Duration LONG = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static TestCertificates made;
    private static SSLContext jdk;

    @BeforeAll
    static void makeCertificates() throws Exception {
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        made = new TestCertificates(folder).rsa("one", "one.example");
        jdk = made.context("one");
    }

    private static TlsStage inFrontOf(ScriptedServer server, HttpClientOptions options) throws IOException {
        return TlsStage.start(
                folder,
                configuration -> configuration.pool(Fixture.pool("web", server)),
                VirtualHost.builder("one.example")
                        .client(options)
                        .tls(TlsServer.builder()
                                .certificate(new TlsCertificate(made.path("one.pem"), made.path("one.key")))
                                .build())
                        .root(HttpRoute.builder("/")
                                .mostBodyBytes(0)
                                .content(HttpProxy.toPool("web")
                                        .buffersRequest(false)
                                        .build())
                                .build())
                        .build());
    }

    /** TLS over a socket that a test can treat badly. */
    private static SSLSocket over(Socket raw) throws IOException {
        raw.setSoTimeout(60_000);
        var client = (SSLSocket) jdk.getSocketFactory().createSocket(raw, "one.example", raw.getPort(), false);
        client.startHandshake();
        return client;
    }

    private static void send(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        client.getOutputStream().flush();
    }

    private static void assertServes(TlsStage stage) throws IOException {
        assertThat(stage.curl("one.example", "/", "--cacert", made.authority())).isEqualTo("one");
    }

    @Test
    void requestThatIsCutOffWithoutCloseNotifyIsNoWholeRequest() throws IOException {
        try (var server = ScriptedServer.named("one");
                var stage = inFrontOf(server, HttpClientOptions.defaults())) {
            try (var raw = new Socket("127.0.0.1", stage.port());
                    var client = over(raw)) {
                send(client, "POST / HTTP/1.1\r\nHost: one.example\r\nContent-Length: 10\r\n\r\nabc");
                await().atMost(LONG).until(() -> server.connections() == 1);
                raw.shutdownOutput();
                assertThat(raw.getInputStream().transferTo(java.io.OutputStream.nullOutputStream()))
                        .as("no answer")
                        .isLessThan(100);
            }
            await().atMost(LONG).until(() -> stage.openConnections() == 0);
            assertThat(server.requests()).isEmpty();
            assertServes(stage);
        }
    }

    @Test
    void answerOfUnknownLengthThatIsCutOffWithoutCloseNotifyIsNoWholeAnswer() throws IOException {
        try (var listener = new ServerSocket(0, 5, InetAddress.getLoopbackAddress());
                var proxy = Fixture.start(
                        configuration -> configuration.pool(ServerPool.builder("web")
                                .server(RealServer.of("127.0.0.1:" + listener.getLocalPort()))),
                        root -> root.content(HttpProxy.toPool("web")
                                .transport(ProxyOptions.builder()
                                        .tls(TlsClient.builder().build())
                                        .build())
                                .build()))) {
            for (boolean isCut : new boolean[] {false, true}) {
                var served = Thread.ofVirtual().start(() -> serveOne(listener, isCut));
                try (var client = proxy.client()) {
                    client.send("GET / HTTP/1.0\r\nHost: site\r\n\r\n");
                    assertThat(client.head()).startsWith("HTTP/1.1 200");
                    if (isCut) {
                        assertThatThrownBy(() -> client.in().readAllBytes()).isInstanceOf(IOException.class);
                    } else {
                        assertThat(client.in().readAllBytes()).asString().isEqualTo("part");
                    }
                }
                assertThat(served).isNotNull();
                assertThat(proxy.drops()).containsEntry("broken_answer", isCut ? 1L : 0L);
            }
        }
    }

    private static void serveOne(ServerSocket listener, boolean isCut) {
        try (var raw = listener.accept();
                var server = (SSLSocket) jdk.getSocketFactory().createSocket(raw, null, false)) {
            server.setUseClientMode(false);
            Wire.head(server.getInputStream());
            send(server, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\npart");
            if (isCut) {
                raw.shutdownOutput();
            } else {
                server.shutdownOutput();
            }
            raw.getInputStream().readAllBytes();
        } catch (IOException gone) {
            // The balancer has what it needs.
        }
    }

    @Test
    void clientThatReadsNothingHoldsItsServerBackAndIsResetInTheEnd() throws IOException {
        var piece = new byte[1 << 20];
        int pieces = 64;
        var sent = new java.util.concurrent.atomic.AtomicInteger();
        try (var server = new ScriptedServer((request, connection) -> {
                    if (!request.line().contains("large")) {
                        return connection.reply(200, "one");
                    }
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + pieces * piece.length + "\r\n\r\n");
                    for (int i = 0; i < pieces; i++) {
                        connection.send(piece);
                        sent.incrementAndGet();
                    }
                    return true;
                });
                var stage = inFrontOf(
                        server,
                        HttpClientOptions.builder()
                                .sendTimeout(Duration.ofSeconds(2))
                                .build());
                var raw = new Socket("127.0.0.1", stage.port());
                var client = over(raw)) {
            send(client, "GET /large HTTP/1.1\r\nHost: one.example\r\n\r\n");
            await().atMost(LONG).until(() -> !server.requests().isEmpty());
            assertServes(stage);
            await().atMost(LONG).untilAsserted(() -> assertThat(stage.drops()).containsEntry("slow_reader", 1L));
            // What the kernel's buffers hold at most, and ours, which are small beside them.
            assertThat(sent.get()).as("MiB under way").isLessThan(32);
            await().atMost(LONG).until(() -> stage.openConnections() == 0);
            assertServes(stage);
        }
    }

    @Test
    void slowReaderGetsEverything() throws IOException {
        var body = new byte[4 << 20];
        new java.util.Random(3).nextBytes(body);
        try (var server = new ScriptedServer((request, connection) -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + body.length + "\r\n\r\n");
                    connection.send(body);
                    return true;
                });
                var stage = inFrontOf(server, HttpClientOptions.defaults());
                var raw = new Socket()) {
            raw.setReceiveBufferSize(4_096);
            raw.connect(new java.net.InetSocketAddress("127.0.0.1", stage.port()));
            try (var client = over(raw)) {
                send(client, "GET / HTTP/1.1\r\nHost: one.example\r\n\r\n");
                var head = Wire.head(client.getInputStream());
                assertThat(Wire.body(client.getInputStream(), head)).isEqualTo(body);
            }
        }
    }

    @Test
    void secondHandshakeIsRefusedAndItsConnectionEnded() throws IOException {
        try (var server = ScriptedServer.named("one");
                var stage = inFrontOf(server, HttpClientOptions.defaults())) {
            // A line that is R alone has the client begin a handshake anew.
            var said = stage.openssl(
                    "R\nGET / HTTP/1.1\r\nHost: one.example\r\n\r\n", "-tls1_2", "-servername", "one.example");
            assertThat(said).contains("RENEGOTIATING", "no renegotiation").doesNotContain("HTTP/1.1 200");
            await().atMost(LONG).until(() -> stage.openConnections() == 0);
            assertThat(server.requests()).isEmpty();
            assertServes(stage);
        }
    }

    @Test
    void handshakeThatFailsOrTakesTooLongIsCounted() throws IOException {
        try (var server = ScriptedServer.named("one");
                var stage = TlsStage.start(
                        folder,
                        configuration -> configuration.pool(Fixture.pool("web", server)),
                        VirtualHost.builder("one.example")
                                .tls(TlsServer.builder()
                                        .certificate(new TlsCertificate(made.path("one.pem"), made.path("one.key")))
                                        .handshakeTimeout(Duration.ofMillis(300))
                                        .build())
                                .root(HttpRoute.builder("/")
                                        .content(HttpProxy.toPool("web").build())
                                        .build())
                                .build());
                var silent = new Socket("127.0.0.1", stage.port())) {
            silent.setSoTimeout(60_000);
            assertThat(silent.getInputStream().read()).as("closed").isNegative();
            assertThat(stage.drops()).containsEntry("slow_handshake", 1L).containsEntry("failed_handshake", 0L);
            assertThat(stage.openssl("", "-tls1_2", "-cipher", "AES128-SHA256")).contains("alert handshake failure");
            await().atMost(LONG).untilAsserted(() -> assertThat(stage.drops()).containsEntry("failed_handshake", 1L));
            assertServes(stage);
        }
    }
}
