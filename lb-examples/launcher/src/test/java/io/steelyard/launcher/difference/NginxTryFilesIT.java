package io.steelyard.launcher.difference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.LoadBalancer;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.config.ConfigurationFiles;
import io.steelyard.core.Steelyard;
import io.steelyard.launcher.difference.RequestMaker.Request;
import io.steelyard.tck.FreePort;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code try_files} beside {@code proxy_pass}, with and without it, as nginx and as we have it: same files, same requests, same server. */
@Timeout(300)
class NginxTryFilesIT {
    private static final int REQUESTS = Integer.getInteger("steelyard.requests", 1_500);

    private static final List<String> METHODS = List.of("GET", "GET", "GET", "HEAD", "POST", "PUT", "DELETE");

    private static final List<String> PLACES = List.of(
            "/",
            "/code/",
            "/into/",
            "/s/",
            "/folders/",
            "/elsewhere/",
            "/alias/",
            "/text/",
            "/expression/",
            "/broken/",
            "/named/",
            "/files/",
            "/first/",
            "/circle/");

    private static final List<String> TAILS = List.of(
            "",
            "a.txt",
            "a.txt?x=1&y",
            "%61.txt",
            "a%2etxt",
            "dir",
            "dir/",
            "dir/index.html",
            "dir/none",
            "none",
            "none/",
            "a.txt/",
            "link.txt",
            "linked/b.txt",
            "linked",
            "broken",
            "./a.txt",
            "dir/../a.txt",
            "../a.txt",
            "..%2fa.txt",
            "dir/..%2f..%2fa.txt",
            "%2e%2e/a.txt",
            "dir%2findex.html",
            "/a.txt",
            "A%20B.HTML",
            "b%C3%A4r.txt",
            "empty.gif",
            "q%3Fq.txt",
            "?only=query",
            ".hidden");

    private static final List<String> FIELDS = List.of(
            "Range: bytes=1-2",
            "Range: bytes=-3",
            "Range: bytes=99-",
            "If-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT",
            "If-Modified-Since: Sun, 09 Sep 2001 01:46:41 GMT",
            "If-Modified-Since: Sun, 09 Sep 2001 01:46:39 GMT",
            "If-None-Match: \"3b9aca00-c\"",
            "If-None-Match: \"x\"",
            "If-Match: \"x\"",
            "If-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT",
            "Accept: */*");

    @TempDir
    private Path folder;

    private void makeFiles() throws IOException {
        for (var name : List.of(
                "a.txt",
                "dir/index.html",
                "A B.HTML",
                "b\u00e4r.txt",
                "q?q.txt",
                ".hidden",
                "files/a.txt",
                "files/dir/x")) {
            file("www/" + name, "of " + name + "\n");
        }
        file("www/empty.gif", "");
        file("other/b.txt", "b of other\n");
        Files.createSymbolicLink(folder.resolve("www/link.txt"), folder.resolve("other/b.txt"));
        Files.createSymbolicLink(folder.resolve("www/linked"), folder.resolve("other"));
        Files.createSymbolicLink(folder.resolve("www/broken"), folder.resolve("nowhere"));
    }

    private void file(String name, String text) throws IOException {
        var path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
        Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
    }

