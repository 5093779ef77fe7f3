package io.steelyard.core.stream;

import static io.steelyard.core.stream.ProxyStage.LOOPBACK;
import static io.steelyard.core.stream.ProxyStage.bytes;
import static io.steelyard.core.stream.ProxyStage.log;
import static io.steelyard.core.stream.ProxyStage.replying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.steelyard.api.Personality;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.AccessRule;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.ProxyProtocol;
import io.steelyard.core.TestServer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** PROXY protocol headers from clients and to servers, with real sockets. */
@Timeout(120)
class ProxyProtocolTest {
    private static final String WHO =
            "$remote_addr:$remote_port $realip_remote_addr $proxy_protocol_addr:$proxy_protocol_port "
                    + "$proxy_protocol_server_addr:$proxy_protocol_server_port";
    private static final byte[] LINE = bytes("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n");
    private static final byte[] BINARY =
            HexFormat.of().parseHex("0d0a0d0a000d0a515549540a2111000cc0000207c63364011267" + "01bb");
    private static final byte[] LOCAL = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a20000000");

    @TempDir
    private Path folder;

    private final ProxyStage stage = new ProxyStage();
    private final BlockingQueue<String> received = new LinkedBlockingQueue<>();

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private static ProxyOptions.Builder trusting() {
        return ProxyOptions.builder().trustedProxies(LOOPBACK);
    }

    /** Takes all a client sends, then answers with it. */
    private TestServer recording() {
        return stage.keep(TestServer.start(connection -> {
            var all = connection.getInputStream().readAllBytes();
            received.add(new String(all, StandardCharsets.ISO_8859_1));
            connection.getOutputStream().write(all);
        }));
    }

    private static ServerPool.Builder pool(TestServer server) {
        return ServerPool.builder("a").scheduler("listed-first").server(RealServer.of(server.address()));
    }

    /** Sends bytes through the balancer, ends, and gives what the server got and the client's port. */
    private String relay(byte[]... pieces) throws Exception {
        int port;
        try (var client = stage.connect()) {
            port = client.getLocalPort();
            for (var piece : pieces) {
                client.getOutputStream().write(piece);
            }
            client.shutdownOutput();
            client.getInputStream().readAllBytes();
        }
        var got = received.poll(30, TimeUnit.SECONDS);
        return got == null
                ? "nothing"
                : got.replace(" " + port + " ", " CLIENT ").replace(" " + stage.port(), " FRONT");
    }

    // ---- from clients

    @Test
    void aTrustedProxyNamesTheClient() {
        stage.start(true, trusting(), replying(WHO));
        var expected = "192.0.2.7:4711 127.0.0.1 192.0.2.7:4711 198.51.100.1:443";

        assertThat(stage.ask(LINE)).isEqualTo(expected);
        assertThat(stage.ask(BINARY)).isEqualTo(expected);
    }

    @Test
    void anUntrustedOneOnlyTellsItsVariables() {
        stage.start(true, ProxyOptions.builder(), replying("$remote_addr $proxy_protocol_addr"));

        assertThat(stage.ask(LINE)).isEqualTo("127.0.0.1 192.0.2.7");
    }

    @Test
    void aHeaderWithoutAddressesLeavesTheRealOnes() {
        stage.start(true, trusting(), replying("$remote_addr [$proxy_protocol_addr]"));

        assertThat(stage.ask(LOCAL)).isEqualTo("127.0.0.1 []");
        assertThat(stage.ask(bytes("PROXY UNKNOWN\r\n"))).isEqualTo("127.0.0.1 []");
    }

    @Test
    void whatFollowsTheHeaderReachesTheServerWhole() throws Exception {
        stage.start(true, trusting(), server -> server.pool("a"), pool(recording()));

        assertThat(relay(LINE, bytes("hello"))).isEqualTo("hello");
        assertThat(relay(bytes(new String(LINE, StandardCharsets.ISO_8859_1) + "hello")))
                .isEqualTo("hello");
        assertThat(relay(BINARY)).isEmpty();
    }

