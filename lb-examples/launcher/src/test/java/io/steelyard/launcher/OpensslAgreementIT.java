package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.RealProgram;
import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One nginx.conf with TLS run by nginx and by {@code lb run}: what openssl's client, curl and h2load learn of both is the same. */
@Timeout(300)
class OpensslAgreementIT {
    private static final int HTTP = 0;
    private static final int VERIFYING = 1;
    private static final int PORTS = 2;

    /** Of ours alone, since nginx 1.22 staples nothing in stream. */
    private static final int STREAM = 2;

    private static final List<String> CLIENTS = List.of(
            "-servername one.example",
            "-servername two.example",
            "-servername unknown.example",
            "-noservername",
            "-servername one.example -tls1_3",
            "-servername one.example -tls1_2",
            "-servername one.example -tls1_1",
            "-servername one.example -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256",
            "-servername one.example -tls1_2 -cipher ECDHE-RSA-CHACHA20-POLY1305",
            "-servername one.example -tls1_2 -cipher AES128-SHA",
            "-servername one.example -tls1_3 -ciphersuites TLS_CHACHA20_POLY1305_SHA256",
            "-servername one.example -groups P-256",
            "-servername one.example -groups P-521",
            "-servername one.example -sigalgs ECDSA+SHA256",
            "-servername one.example -alpn h2,http/1.1",
            "-servername one.example -alpn http/1.1",
            "-servername one.example -alpn h2,strange",
            "-servername one.example -alpn strange",
            "-servername one.example -status",
            "-servername two.example -status");

    /** What is compared of openssl's words: all but what is made anew for each connection. */
    private static final Pattern COMPARED =
            Pattern.compile("subject=|New, |ALPN|No ALPN|OCSP|Server Temp Key|Peer sign|Secure Reneg| *Cert Status|"
                    + "Server public|No client cert|Acceptable client|.*alert ");

    @TempDir
    private Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private RealProgram real;
    private List<Integer> ours = List.of();

    @BeforeEach
    void start() throws Exception {
        assumeTrue(RealProgram.hasNginx(), "nginx is not installed");
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        var made = new TestCertificates(folder)
                .rsa("one", "one.example")
                .rsa("two", "two.example")
                .rsa("client", "client.example")
                .rsa("revoked", "revoked.example")
                .revoke("revoked");
        new TestCertificates(Files.createDirectories(folder.resolve("stranger"))).rsa("client", "client.example");
        made.openssl("ocsp", "-issuer", "ca.pem", "-cert", "one.pem", "-reqout", "request.der", "-no_nonce");
        Files.writeString(folder.resolve("none.txt"), "");
        made.openssl(
                "ocsp",
                "-index",
                "none.txt",
                "-rsigner",
                "ca.pem",
                "-rkey",
                "ca.key",
                "-CA",
                "ca.pem",
                "-reqin",
                "request.der",
                "-respout",
                "one.der");
        real = keep(RealProgram.nginx(folder, PORTS, this::blocks));
        ours = startLb();
    }

    @AfterEach
    void close() throws Exception {
        for (var each : opened.reversed()) {
            each.close();
        }
    }

    @Test
    void opensslLearnsTheSame() throws Exception {
        var softly = new SoftAssertions();
        for (var options : CLIENTS) {
            var theirs = learnt(real.port(HTTP), options);
            softly.assertThat(learnt(ours.get(HTTP), options)).as(options).isEqualTo(theirs);
        }
        softly.assertAll();
        assertThat(learnt(ours.get(HTTP), CLIENTS.getFirst())).contains("subject=", "CN = one");
        assertThat(learnt(ours.get(HTTP), "-servername one.example -status"))
                .contains("OCSP Response Data:", "Cert Status: ");
    }

    @Test
    void streamsStapleWhatHttpDoes() throws Exception {
        var ofHttp = learnt(real.port(HTTP), "-servername one.example -status");
        assertThat(ofHttp).contains("Cert Status: ");
        assertThat(learnt(ours.get(STREAM), "-servername one.example -status")).isEqualTo(ofHttp);
        assertThat(learnt(ours.get(STREAM), "-servername two.example -status"))
                .isEqualTo(learnt(real.port(HTTP), "-servername two.example -status"))
                .contains("no response sent");
    }

    @Test
    void clientsCertificatesGetTheSameVerdict() throws Exception {
        var calls = List.of(
                "https://on.example/",
                "--cert F/client.pem --key F/client.key https://on.example/",
                "--cert F/stranger/client.pem --key F/stranger/client.key https://on.example/",
                "--cert F/revoked.pem --key F/revoked.key https://on.example/",
                "https://pages.example/",
                "--cert F/stranger/client.pem --key F/stranger/client.key https://pages.example/",
                "--cert F/client.pem --key F/client.key https://pages.example/",
                "http://on.example/",
                "http://pages.example/");
        for (var call : calls) {
            var theirs = CurlCall.text(folder, real.port(VERIFYING), call);
            assertThat(withoutPages(CurlCall.text(folder, ours.get(VERIFYING), call)))
                    .as(call)
                    .isEqualTo(withoutPages(theirs));
        }
        assertThat(CurlCall.text(folder, ours.get(VERIFYING), "https://pages.example/"))
                .contains("496 none");
    }

