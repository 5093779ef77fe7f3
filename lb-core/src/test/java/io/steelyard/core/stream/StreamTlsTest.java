package io.steelyard.core.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Settings;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.api.tls.ClientCertificates;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.api.tls.TlsTrust;
import io.steelyard.core.ListedFirst;
import io.steelyard.core.Steelyard;
import io.steelyard.core.TestServer;
import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.UnaryOperator;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** TCP virtual servers that speak TLS with clients, with servers, or both; the other side is the JDK's. */
@Timeout(120)
class StreamTlsTest {
    private static final int LARGE = 6 << 20;

    @TempDir
    private static Path folder;

    private static TestCertificates made;
    private static SSLContext jdk;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @BeforeAll
    static void makeCertificates() throws Exception {
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        made = new TestCertificates(folder).rsa("one", "one.example").rsa("two", "two.example");
        jdk = made.context("one");
    }

    @AfterEach
    void close() throws Exception {
        for (var each : opened.reversed()) {
            each.close();
        }
    }

    private <T extends AutoCloseable> T keep(T resource) {
        opened.add(resource);
        return resource;
    }

    // ---- the stage

    private int port;

    private LoadBalancer start(
            boolean isSecured, int serverPort, boolean reencrypts, UnaryOperator<VirtualServer.Builder> more)
            throws IOException {
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        var real = RealServer.builder("127.0.0.1:" + serverPort);
        if (reencrypts) {
            real.tls(TlsClient.builder()
                    .trust(TlsTrust.of(made.authority()))
                    .verifiedName(Template.literal("one.example"))
                    .serverName(Template.literal("one.example"))
                    .build());
        }
        var server = VirtualServer.tcp("front")
                .listen(ListenAddress.parse("127.0.0.1:" + port).tls(isSecured))
                .options(ProxyOptions.builder().halfClose(true).build())
                .pool("web");
        if (isSecured) {
            server.tls(tls().build());
        }
        return keep(Steelyard.builder()
                .plugins(ListedFirst.plugins())
                .start(Configuration.builder()
                        .settings(new Settings(1, Duration.ofSeconds(1), 0))
                        .pool(ServerPool.builder("web")
                                .scheduler("listed-first")
                                .server(real.build()))
                        .virtualServer(more.apply(server))
                        .build()));
    }

    private static TlsServer.Builder tls() {
        return TlsServer.builder().certificate(new TlsCertificate(made.path("one.pem"), made.path("one.key")));
    }

