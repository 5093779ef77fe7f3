package io.steelyard.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.Configuration;
import io.steelyard.api.ConfigurationException;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.api.proxy.Target;
import io.steelyard.api.proxy.UnixSocket;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.api.text.Template;
import io.steelyard.tck.FreePort;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** One balancer gives way to another that has its addresses already, as processes do at an upgrade. */
@Timeout(120)
class TakeOverTest {
    private final int port = FreePort.tcp();

    @TempDir
    private Path folder;

    private Path path() {
        return folder.resolve("lb.sock");
    }

    private Configuration saying(String text) {
        return Configuration.builder()
                .virtualServer(VirtualServer.tcp("front")
                        .listen("127.0.0.1:" + port)
                        .listen(ListenAddress.of(UnixSocket.of(path().toString())))
                        .target(new Target.Reply(Template.parse(text))))
                .build();
    }

    private List<SocketAddress> addresses() {
        return List.of(new InetSocketAddress("127.0.0.1", port), UnixDomainSocketAddress.of(path()));
    }

    private static String ask(SocketAddress address) throws IOException {
        try (var channel = SocketChannel.open(address)) {
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.US_ASCII);
        }
    }

    @Test
    void whoTakesOverHasTheAddressesBeforeTheOtherStops() throws IOException {
        try (LoadBalancer old = Steelyard.start(saying("old"))) {
            for (var address : addresses()) {
                assertThat(ask(address)).isEqualTo("old");
            }
            try (var next = Steelyard.builder().takeOver().start(saying("new"))) {
                for (var address : addresses()) {
                    assertThat(ask(address)).isIn("old", "new");
                }
                old.drain(Duration.ofSeconds(30));
                for (var address : addresses()) {
                    assertThat(ask(address)).isEqualTo("new");
                }
                // It is over: what others have is theirs again.
                assertThat(Files.exists(path())).isTrue();
                assertThatThrownBy(() -> Steelyard.start(saying("third")))
                        .isInstanceOf(ConfigurationException.class)
                        .hasMessageContaining("another program");
                assertThat(next.status().listeners()).hasSize(1);
            }
            assertThat(Files.exists(path())).isFalse();
        }
    }

    @Test
    void whoStartsInTheOrdinaryWayIsRefusedWhatIsTaken() throws IOException {
        try (var old = Steelyard.start(saying("old"))) {
            assertThatThrownBy(() -> Steelyard.start(saying("new")))
                    .isInstanceOf(ConfigurationException.class)
                    .hasMessageContaining("another program");
            assertThat(old.status().listeners()).hasSize(1);
            assertThat(ask(addresses().getLast())).isEqualTo("old");
        }
    }
}
