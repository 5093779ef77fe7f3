package io.steelyard.bench.relay;

import io.steelyard.api.Configuration;
import io.steelyard.api.LoadBalancer;
import io.steelyard.api.Settings;
import io.steelyard.api.pool.RealServer;
import io.steelyard.api.pool.ServerPool;
import io.steelyard.api.proxy.VirtualServer;
import io.steelyard.core.Steelyard;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;

/** The whole balancer, as an application starts it, with one loop. */
record Balancer(InetSocketAddress address, LoadBalancer running) implements Relay.Middle {
    static Balancer start(String protocol, InetSocketAddress target) throws IOException {
        boolean isTcp = protocol.equals(Relay.TCP);
        var address = new InetSocketAddress(InetAddress.getLoopbackAddress(), isTcp ? freeTcpPort() : freeUdpPort());
        var front = isTcp ? VirtualServer.tcp("front") : VirtualServer.udp("front");
        var configuration = Configuration.builder()
                .settings(new Settings(1, Duration.ofSeconds(1), 0))
                .pool(ServerPool.builder("servers")
                        .scheduler("nginx.round_robin")
                        .server(RealServer.of("127.0.0.1:" + target.getPort())))
                .virtualServer(front.listen("127.0.0.1:" + address.getPort()).pool("servers"))
                .build();
        return new Balancer(address, Steelyard.builder().start(configuration));
    }

    private static int freeTcpPort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static int freeUdpPort() throws IOException {
        try (var socket = new DatagramSocket(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            return socket.getLocalPort();
        }
    }

    @Override
    public void close() {
        running.close();
    }
}
