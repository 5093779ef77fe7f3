package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.RealProgram;
import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One nginx.conf with TLS in http and in stream, run by nginx and by {@code lb run}: what curl and openssl get is compared. */
@Timeout(300)
class NginxTlsIT {
    private static final int PORTS = 8;

    /** Calls by the index of their port: http, then stream. */
    private static final Map<Integer, List<String>> CALLS = Map.of(
            0,
                    List.of(
                            "https://one.example/",
                            "https://two.example/",
                            "https://rejected.example/",
                            "https://unknown.example/",
                            "--http1.1 https://one.example/",
                            "--tls-max 1.2 https://one.example/",
                            "http://one.example/"),
            1,
                    List.of(
                            "https://on.example/",
                            "--cert F/client.pem --key F/client.key https://on.example/",
                            "--cert F/stranger/client.pem --key F/stranger/client.key https://on.example/",
                            "https://optional.example/",
                            "--cert F/client.pem --key F/client.key https://optional.example/",
                            "--cert F/stranger/client.pem --key F/stranger/client.key https://optional.example/",
                            "--cert F/stranger/client.pem --key F/stranger/client.key https://any.example/"),
            2, List.of("--tls-max 1.2 https://one.example/", "https://one.example/"),
            3, List.of("https://one.example/?name=told.example", "https://one.example/?name="),
            4, List.of("https://one.example/", "http://one.example/"),
            5, List.of("http://one.example/"),
            6, List.of("https://one.example/", "--cert F/client.pem --key F/client.key https://one.example/"),
            7, List.of("http://one.example/"));

