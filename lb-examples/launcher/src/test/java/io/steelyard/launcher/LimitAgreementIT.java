package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * limit_req and limit_conn of one nginx.conf, by nginx and by {@code lb run}: the same requests are let in, delayed and refused, with the same
 * statuses. Rates are so low that no bucket runs down by a whole request while one list of requests is sent.
 */
@Timeout(300)
class LimitAgreementIT {
    private static final int TRIES = 3;

    /** Paths that are asked for one after the other. */
    private static final List<List<String>> IN_TURN = List.of(
            repeat("/burst?k=a", 8),
            repeat("/noburst?k=a", 3),
            repeat("/delay?k=a", 4),
            repeat("/two?k=a", 7),
            List.of("/two?k=b", "/two?k=c", "/two?k=d", "/two?k=e", "/two?k=f", "/two?k=g", "/two?k=h"),
            repeat("/burst", 9),
            List.of("/burst?k=x", "/burst?k=y", "/burst?k=x", "/burst?k=z"),
            repeat("/inner/status?k=a", 3),
            repeat("/inner/none?k=a", 4),
            repeat("/dry?k=a", 4),
            repeat("/page?k=a", 3),
            repeat("/return?k=a", 3));

    /** The same, asked for at once: a path, and how often. */
    private static final List<List<String>> AT_ONCE = List.of(repeat("/wait?k=p", 5), repeat("/some?k=p", 6));

    @TempDir
    private Path folder;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private final AtomicInteger held = new AtomicInteger();
    private volatile CountDownLatch mayAnswer = new CountDownLatch(1);
    private int serverPort;
    private int theirs;
    private int ours;

    private static List<String> repeat(String path, int times) {
        return IntStream.range(0, times).mapToObj(i -> path).toList();
    }

    @BeforeEach
    void start() throws Exception {
        assumeTrue(RealProgram.hasNginx(), "nginx is not installed");
        var listener = keep(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        serverPort = listener.getLocalPort();
        Thread.ofVirtual().start(() -> accept(listener));
        var real = keep(RealProgram.nginx(folder, 1, ports -> block(ports.getFirst())));
        theirs = real.port(0);
        ours = startLb();
    }

    @AfterEach
    void close() throws Exception {
        for (var each : opened.reversed()) {
            each.close();
        }
    }

    private String block(int port) {
        return """
                http {
                  access_log off;
                  default_type text/plain;
                  limit_req_zone $arg_k zone=burst:1m rate=1r/m;
                  limit_req_zone $arg_k zone=noburst:1m rate=1r/m;
                  limit_req_zone $arg_k zone=delay:1m rate=1r/m;
                  limit_req_zone $arg_k zone=each:1m rate=1r/m;
                  limit_req_zone $server_name zone=all:1m rate=1r/m;
                  limit_req_zone $arg_k zone=inner:1m rate=1r/m;
                  limit_req_zone $arg_k zone=dry:1m rate=1r/m;
                  limit_req_zone $arg_k zone=page:1m rate=1r/m;
                  limit_req_zone $arg_k zone=return:1m rate=1r/m;
                  limit_req_zone $arg_k zone=wait:1m rate=20r/m;
                  limit_req_zone $arg_k zone=some:1m rate=20r/m;
                  limit_conn_zone $arg_k zone=conn:1m;
                  limit_conn_zone $server_name zone=total:1m;
                  add_header X-Req $limit_req_status always;
                  add_header X-Conn $limit_conn_status always;
                  server {
                    listen 127.0.0.1:PORT;
                    server_name all;
                    location /burst { limit_req zone=burst burst=5 nodelay; proxy_pass http://127.0.0.1:SERVER; }
                    location /noburst { limit_req zone=noburst; proxy_pass http://127.0.0.1:SERVER; }
                    location /delay { limit_req zone=delay burst=3 delay=3; proxy_pass http://127.0.0.1:SERVER; }
                    location /two { limit_req zone=each burst=4 nodelay; limit_req zone=all burst=8 nodelay;
                      proxy_pass http://127.0.0.1:SERVER; }
                    location /inner { limit_req zone=inner nodelay; limit_req_status 429;
                      location /inner/status { limit_req_status 444; proxy_pass http://127.0.0.1:SERVER; }
                      location /inner/none { limit_req zone=inner burst=2 nodelay; proxy_pass http://127.0.0.1:SERVER; } }
                    location /dry { limit_req zone=dry burst=1 nodelay; limit_req_dry_run on; proxy_pass http://127.0.0.1:SERVER; }
                    location /page { limit_req zone=page; error_page 503 =200 /shown; proxy_pass http://127.0.0.1:SERVER; }
                    location /shown { proxy_pass http://127.0.0.1:SERVER; }
                    location /return { limit_req zone=return; return 204; }
                    location /wait { limit_req zone=wait burst=2; proxy_pass http://127.0.0.1:SERVER; }
                    location /some { limit_req zone=some burst=4 delay=3; proxy_pass http://127.0.0.1:SERVER; }
                    location /hold { limit_conn conn 2; limit_conn total 3; limit_conn_status 429; proxy_pass http://127.0.0.1:SERVER; }
                  }
                }
                """.replace("PORT", "" + port).replace("SERVER", "" + serverPort);
    }

    @Test
    void requestsInTurnAreLetInAndRefusedAlike() {
        SoftAssertions.assertSoftly(softly -> IN_TURN.forEach(paths -> assertThatCode(() -> {
                    var expected = new ArrayList<String>();
                    var got = new ArrayList<String>();
                    for (var path : paths) {
                        expected.add(ask(theirs, path));
                    }
                    for (var path : paths) {
                        got.add(ask(ours, path));
                    }
                    softly.assertThat(got).as(paths.toString()).isEqualTo(expected);
                })
                .doesNotThrowAnyException()));
    }

    @Test
    void theListsMeetTheLimits() throws IOException {
        for (var path : repeat("/noburst?k=met", 2)) {
            assertThat(ask(theirs, path)).isIn("200 X-Req: PASSED", "503 X-Req: REJECTED");
        }
        assertThat(ask(theirs, "/noburst?k=met")).isEqualTo("503 X-Req: REJECTED");
        assertThat(ask(ours, "/dry?k=met")).isEqualTo("200 X-Req: PASSED");
    }

    @Test
    void requestsAtOnceAreLetInDelayedAndRefusedAlike() throws Exception {
        for (var paths : AT_ONCE) {
            var expected = askAtOnce(theirs, paths);
            assertThat(expected).anyMatch(text -> text.contains("DELAYED")).anyMatch(text -> text.contains("REJECTED"));
            assertThat(askAtOnce(ours, paths)).as(paths.toString()).isEqualTo(expected);
        }
    }

    @Test
    void requestsUnderWayAreCountedAlike() throws Exception {
        assertThat(heldAndRefused(ours)).isEqualTo(heldAndRefused(theirs));
    }

    /** Two requests of one key are held, one of another, and then others come; then all are let go, and one more comes. */
    private List<String> heldAndRefused(int port) throws Exception {
        mayAnswer = new CountDownLatch(1);
        held.set(0);
        var got = new ArrayList<String>();
        var waiting = new ArrayList<Socket>();
        for (var key : List.of("a", "a", "b")) {
            waiting.add(send(port, "/hold?k=" + key));
            int now = waiting.size();
            await().atMost(Duration.ofSeconds(30)).until(() -> held.get() == now);
        }
        for (var path : List.of("/hold?k=a", "/hold?k=b", "/hold?k=c", "/hold")) {
            got.add(ask(port, path));
        }
        mayAnswer.countDown();
        for (var each : waiting) {
            got.add(read(each));
        }
        // A connection is counted until its answer is out, which the client may see a little earlier.
        await().atMost(Duration.ofSeconds(30))
                .until(() -> ask(port, "/hold?k=a").startsWith("200"));
        return got;
    }

    private List<String> askAtOnce(int port, List<String> paths) throws IOException {
        var sockets = new ArrayList<Socket>();
        for (var path : paths) {
            sockets.add(send(port, path));
        }
        var got = new ArrayList<String>();
        for (var each : sockets) {
            got.add(read(each));
        }
        return got.stream().sorted().toList();
    }

    private static String ask(int port, String path) throws IOException {
        return read(send(port, path));
    }

    private static Socket send(int port, String path) throws IOException {
        var socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(60_000);
        socket.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: all\r\nConnection: close\r\n\r\n")
                        .getBytes(StandardCharsets.US_ASCII));
        return socket;
    }

