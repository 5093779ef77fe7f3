package io.steelyard.launcher.difference;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.LoadBalancer;
import io.steelyard.api.plugin.Plugins;
import io.steelyard.config.ConfigurationFiles;
import io.steelyard.core.Steelyard;
import io.steelyard.tck.FreePort;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One nginx.conf, whose access log tells every variable, run by nginx and by us: for each connection the same lines are written, value by
 * value; of times, dates and numbers of connections the form is compared.
 */
@Timeout(600)
class NginxLogIT {
    private static final int CONNECTIONS = Integer.getInteger("steelyard.connections", 800);
    private static final long SEED = Long.getLong("steelyard.seed", 1);
    private static final String MARK = "/mark/";

    private static final List<String> VARIABLES = List.of(
            "request",
            "status",
            "uri",
            "document_uri",
            "request_uri",
            "request_method",
            "args",
            "query_string",
            "is_args",
            "arg_a",
            "arg_x",
            "host",
            "scheme",
            "https",
            "http2",
            "server_name",
            "server_protocol",
            "server_addr",
            "server_port",
            "remote_addr",
            "remote_port",
            "binary_remote_addr",
            "realip_remote_addr",
            "realip_remote_port",
            "remote_user",
            "content_length",
            "content_type",
            "cookie_a",
            "cookie_c",
            "http_host",
            "http_user_agent",
            "http_referer",
            "http_accept_language",
            "http_x_empty",
            "http_x_spaces",
            "http_x_case",
            "http_connection",
            "request_length",
            "request_time",
            "request_completion",
            "request_id",
            "connection",
            "connection_requests",
            "connection_time",
            "pipe",
            "pid",
            "hostname",
            "msec",
            "time_local",
            "time_iso8601",
            "body_bytes_sent",
            "bytes_sent",
            "sent_http_content_type",
            "sent_http_content_length",
            "sent_http_location",
            "sent_http_connection",
            "sent_http_transfer_encoding",
            "sent_http_x_front",
            "sent_http_x_a",
            "sent_http_last_modified",
            "sent_http_cache_control",
            "sent_http_etag",
            "sent_trailer_x_t",
            "limit_conn_status",
            "limit_req_status",
            "proxy_host",
            "proxy_port",
            "proxy_add_x_forwarded_for",
            "proxy_protocol_addr",
            "proxy_protocol_port",
            "proxy_protocol_server_addr",
            "proxy_protocol_server_port",
            "upstream_addr",
            "upstream_status",
            "upstream_connect_time",
            "upstream_header_time",
            "upstream_response_time",
            "upstream_response_length",
            "upstream_bytes_sent",
            "upstream_bytes_received",
            "upstream_http_content_type",
            "upstream_http_x_a",
            "upstream_http_server",
            "upstream_cookie_a",
            "upstream_trailer_x_t",
            "upstream_cache_status",
            "ssl_protocol",
            "ssl_cipher",
            "ssl_server_name",
            "ssl_client_verify",
            "ssl_session_reused",
            "kind",
            "mark");

    private static final List<String> PLACES = List.of(
            "/",
            "/plain",
            "/retry/",
            "/dead/",
            "/marked/",
            "/down/",
            "/next/",
            "/limited/",
            "/again/",
            "/again-twice/",
            "/fallback/",
            "/page/",
            "/rewrite/a",
            "/return/",
            "/redirect/",
            "/nothing/",
            "/small/",
            "/denied/",
            "/unbuffered/",
            "/from/",
            "/slow/",
            "/http10/",
            "/once/",
            "/held/");

    private static final List<String> REPLIES = List.of(
            "plain",
            "bare",
            "empty",
            "chunked",
            "trailers",
            "until-end",
            "none",
            "same",
            "partial",
            "error",
            "missing",
            "busy",
            "many",
            "moved-away",
            "created",
            "cookies",
            "names",
            "media",
            "odd-status",
            "short",
            "large",
            "error,plain",
            "busy,missing,plain",
            "busy,busy",
            "missing,busy,plain");

