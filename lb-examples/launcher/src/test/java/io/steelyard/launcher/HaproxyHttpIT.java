package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.RealProgram;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One haproxy.cfg in mode http, run by HAProxy and by {@code lb run} before the same servers: what clients get and what servers got is
 * compared: status, header fields, body, the order of servers.
 */
@Timeout(300)
class HaproxyHttpIT {
    private static final int TRIES = 3;

    /** What is asked of each proxy; each text one connection. */
    private static final Map<String, List<String>> REQUESTS = new LinkedHashMap<>();

    /** Each has a listener of its own; {@code A} to {@code C} are servers, {@code X} is an address nobody listens on. */
    private static final Map<String, String> PROXIES = new LinkedHashMap<>();

    private static void proxy(String name, String lines, String... requests) {
        PROXIES.put(name, lines);
        REQUESTS.put(name, List.of(requests));
    }

    private static String get(String path, String... fields) {
        return "GET " + path + " HTTP/1.1\r\nHost: www.example.com\r\n" + lines(fields) + "\r\n";
    }

    private static String post(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: www.example.com\r\nContent-Length: " + body.length()
                + "\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\n" + body;
    }

    private static String lines(String... fields) {
        return fields.length == 0 ? "" : String.join("\r\n", fields) + "\r\n";
    }

    private static String[] times(int count, String request) {
        return IntStream.range(0, count).mapToObj(i -> request).toArray(String[]::new);
    }

