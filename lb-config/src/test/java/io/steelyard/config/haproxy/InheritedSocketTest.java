package io.steelyard.config.haproxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class InheritedSocketTest {
    @Test
    void aListeningSocketTellsItsAddress() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.1"))) {
            var found = new ArrayList<InetSocketAddress>();
            for (var name : Objects.requireNonNull(new File("/proc/self/fd").list())) {
                try {
                    found.add(InheritedSocket.address(Integer.parseInt(name)));
                } catch (IllegalArgumentException another) {
                    assertThat(another).hasMessageContaining("descriptor " + name);
                }
            }
            assertThat(found).contains(new InetSocketAddress("127.0.0.1", socket.getLocalPort()));
        }
    }

    @Test
    void aDescriptorThatIsNotThereIsTold() {
        assertThatThrownBy(() -> InheritedSocket.address(1_000_000))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("this process inherited no descriptor 1000000");
    }
}