    @Test
    void aHeaderMayComeInPieces() throws Exception {
        stage.start(true, trusting(), server -> server.pool("a"), pool(recording()));
        var all = new byte[LINE.length + 2];
        System.arraycopy(LINE, 0, all, 0, LINE.length);
        all[LINE.length] = 'h';
        all[LINE.length + 1] = 'i';
        var pieces = new byte[all.length][];
        for (int i = 0; i < all.length; i++) {
            pieces[i] = new byte[] {all[i]};
        }

        assertThat(relay(pieces)).isEqualTo("hi");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET / HTTP/1.1\r\n\r\n",
                "PROXY TCP4 1.1.1.1\r\n",
                "PROXY TCP4 1.1.1.1 2.2.2.2 1 2\n",
                "\u0016\u0003\u0001"
            })
    void whatIsNoHeaderIsClosedAndLogged(String start) {
        var file = folder.resolve("access.log");
        stage.start(
                true, trusting(), server -> replying("x").apply(server).accessLog(log(file, "$status $remote_addr")));

        assertThat(stage.ask(bytes(start))).isIn("", "reset");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(file).exists().content().isEqualTo("400 127.0.0.1\n"));
    }

    @Test
    void aClientThatEndsWithinTheHeaderIsClosed() throws Exception {
        stage.start(true, trusting(), replying("x"));

        try (var client = stage.connect()) {
            client.getOutputStream().write(bytes("PROXY TCP4 "));
            client.shutdownOutput();
            assertThat(ProxyStage.isClosed(client)).isTrue();
        }
    }

    @Test
    void aClientThatSendsNoHeaderInTimeIsClosed() throws Exception {
        stage.start(true, trusting().proxyProtocolTimeout(Duration.ofMillis(50)), replying("x"));

        try (var client = stage.connect()) {
            client.getOutputStream().write(bytes("PROXY "));
            assertThat(stage.ask()).isIn("", "reset");
            assertThat(ProxyStage.isClosed(client)).isTrue();
        }
    }

    @Test
    void accessRulesAreAboutTheClientThatIsTold() {
        stage.start(
                true, trusting(), server -> replying("in").apply(server).access(AccessRule.parse(false, "192.0.2.7")));

        assertThat(stage.ask(LINE)).isIn("", "reset");
        assertThat(stage.ask(bytes("PROXY TCP4 192.0.2.8 198.51.100.1 4711 443\r\n")))
                .isEqualTo("in");
    }

    @Test
    void whetherAHeaderIsWantedChangesWhileTheSocketStays() {
        var balancer = stage.start(true, trusting(), replying("$remote_addr"));
        assertThat(stage.ask(LINE)).isEqualTo("192.0.2.7");

        balancer.apply(stage.configuration(false, trusting(), replying("$remote_addr")));
        assertThat(stage.ask()).isEqualTo("127.0.0.1");

        balancer.apply(stage.configuration(true, trusting(), replying("$remote_addr")));
        assertThat(stage.ask(LINE)).isEqualTo("192.0.2.7");
    }

    // ---- to servers

    @Test
    void aServerIsToldTheClient() throws Exception {
        stage.start(
                false,
                ProxyOptions.builder().sendProxyProtocol(ProxyProtocol.V1),
                server -> server.pool("a"),
                pool(recording()));

        assertThat(relay(bytes("hello"))).isEqualTo("PROXY TCP4 127.0.0.1 127.0.0.1 CLIENT FRONT\r\nhello");
    }

    @Test
    void aServerMayWantAHeaderOfItsOwn() throws Exception {
        var wanting = RealServer.builder(recording().address())
                .sendProxyProtocol(ProxyProtocol.V2)
                .build();
        stage.start(
                false,
                ProxyOptions.builder().sendProxyProtocol(ProxyProtocol.V1),
                server -> server.pool("a"),
                ServerPool.builder("a").scheduler("listed-first").server(wanting));

        var got = relay(bytes("hello"));
        assertThat(HexFormat.of().formatHex(got.substring(0, 24).getBytes(StandardCharsets.ISO_8859_1)))
                .isEqualTo("0d0a0d0a000d0a515549540a2111000c7f0000017f000001");
        assertThat(got.substring(28)).isEqualTo("hello");
    }

    @Test
    void whatATrustedProxyToldIsPassedOn() throws Exception {
        stage.start(
                true, trusting().sendProxyProtocol(ProxyProtocol.V1), server -> server.pool("a"), pool(recording()));

        assertThat(relay(BINARY, bytes("x"))).isEqualTo("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\nx");
    }

    @Test
    void nginxTellsItsOwnAddressBehindAProxy() throws Exception {
        stage.start(
                true,
                trusting().sendProxyProtocol(ProxyProtocol.V1),
                server -> server.pool("a"),
                pool(recording()).personality(Personality.NGINX));

        assertThat(relay(LINE, bytes("x"))).isEqualTo("PROXY TCP4 192.0.2.7 127.0.0.1 4711 FRONT\r\nx");
    }

    @Test
    void whatAnUntrustedProxyToldIsNotPassedOn() throws Exception {
        stage.start(
                true,
                ProxyOptions.builder().trustedProxies(List.of()).sendProxyProtocol(ProxyProtocol.V1),
                server -> server.pool("a"),
                pool(recording()));

        assertThat(relay(LINE)).isEqualTo("PROXY TCP4 127.0.0.1 127.0.0.1 CLIENT FRONT\r\n");
    }
}
