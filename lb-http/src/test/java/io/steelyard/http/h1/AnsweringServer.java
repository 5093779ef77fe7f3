package io.steelyard.http.h1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/** A server on a Unix socket that reads one whole request of a connection, as a simple program would, answers 200 and closes. */
final class AnsweringServer implements AutoCloseable {
    private static final Pattern LENGTH = Pattern.compile("\ncontent-length: *(\\d+)");
    private static final byte[] ANSWER =
            Parsed.bytes("HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");

    private final ServerSocketChannel listener;

    AnsweringServer(Path socket) throws IOException {
        listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        listener.bind(UnixDomainSocketAddress.of(socket));
        Thread.ofVirtual().start(this::accept);
    }

    private void accept() {
        while (listener.isOpen()) {
            try {
                var connection = listener.accept();
                Thread.ofPlatform().daemon().start(() -> serve(connection));
            } catch (IOException closed) {
                return;
            }
        }
    }

    private static void serve(SocketChannel connection) {
        try (connection;
                var in = new BufferedInputStream(Channels.newInputStream(connection))) {
            var head = new StringBuilder();
            for (var line = line(in); !line.isBlank(); line = line(in)) {
                head.append(line.toLowerCase(Locale.ROOT));
            }
            var length = LENGTH.matcher(head);
            if (head.indexOf("\ntransfer-encoding: chunked") >= 0) {
                readChunks(in);
            } else if (length.find()) {
                in.readNBytes(Integer.parseInt(length.group(1)));
            }
            connection.write(ByteBuffer.wrap(ANSWER));
        } catch (IOException | NumberFormatException cutOff) {
            // The proxy gave up in the middle of a body; there is nobody to answer.
        }
    }

    private static void readChunks(InputStream in) throws IOException {
        while (true) {
            int size = Integer.parseInt(line(in).split(";", 2)[0].strip(), 16);
            if (size == 0) {
                break;
            }
            in.readNBytes(size + 2);
        }
        var line = line(in);
        while (!line.isBlank()) {
            line = line(in);
        }
    }

    private static String line(InputStream in) throws IOException {
        var line = new StringBuilder();
        int octet = in.read();
        while (octet >= 0) {
            line.append((char) octet);
            if (octet == '\n') {
                return line.toString();
            }
            octet = in.read();
        }
        throw new IOException("the connection ended within a line");
    }

    @Override
    public void close() {
        try {
            listener.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Sends bytes to a Unix socket and returns the first final status of the answer; {@code none} or {@code other} without one. */
    static String ask(Path socket, byte[] request) throws IOException {
        var status = Pattern.compile("HTTP/1\\.[01] ([2-9]\\d\\d)");
        var answer = new StringBuilder();
        try (var connection = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            var out = ByteBuffer.wrap(request);
            var in = ByteBuffer.allocate(4096);
            try {
                while (out.hasRemaining()) {
                    connection.write(out);
                }
            } catch (IOException refusedEarly) {
                // The answer was sent before the request was read; it is read below.
            }
            while (connection.read(in.clear()) >= 0) {
                answer.append(new String(in.array(), 0, in.position(), StandardCharsets.ISO_8859_1));
                var found = status.matcher(answer);
                if (found.find()) {
                    return found.group(1);
                }
            }
        } catch (IOException reset) {
            // What came before the reset counts.
        }
        return answer.isEmpty() ? "none" : "other";
    }
}
