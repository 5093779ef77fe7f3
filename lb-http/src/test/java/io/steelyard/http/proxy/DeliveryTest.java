package io.steelyard.http.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.http.HttpClientOptions;
import io.steelyard.api.http.HttpProxy;
import io.steelyard.http.h2.Frame;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers to clients that read nothing for a while: the server is done before them, or waits for them. */
@Timeout(240)
@Execution(ExecutionMode.SAME_THREAD)
class DeliveryTest {
    private static final int SIZE = 32 << 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final long MOST_BUFFER_BYTES = 512 << 10;

    /** A server that answers with a large body in the way the path says, and counts the answers it has got rid of. */
    private static final class Large implements AutoCloseable {
        private final CountDownLatch isSent = new CountDownLatch(1);
        private final String field;
        private final ScriptedServer server;

        Large(String field) throws IOException {
            this.field = field;
            server = new ScriptedServer(this::answer);
        }

        private boolean answer(ScriptedServer.Request request, ScriptedServer.Connection connection)
                throws IOException {
            switch (request.line().split(" ")[1]) {
                case "/length" -> {
                    connection.send("HTTP/1.1 200 OK\r\n" + field + "Content-Length: " + SIZE + "\r\n\r\n");
                    connection.send(body());
                }
                case "/chunks" -> {
                    connection.send("HTTP/1.1 200 OK\r\n" + field + "Transfer-Encoding: chunked\r\n\r\n");
                    for (int at = 0; at < SIZE; at += 1 << 20) {
                        connection.send(Integer.toHexString(1 << 20) + "\r\n");
                        connection.out().write(body(), at, 1 << 20);
                        connection.send("\r\n");
                    }
                    connection.send("0\r\nX-Sum: 7\r\n\r\n");
                }
                case "/broken" -> {
                    connection.send("HTTP/1.1 200 OK\r\nContent-Length: " + (SIZE + 1) + "\r\n\r\n");
                    connection.send(body());
                    connection.socket().shutdownOutput();
                    isSent.countDown();
                    return false;
                }
                default -> {
                    return connection.reply(200, "small");
                }
            }
            isSent.countDown();
            return true;
        }

        boolean isSent() throws InterruptedException {
            return isSent.await(PATIENCE.toSeconds(), TimeUnit.SECONDS);
        }

