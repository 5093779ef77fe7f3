package io.steelyard.launcher.difference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.LoadBalancer;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.config.ConfigurationFiles;
import io.steelyard.core.Steelyard;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * One haproxy.cfg, run by HAProxy and by us: what clients get, which servers are sent what, and what becomes of the clients' and the
 * servers' faults are the same, or listed here. The first word of a path names the backend.
 */
@Execution(ExecutionMode.CONCURRENT)
@Timeout(600)
class HaproxyDifferenceIT {
    private static final int CONNECTIONS = Integer.getInteger("steelyard.connections", 2_000);
    private static final long SEED = Long.getLong("steelyard.seed", 1);

    private static final List<String> FAST = List.of(
            "/plain/",
            "/",
            "/plain/x",
            "/robin/",
            "/static/a",
            "/least/a",
            "/first/",
            "/uri/one",
            "/uri/two/three",
            "/header/",
            "/parameter/",
            "/hash/",
            "/repeats/",
            "/statuses/",
            "/insert/",
            "/preserve/",
            "/rewrite/",
            "/prefix/",
            "/requests/",
            "/lines/path",
            "/answers/deny",
            "/answers/return",
            "/answers/redirect",
            "/answers/x",
            "/responses/",
            "/pages/",
            "/closing/",
            "/keeping/",
            "/forwarded/",
            "/conditions/a",
            "/down/",
            "/empty/");

    /** Each takes its time, and comes a third as often. */
    private static final List<String> SLOW = List.of("/redispatch/", "/retries/", "/full/", "/slow/");

    private static final List<String> PLACES = joined(joined(FAST, FAST), joined(FAST, SLOW));

    private static final List<String> FIELDS = List.of(
            "Cookie: SRV=s1",
            "Cookie: SRV=s2",
            "Cookie: a=1; SRV=s2; b=2",
            "Cookie: SRV=gone",
            "Cookie: id=s1~7",
            "Cookie: id=s2~8; x=1",
            "Cookie: id=42",
            "X-Kind: a",
            "X-Kind: bcd",
            "X-Kind: a, b ,c",
            "X-Number: 7",
            "X-Number: 12",
            "X-Forwarded-For: 10.1.2.3",
            "X-Original-To: 10.1.2.4",
            "X_Under: 1");

    private static final List<String> REPLIES = RecordingServer.REPLIES.keySet().stream()
            .filter(name -> !name.equals("silent"))
            .toList();

    private static final List<String> CALM = List.of(
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
            "large",
            "many",
            "media",
            "missing",
            "moved",
            "names",
            "no-reason",
            "none",
            "odd-status",
            "partial",
            "plain",
            "private",
            "same",
            "session",
            "slow",
            "slow-chunks",
            "slow-head",
            "teapot");

    private static final Words WORDS = new Words(
            Words.METHODS,
            PLACES,
            Words.TAILS,
            Words.HOSTS,
            joined(Words.FIELDS, FIELDS),
            joined(
                    REPLIES,
                    List.of("plain", "plain", "plain", "hangs-up,plain", "error,error,bare", "junk,busy,plain")),
            CALM,
            Set.of(
                    "/plain/",
                    "/",
                    "/responses/",
                    "/answers/x",
                    "/pages/",
                    "/keeping/",
                    "/closing/",
                    "/answers/redirect"),
            Arrays.stream(ClientFault.values())
                    .filter(fault -> fault != ClientFault.NONE)
                    .toList(),
            8,
            // HAProxy sends a request again where its body came with its head, we wait for the body: the next server
            // would be another one.
            Set.of("/repeats/", "/statuses/"));

    @TempDir
    private Path folder;

