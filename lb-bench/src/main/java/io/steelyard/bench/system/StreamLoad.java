package io.steelyard.bench.system;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.Executors;

/**
 * Both ends of the traffic: a server that a proxy forwards to, and clients. The first byte of a connection says what the server does with
 * it: {@code e} echoes, {@code d} sends as many mebibytes as the next byte says.
 */
final class StreamLoad implements AutoCloseable {
    private static final int MESSAGE_BYTES = 64;
    private static final int MEBIBYTE = 1 << 20;

    private final ServerSocket server;

    StreamLoad() throws IOException {
        server = new ServerSocket();
        server.setReuseAddress(true);
        server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 4096);
        Thread.ofPlatform().daemon().start(this::accept);
    }

    int serverPort() {
        return server.getLocalPort();
    }

    /** Opens {@code count} connections, {@code parallel} at a time, with one small message each way. */
    void connections(int port, int count, int parallel) {
        inParallel(parallel, () -> {
            for (int i = 0; i < count / parallel; i++) {
                try (var socket = open(port, 'e')) {
                    exchange(socket, 1);
                }
            }
        });
    }

    /** {@code count} small messages there and back over {@code parallel} connections. */
    void roundTrips(int port, int count, int parallel) {
        inParallel(parallel, () -> {
            try (var socket = open(port, 'e')) {
                exchange(socket, count / parallel);
            }
        });
    }

    /** Receives {@code mebibytes}, at most 127, over one connection. */
    void download(int port, int mebibytes) {
        inParallel(1, () -> {
            try (var socket = open(port, 'd')) {
                socket.getOutputStream().write(mebibytes);
                var buffer = new byte[256 << 10];
                long left = (long) mebibytes * MEBIBYTE;
                for (int n; left > 0 && (n = socket.getInputStream().read(buffer)) > 0; ) {
                    left -= n;
                }
                if (left != 0) {
                    throw new IOException("the download ended " + left + " bytes early");
                }
            }
        });
    }

    private static Socket open(int port, char what) throws IOException {
        var socket = new Socket("127.0.0.1", port);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(30_000);
        socket.getOutputStream().write(what);
        return socket;
    }

    private static void exchange(Socket socket, int times) throws IOException {
        var message = new byte[MESSAGE_BYTES];
        for (int i = 0; i < times; i++) {
            socket.getOutputStream().write(message);
            if (socket.getInputStream().readNBytes(message, 0, MESSAGE_BYTES) != MESSAGE_BYTES) {
                throw new IOException("the connection ended before its answer");
            }
        }
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                var connection = server.accept();
                Thread.ofVirtual().start(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void serve(Socket connection) {
        try (connection) {
            connection.setTcpNoDelay(true);
            InputStream in = connection.getInputStream();
            if (in.read() == 'd') {
                var block = new byte[MEBIBYTE];
                for (int left = in.read(); left > 0; left--) {
                    connection.getOutputStream().write(block);
                }
            } else {
                in.transferTo(connection.getOutputStream());
            }
        } catch (IOException clientLeft) {
            // As clients do.
        }
    }

    /** Something that may fail to speak to a socket. */
    @FunctionalInterface
    private interface Talk {
        void run() throws IOException;
    }

    private static void inParallel(int times, Talk talk) {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = java.util.stream.IntStream.range(0, times)
                    .mapToObj(i -> threads.submit(() -> {
                        talk.run();
                        return null;
                    }))
                    .toList();
            for (var one : running) {
                one.get();
            }
        } catch (java.util.concurrent.ExecutionException failed) {
            throw new UncheckedIOException(new IOException(failed.getCause()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
