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
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which server and which location a request is for, by all the rules at once: nginx's word and ours, with the same nginx.conf. */
@Timeout(300)
class NginxChoiceIT {
    private static final List<String> HOSTS = List.of(
            "exact.example",
            "EXACT.Example",
            "exact.example.",
            "exact.example:1234",
            "example",
            "a.example",
            "b.a.example",
            "c.b.a.example",
            "www.site.test",
            "www.site",
            "mail.site.test",
            "mail.x.y",
            "mail.example",
            "dot.test",
            "x.dot.test",
            "y.x.dot.test",
            "dot.test.",
            "xdot.test",
            "n1.test",
            "n12.test",
            "n.test",
            "later.test",
            "_",
            "-",
            "",
            "127.0.0.1",
            "[::1]",
            "unknown",
            "x..dot.test",
            "www.");

    private static final List<String> PATHS = List.of(
            "/",
            "/exact",
            "/exact/",
            "/exact?x",
            "/prefix",
            "/prefix/",
            "/prefix/long",
            "/prefix/longer/x",
            "/final",
            "/final/a.php",
            "/final/deep/a.php",
            "/prefix/a.php",
            "/prefix/A.PHP",
            "/a.php",
            "/a.php5",
            "/any.JPG",
            "/any.jpg/x",
            "/nested/",
            "/nested/in",
            "/nested/in/a.php",
            "/nested/a.txt",
            "/%65xact",
            "/prefix/../exact",
            "/prefix//long",
            "//exact",
            "/final/../a.php",
            "/sp ace",
            "/slash",
            "/slash/",
            "/slash?q=1",
            "/loop",
            "/circle/a",
            "/once/x",
            "/silent",
            "/group/ab-12",
            "/%2e%2e/exact",
            "/.",
            "/prefix/.",
            "/case",
            "/CASE");

    @TempDir
    private Path folder;

    private static String http(int port) {
        return """
            http {
              access_log off;
              server_names_hash_bucket_size 128;
              server { listen 127.0.0.1:LISTEN; server_name first.test; return 200 first; }
              server { listen 127.0.0.1:LISTEN default_server; server_name located; DEFAULT }
              server { listen 127.0.0.1:LISTEN; server_name ~^n\\d ~^www\\.; return 200 "regex one"; }
              server { listen 127.0.0.1:LISTEN; server_name ~^n1 ~^(?<word>later)\\.; return 200 "regex two $word"; }
              server { listen 127.0.0.1:LISTEN; server_name *.example; return 200 "suffix"; }
              server { listen 127.0.0.1:LISTEN; server_name *.a.example; return 200 "longer suffix"; }
              server { listen 127.0.0.1:LISTEN; server_name mail.* www.site.*; return 200 "prefix"; }
              server { listen 127.0.0.1:LISTEN; server_name exact.example ""; return 200 "exact"; }
              server { listen 127.0.0.1:LISTEN; server_name .dot.test; return 200 "dot"; }
              server { listen 127.0.0.1:LISTEN; server_name *.x.dot.test; return 200 "in dot"; }
              server { listen 127.0.0.1:LISTEN; server_name _; return 200 "underscore"; }
            }
            """.replace("DEFAULT", """
                    location / { return 200 "root $uri"; }
                    location = /exact { return 200 "= exact"; }
                    location /exact { return 200 "prefix exact"; }
                    location /prefix/ { return 200 "prefix"; }
                    location /prefix/long { return 200 "longer prefix"; }
                    location ^~ /final/ { return 200 "final"; location ~ deep { return 200 "never"; } }
                    location ~ \\.php$ { return 200 "php"; }
                    location ~* \\.(php|jpg)$ { return 200 "any case"; }
                    location ~ ^/(?<all>a\\..*)$ { return 200 "second $all"; }
                    location /nested/ { location /nested/in { return 200 "in"; } location ~ txt$ { return 200 "txt"; } return 200 "nested"; }
                    location /slash/ { proxy_pass http://127.0.0.1:1; proxy_next_upstream off; }
                    location /loop { rewrite ^ /loop last; }
                    location /circle/ { rewrite ^/circle/(.*)$ /circle/$1x; }
                    location /once/ { rewrite ^/once/(.*)$ /exact last; }
                    location /silent { return 444; }
                    location ~ ^/group/([a-z]+)-(\\d+)$ { return 200 "$2 $1"; }
                    location /case { return 200 "lower"; }
                    location /CASE { return 200 "upper"; }
                    """).replace("LISTEN", Integer.toString(port));
    }

    private static List<String> requests() {
        var requests = new ArrayList<String>();
        for (var host : HOSTS) {
            requests.add("GET / HTTP/1.1\r\nHost: " + host + "\r\n");
            if (!host.isEmpty() && !host.equals("_")) {
                // A target with an underscore in its host is refused by nginx alone.
                requests.add("GET http://" + host + "/ HTTP/1.1\r\nHost: " + host + "\r\n");
            }
        }
        requests.add("GET / HTTP/1.0\r\n");
        for (var path : PATHS) {
            requests.add("GET " + path.replace(" ", "%20") + " HTTP/1.1\r\nHost: located\r\n");
        }
        return requests;
    }

    @Test
    void serversAndLocationsAreChosenByTheSameRules() throws Exception {
        assumeTrue(RealProgram.hasNginx(), "nginx is not installed");
        int port = FreePort.tcp();
        var softly = new SoftAssertions();
        try (var nginx = RealProgram.nginx(folder, 1, given -> http(given.getFirst()));
                var ignored = start(http(port))) {
            for (var request : requests()) {
                softly.assertThat(answer(port, request)).as(request).isEqualTo(answer(nginx.port(0), request));
            }
        }
        softly.assertAll();
    }

    private LoadBalancer start(String text) throws IOException {
        var file = Files.writeString(folder.resolve("ours.conf"), "worker_processes 1;\nevents {}\n" + text);
        var read = ConfigurationFiles.of(Plugins.installed()).read(List.of(file), Optional.of("nginx"));
        assertThat(read.problems()).noneMatch(problem -> problem.isError());
        return Steelyard.start(read.configuration().orElseThrow());
    }

    /** The status, where a redirection leads, and the text of what is no error. */
    private static String answer(int port, String request) throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream().write((request + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            var text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            if (text.isEmpty()) {
                return "nothing";
            }
            var status = text.substring(9, 12);
            var location = text.lines()
                    .filter(line -> line.startsWith("Location: "))
                    .findFirst()
                    .orElse("")
                    .replace(":" + port + "/", ":PORT/");
            return status + location + (status.equals("200") ? text.substring(text.indexOf("\r\n\r\n") + 4) : "");
        }
    }
}
