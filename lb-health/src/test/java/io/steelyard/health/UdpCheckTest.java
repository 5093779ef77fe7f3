package io.steelyard.health;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.health.ProbeResult;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

class UdpCheckTest {
    private static final Duration SHORT = Duration.ofSeconds(2);
    private final UdpCheckProvider provider = new UdpCheckProvider();

    @Test
    void silencePassesButNotWhereAnAnswerIsExpected() throws Exception {
        try (var silent = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            var address = new InetSocketAddress(silent.getLocalAddress(), silent.getLocalPort());
            assertThat(Probes.probe(provider, Map.of(), address, SHORT)).isEqualTo(ProbeResult.passed("not refused"));
            assertThat(Probes.probe(provider, Map.of("expect", "x"), address, SHORT))
                    .isEqualTo(ProbeResult.failed("no answer in time"));
        }
    }

    @Test
    void closedPortIsUnreachable() throws Exception {
        int port;
        try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
        assertThat(Probes.probe(provider, Map.of(), address)).isEqualTo(ProbeResult.failed("port unreachable"));
    }

    @Test
    void answerDecidesWhereOneIsExpected() throws Exception {
        try (var echo = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            Thread.ofVirtual().start(() -> echo(echo));
            var address = new InetSocketAddress(echo.getLocalAddress(), echo.getLocalPort());
            assertThat(Probes.probe(provider, Map.of("send", "a\\x62c", "expect", "abc"), address))
                    .isEqualTo(ProbeResult.passed("answered"));
            assertThat(Probes.probe(provider, Map.of("send", "a\\x00c", "expect", "abc"), address))
                    .isEqualTo(ProbeResult.failed("answer 'a\\x00c', expected 'abc'"));
        }
    }

    @Test
    void unixSocketsCannotBeProbed() throws Exception {
        assertThat(Probes.probe(provider, Map.of(), UnixDomainSocketAddress.of("/nowhere"))
                        .isPassed())
                .isFalse();
    }

    private static void echo(DatagramSocket socket) {
        var packet = new DatagramPacket(new byte[100], 100);
        while (true) {
            try {
                packet.setLength(100);
                socket.receive(packet);
                socket.send(packet);
            } catch (IOException closed) {
                return;
            }
        }
    }
}
