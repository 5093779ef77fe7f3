package io.steelyard.http.proxy;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sends what a test says, byte by byte. */
final class RawClient implements AutoCloseable {
    /** An answer: its head with line ends, and its body without framing. */
    record Answer(String head, byte[] body) {
        int status() {
            return Integer.parseInt(head.substring(9, 12));
        }

        String text() {
            return new String(body, StandardCharsets.ISO_8859_1);
        }
    }

    private final Socket socket;

    RawClient(int port) throws IOException {
        socket = new Socket("127.0.0.1", port);
        socket.setSoTimeout(30_000);
        socket.setTcpNoDelay(true);
    }

    RawClient send(String text) throws IOException {
        return send(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    RawClient send(byte[] bytes) throws IOException {
        socket.getOutputStream().write(bytes);
        socket.getOutputStream().flush();
        return this;
    }

    InputStream in() throws IOException {
        return socket.getInputStream();
    }

    Socket socket() {
        return socket;
    }

    Answer get(String path) throws IOException {
        send("GET " + path + " HTTP/1.1\r\nHost: site\r\n\r\n");
        return answer();
    }

    /** Reads an answer that tells its length. */
    Answer answer() throws IOException {
        var head = Wire.head(in());
        return new Answer(head, Wire.body(in(), head));
    }

    /** Reads an answer without a body. */
    String head() throws IOException {
        return Wire.head(in());
    }

    /** Reads so many bytes. */
    String text(int length) throws IOException {
        return new String(Wire.exactly(in(), length), StandardCharsets.ISO_8859_1);
    }

    /** Whether the server has closed, and nothing more came before. */
    boolean isAtEnd() throws IOException {
        return in().read() < 0;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
