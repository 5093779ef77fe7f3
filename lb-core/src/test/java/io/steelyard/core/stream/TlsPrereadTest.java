package io.steelyard.core.stream;

import static io.steelyard.core.stream.ProxyStage.bytes;
import static io.steelyard.core.stream.ProxyStage.log;
import static io.steelyard.core.stream.ProxyStage.replying;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.text.Template;
import io.steelyard.core.TestServer;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a client's TLS greeting tells, with real sockets, and beside the real nginx. */
@Timeout(120)
class TlsPrereadTest {
    private static final List<String> VERSIONS = List.of("TLSv1.3", "TLSv1.2");
    private static final String TOLD = "$ssl_preread_server_name|$ssl_preread_protocol|$ssl_preread_alpn_protocols";

    @TempDir
    private Path folder;

    private final ProxyStage stage = new ProxyStage();

    @AfterEach
    void close() throws Exception {
        stage.close();
    }

    private static ProxyOptions.Builder prereading() {
        return ProxyOptions.builder().tlsPreread(true);
    }

    private static byte[][] single(byte[] bytes) {
        var pieces = new byte[bytes.length][];
        for (int i = 0; i < bytes.length; i++) {
            pieces[i] = new byte[] {bytes[i]};
        }
        return pieces;
    }

    @Test
    void theServerNameChoosesThePoolAndTheGreetingReachesItWhole() throws Exception {
        var got = new LinkedBlockingQueue<byte[]>();
        var hello = Greetings.hello("b.example", VERSIONS, List.of("h2"));
        var server = stage.keep(TestServer.start(connection -> {
            got.add(connection.getInputStream().readNBytes(hello.length));
            connection.getOutputStream().write('b');
        }));
        stage.start(
                false,
                prereading(),
                front -> front.target(new Target.Named(Template.parse("$ssl_preread_server_name"))),
                ServerPool.builder("b.example").scheduler("listed-first").server(RealServer.of(server.address())));

        assertThat(stage.ask(single(hello))).isEqualTo("b");
        assertThat(got.take()).isEqualTo(hello);
        assertThat(stage.ask(Greetings.hello("c.example", VERSIONS, List.of()))).isIn("", "reset");
    }

    @Test
    void behindAProxyTheGreetingFollowsTheHeader() throws Exception {
        stage.start(true, prereading().trustedProxies(ProxyStage.LOOPBACK), replying("$remote_addr " + TOLD));

        assertThat(stage.ask(
                        bytes("PROXY TCP4 192.0.2.7 198.51.100.1 4711 443\r\n"),
                        Greetings.hello("a.example", VERSIONS, List.of("h2", "http/1.1"))))
                .isEqualTo("192.0.2.7 a.example|TLSv1.3|h2,http/1.1");
    }

    @Test
    void aClientThatGreetsTooLongIsClosedAndLogged() throws Exception {
        var file = folder.resolve("access.log");
        stage.start(
                false,
                prereading().prereadBytes(256),
                front -> replying("x").apply(front).accessLog(log(file, "$status")));
        var record = new byte[5_000];
        record[0] = 22;
        record[1] = 3;
        record[2] = 1;
        record[3] = 0x13;
        record[4] = (byte) 0x83;
        record[5] = 1;
        record[7] = 0x13;
        record[8] = 0x7F;

        assertThat(stage.ask(record)).isIn("", "reset");
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(file).exists().content().isEqualTo("400\n"));
    }

    @Test
    void aClientThatSaysNothingInTimeIsClosed() throws Exception {
        stage.start(false, prereading().prereadTimeout(Duration.ofMillis(50)), replying("x"));

        try (var client = stage.connect()) {
            assertThat(ProxyStage.isClosed(client)).isTrue();
        }
    }

    @Test
    void aClientThatEndsBeforeItGreetedIsClosed() throws Exception {
        stage.start(false, prereading(), replying("x"));

        try (var client = stage.connect()) {
            client.getOutputStream().write(new byte[] {22, 3});
            client.shutdownOutput();
            assertThat(ProxyStage.isClosed(client)).isTrue();
        }
    }

    @Test
    void saysWhatNginxSays() throws Exception {
        assumeTrue(RealProgram.hasNginxStream(), "needs nginx with its stream module (libnginx-mod-stream)");
        var nginx = stage.keep(RealProgram.nginx(
                folder,
                1,
                ports -> "stream { server { listen 127.0.0.1:" + ports.getFirst() + "; ssl_preread on; return \"" + TOLD
                        + "\"; } }\n"));
        stage.start(false, prereading(), replying(TOLD));
        var whole = Greetings.hello("shop.example", VERSIONS, List.of("h2", "http/1.1"));
        var otherMessage = whole.clone();
        otherMessage[5] = 2;
        var brokenLength = whole.clone();
        brokenLength[43] = (byte) 0xFF;

        for (var start : List.of(
                whole,
                Greetings.inRecordsOf(17, whole),
                Greetings.hello("", VERSIONS, List.of()),
                bytes("GET / HTTP/1.1\r\nHost: a\r\n\r\n"),
                bytes("SSH-2.0-OpenSSH"),
                new byte[] {22, 2, 1, 0, 1, 1},
                new byte[] {(byte) 0x80, 46, 1, 3, 1, 0, 0},
                otherMessage,
                brokenLength)) {
            assertThat(stage.ask(start)).as(Arrays.toString(start)).isEqualTo(answer(nginx.port(0), start));
        }
        // nginx takes the extension that lists versions for TLS 1.3, whatever it lists.
        var old = Greetings.hello("old.example", List.of("TLSv1.2"), List.of());
        assertThat(answer(nginx.port(0), old)).isEqualTo("old.example|TLSv1.3|");
        assertThat(stage.ask(old)).isEqualTo("old.example|TLSv1.2|");
    }

    private static String answer(int port, byte[] start) throws IOException {
        try (var client = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
            client.setSoTimeout(30_000);
            client.getOutputStream().write(start);
            return new String(client.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
        } catch (SocketException reset) {
            return "reset";
        }
    }
}
