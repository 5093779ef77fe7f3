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
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code auth_basic} with each kind of password and each way to be let in, as nginx and as we do it with the same files. */
@Timeout(300)
class NginxPasswordIT {
    private static final List<String> NAMES = List.of(
            "plain", "sha", "ssha", "apr", "md", "six", "five", "des", "noted", "twice", "open", "odd", "last",
            "nobody", "#not");

    private static final String USERS = """
            # of everybody the password is secret
            plain:{PLAIN}secret
            sha:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=
            ssha:{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0
            apr:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/
            md:$1$abcdefgh$cHJi5PXp/ki/ktXzqlk6I1
            six:$6$abcdefgh$ltjgWl6579NluT/Vi1nwEvcil.G5Nbc4NiXZaNGStk8PSwGfQv72N2CKPPrVACtLtip/cZ/1GM/O6IND4WQhG.
            five:$5$abcdefgh$gruCpC7VkOTspMQTTSAR8mtlO9Upms.fwqE5y16JVM.

            des:abNANd1rDfiNc
            noted:{PLAIN}secret:a comment
            twice:{PLAIN}other
            twice:{PLAIN}secret
            open:{PLAIN}
            odd:secret
            #not:{PLAIN}secret
            last:{PLAIN}secret""";

    @TempDir
    private Path folder;

    private String http(int port, int server) {
        return """
            http {
              map $arg_r $realm { default off; a "area $arg_r"; }
              auth_basic_user_file %2$s/users;
              server {
                listen 127.0.0.1:%1$d;
                root %2$s/www;
                auth_basic "the site";
                location /server { proxy_pass http://127.0.0.1:%3$d; }
                location /off { auth_basic off; proxy_pass http://127.0.0.1:%3$d; }
                location /return { return 200 open; }
                location /missing { auth_basic_user_file %2$s/none; proxy_pass http://127.0.0.1:%3$d; }
                location /realm { auth_basic $realm; proxy_pass http://127.0.0.1:%3$d; }
                location /deny { deny all; proxy_pass http://127.0.0.1:%3$d; }
                location /allow { allow all; proxy_pass http://127.0.0.1:%3$d; }
                location /any/deny { satisfy any; deny all; proxy_pass http://127.0.0.1:%3$d; }
                location /any/allow { satisfy any; allow 127.0.0.1; deny all; proxy_pass http://127.0.0.1:%3$d; }
                location /any/other { satisfy any; allow 10.0.0.1; proxy_pass http://127.0.0.1:%3$d; }
                location /any/none { satisfy any; proxy_pass http://127.0.0.1:%3$d; }
                location /any/missing { satisfy any; deny all; auth_basic_user_file %2$s/none; proxy_pass http://127.0.0.1:%3$d; }
                location /any/off { satisfy any; deny all; auth_basic $realm; proxy_pass http://127.0.0.1:%3$d; }
                location /broken { rewrite ^ /elsewhere break; proxy_pass http://127.0.0.1:%3$d; }
                location /sent { rewrite ^ /server last; }
                location /page { error_page 401 /login; proxy_pass http://127.0.0.1:%3$d; }
                location /equal { error_page 401 =200 /login; proxy_pass http://127.0.0.1:%3$d; }
                location /named { error_page 401 @login; proxy_pass http://127.0.0.1:%3$d; }
                location /closed { error_page 401 /server; proxy_pass http://127.0.0.1:%3$d; }
                location /added { add_header X-One 1 always; add_header X-Two 2; proxy_pass http://127.0.0.1:%3$d; }
                location = /login { auth_basic off; return 200 "who are you?"; }
                location @login { auth_basic off; return 403 "not you"; }
              }
              server {
                listen 127.0.0.1:%3$d;
                return 200 "let in as $remote_user\\n";
              }
            }
            """.formatted(port, folder, server);
    }

    private static String basic(String credentials) {
        return "Authorization: Basic "
                + Base64.getEncoder().encodeToString(credentials.getBytes(StandardCharsets.UTF_8)) + "\r\n";
    }

    private static List<String> requests() {
        var all = new ArrayList<String>();
        for (var name : NAMES) {
            for (var password : List.of("secret", "other", "")) {
                all.add("GET /server HTTP/1.1\r\n" + basic(name + ":" + password));
            }
        }
        var fields = List.of(
                "",
                basic("plain:secret"),
                basic("plain:wrong"),
                basic("plain"),
                basic(":secret"),
                basic("plain:secret:more"),
                basic("plain:secret").replace("Basic", "bAsIc"),
                basic("plain:secret").replace("Basic ", "Basic   "),
                "Authorization: Basic ???\r\n",
                "Authorization: Basic\r\n",
                "Authorization: Digest x\r\n");
        for (var path : List.of(
                "/server",
                "/off",
                "/return",
                "/missing",
                "/realm",
                "/realm?r=a",
                "/deny",
                "/allow",
                "/any/deny",
                "/any/allow",
                "/any/other",
                "/any/none",
                "/any/missing",
                "/any/off",
                "/any/off?r=a",
                "/broken",
                "/sent",
                "/page",
                "/equal",
                "/named",
                "/closed",
                "/added",
                "/login",
                "/a.txt",
                "/nothing")) {
            for (var field : fields) {
                all.add("GET " + path + " HTTP/1.1\r\n" + field);
            }
            all.add("HEAD " + path + " HTTP/1.1\r\n");
            all.add("POST " + path + " HTTP/1.1\r\nContent-Length: 0\r\n");
        }
        return all;
    }

    @Test
    void clientsAreLetInAsNginxLetsThemIn() throws Exception {
        assumeTrue(RealProgram.hasNginx(), "nginx is not installed");
        Files.writeString(folder.resolve("users"), USERS);
        Files.createDirectory(folder.resolve("www"));
        Files.writeString(folder.resolve("www/a.txt"), "a file\n");
        int ourPort = FreePort.tcp();
        var differences = new TreeSet<String>();
        try (var nginx = RealProgram.nginx(folder, 2, given -> http(given.getFirst(), given.getLast()));
                var ignored = start(http(ourPort, FreePort.tcp()))) {
            for (var request : requests()) {
                var theirs = told(nginx.port(0), request);
                var ours = told(ourPort, request);
                if (!theirs.equals(ours)) {
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

    /** The status, what is asked of the client (once, where nginx asks twice), and the body where it is no page of errors. */
    private static List<String> told(int port, String request) throws IOException {
        byte[] received;
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            socket.getOutputStream()
                    .write((request + "Host: site\r\nConnection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII));
            received = socket.getInputStream().readAllBytes();
        }
        var parts = new String(received, StandardCharsets.ISO_8859_1).split("\r\n\r\n", 2);
        var told = new ArrayList<String>();
        told.add(parts[0].substring(9, 12));
        parts[0].lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("www-authenticate:") || line.startsWith("X-"))
                .distinct()
                .sorted()
                .forEach(told::add);
        told.add(parts[1].contains("<title>") ? "a page" : parts[1]);
        return told;
    }
}
