package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.text.Template;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.api.tls.TlsStapling;
import io.steelyard.tck.RealProgram;
import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** OCSP responses that are fetched from openssl's responder, as openssl's client and nginx's clients see them. */
@Timeout(240)
@Execution(ExecutionMode.SAME_THREAD)
class StaplingTest {
    private static final String GOOD = "Cert Status: good";
    private static final String NONE = "OCSP response: no response sent";

    @TempDir
    static Path folder;

    private static TestCertificates made;

    @BeforeAll
    static void makeCertificates() throws IOException {
        made = new TestCertificates(folder.resolve("made"));
        made.rsa("good", "one.example").ec("revoked", "two.example");
        Files.writeString(
                Path.of(made.path("index.txt")),
                "V\t491231235959Z\t\t03E9\tunknown\t/CN=good\nR\t491231235959Z\t250101000000Z\t03EA\tunknown\t/CN=revoked\n");
        for (var name : List.of("good", "revoked")) {
            var own = Files.readString(Path.of(made.path(name + ".pem")));
            Files.writeString(
                    Path.of(made.path(name + "-chain.pem")), own + Files.readString(Path.of(made.authority())));
        }
    }

    /** openssl's responder. */
    private static final class OpensslResponder implements AutoCloseable {
        private final Process process;
        private final Path said = folder.resolve("responder.log");

        OpensslResponder() throws IOException {
            Files.deleteIfExists(said);
            process = new ProcessBuilder(
                            ("/usr/bin/openssl ocsp -port 0 -index index.txt -rsigner ca.pem -rkey ca.key -CA ca.pem -ndays 1")
                                    .split(" "))
                    .directory(folder.resolve("made").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(said.toFile())
                    .start();
        }

        /** Waits until it is ready. */
        int port() {
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> Files.readString(said).contains("waiting for OCSP client"));
            try {
                var text = Files.readString(said);
                int end = text.indexOf(" PID=");
                return Integer.parseInt(text.substring(text.lastIndexOf(':', end) + 1, end));
            } catch (IOException gone) {
                throw new IllegalStateException(gone);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
        }
    }

    private static VirtualHost host(String certificate, int responderPort) {
        var stapling =
                new TlsStapling(Optional.of("http://127.0.0.1:" + responderPort), Optional.of(made.authority()), true);
        var tls = TlsServer.builder()
                .certificate(new TlsCertificate(
                        made.path(certificate + ".pem"),
                        made.path(certificate + ".key"),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.of(stapling),
                        List.of()))
                .build();
        return VirtualHost.builder("one")
                .hostName("one.example")
                .tls(tls)
                .root(HttpRoute.builder("/")
                        .content(new Content.Reply(200, Template.parse("here"), "text/plain"))
                        .build())
                .build();
    }

    private static String handshake(TlsStage stage, String... options) throws IOException {
        var all = new ArrayList<>(List.of("-status", "-servername", "one.example"));
        all.addAll(List.of(options));
        return stage.openssl("", all.toArray(String[]::new));
    }

    @Test
    void statusIsFetchedAndGivenToWhoAsks() throws IOException {
        try (var responder = new OpensslResponder();
                var stage = TlsStage.start(folder, UnaryOperator.identity(), host("good", responder.port()))) {
            await().atMost(Duration.ofSeconds(30))
                    .pollInterval(Duration.ofMillis(200))
                    .until(() -> handshake(stage).contains(GOOD));
            assertThat(handshake(stage, "-tls1_2")).contains(GOOD);
            assertThat(stage.openssl("", "-servername", "one.example"))
                    .as("a client that does not ask")
                    .doesNotContain("OCSP");
            stage.apply(UnaryOperator.identity(), host("good", responder.port()));
            assertThat(handshake(stage)).as("after a new configuration").contains(GOOD);
        }
    }

    @Test
    void clientsAreServedWithoutWhileResponderIsSilent() throws IOException {
        try (var silent = new ServerSocket(0, 9, InetAddress.getLoopbackAddress());
                var stage = TlsStage.start(folder, UnaryOperator.identity(), host("good", silent.getLocalPort()));
                var asking = silent.accept()) {
            assertThat(asking.getInputStream().read()).isEqualTo('G');
            assertThat(handshake(stage)).contains(NONE).contains("CN = good");
            assertThat(stage.curl("one.example", "/", "--cacert", made.authority()))
                    .isEqualTo("here");
        }
    }

    @Test
    void nginxAndWeStapleTheSame() throws IOException {
        assumeTrue(RealProgram.hasNginx(), "needs the package nginx");
        try (var responder = new OpensslResponder()) {
            int port = responder.port();
            var server = "http { access_log off; ssl_stapling on; ssl_stapling_verify on; ssl_trusted_certificate "
                    + made.authority() + "; ssl_stapling_responder http://127.0.0.1:" + port + ";";
            for (var name : List.of("good", "revoked")) {
                boolean isGood = name.equals("good");
                var nginxFolder = Files.createDirectories(folder.resolve("nginx-" + name));
                try (var nginx = RealProgram.nginx(
                                nginxFolder,
                                1,
                                ports -> server + " server { listen 127.0.0.1:" + ports.getFirst()
                                        + " ssl; ssl_certificate " + made.path(name + "-chain.pem")
                                        + "; ssl_certificate_key " + made.path(name + ".key") + "; } }");
                        var stage = TlsStage.start(folder, UnaryOperator.identity(), host(name, port))) {
                    var asked = List.of(
                            "/usr/bin/openssl", "s_client", "-status", "-connect", "127.0.0.1:" + nginx.port(0));
                    // nginx asks when the first client has; the status of a revoked certificate it only logs.
                    await().atMost(Duration.ofSeconds(30))
                            .pollInterval(Duration.ofMillis(200))
                            .until(() -> TestCertificates.run(asked, folder, "").contains(isGood ? GOOD : NONE)
                                    && (isGood || nginx.output().contains("certificate status \"revoked\"")));
                    await().atMost(Duration.ofSeconds(30))
                            .pollInterval(Duration.ofMillis(200))
                            .until(() -> handshake(stage).contains(isGood ? GOOD : NONE));
                    assertThat(TestCertificates.run(asked, folder, ""))
                            .as("nginx")
                            .contains(isGood ? GOOD : NONE);
                }
            }
        }
    }
}