    private static final List<ClientFault> FAULTS = List.of(
            ClientFault.HEAD_CUT,
            ClientFault.BOTH_LENGTHS,
            ClientFault.DIFFERENT_LENGTHS,
            ClientFault.SIGNED_LENGTH,
            ClientFault.CHUNK_NOT_HEXADECIMAL,
            ClientFault.TWO_HOSTS,
            ClientFault.NO_HOST,
            ClientFault.HOST_WITH_SLASH,
            ClientFault.LONG_TARGET,
            ClientFault.LONG_FIELD,
            ClientFault.BAD_METHOD,
            ClientFault.NO_HTTP,
            ClientFault.VERSION_2_0,
            ClientFault.TRACE);

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
            0,
            Set.of());

    @TempDir
    private Path folder;

    @Test
    void linesAreThoseOfNginx() throws Exception {
        assumeTrue(RealProgram.hasNginx(), "nginx is not installed");
        try (var server = new RecordingServer("a", "b");
                var refusing = new Socket();
                var refusingToo = new Socket()) {
            refusing.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            refusingToo.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            var ports = new TreeMap<Integer, String>();
            ports.put(server.port("a"), "A");
            ports.put(server.port("b"), "B");
            ports.put(refusing.getLocalPort(), "REFUSING");
            ports.put(refusingToo.getLocalPort(), "TOO");
            var theirLog = folder.resolve("theirs.log");
            var ourLog = folder.resolve("ours.log");
            int ourPort = FreePort.tcp();
            try (var nginx = RealProgram.nginx(folder, 1, given -> http(given.getFirst(), ports, theirLog));
                    var ours = start(http(ourPort, ports, ourLog))) {
                assertThat(ours.configuration().virtualServers()).hasSize(1);
                int theirPort = nginx.port(0);
                var requests = send(server, theirPort, ourPort);
                compare(requests, lines(theirLog, theirPort, ports), lines(ourLog, ourPort, ports));
            }
        }
    }

    /** Of a connection, without what is known to be answered otherwise than by nginx. */
    private static List<RequestMaker.Request> sendable(RequestMaker maker, int number) {
        while (true) {
            var made = maker.connection(number);
            if (made.stream()
                    .map(RequestMaker.Request::text)
                    .noneMatch(text -> text.contains("Expect: ")
                            || text.contains(" //%2e%2e/")
                            || NginxDifference.hasFieldTwice(text))) {
                return made;
            }
        }
    }

    /** Sends the same to both, a marked request behind each connection's. */
    private static List<List<RequestMaker.Request>> send(RecordingServer server, int theirPort, int ourPort) {
        var maker = new RequestMaker(WORDS, SEED);
        var all = new ArrayList<List<RequestMaker.Request>>();
        for (int i = 0; i < CONNECTIONS; i++) {
            var sent = sendable(maker, i);
            all.add(sent);
            for (int port : List.of(theirPort, ourPort)) {
                Outcome.of(port, sent, server);
                var mark = "GET " + MARK + i + " HTTP/1.1\r\nHost: main.example\r\nConnection: close\r\n\r\n";
                Conversation.answers(
                        port,
                        List.of(new RequestMaker.Request("", "GET", MARK, "", List.of(mark), true, ClientFault.NONE)));
            }
        }
        return all;
    }

    /** The lines of each connection. */
    private static List<List<LogLine>> lines(Path log, int port, Map<Integer, String> ports) throws IOException {
        var last = MARK + (CONNECTIONS - 1) + " ";
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Files.exists(log)
                        && Files.readString(log, StandardCharsets.ISO_8859_1).contains(last));
        var names = new TreeMap<>(ports);
        names.put(port, "PORT");
        var found = new ArrayList<List<LogLine>>();
        var current = new ArrayList<LogLine>();
        for (var text : Files.readAllLines(log, StandardCharsets.ISO_8859_1)) {
            var line = LogLine.parse(text).normal(names);
            if (line.value("request").contains(" " + MARK)) {
                found.add(List.copyOf(current));
                current.clear();
            } else {
                current.add(line);
            }
        }
        return found;
    }

    private static void compare(
            List<List<RequestMaker.Request>> requests, List<List<LogLine>> theirs, List<List<LogLine>> ours) {
        assertThat(theirs).hasSize(CONNECTIONS);
        assertThat(ours).hasSize(CONNECTIONS);
        var unknown = new TreeMap<String, List<String>>();
        var known = new TreeMap<NginxLogDifference, Integer>();
        int count = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            var sent = requests.get(i);
            count += theirs.get(i).size();
            if (theirs.get(i).size() != ours.get(i).size()) {
                unknown.computeIfAbsent(
                                sent.getLast().fault() + ": " + theirs.get(i).size() + " / "
                                        + ours.get(i).size() + " lines",
                                absent -> new ArrayList<>())
                        .add(sent + "\n  " + theirs.get(i) + "\n  " + ours.get(i));
                continue;
            }
            for (int k = 0; k < theirs.get(i).size(); k++) {
                var request = sent.get(Math.min(k, sent.size() - 1));
                var their = theirs.get(i).get(k);
                var our = ours.get(i).get(k);
                for (var name : their.values().keySet()) {
                    if (!their.value(name).equals(our.value(name))) {
                        var rule = NginxLogDifference.of(name, request, their, our);
                        if (rule.isPresent()) {
                            known.merge(rule.get(), 1, Integer::sum);
                        } else {
                            unknown.computeIfAbsent(name, absent -> new ArrayList<>())
                                    .add(their.value(name) + " / " + our.value(name) + "    of " + request.fault() + " "
                                            + request.reply() + " " + their.differences(our) + "\n      "
                                            + request.text().lines().limit(12).toList());
                        }
                    }
                }
            }
        }
        System.out.println(count + " lines; known differences " + known);
        assertThat(count).isGreaterThan(CONNECTIONS);
        assertThat(unknown.entrySet().stream()
                        .map(entry -> entry.getValue().size() + " x " + entry.getKey() + "\n    "
                                + entry.getValue().stream()
                                        .map(text -> text.replaceAll("v{50,}", "vv.."))
                                        .limit(Integer.getInteger("steelyard.shown", 2))
                                        .collect(Collectors.joining("\n    ")))
                        .collect(Collectors.joining("\n")))
                .isEmpty();
        assertThat(known.keySet())
                .as("a difference that is no more leaves the list")
                .contains(NginxLogDifference.values());
    }

    private LoadBalancer start(String text) throws IOException {
        var file = Files.writeString(folder.resolve("ours.conf"), "worker_processes 1;\nevents {}\n" + text);
        var read = ConfigurationFiles.of(Plugins.installed()).read(List.of(file), Optional.of("nginx"));
        assertThat(read.problems()).noneMatch(problem -> problem.isError());
        return Steelyard.start(read.configuration().orElseThrow());
    }

    private static String http(int port, Map<Integer, String> ports, Path log) {
        var text = """
            http {
              log_format all 'FORMAT';
              access_log LOG all;
              default_type text/plain;
              server_tokens off;
              client_max_body_size 64k;
              proxy_http_version 1.1;
              proxy_set_header Connection "";
              real_ip_header X-Forwarded-For;
              map $http_x_kind $kind { default none; a first; ~^b second; }
              limit_conn_zone $server_name zone=few:1m;
              limit_req_zone $server_name zone=fast:1m rate=1000r/s;
              upstream one { server 127.0.0.1:A max_fails=0; keepalive 8; }
              upstream two { server 127.0.0.1:A max_fails=0; server 127.0.0.1:B max_fails=0; }
              upstream pair { server 127.0.0.1:REFUSING max_fails=0; server 127.0.0.1:A max_fails=0; }
              upstream dead { server 127.0.0.1:REFUSING max_fails=0; server 127.0.0.1:TOO max_fails=0; }
              upstream marked { server 127.0.0.1:REFUSING fail_timeout=1h; server 127.0.0.1:TOO fail_timeout=1h; }
              upstream gone { server 127.0.0.1:A down; }
              server {
                listen 127.0.0.1:LISTEN default_server;
                server_name main.example;
                set $mark "";
                location / { proxy_pass http://one; }
                location /mark/ { return 204; }
                location = /plain { set $mark plain; proxy_pass http://one; add_header X-Front yes; }
                location /retry/ { proxy_pass http://pair; }
                location /dead/ { proxy_pass http://dead; }
                location /marked/ { proxy_pass http://marked; }
                location /down/ { proxy_pass http://gone; }
                location /next/ {
                  proxy_pass http://two;
                  proxy_next_upstream error timeout http_500 http_503 http_404;
                }
                location /once/ {
                  proxy_pass http://two;
                  proxy_next_upstream error http_500 http_503 http_404 non_idempotent;
                  proxy_next_upstream_tries 1;
                }
                location /limited/ {
                  limit_conn few 100;
                  limit_req zone=fast burst=100 nodelay;
                  proxy_pass http://one;
                }
                location /again/ {
                  proxy_pass http://one;
                  proxy_intercept_errors on;
                  error_page 404 500 503 = @again;
                }
                location @again { proxy_pass http://two; }
                location /again-twice/ {
                  proxy_pass http://pair;
                  proxy_intercept_errors on;
                  error_page 404 500 503 = @twice;
                }
                location @twice {
                  proxy_pass http://two;
                  proxy_next_upstream http_503;
                  proxy_intercept_errors on;
                  error_page 404 500 502 503 = @again;
                }
                location /fallback/ {
                  proxy_pass http://dead;
                  error_page 502 =202 /plain;
                }
                location /page/ {
                  proxy_pass http://one;
                  proxy_intercept_errors on;
                  error_page 404 500 502 503 /sorry;
                }
                location = /sorry { internal; return 200 "sorry\\n"; }
                location /rewrite/ { rewrite ^/rewrite/(.*)$ /plain?r=$1 last; }
                location /return/ { return 200 "returned $uri\\n"; }
                location /redirect/ { return 301 https://$host$request_uri; }
                location /nothing/ { return 204; }
                location /small/ { client_max_body_size 10; proxy_pass http://one; }
                location /denied/ { deny all; proxy_pass http://one; }
                location /unbuffered/ { proxy_pass http://one; proxy_buffering off; }
                location /from/ { set_real_ip_from 127.0.0.1; proxy_pass http://one; }
                location /slow/ { proxy_pass http://two; proxy_read_timeout 10s; }
                location /http10/ { proxy_http_version 1.0; proxy_pass http://one; }
                location /held/ { proxy_pass http://one; proxy_request_buffering off; }
              }
            }
            """.replace("FORMAT", LogLine.format(VARIABLES))
                .replace("LOG", log.toString())
                .replace("LISTEN", Integer.toString(port));
        for (var entry : ports.entrySet()) {
            text = text.replaceAll(":" + entry.getValue() + "\\b", ":" + entry.getKey());
        }
        return text;
    }
}
