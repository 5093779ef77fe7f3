package io.steelyard.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A real server on loopback that does one thing with each connection, on a thread of its own. */
public final class TestServer implements AutoCloseable {
    /** What it does with a connection. */
    @FunctionalInterface
    public interface Behaviour {
        void serve(Socket connection) throws Exception;
    }

    private final ServerSocket listening;
    private final Set<Socket> open = ConcurrentHashMap.newKeySet();
    private final AtomicInteger accepted = new AtomicInteger();

    private TestServer(InetAddress address, Behaviour behaviour) throws IOException {
        listening = new ServerSocket();
        listening.setReuseAddress(true);
        listening.bind(new InetSocketAddress(address, 0), 1024);
        Thread.ofVirtual().start(() -> accept(behaviour));
    }

    public static TestServer start(Behaviour behaviour) {
        return start(InetAddress.getLoopbackAddress(), behaviour);
    }

    public static TestServer start(InetAddress address, Behaviour behaviour) {
        try {
            return new TestServer(address, behaviour);
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }

    /** Sends back what it gets. */
    public static TestServer echo() {
        return start(connection -> connection.getInputStream().transferTo(connection.getOutputStream()));
    }

    /** Says its name and closes. */
    public static TestServer named(String name) {
        return start(connection ->
                connection.getOutputStream().write(name.getBytes(java.nio.charset.StandardCharsets.US_ASCII)));
    }

    public int port() {
        return listening.getLocalPort();
    }

    public String address() {
        return (listening.getInetAddress() instanceof java.net.Inet6Address ? "[::1]:" : "127.0.0.1:") + port();
    }

    public int accepted() {
        return accepted.get();
    }

    public int open() {
        return open.size();
    }

    private void accept(Behaviour behaviour) {
        while (!listening.isClosed()) {
            try {
                var connection = listening.accept();
                accepted.incrementAndGet();
                open.add(connection);
                Thread.ofVirtual().start(() -> serve(behaviour, connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Behaviour behaviour, Socket connection) {
        try (connection) {
            behaviour.serve(connection);
        } catch (Exception ended) {
            // The other side went away: part of many tests.
        } finally {
            open.remove(connection);
        }
    }

    @Override
    public void close() {
        try {
            listening.close();
            for (var connection : open) {
                connection.close();
            }
        } catch (IOException failed) {
            throw new UncheckedIOException(failed);
        }
    }
}
