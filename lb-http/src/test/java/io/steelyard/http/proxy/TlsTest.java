package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.ConfigurationException;
import io.steelyard.api.http.Content;
import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.HttpRoute;
import io.steelyard.api.http.VirtualHost;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.text.Template;
import io.steelyard.api.tls.ClientCertificates;
import io.steelyard.api.tls.TlsCertificate;
import io.steelyard.api.tls.TlsRules;
import io.steelyard.api.tls.TlsServer;
import io.steelyard.api.tls.TlsTrust;
import io.steelyard.api.tls.TlsVersion;
import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** TLS with clients, as curl and openssl see it. */
@Timeout(240)
@Execution(ExecutionMode.SAME_THREAD)
class TlsTest {
    @TempDir
    static Path folder;

    private static TestCertificates made;

    @BeforeAll
    static void makeCertificates() throws IOException {
        made = new TestCertificates(folder.resolve("made"));
        made.rsa("one-rsa", "one.example", "*.wild.example")
                .ec("one-ec", "one.example")
                .rsa("two", "two.example")
                .ec("client", "client.example")
                .ec("revoked", "revoked.example")
                .expired("old", "one.example")
                .revoke("revoked");
        new TestCertificates(folder.resolve("strange")).ec("stranger", "stranger.example");
    }

    private static TlsCertificate files(String name) {
        return new TlsCertificate(made.path(name + ".pem"), made.path(name + ".key"));
    }

    private static TlsServer tls(String... names) {
        var builder = TlsServer.builder();
        for (var name : names) {
            builder.certificate(files(name));
        }
        return builder.build();
    }

    /** A host that tells what is known of the request's TLS. */
    private static VirtualHost host(String name, TlsServer tls) {
        var text = "$scheme $https $ssl_protocol $ssl_cipher $ssl_server_name $ssl_session_reused $ssl_client_verify "
                + "$ssl_client_s_dn\n";
        return VirtualHost.builder(name)
                .hostName(name)
                .tls(tls)
                .root(HttpRoute.builder("/")
                        .content(new Content.Reply(200, Template.parse(text), "text/plain"))
                        .build())
                .build();
    }

    private static TlsStage stage(VirtualHost... hosts) throws IOException {
        return TlsStage.start(folder, UnaryOperator.identity(), hosts);
    }

    @Test
    void clientThatWasSentToTheUsualPortOfTlsIsNotSentInCircles() throws IOException {
        var host = VirtualHost.builder("any")
                .tls(tls("one-rsa"))
                .root(HttpRoute.builder("/")
                        .content(Content.RedirectToPool.of("edges"))
                        .build())
                .build();
        try (var stage = TlsStage.start(
                folder,
                configuration -> configuration.pool(ServerPool.builder("edges")
                        .server(RealServer.builder("127.0.0.1:1")
                                .publicUrl("https://one.example")
                                .build())),
                host)) {
            var options = List.of("--cacert", made.authority(), "-o", "body", "-w", "%{http_code}");
            assertThat(stage.curl("one.example", "/", options.toArray(String[]::new)))
                    .as("another port")
                    .isEqualTo("307");
            var withHost = new ArrayList<>(options);
            withHost.addAll(List.of("-H", "Host: one.example"));
            assertThat(stage.curl("one.example", "/", withHost.toArray(String[]::new)))
                    .isEqualTo("508");
        }
    }

    @Test
    void clientIsShownTheCertificateOfTheHostItAsksFor() throws IOException {
        try (var stage = stage(host("one.example", tls("one-rsa")), host("two.example", tls("two")))) {
            for (var name : List.of("one.example", "two.example")) {
                assertThat(stage.curl(name, "/", "--cacert", made.authority()))
                        .startsWith("https on TLSv1.3 TLS_")
                        .contains(" " + name + " . NONE");
            }
            assertThat(stage.openssl("", "-noservername")).contains("CN = one-rsa");
            assertThat(stage.curl("three.example", "/", "--cacert", made.authority()))
                    .contains("SSL");
        }
    }

    @Test
    void certificateIsChosenByItsNamesAndTheClientsKinds() throws IOException {
        try (var stage = stage(host("one.example", tls("two", "one-rsa", "one-ec")))) {
            assertThat(stage.openssl("", "-servername", "one.example")).contains("CN = one-ec");
            assertThat(stage.openssl("", "-servername", "one.example", "-sigalgs", "rsa_pss_rsae_sha256"))
                    .contains("CN = one-rsa");
            assertThat(stage.openssl("", "-servername", "a.wild.example")).contains("CN = one-rsa");
            assertThat(stage.openssl("", "-servername", "two.example")).contains("CN = two");
        }
    }

