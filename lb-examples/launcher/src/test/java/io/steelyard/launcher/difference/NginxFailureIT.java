package io.steelyard.launcher.difference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.LoadBalancer;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.config.ConfigurationFiles;
import io.steelyard.core.Steelyard;
import io.steelyard.launcher.difference.RequestMaker.Request;
import io.steelyard.tck.FreePort;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which servers a request is sent to when some fail, and who its client is, in known order: by nginx and by us, with the same nginx.conf. Servers
 * are {@code A} and {@code B}, which answer as X-Reply says, and {@code R} and {@code S}, which refuse connections.
 */
@Timeout(300)
class NginxFailureIT {
    private static final String FORMAT =
            "$uri $status $upstream_addr $upstream_status $remote_addr $realip_remote_addr $http_x_forwarded_for";

    @TempDir
    private Path folder;

    private RecordingServer servers;
    private Socket refusing;
    private Socket refusingToo;

    @BeforeEach
    void open() throws IOException {
        assumeTrue(RealProgram.hasNginx(), "nginx is not installed");
        servers = new RecordingServer("A", "B");
        refusing = new Socket();
        refusingToo = new Socket();
        refusing.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        refusingToo.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    }

    @AfterEach
    void close() throws IOException {
        servers.close();
        refusing.close();
        refusingToo.close();
    }

    /** What both wrote of the requests, one word a line: the variables of {@link #FORMAT} joined by {@code |}. */
    private List<String> lines(String http, List<Request> requests) throws IOException {
        var theirLog = folder.resolve("theirs.log");
        var ourLog = folder.resolve("ours.log");
        int ourPort = FreePort.tcp();
        try (var nginx = RealProgram.nginx(folder, 1, given -> http(http, given.getFirst(), theirLog));
                var ignored = start(http(http, ourPort, ourLog))) {
            var theirs = lines(nginx.port(0), requests, theirLog);
            var ours = lines(ourPort, requests, ourLog);
            assertThat(ours).isEqualTo(theirs);
            return ours;
        }
    }