    private Socket connect(boolean isSecured) throws IOException {
        if (!isSecured) {
            var plain = keep(new Socket("127.0.0.1", port));
            plain.setSoTimeout(60_000);
            return plain;
        }
        var client = keep((SSLSocket) jdk.getSocketFactory().createSocket("127.0.0.1", port));
        client.setSoTimeout(60_000);
        var parameters = client.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName("one.example")));
        client.setSSLParameters(parameters);
        client.startHandshake();
        return client;
    }

    /** A server's treatment of one connection. */
    private interface Treatment {
        void treat(Socket client) throws Exception;
    }

    private int serve(boolean isSecured, Treatment treatment) throws IOException {
        var listener = keep(
                isSecured
                        ? jdk.getServerSocketFactory().createServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))
                        : new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1")));
        Thread.ofVirtual().start(() -> {
            while (!listener.isClosed()) {
                try {
                    var client = listener.accept();
                    Thread.ofVirtual().start(() -> {
                        try (client) {
                            treatment.treat(client);
                        } catch (Exception ended) {
                            // The test sees that in what it gets.
                        }
                    });
                } catch (IOException closed) {
                    return;
                }
            }
        });
        return listener.getLocalPort();
    }

    private static void echo(Socket client) throws IOException {
        client.getInputStream().transferTo(client.getOutputStream());
    }

    private static String ask(Socket client, String text) throws IOException {
        client.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        return new String(client.getInputStream().readNBytes(text.length()), StandardCharsets.US_ASCII);
    }

    // ---- the ways

    @ParameterizedTest
    @ValueSource(strings = {"TLS to plain", "plain to TLS", "TLS to TLS"})
    void largeAmountsGoBothWaysAtOnce(String way) throws Exception {
        boolean isSecured = way.startsWith("TLS");
        boolean reencrypts = way.endsWith("TLS");
        start(isSecured, serve(reencrypts, StreamTlsTest::echo), reencrypts, server -> server);
        var client = connect(isSecured);
        var bytes = new byte[LARGE];
        new Random(7).nextBytes(bytes);
        var writing = CompletableFuture.runAsync(() -> {
            try {
                client.getOutputStream().write(bytes);
            } catch (IOException failed) {
                throw new IllegalStateException(failed);
            }
        });
        assertThat(digest(client.getInputStream(), LARGE)).isEqualTo(digest(bytes));
        writing.get(60, TimeUnit.SECONDS);
    }

    private static String digest(byte[] bytes) throws Exception {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    }

    private static String digest(InputStream in, int count) throws Exception {
        return digest(in.readNBytes(count));
    }

    @Test
    void serverIsToldTheNameAndItsCertificateIsLookedAt() throws Exception {
        var name = new CompletableFuture<String>();
        int good = serve(true, client -> {
            var secured = (SSLSocket) client;
            secured.startHandshake();
            var asked = ((ExtendedSSLSession) secured.getSession()).getRequestedServerNames();
            name.complete(asked.isEmpty() ? "" : ((SNIHostName) asked.getFirst()).getAsciiName());
            echo(client);
        });
        start(false, good, true, server -> server);
        assertThat(ask(connect(false), "hello")).isEqualTo("hello");
        assertThat(name.get(30, TimeUnit.SECONDS)).isEqualTo("one.example");
    }

    @Test
    void serverWithAnothersCertificateIsNotUsed() throws Exception {
        int server = serve(true, StreamTlsTest::echo);
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        keep(Steelyard.builder()
                .plugins(ListedFirst.plugins())
                .start(Configuration.builder()
                        .pool(ServerPool.builder("web")
                                .scheduler("listed-first")
                                .server(RealServer.of("127.0.0.1:" + server)))
                        .virtualServer(VirtualServer.tcp("front")
                                .listen("127.0.0.1:" + port)
                                .options(ProxyOptions.builder()
                                        .tls(TlsClient.builder()
                                                .trust(TlsTrust.of(made.authority()))
                                                .verifiedName(Template.literal("other.example"))
                                                .build())
                                        .build())
                                .pool("web"))
                        .build()));
        var client = connect(false);
        client.getOutputStream().write('x');
        assertThat(ProxyStage.isClosed(client)).isTrue();
    }

    // ---- ends

    @Test
    void endOfOneDirectionReachesTheServerAndItsAnswerComesBack() throws Exception {
        int server = serve(true, client -> {
            var all = client.getInputStream().readAllBytes();
            client.getOutputStream().write(("got " + all.length).getBytes(StandardCharsets.US_ASCII));
        });
        start(false, server, true, front -> front);
        var client = connect(false);
        client.getOutputStream().write(new byte[1_000]);
        client.shutdownOutput();
        assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo("got 1000");
    }

    @Test
    void endOfAServerReachesTheClientAsCloseNotify() throws Exception {
        int server = serve(false, client -> {
            client.getInputStream().read();
            client.getOutputStream().write("bye".getBytes(StandardCharsets.US_ASCII));
        });
        start(true, server, false, front -> front);
        var client = connect(true);
        client.getOutputStream().write('x');
        // The JDK throws where close_notify is missing.
        assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo("bye");
    }

    @Test
    void closeNotifyOfAClientReachesTheServerAsTheEnd() throws Exception {
        var got = new CompletableFuture<Integer>();
        int server = serve(false, client -> got.complete(client.getInputStream().readAllBytes().length));
        start(true, server, false, front -> front);
        var client = connect(true);
        client.getOutputStream().write(new byte[70_000]);
        client.close();
        assertThat(got.get(30, TimeUnit.SECONDS)).isEqualTo(70_000);
    }

    @Test
    void clientThatIsCutOffIsNoEndForTheServer() throws Exception {
        var got = new CompletableFuture<String>();
        int server = serve(false, client -> {
            try {
                got.complete("end after " + client.getInputStream().readAllBytes().length);
            } catch (SocketException reset) {
                got.complete("reset");
            }
        });
        start(true, server, false, front -> front);
        var raw = keep(new Socket("127.0.0.1", port));
        var client = keep((SSLSocket) jdk.getSocketFactory().createSocket(raw, "one.example", port, false));
        client.startHandshake();
        client.getOutputStream().write(new byte[100]);
        raw.shutdownOutput();
        assertThat(got.get(30, TimeUnit.SECONDS)).isEqualTo("reset");
    }

    @Test
    void serverThatIsCutOffIsNoEndForTheClient() throws Exception {
        int server = serve(true, client -> {
            client.getInputStream().read();
            client.getOutputStream().write('y');
            client.getInputStream().read();
        });
        // Passes bytes on, and may end without close_notify, as anybody on the way may.
        var between = new CompletableFuture<Socket>();
        int passing = serve(false, here -> {
            between.complete(here);
            try (var there = new Socket("127.0.0.1", server)) {
                Thread.ofVirtual().start(() -> {
                    try {
                        here.getInputStream().transferTo(there.getOutputStream());
                    } catch (IOException ended) {
                        // So it shall.
                    }
                });
                there.getInputStream().transferTo(here.getOutputStream());
            }
        });
        start(false, passing, true, front -> front);
        var client = connect(false);
        client.getOutputStream().write('x');
        assertThat(client.getInputStream().read()).isEqualTo('y');
        between.get(30, TimeUnit.SECONDS).shutdownOutput();
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
    }

    @Test
    void resetOfAServerResetsTheClient() throws Exception {
        int server = serve(false, client -> {
            client.getInputStream().read();
            client.setSoLinger(true, 0);
        });
        start(true, server, false, front -> front);
        var client = connect(true);
        client.getOutputStream().write('x');
        assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(IOException.class);
    }

    @Test
    void silentConnectionEndsAfterTheIdleTimeout() throws Exception {
        start(
                true,
                serve(false, StreamTlsTest::echo),
                false,
                front -> front.options(ProxyOptions.builder()
                        .idleTimeout(Duration.ofMillis(400))
                        .build()));
        var client = connect(true);
        assertThat(ask(client, "x")).isEqualTo("x");
        assertThat(client.getInputStream().read()).isEqualTo(-1);
    }

    @Test
    void clientThatSendsNothingIsClosedAfterTheHandshakeTimeout() throws Exception {
        start(
                true,
                serve(false, StreamTlsTest::echo),
                false,
                front ->
                        front.tls(tls().handshakeTimeout(Duration.ofMillis(200)).build()));
        assertThat(ProxyStage.isClosed(connect(false))).isTrue();
    }

    // ---- who is let in, and what is known of it

    @Test
    void clientWithoutACertificateIsRefusedWhereOneIsRequired() throws Exception {
        var required = ClientCertificates.of(ClientCertificates.Mode.REQUIRED, TlsTrust.of(made.path("two.pem")));
        start(
                true,
                serve(false, StreamTlsTest::echo),
                false,
                front -> front.tls(tls().clientCertificates(required).build()));
        assertThatThrownBy(() -> {
                    var client = connect(true);
                    ask(client, "x");
                    throw new SSLException("closed: " + client.getInputStream().read());
                })
                .isInstanceOf(IOException.class);
    }

    @Test
    void variablesTellOfTheClientsTls() throws Exception {
        var trusting = ClientCertificates.of(ClientCertificates.Mode.OPTIONAL, TlsTrust.of(made.authority()));
        start(
                true,
                serve(false, StreamTlsTest::echo),
                false,
                front -> front.target(
                                new Target.Reply(
                                        Template.parse(
                                                "$ssl_protocol $ssl_server_name $ssl_client_verify $ssl_client_s_dn $ssl_session_reused")))
                        .tls(tls().clientCertificates(trusting).build()));
        var client = connect(true);
        assertThat(new String(client.getInputStream().readAllBytes(), StandardCharsets.US_ASCII))
                .isEqualTo("TLSv1.3 one.example SUCCESS CN=one,O=Test .");
    }

    @Test
    void whatIsNoTlsIsClosed() throws Exception {
        start(true, serve(false, StreamTlsTest::echo), false, front -> front);
        var client = connect(false);
        client.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        assertThat(ProxyStage.isClosed(client)).isTrue();
    }

    // ---- memory

    @Test
    void clientThatDoesNotReadHoldsTheServerBack() throws Exception {
        var sent = new AtomicLong();
        int server = serve(true, client -> {
            var chunk = new byte[64 << 10];
            while (true) {
                client.getOutputStream().write(chunk);
                sent.addAndGet(chunk.length);
            }
        });
        start(true, server, true, front -> front);
        var client = connect(true);
        var before = new AtomicLong(-1);
        // Once nothing moves any more, what was sent stands in sockets' buffers and a few records of ours.
        await().atMost(Duration.ofSeconds(60))
                .pollInterval(Duration.ofMillis(500))
                .until(() -> sent.get() > 0 && before.getAndSet(sent.get()) == sent.get());
        assertThat(sent.get()).isLessThan(64 << 20);
        assertThat(client.getInputStream().readNBytes(1 << 20)).hasSize(1 << 20);
    }

    @Test
    void aReadAllocatesLittleMoreThanTheLibraryAsksFor() throws Exception {
        try (var server = TestServer.echo()) {
            start(true, Integer.parseInt(server.address().toString().replaceAll(".*:", "")), false, front -> front);
            var client = connect(true);
            exchange(client, 10_000);
            long before = StreamAllocationTest.allocatedByLoops();
            exchange(client, 10_000);
            double each = (StreamAllocationTest.allocatedByLoops() - before) / 20_000.0;
            // The library's results, two a direction, and what of them a compiler has not taken away yet.
            assertThat(each).isLessThan(1_000);
        }
    }

    private static void exchange(Socket client, int times) throws IOException {
        var message = new byte[512];
        for (int i = 0; i < times; i++) {
            client.getOutputStream().write(message);
            assertThat(client.getInputStream().readNBytes(message, 0, message.length))
                    .isEqualTo(message.length);
        }
    }
}
