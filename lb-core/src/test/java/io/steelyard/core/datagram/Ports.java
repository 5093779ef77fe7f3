package io.steelyard.core.datagram;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;

/** UDP ports of loopback. */
final class Ports {
    private Ports() {}

    /** One that nobody had just now. */
    static int free() {
        try (var socket = new DatagramSocket(new InetSocketAddress("127.0.0.1", 0))) {
            return socket.getLocalPort();
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
