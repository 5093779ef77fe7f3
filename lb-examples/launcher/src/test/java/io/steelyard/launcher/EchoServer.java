package io.steelyard.launcher;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Locale;

/** An HTTP server that answers with its name and what it was asked. What it does otherwise is said by the path. */
final class EchoServer implements AutoCloseable {
    private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    private final String name;

    EchoServer(String name) throws IOException {
        this.name = name;
        Thread.ofVirtual().start(this::accept);
    }

    int port() {
        return listening.getLocalPort();
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }

    private void accept() {
        while (!listening.isClosed()) {
            try {
                var socket = listening.accept();
                Thread.ofVirtual().start(() -> serve(socket));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            var in = new BufferedInputStream(socket.getInputStream());
            while (true) {
                var head = head(in);
                if (head.isEmpty()) {
                    return;
                }
                if (!answer(socket, head, body(in, head))) {
                    return;
                }
            }
        } catch (IOException gone) {
            // The proxy closed the connection.
        }
    }

    /** Lines of a request's head; empty at the end. */
    private static ArrayList<String> head(InputStream in) throws IOException {
        var lines = new ArrayList<String>();
        var line = new StringBuilder();
        for (int c = in.read(); c >= 0; c = in.read()) {
            if (c == '\n') {
                if (line.isEmpty()) {
                    return lines;
                }
                lines.add(line.toString());
                line.setLength(0);
            } else if (c != '\r') {
                line.append((char) c);
            }
        }
        return new ArrayList<>();
    }

    private static String body(InputStream in, ArrayList<String> head) throws IOException {
        for (var line : head) {
            if (line.toLowerCase(Locale.ROOT).startsWith("content-length:")) {
                int length = Integer.parseInt(line.substring(15).strip());
                return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
            }
        }
        return "";
    }

    private boolean answer(Socket socket, ArrayList<String> head, String body) throws IOException {
        var path = head.getFirst().split(" ")[1];
        if (path.startsWith("/close")) {
            return false;
        }
        if (path.startsWith("/garbage")) {
            socket.getOutputStream().write("this is no HTTP at all\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            return false;
        }
        var fields = new ArrayList<>(head.subList(1, head.size()));
        fields.sort(String::compareTo);
        var text = name + "\n" + head.getFirst() + "\n" + String.join("\n", fields) + "\n" + body;
        int status = path.startsWith("/status/") ? Integer.parseInt(path.substring(8, 11)) : 200;
        var answer = "HTTP/1.1 " + status + " Word\r\nContent-Length: " + text.length() + "\r\nX-Server: " + name
                + "\r\nSet-Cookie: id=42; Path=/old\r\n\r\n";
        boolean isHead = head.getFirst().startsWith("HEAD ");
        socket.getOutputStream().write((answer + (isHead ? "" : text)).getBytes(StandardCharsets.ISO_8859_1));
        return true;
    }
}