    static {
        proxy(
                "plain",
                "server a A",
                get("/"),
                get("/x?y=z", "X-Mine: 1", "X-Mine: 2", "Accept: a, b"),
                "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 5\r\n\r\nhello",
                "HEAD /h HTTP/1.1\r\nHost: h\r\n\r\n",
                get("/status/404"),
                get("/close"),
                get("/garbage"),
                get("/a%20b/../c//d"),
                "NONSENSE\r\n\r\n",
                get("/under", "A_B: 1"));
        proxy("down", "server x X|retries 0", get("/"));
        proxy("none", "http-request set-header A b", get("/"));
        proxy("redispatch", "option redispatch|server x X|server b B", times(4, get("/")));
        proxy("roundrobin", "server a A weight 1|server b B weight 3|server c C weight 6", times(20, get("/")));
        proxy("static", "balance static-rr|server a A weight 2|server b B weight 3", times(10, get("/")));
        proxy("leastconn", "balance leastconn|server a A|server b B weight 3|server c C", times(7, get("/")));
        proxy("uri", "balance uri|server a A|server b B|server c C weight 9", paths());
        proxy("uri-depth", "balance uri len 12 depth 2|hash-type consistent|server a A|server b B|server c C", paths());
        proxy(
                "uri-whole",
                "balance uri whole|hash-type map-based djb2 avalanche|server a A|server b B|server c C",
                paths());
        proxy("param", "balance url_param u|server a A|server b B|server c C", paths());
        proxy(
                "posted",
                "balance url_param u check_post|server a A|server b B|server c C",
                post("/", "u=1"),
                post("/", "u=22"),
                post("/", "a=b&u=333&c=d"),
                post("/?u=22", "u=1"),
                post("/", "u=4 u=5"),
                post("/", "xu=1&u=9"),
                post("/", "u=a/b"),
                post("/", "v=1"),
                post("/", ""),
                post("/", "v=" + "x".repeat(10_000) + "&u=7"),
                get("/"),
                get("/?u=7"));
        proxy(
                "header",
                "balance hdr(X-Key)|hash-type consistent|server a A|server b B|server c C",
                get("/", "X-Key: one"),
                get("/", "X-Key: two"),
                get("/", "X-Key: three"),
                get("/", "X-Key: four"),
                get("/"),
                get("/"));
        proxy(
                "domain",
                "balance hdr(Host) use_domain_only|server a A|server b B|server c C",
                "GET / HTTP/1.1\r\nHost: www.one.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: www.two.example\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: www.three.example\r\n\r\n");
        proxy(
                "hash",
                "balance hash req.hdr_ip(x-client,-1),ipmask(24)|server a A|server b B|server c C",
                get("/", "X-Client: 10.0.0.1"),
                get("/", "X-Client: 10.0.0.9"),
                get("/", "X-Client: 10.0.7.1"),
                get("/", "X-Client: 1.2.3.4, 10.9.9.9"));
        proxy(
                "fields",
                "http-request set-header X-Set %[src]:%[dst_port]x|http-request add-header X-Add one"
                        + "|http-request add-header X-Add %[req.hdr(host),upper]|http-request del-header X-Gone"
                        + "|http-request replace-header X-Rep ^(a+)b(.*)$ \\2-\\1|http-request replace-value X-Val ^b c"
                        + "|http-request del-header x-inter -m beg|http-response set-header X-Res %[status]"
                        + "|http-response del-header Set-Cookie|http-response add-header X-Srv %s"
                        + "|http-after-response set-header X-After yes|server a A",
                get(
                        "/",
                        "X-Gone: 1",
                        "X-Rep: aaabcd",
                        "X-Val: a, bb, cb, b",
                        "X-Inter-One: 1",
                        "X-Set: theirs",
                        "X-Set: again"));
        proxy(
                "lines",
                "http-request set-path /new%[path] if { path_beg /set }|http-request set-query a=b if { path_end .q }"
                        + "|http-request replace-path ^/old/(.*)$ /fresh/\\1|http-request replace-uri ^/u/(.*) /v/\\1"
                        + "|http-request set-method PUT if { path /put }|http-request set-uri /whole?x=1 if { path /uri }"
                        + "|http-request replace-pathq ^/pq/(.*)$ /qp/\\1&z=1|http-request set-pathq /spq?%[query] if { path /spq }"
                        + "|server a A",
                get("/set/it?q=1"),
                get("/f.q"),
                get("/f.q?old=1"),
                get("/old/thing?q"),
                get("/u/v?w"),
                get("/put"),
                get("/uri"),
                get("/pq/a?b=c"),
                get("/spq?m=n"));
        proxy(
                "answers",
                "http-request deny if { path /deny }|http-request deny deny_status 429 if { path /429 }"
                        + "|http-request return status 200 content-type text/plain string \"hello you\" if { path /ret }"
                        + "|http-request return status 404 content-type text/html lf-string \"<p>%[path]</p>\" hdr X-A %[src] if { path /lf }"
                        + "|http-request auth realm Private if { path /auth }|http-request tarpit if { path /tar }"
                        + "|timeout tarpit 100ms|http-request redirect location /there code 301 if { path /loc }"
                        + "|http-request redirect prefix https://x.example if { path_beg /pre }"
                        + "|http-request redirect scheme https code 307 if { path_beg /sch }"
                        + "|http-request redirect prefix /p drop-query append-slash set-cookie S=1 if { path_beg /dq }"
                        + "|redirect location /late code 303 if { path /late }|http-response deny if { path /resdeny }"
                        + "|http-response deny if { status 418 }|http-request return status 503 if { path /e }|server a A",
                get("/deny"),
                get("/429"),
                get("/ret"),
                get("/lf"),
                get("/auth"),
                get("/tar"),
                get("/loc"),
                get("/pre/x?y=1"),
                get("/sch/x?y=1"),
                get("/dq/x?y=1"),
                get("/late"),
                get("/status/418"),
                get("/e"),
                get("/passes"));
        proxy(
                "acls",
                "acl api path_beg /api|acl api path_beg /rest|acl post method POST|acl local src 127.0.0.0/8"
                        + "|acl name hdr_dom(host) example.com|acl num req.hdr_val(x-n) ge 5|acl two hdr_cnt(x-m) eq 2"
                        + "|acl reg path_reg ^/r[0-9]+$|acl ck req.cook(id) -m str 42|acl par url_param(p) -m sub bc"
                        + "|http-request set-header R-Api 1 if api !post|http-request set-header R-Local 1 if local name"
                        + "|http-request set-header R-Num 1 if num or two|http-request set-header R-Reg 1 if reg"
                        + "|http-request set-header R-Ck 1 if ck|http-request set-header R-Par 1 unless par"
                        + "|http-request set-var(txn.v) path,lower|http-request set-header R-Var %[var(txn.v)]"
                        + "|http-request set-var-fmt(txn.w) %[method]-%[var(txn.v)]|http-request set-header R-W %[var(txn.w),upper]"
                        + "|http-request set-header R-Base %[base]|http-request set-header R-Url %[url]|http-request set-header R-Q \"%[query]\""
                        + "|http-request set-header R-N %[nbsrv] if { nbsrv ge 1 }|http-request set-header R-Ssl %[ssl_fc]|http-request set-header R-None %[req.hdr(none)]|http-request set-header R-Cnt %[req.hdr_cnt(x-m)]|http-request set-header R-Ip %[req.hdr_ip(x-ip)] if { req.hdr_ip(x-ip) 10.0.0.0/8 }"
                        + "|http-request allow if { path /allow }|http-request set-header R-Last 1|server a A",
                get("/api/x"),
                get("/REST", "X-N: 7"),
                get("/rest/y", "X-N: 3", "X-M: 1, 2"),
                get("/r12?p=abcd", "Cookie: a=b; id=42"),
                "POST /api HTTP/1.1\r\nHost: other.example\r\nContent-Length: 1\r\n\r\nx",
                get("/allow"));
        proxy(
                "chosen",
                "use_backend other if { path_beg /b }|use_backend %[req.hdr(x-to)] if { req.hdr(x-to) -m found }|use_backend nobody if { path /x }"
                        + "|server a A",
                get("/a"),
                get("/b"),
                get("/c", "X-To: third"),
                get("/c", "X-To: unknown"),
                get("/x"));
        proxy(
                "forwarded",
                "option forwardfor|option originalto|server a A",
                get("/"),
                get("/", "X-Forwarded-For: 1.2.3.4"));
        proxy("except", "option forwardfor except 127.0.0.0/8 header X-Client|server a A", get("/"));
        proxy(
                "ifnone",
                "option forwardfor if-none header X-Client|server a A",
                get("/"),
                get("/", "X-Client: 9.9.9.9"));
        proxy("closing", "option httpclose|server a A", get("/") + get("/second"));
        proxy("keeping", "option http-server-close|server a A", get("/") + get("/second"));
        proxy(
                "monitor",
                "monitor-uri /alive|monitor fail if { nbsrv(nobody) lt 1 }|server a A",
                get("/alive"),
                get("/x"));
        proxy(
                "errorloc",
                "errorloc 503 /sorry|errorloc303 403 http://h/|http-request deny if { path /d }",
                get("/"),
                get("/d"));
        proxy(
                "errorfile",
                "errorfile 503 F/503.http|http-error status 403 content-type text/plain string \"go away\"|http-request deny if { path /d }",
                get("/"),
                get("/d"));
        proxy("slow", "timeout server 200ms|server a H", get("/"));
        proxy(
                "redir",
                "server a A redir http://www.example.net",
                get("/x?y"),
                "POST /p HTTP/1.1\r\nHost: h\r\nContent-Length: 2\r\n\r\nab");
        proxy("request", "timeout http-request 200ms|server a A", "GET / HTTP/1.1\r\nHost: h\r\n");
        proxy("retry-on", "retry-on empty-response|retries 1|server a A", get("/close"));
        proxy("retry-status", "retry-on 503|retries 1|server a A", get("/status/503"));
        proxy(
                "cookie-insert",
                "cookie SRV insert indirect nocache httponly|server a A cookie s1|server b B cookie s2",
                get("/"),
                get("/"),
                get("/", "Cookie: x=1; SRV=s2; y=2"),
                get("/", "Cookie: SRV=s2"),
                get("/", "Cookie: SRV=gone"));
        proxy(
                "cookie-prefix",
                "cookie id prefix|server a A cookie s1|server b B cookie s2",
                get("/"),
                get("/", "Cookie: id=s2~42"),
                get("/", "Cookie: id=s9~42"));
        proxy(
                "cookie-rewrite",
                "cookie id rewrite|server a A cookie s1|server b B cookie s2",
                get("/"),
                get("/", "Cookie: id=s2"));
        proxy(
                "users",
                "http-request auth realm Mine unless { http_auth(people) }|server a A",
                get("/"),
                get("/", "Authorization: Basic bWQ1OnNlY3JldA=="),
                get("/", "Authorization: Basic c2hhMjU2OnNlY3JldA=="),
                get("/", "Authorization: Basic c2hhNTEyOnNlY3JldA=="),
                get("/", "Authorization: Basic Y2xlYXI6c2VjcmV0"),
                get("/", "Authorization: Basic c2hhNTEyOm90aGVy"));
        proxy(
                "use-server",
                "cookie SRV insert indirect|use-server b if { path_beg /b }|use-server %[req.hdr(x-srv)] if { req.hdr(x-srv) -m found }"
                        + "|http-send-name-header X-Name|server a A cookie s1|server b B cookie s2|server c C cookie s3",
                get("/b"),
                get("/b", "Cookie: SRV=s1"),
                get("/", "X-Srv: c"),
                get("/", "X-Srv: c", "Cookie: SRV=s3"),
                get("/", "X-Srv: nobody"),
                get("/", "X-Srv: nobody", "Cookie: SRV=s2"));
        proxy(
                "ignored",
                "cookie SRV insert indirect|ignore-persist if { path_beg /i }|stick-table type string len 9 size 100"
                        + "|stick on req.hdr(x-user)|server a A cookie s1|server b B cookie s2",
                get("/", "Cookie: SRV=s2"),
                get("/i", "Cookie: SRV=s2"),
                get("/i", "Cookie: SRV=s2"),
                get("/i", "Cookie: SRV=s2", "X-User: u"),
                get("/i", "Cookie: SRV=s2", "X-User: u"),
                get("/i", "X-User: u"));
        proxy(
                "forced",
                "cookie SRV insert indirect|force-persist if { path_beg /f }|retries 0"
                        + "|server a A cookie s1|server x X cookie s2 disabled",
                get("/f", "Cookie: SRV=s2"),
                get("/", "Cookie: SRV=s2"));
        proxy(
                "stick-header",
                "stick-table type string len 4 size 100 expire 1m|stick on req.hdr(x-user),lower if { path_beg /s }"
                        + "|server a A|server b B|server c C",
                get("/s", "X-User: one"),
                get("/s", "X-User: two"),
                get("/s", "X-User: ONE"),
                get("/s", "X-User: two"),
                get("/n", "X-User: two"),
                get("/s", "X-User: threes"),
                get("/s", "X-User: three"),
                get("/s"));
        proxy(
                "stick-answer",
                "stick-table type string size 100|stick store-response res.cook(id)|stick match req.cook(id)"
                        + "|server a A|server b B|server c C",
                get("/", "Cookie: id=42"),
                get("/", "Cookie: id=42"),
                get("/", "Cookie: id=43"),
                get("/", "Cookie: id=42"),
                get("/", "Cookie: id=42"));
        proxy(
                "stick-request",
                "stick store-request path table keys|stick match path,regsub(^/again,/) table keys|server a A|server b B",
                get("/p"),
                get("/q"),
                get("/p"),
                get("/again/p"));
        proxy("rejected", "tcp-request connection reject if { src 127.0.0.0/8 }|server a A", get("/"));
        proxy(
                "captured",
                "capture request header User-Agent len 4|http-request set-header R-C %[capture.req.hdr(0)]|server a A",
                get("/", "User-Agent: curlish"));
        proxy("unique", "unique-id-format %{+X}o-id-%[rand(1)]|unique-id-header X-Unique|server a A", get("/"));
    }

