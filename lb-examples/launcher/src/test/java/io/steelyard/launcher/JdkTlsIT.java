package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.TestCertificates;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** TLS without BoringSSL: the launcher with no native library on its path. */
@Timeout(300)
class JdkTlsIT {
    private static final int TRIES = 5;

    @TempDir
    private Path folder;

    private static String pathWithoutBoringSsl() {
        return Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> !entry.contains("netty-tcnative-boringssl-static"))
                .collect(Collectors.joining(File.pathSeparator));
    }

    private String configuration(int port, int behind) {
        return """
                http {
                  access_log off;
                  default_type text/plain;
                  ssl_certificate %1$s/one.pem; ssl_certificate_key %1$s/one.key;
                  ssl_client_certificate %1$s/ca.pem; ssl_verify_client optional;
                  server { listen 127.0.0.1:%2$d ssl; server_name one.example;
                    ssl_stapling on; ssl_stapling_file %1$s/status.der;
                    location / { return 200 "$ssl_protocol $ssl_server_name $ssl_client_verify $ssl_session_reused\\n"; }
                    location /behind { proxy_pass https://127.0.0.1:%3$d; proxy_ssl_server_name on; proxy_ssl_name one.example;
                      proxy_ssl_verify on; proxy_ssl_trusted_certificate %1$s/ca.pem; proxy_set_header Host one.example; }
                  }
                  server { listen 127.0.0.1:%3$d ssl; server_name one.example; return 200 "behind $ssl_protocol\\n"; }
                }
                """.formatted(folder, port, behind);
    }

    private LbProcess start(List<Integer> ports) throws Exception {
        var file = Files.writeString(folder.resolve("nginx.conf"), configuration(ports.getFirst(), ports.getLast()));
        var lb = LbProcess.start(new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                pathWithoutBoringSsl(),
                Lb.class.getName(),
                "run",
                file.toString()));
        try {
            for (int port : ports) {
                lb.awaitOut(line -> line.contains("127.0.0.1:" + port));
            }
            return lb;
        } catch (AssertionError failed) {
            lb.close();
            throw failed;
        }
    }

    @Test
    void clientsAndServersAreShakenHandsWithByTheJdk() throws Exception {
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        new TestCertificates(folder).rsa("one", "one.example").rsa("client", "client");
        // What would be stapled is never looked into, but for how it begins.
        Files.write(folder.resolve("status.der"), new byte[] {0x30, 0});
        for (int attempt = 1; ; attempt++) {
            var ports = CurlCall.freePorts(2);
            try (var lb = start(ports)) {
                int port = ports.getFirst();
                assertThat(lb.handle().isAlive()).isTrue();
                assertThat(CurlCall.text(folder, port, "https://one.example/")).startsWith("TLSv1.3 one.example NONE");
                assertThat(CurlCall.text(folder, port, "--tls-max 1.2 https://one.example/"))
                        .startsWith("TLSv1.2 one.example NONE");
                assertThat(CurlCall.text(folder, port, "--cert F/client.pem --key F/client.key https://one.example/"))
                        .startsWith("TLSv1.3 one.example SUCCESS");
                assertThat(CurlCall.text(folder, port, "https://one.example/behind"))
                        .startsWith("behind TLSv1.3");
                assertThat(lb.awaitErr(line -> line.contains("no status of certificate CN=one,O=Test is stapled")))
                        .contains("the JDK's TLS can be given none");
                assertThat(TestCertificates.run(
                                List.of("openssl", "s_client", "-status", "-connect", "127.0.0.1:" + port), folder, ""))
                        .contains("OCSP response: no response sent");
                return;
            } catch (AssertionError failed) {
                // Another program may have taken a port between our asking for it and its use.
                if (attempt == TRIES || !String.valueOf(failed.getMessage()).contains("another program")) {
                    throw failed;
                }
            }
        }
    }
}
