package io.steelyard.health;

import io.steelyard.api.pool.ServerAddress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/** A loopback TCP server that treats each connection as the test says. */
final class FakeServer implements AutoCloseable {
    /** What it does with one connection, which is closed afterwards. */
    interface Manners {
        void treat(InputStream in, OutputStream out) throws IOException, InterruptedException;
    }

    private final ServerSocket socket;
    private final Queue<Socket> open = new ConcurrentLinkedQueue<>();

    private FakeServer(ServerSocket socket) {
        this.socket = socket;
    }

    static FakeServer start(Manners manners) throws IOException {
        var server = new FakeServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
        Thread.ofVirtual().start(() -> server.accept(manners));
        return server;
    }

    /** Reads a request's header and answers with this text, then closes. */
    static FakeServer answering(String answer) throws IOException {
        return start((in, out) -> {
            readHead(in);
            out.write(answer.getBytes(StandardCharsets.ISO_8859_1));
        });
    }

    /** Reads up to the empty line. */
    static String readHead(InputStream in) throws IOException {
        var head = new StringBuilder();
        while (!head.toString().endsWith("\r\n\r\n")) {
            int b = in.read();
            if (b < 0) {
                break;
            }
            head.append((char) b);
        }
        return head.toString();
    }

    InetSocketAddress address() {
        return new InetSocketAddress(ServerAddress.numericAddress("127.0.0.1"), socket.getLocalPort());
    }

    private void accept(Manners manners) {
        while (true) {
            try {
                var connection = socket.accept();
                open.add(connection);
                Thread.ofVirtual().start(() -> treat(connection, manners));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void treat(Socket connection, Manners manners) {
        try (connection) {
            manners.treat(connection.getInputStream(), connection.getOutputStream());
        } catch (IOException | InterruptedException gone) {
            // The probe left.
        }
    }

    @Override
    public void close() throws IOException {
        socket.close();
        for (var connection : open) {
            connection.close();
        }
    }
}
