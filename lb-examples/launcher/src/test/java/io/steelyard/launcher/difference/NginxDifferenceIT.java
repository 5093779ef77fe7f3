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
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One nginx.conf, run by nginx and by us: what clients get and what the server is sent are the same, or listed here. */
@Timeout(600)
class NginxDifferenceIT {
    private static final int CONNECTIONS = Integer.getInteger("steelyard.connections", 2_000);
    private static final long SEED = Long.getLong("steelyard.seed", 1);

    private static final Pattern OWN_PAGE = Pattern.compile("<center>nginx/|^<!doctype html>\n<title>\\d{3} ");

    private static final List<String> PLACES = List.of(
            "/",
            "/api/",
            "/api/items",
            "/exact",
            "/static/a.php",
            "/a.php",
            "/user/17",
            "/user/x",
            "/redirect",
            "/rewrite/a/b",
            "/breaks/a",
            "/permanent/z",
            "/intercept/q",
            "/hide/x",
            "/redir/v",
            "/retry/r",
            "/unbuffered/u",
            "/small/s",
            "/denied/",
            "/if/i",
            "/http10/h",
            "/nested/inner/n",
            "/nested/inner/n",
            "/nested/x",
            "/chain/c",
            "/variables/v",
            "/old/o",
            "/again/a",
            "/fallback/f",
            "/matched/m");

    private static final List<String> REPLIES = List.of(
            "authenticate",
            "bare",
            "busy",
            "chunked",
            "chunked-extension",
            "cookies",
            "created",
            "empty",
            "empty-field",
            "error",
            "half-head",
            "hangs-up",
            "hops",
            "large",
            "many",
            "media",
            "missing",
            "moved",
            "moved-away",
            "moved-host",
            "moved-host",
            "moved-path",
            "names",
            "no-reason",
            "none",
            "odd-status",
            "partial",
            "plain",
            "refresh",
            "reset",
            "reset-body",
            "reset-chunks",
            "reset-head",
            "same",
            "short",
            "short-chunks",
            "slow",
            "slow-chunks",
            "slow-half-head",
            "slow-head",
            "slow-short",
            "slow-short-chunks",
            "slow-until-end",
            "trailers",
            "until-end");

    private static final List<ClientFault> FAULTS = Stream.of(ClientFault.values())
            .filter(fault -> fault != ClientFault.NONE)
            .toList();

    private static final Words WORDS = new Words(
            Words.METHODS,
            PLACES,
            Words.TAILS,
            Words.HOSTS,
            Words.FIELDS,
            REPLIES,
            REPLIES,
            Set.of(),
            FAULTS,
            8,
            Set.of());

    @TempDir
    private Path folder;

    @Test
    void everyDifferenceIsKnown() throws Exception {
        assumeTrue(RealProgram.hasNginx(), "nginx is not installed");
        try (var server = new RecordingServer("");
                var refusing = new Socket()) {
            refusing.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (var nginx = RealProgram.nginx(folder, 1, ports -> http(ports.getFirst(), server, refusing))) {
                int port = freePort();
                try (var ours = start(http(port, server, refusing))) {
                    assertThat(ours.configuration().virtualServers()).hasSize(1);
                    new Comparison<>(NginxDifference.class, server, NginxDifferenceIT::normal, NginxDifference::of)
                            .run(new RequestMaker(WORDS, SEED), CONNECTIONS, nginx.port(0), port);
                }
            }
        }
    }

    /** Without what is another with each program: its name, the texts of its own pages. */
    private static Outcome normal(Outcome outcome) {
        boolean isOwnPage = outcome.fields().contains("content-type: text/html")
                && OWN_PAGE.matcher(outcome.body()).find();
        var kept = outcome.fields().stream()
                .filter(field -> !field.equals("server: steelyard") && !field.startsWith("server: nginx/"))
                .filter(field -> !field.startsWith("content-length: ")
                        || !(isOwnPage || outcome.body().isEmpty()))
                .toList();
        // How much of a body that is too large reached the server is a matter of time.
        var known = outcome.status().contains(" 413 ") ? List.<String>of() : outcome.received();
        return new Outcome(outcome.status(), kept, isOwnPage ? "own page" : outcome.body(), known);
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
              upstream refused { server 127.0.0.1:REFUSING max_fails=0; }
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
                location /again/ {
                  proxy_pass http://one;
                  proxy_intercept_errors on;
                  error_page 404 500 503 = @again;
                }
                location @again { proxy_pass http://one; proxy_intercept_errors on; error_page 404 =200 /exact; }
                location /fallback/ { proxy_pass http://refused; error_page 502 =202 /hide/page; }
                location /matched/ { rewrite ^/matched/(.*)$ /api/?m=$1&n=$1$2; }
                location /old/ { error_page 410 /exact; return 410; }
              }
              server {
                listen 127.0.0.1:LISTEN;
                server_name *.wild.example ~^re(?<number>\\d)\\.example$;
                location / { add_header X-Site "wild $number $server_name"; proxy_pass http://one; }
              }
            }
            """.replace("LISTEN", Integer.toString(port))
                .replace("SERVER", Integer.toString(server.port("")))
                .replace("REFUSING", Integer.toString(refusing.getLocalPort()));
    }
}
