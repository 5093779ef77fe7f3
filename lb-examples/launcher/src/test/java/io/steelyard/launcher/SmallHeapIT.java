package io.steelyard.launcher;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A balancer with a heap of 48 MiB: bodies, idle connections and floods that are together far larger than that do not wear it down. */
@Timeout(240)
class SmallHeapIT {
    private static final int HEAP_MIB = 48;
    private static final int SLOW_READERS = 200;
    private static final int IDLE_CLIENTS = 2_000;
    private static final int UNFINISHED_HEADERS = 300;
    private static final int FLOODS = 50;
    private static final int BODY_BYTES = 1 << 20;
    private static final long MOST_RESIDENT_KIB = 256 << 10;
    private static final byte[] BODY = new byte[BODY_BYTES];

    @TempDir
    private Path folder;

    @Test
    void slowReadersIdleClientsAndFloodsStayWithinASmallHeap() throws Exception {
        try (var server = new LargeServer();
                var lb = start(server.port());
                var clients = new Clients(lb.port)) {
            var slow = new ArrayList<Socket>();
            for (int i = 0; i < SLOW_READERS; i++) {
                slow.add(clients.ask(i % 2 == 0 ? "/large" : "/held/large"));
            }
            var idle = new ArrayList<Socket>();
            for (int i = 0; i < IDLE_CLIENTS; i++) {
                idle.add(clients.ask("/small"));
            }
            for (var client : idle) {
                assertThat(read(client)).isEqualTo(5);
            }
            for (int i = 0; i < UNFINISHED_HEADERS; i++) {
                clients.open().getOutputStream().write(unfinishedHeader());
            }
            for (int i = 0; i < FLOODS; i++) {
                awaitEnd(clients.flood());
            }
            // Half of the servers' answers are out though nobody has read them; the other half waits in the servers.
            await().atMost(Duration.ofSeconds(60)).until(() -> server.done.get() >= SLOW_READERS / 2);
            assertThat(residentKib(lb.process)).isLessThan(MOST_RESIDENT_KIB);
            for (var client : slow) {
                assertThat(read(client)).isEqualTo(BODY_BYTES);
            }
            assertThat(server.done).hasValue(SLOW_READERS);
            for (var client : idle) {
                ask(client, "/small");
                assertThat(read(client)).isEqualTo(5);
            }
            assertThat(lb.process.handle().isAlive()).isTrue();
            assertThat(lb.process.err()).noneMatch(line -> line.contains("OutOfMemory"));
            assertThat(residentKib(lb.process)).isLessThan(MOST_RESIDENT_KIB);
        }
    }

    private record Running(LbProcess process, int port) implements AutoCloseable {
        @Override
        public void close() {
            process.close();
        }
    }

    /** Starts a balancer on a free port; another where somebody takes it first. */
    private Running start(int serverPort) throws Exception {
        for (int attempt = 1; ; attempt++) {
            int port = CurlCall.freePorts(1).getFirst();
            var file = Files.writeString(folder.resolve("nginx.conf"), """
                    http {
                        client_header_timeout 600s;
                        keepalive_timeout 600s;
                        send_timeout 600s;
                        proxy_read_timeout 600s;
                        server {
                            listen 127.0.0.1:%1$d;
                            http2 on;
                            location / { proxy_pass http://127.0.0.1:%2$d; }
                            location /held/ { proxy_pass http://127.0.0.1:%2$d/; proxy_buffering off; }
                        }
                    }
                    """.formatted(port, serverPort));
            var lb = LbProcess.start(new ProcessBuilder(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "--enable-native-access=ALL-UNNAMED",
                    "--sun-misc-unsafe-memory-access=allow",
                    "-Xmx" + HEAP_MIB + "m",
                    "-XX:+ExitOnOutOfMemoryError",
                    "-XX:TieredStopAtLevel=1",
                    "-cp",
                    System.getProperty("java.class.path"),
                    Lb.class.getName(),
                    "run",
                    file.toString()));
            try {
                lb.awaitOut(line -> line.contains("127.0.0.1:" + port));
                return new Running(lb, port);
            } catch (AssertionError failed) {
                lb.close();
                if (attempt == 5) {
                    throw failed;
                }
            }
        }
    }