    private List<String> lines(int port, List<Request> requests, Path log) throws IOException {
        for (var request : requests) {
            Outcome.of(port, List.of(request), servers);
        }
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Files.exists(log) && Files.readAllLines(log).size() >= requests.size());
        return Files.readAllLines(log, StandardCharsets.ISO_8859_1).stream()
                .map(line -> line.replace("127.0.0.1:" + servers.port("A"), "A")
                        .replace("127.0.0.1:" + servers.port("B"), "B")
                        .replace("127.0.0.1:" + refusing.getLocalPort(), "R")
                        .replace("127.0.0.1:" + refusingToo.getLocalPort(), "S"))
                .toList();
    }

    private LoadBalancer start(String text) throws IOException {
        var file = Files.writeString(folder.resolve("ours.conf"), "worker_processes 1;\nevents {}\n" + text);
        var read = ConfigurationFiles.of(Plugins.installed()).read(List.of(file), Optional.of("nginx"));
        assertThat(read.problems()).noneMatch(problem -> problem.isError());
        return Steelyard.start(read.configuration().orElseThrow());
    }

    private String http(String text, int port, Path log) {
        return """
            http {
              log_format short '%s';
              access_log %s short;
              %s
            }
            """.formatted(FORMAT.replace(" ", "|"), log, text)
                .replace("LISTEN", "127.0.0.1:" + port)
                .replaceAll("\\bA\\b", "127.0.0.1:" + servers.port("A"))
                .replaceAll("\\bB\\b", "127.0.0.1:" + servers.port("B"))
                .replaceAll("\\bR\\b", "127.0.0.1:" + refusing.getLocalPort())
                .replaceAll("\\bS\\b", "127.0.0.1:" + refusingToo.getLocalPort());
    }

    private static Request request(int number, String method, String path, String... fields) {
        var host = path.length() > 1 ? path.substring(1) : "site";
        var text = new StringBuilder(method + " " + path + " HTTP/1.1\r\nHost: " + host
                + "\r\nConnection: close\r\nX-Case: " + number + "\r\n");
        for (var field : fields) {
            text.append(field).append("\r\n");
        }
        return new Request(
                Integer.toString(number),
                method,
                path,
                "",
                List.of(text.append("\r\n").toString()),
                true,
                ClientFault.NONE);
    }

    private static List<Request> gets(int count, String path, String... fields) {
        return IntStream.range(0, count)
                .mapToObj(i -> request(i, "GET", path, fields))
                .toList();
    }

    /** The servers that each request was sent to. */
    private static List<String> servers(List<String> lines) {
        return lines.stream().map(line -> line.split("\\|")[2]).toList();
    }

    private static String pool(String servers) {
        return "upstream pool { " + servers + " } server { listen LISTEN; location / { proxy_pass http://pool; } }";
    }

    @Test
    void serverThatFailedOnceIsLeftAloneForItsTime() throws IOException {
        var seen = lines(pool("server R max_fails=1 fail_timeout=1h; server A; server B;"), gets(9, "/"));
        assertThat(servers(seen)).containsExactly("R, A", "B", "A", "B", "A", "B", "A", "B", "A");
    }

    @Test
    void serverIsAskedAgainUntilItHasFailedOftenEnough() throws IOException {
        var seen = lines(pool("server R max_fails=3 fail_timeout=1h; server A;"), gets(12, "/"));
        assertThat(seen.stream().filter(line -> line.contains("R, A"))).hasSize(3);
    }

    @Test
    void withoutCountingEveryTurnIsTried() throws IOException {
        var seen = lines(pool("server R max_fails=0; server A;"), gets(8, "/"));
        assertThat(seen.stream().filter(line -> line.contains("R, A"))).hasSize(4);
    }

    @Test
    void weightsComeBackStepByStepAfterAFailure() throws IOException {
        lines(pool("server R weight=4 max_fails=4 fail_timeout=1h; server A weight=3; server B;"), gets(40, "/"));
    }

    @Test
    void backupsServeOnceAllOthersHaveFailed() throws IOException {
        var seen = lines(
                pool("server R max_fails=1 fail_timeout=1h; server S max_fails=1 fail_timeout=1h; server A backup;"
                        + " server B backup;"),
                gets(6, "/"));
        assertThat(servers(seen)).containsExactly("R, S, A", "B", "A", "B", "A", "B");
    }

    @Test
    void thePoolIsNamedWhereNobodyIsLeft() throws IOException {
        var seen = lines(
                pool("server R max_fails=1 fail_timeout=1h; server S max_fails=1 fail_timeout=1h;"), gets(6, "/"));
        assertThat(servers(seen).getFirst()).isEqualTo("R, S");
        assertThat(seen.get(1)).startsWith("/|502|pool|502|");
    }

    @Test
    void loneServerIsAskedWhateverHappened() throws IOException {
        var seen = lines(pool("server R max_fails=1 fail_timeout=1h;"), gets(4, "/"));
        assertThat(servers(seen)).containsExactly("R", "R", "R", "R");
    }

    @Test
    void serversThatAreDownAreNotAsked() throws IOException {
        var seen = lines(pool("server A down; server B; server R down;"), gets(4, "/"));
        assertThat(servers(seen)).containsExactly("B", "B", "B", "B");
    }

    @Test
    void answersAreFailuresWhereTheConfigurationSaysSo() throws IOException {
        var http = "upstream pool { server A fail_timeout=1h; server B fail_timeout=1h; }"
                + " server { listen LISTEN; location / { proxy_pass http://pool; proxy_next_upstream error http_503 http_404; } }";
        var requests = new ArrayList<Request>();
        for (var reply : List.of("missing,plain", "plain", "busy,plain", "plain", "plain", "busy", "plain", "plain")) {
            requests.add(request(requests.size(), "GET", "/", "X-Reply: " + reply));
        }
        lines(http, requests);
    }

    @Test
    void requestsThatChangeSomethingAreSentOnceUnlessTheyMayBeRepeated() throws IOException {
        var http = "upstream pool { server A max_fails=0; server B max_fails=0; } server { listen LISTEN;"
                + " proxy_next_upstream error http_500;"
                + " location / { proxy_pass http://pool; }"
                + " location /again { proxy_pass http://pool; proxy_next_upstream error http_500 non_idempotent; }"
                + " location /never { proxy_pass http://pool; proxy_next_upstream off; }"
                + " location /once { proxy_pass http://pool; proxy_next_upstream_tries 1; } }";
        var requests = new ArrayList<Request>();
        for (var method : List.of("GET", "POST", "PUT", "DELETE", "PATCH", "LOCK", "HEAD")) {
            for (var path : List.of("/", "/again", "/never", "/once")) {
                requests.add(request(requests.size(), method, path, "X-Reply: error,plain"));
            }
        }
        var seen = lines(http, requests);
        assertThat(seen.stream().filter(line -> line.startsWith("/|")).map(line -> line.split("\\|")[1]))
                .containsExactly("200", "500", "200", "200", "500", "500", "200");
    }

    @Test
    void otherAlgorithmsGoRoundFailedServersAlike() throws IOException {
        for (var algorithm : List.of("least_conn;", "hash $uri;", "hash $uri consistent;", "ip_hash;")) {
            var requests = IntStream.range(0, 24)
                    .mapToObj(i -> request(i, "GET", "/" + i, "X-Case: " + i))
                    .toList();
            lines(pool(algorithm + " server A weight=2; server R max_fails=2 fail_timeout=1h; server B;"), requests);
            try (var files = Files.newDirectoryStream(folder)) {
                for (var file : files) {
                    Files.delete(file);
                }
            }
        }
    }

    @Test
    void requestsGoByNetworkLanguageAndUserAgent() throws IOException {
        var http = "upstream far { server A; } upstream near { server B; }"
                + " geo $place { default far; 10.0.0.0/8 near; 10.9.0.0/16 far; 2001:db8::/32 near; }"
                + " map $http_accept_language $language { default far; ~*^de\\\\b near; '~^en-GB(,|$)' near; }"
                + " map $http_user_agent $kind { default far; ~*mobile near; 'x' near; }"
                + " server { listen LISTEN; set_real_ip_from 127.0.0.1; real_ip_header X-Forwarded-For;"
                + " location /place { proxy_pass http://$place; }"
                + " location /language { proxy_pass http://$language; }"
                + " location /kind { if ($kind = near) { rewrite ^ /near; } proxy_pass http://far; }"
                + " location /near { proxy_pass http://near; }"
                + " location /allowed { allow 10.0.0.0/8; deny all; proxy_pass http://far; } }";
        var requests = new ArrayList<Request>();
        for (var path : List.of("/place", "/allowed")) {
            for (var client : List.of("10.1.2.3", "10.9.8.7", "192.0.2.1", "2001:db8::7", "11.0.0.1")) {
                requests.add(request(requests.size(), "GET", path, "X-Forwarded-For: " + client));
            }
        }
        for (var language : List.of("de", "de-AT, en;q=0.5", "en-GB", "en, de", "den", "DE", "")) {
            requests.add(request(requests.size(), "GET", "/language", "Accept-Language: " + language));
        }
        for (var agent : List.of("Mozilla/5.0 (Mobile)", "curl/8", "x", "xy", "MOBILE")) {
            requests.add(request(requests.size(), "GET", "/kind", "User-Agent: " + agent));
        }
        var seen = lines(http, requests);
        assertThat(servers(seen.subList(0, 5))).containsExactly("B", "A", "A", "B", "A");
        assertThat(seen.subList(5, 10).stream().map(line -> line.split("\\|")[1]))
                .containsExactly("200", "200", "403", "403", "403");
        assertThat(servers(seen.subList(10, 17))).containsExactly("B", "B", "B", "A", "A", "B", "A");
        assertThat(servers(seen.subList(17, 22))).containsExactly("B", "A", "B", "A", "B");
    }

    @Test
    void clientIsWhomTrustedProxiesName() throws IOException {
        var http = "upstream pool { server A; } set_real_ip_from 127.0.0.0/8; set_real_ip_from 10.0.0.0/8;"
                + " set_real_ip_from 2001:db8::/32;"
                + " real_ip_header X-Forwarded-For;"
                + " server { listen LISTEN default_server; location / { proxy_pass http://pool; }"
                + " location /late { real_ip_recursive on; proxy_pass http://pool; } }"
                + " server { listen LISTEN; server_name deep; real_ip_recursive on; location / { proxy_pass http://pool; } }"
                + " server { listen LISTEN; server_name own; real_ip_header X-Real-IP; location / { proxy_pass http://pool; } }"
                + " server { listen LISTEN; server_name stranger; set_real_ip_from 192.0.2.0/24; real_ip_recursive on;"
                + " location / { proxy_pass http://pool; } }";
        var values = List.of(
                "198.51.100.7",
                "198.51.100.7, 10.1.2.3",
                "198.51.100.7,10.1.2.3,10.9.9.9",
                "10.1.2.3, 10.1.2.4",
                "203.0.113.1, 198.51.100.7, 2001:db8::1",
                "2001:db8:1::5",
                "[2001:db9::5]:4711",
                "198.51.100.7:4711",
                "unknown",
                "198.51.100.7, unknown",
                "unknown, 198.51.100.7",
                "",
                ",",
                "198.51.100.300",
                "198.51.100.7 10.1.2.3");
        var requests = new ArrayList<Request>();
        for (var path : List.of("/", "/deep", "/own", "/stranger", "/late")) {
            for (var value : values) {
                requests.add(request(
                        requests.size(),
                        "GET",
                        path,
                        "X-Forwarded-For: " + value,
                        "X-Real-IP: " + value.replace(",", "")));
            }
            requests.add(request(requests.size(), "GET", path));
        }
        var seen = lines(http, requests);
        assertThat(seen.get(1)).contains("|10.1.2.3|127.0.0.1|");
        assertThat(seen.get(values.size() + 2)).contains("|198.51.100.7|127.0.0.1|");
    }
}
