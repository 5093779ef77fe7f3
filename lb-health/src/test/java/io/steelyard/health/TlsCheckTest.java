package io.steelyard.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import javax.net.ssl.ExtendedSSLSession;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checks of servers that speak TLS. */
@Timeout(120)
class TlsCheckTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @TempDir
    private Path folder;

    private TestCertificates made;
    private SSLServerSocket server;
    private volatile String toldName = "";

    @BeforeEach
    void listen() throws Exception {
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        made = new TestCertificates(folder).rsa("good", "good.example");
        TestCertificates.run(
                List.of(
                        "openssl",
                        "pkcs12",
                        "-export",
                        "-in",
                        "good.pem",
                        "-inkey",
                        "good.key",
                        "-passout",
                        "pass:x",
                        "-out",
                        "good.p12"),
                folder,
                "");
        var store = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(folder.resolve("good.p12"))) {
            store.load(in, "x".toCharArray());
        }
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "x".toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        server = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 10, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(this::serve);
    }

    @AfterEach
    void close() throws IOException {
        server.close();
    }

    private void serve() {
        while (!server.isClosed()) {
            try (var client = (SSLSocket) server.accept()) {
                client.startHandshake();
                var names = ((ExtendedSSLSession) client.getSession()).getRequestedServerNames();
                toldName = names.isEmpty() ? "" : ((SNIHostName) names.getFirst()).getAsciiName();
                FakeServer.readHead(client.getInputStream());
                client.getOutputStream()
                        .write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello".getBytes(StandardCharsets.US_ASCII));
            } catch (IOException refused) {
                // The next client may like us better.
            }
        }
    }

    private SocketAddress address() {
        return new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    }

    @Test
    void requestIsSentOverTls() throws Exception {
        var options = Map.of("tls", "unverified", "tls-server-name", "told.example", "body", "hello");
        var result = Probes.probe(new HttpCheckProvider(), options, address(), LONG);
        assertThat(result.isPassed()).as("%s", result).isTrue();
        assertThat(toldName).isEqualTo("told.example");
    }

    @Test
    void connectionPassesOnceTheHandshakeIsDone() throws Exception {
        var result = Probes.probe(new TcpCheckProvider(), Map.of("tls", "unverified"), address(), LONG);
        assertThat(result.isPassed()).as("%s", result).isTrue();
    }

    @Test
    void certificateMustBeOfAnAuthorityAndForTheName() throws Exception {
        var verified = Map.of("tls", "verified", "tls-authorities", made.authority());
        assertThat(Probes.probe(new TcpCheckProvider(), verified, address(), LONG)
                        .isPassed())
                .isTrue();
        var named = Map.of("tls", "verified", "tls-authorities", made.authority(), "tls-verified-name", "good.example");
        assertThat(Probes.probe(new TcpCheckProvider(), named, address(), LONG).isPassed())
                .isTrue();
        var other = Map.of("tls", "verified", "tls-authorities", made.authority(), "tls-verified-name", "bad.example");
        assertThat(Probes.probe(new TcpCheckProvider(), other, address(), LONG).isPassed())
                .isFalse();
        var unknown = Probes.probe(new TcpCheckProvider(), Map.of("tls", "verified"), address(), LONG);
        assertThat(unknown.isPassed()).isFalse();
        assertThat(unknown.reason()).contains("handshake of TLS failed");
    }

    @Test
    void serverWithoutTlsFails() throws Exception {
        try (var plain = FakeServer.start(
                (in, out) -> out.write("HTTP/1.1 400 Bad Request\r\n\r\n".getBytes(StandardCharsets.US_ASCII)))) {
            var result = Probes.probe(new TcpCheckProvider(), Map.of("tls", "unverified"), plain.address(), LONG);
            assertThat(result.isPassed()).isFalse();
        }
    }

    @Test
    void fileThatHoldsNoAuthorityIsRefused() {
        assertThatThrownBy(() -> Probes.probe(
                        new TcpCheckProvider(),
                        Map.of("tls", "verified", "tls-authorities", made.path("good.key")),
                        address(),
                        LONG))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("tls-authorities");
    }
}
