package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers of a stream that share an address, as nginx 1.25.5 and later have them, served by {@code lb run}: what curl gets. */
@Timeout(300)
class NginxStreamNamesIT {
    private static final String FILE = """
            events {}
            http {
              access_log off;
              server { listen 127.0.0.1:P0 ssl; ssl_certificate F/one.pem; ssl_certificate_key F/one.key; return 200 "one $ssl_server_name"; }
              server { listen 127.0.0.1:P1 ssl; ssl_certificate F/one.pem; ssl_certificate_key F/one.key; return 200 "two $ssl_server_name"; }
              server { listen 127.0.0.1:P2; return 200 "plain $scheme"; }
            }
            stream {
              server { listen 127.0.0.1:P3 default_server; ssl_preread on; proxy_pass 127.0.0.1:P0; }
              server { listen 127.0.0.1:P3; ssl_preread on; server_name *.example; pass 127.0.0.1:P1; }
              server { listen 127.0.0.1:P3; ssl_preread on; server_name one.example ~^n\\d; proxy_pass 127.0.0.1:P0; }
              server { listen 127.0.0.1:P3; ssl_preread on; server_name ~^n ; proxy_pass 127.0.0.1:P1; }
              server { listen 127.0.0.1:P4 ssl; ssl_certificate F/one.pem; ssl_certificate_key F/one.key; return "HTTP/1.0 200 OK\\r\\n\\r\\nthe first"; }
              server { listen 127.0.0.1:P4; server_name two.example; ssl_certificate F/two.pem; ssl_certificate_key F/two.key;
                return "HTTP/1.0 200 OK\\r\\n\\r\\nthe second"; }
              server { listen 127.0.0.1:P5 ssl; ssl_certificate F/one.pem; ssl_certificate_key F/one.key; pass 127.0.0.1:P2; }
            }
            """;

    @TempDir
    private Path folder;

    @Test
    void theNameAskedForChoosesTheServer() throws Exception {
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        new TestCertificates(folder).rsa("one", "one.example").rsa("two", "two.example");
        var listening = LbProcess.listening(folder.resolve("lb.conf"), 6, this::written);
        try (var lb = listening.process()) {
            assertThat(lb).isNotNull();
            var preread = listening.ports().get(3);
            assertThat(got(preread, "https://one.example/")).startsWith("one one.example\n200");
            assertThat(got(preread, "https://www.EXAMPLE/")).startsWith("two www.example\n200");
            assertThat(got(preread, "https://n1/")).startsWith("one n1\n200");
            assertThat(got(preread, "https://nn/")).startsWith("two nn\n200");
            assertThat(got(preread, "https://other/")).startsWith("one other\n200");
            assertThat(got(preread, "https://127.0.0.1/")).startsWith("one \n200");
            var ended = listening.ports().get(4);
            assertThat(got(ended, "https://two.example/"))
                    .startsWith("the second\n200")
                    .contains("CN = two");
            assertThat(got(ended, "https://one.example/"))
                    .startsWith("the first\n200")
                    .contains("CN = one");
            assertThat(got(ended, "https://other/"))
                    .startsWith("the first\n200")
                    .contains("CN = one");
            assertThat(got(listening.ports().get(5), "https://one.example/")).startsWith("plain http\n200");
        }
    }

    private String got(int port, String url) throws IOException {
        return CurlCall.text(folder, port, url);
    }

    private String written(List<Integer> ports) {
        var text = FILE;
        for (int i = 0; i < ports.size(); i++) {
            text = text.replace("127.0.0.1:P" + i, "127.0.0.1:" + ports.get(i));
        }
        return text.replace("F/", folder + "/");
    }
}
