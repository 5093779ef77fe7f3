package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.api.http.RetryRule;
import io.steelyard.api.http.RetryRule.Reason;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.http.h2.Frame;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Requests whose bodies are read as a whole and are larger than any buffer: they wait in a file, and only a piece of them in memory. */
@Timeout(240)
@Execution(ExecutionMode.SAME_THREAD)
class LargeBodyTest {
    private static final int SIZE = 64 << 20;
    private static final int PIECE = 1 << 20;
    private static final long MOST_BUFFER_BYTES = 256 << 10;

    @Test
    void largeBodyReachesAServerThatReadsLate() throws Exception {
        try (var server = new SlowServer();
                var proxy = front(RetryRule.DEFAULT, server);
                var client = proxy.client()) {
            upload(client, "POST");
            server.accept();
            awaitStall(proxy);
            assertThat(server.request()).isEqualTo(sum());
            server.answer(200, "got it");
            assertThat(client.answer().text()).isEqualTo("got it");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> proxy.balancer().status().bufferBytes() == 0);
        }
    }

    @Test
    void largeBodyIsSentFromItsStartToTheNextServer() throws Exception {
        try (var first = new SlowServer();
                var second = new SlowServer();
                var proxy = front(RetryRule.DEFAULT, first, second);
                var client = proxy.client()) {
            upload(client, "PUT");
            first.accept();
            awaitStall(proxy);
            first.reset();
            second.accept();
            awaitStall(proxy);
            assertThat(second.request()).isEqualTo(sum());
            second.answer(200, "second");
            assertThat(client.answer().text()).isEqualTo("second");
        }
    }

    @Test
    void largeBodyIsSentAgainForAStatus() throws Exception {
        var rule = new RetryRule(Set.of(Reason.ERROR, Reason.STATUS_503), true, 0, Duration.ZERO, Optional.empty());
        try (var first = new SlowServer();
                var second = new SlowServer();
                var proxy = front(rule, first, second);
                var client = proxy.client()) {
            upload(client, "POST");
            first.accept();
            assertThat(first.request()).isEqualTo(sum());
            first.answer(503, "no");
            second.accept();
            awaitStall(proxy);
            assertThat(second.request()).isEqualTo(sum());
            second.answer(200, "second");
            assertThat(client.answer().text()).isEqualTo("second");
        }
    }

    @Test
    void earlyAnswerIsPassedOnAndTheRestOfTheBodyIsNotSent() throws Exception {
        try (var server = new SlowServer();
                var proxy = front(RetryRule.DEFAULT, server);
                var client = proxy.client()) {
            upload(client, "POST");
            server.accept();
            awaitStall(proxy);
            server.answer(413, "too much");
            var answer = client.answer();
            assertThat(answer.status()).isEqualTo(413);
            assertThat(answer.text()).isEqualTo("too much");
            await().atMost(Duration.ofSeconds(30))
                    .until(() -> proxy.balancer().status().bufferBytes() == 0);
        }
    }

    @Test
    void largeBodyOfHttp2ReachesAServerThatReadsLate() throws Exception {
        try (var server = new SlowServer();
                var proxy = front(RetryRule.DEFAULT, server);
                var client = new FrameClient(proxy, Frame.post(1, "/"))) {
            var sender = Thread.ofVirtual().start(() -> upload(client));
            server.accept();
            sender.join();
            awaitStall(proxy);
            assertThat(server.request()).isEqualTo(sum());
            server.answer(200, "got it");
            assertThat(client.answer(1).text()).isEqualTo("got it");
        }
    }

    private static Fixture front(RetryRule rule, SlowServer... servers) throws IOException {
        return Fixture.start(
                configuration -> configuration.pool(SlowServer.pool("web", servers)),
                root -> root.content(
                        HttpProxy.toPool("web").buffersRequest(true).retry(rule).build()),
                HttpClientOptions.builder().http2(true).build());
    }

    /** Waits until the server was sent what its socket takes; what waits in memory then is bounded. */
    private static void awaitStall(Fixture proxy) {
        await().atMost(Duration.ofSeconds(60))
                .until(() -> proxy.balancer().status().bufferBytes() > 0);
        for (int i = 0; i < 20; i++) {
            assertThat(proxy.balancer().status().bufferBytes()).isLessThan(MOST_BUFFER_BYTES);
        }
    }

    private static void upload(RawClient client, String method) throws IOException {
        client.send(method + " / HTTP/1.1\r\nHost: site\r\nContent-Length: " + SIZE + "\r\n\r\n");
        for (int i = 0; i < SIZE / PIECE; i++) {
            client.send(piece(i));
        }
    }

    /** Sends the body as the windows let it. */
    private static void upload(FrameClient client) {
        try {
            var window = new Window(client);
            for (int i = 0; i < SIZE / PIECE; i++) {
                var piece = piece(i);
                for (int at = 0; at < PIECE; at += 16_384) {
                    window.take(16_384);
                    boolean isLast = i == SIZE / PIECE - 1 && at + 16_384 == PIECE;
                    client.send(Frame.of(0, isLast ? 1 : 0, 1, Arrays.copyOfRange(piece, at, at + 16_384)));
                }
            }
        } catch (IOException gone) {
            throw new UncheckedIOException(gone);
        }
    }

    /** What of a client's window is left. */
    private static final class Window {
        private final FrameClient client;
        private long ofConnection = 65_535;
        private long ofStream = 65_535;

        Window(FrameClient client) {
            this.client = client;
        }

        void take(int octets) throws IOException {
            while (ofConnection < octets || ofStream < octets) {
                var frame = client.next();
                if (frame.type() == 4) {
                    widen(ByteBuffer.wrap(frame.payload()));
                } else if (frame.type() == 8) {
                    int more = ByteBuffer.wrap(frame.payload()).getInt();
                    if (frame.stream() == 0) {
                        ofConnection += more;
                    } else {
                        ofStream += more;
                    }
                }
            }
            ofConnection -= octets;
            ofStream -= octets;
        }

        private void widen(ByteBuffer settings) {
            while (settings.hasRemaining()) {
                boolean isInitialWindow = settings.getShort() == 4;
                int value = settings.getInt();
                if (isInitialWindow) {
                    ofStream += value - 65_535;
                }
            }
        }
    }

    private static byte[] piece(int index) {
        var bytes = new byte[PIECE];
        for (int i = 0; i < PIECE; i++) {
            bytes[i] = (byte) (i * 31 + index * 7 + (i >>> 8));
        }
        return bytes;
    }

    private static long sum() {
        var sum = new CRC32();
        for (int i = 0; i < SIZE / PIECE; i++) {
            sum.update(piece(i));
        }
        return sum.getValue();
    }

    /** Takes one connection and reads nothing of it until it is told to. */
    private static final class SlowServer implements AutoCloseable {
        private final ServerSocket listener;
        private Socket socket;

        SlowServer() throws IOException {
            listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress());
            listener.setSoTimeout(60_000);
            listener.setReceiveBufferSize(64 << 10);
            socket = new Socket();
        }

        static ServerPool.Builder pool(String name, SlowServer... servers) {
            var pool = Fixture.pool(name);
            for (var server : servers) {
                pool.server(RealServer.of("127.0.0.1:" + server.listener.getLocalPort()));
            }
            return pool;
        }

        void accept() throws IOException {
            socket = listener.accept();
        }

        /** Reads a request and returns the sum of its body. */
        long request() throws IOException {
            InputStream in = socket.getInputStream();
            assertThat(Wire.head(in).toLowerCase(Locale.ROOT)).contains("content-length: " + SIZE);
            var sum = new CRC32();
            var bytes = new byte[64 << 10];
            for (long left = SIZE; left > 0; ) {
                int count = in.read(bytes, 0, (int) Math.min(bytes.length, left));
                assertThat(count).as("%d bytes are missing", left).isPositive();
                sum.update(bytes, 0, count);
                left -= count;
            }
            return sum.getValue();
        }

        void answer(int status, String text) throws IOException {
            OutputStream out = socket.getOutputStream();
            out.write(("HTTP/1.1 " + status + " Said\r\nContent-Length: " + text.length() + "\r\n\r\n" + text)
                    .getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        @Override
        public void close() throws IOException {
            listener.close();
            socket.close();
        }
    }
}
