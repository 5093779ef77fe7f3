package io.steelyard.launcher.difference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.LoadBalancer;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.config.ConfigurationFiles;
import io.steelyard.core.Steelyard;
import io.steelyard.tck.FreePort;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files, folders, conditions and ranges, as nginx and as we answer them, with the same nginx.conf and the same files. */
@Timeout(300)
class NginxFilesIT {
    private static final String DATE = "Sun, 09 Sep 2001 01:46:40 GMT";
    private static final String TAG = "\"3b9aca00-c\"";
    private static final int LARGE_BYTES = 5 << 20;

    @TempDir
    private Path folder;

    @BeforeEach
    void makeFiles() throws IOException {
        assumeTrue(RealProgram.hasNginx(), "nginx is not installed");
        file("www/index.html", "front page\n");
        file("www/a.txt", "hello, file\n");
        file("www/A B.HTML", "blank\n");
        file("www/noextension", "x");
        file("www/empty.gif", "");
        file("www/dir/index.html", "front of dir\n");
        file("www/dir/second.htm", "second\n");
        file("www/bare/only.txt", "only\n");
        file("www/odd.d.ir/x.unknown", "odd\n");
        file("www/50x.html", "sorry\n");
        file("other/b.txt", "b of other\n");
        file("secret.txt", "nobody is to see this\n");
        Files.createSymbolicLink(folder.resolve("www/link.txt"), folder.resolve("other/b.txt"));
        Files.createSymbolicLink(folder.resolve("www/linked"), folder.resolve("other"));
        Files.createSymbolicLink(folder.resolve("www/broken"), folder.resolve("nowhere"));
        file("www/large.bin", "0123456789abcdef".repeat(LARGE_BYTES / 16));
    }

