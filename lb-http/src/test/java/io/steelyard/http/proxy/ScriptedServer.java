package io.steelyard.http.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;

/** An HTTP/1 server whose answers, good or bad, a test writes byte by byte. */
final class ScriptedServer implements AutoCloseable {
    /** What is done with one request; the connection goes on while it returns true. */
    @FunctionalInterface
    interface Script {
        boolean answer(Request request, Connection connection) throws IOException;
    }

    /**
     * A request as it came.
     *
     * @param head with its line ends
     * @param body without framing
     * @param trailers the lines behind a chunked body, with their line ends
     */
    record Request(String head, byte[] body, String trailers) {
        String line() {
            return head.substring(0, head.indexOf("\r\n"));
        }

        /** The value of a field, or an empty text. */
        String field(String name) {
            var wanted = "\r\n" + name.toLowerCase(Locale.ROOT) + ": ";
            int at = head.toLowerCase(Locale.ROOT).indexOf(wanted);
            if (at < 0) {
                return "";
            }
            int start = at + wanted.length();
            return head.substring(start, head.indexOf("\r\n", start));
        }
    }

    /** A client's connection. */
    record Connection(Socket socket, InputStream in, OutputStream out) {
        void send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        void send(byte[] bytes) throws IOException {
            out.write(bytes);
            out.flush();
        }

        /** An answer with a body and its length. */
        boolean reply(int status, String body) throws IOException {
            send("HTTP/1.1 " + status + " Said\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            return true;
        }
    }

    private final ServerSocket listener;
    private final Script script;
    private final List<Request> requests = new CopyOnWriteArrayList<>();
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();
    private final Thread accepting;
    private final AtomicInteger connections = new AtomicInteger();

    ScriptedServer(Script script) throws IOException {
        this.script = script;
        listener = new ServerSocket(0, 128, InetAddress.getLoopbackAddress());
        accepting = Thread.ofPlatform().daemon().start(this::accept);
    }

    /** One that says its name. */
    static ScriptedServer named(String name) throws IOException {
        return new ScriptedServer((request, connection) -> connection.reply(200, name));
    }

    String address() {
        return "127.0.0.1:" + listener.getLocalPort();
    }

    List<Request> requests() {
        return requests;
    }

    int connections() {
        return connections.get();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                var socket = listener.accept();
                sockets.add(socket);
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var connection = new Connection(socket, socket.getInputStream(), socket.getOutputStream());
            boolean goesOn = true;
            while (goesOn) {
                var head = Wire.head(connection.in());
                if (head.isEmpty()) {
                    return;
                }
                var trailers = new StringBuilder();
                var request = new Request(head, Wire.body(connection.in(), head, trailers), trailers.toString());
                requests.add(request);
                goesOn = script.answer(request, connection);
            }
        } catch (IOException gone) {
            // The proxy closed the connection: tests see that on their side.
        }
    }

    @Override
    public void close() throws IOException {
        listener.close();
        try {
            // Only then nobody is accepted any more.
            accepting.join();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
        for (var socket : sockets) {
            socket.close();
        }
    }
}
