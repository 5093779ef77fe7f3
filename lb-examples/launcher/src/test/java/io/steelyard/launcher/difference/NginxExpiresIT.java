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
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code expires} on files, answers of servers and answers of our own, as nginx and as we do it with the same nginx.conf. */
@Timeout(300)
class NginxExpiresIT {
    @TempDir
    private Path folder;

    private String http(int port, int server) {
        return """
            http {
              map $arg_e $wanted { default off; hour 1h; Month 1M; minute 1m; old -1; end max; start epoch; noon @12h; odd nonsense; none ""; plus +1h; }
              server {
                listen 127.0.0.1:%1$d;
                root %2$s;
                location = /file { alias %2$s/a.txt; expires 1h; }
                location = /modified { alias %2$s/a.txt; expires modified 1h; }
                location = /long { alias %2$s/a.txt; expires modified 50y; }
                location = /past { alias %2$s/a.txt; expires modified -1h; }
                location = /since { expires modified 2h; proxy_pass http://127.0.0.1:%3$d/plain; }
                location = /none { expires modified 2h; return 200 x; }
                location = /plus { expires +90; return 200 x; }
                location = /minus { expires -1; return 200 x; }
                location = /zero { expires 0; return 200 x; }
                location = /epoch { expires epoch; return 200 x; }
                location = /max { expires max; return 200 x; }
                location = /day { expires @15h30m; return 200 x; }
                location = /midnight { expires @0; return 200 x; }
                location = /midnight24 { expires @24h; return 200 x; }
                location = /added { expires 1h; add_header Cache-Control public; add_header Expires never; return 200 x; }
                location /said/ { expires 1h; proxy_pass http://127.0.0.1:%3$d/; }
                location /left/ { expires off; proxy_pass http://127.0.0.1:%3$d/; }
                location /map { expires $wanted; return 200 x; }
                location /mapmodified { expires modified $wanted; alias %2$s/a.txt; }
                location /mapped/ { expires $wanted; proxy_pass http://127.0.0.1:%3$d/; }
                location /status/ {
                  expires 1h;
                  location /status/201 { return 201 x; }
                  location /status/204 { return 204; }
                  location /status/301 { return 301 /x; }
                  location /status/302 { return 302 /x; }
                  location /status/303 { return 303 /x; }
                  location /status/307 { return 307 /x; }
                  location /status/308 { return 308 /x; }
                  location /status/202 { return 202 x; }
                  location /status/400 { return 400 x; }
                  location /status/404 { return 404; }
                  location /status/503 { return 503 x; }
                }
              }
              server {
                listen 127.0.0.1:%3$d;
                location = /plain { alias %2$s/a.txt; }
                location = /both { add_header Expires "Thu, 01 Jan 2026 00:00:00 GMT"; add_header Cache-Control private; return 200 x; }
                location = /two { add_header Cache-Control private; add_header Cache-Control no-transform; return 200 x; }
                location = /404 { add_header Cache-Control private always; return 404 x; }
              }
            }
            """.formatted(port, folder, server);
    }

    private static List<String> requests() {
        var all = new ArrayList<String>();
        for (var path : List.of(
                "/file",
                "/modified",
                "/long",
                "/past",
                "/since",
                "/none",
                "/plus",
                "/minus",
                "/zero",
                "/epoch",
                "/max",
                "/day",
                "/midnight",
                "/midnight24",
                "/added",
                "/said/plain",
                "/said/both",
                "/said/two",
                "/said/404",
                "/left/both",
                "/left/two")) {
            all.add("GET " + path + " HTTP/1.1\r\n");
            all.add("HEAD " + path + " HTTP/1.1\r\n");
        }
        for (var value :
                List.of("hour", "month", "minute", "old", "end", "start", "noon", "odd", "none", "plus", "other")) {
            for (var path : List.of("/map", "/mapmodified", "/mapped/plain", "/mapped/both")) {
                all.add("GET " + path + "?e=" + value + " HTTP/1.1\r\n");
            }
        }
        for (var status :
                List.of("201", "202", "204", "301", "302", "303", "307", "308", "400", "404", "503", "none")) {
            all.add("GET /status/" + status + " HTTP/1.1\r\n");
        }
        all.add("GET /file HTTP/1.1\r\nRange: bytes=1-2\r\n");
        all.add("GET /file HTTP/1.1\r\nIf-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT\r\n");
        all.add("GET /modified HTTP/1.1\r\nIf-Modified-Since: Sun, 09 Sep 2001 01:46:40 GMT\r\n");
        return all;
    }

    @Test
    void answersExpireAsNginxSays() throws Exception {
        assumeTrue(RealProgram.hasNginx(), "nginx is not installed");
        var file = Files.writeString(folder.resolve("a.txt"), "hello, file\n");
        Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1_000_000_000)));
        int ourPort = FreePort.tcp();
        var differences = new TreeSet<String>();
        try (var nginx = RealProgram.nginx(folder, 2, given -> http(given.getFirst(), given.getLast()));
                var ignored = start(http(ourPort, FreePort.tcp()))) {
            for (var request : requests()) {
                var theirs = told(nginx.port(0), request);
                var ours = told(ourPort, request);
                if (!agree(theirs, ours)) {
                    differences.add(request.strip() + "\n  nginx: " + theirs + "\n  ours:  " + ours);
                }
            }
        }
        assertThat(differences).isEmpty();
    }

    private LoadBalancer start(String text) throws IOException {
        var file = Files.writeString(folder.resolve("ours.conf"), "worker_processes 1;\nevents {}\n" + text);
        var read = ConfigurationFiles.of(Plugins.installed()).read(List.of(file), Optional.of("nginx"));
        assertThat(read.problems()).noneMatch(problem -> problem.isError());
        return Steelyard.start(read.configuration().orElseThrow());
    }

    /** Times that are counted from the request may differ by as much as passed between the two. */
    private static boolean agree(List<String> theirs, List<String> ours) {
        if (theirs.size() != ours.size()) {
            return false;
        }
        for (int i = 0; i < theirs.size(); i++) {
            var one = theirs.get(i);
            var other = ours.get(i);
            boolean isAge = one.startsWith("cache-control: max-age=") && other.startsWith("cache-control: max-age=");
            boolean isDate = one.matches("expires: .*GMT") && other.matches("expires: .*GMT");
            if (!one.equals(other)
                    && !(isAge && Math.abs(age(one) - age(other)) < 60)
                    && !(isDate
                            && Duration.between(date(one), date(other)).abs().toSeconds() < 60)) {
                return false;
            }
        }
        return true;
    }

    private static long age(String line) {
        return Long.parseLong(line.substring(line.indexOf('=') + 1));
    }

    private static Instant date(String line) {
        return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(line.substring("expires: ".length())));
    }

    /** The status, and what the answer says of how long it holds, in order. */
    private static List<String> told(int port, String request) throws IOException {
        byte[] received;
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write((request + "Host: site\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            received = socket.getInputStream().readAllBytes();
        }
        var head = new String(received, StandardCharsets.ISO_8859_1).split("\r\n\r\n", 2)[0];
        var told = new ArrayList<String>();
        told.add(head.substring(9, 12));
        head.lines()
                .map(line -> line.toLowerCase(Locale.ROOT).startsWith("expires:")
                        ? "expires:" + line.substring(8)
                        : line.toLowerCase(Locale.ROOT).startsWith("cache-control:")
                                ? "cache-control:" + line.substring(14)
                                : "")
                .filter(line -> !line.isEmpty())
                .sorted()
                .forEach(told::add);
        return told;
    }
}
