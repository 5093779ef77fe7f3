package io.steelyard.core.datagram;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Settings;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.ProxyOptions;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.ListedFirst;
import io.steelyard.core.Steelyard;
import java.lang.management.ManagementFactory;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What the loop allocates while datagrams go to and fro. */
@Timeout(120)
class DatagramAllocationTest {
    private static final int DATAGRAMS = 20_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aDatagramOfASessionAllocatesNothing() throws Exception {
        try (var server = UdpServer.echo(InetAddress.getByName("127.0.0.1"));
                var client = new DatagramSocket();
                var balancer = start(client, server, ProxyOptions.defaults())) {
            exchange(client);
            exchange(client);
            long before = allocatedByLoops();
            exchange(client);
            long bytes = allocatedByLoops() - before;

            // Two datagrams an exchange. The timers' alarm, some hundred times a second, is all that may be left.
            assertThat(bytes / (2.0 * DATAGRAMS)).isLessThan(1.0);
            assertThat(balancer.status().listeners().getFirst().accepted()).isOne();
        }
    }

    private static LoadBalancer start(DatagramSocket client, UdpServer server, ProxyOptions options) throws Exception {
        return start(client, server.address(), options);
    }

    private static LoadBalancer start(DatagramSocket client, String server, ProxyOptions options) throws Exception {
        int port;
        try (var free = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            port = free.getLocalPort();
        }
        client.connect(InetAddress.getByName("127.0.0.1"), port);
        return Steelyard.builder()
                .plugins(ListedFirst.plugins())
                .start(Configuration.builder()
                        .settings(new Settings(1, Duration.ofSeconds(1), 0))
                        .pool(ServerPool.builder("web")
                                .scheduler("listed-first")
                                .server(RealServer.of(server)))
                        .virtualServer(VirtualServer.udp("front")
                                .listen("127.0.0.1:" + port)
                                .pool("web")
                                .options(options))
                        .build());
    }

    private static void exchange(DatagramSocket client) throws Exception {
        var packet = new DatagramPacket(new byte[100], 100);
        client.setSoTimeout(20_000);
        for (int i = 0; i < DATAGRAMS; i++) {
            client.send(packet);
            client.receive(packet);
        }
    }

    private static long allocatedByLoops() {
        return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith("lb-loop"))
                .mapToLong(thread -> THREADS.getThreadAllocatedBytes(thread.getThreadId()))
                .sum();
    }
}
