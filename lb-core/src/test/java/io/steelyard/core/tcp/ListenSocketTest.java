package io.steelyard.core.tcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.steelyard.api.proxy.ListenAddress;
import io.steelyard.linux.Linux;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class ListenSocketTest {
    private static final int TRIES = 5;

    /** A port of an address that was free a moment ago. */
    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static int open(ListenAddress address) throws IOException {
        return ListenSocket.open(address, 1, new OwnAddresses()).getFirst();
    }

    /** Opens a socket that is set up like this on a free port. */
    private static ListenAddress free(String host, String interfaceName, boolean isTransparent) throws IOException {
        return ListenAddress.parse(host + ":" + freePort())
                .interfaceName(interfaceName)
                .transparent(isTransparent);
    }

    private static boolean accepts(String host, int port) throws IOException {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(host, port), (int)
                    Duration.ofSeconds(30).toMillis());
            return true;
        } catch (java.net.ConnectException refused) {
            return false;
        }
    }

    /** Connections to any address of this machine come in by its loopback interface, so that a socket of another sees none of them. */
    @Test
    void connectionsComeInByTheInterfaceThatIsNamed() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "older kernels want root");
        var other = NetworkInterface.networkInterfaces()
                .filter(each ->
                        !each.getName().equals("lo") && each.inetAddresses().anyMatch(Inet4Address.class::isInstance))
                .findFirst();
        for (int i = 1; i <= TRIES; i++) {
            try {
                var address = free("0.0.0.0", "lo", false);
                int fd = open(address);
                assertThat(accepts("127.0.0.1", address.firstPort())).isTrue();
                Linux.close(fd);
                if (other.isPresent()) {
                    var elsewhere = free("0.0.0.0", other.get().getName(), false);
                    int tied = open(elsewhere);
                    assertThat(accepts("127.0.0.1", elsewhere.firstPort())).isFalse();
                    Linux.close(tied);
                }
                return;
            } catch (IOException taken) {
                // Another program may have taken the port meanwhile.
                assertThat(i).as(taken.toString()).isLessThan(TRIES);
            }
        }
    }

    @Test
    void anInterfaceThatIsNotThereIsTold() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "older kernels want root");
        var address = free("127.0.0.1", "lb-none0", false);
        assertThatThrownBy(() -> open(address))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be tied to interface 'lb-none0'");
    }

    @Test
    void anAddressOfOthersMayBeListenedOn() throws Exception {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "takes CAP_NET_ADMIN");
        assertThatThrownBy(() -> open(free("192.0.2.77", "", false)))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("no interface of this machine has that address");
        Linux.close(open(free("192.0.2.77", "", true)));
    }
}
