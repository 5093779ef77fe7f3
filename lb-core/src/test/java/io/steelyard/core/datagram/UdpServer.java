package io.steelyard.core.datagram;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;

/** A real server on loopback that answers each datagram with any number of others. */
final class UdpServer implements AutoCloseable {
    private final DatagramSocket socket;
    private final String address;
    private final List<String> received = new CopyOnWriteArrayList<>();

    /** Requests whose answers have been sent; written by the server's thread alone. */
    private volatile int served;

    private UdpServer(InetAddress address, Function<byte[], List<byte[]>> behaviour) {
        try {
            socket = new DatagramSocket(new InetSocketAddress(address, 0));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
        this.address =
                (address instanceof Inet6Address ? "[::1]" : address.getHostAddress()) + ":" + socket.getLocalPort();
        Thread.ofVirtual().start(() -> serve(behaviour));
    }

    /** Answers with {@code name:} before what it got, {@code answers} times. */
    static UdpServer named(String name, int answers) {
        return new UdpServer(InetAddress.getLoopbackAddress(), request -> {
            var text = name + ":" + new String(request, StandardCharsets.US_ASCII);
            return java.util.Collections.nCopies(answers, text.getBytes(StandardCharsets.US_ASCII));
        });
    }

    static UdpServer named(String name) {
        return named(name, 1);
    }

    static UdpServer answering(InetAddress address, Function<byte[], List<byte[]>> behaviour) {
        return new UdpServer(address, behaviour);
    }

    static UdpServer echo(InetAddress address) {
        return new UdpServer(address, List::of);
    }

    /** An address of the loopback interface where nobody listens. */
    static String nobody() {
        try (var server = named("gone")) {
            return server.address();
        }
    }

    String address() {
        return address;
    }

    List<String> received() {
        return received;
    }

    /** How many requests have been answered as far as they are: their answers are on their way. */
    int served() {
        return served;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate")
    private void serve(Function<byte[], List<byte[]>> behaviour) {
        var packet = new DatagramPacket(new byte[65_535], 65_535);
        while (!socket.isClosed()) {
            try {
                packet.setLength(65_535);
                socket.receive(packet);
                var request = java.util.Arrays.copyOf(packet.getData(), packet.getLength());
                received.add(new String(request, StandardCharsets.US_ASCII));
                for (var answer : behaviour.apply(request)) {
                    socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
                }
                served++;
            } catch (IOException closed) {
                return;
            }
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