        @Override
        public void close() throws IOException {
            server.close();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/length", "/chunks"})
    void serverIsDoneThoughItsClientReadsNothing(String path) throws Exception {
        try (var large = new Large("");
                var proxy = front(large, builder -> builder);
                var lazy = proxy.client()) {
            lazy.send("GET " + path + " HTTP/1.1\r\nHost: site\r\n\r\n");
            assertThat(large.isSent()).isTrue();
            await().atMost(PATIENCE).until(() -> proxy.activeFlows() == 0);
            assertThat(proxy.balancer().status().bufferBytes()).isLessThan(MOST_BUFFER_BYTES);
            askOften(proxy);
            // The connection is free again, and serves others: there is one for each loop at most.
            assertThat(large.server.connections())
                    .isLessThanOrEqualTo(Runtime.getRuntime().availableProcessors());
            var answer = lazy.answer();
            assertThat(answer.body()).isEqualTo(body());
            assertThat(lazy.get("/small").text()).isEqualTo("small");
        }
    }

    @Test
    void trailersComeBehindWhatWaited() throws Exception {
        try (var large = new Large("");
                var proxy = front(large, builder -> builder.passedTrailers(Set.of("x-sum")));
                var lazy = proxy.client()) {
            lazy.send("GET /chunks HTTP/1.1\r\nHost: site\r\nTE: trailers\r\n\r\n");
            assertThat(large.isSent()).isTrue();
            await().atMost(PATIENCE).until(() -> proxy.activeFlows() == 0);
            askOften(proxy);
            var trailers = new StringBuilder();
            var head = Wire.head(lazy.in());
            assertThat(Wire.body(lazy.in(), head, trailers)).isEqualTo(body());
            assertThat(trailers.toString()).isEqualTo("X-Sum: 7\r\n");
        }
    }

    @Test
    void streamOfHttp2IsBufferedToo() throws Exception {
        try (var large = new Large("");
                var proxy = front(large, builder -> builder);
                var client = new FrameClient(proxy, Frame.get(1, "/length"))) {
            assertThat(large.isSent()).isTrue();
            await().atMost(PATIENCE).until(() -> proxy.activeFlows() == 0);
            assertThat(proxy.balancer().status().bufferBytes()).isLessThan(MOST_BUFFER_BYTES);
            client.send(Frame.get(3, "/small"));
            assertThat(client.answer(3).text()).isEqualTo("small");
            assertThat(client.answer(1).body.toByteArray()).isEqualTo(body());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "true,0,true,''",
        "false,1073741824,true,''",
        "true,1073741824,true,'X-Accel-Buffering: no\r\n'",
        "true,1048576,true,''"
    })
    void serverWaitsForItsClientWhereNoMoreIsToBeKept(boolean buffers, long fileBytes, boolean chooses, String field)
            throws Exception {
        try (var large = new Large(field);
                var proxy = front(
                        large,
                        builder -> builder.buffersResponse(buffers)
                                .mostFileBytes(fileBytes)
                                .serverChoosesBuffering(chooses));
                var lazy = proxy.client();
                var other = proxy.client()) {
            lazy.send("GET /length HTTP/1.1\r\nHost: site\r\n\r\n");
            await().atMost(PATIENCE).until(() -> proxy.balancer().status().bufferBytes() > 0);
            for (int i = 0; i < 20; i++) {
                assertThat(other.get("/small").text()).isEqualTo("small");
            }
            assertThat(large.isSent.getCount()).isEqualTo(1);
            assertThat(proxy.activeFlows()).isEqualTo(1);
            assertThat(proxy.balancer().status().bufferBytes()).isLessThan(MOST_BUFFER_BYTES);
            assertThat(lazy.answer().body()).isEqualTo(body());
            assertThat(large.isSent()).isTrue();
        }
    }

    @ParameterizedTest
    @CsvSource({"false,true,'X-Accel-Buffering: yes\r\n'", "true,false,'X-Accel-Buffering: no\r\n'"})
    void answerIsBufferedWhereItSaysSoOrItsWordIsNotHeeded(boolean buffers, boolean chooses, String field)
            throws Exception {
        try (var large = new Large(field);
                var proxy =
                        front(large, builder -> builder.buffersResponse(buffers).serverChoosesBuffering(chooses));
                var lazy = proxy.client()) {
            lazy.send("GET /length HTTP/1.1\r\nHost: site\r\n\r\n");
            assertThat(large.isSent()).isTrue();
            await().atMost(PATIENCE).until(() -> proxy.activeFlows() == 0);
            assertThat(lazy.answer().body()).isEqualTo(body());
        }
    }

    @Test
    void clientGetsWhatCameBeforeItsServerBroke() throws Exception {
        try (var large = new Large("");
                var proxy = front(large, builder -> builder);
                var lazy = proxy.client()) {
            lazy.send("GET /broken HTTP/1.1\r\nHost: site\r\n\r\n");
            assertThat(large.isSent()).isTrue();
            await().atMost(PATIENCE).until(() -> proxy.activeFlows() == 0);
            Wire.head(lazy.in());
            assertThat(Wire.exactly(lazy.in(), SIZE)).isEqualTo(body());
            assertThat(lazy.isAtEnd()).isTrue();
        }
    }

    @Test
    void clientThatLeavesTakesItsFileWithIt() throws Exception {
        try (var large = new Large("");
                var proxy = front(large, builder -> builder)) {
            try (var lazy = proxy.client()) {
                lazy.send("GET /length HTTP/1.1\r\nHost: site\r\n\r\n");
                assertThat(large.isSent()).isTrue();
                await().atMost(PATIENCE).until(() -> proxy.activeFlows() == 0);
            }
            await().atMost(PATIENCE).until(() -> proxy.openConnections() == 0);
            await().atMost(PATIENCE).until(() -> proxy.balancer().status().bufferBytes() == 0);
        }
    }

    /** Requests on every loop. */
    private static void askOften(Fixture proxy) throws IOException {
        for (int i = 0; i < 32; i++) {
            try (var other = proxy.client()) {
                assertThat(other.get("/small").text()).isEqualTo("small");
            }
        }
    }

    private static Fixture front(Large large, UnaryOperator<HttpProxy.Builder> change) throws IOException {
        return Fixture.start(
                configuration -> configuration.pool(Fixture.pool("web", large.server)),
                root -> root.content(change.apply(HttpProxy.toPool("web").mostFileBytes(1L << 30))
                        .build()),
                HttpClientOptions.builder().http2(true).build());
    }

    private static byte[] body() {
        return BODY;
    }

    private static final byte[] BODY = new byte[SIZE];

    static {
        for (int i = 0; i < SIZE; i++) {
            BODY[i] = (byte) (i * 31 + (i >>> 8) + (i >>> 20));
        }
    }
}