    @Test
    void everyDifferenceIsKnown() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "HAProxy is not installed");
        Files.writeString(
                folder.resolve("503.http"),
                "HTTP/1.1 503 Very Sorry\r\nContent-Type: text/plain\r\nX-From: file\r\nContent-Length: 6\r\n\r\nsorry\n");
        try (var server = new RecordingServer("a", "b", "c");
                var refusing = new Socket()) {
            refusing.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            try (var haproxy = RealProgram.haproxy(
                    folder, 1, ports -> configuration(ports.getFirst(), server, refusing.getLocalPort()))) {
                int port = freePort();
                try (var ours = start(configuration(port, server, refusing.getLocalPort()));
                        var theirOccupant = occupy(haproxy.port(0), server);
                        var ourOccupant = occupy(port, server)) {
                    assertThat(ours.configuration().virtualServers()).hasSize(1);
                    assertThat(List.of(theirOccupant, ourOccupant)).allMatch(Socket::isConnected);
                    new Comparison<>(
                                    HaproxyDifference.class, server, HaproxyDifferenceIT::normal, HaproxyDifference::of)
                            .run(new RequestMaker(WORDS, SEED), CONNECTIONS, haproxy.port(0), port);
                }
            }
        }
    }

    /** Takes the only place of the backend that is full, until it is closed. */
    private static Socket occupy(int port, RecordingServer server) throws Exception {
        var socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.getOutputStream()
                .write(("GET /full/ HTTP/1.1\r\nHost: h\r\nX-Case: occupant\r\nX-Reply: silent\r\n\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
        server.await("occupant");
        return socket;
    }

    /** Servers are told apart by their names, not by the ports in what they answer. */
    private static Outcome normal(Outcome outcome) {
        var fields = outcome.fields().stream()
                .map(field -> field.replaceAll("127\\.0\\.0\\.1:\\d+", "SERVER"))
                .toList();
        return new Outcome(outcome.status(), fields, outcome.body(), outcome.received());
    }

    private LoadBalancer start(String text) throws IOException {
        var file = Files.writeString(folder.resolve("ours.cfg"), text);
        var read = ConfigurationFiles.of(Plugins.installed()).read(List.of(file), Optional.of("haproxy"));
        assertThat(read.problems()).noneMatch(problem -> problem.isError());
        return Steelyard.start(read.configuration().orElseThrow());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static List<String> joined(List<String> first, List<String> second) {
        return Stream.concat(first.stream(), second.stream()).toList();
    }

    private String configuration(int port, RecordingServer server, int refusing) {
        var text = CONFIGURATION.replace("LISTEN", "127.0.0.1:" + port).replace("FOLDER", folder.toString());
        for (var name : List.of("a", "b", "c")) {
            text = text.replaceAll("server " + name + "\\b", "server " + name + " 127.0.0.1:" + server.port(name));
        }
        return text.replaceAll("server x\\b", "server x 127.0.0.1:" + refusing);
    }

    private static final String CONFIGURATION = """
            global
              nbthread 1
            defaults
              mode http
              timeout connect 5s
              timeout client 20s
              timeout server 20s
              timeout http-request 20s
              timeout queue 20ms
              default-server pool-purge-delay 1h
            frontend front
              bind LISTEN
              use_backend %[path,field(2,/)] if { path_beg / }
              default_backend plain
            backend plain
              server a
            backend robin
              server a weight 1
              server b weight 3
              server c weight 2
            backend static
              balance static-rr
              server a weight 2
              server b weight 3
            backend least
              balance leastconn
              server a
              server b weight 3
              server c
            backend first
              balance first
              server a
              server b
            backend uri
              balance uri depth 2
              server a
              server b
              server c weight 3
            backend header
              balance hdr(X-Kind)
              hash-type consistent
              server a
              server b
              server c
            backend parameter
              balance url_param x
              server a
              server b
            backend hash
              balance hash req.hdr(host),lower
              hash-type map-based djb2 avalanche
              server a
              server b
              server c
            backend redispatch
              balance static-rr
              option redispatch
              server x
              server a
            backend retries
              balance first
              retries 1
              option redispatch 1
              server x
              server b
            backend repeats
              retry-on all-retryable-errors
              retries 2
              server a
              server b
            backend statuses
              retry-on 503 500 conn-failure
              retries 1
              option redispatch
              server a
              server b
            backend insert
              cookie SRV insert indirect nocache httponly
              server a cookie s1
              server b cookie s2
            backend preserve
              cookie SRV insert preserve postonly domain .example
              server a cookie s1
              server b cookie s2
            backend rewrite
              cookie SRV rewrite
              server a cookie s1
              server b cookie s2
            backend prefix
              cookie id prefix nocache
              server a cookie s1
              server b cookie s2
            backend requests
              http-request set-header X-Set %[method]-%[req.hdr(x-kind)]
              http-request add-header X-Add %[path,lower]
              http-request add-header X-Add two
              http-request del-header X-Real-IP
              http-request del-header x-d -m beg
              http-request replace-header User-Agent ^(.*)\\(b(.*)$ \\1-\\2
              http-request replace-value X-Kind ^b(.*)$ <\\1>
              http-request set-method POST if METH_DELETE
              http-request set-var(txn.kind) req.hdr(x-kind)
              http-request set-header X-Var %[var(txn.kind),length] if { var(txn.kind) -m found }
              http-request set-header X-Count %[req.hdr_cnt(x-kind)]
              http-request set-header X-Query %[query] if { query -m found }
              server a
            backend lines
              http-request replace-path ^/lines/(.*)$ /\\1
              http-request set-query added=1&%[query] if { query -m found }
              http-request set-path /root%[path] if METH_PUT
              server a
            backend answers
              http-request deny if { path_beg /answers/deny } METH_GET
              http-request deny deny_status 429 if { path_beg /answers/deny } METH_POST
              http-request return status 200 content-type text/plain lf-string \"%[path] %[query]\" if { path_beg /answers/return }
              http-request redirect location /there?%[query] code 301 if { path_beg /answers/redirect } METH_GET
              http-request redirect prefix http://x.example drop-query append-slash set-cookie S=1 if { path_beg /answers/redirect } METH_PUT
              http-request redirect scheme https if { path_beg /answers/redirect } METH_POST
              http-request auth realm Mine unless { hdr(authorization) -m found }
              http-response deny if { status 404 }
              http-response return status 200 content-type text/plain string changed if { status 500 }
              server a
            backend responses
              http-response set-header X-Status %[status]
              http-response del-header X-A
              http-response replace-header Set-Cookie ^(.*);(.*)$ \\1
              http-response replace-value Cache-Control ^no.*$ public
              http-response set-status 202 if { status 201 }
              http-response add-header X-Type %[res.hdr(content-type)] if { res.hdr(content-type) -m found }
              http-after-response set-header X-After %[status]
              server a
            backend pages
              errorfile 503 FOLDER/503.http
              errorloc302 502 /sorry
              http-request deny deny_status 503 if METH_OPTIONS
              http-error status 403 content-type text/plain string \"go away\"
              http-request deny if METH_PUT
              server a
            backend closing
              option httpclose
              server a
            backend keeping
              option http-server-close
              server a
            backend forwarded
              option forwardfor
              option originalto header X-Original-To
              server a
            backend conditions
              acl kind hdr(x-kind) -m beg a
              acl number hdr_val(x-number) ge 10
              acl odd path_reg ^/conditions/.*[%~]
              acl local src 127.0.0.0/8
              http-request set-header Is-Kind 1 if kind local
              http-request set-header Is-Number 1 if number or odd
              http-request set-header Is-Neither 1 unless kind or number
              http-request set-header Is-Cookie %[req.cook(a)] if { req.cook_cnt(a) gt 0 }
              http-request set-header Is-Base %[base]
              http-request set-header Is-Url %[url]
              http-request set-header Is-Parameter %[urlp(x)] if { urlp(x) -m found }
              server a
            backend full
              server a maxconn 1
              timeout server 600s
            backend down
              retries 0
              server x
            backend empty
            backend slow
              http-request set-header X-Reply silent
              timeout server 250ms
              server a
            """;
}
