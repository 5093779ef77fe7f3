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
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One haproxy.cfg with TLS on both sides, in mode http and in mode tcp, run by HAProxy and by {@code lb run} before the same servers: what curl
 * gets is compared, and which certificate it was shown.
 */
@Timeout(300)
class HaproxyTlsIT {
    private static final String FACTS =
            "http-request return status 200 content-type text/plain lf-string \"ssl=%[ssl_fc] sni=%[ssl_fc_sni] "
                    + "has=%[ssl_fc_has_sni] alpn=%[ssl_fc_alpn] version=%[ssl_fc_protocol] cipher=%[ssl_fc_cipher] "
                    + "used=%[ssl_c_used] verify=%[ssl_c_verify] subject=%[ssl_c_s_dn] cn=%[ssl_c_s_dn(CN)] "
                    + "issuer=%[ssl_c_i_dn] sha1=%[ssl_c_sha1,hex] serial=%[ssl_c_serial,hex] "
                    + "until=%[ssl_c_notafter] size=%[ssl_fc_alg_keysize]\\n\"";

    /** Each has a listener of its own, written {@code BIND}; {@code PLAIN} and {@code SECURED} are servers, {@code F} is the folder. */
    private static final Map<String, String> PROXIES = new LinkedHashMap<>();

    /** Options of curl, by the proxy they are used with. */
    private static final Map<String, List<String>> CALLS = new LinkedHashMap<>();

    private static void proxy(String name, String lines, String... calls) {
        PROXIES.put(name, lines);
        CALLS.put(name, List.of(calls));
    }

    static {
        var folder = "BIND ssl crt F/certs/ alpn h2,http/1.1|" + FACTS;
        var calls = new String[] {
            "https://one.example/", "https://two.example/", "https://sub.wild.example/", "https://other.example/"
        };
        proxy("names", folder, calls);
        proxy(
                "http1",
                "BIND ssl crt F/certs/one.pem alpn http/1.1|" + FACTS,
                "https://one.example/",
                "--http1.1 https://one.example/");
        proxy("strict", "BIND ssl strict-sni alpn http/1.1 crt F/certs/one.pem|" + FACTS, calls);
        proxy(
                "list",
                "BIND ssl alpn http/1.1 crt-list F/list|" + FACTS,
                "https://a.list.example/",
                "https://b.list.example/",
                "https://x/");
        proxy(
                "versions",
                "BIND ssl crt F/certs/one.pem alpn http/1.1 ssl-min-ver TLSv1.3|" + FACTS,
                "--tls-max 1.2 https://one.example/",
                "https://one.example/");
        proxy(
                "older",
                "BIND ssl crt F/certs/one.pem alpn http/1.1 force-tlsv12 ciphers ECDHE-RSA-AES256-GCM-SHA384|" + FACTS,
                "--tlsv1.3 https://one.example/",
                "https://one.example/");
        for (var verify : List.of("required", "optional")) {
            proxy(
                    verify,
                    "BIND ssl crt F/certs/one.pem alpn http/1.1 ca-file F/ca.pem verify " + verify + "|" + FACTS,
                    "https://one.example/",
                    "--cert F/client.pem --key F/client.key https://one.example/",
                    "--cert F/stranger/client.pem --key F/stranger/client.key https://one.example/");
        }
        proxy(
                "redirect",
                "BIND|bind BIND2 ssl crt F/certs/one.pem alpn http/1.1|http-request redirect scheme https unless { ssl_fc }|"
                        + FACTS,
                "http://one.example/where?x=y");
        proxy("speaks", "BIND ssl crt F/certs/one.pem alpn http/1.1|" + FACTS, "http://one.example/");
        proxy("again", "BIND|server s SECURED ssl verify none", "http://one.example/");
        proxy("told", "BIND|server s SECURED ssl verify none sni str(told.example)", "http://one.example/");
        proxy("host", "BIND|server s SECURED ssl verify none sni req.hdr(host),field(1,:)", "http://one.example/");
        proxy(
                "verified",
                "BIND|server s SECURED ssl verify required ca-file F/ca.pem verifyhost one.example",
                "http://one.example/");
        proxy(
                "misnamed",
                "BIND|retries 0|server s SECURED ssl verify required ca-file F/ca.pem verifyhost bad.example",
                "http://one.example/");
        proxy(
                "unbelieved",
                "BIND|retries 0|server s SECURED ssl verify required ca-file F/stranger/ca.pem",
                "http://one.example/");
        proxy("shows", "BIND|server s SECURED ssl verify none crt F/clients/both.pem", "http://one.example/");
        proxy(
                "both",
                "BIND ssl crt F/certs/one.pem alpn http/1.1|server s SECURED ssl verify none sni ssl_fc_sni",
                "https://one.example/");
    }