    private static String[] paths() {
        return List.of(
                        "/",
                        "/a",
                        "/a/b/c/d?u=1",
                        "/longer/path/x.html?u=22",
                        "/img/1.png",
                        "/img/2.png?u=7&u=8",
                        "/z?v=1")
                .stream()
                .map(path -> get(path))
                .toArray(String[]::new);
    }

    /** The password of each is "secret". */
    private static final String USERS = """
            userlist people
             user md5 password $1$saltsalt$9xy1btjgzLYfb7hivXtC//
             user sha256 password $5$saltsalt$0IyaXrmV7.sGNS6tirgqHLqX/G.FBvgkYA.lpPdS5sA
             user sha512 password $6$saltsalt$TVLlQcbpFVof5W3Yz4DTP6gRstiNuHwwTt6GLc1E5n0U0aDehy0S5knV8wiOQSpT0Y77vwPZN.Pq.H91p5hVO1
             user clear insecure-password secret
            """;

    @TempDir
    private Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final Map<String, Integer> servers = new LinkedHashMap<>();

    @AfterEach
    void closeAll() throws Exception {
        for (int i = opened.size() - 1; i >= 0; i--) {
            opened.get(i).close();
        }
    }

    @Test
    void clientsAndServersSeeTheSame() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "HAProxy is not installed");
        startServers();
        Files.writeString(
                folder.resolve("503.http"),
                "HTTP/1.1 503 Very Sorry\r\nContent-Type: text/plain\r\nX-From: file\r\nContent-Length: 6\r\n\r\nsorry\n");
        var haproxy = keep(RealProgram.haproxy(folder, PROXIES.size(), this::configuration));
        var theirs = served(
                IntStream.range(0, PROXIES.size()).mapToObj(haproxy::port).toList());
        haproxy.close();
        var ours = served(startLb());
        for (var proxy : PROXIES.keySet()) {
            assertThat(ours.get(proxy)).as(proxy).isEqualTo(theirs.get(proxy));
        }
    }

    /** Each line of the log is compared but for times, ports, counts of connections and bytes. */
    @Test
    void linesOfTheLogAreTheSame() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "HAProxy is not installed");
        startServers();
        try (var log = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            log.setSoTimeout(30_000);
            var haproxy = keep(RealProgram.haproxy(folder, 3, ports -> logged(ports, log.getLocalPort())));
            var theirs =
                    loggedLines(IntStream.range(0, 3).mapToObj(haproxy::port).toList(), log);
            haproxy.close();
            var ours = loggedLines(startLb(ports -> logged(ports, log.getLocalPort()), 3), log);
            assertThat(ours).isEqualTo(theirs);
            assertThat(ours.getFirst())
                    .isEqualTo(
                            "<134> ADDRESS [T] one one/a T 200 B C=c - ---- N/0 0/0 {www.e|} {a} \"GET /x?y HTTP/1.1\"");
        }
    }

    private String logged(List<Integer> ports, int log) {
        return addresses("""
                global
                  nbthread 1
                  log 127.0.0.1:%d local0 info
                defaults
                  log global
                  mode http
                  timeout client 60s
                  timeout connect 60s
                  timeout server 60s
                listen one
                  bind 127.0.0.1:%d
                  option httplog
                  capture request header Host len 5
                  capture request header X-None len 5
                  capture response header X-Server len 9
                  capture cookie C len 9
                  http-request deny if { path /deny }
                  http-request redirect location /x if { path /red }
                  server a A
                listen two
                  bind 127.0.0.1:%d
                  option httplog
                  timeout server 300ms
                  retries 1
                  option redispatch
                  server x X
                  server h H
                listen three
                  bind 127.0.0.1:%d
                  log-format "%%ci %%f %%b/%%s %%ST %%tsc %%{+Q}r %%HM %%HP %%HQ %%HV %%rc %%[src_port,bool] %%[var(txn.none)] x"
                  server a A
                """.formatted(log, ports.get(0), ports.get(1), ports.get(2)));
    }

    private static List<String> loggedLines(List<Integer> ports, DatagramSocket log) throws IOException {
        var lines = new ArrayList<String>();
        for (var path : List.of("/x?y", "/deny", "/red", "/close", "/status/404")) {
            // HAProxy redirects before it captures a cookie.
            lines.add(logged(ports.get(0), path.equals("/red") ? get(path) : get(path, "Cookie: C=c"), log));
        }
        lines.add(logged(ports.get(0), "NONSENSE\r\n\r\n", log));
        lines.add(logged(ports.get(1), get("/"), log));
        lines.add(logged(ports.get(2), get("/a/b?c=d"), log));
        return lines;
    }

    private static String logged(int port, String request, DatagramSocket log) throws IOException {
        ask(port, request);
        var packet = new DatagramPacket(new byte[4_096], 4_096);
        log.receive(packet);
        return new String(packet.getData(), 0, packet.getLength(), StandardCharsets.ISO_8859_1)
                .strip()
                .replaceFirst("^<(\\d+)>.*?: ", "<$1> ")
                .replaceFirst("127\\.0\\.0\\.1:\\d+ \\[.*?]", "ADDRESS [T]")
                .replaceFirst(" (-?\\d+/){4}\\+?-?\\d+ (\\d{3}) \\d+ ", " T $2 B ")
                .replaceFirst(" (\\d+/){4}", " N/");
    }

    // ---- the stage

    private void startServers() throws IOException {
        for (var name : List.of("a", "b", "c")) {
            servers.put(
                    name.toUpperCase(Locale.ROOT), keep(new EchoServer(name)).port());
        }
        // Bound and never listening: connections are refused, and nobody else gets the port.
        var refusing = keep(new Socket());
        refusing.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        servers.put("X", refusing.getLocalPort());
        // The kernel accepts, and nobody answers.
        servers.put(
                "H",
                keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress())).getLocalPort());
    }

    private String configuration(List<Integer> ports) {
        var text = new StringBuilder(
                "global\n nbthread 1\ndefaults\n mode http\n timeout connect 5s\n timeout client 60s\n"
                        + " timeout server 60s\n");
        int next = 0;
        for (var proxy : PROXIES.entrySet()) {
            text.append("listen ").append(proxy.getKey());
            text.append("\n bind 127.0.0.1:").append(ports.get(next++)).append('\n');
            for (var line : proxy.getValue().split("\\|")) {
                text.append(' ').append(addresses(line)).append('\n');
            }
        }
        return text
                + addresses(
                        "backend other\n server b B\nbackend third\n http-request set-header X-Third 1\n server c C\n")
                + "backend nobody\nbackend keys\n stick-table type string len 20 size 100\n" + USERS;
    }

    private String addresses(String line) {
        var text = line.replace(" F/", " " + folder + "/");
        for (var server : servers.entrySet()) {
            text = text.replaceAll(
                    "(server [a-z]) " + server.getKey() + "( |$|\n)", "$1 127.0.0.1:" + server.getValue() + "$2");
        }
        return text;
    }

    private List<Integer> startLb() throws Exception {
        return startLb(this::configuration, PROXIES.size());
    }

    private List<Integer> startLb(Function<List<Integer>, String> sections, int count) throws Exception {
        for (int attempt = 1; ; attempt++) {
            var ports = freePorts(count);
            var file = Files.writeString(folder.resolve("lb.cfg"), sections.apply(ports));
            var lb = keep(LbProcess.start("run", file.toString()));
            try {
                for (int port : ports) {
                    lb.awaitOut(line -> line.contains("127.0.0.1:" + port + " "));
                }
                return ports;
            } catch (AssertionError failed) {
                // Another program may have taken a port between our asking for it and its use.
                if (attempt == TRIES) {
                    throw failed;
                }
                lb.close();
            }
        }
    }

    private static List<Integer> freePorts(int count) throws IOException {
        var sockets = new ArrayList<ServerSocket>();
        for (int i = 0; i < count; i++) {
            sockets.add(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        }
        var ports = sockets.stream().map(ServerSocket::getLocalPort).toList();
        for (var socket : sockets) {
            socket.close();
        }
        return ports;
    }

    private Map<String, List<String>> served(List<Integer> ports) throws IOException {
        var all = new LinkedHashMap<String, List<String>>();
        int next = 0;
        for (var proxy : PROXIES.keySet()) {
            int port = ports.get(next++);
            var answers = new ArrayList<String>();
            for (var request : REQUESTS.get(proxy)) {
                var answer = ask(port, request);
                answers.add(request.lines().findFirst().orElse("") + "\n"
                        + answer.replace(":" + port, ":PORT").replace(port + "x", "PORTx"));
            }
            all.put(proxy, answers);
        }
        return all;
    }

    /** All that comes until the end of as many answers as there were requests, or of the connection: fields in order of their names. */
    private static String ask(int port, String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", port)) {
            socket.setSoTimeout(60_000);
            try {
                socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            } catch (IOException reset) {
                return "closed\n";
            }
            int wanted = Math.max(1, request.split(" HTTP/1", -1).length - 1);
            var text = new StringBuilder();
            for (int i = 0; i < wanted; i++) {
                text.append(answer(socket, request.startsWith("HEAD")));
            }
            return text.toString();
        }
    }

    private static String answer(Socket socket, boolean isHead) throws IOException {
        var head = new ArrayList<String>();
        var line = new ByteArrayOutputStream();
        while (true) {
            int c;
            try {
                c = socket.getInputStream().read();
            } catch (IOException reset) {
                c = -1;
            }
            if (c < 0) {
                return "closed\n";
            }
            if (c != '\n') {
                line.write(c);
                continue;
            }
            var text = line.toString(StandardCharsets.ISO_8859_1).strip();
            line.reset();
            if (text.isEmpty()) {
                break;
            }
            int colon = head.isEmpty() ? -1 : text.indexOf(':');
            head.add(colon < 0 ? text : text.substring(0, colon).toLowerCase(Locale.ROOT) + text.substring(colon));
        }
        var status = head.removeFirst();
        int length = 0;
        for (var field : head) {
            if (field.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                length = Integer.parseInt(field.substring(15).strip());
            }
        }
        head.sort(String::compareTo);
        var body = new String(socket.getInputStream().readNBytes(isHead ? 0 : length), StandardCharsets.ISO_8859_1);
        return status + "\n" + String.join("\n", head) + "\n\n" + body + "\n";
    }

    private <T extends AutoCloseable> T keep(T closeable) {
        opened.add(closeable);
        return closeable;
    }
}