    @Test
    void secondHandshakeIsRefused() throws Exception {
        var request = "R\nGET / HTTP/1.0\r\nHost: one.example\r\n\r\n";
        for (int port : List.of(real.port(HTTP), ours.get(HTTP))) {
            assertThat(client(port, "-servername one.example -tls1_2", request))
                    .contains("RENEGOTIATING")
                    .doesNotContain("HTTP/1.1 200");
        }
    }

    @Test
    void manyStreamsOfHttp2AreServedOverTls() throws Exception {
        assumeTrue(Files.isExecutable(Path.of("/usr/bin/h2load")), "h2load is not installed");
        for (int port : List.of(real.port(HTTP), ours.get(HTTP))) {
            var said = TestCertificates.run(
                    List.of("h2load", "-n", "2000", "-c", "8", "-m", "20", "https://127.0.0.1:" + port + "/"),
                    folder,
                    "");
            assertThat(said)
                    .contains("Application protocol: h2", "2000 succeeded, 0 failed", "status codes: 2000 2xx")
                    .contains("TLS Protocol: TLSv1.3");
        }
    }

    private String blocks(List<Integer> ports) {
        return """
                http {
                  access_log off;
                  default_type text/plain;
                  ssl_certificate one.pem; ssl_certificate_key one.key;
                  ssl_session_cache shared:s:1m; ssl_protocols TLSv1.2 TLSv1.3;
                  server { listen 127.0.0.1:HTTP ssl http2 default_server; server_name one.example;
                    ssl_stapling on; ssl_stapling_file one.der; return 200 "one\\n"; }
                  server { listen 127.0.0.1:HTTP ssl; server_name two.example; ssl_certificate two.pem; ssl_certificate_key two.key;
                    return 200 "two\\n"; }
                  server { listen 127.0.0.1:VERIFYING ssl; server_name on.example; ssl_verify_client on;
                    ssl_client_certificate ca.pem; ssl_crl crl.pem; return 200 "$ssl_client_verify $ssl_client_s_dn\\n"; }
                  server { listen 127.0.0.1:VERIFYING ssl; server_name pages.example; ssl_verify_client on;
                    ssl_client_certificate ca.pem; error_page 495 /wrong; error_page 496 /none; error_page 497 /plain;
                    location = /wrong { return 495 "495 $ssl_client_verify\\n"; }
                    location = /none { return 496 "496 none\\n"; }
                    location = /plain { return 497 "497 plain\\n"; }
                    location / { return 200 "$ssl_client_verify\\n"; } }
                }
                """.replace("HTTP ssl", ports.get(HTTP) + " ssl")
                .replace("VERIFYING ssl", ports.get(VERIFYING) + " ssl")
                .replaceAll(" ((?:one|two|ca|crl)\\.(?:pem|key|der));", " " + folder + "/$1;");
    }

    private String stream(List<Integer> ports) {
        return """
                stream {
                  server { listen 127.0.0.1:STREAM ssl; ssl_certificate F/one.pem; ssl_certificate_key F/one.key;
                    ssl_session_cache shared:s:1m; ssl_stapling on; ssl_stapling_file F/one.der; return one; }
                  server { listen 127.0.0.1:STREAM; server_name two.example; ssl_certificate F/two.pem; ssl_certificate_key F/two.key;
                    ssl_session_cache shared:s:1m; return two; }
                }
                """.replace("STREAM", Integer.toString(ports.get(STREAM))).replace("F/", folder + "/");
    }

    private String learnt(int port, String options) throws IOException {
        return client(port, options, "")
                .lines()
                .filter(line -> COMPARED.matcher(line).lookingAt())
                .map(line -> line.replaceAll("^[0-9A-F]+:error", "error").replaceAll(":[^:]*\\.c:\\d+:", ":"))
                .collect(Collectors.joining("\n"));
    }

    private String client(int port, String options, String input) throws IOException {
        var command = new ArrayList<>(List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port));
        command.addAll(List.of(options.split(" ")));
        return TestCertificates.run(command, folder, input);
    }

    /** Error pages say the same in other words. */
    private static String withoutPages(String text) {
        return text.lines().filter(line -> !line.startsWith("<")).collect(Collectors.joining("\n")) + "\n";
    }

    private List<Integer> startLb() throws Exception {
        var listening = LbProcess.listening(
                folder.resolve("lb.conf"), PORTS + 1, ports -> "events {}\n" + blocks(ports) + stream(ports));
        keep(listening.process());
        return listening.ports();
    }

    private <T extends AutoCloseable> T keep(T closeable) {
        opened.add(closeable);
        return closeable;
    }
}