    @TempDir
    private Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private int secured;
    private int plain;

    @AfterEach
    void close() throws Exception {
        for (var each : opened.reversed()) {
            each.close();
        }
    }

    @Test
    void clientsGetTheSameOverTls() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "HAProxy is not installed");
        makeCertificates();
        var behind = keep(RealProgram.haproxy(Files.createDirectory(folder.resolve("behind")), 2, this::secured));
        secured = behind.port(0);
        plain = behind.port(1);
        int count = PROXIES.size() + 1;
        var theirs = new ArrayList<Integer>();
        var real = keep(RealProgram.haproxy(folder, count, this::configuration));
        for (int i = 0; i < count; i++) {
            theirs.add(real.port(i));
        }
        var ours = startLb(count);
        var expected = served(theirs);
        var got = served(ours);
        assertThat(String.join("", expected.get("names"))).contains("sni=two.example", "alpn=h2", "CN = two");
        assertThat(String.join("", expected.get("shows"))).contains("subject=/O=Test/CN=client");
        SoftAssertions.assertSoftly(softly -> expected.forEach(
                (name, answers) -> softly.assertThat(got.get(name)).as(name).isEqualTo(answers)));
    }

    private void makeCertificates() throws IOException {
        assumeTrue(TestCertificates.isPossible(), "openssl is not installed");
        var made = new TestCertificates(folder)
                .rsa("one", "one.example")
                .ec("two", "two.example")
                .rsa("wild", "*.wild.example")
                .rsa("client", "client");
        Files.createDirectories(folder.resolve("certs"));
        for (var name : List.of("one", "two", "wild")) {
            var chain = Files.readString(Path.of(made.path(name + ".pem")));
            var key = Files.readString(Path.of(made.path(name + ".key")));
            if (name.equals("two")) {
                Files.writeString(folder.resolve("certs/two.pem"), chain);
                Files.writeString(folder.resolve("certs/two.pem.key"), key);
            } else {
                Files.writeString(folder.resolve("certs/" + name + ".pem"), chain + key);
            }
        }
        Files.createDirectories(folder.resolve("clients"));
        Files.writeString(
                folder.resolve("clients/both.pem"),
                Files.readString(Path.of(made.path("client.pem")))
                        + Files.readString(Path.of(made.path("client.key"))));
        new TestCertificates(folder.resolve("stranger")).rsa("client", "client");
        Files.writeString(
                folder.resolve("list"),
                "# whom each is for\nF/certs/one.pem\nF/certs/wild.pem *.list.example !b.list.example\n\n"
                        .replace("F/", folder + "/"));
    }

    private String secured(List<Integer> ports) {
        return head() + "frontend f\n bind 127.0.0.1:" + ports.getFirst() + " ssl crt " + folder
                + "/certs/one.pem ca-file " + folder + "/ca.pem verify optional\n bind 127.0.0.1:" + ports.get(1)
                + "\n "
                + FACTS.replace("version=%[ssl_fc_protocol] cipher=%[ssl_fc_cipher]", "") + "\n";
    }

    private static String head() {
        return "global\n nbthread 1\n tune.ssl.default-dh-param 2048\ndefaults\n mode http\n timeout connect 5s\n"
                + " timeout client 60s\n timeout server 60s\n";
    }

    private String configuration(List<Integer> ports) {
        var text = new StringBuilder(head());
        int next = 0;
        for (var proxy : PROXIES.entrySet()) {
            var lines = proxy.getValue()
                    .replace("bind BIND2", "bind 127.0.0.1:" + ports.getLast())
                    .replace("BIND", "bind 127.0.0.1:" + ports.get(next++))
                    .replace("SECURED", "127.0.0.1:" + secured)
                    .replace("PLAIN", "127.0.0.1:" + plain)
                    .replace(" F/", " " + folder + "/");
            text.append("listen ").append(proxy.getKey()).append("\n ");
            text.append(lines.replace("|", "\n ")).append('\n');
        }
        return text.toString();
    }

    private Map<String, List<String>> served(List<Integer> ports) throws IOException {
        var all = new LinkedHashMap<String, List<String>>();
        int next = 0;
        for (var proxy : PROXIES.keySet()) {
            int port = ports.get(next++);
            var answers = new ArrayList<String>();
            for (var call : CALLS.get(proxy)) {
                answers.add(call + "\n" + CurlCall.text(folder, port, call));
            }
            all.put(proxy, answers);
        }
        return all;
    }

    private List<Integer> startLb(int count) throws Exception {
        var listening = LbProcess.listening(folder.resolve("lb.cfg"), count, this::configuration);
        keep(listening.process());
        return listening.ports();
    }

    private <T extends AutoCloseable> T keep(T closeable) {
        opened.add(closeable);
        return closeable;
    }
}
