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
import java.util.Set;
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

    /** Which of the ports are in mode tcp. */
    private static final Set<Integer> OF_TCP = Set.of(5, 6);

    @TempDir
    private Path folder;

    private EchoServer server;
    private HaproxyPair pair;

    @BeforeEach
    void start() throws Exception {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        server = new EchoServer("a");
        pair = HaproxyPair.start(folder, 8, this::file);
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
                backend several
                  stick-table type ip size 100 expire 10m store gpt(3),conn_cnt,gpc(4),gpc_rate(2,1h)
                backend one
                  stick-table type ip size 100 expire 10m store gpc(1)
                backend single
                  stick-table type ip size 100 expire 10m store gpc0,gpt0,gpc1_rate(1h)
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
                frontend arrays
                  bind 127.0.0.1:%d
                  tcp-request connection track-sc0 src table several
                  tcp-request connection sc-inc-gpc(3,0)
                  tcp-request session sc-set-gpt(1,0) int(20),add(1)
                  http-request track-sc1 src table one
                  http-request track-sc2 src table single
                  http-request sc-inc-gpc(1,0) if { path /inc }
                  http-request sc-inc-gpc(9,0) if { path /inc }
                  http-request sc-inc-gpc(0,2) if { path /inc }
                  http-request sc-inc-gpc0(1) if { path /inc }
                  http-request sc-inc-gpc1(0) if { path /inc1 }
                  http-request sc-set-gpt(2,0) 7 if { path /mark }
                  http-request sc-set-gpt(0,2) 7 if { path /mark }
                  http-request sc-set-gpt0(0) 9 if { path /mark0 }
                  http-request set-header X-Counts "%%[sc_inc_gpc(2,0)] %%[src_inc_gpc(2,several)] %%[sc_inc_gpc(7,0)] %%[sc_inc_gpc(0,2)] %%[sc_inc_gpc1(2)]" if { path /fetch }
                  http-request set-header X-Counts "[%%[sc_clr_gpc(2,0)]] [%%[src_clr_gpc(1,several)]] [%%[sc_clr_gpc(7,0)]] [%%[sc1_clr_gpc(0)]]" if { path /clear }
                  http-request set-header X-Tables "[%%[sc_get_gpc(1,0)]] [%%[sc_get_gpc(0,0,one)]] [%%[src_get_gpc(3,several)]] [%%[sc_get_gpc0(1)]] [%%[sc_get_gpc(5,1)]] [%%[sc_get_gpc(0,2)]] [%%[sc_get_gpt(1,0)]] [%%[src_get_gpt(2,several)]] [%%[sc_get_gpt0(0)]] [%%[sc_gpc_rate(1,0)]] [%%[src_gpc_rate(1,several)]] [%%[sc1_get_gpc1]] [%%[src,table_gpc(1,several)]] [%%[src,table_gpc(9,several)]] [%%[src,table_gpc_rate(1,several)]] [%%[src,table_gpt(2,several)]] [%%[src,table_gpc1(several)]] [%%[src,table_gpc0(single)]] [%%[src,table_gpc(0,single)]] [%%[str(192.0.2.1),table_gpc(9,several)]]"
                  http-request deny if { sc_get_gpc(1,0) gt 3 }
                  http-response sc-inc-gpc(0,0) if { status 404 }
                  http-response sc-set-gpt(2,0) status if { status 404 }
                  default_backend back
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
                        ports.get(7),
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
            var answer = !OF_TCP.contains(port)
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
    void arraysCountEachElementByItself() throws IOException {
        sameAnswers(
                7,
                get("/"),
                get("/inc"),
                get("/inc"),
                get("/inc1"),
                get("/mark"),
                get("/mark0"),
                get("/status/404"),
                get("/fetch"),
                get("/fetch"),
                get("/clear"),
                get("/inc"),
                get("/inc"),
                get("/inc"),
                get("/inc"));
        sameTables(
                "show table several",
                "show table one",
                "show table single",
                "show table several data.gpc ge 1",
                "show table several data.gpc gt 9",
                "set table several key 127.0.0.1 data.gpc 5 data.gpt 11 data.gpc_rate 12",
                "show table several",
                "set table several key 127.0.0.1 data.gpc0 5",
                "set table several key 127.0.0.1 data.gpc2 5",
                "show table several data.gpt1 gt 1",
                "set table several key 192.0.2.7 data.gpc 5 data.conn_cnt 4",
                "show table several data.gpc_rate lt 1",
                "clear table several data.gpt ge 11",
                "show table several");
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
