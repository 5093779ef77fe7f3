package io.steelyard.realip.proxyprotocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.steelyard.realip.address.Addresses;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Command;
import io.steelyard.realip.proxyprotocol.ProxyHeader.Transport;
import io.steelyard.realip.proxyprotocol.ProxyHeaderDecoder.Result;
import io.steelyard.tck.RealProgram;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The headers that the real nginx and HAProxy send: read, and written byte for byte the same. */
@Timeout(120)
class RealSendersTest {
    private static final byte[] LOCALHOST = {127, 0, 0, 1};

    @TempDir
    private Path folder;

    private ServerSocket server;
    private final ProxyHeader header = new ProxyHeader();
    private final ByteBuffer ours = ByteBuffer.allocate(1_024);
    private final ProxyHeaderEncoder encoder = new ProxyHeaderEncoder();

    @BeforeEach
    void listen() throws IOException {
        server = new ServerSocket(0, 10, InetAddress.getByAddress(LOCALHOST));
        server.setSoTimeout(30_000);
    }

    @AfterEach
    void stop() throws IOException {
        server.close();
    }

    private record Received(byte[] bytes, int clientPort) {}

    /** What the server gets when a client sends {@code x} through a program and ends. */
    private Received receive(RealProgram program) throws IOException {
        try (var client = new Socket()) {
            client.connect(new InetSocketAddress(InetAddress.getByAddress(LOCALHOST), program.port(0)), 30_000);
            client.getOutputStream().write('x');
            client.shutdownOutput();
            try (var accepted = server.accept()) {
                accepted.setSoTimeout(30_000);
                return new Received(accepted.getInputStream().readAllBytes(), client.getLocalPort());
            }
        }
    }

    private byte[] written() {
        return Arrays.copyOf(ours.array(), ours.position());
    }

    private void readAndCheck(Received received, int programPort) {
        var buffer = ByteBuffer.wrap(received.bytes());
        assertThat(new ProxyHeaderDecoder().decode(buffer, header)).isEqualTo(Result.COMPLETE);
        assertThat(new String(received.bytes(), buffer.position(), buffer.remaining(), StandardCharsets.US_ASCII))
                .isEqualTo("x");
        assertThat(header.command()).isEqualTo(Command.PROXY);
        assertThat(header.transport()).isEqualTo(Transport.STREAM);
        assertThat(Addresses.inetAddress(header.sourceHigh(), header.sourceLow())
                        .getHostAddress())
                .isEqualTo("127.0.0.1");
        assertThat(header.sourcePort()).isEqualTo(received.clientPort());
        assertThat(header.destinationPort()).isEqualTo(programPort);
    }

    private String haproxy(List<Integer> ports, String serverOptions) {
        return """
                defaults
                  mode tcp
                  timeout connect 10s
                  timeout client 30s
                  timeout server 30s
                listen a
                  bind 127.0.0.1:%d
                  unique-id-format id-7
                  server s 127.0.0.1:%d %s
                """.formatted(ports.get(0), server.getLocalPort(), serverOptions);
    }

    private RealProgram startHaproxy(String serverOptions) throws IOException {
        assumeTrue(RealProgram.hasHaproxy(), "needs haproxy (package haproxy)");
        Function<List<Integer>, String> configuration = ports -> haproxy(ports, serverOptions);
        return RealProgram.haproxy(folder, 1, configuration);
    }

    @Test
    void haproxySendsTheLineWeSend() throws Exception {
        try (var haproxy = startHaproxy("send-proxy")) {
            var received = receive(haproxy);

            readAndCheck(received, haproxy.port(0));
            writeLine();
            assertThat(received.bytes()).startsWith(written());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "send-proxy-v2",
                "send-proxy-v2 proxy-v2-options crc32c",
                "send-proxy-v2 proxy-v2-options unique-id,crc32c"
            })
    void haproxySendsTheBytesWeSend(String options) throws Exception {
        try (var haproxy = startHaproxy(options)) {
            var received = receive(haproxy);

            readAndCheck(received, haproxy.port(0));
            begin();
            var tlv = header.tlvs(new TlvCursor());
            if (options.contains("unique-id")) {
                assertThat(tlv.next(TlvType.UNIQUE_ID)).isTrue();
                assertThat(tlv.text()).isEqualTo("id-7");
            }
            assertThat(received.bytes()).startsWith(sameFields(options.contains("crc32c")));
        }
    }

    /** Our header with the fields of the one received, in their order. */
    private byte[] sameFields(boolean hasChecksum) {
        int checksumAt = -1;
        var tlv = header.tlvs(new TlvCursor());
        while (tlv.next()) {
            if (tlv.type() == TlvType.CRC32C) {
                checksumAt = ours.position() + 3;
                encoder.tlv(TlvType.CRC32C, new byte[4]);
            } else {
                encoder.tlv(tlv.type(), tlv.value());
            }
        }
        encoder.end();
        assertThat(checksumAt >= 0).isEqualTo(hasChecksum);
        if (hasChecksum) {
            var sum = new java.util.zip.CRC32C();
            sum.update(ours.array(), 0, ours.position());
            ours.putInt(checksumAt, (int) sum.getValue());
        }
        return written();
    }

    @Test
    void nginxSendsTheLineWeSend() throws Exception {
        assumeTrue(RealProgram.hasNginxStream(), "needs nginx with its stream module (libnginx-mod-stream)");
        Function<List<Integer>, String> blocks = ports -> """
                stream {
                  server {
                    listen 127.0.0.1:%d;
                    proxy_pass 127.0.0.1:%d;
                    proxy_protocol on;
                  }
                }
                """.formatted(ports.get(0), server.getLocalPort());
        try (var nginx = RealProgram.nginx(folder, 1, blocks)) {
            var received = receive(nginx);

            readAndCheck(received, nginx.port(0));
            writeLine();
            assertThat(received.bytes()).startsWith(written());
        }
    }

    private void writeLine() {
        encoder.text(
                ours,
                header.sourceHigh(),
                header.sourceLow(),
                header.sourcePort(),
                header.destinationHigh(),
                header.destinationLow(),
                header.destinationPort());
    }

    private void begin() {
        encoder.begin(
                ours,
                Transport.STREAM,
                header.sourceHigh(),
                header.sourceLow(),
                header.sourcePort(),
                header.destinationHigh(),
                header.destinationLow(),
                header.destinationPort());
    }
}
