package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.RetryRule;
import io.steelyard.api.pool.ConnectionReuse;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.text.Template;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsClient;
import io.steelyard.api.tls.TlsTrust;
import io.steelyard.tck.RealProgram;
import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** TLS with servers, of which nginx is one. */
@Timeout(240)
@Execution(ExecutionMode.SAME_THREAD)
class TlsServersTest {
    @TempDir
    static Path folder;

    private static TestCertificates made;
    private static RealProgram nginx;

    @BeforeAll
    static void startServer() throws IOException {
        assumeThat(RealProgram.hasNginx()).isTrue();
        made = new TestCertificates(folder.resolve("made"));
        made.rsa("server", "inside.example").ec("balancer", "balancer.example");
        nginx = RealProgram.nginx(
                folder,
                1,
                ports -> "http { access_log off; server { listen 127.0.0.1:" + ports.getFirst() + " ssl;"
                        + " ssl_certificate " + made.path("server.pem") + "; ssl_certificate_key "
                        + made.path("server.key") + "; ssl_client_certificate " + made.authority()
                        + "; ssl_verify_client optional; ssl_session_cache shared:s:1m;"
                        + " location / { return 200 \"$ssl_protocol|$ssl_server_name|$ssl_client_s_dn|$connection"
                        + "|$ssl_session_reused\"; } } }");
    }

    @AfterAll
    static void stopServer() {
        if (nginx != null) {
            nginx.close();
        }
    }

    private static Fixture inFrontOfNginx(TlsClient tls, int idle) throws IOException {
        var pool = ServerPool.builder("web").server(RealServer.of("127.0.0.1:" + nginx.port(0)));
        if (idle == 0) {
            pool.reuse(ConnectionReuse.NONE);
        }
        return Fixture.start(
                configuration -> configuration.pool(pool),
                root -> root.content(HttpProxy.toPool("web")
                        .retry(new RetryRule(Set.of(), false, 1, Duration.ZERO))
                        .transport(ProxyOptions.builder().tls(tls).build())
                        .build()));
    }

    private static String get(TlsClient tls) throws IOException {
        try (var proxy = inFrontOfNginx(tls, 8);
                var client = proxy.client()) {
            var answer = client.get("/");
            return answer.status() + " " + (answer.status() == 200 ? answer.text() : "");
        }
    }

    @Test
    void nameIsToldOnlyWhereThatIsWanted() throws IOException {
        assertThat(get(TlsClient.builder().build())).matches("200 TLSv1\\.[23]\\|\\|\\|.*");
        assertThat(get(TlsClient.builder()
                        .serverName(Template.literal("inside.example:443"))
                        .build()))
                .matches("200 TLSv1\\.[23]\\|inside\\.example\\|\\|.*");
    }

    @Test
    void certificateMustLeadToAnAuthorityAndBeForTheName() throws IOException {
        var trusting = TlsClient.builder().trust(TlsTrust.of(made.authority()));
        assertThat(get(trusting.verifiedName(Template.literal("inside.example")).build()))
                .startsWith("200 ");
        assertThat(get(trusting.verifiedName(Template.literal("other.example")).build()))
                .startsWith("502 ");
        assertThat(get(TlsClient.builder().trust(TlsTrust.SYSTEM).build())).startsWith("502 ");
    }

    @Test
    void serverIsWorkedOutForEachRequest() throws IOException {
        try (var proxy = Fixture.start(
                        configuration -> configuration,
                        root -> root.content(HttpProxy.to(Template.parse("https://$arg_to"))
                                .path(new HttpProxy.ForwardedPath.InServer())
                                .transport(ProxyOptions.builder()
                                        .tls(TlsClient.builder()
                                                .serverName(Template.parse("$arg_name"))
                                                .build())
                                        .build())
                                .build()));
                var client = proxy.client()) {
            var server = "127.0.0.1:" + nginx.port(0);
            assertThat(client.get("/?to=" + server + "&name=a.example").text()).contains("|a.example|");
            assertThat(client.get("/?to=" + server + "/x&name=b.example").text())
                    .contains("|b.example|");
            assertThat(client.get("/?to=").status()).isEqualTo(502);
        }
    }

    @Test
    void certificateIsShownToAServerThatAsks() throws IOException {
        var own = new TlsCertificate(made.path("balancer.pem"), made.path("balancer.key"));
        assertThat(get(TlsClient.builder().certificate(own).build())).contains("|CN=balancer,O=Test|");
    }

    @Test
    void connectionsAreKeptAndSessionsTakenUpAgain() throws IOException {
        try (var proxy = inFrontOfNginx(TlsClient.builder().build(), 8);
                var client = proxy.client()) {
            var first = client.get("/").text();
            assertThat(client.get("/").text()).isEqualTo(first);
        }
        try (var proxy = inFrontOfNginx(TlsClient.builder().build(), 0)) {
            var reused = false;
            // Loops are not told apart by sessions, and a ticket comes with the first answer.
            for (int i = 0; i < 8 && !reused; i++) {
                try (var client = proxy.client()) {
                    reused = client.get("/").text().endsWith("|r");
                }
            }
            assertThat(reused).isTrue();
        }
    }
}
