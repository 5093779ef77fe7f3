package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.launcher.HaproxyPair.Side;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Files that limit clients by what stick tables count, run by HAProxy and by us: what clients get, and what the tables say. */
@Timeout(300)
class HaproxyCountersIT {
    private static final String COUNTED =
            "conn_cnt,conn_cur,conn_rate(1h),sess_cnt,sess_rate(1h),http_req_cnt,http_req_rate(1h),"
                    + "http_err_cnt,http_err_rate(1h),http_fail_cnt,gpc0,gpc0_rate(1h),gpt0,gpc1";

    /** Which of the ports are in mode tcp: this and those behind it. */
    private static final int FIRST_OF_TCP = 5;

    @TempDir
    private Path folder;

    private EchoServer server;
    private HaproxyPair pair;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        server = new EchoServer("a");
        pair = HaproxyPair.start(folder, 7, this::file);
    }

    @AfterEach
    void stop() throws Exception {
        if (pair != null) {
            pair.close();
            server.close();
        }
    }

    /** Rates over an hour do not change while the test runs. */
    private String file(List<Integer> ports, Path own) {
        return """
                global
                  nbthread 1
                  stats socket %s level admin
                defaults
                  mode http
                  timeout client 60s
                  timeout connect 60s
                  timeout server 60s
                backend counts
                  stick-table type ip size 1m expire 10m store %s
                backend paths
                  stick-table type string len 20 size 100 expire 10m store http_req_cnt,gpc0
                backend back
                  server s1 127.0.0.1:%d
                frontend connections
                  bind 127.0.0.1:%d
                  tcp-request connection track-sc0 src table counts
                  default_backend back
                frontend requests
                  bind 127.0.0.1:%d
                  http-request track-sc0 src table counts
                  http-request track-sc1 path table paths
                  http-request sc-inc-gpc0(0) if { path /bad }
                  http-request sc-set-gpt0(0) 7 if { path /mark }
                  http-request deny if { path /deny }
                  http-request set-header X-Counts "%%[sc_http_req_cnt(0)] %%[sc0_conn_cur] %%[sc_get_gpc0(0)] %%[src_get_gpt0(counts)]"
                  http-request set-header X-Tables "%%[src,table_http_req_cnt(counts)] %%[path,in_table(paths)] %%[sc_tracked(2)]"
                  default_backend back
                frontend limited
                  bind 127.0.0.1:%d
                  stick-table type ip size 100k expire 1h store http_req_rate(1h)
                  http-request track-sc0 src
                  http-request deny deny_status 429 if { sc_http_req_rate(0) gt 5 }
                  default_backend back
                frontend rejected
                  bind 127.0.0.1:%d
                  stick-table type ip size 100k expire 1h store conn_rate(1h),conn_cur
                  tcp-request connection accept if { src 10.0.0.0/8 }
                  tcp-request connection track-sc0 src
                  tcp-request connection reject if { src_conn_rate ge 4 }
                  default_backend back
                frontend abusers
                  bind 127.0.0.1:%d
                  stick-table type ip size 100k expire 1h store gpc0,http_err_rate(1h)
                  tcp-request connection track-sc1 src
                  tcp-request content reject if { src_get_gpc0 gt 1 }
                  acl wrong sc1_http_err_rate gt 1
                  acl flag sc1_inc_gpc0 gt 0
                  http-request deny deny_status 400 if wrong flag
                  default_backend back
                frontend stream
                  mode tcp
                  bind 127.0.0.1:%d
                  stick-table type ip size 100k expire 1h store conn_rate(1h),sess_cnt,conn_cnt,conn_cur
                  tcp-request connection track-sc0 src
                  tcp-request connection reject if { sc0_conn_rate gt 3 }
                  default_backend tcpback
                frontend content
                  mode tcp
                  bind 127.0.0.1:%d
                  stick-table type ip size 100k expire 1h store conn_rate(1h),sess_cnt,conn_cnt,conn_cur
                  tcp-request content track-sc0 src
                  tcp-request content reject if { sc0_conn_rate gt 2 }
                  default_backend tcpback
                backend tcpback
                  mode tcp
                  server s1 127.0.0.1:%d
                """.formatted(
                        own.resolve("socket"),
                        COUNTED,
                        server.port(),
                        ports.get(0),
                        ports.get(1),
                        ports.get(2),
                        ports.get(3),
                        ports.get(4),
                        ports.get(5),
                        ports.get(6),
                        server.port());
    }

    // ---- what is asked

    private static String get(String path) {
        return "GET " + path + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n";
    }

    /** The status of the answer, with what the server was told of counters; closed where none came. */
    private static String ask(Side side, int port, String request) throws IOException {
        try (var socket = new Socket("127.0.0.1", side.ports().get(port))) {
            socket.setSoTimeout(60_000);
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            // The server itself does not close.
            var answer = port < FIRST_OF_TCP
                    ? new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1)
                    : new String(socket.getInputStream().readNBytes(12), StandardCharsets.ISO_8859_1);
            var told = new StringBuilder(answer.isEmpty() ? "closed" : answer.split(" ")[1]);
            answer.lines()
                    .filter(line -> line.toLowerCase(java.util.Locale.ROOT).startsWith("x-counts")
                            || line.toLowerCase(java.util.Locale.ROOT).startsWith("x-tables"))
                    .forEach(line -> told.append(" | ").append(line));
            return told.toString();
        } catch (IOException reset) {
            return "closed";
        }
    }

    private static String command(Side side, String command) throws IOException {
        try (var channel = SocketChannel.open(StandardProtocolFamily.UNIX)) {
            channel.connect(UnixDomainSocketAddress.of(side.folder().resolve("socket")));
            channel.write(ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8)));
            channel.shutdownOutput();
            var reply = new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.UTF_8);
            return reply.replaceAll("(?m)^0x[0-9a-f]+", "0x").replaceAll(" exp=[0-9]+", " exp=E");
        }
    }

    private void sameTables(String... commands) {
        // What ended is counted at its end, which a client may know first.
        await().atMost(Duration.ofSeconds(30)).untilAsserted(() -> {
            for (var command : commands) {
                assertThat(command(pair.ours(), command)).as(command).isEqualTo(command(pair.theirs(), command));
            }
        });
    }

    private void sameAnswers(int port, String... requests) throws IOException {
        var answers = new ArrayList<List<String>>();
        for (var side : List.of(pair.theirs(), pair.ours())) {
            var of = new ArrayList<String>();
            for (var request : requests) {
                of.add(ask(side, port, request));
            }
            answers.add(of);
        }
        assertThat(answers.getLast()).isEqualTo(answers.getFirst());
    }

    private static String[] times(int count, String request) {
        return java.util.Collections.nCopies(count, request).toArray(String[]::new);
    }

    // ---- what is counted

    @Test
    void aTrackedConnectionCountsWhatItsRequestsDo() throws IOException {
        sameAnswers(
                0,
                get("/"),
                "GET / HTTP/1.1\r\nHost: h\r\n\r\n" + get("/x"),
                get("/status/404"),
                get("/status/500"),
                get("/status/501"),
                "NONSENSE\r\n\r\n");
        sameTables("show table counts", "show table", "show table counts data.http_err_cnt gt 0");
    }

    @Test
    void aTrackedRequestCountsByItself() throws IOException {
        sameAnswers(
                1,
                get("/"),
                "GET / HTTP/1.1\r\nHost: h\r\n\r\n" + get("/x"),
                get("/bad"),
                get("/bad"),
                get("/mark"),
                get("/"),
                get("/status/404"),
                get("/deny"),
                get("/a/path/that/is/longer/than/its/table/keeps"));
        sameTables("show table counts", "show table paths");
    }

    @Test
    void commandsSetAndClearWhatIsCounted() throws IOException {
        sameTables(
                "set table counts key 192.0.2.1 data.gpc0 5 data.http_req_rate 3",
                "set table counts key 192.0.2.9 data.gpc0 1",
                "show table counts",
                "show table counts key 192.0.2.1",
                "show table counts key 192.0.2.77",
                "show table counts data.gpc0 lt 5",
                "clear table counts data.gpc0 lt 5",
                "show table counts",
                "clear table counts key 192.0.2.1",
                "show table counts",
                "show table nobody",
                "clear table nobody",
                "show table counts data.nothing gt 1",
                "show table counts data.gpc0 over 1",
                "set table counts data.gpc0 1",
                "set table counts key 192.0.2.1 data.nothing 1",
                "clear table");
    }

    // ---- who is kept out

    @Test
    void clientsWithManyRequestsGet429() throws IOException {
        sameAnswers(2, times(9, get("/")));
        sameTables("show table limited");
    }

    @Test
    void clientsWithManyConnectionsAreRejected() throws IOException {
        sameAnswers(3, times(6, get("/")));
        sameTables("show table rejected");
    }

    @Test
    void abusersAreFlaggedAndRejectedFromThenOn() throws IOException {
        sameAnswers(4, times(6, get("/status/404")));
        sameTables("show table abusers");
    }

    @Test
    void connectionsOfTcpAreLimitedToo() throws IOException {
        sameAnswers(5, times(6, get("/")));
        sameTables("show table stream");
        sameAnswers(6, times(5, get("/")));
        sameTables("show table content");
    }
}