    private static long residentKib(LbProcess process) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + process.handle().pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmRSS:"))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst()
                .orElseThrow();
    }

    private static byte[] unfinishedHeader() {
        var header = new StringBuilder("GET / HTTP/1.1\r\nHost: a\r\n");
        for (int i = 0; i < 4; i++) {
            header.append("X-").append(i).append(": ").append("x".repeat(7_000)).append("\r\n");
        }
        return header.toString().getBytes(StandardCharsets.ISO_8859_1);
    }

    private static void ask(Socket client, String path) throws IOException {
        client.getOutputStream()
                .write(("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Reads an answer, and returns the length of its body. */
    private static int read(Socket client) throws IOException {
        // Nothing follows an answer that was not asked for: no byte is lost with the buffer.
        var in = new BufferedInputStream(client.getInputStream());
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            int octet = in.read();
            assertThat(octet).as("head so far: %s", head).isNotNegative();
            head.append((char) octet);
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 200 ");
        int length = head.toString()
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith("content-length: "))
                .mapToInt(line -> Integer.parseInt(line.substring(16)))
                .findFirst()
                .orElseThrow();
        in.skipNBytes(length);
        return length;
    }

    /** The balancer closes a connection that floods it, in order or not. */
    private static void awaitEnd(Socket flood) {
        try {
            flood.getInputStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException reset) {
            // That is an end, too.
        }
    }

    /** Connections of clients. */
    private static final class Clients implements AutoCloseable {
        private final int port;
        private final List<Socket> all = new ArrayList<>();

        Clients(int port) {
            this.port = port;
        }

        Socket open() throws IOException {
            var socket = new Socket();
            socket.setReceiveBufferSize(8 << 10);
            socket.setSoTimeout(60_000);
            socket.setTcpNoDelay(true);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 60_000);
            all.add(socket);
            return socket;
        }

        Socket ask(String path) throws IOException {
            var socket = open();
            SmallHeapIT.ask(socket, path);
            return socket;
        }

        /** Begins HTTP/2 and sends far more PING frames than anybody needs. */
        Socket flood() throws IOException {
            var socket = open();
            var bytes = ByteBuffer.allocate(64 << 10)
                    .put("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.ISO_8859_1))
                    .put(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
            while (bytes.remaining() >= 17) {
                bytes.put(new byte[] {0, 0, 8, 6, 0, 0, 0, 0, 0}).putLong(7);
            }
            try {
                socket.getOutputStream().write(bytes.array(), 0, bytes.position());
            } catch (IOException alreadyClosed) {
                // The balancer had enough before all was sent.
            }
            return socket;
        }

        @Override
        public void close() throws IOException {
            for (var socket : all) {
                socket.close();
            }
        }
    }

    /** Answers {@code /large} with a large body, and anything else with a small one. */
    private static final class LargeServer implements AutoCloseable {
        private final ServerSocket listener = new ServerSocket(0, 1_024, InetAddress.getLoopbackAddress());

        /** Large answers that were taken to their end. */
        private final AtomicInteger done = new AtomicInteger();

        LargeServer() throws IOException {
            Thread.ofVirtual().start(this::accept);
        }

        int port() {
            return listener.getLocalPort();
        }

        private void accept() {
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
                socket.setTcpNoDelay(true);
                var in = new BufferedInputStream(socket.getInputStream());
                var head = new StringBuilder();
                for (int octet = in.read(); octet >= 0; octet = in.read()) {
                    head.append((char) octet);
                    if (head.indexOf("\r\n\r\n") >= 0) {
                        answer(socket, head.indexOf("GET /large ") == 0);
                        head.setLength(0);
                    }
                }
            } catch (IOException gone) {
                // The balancer closed the connection.
            }
        }

        private void answer(Socket socket, boolean isLarge) throws IOException {
            int length = isLarge ? BODY_BYTES : 5;
            var out = socket.getOutputStream();
            out.write(("HTTP/1.1 200 OK\r\nContent-Length: " + length + "\r\n\r\n")
                    .getBytes(StandardCharsets.ISO_8859_1));
            out.write(BODY, 0, length);
            if (isLarge) {
                done.incrementAndGet();
            }
        }

        @Override
        public void close() throws IOException {
            listener.close();
        }
    }
}
