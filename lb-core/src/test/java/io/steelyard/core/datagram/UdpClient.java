package io.steelyard.core.datagram;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A client that hears only the address it speaks to. */
final class UdpClient implements AutoCloseable {
    private final DatagramSocket socket;

    UdpClient(String from, String to, int port) {
        try {
            socket = new DatagramSocket(new InetSocketAddress(InetAddress.getByName(from), 0));
            socket.connect(InetAddress.getByName(to), port);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    UdpClient(int port) {
        this("127.0.0.1", "127.0.0.1", port);
    }

    void send(String text) {
        send(text.getBytes(StandardCharsets.US_ASCII));
    }

    void send(byte[] bytes) {
        try {
            socket.send(new DatagramPacket(bytes, bytes.length));
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** The next datagram; "nothing" where none comes within 10 s. */
    String receive() {
        return new String(receive(10_000), StandardCharsets.US_ASCII);
    }

    byte[] receive(int timeoutMs) {
        var packet = new DatagramPacket(new byte[65_535], 65_535);
        try {
            socket.setSoTimeout(timeoutMs);
            socket.receive(packet);
            return java.util.Arrays.copyOf(packet.getData(), packet.getLength());
        } catch (SocketTimeoutException none) {
            return "nothing".getBytes(StandardCharsets.US_ASCII);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** How many datagrams have arrived and were not received yet; takes them. */
    int heard() {
        int count = 0;
        while (!new String(receive(1), StandardCharsets.US_ASCII).equals("nothing")) {
            count++;
        }
        return count;
    }

    String ask(String text) {
        send(text);
        return receive();
    }

    int port() {
        return socket.getLocalPort();
    }

    @Override
    public void close() {
        socket.close();
    }
}
