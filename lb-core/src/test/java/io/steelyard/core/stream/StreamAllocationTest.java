package io.steelyard.core.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.steelyard.api.Configuration;
import io.steelyard.api.Settings;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.ListedFirst;
import io.steelyard.core.Steelyard;
import io.steelyard.core.TestServer;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** What the loops allocate while bytes go to and fro. */
class StreamAllocationTest {
    private static final int ROUND_TRIPS = 20_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aReadAllocatesNothing() throws Exception {
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        try (var server = TestServer.echo();
                var balancer =
                        Steelyard.builder().plugins(ListedFirst.plugins()).start(configuration(port, server));
                var client = new Socket("127.0.0.1", port)) {
            assertThat(balancer.status().listeners()).hasSize(1);
            client.setTcpNoDelay(true);
            exchange(client, ROUND_TRIPS);

            long before = allocatedByLoops();
            exchange(client, ROUND_TRIPS);
            long bytes = allocatedByLoops() - before;

            // Two reads a round trip. The timers' alarm, some hundred times a second, is all that may be left.
            assertThat(bytes / (2.0 * ROUND_TRIPS)).isLessThan(1.0);
        }
    }

    private static Configuration configuration(int port, TestServer server) {
        return Configuration.builder()
                .settings(new Settings(1, Duration.ofSeconds(1), 0))
                .pool(ServerPool.builder("web").scheduler("listed-first").server(RealServer.of(server.address())))
                .virtualServer(
                        VirtualServer.tcp("front").listen("127.0.0.1:" + port).pool("web"))
                .build();
    }

    private static void exchange(Socket client, int times) throws Exception {
        var message = new byte[512];
        for (int i = 0; i < times; i++) {
            client.getOutputStream().write(message);
            assertThat(client.getInputStream().readNBytes(message, 0, message.length))
                    .isEqualTo(message.length);
        }
    }

    static long allocatedByLoops() {
        return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith("lb-loop"))
                .mapToLong(thread -> THREADS.getThreadAllocatedBytes(thread.getThreadId()))
                .sum();
    }
}
