package io.steelyard.realip.header;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** One kept-alive HTTP connection, written and read as bytes, and a server that answers with the head it received. */
final class RawHttp implements AutoCloseable {
    private static final int PATIENCE_MS = 30_000;

    private final AutoCloseable socket;
    private final InputStream in;
    private final OutputStream out;
    private final int localPort;

    private RawHttp(AutoCloseable socket, InputStream in, OutputStream out, int localPort) {
        this.socket = socket;
        this.in = in;
        this.out = out;
        this.localPort = localPort;
    }

    static RawHttp connect(String from, int port) throws IOException {
        var socket = new Socket();
        socket.bind(new InetSocketAddress(InetAddress.getByName(from), 0));
        socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), PATIENCE_MS);
        socket.setSoTimeout(PATIENCE_MS);
        return new RawHttp(socket, socket.getInputStream(), socket.getOutputStream(), socket.getLocalPort());
    }

    static RawHttp connect(Path unix) throws IOException {
        var channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        channel.connect(UnixDomainSocketAddress.of(unix));
        return new RawHttp(channel, Channels.newInputStream(channel), Channels.newOutputStream(channel), 0);
    }

    int localPort() {
        return localPort;
    }

    void send(byte[] bytes) throws IOException {
        out.write(bytes);
        out.flush();
    }

    /** The body of the answer to a request with these header lines. */
    String get(List<String> headerLines) throws IOException {
        var request = new StringBuilder("GET / HTTP/1.1\r\nHost: h.example\r\n");
        headerLines.forEach(line -> request.append(line).append("\r\n"));
        send(request.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        var head = readHead(in);
        int at = head.toLowerCase(Locale.ROOT).indexOf("content-length:");
        int length = Integer.parseInt(
                head.substring(at + 15, head.indexOf("\r\n", at)).strip());
        return new String(in.readNBytes(length), StandardCharsets.ISO_8859_1);
    }

    @Override
    public void close() throws Exception {
        socket.close();
    }

    private static String readHead(InputStream in) throws IOException {
        var head = new ByteArrayOutputStream();
        int newlines = 0;
        while (newlines < 2) {
            int b = in.read();
            if (b < 0) {
                throw new EOFException(head.toString(StandardCharsets.ISO_8859_1));
            }
            newlines = b == '\n' ? newlines + 1 : b == '\r' ? newlines : 0;
            head.write(b);
        }
        return head.toString(StandardCharsets.ISO_8859_1);
    }

    /** A server on a free port of 127.0.0.1 that answers each request with its head. */
    static ServerSocket echo() throws IOException {
        var server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
        Thread.ofVirtual().start(() -> {
            while (!server.isClosed()) {
                try {
                    var accepted = server.accept();
                    Thread.ofVirtual().start(() -> echo(accepted));
                } catch (IOException closed) {
                    return;
                }
            }
        });
        return server;
    }

    private static void echo(Socket socket) {
        try (socket) {
            while (true) {
                var head = readHead(socket.getInputStream()).getBytes(StandardCharsets.ISO_8859_1);
                var answer = "HTTP/1.1 200 OK\r\nContent-Length: " + head.length + "\r\n\r\n";
                socket.getOutputStream().write(answer.getBytes(StandardCharsets.ISO_8859_1));
                socket.getOutputStream().write(head);
            }
        } catch (IOException ended) {
            // The other side has ended.
        }
    }
}