    @TempDir
    private Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (var each : opened.reversed()) {
            each.close();
        }
    }

    @Test
    void clientsGetTheSameOverTls() throws Exception {
        assumeTrue(RealProgram.hasNginxStream(), "nginx with its stream module is not installed");
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        new TestCertificates(folder)
                .rsa("one", "one.example", "on.example", "optional.example", "any.example")
                .ec("two", "two.example")
                .rsa("client", "client");
        new TestCertificates(Files.createDirectories(folder.resolve("stranger"))).rsa("client", "client");
        var real = keep(RealProgram.nginx(folder, PORTS, this::blocks));
        var theirs = new ArrayList<Integer>();
        for (int i = 0; i < PORTS; i++) {
            theirs.add(real.port(i));
        }
        var ours = startLb();
        var expected = served(theirs);
        var got = served(ours);
        assertThat(String.join("", expected.get(0))).contains("CN = two", "one.example");
        SoftAssertions.assertSoftly(softly -> expected.forEach((index, answers) ->
                softly.assertThat(got.get(index)).as("port " + index).isEqualTo(answers)));
    }

    @Test
    void sessionsAreTakenUpAgainAsWithNginx() throws Exception {
        assumeTrue(RealProgram.hasNginxStream(), "nginx with its stream module is not installed");
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        new TestCertificates(folder)
                .rsa("one", "one.example")
                .ec("two", "two.example")
                .rsa("client", "client");
        new TestCertificates(Files.createDirectories(folder.resolve("stranger"))).rsa("client", "client");
        var real = keep(RealProgram.nginx(folder, PORTS, this::blocks));
        var ours = startLb();
        for (var options : List.of("-tls1_2", "-tls1_2 -no_ticket", "-tls1_3")) {
            var theirs = reused(real.port(0), options);
            assertThat(reused(ours.getFirst(), options)).as(options).isEqualTo(theirs);
        }
    }

    /** Whether a second connection took up the session of the first. */
    private boolean reused(int port, String options) throws IOException {
        var command = new ArrayList<>(
                List.of("openssl", "s_client", "-connect", "127.0.0.1:" + port, "-servername", "one.example"));
        command.addAll(List.of(options.split(" ")));
        var request = "GET / HTTP/1.0\r\nHost: one.example\r\n\r\n";
        var first = new ArrayList<>(command);
        first.addAll(List.of("-ign_eof", "-sess_out", "session"));
        TestCertificates.run(first, folder, request);
        command.addAll(List.of("-ign_eof", "-sess_in", "session"));
        return TestCertificates.run(command, folder, request).contains("\nReused, ");
    }

    private String blocks(List<Integer> ports) {
        var facts = "return 200 \"$ssl_protocol $ssl_cipher $ssl_server_name $ssl_session_reused $ssl_client_verify "
                + "$ssl_client_s_dn $ssl_client_serial $https $scheme $server_name\\n\";";
        return """
                http {
                  access_log off;
                  default_type text/plain;
                  ssl_certificate one.pem; ssl_certificate_key one.key;
                  ssl_session_cache shared:s:1m; ssl_protocols TLSv1.2 TLSv1.3;
                  server { listen 127.0.0.1:P0 ssl http2 default_server; server_name one.example; FACTS }
                  server { listen 127.0.0.1:P0 ssl; server_name two.example; ssl_certificate two.pem; ssl_certificate_key two.key; FACTS }
                  server { listen 127.0.0.1:P0 ssl; server_name rejected.example; ssl_reject_handshake on; }
                  server { listen 127.0.0.1:P1 ssl; server_name on.example; ssl_verify_client on; ssl_client_certificate ca.pem; FACTS }
                  server { listen 127.0.0.1:P1 ssl; server_name optional.example; ssl_verify_client optional; ssl_client_certificate ca.pem; FACTS }
                  server { listen 127.0.0.1:P1 ssl; server_name any.example; ssl_verify_client optional_no_ca; ssl_client_certificate ca.pem;
                    return 200 "$ssl_client_s_dn\\n"; }
                  server { listen 127.0.0.1:P2 ssl; ssl_protocols TLSv1.2; ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384; FACTS }
                  server { listen 127.0.0.1:P3 ssl; location / { proxy_pass https://127.0.0.1:P0; proxy_ssl_server_name on;
                    proxy_ssl_name $arg_name; proxy_set_header Host one.example; proxy_ssl_session_reuse off;
                    proxy_ssl_protocols TLSv1.2; proxy_ssl_ciphers ECDHE-RSA-AES256-GCM-SHA384; } }
                }
                stream {
                  ssl_protocols TLSv1.2 TLSv1.3; proxy_ssl_protocols TLSv1.2 TLSv1.3; proxy_ssl_session_reuse off; ssl_certificate one.pem; ssl_certificate_key one.key;
                  server { listen 127.0.0.1:P4 ssl; return "$ssl_protocol $ssl_cipher $ssl_server_name $ssl_client_verify"; }
                  server { listen 127.0.0.1:P5; proxy_pass 127.0.0.1:P2; proxy_ssl on; proxy_ssl_verify on; proxy_ssl_trusted_certificate ca.pem;
                    proxy_ssl_name one.example; proxy_ssl_server_name on; }
                  server { listen 127.0.0.1:P6 ssl; ssl_verify_client on; ssl_client_certificate ca.pem; proxy_pass 127.0.0.1:P2; proxy_ssl on; }
                  server { listen 127.0.0.1:P7; proxy_pass 127.0.0.1:P2; proxy_ssl on; proxy_ssl_verify on; proxy_ssl_trusted_certificate ca.pem;
                    proxy_ssl_name bad.example; proxy_next_upstream off; }
                }
                """.replace("FACTS", facts).replaceAll("P([0-7]);", "PORT$1;").transform(text -> {
            for (int i = 0; i < PORTS; i++) {
                text = text.replaceAll("(127\\.0\\.0\\.1:)P(ORT)?" + i, "$1" + ports.get(i));
            }
            return text.replaceAll(" (one|two|ca)\\.(pem|key)", " " + folder + "/$1.$2");
        });
    }

    private Map<Integer, List<String>> served(List<Integer> ports) throws IOException {
        var all = new LinkedHashMap<Integer, List<String>>();
        for (int i = 0; i < PORTS; i++) {
            var answers = new ArrayList<String>();
            for (var call : CALLS.getOrDefault(i, List.of())) {
                // Of a stream's reply curl thinks as of HTTP/0.9.
                var text = CurlCall.text(folder, ports.get(i), (i == 4 ? "--http0.9 " : "") + call);
                answers.add(call + "\n" + withoutPages(text));
            }
            all.put(i, answers);
        }
        return all;
    }

    /** Error pages say the same in other words. */
    private static String withoutPages(String text) {
        return text.lines().filter(line -> !line.startsWith("<")).collect(Collectors.joining("\n")) + "\n";
    }

    private List<Integer> startLb() throws Exception {
        var listening = LbProcess.listening(folder.resolve("lb.conf"), PORTS, ports -> "events {}\n" + blocks(ports));
        keep(listening.process());
        return listening.ports();
    }

    private <T extends AutoCloseable> T keep(T closeable) {
        opened.add(closeable);
        return closeable;
    }
}
