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
    private static final int MOST_PASSES = 100;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    void aDatagramOfASessionAllocatesNothing() throws Exception {
        try (var server = UdpServer.echo(InetAddress.getByName("127.0.0.1"));
                var client = new DatagramSocket();
                var balancer = start(client, server, ProxyOptions.defaults())) {
            assertSteadyStateAllocatesNothing(2.0 * DATAGRAMS, () -> exchange(client));
            assertThat(balancer.status().listeners().getFirst().accepted()).isOne();
        }
    }

    @Test
    void aSessionOfOneRequestAndOneReplyAllocatesNothing() throws Exception {
        try (var server = UdpServer.echo(InetAddress.getByName("127.0.0.1"));
                var client = new DatagramSocket();
                var balancer = start(
                        client,
                        server,
                        ProxyOptions.builder().requests(1).responses(1).build())) {
            int passes = assertSteadyStateAllocatesNothing(2.0 * DATAGRAMS, () -> exchange(client));
            assertThat(balancer.status().listeners().getFirst().accepted()).isEqualTo((long) passes * DATAGRAMS);
        }
    }

    @Test
    void aSessionOfOneDatagramAllocatesNothing() throws Exception {
        try (var sink = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0));
                var client = new DatagramSocket();
                var balancer = start(
                        client,
                        "127.0.0.1:" + sink.getLocalPort(),
                        ProxyOptions.builder().responses(0).build())) {
            int passes = assertSteadyStateAllocatesNothing(DATAGRAMS, () -> pass(client, sink));
            assertThat(balancer.status().listeners().getFirst().accepted()).isEqualTo((long) passes * DATAGRAMS);
        }
    }

    /** Traffic of a known number of operations. */
    @FunctionalInterface
    private interface Traffic {
        void run() throws Exception;
    }

    /**
     * Runs traffic until the compiler has done its work: one pass must come out with nothing. The timers' alarm, some hundred times a
     * second, is all that may be left.
     *
     * @return how many passes it took
     */
    private static int assertSteadyStateAllocatesNothing(double operations, Traffic traffic) throws Exception {
        double bytes = 0;
        for (int pass = 1; pass <= MOST_PASSES; pass++) {
            long before = allocatedByLoops();
            traffic.run();
            bytes = (allocatedByLoops() - before) / operations;
            if (pass > 1 && bytes < 1) {
                return pass;
            }
        }
        assertThat(bytes).as("bytes an operation after %d passes", MOST_PASSES).isLessThan(1);
        return MOST_PASSES;
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

    private static void pass(DatagramSocket client, DatagramSocket sink) throws Exception {
        var packet = new DatagramPacket(new byte[100], 100);
        var passed = new DatagramPacket(new byte[100], 100);
        sink.setSoTimeout(20_000);
        for (int i = 0; i < DATAGRAMS; i++) {
            client.send(packet);
            sink.receive(passed);
        }
    }

    private static long allocatedByLoops() {
        return Arrays.stream(THREADS.getThreadInfo(THREADS.getAllThreadIds()))
                .filter(thread -> thread != null && thread.getThreadName().startsWith("lb-loop"))
                .mapToLong(thread -> THREADS.getThreadAllocatedBytes(thread.getThreadId()))
                .sum();
    }
}
