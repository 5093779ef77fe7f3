package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.TestCertificates;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Chromium, without a window, through {@code lb run} to two servers in turn: a cookie brings all that a page asks for to one of them, its
 * WebSocket too. Needs Chromium.
 */
@Timeout(300)
class BrowserIT {
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

    @TempDir
    private Path folder;

    private WebSocketServer a;
    private WebSocketServer b;
    private LbProcess lb;
    private List<Integer> ports = List.of();

    @BeforeEach
    void start() throws Exception {
        assumeTrue(Files.isExecutable(CHROMIUM), "needs a browser (package chromium)");
        assumeTrue(TestCertificates.isPossible(), "needs openssl (package openssl)");
        new TestCertificates(folder).ec("one", "IP:127.0.0.1");
        a = new WebSocketServer("a");
        b = new WebSocketServer("b");
        ports = CurlCall.freePorts(2);
        var file = Files.writeString(
                folder.resolve("lb.conf"), """
                events {}
                http {
                  access_log off;
                  upstream web { server 127.0.0.1:%d; server 127.0.0.1:%d; sticky cookie srv path=/; }
                  map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
                  ssl_certificate one.pem; ssl_certificate_key one.key;
                  server {
                    listen 127.0.0.1:%d;
                    listen 127.0.0.1:%d ssl http2;
                    location / {
                      proxy_pass http://web;
                      proxy_http_version 1.1;
                      proxy_set_header Upgrade $http_upgrade;
                      proxy_set_header Connection $connection_upgrade;
                    }
                  }
                }
                """.formatted(a.port(), b.port(), ports.get(0), ports.get(1)));
        lb = LbProcess.start("run", file.toString());
        for (int port : ports) {
            lb.awaitOut(line -> line.contains("127.0.0.1:" + port));
        }
    }

    @AfterEach
    void close() throws IOException {
        for (var each : Stream.of(a, b).filter(server -> server != null).toList()) {
            each.close();
        }
        if (lb != null) {
            lb.close();
        }
    }

    @Test
    void cookieKeepsAPageAndItsWebSocketOnOneServer() throws Exception {
        assertThat(reportOf("http://127.0.0.1:" + ports.get(0) + "/"))
                .matches(
                        "http/1\\.1 (?:(a1,){6}a says first12,a says xxxxx100007|(b1,){6}b says first12,b says xxxxx100007) 1000 srv");
    }

    @Test
    void cookieDoesSoOverTlsWithHttp2Too() throws Exception {
        assertThat(reportOf("https://127.0.0.1:" + ports.get(1) + "/"))
                .matches(
                        "h2 (?:(a1,){6}a says first12,a says xxxxx100007|(b1,){6}b says first12,b says xxxxx100007) 1000 srv");
    }

    /** What the page says that it saw. */
    private String reportOf(String url) throws Exception {
        var output = folder.resolve("browser.out");
        var profile = Files.createDirectory(folder.resolve("profile"));
        var command = new ProcessBuilder(
                        CHROMIUM.toString(),
                        "--headless",
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-dev-shm-usage",
                        "--no-proxy-server",
                        "--no-first-run",
                        "--ignore-certificate-errors",
                        "--remote-debugging-port=0",
                        "--user-data-dir=" + profile,
                        url)
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        command.environment().put("TMPDIR", profile.toString());
        var browser = command.start();
        try {
            await().atMost(Duration.ofSeconds(120))
                    .until(() -> !browser.isAlive() || !reports().isEmpty());
            assertThat(reports()).as(() -> outputOf(output)).hasSize(1);
            return URLDecoder.decode(reports().getFirst(), StandardCharsets.UTF_8);
        } finally {
            var all = Stream.concat(browser.descendants(), Stream.of(browser.toHandle()))
                    .toList();
            all.forEach(ProcessHandle::destroyForcibly);
            for (var each : all) {
                each.onExit().get(30, TimeUnit.SECONDS);
            }
            // A process that was just being started ends by itself, and may write until then.
            await().atMost(Duration.ofSeconds(60)).ignoreExceptions().until(() -> deleteAll(profile));
        }
    }

    private static boolean deleteAll(Path folder) throws IOException {
        try (var all = Files.walk(folder)) {
            for (var each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        }
        return true;
    }

    private List<String> reports() {
        return Stream.of(a, b).flatMap(server -> server.reports().stream()).toList();
    }

    private static String outputOf(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }
}