    @Test
    void versionsAndSuitesAreThoseAllowed() throws IOException {
        var old = TlsServer.builder()
                .certificate(files("one-rsa"))
                .rules(new TlsRules(Set.of(TlsVersion.TLS_1_2), "ECDHE+AESGCM:!AES128:@SECLEVEL=1", List.of("X25519")))
                .build();
        try (var stage = stage(host("one.example", old))) {
            assertThat(stage.curl("one.example", "/", "--cacert", made.authority()))
                    .contains(" TLSv1.2 ECDHE-RSA-AES256-GCM-SHA384 ");
            assertThat(stage.curl("one.example", "/", "--cacert", made.authority(), "--tlsv1.3"))
                    .contains("alert protocol version");
            assertThat(stage.openssl("", "-tls1_2", "-cipher", "ECDHE-RSA-AES128-GCM-SHA256"))
                    .contains("handshake failure");
        }
    }

    @Test
    void sessionsAreTakenUpAgainAlsoAfterAChangeOfConfiguration() throws IOException {
        var session = folder.resolve("session").toString();
        for (var version : List.of("-tls1_2", "-tls1_3")) {
            try (var stage = stage(host("one.example", tls("one-rsa")))) {
                var request = "GET / HTTP/1.1\r\nHost: one.example\r\nConnection: close\r\n\r\n";
                var first =
                        stage.openssl(request, version, "-servername", "one.example", "-ign_eof", "-sess_out", session);
                assertThat(first).contains(" one.example . NONE");
                stage.apply(UnaryOperator.identity(), host("one.example", tls("one-rsa")));
                assertThat(stage.openssl(
                                request, version, "-servername", "one.example", "-ign_eof", "-sess_in", session))
                        .contains("Reused, TLSv1")
                        .contains(" one.example r NONE");
            }
        }
    }

    @Test
    void statusOfACertificateIsGivenToWhoAsks() throws IOException {
        // Any DER: openssl shows it, and does not check who signed it unless told to.
        made.openssl("ocsp", "-issuer", "ca.pem", "-cert", "one-rsa.pem", "-reqout", "request.der", "-no_nonce");
        Files.writeString(Path.of(made.path("index.txt")), "");
        made.openssl(
                "ocsp",
                "-index",
                "index.txt",
                "-rsigner",
                "ca.pem",
                "-rkey",
                "ca.key",
                "-CA",
                "ca.pem",
                "-reqin",
                "request.der",
                "-respout",
                "status.der");
        var stapled = TlsServer.builder()
                .certificate(new TlsCertificate(
                        made.path("one-rsa.pem"),
                        made.path("one-rsa.key"),
                        Optional.empty(),
                        Optional.of(made.path("status.der")),
                        Optional.empty(),
                        List.of()))
                .build();
        try (var stage = stage(host("one.example", stapled))) {
            assertThat(stage.openssl("", "-status")).contains("OCSP Response Status: successful");
        }
    }