    private void file(String name, String text) throws IOException {
        var path = folder.resolve(name);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
        Files.setLastModifiedTime(path, FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
    }

    private String http(int port) {
        return """
            http {
              types { text/html html; text/plain txt; image/gif gif; application/x-bin bin; }
              default_type application/x-default;
              server {
                listen 127.0.0.1:%1$d;
                root %2$s/www;
                location /second/ { alias %2$s/www/dir/; index none.html second.htm; }
                location /aliased { alias %2$s/www/dir; }
                location ~ ^/re/(.+)$ { alias %2$s/www/$1; }
                location /tried/ { root %2$s; try_files $uri /www/a.txt$uri $uri/ /a.txt; }
                location /tries { try_files $uri$uri /dir$uri /dir/ =418; }
                location /named { try_files $uri @named; }
                location @named { return 200 "named $uri"; }
                location /coded { try_files /nothing =404; }
                location /absolute/ { index none /a.txt; }
                location /failing { return 503; }
                location = /hidden.txt { internal; alias %2$s/secret.txt; }
                location /away { try_files /no /hidden.txt; }
                location /types { alias %2$s/www/; types { x/y txt; } }
                location /untagged/ { alias %2$s/www/; etag off; }
                location /before/ { alias %2$s/www/; if_modified_since before; }
                location /always/ { alias %2$s/www/; if_modified_since off; }
                location /headers/ { alias %2$s/www/; add_header X-One 1; }
                error_page 503 /50x.html;
                error_page 418 =200 /a.txt;
              }
            }
            """.formatted(port, folder);
    }

    private static List<String> requests() {
        var all = new ArrayList<String>();
        for (var path : List.of(
                "/",
                "/index.html",
                "/a.txt",
                "/a.txt?x=1",
                "/A%20B.HTML",
                "/noextension",
                "/empty.gif",
                "/dir",
                "/dir?q=1&r",
                "/dir/",
                "/bare",
                "/bare/",
                "/bare/only.txt",
                "/bare/only.txt/",
                "/missing",
                "/missing/",
                "/odd.d.ir/x.unknown",
                "/a.txt/x",
                "/link.txt",
                "/linked/b.txt",
                "/linked",
                "/broken",
                "/../secret.txt",
                "/%2e%2e/secret.txt",
                "/..%2fsecret.txt",
                "/dir/..%2f..%2fsecret.txt",
                "/dir/%2e%2e/a.txt",
                "/dir/../a.txt",
                "//a.txt",
                "/%61.txt",
                "/second/",
                "/second/second.htm",
                "/second/index.html",
                "/second/none",
                "/second/../secret.txt",
                "/second",
                "/aliased",
                "/aliased/",
                "/aliased/index.html",
                "/aliased../a.txt",
                "/re/a.txt",
                "/re/dir",
                "/re/dir/",
                "/re/nothing",
                "/re/..%2fsecret.txt",
                "/tried/x",
                "/tries",
                "/tries/",
                "/named",
                "/named/b",
                "/coded",
                "/absolute/",
                "/failing",
                "/hidden.txt",
                "/away",
                "/types/a.txt",
                "/types/index.html",
                "/headers/a.txt",
                "/headers/none",
                "/" + "n".repeat(300))) {
            all.add("GET " + path + " HTTP/1.1\r\n");
            all.add("HEAD " + path + " HTTP/1.1\r\n");
        }
        for (var method : List.of("POST", "PUT", "DELETE", "OPTIONS")) {
            for (var path : List.of("/a.txt", "/dir", "/dir/", "/bare/", "/missing", "/coded", "/named")) {
                all.add(method + " " + path + " HTTP/1.1\r\nContent-Length: 0\r\n");
            }
        }
        for (var field : List.of(
                "If-Modified-Since: " + DATE,
                "If-Modified-Since: Sun, 09 Sep 2001 01:46:41 GMT",
                "If-Modified-Since: Sun, 09 Sep 2001 01:46:39 GMT",
                "If-Modified-Since: nonsense",
                "If-Unmodified-Since: " + DATE,
                "If-Unmodified-Since: Sun, 09 Sep 2001 01:46:39 GMT",
                "If-Match: " + TAG,
                "If-Match: \"x\", " + TAG,
                "If-Match: W/" + TAG,
                "If-Match: *",
                "If-Match: \"x\"",
                "If-None-Match: " + TAG,
                "If-None-Match: W/" + TAG,
                "If-None-Match: \"a\",W/\"b\" , " + TAG,
                "If-None-Match: *",
                "If-None-Match: \"x\"",
                "If-None-Match: " + TAG + "\r\nIf-Modified-Since: Sun, 09 Sep 2001 01:46:39 GMT",
                "If-None-Match: \"x\"\r\nIf-Modified-Since: " + DATE,
                "Range: bytes=0-",
                "Range: bytes=0-0",
                "Range: bytes=3-5",
                "Range: bytes=3-500",
                "Range: bytes=11-",
                "Range: bytes=12-",
                "Range: bytes=-1",
                "Range: bytes=-500",
                "Range: bytes=-0",
                "Range: bytes=5-3",
                "Range: bytes=",
                "Range: bytes=a-b",
                "Range: bytes=-",
                "Range: BYTES=1-2",
                "Range: lines=1-2",
                "Range: bytes= 1 - 2",
                "Range: bytes=1-2\r\nIf-Range: " + TAG,
                "Range: bytes=1-2\r\nIf-Range: \"x\"",
                "Range: bytes=1-2\r\nIf-Range: " + DATE,
                "Range: bytes=1-2\r\nIf-Range: Sun, 09 Sep 2001 01:46:41 GMT",
                "Range: bytes=1-2\r\nIf-None-Match: " + TAG)) {
            all.add("GET /a.txt HTTP/1.1\r\n" + field + "\r\n");
            all.add("HEAD /a.txt HTTP/1.1\r\n" + field + "\r\n");
            for (var place : List.of("untagged", "before", "always")) {
                all.add("GET /" + place + "/a.txt HTTP/1.1\r\n" + field + "\r\n");
            }
            all.add("GET /tries HTTP/1.1\r\n" + field + "\r\n");
            all.add("GET /failing HTTP/1.1\r\n" + field + "\r\n");
        }
        all.add("GET /large.bin HTTP/1.1\r\n");
        all.add("GET /large.bin HTTP/1.1\r\nRange: bytes=1000000-4999999\r\n");
        all.add("GET /a.txt HTTP/1.0\r\n");
        all.add("GET /dir HTTP/1.0\r\n");
        return all;
    }

    @Test
    void filesAreAnsweredAsNginxAnswersThem() throws Exception {
        int ourPort = FreePort.tcp();
        var differences = new TreeSet<String>();
        try (var nginx = RealProgram.nginx(folder, 1, given -> http(given.getFirst()));
                var ignored = start(http(ourPort))) {
            for (var request : requests()) {
                var theirs = answer(nginx.port(0), request);
                var ours = answer(ourPort, request);
                if (!ours.equals(theirs)) {
                    differences.add(request.strip() + "\n  nginx: " + theirs + "\n  ours:  " + ours);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    @Test
    void errorsOfErrorPagesAreShownByPagesWhereTheyMayBe() throws Exception {
        int ourPort = FreePort.tcp();
        var differences = new TreeSet<String>();
        try (var nginx = RealProgram.nginx(folder, 1, given -> pages(given.getFirst()));
                var ignored = start(pages(ourPort))) {
            for (var path : List.of("/a", "/b", "/loop", "/off", "/named", "/equal", "/status", "/partly", "/none")) {
                var request = "GET " + path + " HTTP/1.1\r\n";
                var theirs = answer(nginx.port(0), request);
                var ours = answer(ourPort, request);
                if (!ours.equals(theirs)) {
                    differences.add(path + "\n  nginx: " + theirs + "\n  ours:  " + ours);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private String pages(int port) {
        return """
            http {
              server {
                listen 127.0.0.1:%1$d;
                root %2$s/www;
                recursive_error_pages on;
                location /a { error_page 418 /b; return 418; }
                location /b { error_page 404 /c; return 404; }
                location /c { error_page 503 /a.txt; return 503; }
                location /loop { error_page 404 /loop; return 404; }
                location /off { recursive_error_pages off; error_page 418 /b; return 418; }
                location /named { error_page 404 @one; return 404; }
                location @one { error_page 502 @two; return 502; }
                location @two { return 200 "two"; }
                location /equal { error_page 404 = /b; return 404; }
                location /status { error_page 404 =201 /b; return 404; }
                location /partly { error_page 404 /stops; return 404; }
                location /stops { recursive_error_pages off; error_page 500 /b; return 500; }
                error_page 404 /nowhere.html;
              }
            }
            """.formatted(port, folder);
    }

    private LoadBalancer start(String text) throws IOException {
        var file = Files.writeString(folder.resolve("ours.conf"), "worker_processes 1;\nevents {}\n" + text);
        var read = ConfigurationFiles.of(Plugins.installed()).read(List.of(file), Optional.of("nginx"));
        assertThat(read.problems()).noneMatch(problem -> problem.isError());
        return Steelyard.start(read.configuration().orElseThrow());
    }

    /** Status, fields and body, without what is another program's own: its name, the time, and the pages of errors. */
    private static String answer(int port, String request) throws IOException {
        byte[] received;
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write((request + "Host: site\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            received = socket.getInputStream().readAllBytes();
        }
        var text = new String(received, StandardCharsets.ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        var lines = text.substring(0, Math.max(end, 0)).split("\r\n", -1);
        var body = text.substring(end + 4);
        boolean isPage =
                body.contains("<title>") || text.contains("Content-Type: text/html") && !lines[0].contains(" 20");
        var fields = new TreeSet<String>();
        for (var line : List.of(lines).subList(1, lines.length)) {
            var name = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
            if (!List.of("server", "date").contains(name) && !(isPage && name.equals("content-length"))) {
                fields.add(line.replace(":" + port + "/", ":PORT/"));
            }
        }
        var shown = isPage ? "a page" : body.length() > 200 ? body.length() + " " + body.hashCode() : body;
        return lines[0].replaceFirst("HTTP/1.. (\\d+).*", "$1") + " " + fields + " " + shown;
    }
}
