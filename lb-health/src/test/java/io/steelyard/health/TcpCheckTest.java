package io.steelyard.health;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.health.ProbeResult;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TcpCheckTest {
    private static final Duration SHORT = Duration.ofMillis(150);
    private final TcpCheckProvider provider = new TcpCheckProvider();

    @Test
    void acceptedConnectionPasses() throws Exception {
        try (var server = FakeServer.start((in, out) -> {})) {
            assertThat(probe(Map.of(), server))
                    .extracting(ProbeResult::verdict, ProbeResult::reason)
                    .containsExactly(ProbeResult.Verdict.PASSED, "connected");
        }
    }

    @Test
    void closedPortIsRefused() throws Exception {
        int port;
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        assertThat(Probes.probe(provider, Map.of(), address))
                .extracting(ProbeResult::verdict, ProbeResult::reason)
                .containsExactly(ProbeResult.Verdict.FAILED, "connection refused");
    }

    @Test
    void unknownHostNameIsToldFromARefusal() throws Exception {
        var address = InetSocketAddress.createUnresolved("nowhere.invalid", 80);
        assertThat(Probes.probe(provider, Map.of(), address))
                .extracting(ProbeResult::verdict, ProbeResult::reason)
                .containsExactly(ProbeResult.Verdict.FAILED, "host name has no address");
    }

    @Test
    void serverThatDoesNotAcceptTimesOut() throws Exception {
        try (var full = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), full.getLocalPort());
            var fillers = new java.util.ArrayList<java.nio.channels.SocketChannel>();
            for (int i = 0; i < 4; i++) {
                var filler = java.nio.channels.SocketChannel.open();
                filler.configureBlocking(false);
                filler.connect(address);
                fillers.add(filler);
            }
            assertThat(Probes.probe(provider, Map.of(), address, SHORT))
                    .extracting(ProbeResult::verdict, ProbeResult::reason)
                    .containsExactly(ProbeResult.Verdict.FAILED, "connect timed out");
            for (var filler : fillers) {
                filler.close();
            }
        }
    }

    @Test
    void sendsAndFindsWhatItExpectsInPieces() throws Exception {
        try (var server = FakeServer.start((in, out) -> {
            var got = new String(in.readNBytes(6), java.nio.charset.StandardCharsets.ISO_8859_1);
            for (byte b : ("+" + (got.equals("PING\r\n") ? "PONG" : "WHAT") + "\r\n").getBytes()) {
                out.write(b);
                out.flush();
            }
            in.read();
        })) {
            var options = Map.of("send", "PING\\r\\n", "expect", "+PONG\\x0d\\x0a");
            assertThat(probe(options, server)).isEqualTo(ProbeResult.passed("answered as expected"));
            assertThat(probe(Map.of("send", "PING\\r\\n", "expect-regex", "^\\+P.NG\\r"), server)
                            .isPassed())
                    .isTrue();
        }
    }

    @Test
    void wrongAnswerIsShown() throws Exception {
        try (var server = FakeServer.start((in, out) -> out.write("-ERR\r\n\u0001".getBytes()))) {
            assertThat(probe(Map.of("expect", "+PONG"), server))
                    .isEqualTo(ProbeResult.failed("answer '-ERR\\r\\n\\x01', expected '+PONG'"));
        }
    }

    @Test
    void closingAtOnceIsNoAnswer() throws Exception {
        try (var server = FakeServer.start((in, out) -> {})) {
            assertThat(probe(Map.of("expect", "hello"), server))
                    .isEqualTo(ProbeResult.failed("connection closed without an answer"));
        }
    }

    @Test
    void silenceTimesOut() throws Exception {
        try (var server = FakeServer.start((in, out) -> in.read())) {
            assertThat(Probes.probe(provider, Map.of("expect", "x"), server.address(), SHORT))
                    .isEqualTo(ProbeResult.failed("no complete answer in time"));
        }
    }

    @Test
    void dribblingTimesOut() throws Exception {
        try (var server = FakeServer.start((in, out) -> {
            while (true) {
                out.write('.');
                Thread.sleep(5);
            }
        })) {
            assertThat(Probes.probe(provider, Map.of("expect", "x"), server.address(), SHORT))
                    .isEqualTo(ProbeResult.failed("no complete answer in time"));
        }
    }

    @Test
    void endlessAnswerIsReadUpToTheLimit() throws Exception {
        try (var server = FakeServer.start((in, out) -> {
            while (true) {
                out.write(new byte[4_096]);
            }
        })) {
            assertThat(probe(Map.of("expect", "x"), server).reason()).startsWith("answer '\\x00\\x00");
        }
    }

    @Test
    void expressionThatNeverEndsIsInterrupted() throws Exception {
        try (var server = FakeServer.start((in, out) -> {
            out.write("a".repeat(4_000).getBytes());
            in.read();
        })) {
            assertThat(Probes.probe(provider, Map.of("expect-regex", "(a|a)*(aa|a)*b"), server.address(), SHORT)
                            .isPassed())
                    .isFalse();
        }
    }

    @Test
    void unixSocketsAreProbedToo(@TempDir Path directory) throws Exception {
        var address = UnixDomainSocketAddress.of(directory.resolve("s"));
        assertThat(Probes.probe(provider, Map.of(), address).isPassed()).isFalse();
        try (var listening =
                ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address)) {
            Thread.ofVirtual().start(() -> {
                try (var connection = listening.accept()) {
                    connection.write(ByteBuffer.wrap("ready".getBytes()));
                } catch (java.io.IOException closed) {
                    // The test is over.
                }
            });
            assertThat(Probes.probe(provider, Map.of("expect", "ready"), address))
                    .isEqualTo(ProbeResult.passed("answered as expected"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\\x1", "\\xg1", "\\q", "a\\"})
    void malformedEscapesAreRefused(String text) {
        assertThatThrownBy(() -> Probes.probe(provider, Map.of("send", text), new InetSocketAddress(1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("escape at character");
    }

    @Test
    void impossiblePairsAreRefused() {
        assertThatThrownBy(() ->
                        Probes.probe(provider, Map.of("expect", "a", "expect-regex", "b"), new InetSocketAddress(1)))
                .hasMessageContaining("expected one of them");
        assertThatThrownBy(() -> Probes.probe(provider, Map.of("expect-regex", "("), new InetSocketAddress(1)))
                .hasMessageContaining("no regular expression");
    }

    private ProbeResult probe(Map<String, String> options, FakeServer server) throws Exception {
        return Probes.probe(provider, options, server.address());
    }
}
