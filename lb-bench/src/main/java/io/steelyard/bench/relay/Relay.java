package io.steelyard.bench.relay;

import io.steelyard.bench.ThreadCost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ByteChannel;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * A loop between a client's socket and a server's on loopback, and messages that go there and back, one at a time: so a message is one
 * readiness event, one read and one write. The calling thread has both ends; the loop's thread does what is measured.
 *
 * <p>The baselines do the bare system calls, recv(2) and send(2), on the same kinds of sockets in the same kind of loop, and nothing else.
 *
 * <p>One thread at a time.
 */
public final class Relay implements AutoCloseable {
    /** TCP through a stream virtual server. */
    public static final String TCP = "tcp";

    /** Datagrams of one UDP session. */
    public static final String UDP = "udp";

    /** The bare calls on TCP sockets. */
    public static final String TCP_BASELINE = "baseline.tcp";

    /** The bare calls on UDP sockets. */
    public static final String UDP_BASELINE = "baseline.udp";

    /** Every case, each baseline before what is compared with it. */
    public static final List<String> ALL = List.of(TCP_BASELINE, TCP, UDP_BASELINE, UDP);

    /** Relayed messages in one {@link #exchange()}. */
    public static final int MESSAGES = 2;

    private static final int MESSAGE_BYTES = 512;

    private final ByteChannel client;
    private final ByteChannel server;
    private final AutoCloseable middle;
    private final ThreadCost cost;
    private final ByteBuffer message = ByteBuffer.allocateDirect(MESSAGE_BYTES);

    private Relay(ByteChannel client, ByteChannel server, AutoCloseable middle, ThreadCost cost) {
        this.client = client;
        this.server = server;
        this.middle = middle;
        this.cost = cost;
    }

    /** Opens the sockets and starts the loop of a case of {@link #ALL}. */
    public static Relay open(String text) throws IOException {
        boolean isBaseline = text.equals(TCP_BASELINE) || text.equals(UDP_BASELINE);
        return text.equals(TCP) || text.equals(TCP_BASELINE) ? openTcp(isBaseline) : openUdp(isBaseline);
    }

    private static Relay openTcp(boolean isBaseline) throws IOException {
        var cost = ThreadCost.ofTheNextLoop();
        try (var listener =
                ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))) {
            var target = (InetSocketAddress) listener.getLocalAddress();
            var middle = isBaseline ? BareCalls.tcp(target) : Balancer.start(TCP, target);
            var client = SocketChannel.open(middle.address()).setOption(StandardSocketOptions.TCP_NODELAY, true);
            middle.onClient((InetSocketAddress) client.getLocalAddress());
            // The balancer connects to the server when the client has connected, at the latest when it has sent
            // something.
            var server = listener.accept().setOption(StandardSocketOptions.TCP_NODELAY, true);
            return new Relay(client, server, middle, cost).checked();
        }
    }

    private static Relay openUdp(boolean isBaseline) throws IOException {
        var cost = ThreadCost.ofTheNextLoop();
        var server = DatagramChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        var target = (InetSocketAddress) server.getLocalAddress();
        var middle = isBaseline ? BareCalls.udp(target) : Balancer.start(UDP, target);
        var client = DatagramChannel.open().connect(middle.address());
        middle.onClient((InetSocketAddress) client.getLocalAddress());
        // The server learns from the first datagram whom to answer.
        client.write(ByteBuffer.allocate(MESSAGE_BYTES));
        server.connect(server.receive(ByteBuffer.allocate(MESSAGE_BYTES)));
        return new Relay(client, server, middle, cost).checked();
    }

    private Relay checked() throws IOException {
        exchange();
        cost.findLoop();
        return this;
    }

    /** One message from the client to the server, and one back. */
    public void exchange() throws IOException {
        move(client, server);
        move(server, client);
    }

    private void move(ByteChannel from, ByteChannel to) throws IOException {
        message.clear();
        while (message.hasRemaining()) {
            from.write(message);
        }
        message.clear();
        while (message.hasRemaining()) {
            if (to.read(message) < 0) {
                throw new IOException("the relay has closed the connection");
            }
        }
    }

    /** What the loop's thread has cost so far. */
    public ThreadCost cost() {
        return cost;
    }

    @Override
    public void close() throws Exception {
        client.close();
        server.close();
        middle.close();
    }

    /** What stands between client and server. */
    interface Middle extends AutoCloseable {
        /** Where the client connects to. */
        InetSocketAddress address();

        /** The client has a socket of this address, connected to {@link #address()}. */
        default void onClient(InetSocketAddress client) throws IOException {}

        @Override
        void close();
    }
}