    /** The status, and what the limits said; nothing where the connection was closed without an answer. */
    private static String read(Socket socket) throws IOException {
        try (socket) {
            var text = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            return text.lines()
                    .takeWhile(line -> !line.isEmpty())
                    .filter(line -> line.startsWith("HTTP/") || line.startsWith("X-"))
                    .map(line -> line.startsWith("HTTP/") ? line.substring(9, 12) : line)
                    .toList()
                    .toString()
                    .replaceAll("[\\[\\],]", "");
        }
    }

    private void accept(ServerSocket listener) {
        while (!listener.isClosed()) {
            try {
                var socket = listener.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = socket.getInputStream();
            var head = new StringBuilder();
            while (head.indexOf("\r\n\r\n") < 0) {
                int next = in.read();
                if (next < 0) {
                    return;
                }
                head.append((char) next);
            }
            if (head.toString().contains(" /hold")) {
                held.incrementAndGet();
                mayAnswer.await(60, TimeUnit.SECONDS);
            }
            socket.getOutputStream()
                    .write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok"
                            .getBytes(StandardCharsets.US_ASCII));
        } catch (IOException gone) {
            // The balancer has left.
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private int startLb() throws Exception {
        for (int attempt = 1; ; attempt++) {
            int port = CurlCall.freePorts(1).getFirst();
            var file = Files.writeString(folder.resolve("lb.conf"), "events {}\n" + block(port));
            var lb = keep(LbProcess.start("run", file.toString()));
            try {
                lb.awaitOut(line -> line.contains("127.0.0.1:" + port));
                return port;
            } catch (AssertionError failed) {
                // Another program may have taken the port between our asking for it and its use.
                if (attempt == TRIES) {
                    throw failed;
                }
                lb.close();
            }
        }
    }

    private <T extends AutoCloseable> T keep(T closeable) {
        opened.add(closeable);
        return closeable;
    }
}