    @Test
    void requestWithoutTlsIsToldSo() throws IOException {
        try (var stage = stage(host("one.example", tls("one-rsa")));
                var client = new RawClient(stage.port())) {
            client.send("GET / HTTP/1.1\r\nHost: one.example\r\n\r\n");
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.text()).contains("plain HTTP request was sent to HTTPS port");
            assertThat(client.isAtEnd()).isTrue();
        }
    }

    @Test
    void clientCertificatesAreAskedForAndLookedAt() throws IOException {
        var trust = new TlsTrust(Optional.of(made.authority()), 1, Optional.of(made.path("crl.pem")));
        var strict = TlsServer.builder()
                .certificate(files("one-rsa"))
                .clientCertificates(ClientCertificates.of(ClientCertificates.Mode.REQUIRED, trust))
                .build();
        try (var stage = stage(host("one.example", strict), host("two.example", tls("two")))) {
            assertThat(ask(stage, "client", made)).endsWith("SUCCESS CN=client,O=Test\n");
            assertThat(stage.curl("one.example", "/", "--cacert", made.authority(), "-i"))
                    .startsWith("HTTP/1.1 400 Bad Request")
                    .contains("No required SSL certificate was sent");
            assertThat(ask(stage, "revoked", made)).contains("The SSL certificate error");
            var strange = new TestCertificates(folder.resolve("strange")).ec("stranger", "stranger.example");
            assertThat(ask(stage, "stranger", strange)).contains("The SSL certificate error");
            // Over a connection of another host, whose clients show none.
            assertThat(stage.curl("two.example", "/", "--cacert", made.authority(), "-i", "-H", "Host: one.example"))
                    .startsWith("HTTP/1.1 421 ");
        }
    }

    @Test
    void clientWithoutCertificateIsRefusedInTheHandshakeWhereThatIsWanted() throws IOException {
        var strict = TlsServer.builder()
                .certificate(files("one-rsa"))
                .clientCertificates(new ClientCertificates(
                        ClientCertificates.Mode.REQUIRED, TlsTrust.of(made.authority()), true, true))
                .build();
        try (var stage = stage(host("one.example", strict))) {
            assertThat(ask(stage, "client", made)).endsWith("SUCCESS CN=client,O=Test\n");
            assertThat(stage.curl("one.example", "/", "--cacert", made.authority()))
                    .contains("alert");
        }
    }

    private static String ask(TlsStage stage, String name, TestCertificates of) throws IOException {
        return stage.curl(
                "one.example",
                "/",
                "--cacert",
                made.authority(),
                "--cert",
                of.path(name + ".pem"),
                "--key",
                of.path(name + ".key"));
    }

    @Test
    void certificatesAreReadAnewAndABadOneRefusesTheWhole() throws IOException {
        var current = folder.resolve("current.pem");
        var key = folder.resolve("current.key");
        Files.copy(Path.of(made.path("one-rsa.pem")), current);
        Files.copy(Path.of(made.path("one-rsa.key")), key);
        var server = TlsServer.builder()
                .certificate(new TlsCertificate(current.toString(), key.toString()))
                .build();
        try (var stage = stage(host("one.example", server))) {
            assertThat(stage.openssl("")).contains("CN = one-rsa");
            Files.writeString(current, Files.readString(Path.of(made.path("two.pem"))));
            assertThatThrownBy(() -> stage.apply(UnaryOperator.identity(), host("one.example", server)))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("current.key: its key is not that of the certificate in");
            assertThat(stage.openssl("")).contains("CN = one-rsa");
            Files.writeString(key, Files.readString(Path.of(made.path("two.key"))));
            stage.apply(UnaryOperator.identity(), host("one.example", server));
            assertThat(stage.openssl("")).contains("CN = two");
        }
    }

    @Test
    void http2IsAgreedOnWhereItIsOffered() throws IOException {
        var plain = host("one.example", tls("one-rsa"));
        var offering = new VirtualHost(
                plain.name(),
                plain.names(),
                true,
                HttpClientOptions.builder().http2(true).build(),
                plain.tls(),
                plain.root());
        try (var stage = stage(offering)) {
            var version =
                    List.of("--cacert", made.authority(), "-o", "/dev/null", "-w", "%{http_version} %{http_code}");
            assertThat(stage.curl("one.example", "/", with(version, "--http2"))).isEqualTo("2 200");
            assertThat(stage.curl("one.example", "/", with(version, "--http1.1")))
                    .isEqualTo("1.1 200");
            assertThat(stage.curl("one.example", "/", with(version, "--no-alpn")))
                    .isEqualTo("1.1 200");
            assertThat(stage.curl("one.example", "/", "--cacert", made.authority(), "--http2"))
                    .startsWith("https on TLSv1.3");
        }
    }

    private static String[] with(List<String> options, String another) {
        return Stream.concat(options.stream(), Stream.of(another)).toArray(String[]::new);
    }

    @Test
    void largeBodiesGoBothWays() throws IOException {
        var sent = folder.resolve("sent");
        var bytes = new byte[3 << 20];
        new Random(7).nextBytes(bytes);
        Files.write(sent, bytes);
        var echo = new ScriptedServer((request, connection) -> {
            connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + request.body().length + "\r\n\r\n");
            connection.send(request.body());
            return true;
        });
        try (echo;
                var stage = TlsStage.start(
                        folder,
                        configuration -> configuration.pool(Fixture.pool("web", echo)),
                        VirtualHost.builder("one.example")
                                .tls(tls("one-rsa"))
                                .root(HttpRoute.builder("/")
                                        .mostBodyBytes(0)
                                        .content(HttpProxy.toPool("web").build())
                                        .build())
                                .build())) {
            var got = folder.resolve("got").toString();
            stage.curl("one.example", "/", "--cacert", made.authority(), "--data-binary", "@" + sent, "-o", got);
            assertThat(Files.readAllBytes(Path.of(got))).isEqualTo(bytes);
        }
    }
}
