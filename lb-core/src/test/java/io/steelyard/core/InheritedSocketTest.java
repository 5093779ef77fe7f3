package io.steelyard.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.steelyard.api.Configuration;
import io.steelyard.api.Settings;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.linux.Linux;
import io.steelyard.linux.SocketAddressBuffer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A listening socket that somebody else opened. */
class InheritedSocketTest {
    private int fd;
    private int port;

    @BeforeEach
    void open() {
        fd = Linux.tcpSocket(false);
        var address = SocketAddressBuffer.allocate();
        address.set(InetAddress.getLoopbackAddress(), 0);
        assertThat(Linux.bind(fd, address)).isZero();
        assertThat(Linux.listen(fd, 10)).isZero();
        assertThat(Linux.localAddress(fd, address)).isZero();
        port = address.port();
    }

    @AfterEach
    void close() {
        Linux.close(fd);
    }

    private Configuration configuration(String name) {
        var listen = ListenAddress.parse("127.0.0.1:" + port).descriptor(fd);
        return Configuration.builder()
                .settings(new Settings(3, Duration.ofSeconds(5), 0))
                .virtualServer(VirtualServer.tcp(name)
                        .listen(listen)
                        .target(new Target.Reply(Template.parse("hello")))
                        .build())
                .build();
    }

    private String ask() throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(30_000);
            return new String(socket.getInputStream().readAllBytes());
        }
    }

    @Test
    void connectionsAreAcceptedOnItAndItOutlivesTheBalancer() throws IOException {
        for (int i = 0; i < 2; i++) {
            try (var balancer = Steelyard.builder().start(configuration("a"))) {
                for (int k = 0; k < 20; k++) {
                    assertThat(ask()).isEqualTo("hello");
                }
                assertThat(balancer.status().listeners().getFirst().accepted()).isEqualTo(20);
            }
        }
    }

    @Test
    void itIsGivenUpAndTakenAgain() throws IOException {
        try (var balancer = Steelyard.builder().start(configuration("a"))) {
            assertThat(ask()).isEqualTo("hello");
            balancer.apply(Configuration.builder()
                    .settings(new Settings(3, Duration.ofSeconds(5), 0))
                    .build());
            // The kernel goes on taking connections: the socket is not ours.
            try (var waiting = new Socket(InetAddress.getLoopbackAddress(), port)) {
                balancer.apply(configuration("b"));
                waiting.setSoTimeout(30_000);
                assertThat(new String(waiting.getInputStream().readAllBytes())).isEqualTo("hello");
            }
        }
    }
}
