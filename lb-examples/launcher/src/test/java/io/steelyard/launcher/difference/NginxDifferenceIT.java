package io.steelyard.launcher.difference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.config.ConfigurationFiles;
import io.steelyard.core.Steelyard;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One nginx.conf, run by nginx and by us: what clients get and what the server is sent are the same, or listed here. */
@Timeout(600)
class NginxDifferenceIT {
    private static final int CONNECTIONS = Integer.getInteger("steelyard.connections", 2_000);
    private static final long SEED = Long.getLong("steelyard.seed", 1);

    @TempDir
    private Path folder;

    @Test
    void everyDifferenceIsKnown() throws Exception {
        assumeTrue(RealProgram.hasNginx(), "nginx is not installed");
        try (var server = new RecordingServer();
                var refusing = new Socket()) {
            refusing.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (var nginx = RealProgram.nginx(folder, 1, ports -> http(ports.getFirst(), server, refusing))) {
                int port = freePort();
                try (var ours = start(http(port, server, refusing))) {
                    assertThat(ours.configuration().virtualServers()).hasSize(1);
                    compare(server, nginx.port(0), port);
                }
            }
        }
    }

    private static void compare(RecordingServer server, int nginx, int ours) {
        var maker = new RequestMaker(SEED);
        var unknown = new TreeMap<String, List<String>>();
        var met = new TreeMap<KnownDifference, Integer>();
        int requests = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            var sent = maker.connection(i);
            requests += sent.size();
            var theirs = Outcome.of(nginx, sent, server);
            var own = Outcome.of(ours, sent, server);
            for (int k = 0; k < sent.size(); k++) {
                var one = theirs.get(k).normal(nginx);
                var other = own.get(k).normal(ours);
                if (!one.equals(other)) {
                    var known = KnownDifference.of(sent, k, one, other);
                    if (known.isPresent()) {
                        met.merge(known.get(), 1, Integer::sum);
                    } else {
                        unknown.computeIfAbsent(one.differenceTo(other), absent -> new ArrayList<>())
                                .add((k == 0
                                                ? ""
                                                : "after "
                                                        + sent.get(k - 1)
                                                                .text()
                                                                .lines()
                                                                .limit(12)
                                                                .toList() + "\n   nginx "
                                                        + theirs.get(k - 1).shown() + "\n   ours  "
                                                        + own.get(k - 1).shown() + "\n")
                                        + sent.get(k).text().lines().limit(12).toList() + "\n   nginx " + one.shown()
                                        + "\n   ours  " + other.shown());
                    }
                }
            }
        }
        System.out.println(requests + " requests; known differences " + met);
        assertThat(requests).isGreaterThanOrEqualTo(CONNECTIONS);
        assertThat(report(unknown)).isEmpty();
        assertThat(met.keySet())
                .as("a difference that is no more leaves the list")
                .contains(KnownDifference.values());
    }

    private static String report(Map<String, List<String>> unknown) {
        var text = new StringBuilder();
        unknown.forEach((kind, cases) -> text.append(cases.size())
                .append(" x ")
                .append(kind)
                .append('\n')
                .append(cases.getFirst())
                .append('\n'));
        return text.toString();
    }

    private LoadBalancer start(String text) throws IOException {
        var file = Files.writeString(folder.resolve("ours.conf"), "events {}\n" + text);
        var read = ConfigurationFiles.of(Plugins.installed()).read(List.of(file), Optional.of("nginx"));
        assertThat(read.problems()).noneMatch(problem -> problem.isError());
        Configuration configuration = read.configuration().orElseThrow();
        return Steelyard.start(configuration);
    }

    private static int freePort() {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    private static String http(int port, RecordingServer server, Socket refusing) {
        return """
            http {
              access_log off;
              default_type text/plain;
              client_max_body_size 64k;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              map $http_x_kind $kind { default none; a first; ~^b second; }
              upstream one { server 127.0.0.1:SERVER max_fails=0; keepalive 8; }
              upstream pair { server 127.0.0.1:REFUSING max_fails=0; server 127.0.0.1:SERVER max_fails=0; }
              server {
                listen 127.0.0.1:LISTEN default_server;
                server_name main.example;
                location / { proxy_pass http://one; }
                location /api/ {
                  proxy_pass http://one/v1/;
                  proxy_set_header Host $host;
                  proxy_set_header Connection "";
                  proxy_set_header X-Real-IP $remote_addr;
                  proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
                  proxy_set_header X-Forwarded-Proto $scheme;
                  proxy_set_header X-Kind $kind;
                  proxy_set_header Accept-Encoding "";
                  add_header X-Front yes always;
                  add_header X-Fine $upstream_status;
                }
                location = /exact { return 200 "exact $request_uri $args $host $uri\\n"; }
                location ^~ /static/ { return 204; }
                location ~ \\.php$ { return 403; }
                location ~* ^/user/(?<id>[0-9]+)$ { proxy_pass http://one/users?id=$id&$args; }
                location /redirect { return 301 https://$host$request_uri; }
                location /rewrite/ { rewrite ^/rewrite/(.*)$ /api/$1?from=rewrite last; }
                location /breaks/ { rewrite ^/breaks/(.*)$ /broken/$1 break; proxy_pass http://one; }
                location /permanent/ { rewrite ^/permanent/(.*)$ /new/$1 permanent; }
                location /intercept/ {
                  proxy_pass http://one;
                  proxy_intercept_errors on;
                  error_page 404 503 =200 @sorry;
                  error_page 500 502 /sorry;
                }
                location @sorry { return 200 "sorry $uri\\n"; }
                location = /sorry { internal; return 200 "sorry page\\n"; }
                location /hide/ {
                  proxy_pass http://one;
                  proxy_hide_header X-A;
                  proxy_pass_header Server;
                  proxy_redirect off;
                  proxy_cookie_domain one.example $host;
                  proxy_cookie_path /v1/ /hide/;
                }
                location /redir/ { proxy_pass http://one/v1/; }
                location /retry/ { proxy_pass http://pair; }
                location /unbuffered/ { proxy_pass http://one; proxy_buffering off; proxy_request_buffering off; }
                location /small/ { client_max_body_size 10; proxy_pass http://one; }
                location /denied/ { deny all; proxy_pass http://one; }
                location /if/ {
                  if ($request_method = PUT) { return 405; }
                  if ($arg_x) { return 302 /x; }
                  set $mark "$request_method-$kind";
                  proxy_set_header X-Mark $mark;
                  proxy_set_header Connection "";
                  proxy_pass http://one;
                }
                location /http10/ { proxy_http_version 1.0; proxy_pass http://one; }
                location /nested/ {
                  add_header X-Nested outer;
                  proxy_pass http://one;
                  location /nested/inner/ { proxy_pass http://one/in/; }
                }
                location /chain/ { rewrite ^/chain/(.*)$ /rewrite/$1; }
                location /variables/ { proxy_pass http://one$uri$is_args$args; }
                location /old/ { error_page 410 /exact; return 410; }
              }
              server {
                listen 127.0.0.1:LISTEN;
                server_name *.wild.example ~^re(?<number>\\d)\\.example$;
                location / { add_header X-Site "wild $number $server_name"; proxy_pass http://one; }
              }
            }
            """.replace("LISTEN", Integer.toString(port))
                .replace("SERVER", Integer.toString(server.port()))
                .replace("REFUSING", Integer.toString(refusing.getLocalPort()));
    }

    /** What came of a request: the answer that the client got, and what the server was sent for it. */
    record Outcome(String status, List<String> fields, String body, List<String> received) {
        private static final Pattern OWN_PAGE = Pattern.compile("<center>nginx/|^<!doctype html>\n<title>\\d{3} ");

        static List<Outcome> of(int port, List<RequestMaker.Request> sent, RecordingServer server) {
            var answers = Conversation.answers(port, sent);
            return IntStream.range(0, sent.size())
                    .mapToObj(i -> {
                        var answer = answers.get(i);
                        return new Outcome(
                                answer.status(),
                                answer.fields(),
                                answer.body(),
                                server.take(sent.get(i).number()));
                    })
                    .toList();
        }

        /** Without what is another each time, or with each program: dates, its name, the texts of its own pages, its port. */
        Outcome normal(int port) {
            boolean isOwnPage = fields.contains("content-type: text/html")
                    && OWN_PAGE.matcher(body).find();
            var kept = fields.stream()
                    .filter(field -> !field.startsWith("date: "))
                    .filter(field -> !field.equals("server: steelyard") && !field.startsWith("server: nginx/"))
                    .filter(field -> !field.startsWith("content-length: ") || !(isOwnPage || body.isEmpty()))
                    .map(field -> field.replace(":" + port, ":PORT"))
                    .sorted()
                    .toList();
            // How much of a body that is too large reached the server is a matter of time.
            var known = status.contains(" 413 ") ? List.<String>of() : received;
            return new Outcome(status, kept, isOwnPage ? "own page" : body, known);
        }

        String differenceTo(Outcome other) {
            if (!status.equals(other.status)) {
                return "status " + status + " / " + other.status;
            }
            if (!fields.equals(other.fields)) {
                return "fields " + without(fields, other.fields) + " / " + without(other.fields, fields);
            }
            if (!received.equals(other.received)) {
                return "received by the server " + received.size() + " / " + other.received.size() + " times: "
                        + without(lines(received), lines(other.received)) + " / "
                        + without(lines(other.received), lines(received));
            }
            return "body";
        }

        private static List<String> lines(List<String> received) {
            return received.stream().flatMap(String::lines).toList();
        }

        private static List<String> without(List<String> all, List<String> gone) {
            var left = new ArrayList<>(all);
            gone.forEach(left::remove);
            return left;
        }

        String shown() {
            return status + " " + fields + " " + cut(body) + " <" + cut(String.join(" || ", received)) + ">";
        }

        private static String cut(String text) {
            var line = text.replace("\n", "\\n").replaceAll("x{50,}", "xx..").replaceAll("v{50,}", "vv..");
            return line.length() > 600 ? line.substring(0, 600) + "..." : line;
        }
    }
}
