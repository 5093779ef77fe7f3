package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The page of statistics of one haproxy.cfg, of HAProxy and ours, behind the same requests. */
@Timeout(300)
class HaproxyStatisticsIT {
    /** What is the same behind the same traffic; bytes, times and rates are not. */
    private static final List<String> COMPARED = List.of(
            "pxname",
            "svname",
            "qcur",
            "scur",
            "status",
            "weight",
            "act",
            "bck",
            "sid",
            "type",
            "hrsp_1xx",
            "hrsp_2xx",
            "hrsp_3xx",
            "hrsp_4xx",
            "hrsp_5xx",
            "hrsp_other",
            "req_tot",
            "mode",
            "lbtot",
            "check_status",
            "uweight");

    @TempDir
    private Path folder;

    private final HttpClient client = HttpClient.newHttpClient();
    private EchoServer one;
    private EchoServer two;
    private HaproxyPair pair;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        one = new EchoServer("a");
        two = new EchoServer("b");
        pair = HaproxyPair.start(folder, 3, (ports, own) ->
                """
                global
                  nbthread 1
                defaults
                  mode http
                  timeout client 60s
                  timeout connect 60s
                  timeout server 60s
                frontend front
                  bind 127.0.0.1:%d
                  http-request deny if { path /deny }
                  default_backend back
                backend back
                  stats uri /behind
                  stats scope .
                  server s1 127.0.0.1:%d
                  server s2 127.0.0.1:%d weight 2 backup
                listen pages
                  bind 127.0.0.1:%d
                  stats enable
                  stats uri /pages
                  stats realm Strictly\\ Private
                  stats auth admin:secret
                  stats auth other:word
                  stats refresh 7
                  stats hide-version
                  stats show-legends
                  stats show-node here
                  stats show-desc a <b> c
                  stats admin if TRUE
                listen plain
                  bind 127.0.0.1:%d
                  stats enable
                """.formatted(ports.get(0), one.port(), two.port(), ports.get(1), ports.get(2)));
    }

    @AfterEach
    void stop() throws Exception {
        if (pair != null) {
            pair.close();
            one.close();
            two.close();
        }
    }

    private HttpResponse<String> get(Side side, int port, String path, String login)
            throws IOException, InterruptedException {
        var request = HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + side.ports().get(port) + path))
                .timeout(Duration.ofSeconds(60));
        if (!login.isEmpty()) {
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(login.getBytes()));
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    private String head(HttpResponse<String> answer) {
        var wanted = new TreeMap<String, List<String>>();
        answer.headers().map().forEach((name, values) -> {
            if (List.of("cache-control", "refresh", "www-authenticate").contains(name)) {
                wanted.put(name, values);
            }
        });
        return answer.statusCode() + " " + wanted;
    }

    /** The rows of a CSV, by proxy and server: the columns that are compared. */
    private static Map<String, Map<String, String>> rows(String csv) {
        var lines = csv.lines().toList();
        var names = List.of(lines.getFirst().substring(2).split(",", -1));
        var rows = new LinkedHashMap<String, Map<String, String>>();
        for (var line : lines.subList(1, lines.size())) {
            if (line.isEmpty()) {
                continue;
            }
            var cells = line.split(",", -1);
            var row = new LinkedHashMap<String, String>();
            for (var column : COMPARED) {
                row.put(column, cells[names.indexOf(column)]);
            }
            rows.put(cells[0] + "/" + cells[1], row);
        }
        return rows;
    }

    @Test
    void theTableSaysWhatHaproxySays() throws Exception {
        for (var side : List.of(pair.theirs(), pair.ours())) {
            for (var path : List.of("/", "/x", "/status/404", "/deny")) {
                get(side, 0, path, "");
            }
        }
        // A request is counted when it is over, which a client may know first.
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            var theirs =
                    rows(get(pair.theirs(), 1, "/pages;csv", "admin:secret").body());
            var ours = rows(get(pair.ours(), 1, "/pages;csv", "admin:secret").body());
            for (var row : List.of("front/FRONTEND", "back/s1", "back/s2", "back/BACKEND")) {
                assertThat(ours.get(row)).as(row).isEqualTo(theirs.get(row));
            }
            assertThat(ours.keySet()).contains("pages/FRONTEND", "plain/FRONTEND");
        });
    }

    @Test
    void aBackendShowsItselfAlone() throws Exception {
        assertThat(rows(get(pair.ours(), 0, "/behind;csv", "").body()).keySet())
                .isEqualTo(rows(get(pair.theirs(), 0, "/behind;csv", "").body()).keySet());
    }

    @Test
    void thePageIsBehindItsNamesAndShowsEveryProxy() throws Exception {
        for (var path : List.of("/pages", "/pages;csv", "/pages;norefresh", "/pagesandmore", "/elsewhere")) {
            for (var login : List.of("", "admin:secret", "other:word", "admin:word")) {
                assertThat(head(get(pair.ours(), 1, path, login)))
                        .as(path + " " + login)
                        .isEqualTo(head(get(pair.theirs(), 1, path, login)));
            }
        }
        var page = get(pair.ours(), 1, "/pages", "admin:secret").body();
        assertThat(page)
                .contains("<td>Frontend", "<td>Backend", "s1", "s2", "a &lt;b&gt; c", "here", "roundrobin")
                .doesNotContain("version");
        assertThat(get(pair.ours(), 2, "/haproxy?stats", "").body()).contains("<td>s1</td>", "version");
        assertThat(get(pair.ours(), 2, "/haproxy?stats;csv", "").body()).contains("back,s1,");
    }

    @Test
    void nothingCanBeChanged() throws Exception {
        for (var side : List.of(pair.theirs(), pair.ours())) {
            var request = HttpRequest.newBuilder(
                            URI.create("http://127.0.0.1:" + side.ports().get(2) + "/haproxy?stats"))
                    .POST(HttpRequest.BodyPublishers.ofString("s=s1&action=drain&b=%233"))
                    .build();
            var answer = client.send(request, HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode() + " " + answer.headers().firstValue("location"))
                    .as(side.name())
                    .isEqualTo("303 Optional[/haproxy?stats;st=DENY]");
        }
    }
}