    /** What is found is never shorter than its location's path where proxy_pass has a path: nginx 1.22 reads before its memory then, and dies. */
    private String http(int port, int server) {
        return """
            http {
              access_log off;
              types { text/html html; text/plain txt; image/gif gif; }
              upstream app { server 127.0.0.1:SERVER max_fails=0; }
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              server {
                listen 127.0.0.1:LISTEN;
                root F/www;
                location / { try_files $uri $uri/ @named; proxy_pass http://app; }
                location /code/ { root F/www; rewrite ^/code(/.*)$ $1 break; try_files $uri =404; proxy_pass http://app; }
                location /into/ { try_files $uri /a.txt =418; proxy_pass http://app/in/; }
                location /s/ { try_files /dir/ =418; proxy_pass http://app/s/; }
                location /folders/ { try_files /nowhere/ /dir/ =500; proxy_pass http://app; }
                location /elsewhere/ { try_files /none$uri /first/?from=$arg_x; proxy_pass http://app; }
                location /alias/ { alias F/www/; try_files $uri $uri/ =404; proxy_pass http://app/al/; }
                location /text/ { try_files /a.txt =404; proxy_pass http://app$uri$is_args$args; }
                location ~ ^/expression/(.*)$ { try_files /$1 =410; proxy_pass http://app; }
                location /broken/ { try_files $uri =503; proxy_pass http://app; error_page 503 =200 @named; }
                location /named/ { try_files $uri @named; proxy_pass http://app; }
                location @named { proxy_pass http://app; }
                location /files/ { try_files $uri $uri/ =404; }
                location /first/ { proxy_pass http://app; }
                location /circle/ { try_files /none /circle/; proxy_pass http://app; }
              }
            }
            """.replace("LISTEN", Integer.toString(port))
                .replace("SERVER", Integer.toString(server))
                .replace("F/", folder + "/");
    }

    private static List<Request> requests() {
        var random = new Random(7);
        var requests = new ArrayList<Request>();
        for (int i = 0; i < REQUESTS; i++) {
            var method = any(random, METHODS);
            var text = new StringBuilder(method + " " + any(random, PLACES) + any(random, TAILS)
                    + " HTTP/1.1\r\nHost: site\r\nConnection: close\r\n");
            text.append("X-Case: ").append(i).append("\r\n");
            if (random.nextInt(3) == 0) {
                text.append(any(random, FIELDS)).append("\r\n");
            }
            var body = method.equals("POST") || method.equals("PUT") ? "Content-Length: 3\r\n\r\nabc" : "\r\n";
            requests.add(
                    new Request(Integer.toString(i), method, "", "", List.of(text + body), true, ClientFault.NONE));
        }
        return requests;
    }

    private static String any(Random random, List<String> choices) {
        return choices.get(random.nextInt(choices.size()));
    }

    @Test
    void whatIsFoundIsAskedOfTheServer() throws Exception {
        assumeTrue(RealProgram.hasNginx(), "nginx is not installed");
        makeFiles();
        int port = FreePort.tcp();
        var differences = new TreeSet<String>();
        int forwarded = 0;
        try (var server = new RecordingServer("");
                var nginx = RealProgram.nginx(folder, 1, given -> http(given.getFirst(), server.port("")));
                var ignored = start(http(port, server.port("")))) {
            for (var request : requests()) {
                var theirs = outcome(nginx.port(0), request, server);
                var ours = outcome(port, request, server);
                forwarded += ours.received().size();
                if (!ours.equals(theirs)) {
                    differences.add(theirs.differenceTo(ours) + "\n  "
                            + request.text().lines().toList() + "\n  nginx: " + theirs.shown() + "\n  ours:  "
                            + ours.shown());
                }
            }
        }
        assertThat(differences).isEmpty();
        assertThat(forwarded).isGreaterThan(REQUESTS / 4);
    }

    /** Without the programs' names, and the words and lengths of their own pages. */
    private static Outcome outcome(int port, Request request, RecordingServer server) {
        var outcome = Outcome.of(port, List.of(request), server).getFirst().normal(port);
        boolean isPage = outcome.fields().contains("content-type: text/html")
                && (outcome.body().isEmpty() || outcome.body().contains("<title>"));
        var fields = outcome.fields().stream()
                .filter(field -> !field.startsWith("server: ") && !(isPage && field.startsWith("content-length: ")))
                .toList();
        return new Outcome(
                outcome.status().replaceFirst("(HTTP/1.. \\d+).*", "$1"),
                fields,
                isPage ? "a page" : outcome.body(),
                outcome.received());
    }

    private LoadBalancer start(String text) throws IOException {
        var file = Files.writeString(folder.resolve("ours.conf"), "worker_processes 1;\nevents {}\n" + text);
        var read = ConfigurationFiles.of(Plugins.installed()).read(List.of(file), Optional.of("nginx"));
        assertThat(read.problems()).noneMatch(problem -> problem.isError());
        return Steelyard.start(read.configuration().orElseThrow());
    }
}
